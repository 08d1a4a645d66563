"""Live state: what is known now, before the 4 s window and the 2 s lag have had their say.

The causal filter over the 4 s windows names the state; a 1 s window beside it sees an onset or an end first.
"""

import numpy as np
from numpy.typing import NDArray

from dsp import decision
from dsp.evidence import state_terms
from dsp.features import spectral_features
from dsp.grid import STEPS_PER_HOP, hann
from dsp.labels import EventLabel, State
from dsp.parameters import DECIDED, Parameters
from dsp.results import Event, LiveState, Term
from dsp.run import Run
from dsp.segments import level_features

Floats = NDArray[np.float32]

ONSET_SHARE = 0.6
"""Share of the fast second's power near one frequency from which it may be called tremor (prior)."""
ONSET_LEVEL_G = 0.005
"""Starting threshold of tremor in the band: 5 mg (prior; a still sensor stays below 4 mg)."""
ONSET_FLOOR_RATIO = 1.8
ONSET_LOW_RATIO = 0.45
ONSET_CREST = 2.6
"""Of 0.2 s levels within the second: a kick has more."""
END_LEVEL_RATIO = 0.35
"""Fast level below this share of the 4 s level: the shaking has stopped."""
ONSET_CONFIDENCE = 0.6
"""Of a label that only the fast second supports: above even, below what the long window can give."""
EVENT_SHOWN_S = 1.0


def live_state(run: Run, parameters: Parameters, last_event: Event | None, since_s: float) -> LiveState | None:
    """State now; None before the first second."""
    fast = _fast_features(run, parameters)
    if fast is None:
        return None
    now_s = run.start_s + run.edge(run.steps) / run.grid.rate_hz
    label, confidence, terms, features = _named(run, fast, parameters)
    hold = run.holds.current
    event = provisional_event(run)
    if event is None and last_event is not None and now_s - last_event.onset_s <= EVENT_SHOWN_S:
        event = last_event
    return LiveState(
        time_s=now_s,
        label=label,
        confidence=confidence,
        peak_hz=features["peak_hz"],
        rms_g=features["rms_g"],
        displacement_mm=features["displacement_mm"],
        since_s=since_s,
        evidence=terms[:3],
        holding=hold is not None,
        hold_start_s=None if hold is None else hold.start_s,
        event=event,
        psd=run.newest_psd,
    )


def provisional_event(run: Run) -> Event | None:
    """Give the event that has begun and is not confirmed yet; None without one."""
    step = run.jerks.candidate_step
    if step is None:
        return None
    nan = float("nan")
    onset_s = run.start_s + run.edge(step) / run.grid.rate_hz
    peak_g = float(run.step_level[step:].max())
    return Event(
        onset_s=onset_s,
        peak_s=onset_s,
        end_s=onset_s,
        label=EventLabel.TWITCH,
        peak_g=peak_g,
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


def _named(
    run: Run, fast: dict[str, float], parameters: Parameters
) -> tuple[State, float, tuple[Term, ...], dict[str, float]]:
    """Label, confidence, reasons and numbers."""
    onset = _is_onset(fast, run)
    if run.frame_count == 0:
        if onset:
            return State.TREMOR, ONSET_CONFIDENCE, _onset_terms(fast), fast
        still = fast["rms_g"] < 1e-3 * parameters.still["floor_mg"]
        return (State.STILL if still else State.UNCLEAR), 0.5, (), fast
    main, p = run.newest_frame, run.newest_probabilities
    label = State(str(decision.labels(p[None, :], parameters)[0]))
    order = np.argsort(-p, kind="stable")
    rhythmic = label in (State.TREMOR, State.REFLEX_RHYTHM)
    if onset and not rhythmic and label is not State.NO_DATA:
        return State.TREMOR, max(ONSET_CONFIDENCE, float(p[3])), _onset_terms(fast), fast
    if rhythmic and fast["rms_g"] < END_LEVEL_RATIO * main["rms_g"]:
        text = f"the shaking fell to {1000 * fast['rms_g']:.2g} mg in the last second"
        quiet = State.STILL if fast["rms_g"] < 2e-3 * parameters.still["floor_mg"] else State.UNCLEAR
        return quiet, ONSET_CONFIDENCE, (Term(name="stopped", value=1.0, text=text),), fast
    best = DECIDED[int(order[0])]
    numbers = main | level_features(main["rms_g"], main["low_rms_g"], parameters)
    terms = tuple(t for t in state_terms(numbers, best, DECIDED[int(order[1])], parameters) if t.value > 0)
    confidence = float(p[order[0]]) if label is not State.UNCLEAR else 1.0 - float(p[order[0]] - p[order[1]])
    return label, confidence, terms, main


def _is_onset(fast: dict[str, float], run: Run) -> bool:
    band = run.parameters.bands["tremor_hz"]
    floor = run.newest_floor
    loud = fast["rms_g"] >= max(ONSET_LEVEL_G, ONSET_FLOOR_RATIO * floor)
    narrow = fast["share"] >= ONSET_SHARE and band[0] <= fast["peak_hz"] <= band[1]
    lasting = fast["crest"] <= ONSET_CREST and run.jerks.candidate_step is None
    return loud and narrow and lasting and fast["low_ratio"] <= ONSET_LOW_RATIO


def _onset_terms(fast: dict[str, float]) -> tuple[Term, ...]:
    share = f"{100 * fast['share']:.0f} % of the last second's power near {fast['peak_hz']:.1f} Hz"
    level = f"{1000 * fast['rms_g']:.2g} mg of shaking"
    return (
        Term(name="one_frequency", value=1.0, text=share),
        Term(name="size", value=0.8, text=level),
    )


def _fast_features(run: Run, parameters: Parameters) -> dict[str, float] | None:
    """Features of the newest second, on the step grid; None before there is one."""
    samples = run.newest_second()
    if samples is None:
        return None
    from scipy.fft import rfft  # noqa: PLC0415 - loaded with the first frame

    n = len(samples)
    grid = run.grid
    taper = hann(n)
    piece = (samples.T - samples.T[:, :1]) * taper
    padded = np.zeros((3, grid.window), np.float32)
    padded[:, :n] = piece
    transformed = rfft(padded, axis=-1)
    squared = transformed.real**2 + transformed.imag**2
    scale = 2.0 / (grid.rate_hz * float((taper.astype(np.float64) ** 2).sum()))
    psd = ((squared[0] + squared[1] + squared[2]) * scale).astype(np.float32)[None, :]
    values = spectral_features(psd, None, grid, parameters, taper)
    out = {name: float(v[0]) for name, v in values.items()}
    out["share"] = _wide_share(psd[0], out["peak_hz"], run, parameters)
    level = run.step_rms[-2 * STEPS_PER_HOP :]
    pairs = np.sqrt(0.5 * (level[1:] ** 2 + level[:-1] ** 2))
    out["crest"] = float(pairs.max() / max(float(np.median(pairs)), 1e-6)) if len(pairs) else 1.0
    out["tilt_rate_deg_per_s"] = float("nan")
    return out


def _wide_share(psd: Floats, peak_hz: float, run: Run, parameters: Parameters) -> float:
    """Share near the peak: a 1 s Hann window is 1.5 Hz wide by itself, so twice the main window's band counts."""
    half = 2.0 * parameters.bands["around_peak_hz"]
    near = run.grid.bins(peak_hz - half, peak_hz + half)
    fast = run.grid.bins(2.5, parameters.bands["peak_hz"][1])
    total = float(psd[fast].sum())
    return float(psd[near].sum()) / total if total > 0 else 0.0
