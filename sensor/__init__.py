"""Live acceleration: find, connect, decode, time-stamp; one module per sensor family; the simulated limb."""

from sensor.messages import Block, LinkChange, LinkState, SensorInfo, Sink, Source, SourceMessage, Status

__all__ = ["Block", "LinkChange", "LinkState", "SensorInfo", "Sink", "Source", "SourceMessage", "Status"]
