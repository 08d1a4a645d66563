"""The Qt app: model, bridge, views, theme."""

from gui.app import run

__all__ = ["run"]
