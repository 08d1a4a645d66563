"""Clocks of files: numbers and texts of any epoch and unit become seconds, and UTC where they tell it."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, UnitError

Floats = NDArray[np.float64]

STAMP = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T,]+\d{1,2}:\d{2}")
TIME_OF_DAY = re.compile(r"^\d{1,2}:\d{2}:\d{2}([.,:]\d+)?\s*([AaPp][Mm])?$|^\d{1,2}:\d{2}[.,]\d+$")
PLAIN = re.compile(r"^\d{4}-\d{2}-\d{2}( \d{2}:\d{2}(:\d{2}(\.\d{1,9}\d*)?)?)?$")
"""What numpy reads; anything else it may take for a zone, with a warning."""
DAYS_SINCE_1900 = (2.0e4, 8.0e4)
"""activPAL and spreadsheets count days since 1900; 1954 to 2119."""
DAYS_1900_TO_1970 = 25569
EPOCHS = ((1e18, 1e9), (1e15, 1e6), (1e12, 1e3), (1e9, 1.0))
"""Since 1970 with so many units a second: 2001 and later, to 2286."""
SLOWEST_STEP_S, FASTEST_STEP_S = 0.2, 0.0002
"""5 to 5000 samples a second."""
SLOWEST_PACKET_S = 2.0
"""A packet of samples may share a stamp."""
FINE_UNITS = (1.0, 1e-3, 1e-6, 1e-9, 1e-4)
"""s, ms, us, ns, and the tenths of a millisecond of Xsens."""
DAY_S = 86400.0
AT_ONCE, SOME = 100_000, 10_000
"""Stamps that are texts at one time; a week of them as texts would not fit into memory."""


def utc_of_number(value: float) -> int | None:
    """UTC in ns of a number that counts from 1970, in whatever unit; None when it does not."""
    per_s = next((per_s for size, per_s in EPOCHS if size <= value < 10 * size), None)
    return None if per_s is None else int(value / per_s * 1e9)


def is_stamp(cell: str) -> bool:
    """Whether a cell is a date with a time, or a time of day."""
    return bool(STAMP.match(cell) or TIME_OF_DAY.match(cell))


def numbers_to_seconds(time: Floats, scale: float | None) -> tuple[Floats, int | None]:
    """Seconds from the first number, and the UTC of it when it is a date.

    Parameters
    ----------
    scale
        Seconds per number, where the file says it.

    Raises
    ------
    UnitError
        When no unit makes a plausible rate.
    """
    finite = time[np.isfinite(time)]
    if not len(finite):
        return time, None
    first, step = float(finite[0]), _step(finite)
    for size, per_s in EPOCHS:
        agrees = step <= SLOWEST_PACKET_S * per_s if scale is None else abs(scale * per_s - 1.0) < 1e-6
        if size <= first < 10 * size and agrees:
            return (time - first) / per_s, int(first / per_s * 1e9)
    low, high = DAYS_SINCE_1900
    if scale is None and low < first < high and FASTEST_STEP_S <= step * DAY_S <= SLOWEST_STEP_S:
        return (time - first) * DAY_S, round((first - DAYS_1900_TO_1970) * DAY_S * 1e6) * 1000
    return (time - first) * (_guessed(step) if scale is None else scale), None


def _step(finite: Floats) -> float:
    """Typical time from a row to the next, those with the same stamp spread."""
    steps = np.diff(finite)
    ahead = steps[steps > 0]
    if not len(ahead):
        return 0.0
    return float(np.median(ahead)) * len(ahead) / len(steps)


def _guessed(step: float) -> float:
    """Guess the unit of bare times from a plausible rate."""
    for scale in FINE_UNITS:
        if FASTEST_STEP_S <= step * scale <= SLOWEST_STEP_S:
            return scale
    msg = f"the times step by {step:g}, which is no plausible rate in s, ms, us or ns; name the rate with --rate"
    raise UnitError(msg)


def texts_to_seconds(stamps: Sequence[str]) -> tuple[Floats, int | None]:
    """Seconds from the first stamp, and its UTC; a stamp without a zone is taken as UTC. Unreadable ones become NaN.

    Raises
    ------
    FileFormatError
        When most stamps cannot be read.
    """
    if not len(stamps):
        return np.empty(0), None
    typical = next((s for s in stamps if is_stamp(s)), "")
    parts = range(0, len(stamps), AT_ONCE)
    if TIME_OF_DAY.match(typical):
        return _times_of_day(np.array([_of_day(s) for at in parts for s in stamps[at : at + AT_ONCE]])), None
    month_first = _month_first(stamps, typical)
    ns = np.concatenate([_dates(stamps[at : at + AT_ONCE], typical, month_first=month_first) for at in parts])
    bad = np.isnat(ns)
    if bad.mean() > 0.2:
        msg = f"the time stamps cannot be read ({stamps[0]!r}); write them as 2026-11-22 17:03:11.250"
        raise FileFormatError(msg)
    whole = ns.astype(np.int64)
    first = int(whole[~bad][0])
    seconds = np.where(bad, np.nan, (whole - first) * 1e-9)
    return seconds, first


def _month_first(stamps: Sequence[str], typical: str) -> bool | None:
    """Whether dates begin with the month; None where they begin with the year."""
    if not re.match(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", typical):
        return None
    some = stamps[:: max(1, len(stamps) // SOME)]
    days = [int(m[1]) for s in some if (m := re.match(r"\s*(\d{1,2})[-/.]", s))]
    # A dot is how Europe writes dates; else a first number above 12 tells.
    return "." not in typical[:6] and not any(d > 12 for d in days)


def _dates(stamps: Sequence[str], typical: str, *, month_first: bool | None) -> NDArray[np.datetime64]:
    texts = [s.strip().replace("T", " ").replace(",", ".") for s in stamps]
    if month_first is not None:
        texts = [_iso(t, month_first=month_first) for t in texts]
    if re.search(r":\d{2}:\d{1,9}$", typical) and typical.count(":") == 3:
        # GENEActiv writes milliseconds behind a colon.
        texts = [re.sub(r":(\d{1,9})$", r".\1", t) for t in texts]
    zones = [m[1] if (m := re.search(r"(Z|[+-]\d{2}:?\d{2})$", t)) else "" for t in texts] if _zoned(typical) else []
    plain = [t[: len(t) - len(z)] for t, z in zip(texts, zones, strict=True)] if zones else texts
    plain = [t if PLAIN.match(t) else "NaT" for t in (t.strip().replace("/", "-") for t in plain)]
    try:
        ns = np.array(plain, dtype="datetime64[ns]")
    except ValueError:
        ns = np.array([_one(t) for t in plain], dtype="datetime64[ns]")
    if zones:
        ns = ns - np.array([_offset_s(z) for z in zones]).astype("timedelta64[s]")
    return ns


def _zoned(typical: str) -> bool:
    return bool(re.search(r"(Z|[+-]\d{2}:?\d{2})$", typical.strip())) and ":" in typical


def _offset_s(zone: str) -> int:
    if zone in ("", "Z"):
        return 0
    sign = -1 if zone[0] == "-" else 1
    digits = zone[1:].replace(":", "")
    return sign * (int(digits[:2]) * 3600 + int(digits[2:4]) * 60)


def _one(text: str) -> np.datetime64:
    try:
        return np.datetime64(text, "ns")
    except ValueError:
        return np.datetime64("NaT", "ns")


def _iso(stamp: str, *, month_first: bool) -> str:
    day, _, clock = stamp.partition(" ")
    parts = re.split(r"[-/.]", day)
    if len(parts) != 3 or not all(p.isdigit() for p in parts):
        return stamp
    a, b, year = parts
    month, of_month = (a, b) if month_first else (b, a)
    if match := re.match(r"(.*\d)\s*([AaPp])[Mm]$", clock):
        hour, _, rest = match[1].partition(":")
        clock = f"{int(hour) % 12 + 12 * (match[2] in 'Pp'):02d}:{rest}"
    if re.match(r"^\d:", clock):
        clock = "0" + clock
    return f"{year}-{int(month):02d}-{int(of_month):02d} {clock}"


def _times_of_day(seconds: Floats) -> Floats:
    finite = np.nonzero(np.isfinite(seconds))[0]
    if not len(finite):
        return seconds
    # Past midnight the clock begins again.
    turns = np.cumsum(np.diff(seconds[finite], prepend=seconds[finite][0]) < -DAY_S / 2)
    seconds[finite] += DAY_S * turns
    return np.asarray(seconds - seconds[finite[0]], np.float64)


def _of_day(stamp: str) -> float:
    match = re.match(r"^(?:(\d{1,2}):)?(\d{1,2}):(\d{2})(?:[.,:](\d+))?\s*([AaPp])?", stamp.strip())
    if match is None:
        return float("nan")
    hour = int(match[1] or 0)
    if match[5]:
        hour = hour % 12 + 12 * (match[5] in "Pp")
    return hour * 3600.0 + int(match[2]) * 60.0 + int(match[3]) + (float(f"0.{match[4]}") if match[4] else 0.0)
