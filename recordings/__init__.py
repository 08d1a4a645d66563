"""Recorded acceleration: native store, library index, importers, exporters."""

from recordings.recording import Marker, Recording

__all__ = ["Marker", "Recording"]
