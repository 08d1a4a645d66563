"""Candidate: a burst of the quick path that may become an event, and what is asked of it in every step."""

from dataclasses import dataclass

from dsp.kick_level import STEP_S
from dsp.parameters import Parameters


@dataclass(slots=True)
class Candidate:
    """A burst that may become an event, steps counted from the first that is kept.

    Attributes
    ----------
    onset_step, peak_step
        Its first step, and its loudest.
    peak
        Level there, g.
    loud_from
        Step from which it has been loud without a break up to its loudest.
    rise
        Sample from which it rises, if it began while another one might still have rung.
    over
        Level below which it is over, g; None until it has been louder than ever for the last time so far.
    below
        Steps on end in which it has been below that.
    stands_out
        Level that it must reach to stand out of what may shake, g; None before that is asked for.
    """

    onset_step: int
    peak_step: int
    peak: float
    loud_from: int
    rise: int | None
    over: float | None
    below: int = 0
    stands_out: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """Parameters that every step asks for, times in steps."""

    widest: int
    longest: int
    quiet_after: int
    confirm: int
    refractory: float
    train: float
    new_share: float
    end_ratio: float
    fading: float


def limits_of(parameters: Parameters) -> Limits:
    """Work out once what every step asks for."""
    p = parameters.jerk
    return Limits(
        widest=round(p["widest_s"] / STEP_S),
        longest=round(p["longest_s"] / STEP_S),
        quiet_after=round(p["quiet_after_s"] / STEP_S),
        confirm=round(p["confirm_s"] / STEP_S),
        refractory=p["refractory_s"] / STEP_S,
        train=p["train_s"] / STEP_S,
        new_share=p["new_share"],
        end_ratio=p["end_ratio"],
        fading=p["fading"],
    )
