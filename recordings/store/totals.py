"""What a file's end says: the totals of each sensor, and which channel has which topic."""

from collections.abc import Mapping
from dataclasses import dataclass

from recordings.store import schema
from recordings.store.timeline import Timeline


def topic_values(notes: Mapping[str, int]) -> dict[str, str]:
    """Lay out which channel has which topic, where a seal guards it."""
    return {f"{schema.TOPIC}{number}": topic for topic, number in notes.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the samples of one sensor come to; times on the session's clock."""

    samples: int
    rate_hz: float
    first_s: float
    last_s: float
    gaps: int
    gap_s: float


def totals_of(timeline: Timeline) -> Totals | None:
    """Sum up a timeline; None without samples."""
    if not timeline.runs:
        return None
    starts, gaps, rate = timeline.starts_s(0.0), timeline.gaps_s(), timeline.rate_hz
    return Totals(
        samples=timeline.samples,
        rate_hz=rate,
        first_s=starts[0],
        last_s=starts[-1] + timeline.runs[-1].samples / rate,
        gaps=len(gaps),
        gap_s=sum(gaps),
    )


def totals_values(totals: Mapping[str, Totals | None], *, zero_ns: int) -> dict[str, str]:
    """Lay out the totals for the file."""
    values = {"start_ns": str(zero_ns)}
    for label, t in totals.items():
        if t is not None:
            values[f"stream/{label}"] = f"{t.samples} {t.rate_hz!r} {t.first_s!r} {t.last_s!r} {t.gaps} {t.gap_s!r}"
    return values


def totals_from(values: Mapping[str, str]) -> dict[str, Totals]:
    """Read back what `totals_values` laid out."""
    found = {}
    for name, text in values.items():
        if name.startswith(schema.STREAM):
            samples, rate_hz, first_s, last_s, gaps, gap_s = text.split()
            found[name.removeprefix(schema.STREAM)] = Totals(
                samples=int(samples), rate_hz=float(rate_hz), first_s=float(first_s), last_s=float(last_s),
                gaps=int(gaps), gap_s=float(gap_s),
            )  # fmt: skip
    return found
