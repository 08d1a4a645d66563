"""The Qt app: model, bridge, views, theme."""
