"""What a recording is told of its sensors, and what it tells of itself."""

from dataclasses import dataclass

from dsp import Placement, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMeta:
    """One sensor of a recording.

    Attributes
    ----------
    label
        Its label within the session.
    family, device
        What it is, without address or serial.
    placement, side
        Where it is worn.
    nominal_hz
        Its nominal rate.
    scale_g
        g per count where it sends whole numbers; None otherwise.
    firmware
        Version of its firmware.
    address, serial
        What identifies it; written only by a recorder with ``identify=True``.
    """

    label: str
    family: str = ""
    device: str = ""
    placement: Placement = Placement.UNKNOWN
    side: Side = Side.UNKNOWN
    nominal_hz: float = 0.0
    scale_g: float | None = None
    firmware: str = ""
    address: str = ""
    serial: str = ""

    def values(self, *, identify: bool) -> dict[str, str]:
        """Lay out the fields for the file."""
        values = {
            "label": self.label,
            "family": self.family,
            "device": self.device,
            "placement": self.placement.value,
            "side": self.side.value,
            "nominal_hz": repr(float(self.nominal_hz)),
            "scale_g": "" if self.scale_g is None else repr(float(self.scale_g)),
            "firmware": self.firmware,
        }
        if identify:
            values |= {"address": self.address, "serial": self.serial}
        return {k: v for k, v in values.items() if v}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderStatus:
    """How a recording is doing.

    Attributes
    ----------
    seconds
        From the first to the newest sample.
    size_bytes, free_bytes
        Size of the file, room left beside it (both as of the last second).
    problem
        What went wrong, in one sentence; empty while all is well.
    stopped
        Whether nothing more is written.
    """

    seconds: float
    size_bytes: int
    free_bytes: int
    problem: str
    stopped: bool = False
