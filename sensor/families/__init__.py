"""Sensor families: one module each, recognised by advertisement, decoded without a radio."""

from sensor.families.base import (
    Advertisement,
    Decoded,
    DecodedPacket,
    Decoder,
    DeviceStopped,
    Driver,
    Family,
    FrameError,
    Gatt,
    PairingRequiredError,
    Remedy,
    StartError,
    StreamRequest,
    StreamSettings,
)

__all__ = [
    "Advertisement",
    "Decoded",
    "DecodedPacket",
    "Decoder",
    "DeviceStopped",
    "Driver",
    "Family",
    "FrameError",
    "Gatt",
    "PairingRequiredError",
    "Remedy",
    "StartError",
    "StreamRequest",
    "StreamSettings",
]
