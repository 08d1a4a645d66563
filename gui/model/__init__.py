"""Models: what the app knows; no widgets."""

from gui.model.document import Document
from gui.model.session import ModelMessage, SessionModel
from gui.model.stream import EventRow, StreamModel

__all__ = ["Document", "EventRow", "ModelMessage", "SessionModel", "StreamModel"]
