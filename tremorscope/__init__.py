"""The front door: public API, command line, batch over a cohort."""
