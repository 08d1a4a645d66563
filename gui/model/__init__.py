"""Models: what the app knows; no widgets."""

from gui.model.document import Document
from gui.model.session import EventRow, SessionModel, StreamModel

__all__ = ["Document", "EventRow", "SessionModel", "StreamModel"]
