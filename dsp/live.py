"""Live state: what is known now, before the 4 s window and the 2 s lag have had their say.

The causal filter over the 4 s windows names the state; a 1 s window beside it sees an onset or an end first.
"""

import math
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp import decision, fast_second
from dsp.centre import least_answer
from dsp.evidence import terms_for
from dsp.fast_second import (
    ONSET_AGAIN_SHARE,
    ONSET_AGAIN_STEPS,
    ONSET_KEPT_STEPS,
    ONSET_STEPS,
    SHAKEN_STEPS,
    FastSeconds,
    SecondMeter,
)
from dsp.grid import Grid
from dsp.labels import EventLabel, State
from dsp.parameters import DECIDED, Parameters
from dsp.results import Event, LiveState, Term
from dsp.run import Run

Floats = NDArray[np.float32]

LABELS = (*DECIDED, State.UNCLEAR)
"""By number; see `dsp.decision.label_numbers`."""
ONSET_CONFIDENCE = 0.6
"""Of a label that only the fast second supports: above even, below what the long window can give."""
EVENT_SHOWN_S = 2.0
"""After its onset: a kick is confirmed a second after it, and stands for another one."""


class _Named(NamedTuple):
    """A label, its confidence and reasons, and the numbers beside it."""

    label: State
    confidence: float
    terms: tuple[Term, ...]
    numbers: dict[str, float]


NOTHING_KNOWN = _Named(State.NO_DATA, 1.0, (), dict.fromkeys(("peak_hz", "rms_g", "displacement_mm"), math.nan))


def without_data(state: LiveState) -> LiveState:
    """Give the state that follows on this one while rows are missing, or zero where gravity stood."""
    return replace(
        state,
        label=NOTHING_KNOWN.label,
        confidence=NOTHING_KNOWN.confidence,
        peak_hz=math.nan,
        rms_g=math.nan,
        displacement_mm=math.nan,
        since_s=state.time_s,
        evidence=(),
        event=None,
        psd=None,
    )


class _Newest:
    """The newest second of a run: how loud it is, and what is in it, which is measured when it is asked for."""

    def __init__(self, samples: Floats, run: Run, meter: SecondMeter) -> None:
        self._samples, self._meter = samples, meter
        self.energy = run.steps.energy.newest(ONSET_STEPS)[None]
        self.level_g = fast_second.step_level(self.energy)

    @cached_property
    def fast(self) -> FastSeconds:
        """What it shows."""
        return self._meter.measured(self._samples[:, None])


