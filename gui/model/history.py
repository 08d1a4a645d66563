"""History: the library's sessions as rows, days and trends; no widgets."""

import math
from dataclasses import dataclass
from datetime import date, datetime

from recordings import SessionRecord

TRENDS = ("tremor_min", "jerks_per_stretch", "tremor_hz", "hold_to_tremor_s")


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One session's numbers for the trends; NaN where they are not known.

    Attributes
    ----------
    when
        Local time of the start.
    tremor_min, jerks_per_stretch, tremor_hz, hold_to_tremor_s
        Minutes of tremor, reflex jerks a stretch, frequency, time in a hold before the tremor.
    """

    when: datetime
    tremor_min: float
    jerks_per_stretch: float
    tremor_hz: float
    hold_to_tremor_s: float


def night(record: SessionRecord) -> Night | None:
    """Numbers of a session; None when it has no date or was not analysed."""
    if record.start_ns is None or not record.findings:
        return None
    found = record.findings
    stretches = len(found.get("holds") or ())
    jerks = _number(found.get("reflex_jerk_count"))
    return Night(
        when=datetime.fromtimestamp(record.start_ns / 1e9).astimezone(),
        tremor_min=_number(found.get("tremor_s")) / 60.0,
        jerks_per_stretch=jerks / stretches if stretches else math.nan,
        tremor_hz=_number(found.get("tremor_hz")),
        hold_to_tremor_s=_number(found.get("hold_to_tremor_s")),
    )


def by_day(records: list[SessionRecord]) -> dict[date, list[SessionRecord]]:
    """Sessions of each day."""
    days: dict[date, list[SessionRecord]] = {}
    for record in records:
        if record.start_ns is not None:
            day = datetime.fromtimestamp(record.start_ns / 1e9).astimezone().date()
            days.setdefault(day, []).append(record)
    return days


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan
