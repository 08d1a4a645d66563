"""Live acceleration: find, connect, decode, time-stamp; one module per sensor family; the simulated limb."""

from sensor.messages import Block, LinkChange, LinkState, SensorInfo, Sink, Source, SourceMessage, Status
from sensor.radio_check import RadioCheck, diagnose_radio

__all__ = [
    "Block",
    "LinkChange",
    "LinkState",
    "RadioCheck",
    "SensorInfo",
    "Sink",
    "Source",
    "SourceMessage",
    "Status",
    "diagnose_radio",
]