class LiveTracker:
    """Follows the newest samples of the runs of one analyzer.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._parameters = parameters
        self._meter, self._answer = SecondMeter(grid, parameters), least_answer(grid, parameters)
        self._run: Run | None = None
        self._steps = -1
        self._state: LiveState | None = None
        self._onset_step = -ONSET_KEPT_STEPS - 1
        self._since: tuple[State, float] | None = None
        self._frames = 0
        self._main: _Named | None = None

    def state(self, run: Run, last_event: Event | None) -> LiveState | None:
        """State now; None before the first second. Computed once a step."""
        if run is not self._run:
            self._run, self._steps, self._state, self._onset_step = run, -1, None, -ONSET_KEPT_STEPS - 1
            self._frames, self._main = 0, None
        if run.steps.count != self._steps:
            self._steps = run.steps.count
            self._state = self._look(run, last_event)
        return self._state

    def _look(self, run: Run, last_event: Event | None) -> LiveState | None:
        samples = run.newest_second()
        if samples is None:
            return None
        now_s = run.start_s + run.steps.edge(run.steps.count) / run.grid.rate_hz
        newest = _Newest(samples, run, self._meter)
        if self._begins(newest, run):
            self._onset_step = run.steps.count
        lasting = run.steps.count - self._onset_step <= ONSET_KEPT_STEPS
        named = self._named(run, newest, onset=lasting and bool(fast_second.lasts(newest.fast.rms_g)[0]))
        if self._since is None or self._since[0] is not named.label:
            self._since = (named.label, now_s)
        hold = run.holds.current
        event = provisional_event(run)
        if event is None and last_event is not None and now_s - last_event.onset_s <= EVENT_SHOWN_S:
            event = last_event
        return LiveState(
            time_s=now_s,
            label=named.label,
            confidence=named.confidence,
            peak_hz=named.numbers["peak_hz"],
            rms_g=named.numbers["rms_g"],
            displacement_mm=named.numbers["displacement_mm"],
            since_s=self._since[1],
            evidence=named.terms[:3],
            holding=hold is not None,
            hold_start_s=None if hold is None else hold.start_s,
            event=event,
            psd=run.frames.newest_psd,
        )

    def _begins(self, newest: _Newest, run: Run) -> bool:
        """Whether shaking begins in the newest second; most are too quiet for it."""
        if run.steps.count < SHAKEN_STEPS:
            return False
        floor_g = np.array([run.newest_floor], np.float32)
        if not fast_second.may_begin(newest.level_g, floor_g, self._answer)[0]:
            return False
        level_g, loud_g = (part.newest(ONSET_STEPS)[None] for part in (run.steps.level, run.steps.loud))
        if not fast_second.is_brisk(level_g, loud_g)[0]:
            return False
        burst = run.jerks.burst_steps(np.array([run.steps.count]))
        if not fast_second.is_even(run.steps.energy.newest(SHAKEN_STEPS)[None], burst)[0]:
            return False
        if not fast_second.is_onset(newest.fast, floor_g, self._parameters)[0]:
            return False
        before = run.newest_second(ONSET_AGAIN_STEPS)
        if before is None:
            return False
        fast = self._meter.measured(before[:, None])
        return bool(fast_second.is_onset(fast, floor_g, self._parameters, ONSET_AGAIN_SHARE)[0])

    def _named(self, run: Run, newest: _Newest, *, onset: bool) -> _Named:
        """Name what goes on."""
        if run.frames.count == 0:
            if run.is_stuck:
                return NOTHING_KNOWN
            numbers = _numbers(newest.fast)
            if onset:
                return _Named(State.TREMOR, ONSET_CONFIDENCE, _onset_terms(newest.fast), numbers)
            still = numbers["rms_g"] < 1e-3 * self._parameters.still["floor_mg"]
            return _Named(State.STILL if still else State.UNCLEAR, 0.5, (), numbers)
        if self._main is None or self._frames != run.frames.count:
            self._frames, self._main = run.frames.count, self._named_by_frames(run)
        main = self._main
        if main.label is State.NO_DATA:
            return main
        rhythmic = main.label in (State.TREMOR, State.REFLEX_RHYTHM)
        if onset and not rhythmic:
            confidence = max(ONSET_CONFIDENCE, float(run.frames.newest_probabilities[3]))
            return _Named(State.TREMOR, confidence, _onset_terms(newest.fast), _numbers(newest.fast))
        if rhythmic:
            main_rms_g = np.array([main.numbers["rms_g"]], np.float32)
            quiet = fast_second.may_have_stopped(newest.level_g, main_rms_g)[0]
            if quiet and fast_second.has_stopped(newest.fast.rms_g, main_rms_g, self._parameters)[0]:
                numbers = _numbers(newest.fast)
                text = f"the shaking fell to {1000 * numbers['rms_g']:.2g} mg in the last second"
                return _Named(State.STILL, ONSET_CONFIDENCE, (Term(name="stopped", value=1.0, text=text),), numbers)
        return main

    def _named_by_frames(self, run: Run) -> _Named:
        """Name what the newest frame, and those before it, show; the same until the next frame."""
        numbers = run.frames.newest
        if numbers["missing"] > self._parameters.gaps["most_missing"]:
            return NOTHING_KNOWN
        p = run.frames.newest_probabilities
        label = LABELS[int(decision.label_numbers(p[None, :], self._parameters)[0])]
        order = sorted(range(len(DECIDED)), key=lambda state: -p[state])
        best, second = DECIDED[order[0]], DECIDED[order[1]]
        terms = terms_for(run.frames.newest_weighed, best, second, self._parameters)
        lead = float(p[order[0]] - p[order[1]])
        confidence = 1.0 - lead if label is State.UNCLEAR else float(p[order[0]])
        return _Named(label, confidence, terms, numbers)


def provisional_event(run: Run) -> Event | None:
    """Give the event that has begun and is not confirmed yet; None without one."""
    step = run.jerks.candidate_step
    if step is None:
        return None
    nan = float("nan")
    onset_s = run.start_s + run.steps.edge(step) / run.grid.rate_hz
    return Event(
        onset_s=onset_s,
        peak_s=onset_s,
        end_s=onset_s,
        label=EventLabel.TWITCH,
        peak_g=run.highest_level_since(step),
        peak_jerk_g_per_s=nan,
        rise_s=nan,
        width_s=nan,
        ring_hz=nan,
        decay_s=nan,
        direction=(nan, nan, nan),
        tilt_change_deg=nan,
        stretch_delay_s=None,
        confidence=0.5,
        provisional=True,
    )


def _onset_terms(fast: FastSeconds) -> tuple[Term, ...]:
    share = f"{100 * fast.share[0]:.0f} % of the last second's power near {fast.peak_hz[0]:.1f} Hz"
    return (
        Term(name="one_frequency", value=1.0, text=share),
        Term(name="size", value=0.8, text=f"{1000 * fast.rms_g[0]:.2g} mg of shaking"),
    )


def _numbers(fast: FastSeconds) -> dict[str, float]:
    return {name: float(getattr(fast, name)[0]) for name in ("peak_hz", "rms_g", "displacement_mm")}
