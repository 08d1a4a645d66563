"""Live state: what is known now, before the 4 s window and the 2 s lag have had their say.

The causal filter over the 4 s windows names the state; a 1 s window beside it sees an onset or an end first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import decision, fast_second
from dsp.centre import least_answer
from dsp.evidence import state_terms
from dsp.fast_second import ONSET_KEPT_STEPS, ONSET_STEPS, FastSeconds
from dsp.labels import EventLabel, State
from dsp.parameters import DECIDED, Parameters
from dsp.results import Event, LiveState, Term
from dsp.run import Run
from dsp.segments import heard_features

Floats = NDArray[np.float32]

ONSET_CONFIDENCE = 0.6
"""Of a label that only the fast second supports: above even, below what the long window can give."""
EVENT_SHOWN_S = 2.0
"""After its onset: a kick is confirmed a second after it, and stands for another one."""


@dataclass(slots=True, eq=False)
class LiveTracker:
    """Follows the newest samples of the runs of one analyzer.

    Attributes
    ----------
    parameters
        Of the analysis.
    """

    parameters: Parameters
    _run: Run | None = None
    _steps: int = -1
    _state: LiveState | None = None
    _onset_step: int = -ONSET_KEPT_STEPS - 1
    _since: tuple[State, float] | None = None

    def state(self, run: Run, last_event: Event | None) -> LiveState | None:
        """State now; None before the first second. Computed once a step."""
        if run is not self._run:
            self._run, self._steps, self._state, self._onset_step = run, -1, None, -ONSET_KEPT_STEPS - 1
        if run.steps.count != self._steps:
            self._steps = run.steps.count
            self._state = self._look(run, last_event)
        return self._state

    def _look(self, run: Run, last_event: Event | None) -> LiveState | None:
        samples = run.newest_second()
        if samples is None:
            return None
        now_s = run.start_s + run.steps.edge(run.steps.count) / run.grid.rate_hz
        energy, floor_g = run.steps.energy.newest(ONSET_STEPS)[None], np.array([run.newest_floor], np.float32)
        fast = fast_second.fast_seconds(samples[:, None], run.grid, self.parameters)
        burst = run.jerks.burst_steps(np.array([run.steps.count]))
        level_g = fast_second.step_level(energy)
        begins = fast_second.may_begin(level_g, floor_g, least_answer(run.grid, self.parameters))
        begins &= fast_second.is_even(energy, burst) & fast_second.is_onset(fast, floor_g, self.parameters)
        if begins[0]:
            self._onset_step = run.steps.count
        lasting = run.steps.count - self._onset_step <= ONSET_KEPT_STEPS and bool(fast_second.lasts(fast.rms_g)[0])
        label, confidence, terms, numbers = self._named(run, fast, level_g, onset=lasting)
        if self._since is None or self._since[0] is not label:
            self._since = (label, now_s)
        hold = run.holds.current
        event = provisional_event(run)
        if event is None and last_event is not None and now_s - last_event.onset_s <= EVENT_SHOWN_S:
            event = last_event
        return LiveState(
            time_s=now_s,
            label=label,
            confidence=confidence,
            peak_hz=numbers["peak_hz"],
            rms_g=numbers["rms_g"],
            displacement_mm=numbers["displacement_mm"],
            since_s=self._since[1],
            evidence=terms[:3],
            holding=hold is not None,
            hold_start_s=None if hold is None else hold.start_s,
            event=event,
            psd=run.frames.newest_psd,
        )

    def _named(
        self, run: Run, fast: FastSeconds, level_g: Floats, *, onset: bool
    ) -> tuple[State, float, tuple[Term, ...], dict[str, float]]:
        """Label, confidence, reasons and numbers."""
        numbers = {name: float(getattr(fast, name)[0]) for name in ("peak_hz", "rms_g", "displacement_mm")}
        still_g = 1e-3 * self.parameters.still["floor_mg"]
        if run.frames.count == 0:
            if onset:
                return State.TREMOR, ONSET_CONFIDENCE, _onset_terms(fast), numbers
            return (State.STILL if numbers["rms_g"] < still_g else State.UNCLEAR), 0.5, (), numbers
        main, p = run.frames.newest, run.frames.newest_probabilities
        label = State(str(decision.labels(p[None, :], self.parameters)[0]))
        rhythmic = label in (State.TREMOR, State.REFLEX_RHYTHM)
        if onset and not rhythmic:
            return State.TREMOR, max(ONSET_CONFIDENCE, float(p[3])), _onset_terms(fast), numbers
        main_rms_g = np.array([main["rms_g"]], np.float32)
        quiet = fast_second.may_have_stopped(level_g, main_rms_g)
        if rhythmic and (quiet & fast_second.has_stopped(fast.rms_g, main_rms_g, self.parameters))[0]:
            text = f"the shaking fell to {1000 * numbers['rms_g']:.2g} mg in the last second"
            return State.STILL, ONSET_CONFIDENCE, (Term(name="stopped", value=1.0, text=text),), numbers
        order = np.argsort(-p, kind="stable")
        best, second = DECIDED[int(order[0])], DECIDED[int(order[1])]
        features = heard_features(main, self.parameters)
        terms = tuple(t for t in state_terms(features, best, second, self.parameters) if t.value > 0)
        lead = float(p[order[0]] - p[order[1]])
        return label, (1.0 - lead if label is State.UNCLEAR else float(p[order[0]])), terms, main


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
