"""What an export leaves out and keeps, and which endings serve which kind."""

from dataclasses import dataclass
from pathlib import Path

from dsp import InputError

TABLES = (".csv", ".json", ".npz", ".parquet", ".h5", ".mat")
ENDINGS = {
    "spectra": TABLES,
    "frames": TABLES,
    "events": TABLES,
    "holds": TABLES,
    "segments": TABLES,
    "samples": (*TABLES, ".edf", ".bdf"),
    "picture": (".png", ".svg", ".pdf"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOptions:
    """What to keep.

    Attributes
    ----------
    start_s, end_s
        Time range, seconds; None is the whole.
    low_hz, high_hz
        Band of spectra; None is the whole.
    decimate
        Keep every Nth sample, filtered first.
    identify
        Whether date and device stay in the file.
    """

    start_s: float | None = None
    end_s: float | None = None
    low_hz: float | None = None
    high_hz: float | None = None
    decimate: int = 1
    identify: bool = False


def check_export(kind: str, out: Path) -> None:
    """Check that a kind can be written with an ending.

    Raises
    ------
    InputError
        With the endings that serve.
    """
    if kind not in ENDINGS:
        msg = f"{kind!r} cannot be exported; choose one of {', '.join(ENDINGS)}"
        raise InputError(msg)
    if out.suffix.lower() not in ENDINGS[kind]:
        msg = f"{kind} cannot be written as {out.suffix or 'a file without an ending'}; use {', '.join(ENDINGS[kind])}"
        raise InputError(msg)
