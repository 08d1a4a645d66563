"""Scripts: what happens to the simulated limb, step by step, and so the truth."""

from dataclasses import dataclass
from enum import StrEnum


class Doing(StrEnum):
    """What a step does."""

    REST = "rest"
    """Lie still."""
    STRETCH = "stretch"
    """Move into a stretch."""
    HOLD = "hold"
    """Hold the stretch."""
    RELEASE = "release"
    """Move back to rest."""
    MOVE = "move"
    """Turn and shift about on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a script.

    Attributes
    ----------
    doing
        What it does.
    seconds
        How long.
    degrees
        How far a stretch or a movement goes.
    tremor_from_s
        When tremor begins in the step; None without tremor.
    tremor_mg
        Its rms at the beginning.
    growth_db_per_min
        How it grows.
    jerks_at_s
        When jerks (in a stretch or hold) or twitches (at rest) begin.
    rhythm_s
        From and to of a reflex rhythm.
    """

    doing: Doing
    seconds: float
    degrees: float = 0.0
    tremor_from_s: float | None = None
    tremor_mg: float = 25.0
    growth_db_per_min: float = 0.0
    jerks_at_s: tuple[float, ...] = ()
    rhythm_s: tuple[float, float] | None = None


LimbScript = tuple[Step, ...]


def rest(seconds: float, *, twitches: tuple[float, ...] = (), tremor_mg: float | None = None) -> Step:
    """Lie still."""
    if tremor_mg is not None:
        return Step(doing=Doing.REST, seconds=seconds, tremor_from_s=0.0, tremor_mg=tremor_mg, jerks_at_s=twitches)
    return Step(doing=Doing.REST, seconds=seconds, jerks_at_s=twitches)


def slow(degrees: float = 30.0, seconds: float = 6.0) -> Step:
    """Move slowly into a stretch, too slow for the reflex."""
    return Step(doing=Doing.STRETCH, seconds=seconds, degrees=degrees)


def fast(degrees: float = 30.0, seconds: float = 0.7, jerks: tuple[float, ...] = (0.55,)) -> Step:
    """Move briskly into a stretch; the reflex answers."""
    return Step(doing=Doing.STRETCH, seconds=seconds, degrees=degrees, jerks_at_s=jerks)


def hold(
    seconds: float,
    *,
    tremor_from_s: float | None = None,
    tremor_mg: float = 25.0,
    growth_db_per_min: float = 10.0,
    jerks: tuple[float, ...] = (),
    rhythm: tuple[float, float] | None = None,
) -> Step:
    """Hold the stretch."""
    return Step(
        doing=Doing.HOLD,
        seconds=seconds,
        tremor_from_s=tremor_from_s,
        tremor_mg=tremor_mg,
        growth_db_per_min=growth_db_per_min,
        jerks_at_s=jerks,
        rhythm_s=rhythm,
    )


def release(seconds: float = 2.5) -> Step:
    """Move back to rest."""
    return Step(doing=Doing.RELEASE, seconds=seconds)


def move(seconds: float, degrees: float = 25.0) -> Step:
    """Shift about on purpose."""
    return Step(doing=Doing.MOVE, seconds=seconds, degrees=degrees)


def _guided_leg(*, tremor_from_s: float | None, jerks: tuple[float, ...]) -> LimbScript:
    """Follow the guided session on one leg, a moment late (guidance/knowledge/protocols.toml)."""
    again = (fast(jerks=jerks), hold(5.3), release(3.0), rest(7.0))
    growth_db = 14.0
    return (
        rest(31.0),
        slow(seconds=9.0),
        hold(31.0, tremor_from_s=tremor_from_s, growth_db_per_min=growth_db),
        release(3.0),
        rest(6.5),
        *again,
        *again,
    )


_GUIDED: LimbScript = (
    *_guided_leg(tremor_from_s=12.0, jerks=(0.55,)),
    move(20.0),
    rest(5.0),
    *_guided_leg(tremor_from_s=None, jerks=()),
)


SCRIPTS: dict[str, LimbScript] = {
    "guided_stretch": _GUIDED,
    "guided_warm_up": (move(175.0, 12.0), rest(5.0), *_GUIDED),
    "demo": (
        rest(20.0),
        slow(),
        hold(40.0, tremor_from_s=16.0, growth_db_per_min=14.0),
        release(),
        rest(14.0, twitches=(7.0,)),
        fast(),
        hold(17.0, jerks=(0.6,), rhythm=(4.0, 12.0)),
        release(),
        rest(12.0),
        move(6.0),
        rest(10.0),
        slow(),
        hold(31.0, tremor_from_s=9.0, tremor_mg=32.0, growth_db_per_min=14.0),
        release(),
        rest(9.0),
    ),
    "fatigue": (
        rest(20.0),
        slow(),
        hold(34.0, tremor_from_s=16.0, growth_db_per_min=14.0),
        release(),
        rest(12.0),
        slow(),
        hold(30.0, tremor_from_s=9.0, tremor_mg=34.0, growth_db_per_min=14.0),
        release(),
        rest(10.0),
    ),
    "reflex": (
        rest(20.0),
        fast(jerks=(0.5,)),
        hold(15.0, jerks=(0.5,)),
        release(),
        rest(10.0),
        fast(jerks=(0.5,)),
        hold(15.0),
        release(),
        rest(10.0),
        fast(jerks=(0.5,)),
        hold(15.0, jerks=(0.5,)),
        release(),
        rest(10.0),
    ),
    "rhythm": (
        rest(20.0),
        fast(jerks=(0.5,)),
        hold(22.0, rhythm=(2.5, 16.0)),
        release(),
        rest(12.0),
        fast(jerks=(0.5,)),
        hold(16.0, rhythm=(2.5, 10.0)),
        release(),
        rest(10.0),
    ),
    "twitches": (rest(75.0, twitches=(9.0, 16.5, 25.0, 33.0, 38.5, 47.0, 55.0, 63.0, 70.0)),),
    "calm": (rest(25.0), slow(), hold(25.0), release(), rest(15.0), slow(), hold(25.0), release(), rest(10.0)),
    "tense": (
        rest(30.0, tremor_mg=14.0),
        slow(),
        hold(20.0, tremor_from_s=0.0, tremor_mg=16.0, growth_db_per_min=0.0),
        release(),
        rest(20.0, tremor_mg=14.0),
    ),
}
"""The shipped scenarios by name."""
