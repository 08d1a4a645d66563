"""What several families share: checks of frames and values, the choice of a rate, short UUIDs."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sensor.families.errors import FrameError, StartError

MAX_FRAME_BYTES = 512
"""The longest attribute value that the ATT protocol allows (Bluetooth Core, Vol 3 Part F 3.2.9)."""
CLIP_SHARE = 0.9985
"""A sample at this share of the range counts as clipped: eight steps of a 16-bit sensor at 2 g are 0.1 % of it."""
MOST_G = 100.0
"""No body-worn accelerometer shows more: the widest range in use is 32 g."""


def short_uuid(number: int) -> str:
    """Write out a 16-bit UUID of the Bluetooth SIG.

    >>> short_uuid(0xFE8D)
    '0000fe8d-0000-1000-8000-00805f9b34fb'
    """
    return f"{number:08x}-0000-1000-8000-00805f9b34fb"


def choose_rate(rates_hz: Sequence[float], *, best_hz: float, lowest_hz: float = 50.0) -> float:
    """Choose the rate that shows tremor best.

    Parameters
    ----------
    rates_hz
        The rates on offer; none may be missing.
    best_hz
        The rate that is wanted. The lowest rate that reaches it wins, else the highest there is.
    lowest_hz
        Below it a rate is still taken, when the sensor has no better one: 50 Hz shows 12 Hz tremor with its first
        harmonic (sensors.md 1.7).

    Returns
    -------
    float
        One of `rates_hz`.
    """
    if not rates_hz:
        msg = "the sensor offers no rate at all; restart it and try again"
        raise StartError(msg)
    enough = [rate for rate in rates_hz if rate >= max(best_hz, lowest_hz)]
    return min(enough) if enough else max(rates_hz)


def touches_range(xyz_g: NDArray[np.float32], range_g: float | None) -> bool:
    """Say whether a sample lies at the end of the range."""
    return bool(range_g and xyz_g.size and float(np.abs(xyz_g).max()) >= range_g * CLIP_SHARE)


def check_frame(data: bytes, least: int) -> None:
    """Refuse frames that are shorter than `least` bytes or longer than Bluetooth can carry.

    Raises
    ------
    FrameError
        When the length is out of bounds.
    """
    if not least <= len(data) <= MAX_FRAME_BYTES:
        msg = f"a frame of {len(data)} bytes came; {least} to {MAX_FRAME_BYTES} are possible; it was dropped"
        raise FrameError(msg)


def to_g(values: NDArray[np.float32] | NDArray[np.int32], unit_g: float) -> NDArray[np.float32]:
    """Turn a sensor's values into g.

    Parameters
    ----------
    values
        (n, 3), in the sensor's unit.
    unit_g
        g per unit.

    Raises
    ------
    FrameError
        When a value is no number, or no acceleration that a body-worn sensor can show.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        xyz_g = (values * unit_g).astype(np.float32)
    # A comparison with NaN is false, so this refuses NaN and infinity too.
    if not (np.abs(xyz_g) <= MOST_G).all():
        msg = f"a packet holds values beyond {MOST_G:g} g, or no numbers; it was dropped"
        raise FrameError(msg)
    return xyz_g
