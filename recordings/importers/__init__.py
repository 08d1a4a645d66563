"""Importers: one module a family of formats; `recordings.reading` chooses by content."""
