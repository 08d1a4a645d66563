"""Models: what the app knows; no widgets."""

from gui.model.document import Document
from gui.model.session import EventRow, ModelMessage, SessionModel, StreamModel

__all__ = ["Document", "EventRow", "ModelMessage", "SessionModel", "StreamModel"]
