"""Views: they draw the model and nothing else."""
