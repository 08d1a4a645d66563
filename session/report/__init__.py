"""Report: one self-contained HTML page about a session."""

from session.report.build import write_report
from session.report.wording import Wording

__all__ = ["Wording", "write_report"]
