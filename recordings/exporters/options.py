"""What an export leaves out and keeps, and which endings serve which kind."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dsp import InputError

TABLES = (".csv", ".tsv", ".json", ".npz", ".parquet", ".h5", ".mat")
PICTURES = (".png", ".svg", ".pdf")
SIGNALS = (".edf", ".bdf", ".hea", ".bids")
"""Formats of evenly timed signals with notes beside them; a file holds one sensor."""
ENDINGS = {
    "samples": (*TABLES, *SIGNALS, *PICTURES),
    "spectra": (*TABLES, *PICTURES),
    "frames": TABLES,
    "events": TABLES,
    "holds": TABLES,
    "segments": TABLES,
    "picture": PICTURES,
    "trace": PICTURES,
    "spectrogram": PICTURES,
    "spectrum": PICTURES,
}
"""Endings by kind; the first is the usual one."""
PICTURE_KINDS = ("picture", "trace", "spectrogram", "spectrum")
ALIASES = {".hdf5": ".h5", ".jpg": ".png", ".wfdb": ".hea", ".dat": ".hea", ".arrow": ".parquet", ".xlsx": ".csv"}
"""What people ask for, and what serves them; named in the refusal."""
PLAIN_WORDS = frozenset(
    (
        "left", "right", "foot", "ankle", "calf", "thigh", "leg", "hip", "pocket", "trunk", "waist", "chest", "back",
        "lower", "upper", "lumbar", "wrist", "arm", "hand", "head", "sensor", "phone", "smartphone", "watch", "acc",
        "accelerometer", "rightpocket", "simulated",
    )
)  # fmt: skip
"""Names made of these alone identify nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What to keep.

    Attributes
    ----------
    start_s, end_s
        Time range [start, end), seconds from the start of the recording; None is the whole.
    low_hz, high_hz
        Band of spectra; None is the whole.
    decimate
        Keep every Nth sample, filtered first.
    identify
        Whether date, device and names of sensors stay in the file.

    Raises
    ------
    InputError
        A range or band that ends before it begins, a decimation below 1.
    """

    start_s: float | None = None
    end_s: float | None = None
    low_hz: float | None = None
    high_hz: float | None = None
    decimate: int = 1
    identify: bool = False

    def __post_init__(self) -> None:
        for what, low, high, unit in (
            ("time range", self.start_s, self.end_s, "s"),
            ("band", self.low_hz, self.high_hz, "Hz"),
        ):
            given = [v for v in (low, high) if v is not None]
            if not np.isfinite(given).all():
                msg = f"the {what} must be made of numbers, not {low} to {high}"
                raise InputError(msg)
            if low is not None and high is not None and not low < high:
                msg = f"the {what} ends before it begins: {low:g} to {high:g} {unit}; swap the two"
                raise InputError(msg)
        if self.decimate < 1:
            msg = f"decimation keeps every Nth sample, so N is 1 or more, not {self.decimate}"
            raise InputError(msg)

    @property
    def first_s(self) -> float:
        """Start of the time range, minus infinity for the whole."""
        return -np.inf if self.start_s is None else self.start_s

    @property
    def last_s(self) -> float:
        """End of the time range, infinity for the whole."""
        return np.inf if self.end_s is None else self.end_s


def check_export(kind: str, out: Path, *, options: ExportOptions | None = None) -> None:
    """Check that a kind can be written with an ending, and that the options mean something for it.

    Raises
    ------
    InputError
        With the endings that serve, or the kind that the option is for.
    """
    if kind not in ENDINGS:
        msg = f"{kind!r} cannot be exported; choose one of {', '.join(ENDINGS)}"
        raise InputError(msg)
    ending = out.suffix.lower()
    if ending not in ENDINGS[kind]:
        instead = ALIASES.get(ending)
        if instead in ENDINGS[kind]:
            msg = f"{kind} cannot be written as {ending}; use {instead}"
        else:
            msg = f"{kind} cannot be written as {ending or 'a file without an ending'}; use {', '.join(ENDINGS[kind])}"
            kinds = [k for k, endings in ENDINGS.items() if ending in endings]
            msg += f" ({ending} serves {', '.join(kinds)})" if kinds else ""
        raise InputError(msg)
    if options is None:
        return
    banded = kind == "spectra" or kind in PICTURE_KINDS
    if (options.low_hz is not None or options.high_hz is not None) and not banded:
        msg = f"a band (--low, --high) cuts spectra, not {kind}; export spectra, or leave the band out"
        raise InputError(msg)
    if options.decimate != 1 and (kind != "samples" or ending in PICTURES):
        msg = f"only samples can be decimated, not {kind}; leave --decimate out"
        raise InputError(msg)


def needs_analysis(kind: str, out: Path) -> bool:
    """Whether something of an analysis goes into the file: all but bare samples."""
    ending = out.suffix.lower()
    return not (kind == "trace" or (kind == "samples" and ending not in (*SIGNALS, ".tsv")))


def holds_several_sensors(kind: str, out: Path) -> bool:
    """Whether one file holds several sensors, told apart by a column."""
    return kind not in ("spectra", *PICTURE_KINDS) and out.suffix.lower() not in (*SIGNALS, *PICTURES, ".tsv")


def anonymous_names(names: Sequence[str], sides: Sequence[str], *, identify: bool) -> tuple[str, ...]:
    """Names of sensors for a file that leaves the machine.

    Labels may hold what identifies a person's sensor (the last digits of its serial number); without `identify`, where
    they are worn or a number stands for them.
    """
    if identify:
        return tuple(names)
    told = [s for s in sides if s != "unknown"]
    if len(told) == len(names) and len(set(told)) == len(names):
        return tuple(told)
    return tuple(name if _is_plain(name) else f"sensor {i}" for i, name in enumerate(names, start=1))


def _is_plain(name: str) -> bool:
    words = name.lower().replace("_", " ").replace("-", " ").split()
    return bool(words) and all(w in PLAIN_WORDS or (w.isdigit() and len(w) == 1) for w in words)
