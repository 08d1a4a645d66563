"""Sensor families: one module each, recognised by advertisement, decoded without a radio."""

from importlib import import_module
from typing import TYPE_CHECKING

from sensor.families.base import Advertisement, Decoder, Driver, Family, Gatt
from sensor.families.errors import FrameError, PairingRequiredError, Remedy, StartError
from sensor.families.stream import Decoded, DecodedPacket, DeviceStopped, StreamRequest, StreamSettings

if TYPE_CHECKING:
    from pathlib import Path

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
    "all_families",
]

_OWN = (
    ("polar", "PolarFamily"),
    ("movesense", "MovesenseFamily"),
    ("witmotion", "WitMotionFamily"),
    ("espruino", "EspruinoFamily"),
    ("metamotion", "MetaMotionFamily"),
    ("muse", "MuseFamily"),
)


def all_families(user_folder: "Path | None" = None) -> tuple[Family, ...]:
    """List every family that the program knows.

    Parameters
    ----------
    user_folder
        A folder of TOML files that describe further sensors; None for none.

    Returns
    -------
    tuple of Family
        Those with code of their own first, then the ones described by data.

    Raises
    ------
    SensorError
        When a description in `user_folder` is not valid; the message names the file and the line's fault.
    """
    from sensor.families.generic import described_families  # noqa: PLC0415 - loads the TOML files on first use

    own = tuple(getattr(import_module(f"sensor.families.{module}"), name)() for module, name in _OWN)
    return (*own, *described_families(user_folder))
