"""Dialogs: each asks one thing, none blocks the session."""
