"""The numbers of a session that signs may read, and whether it was a stretching session at all."""

import math
from collections.abc import Mapping, Sequence

from dsp import Findings, Placement, SideComparison
from guidance.history import SessionSummary, above_usual_db

NAN = float("nan")
MOSTLY_MOVING = 0.65
"""Share of movement from which a session says little about stretching. A guided session with its warm-up, whose
stretches are as close together as any, moves for 0.6 of its time when every step but rest and hold is movement;
walking and housework move for more (inference). Footfalls and quick turns of the limb follow a change of posture as
reflex jerks do, so nothing is read from such a session."""
LEAST_S = 10.0
LIMBS = {Placement.FOOT: "foot", Placement.WRIST: "arm", Placement.TRUNK: "body"}
"""What to call where the sensor is worn; a leg where nothing else is said."""


def numbers_of(
    findings: Findings,
    *,
    history: Sequence[SessionSummary] = (),
    comparison: SideComparison | None = None,
    which: str = "",
) -> dict[str, float]:
    """Every number a sign may read; NaN where it is not known.

    Parameters
    ----------
    findings
        What the session shows.
    history
        Earlier sessions, oldest first.
    comparison
        Left against right, when two sensors ran.
    which
        The stretch that the person named.
    """
    numbers = {
        name: float(getattr(findings, name))
        for name in Findings.__dataclass_fields__
        if isinstance(getattr(findings, name), int | float)
    }
    first = findings.holds[0] if findings.holds else None
    numbers["first_hold_tremor_s"] = first.tremor_s if first is not None else NAN
    late = first.tremor_after_s if first is not None else None
    numbers["first_hold_tremor_after_s"] = late if late is not None else NAN
    numbers["hold_tremor_s"] = sum(h.tremor_s for h in findings.holds)
    numbers["longest_hold_s"] = max((h.end_s - h.start_s for h in findings.holds), default=NAN)
    numbers["stretch_jerk_count"] = float(sum(h.jerk_count for h in findings.holds))
    if not findings.gravity_present:
        # Without gravity no stretch is seen, so nothing is known to have come outside of one.
        numbers["rest_tremor_s"] = NAN
        numbers["rest_rhythm_s"] = findings.reflex_rhythm_s
    numbers["stretch_rhythm_s"] = max(0.0, findings.reflex_rhythm_s - numbers["rest_rhythm_s"])
    # Steps and knocks come as much without a stretch as with one.
    jerks = findings.reflex_jerk_count + findings.impact_count
    numbers["stretch_jerk_share"] = min(1.0, numbers["stretch_jerk_count"] / jerks) if jerks else NAN
    still = findings.still_s >= LEAST_S
    numbers["rest_twitch_per_min"] = 60.0 * findings.rest_twitch_count / findings.still_s if still else NAN
    numbers["above_usual_db"] = above_usual_db(findings, history, which=which)
    numbers["one_sided"] = float(comparison.asymmetric) if comparison is not None else NAN
    return numbers


def mostly_moving(findings: Findings) -> bool:
    """Whether the session is everyday movement rather than stretching."""
    return findings.analysed_s >= LEAST_S and findings.movement_s > MOSTLY_MOVING * findings.analysed_s


def limb(placement: Placement) -> str:
    """Name the part of the body that wears the sensor."""
    return LIMBS.get(placement, "leg")


def known(numbers: Mapping[str, float]) -> dict[str, float]:
    """Only the numbers that are there, for sentences."""
    return {name: value for name, value in numbers.items() if not math.isnan(value)}
