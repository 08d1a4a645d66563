"""Report: one self-contained HTML page about a session."""

from session.report.build import write_report

__all__ = ["write_report"]
