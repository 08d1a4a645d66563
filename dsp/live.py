"""Live state: what is known now, before the 4 s window and the 2 s lag have had their say.

The causal filter over the 4 s windows names the state; a 1 s window beside it sees an onset or an end first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import decision
from dsp.evidence import state_terms
from dsp.grid import hann
from dsp.labels import EventLabel, State
from dsp.parameters import DECIDED, Parameters
from dsp.peaks import STANDARD_GRAVITY_MM_S2
from dsp.results import Event, LiveState, Term
from dsp.run import Run
from dsp.segments import heard_features

Floats = NDArray[np.float32]

ONSET_SHARE = 0.6
"""Share of the fast second's power near one frequency from which it may be called tremor (prior)."""
ONSET_LEVEL_G = 0.005
"""Starting threshold of tremor in the band: 5 mg (prior; a still sensor stays below 4 mg)."""
ONSET_FLOOR_RATIO = 1.8
ONSET_LOW_RATIO = 0.45
ONSET_STEPS = 7
"""The newest 0.7 s must be filled: longer than the widest kick (0.6 s)."""
ONSET_CREST = 2.6
"""Of 0.2 s levels within these: a kick has more."""
EVEN_STEPS = 5
EVEN_CREST = 1.8
ONSET_KEPT_S = 1.5
"""An onset once seen is kept until the long window has caught up, while the shaking lasts (prior)."""
ONSET_KEPT_LEVEL = 0.5
END_LEVEL_RATIO = 0.3
"""Fast level below this share of the 4 s level, and near a still sensor's: the shaking has stopped (prior)."""
END_FLOOR_RATIO = 2.0
ONSET_CONFIDENCE = 0.6
"""Of a label that only the fast second supports: above even, below what the long window can give."""
EVENT_SHOWN_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FastSecond:
    """What the newest second shows."""

    rms_g: float
    low_ratio: float
    peak_hz: float
    share: float
    crest: float
    displacement_mm: float


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
    _onset_s: float = -np.inf
    _since: tuple[State, float] | None = None

    def state(self, run: Run, last_event: Event | None) -> LiveState | None:
        """State now; None before the first second. Computed once a step."""
        if run is not self._run:
            self._run, self._steps, self._state, self._onset_s = run, -1, None, -np.inf
        if run.steps.count != self._steps:
            self._steps = run.steps.count
            self._state = self._look(run, last_event)
        return self._state

    def _look(self, run: Run, last_event: Event | None) -> LiveState | None:
        fast = fast_second(run, self.parameters)
        if fast is None:
            return None
        now_s = run.start_s + run.steps.edge(run.steps.count) / run.grid.rate_hz
        if _is_onset(fast, run):
            self._onset_s = now_s
        lasting = now_s - self._onset_s <= ONSET_KEPT_S and fast.rms_g >= ONSET_KEPT_LEVEL * ONSET_LEVEL_G
        label, confidence, terms, numbers = self._named(run, fast, onset=lasting)
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
        self, run: Run, fast: FastSecond, *, onset: bool
    ) -> tuple[State, float, tuple[Term, ...], dict[str, float]]:
        """Label, confidence, reasons and numbers."""
        numbers = {"peak_hz": fast.peak_hz, "rms_g": fast.rms_g, "displacement_mm": fast.displacement_mm}
        still_g = 1e-3 * self.parameters.still["floor_mg"]
        if run.frames.count == 0:
            if onset:
                return State.TREMOR, ONSET_CONFIDENCE, _onset_terms(fast), numbers
            return (State.STILL if fast.rms_g < still_g else State.UNCLEAR), 0.5, (), numbers
        main, p = run.frames.newest, run.frames.newest_probabilities
        label = State(str(decision.labels(p[None, :], self.parameters)[0]))
        rhythmic = label in (State.TREMOR, State.REFLEX_RHYTHM)
        if onset and not rhythmic:
            return State.TREMOR, max(ONSET_CONFIDENCE, float(p[3])), _onset_terms(fast), numbers
        if rhythmic and fast.rms_g < min(END_LEVEL_RATIO * main["rms_g"], END_FLOOR_RATIO * still_g):
            text = f"the shaking fell to {1000 * fast.rms_g:.2g} mg in the last second"
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


def fast_second(run: Run, parameters: Parameters) -> FastSecond | None:
    """Measure the newest second, on the step grid; None before there is one."""
    samples = run.newest_second()
    if samples is None:
        return None
    from scipy.fft import rfft  # noqa: PLC0415 - loaded with the first frame

    taper = hann(samples.shape[1])
    transformed = rfft((samples - samples[:, :1]) * taper, n=run.grid.window, axis=-1)
    squared = transformed.real**2 + transformed.imag**2
    scale = 2.0 / (run.grid.rate_hz * float((taper.astype(np.float64) ** 2).sum()))
    psd = (squared[0] + squared[1] + squared[2]) * scale
    df = run.grid.df_hz

    def power(low_hz: float, high_hz: float) -> float:
        return float(psd[run.grid.bins(low_hz, high_hz)].sum()) * df

    bands = parameters.bands
    tremor, whole = power(*bands["tremor_hz"]), power(*bands["whole_hz"])
    where = run.grid.bins(*bands["peak_hz"])
    peak_hz = float(run.grid.freq_hz[where.start + int(psd[where].argmax())])
    # A 1 s Hann window is 1.5 Hz wide by itself, so twice the main window's band belongs to the peak.
    half = 2.0 * bands["around_peak_hz"]
    near = power(max(0.5, peak_hz - half), peak_hz + half)
    fast = power(2.5, bands["peak_hz"][1])
    level = run.recent_step_rms(ONSET_STEPS)
    pairs = np.sqrt(0.5 * (level[1:] ** 2 + level[:-1] ** 2))
    return FastSecond(
        rms_g=float(np.sqrt(tremor)),
        low_ratio=power(*bands["low_hz"]) / max(whole, 1e-16),
        peak_hz=peak_hz,
        share=min(1.0, near / max(fast, 1e-16)),
        crest=float(pairs.max() / max(float(np.median(pairs)), 1e-6)) if len(pairs) else 1.0,
        displacement_mm=float(np.sqrt(near)) * STANDARD_GRAVITY_MM_S2 / (2.0 * np.pi * peak_hz) ** 2,
    )


def _is_onset(fast: FastSecond, run: Run) -> bool:
    low, high = run.parameters.bands["tremor_hz"]
    loud = fast.rms_g >= max(ONSET_LEVEL_G, ONSET_FLOOR_RATIO * run.newest_floor)
    narrow = fast.share >= ONSET_SHARE and low <= fast.peak_hz <= high
    begun = run.jerks.candidate_step
    # A burst that has just begun may still be a kick: it has to last, and evenly.
    even = begun is None or (run.steps.count - begun >= EVEN_STEPS and fast.crest <= EVEN_CREST)
    lasting = fast.crest <= ONSET_CREST and even
    return loud and narrow and lasting and fast.low_ratio <= ONSET_LOW_RATIO


def _onset_terms(fast: FastSecond) -> tuple[Term, ...]:
    share = f"{100 * fast.share:.0f} % of the last second's power near {fast.peak_hz:.1f} Hz"
    return (
        Term(name="one_frequency", value=1.0, text=share),
        Term(name="size", value=0.8, text=f"{1000 * fast.rms_g:.2g} mg of shaking"),
    )
