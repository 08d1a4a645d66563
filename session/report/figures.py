"""Figures of the report as inline SVG, each with the sentence that replaces it for who cannot see it."""

import numpy as np
from numpy.typing import NDArray

import dsp
from dsp import State
from session.analysis import AnalysedRecording
from session.report.drawing import THIRD_IN, Figure, Key, as_clock, as_svg, drawing
from session.report.palette import (
    AXES,
    EVENT_COLOUR,
    EVENT_MARKS,
    INK,
    QUIET,
    STATE_COLOURS,
    STATE_HATCHES,
    STATE_KEYS,
    STATE_WORDS,
)
from session.report.wording import Wording
from session.rest import rest_psd

TREMOR_BAND_HZ = (4.0, 12.0)
"""Where physiological, fatigue and reflex tremor of a limb lie (Lippold; Pozos 1982: ankle 4-9 Hz)."""
SLOW_HZ = 2.0
"""Below is the slow motion of the limb, no tremor."""
LEAST_S = 0.5
"""A recording of a few seconds has one spectrum, which still takes up time."""
TOP_HZ = 20.0
COLUMNS = 900
"""Pixels across; more than a page shows only costs size."""
LABEL_SHARE = 0.085
"""Height of a label as a share of a small figure's axis."""
MOST_HOLDS = 6
SHORT_SHARE = 0.3
TREMOR = STATE_COLOURS[State.TREMOR]
KEY_SIGNS = {
    "reflex_jerk": "\N{BLACK DOWN-POINTING TRIANGLE}",
    "twitch": "\N{BLACK CIRCLE}",
    "impact": "\N{BLACK DIAMOND}",
}
DRIFT_HZ = 0.7
"""Corner of the high-pass that takes posture out of the drawn trace."""


def timeline(found: AnalysedRecording, words: Wording) -> Figure | None:
    """States, events and stretches over the session; None when nothing of it could be named."""
    analysis = found.analysis
    if not analysis.findings.analysed_s:
        return None
    with drawing(words, height_in=1.5) as (figure, axes):
        for segment in analysis.segments:
            if segment.label is State.NO_DATA:
                continue
            axes.broken_barh(
                [(segment.start_s / 60, segment.duration_s / 60)],
                (0.0, 0.6),
                facecolor=STATE_COLOURS[segment.label],
                edgecolor="#8a96a3" if segment.label is State.UNCLEAR else "white",
                hatch=STATE_HATCHES.get(segment.label) if segment.label is not State.TREMOR else None,
                linewidth=0.4,
            )
            if segment.label is State.TREMOR and segment.duration_s > 0.03 * analysis.duration_s:
                middle = (segment.start_s + segment.end_s) / 120
                axes.text(middle, 0.3, "~", color="white", ha="center", va="center", fontsize=11, fontweight="bold")
        for kind, (mark, _) in EVENT_MARKS.items():
            times = [e.onset_s / 60 for e in analysis.events if e.kind == kind]
            colour = QUIET if kind == "impact" else EVENT_COLOUR
            axes.plot(times, [0.8] * len(times), mark, color=colour, markersize=4, linestyle="none")
        for hold in analysis.holds:
            axes.plot([hold.start_s / 60, hold.end_s / 60], [-0.18, -0.18], color=QUIET, linewidth=1.4)
        axes.set_ylim(-0.4, 1.0)
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        as_clock(axes, found.analysis.duration_s)
    seconds = {s: sum(g.duration_s for g in analysis.segments if g.label is s) for s in State}
    parts = [f"{seconds[s]:.0f} s {words.text(STATE_WORDS[s])}" for s in State if seconds[s] >= 1.0]
    count = len(analysis.events)
    text = words.say(
        "Over {seconds} s: {parts}; {events}; stretches held: {holds}.",
        seconds=f"{analysis.duration_s:.0f}",
        parts=", ".join(parts),
        events=_brief_events(count, words),
        holds=len(analysis.holds),
    )
    key = tuple(Key(word=words.text(STATE_WORDS[s]), css=css) for s, css in STATE_KEYS.items() if seconds[s] >= 0.5)
    found_events = {e.kind for e in analysis.events}
    marks = [f"{KEY_SIGNS[e]} {words.text(word)}" for e, (_, word) in EVENT_MARKS.items() if e in found_events]
    lines = [words.text("line below: stretch held")] if analysis.holds else []
    key += tuple(Key(word=word, css="none; border: 0; width: 0; margin: 0") for word in (*marks, *lines))
    return Figure(title=words.text("This session"), svg=as_svg(figure), alternative=text, key=key)


def _brief_events(count: int, words: Wording) -> str:
    if count == 1:
        return words.text("one brief event")
    return words.say("{n} brief events", n=count) if count else words.text("no brief events")


def trace(found: AnalysedRecording, words: Wording) -> Figure:
    """Acceleration without gravity, as the envelope of each axis."""
    with drawing(words, height_in=1.7) as (figure, axes):
        largest = 0.0
        for run in found.recording.samples:
            motion = _without_drift(run)
            time_min, low, high = _envelope(motion, run)
            largest = max(largest, float(np.percentile(np.abs(motion), 99.9, method="nearest")) if len(motion) else 0.0)
            for axis in range(3):
                axes.fill_between(
                    time_min,
                    low[:, axis],
                    high[:, axis],
                    color=AXES[axis],
                    alpha=0.75,
                    linewidth=0.3,
                    edgecolor=AXES[axis],
                )
        limit = max(1.15 * largest, 0.01)
        axes.set_ylim(-limit, limit)
        axes.set_ylabel("g")
        as_clock(axes, found.analysis.duration_s)
        for axis, name in enumerate("xyz"):
            axes.text(1.005, 0.9 - 0.16 * axis, name, color=AXES[axis], transform=axes.transAxes, fontsize=9)
    text = words.say(
        "Acceleration of three axes without gravity; it stays mostly below {limit} g.",
        limit=words.number(limit, ".2g"),
    )
    return Figure(title=words.text("Acceleration without gravity"), svg=as_svg(figure), alternative=text)


def spectrogram(found: AnalysedRecording, words: Wording) -> Figure | None:
    """Power over time and frequency, in dB relative to 1 mg^2/Hz; None when the spectra were not kept."""
    spectra = found.analysis.spectra
    if spectra is None or not len(spectra.time_s):
        return None
    keep = spectra.freq_hz <= TOP_HZ
    psd = _thinned(spectra.psd[:, keep])
    with np.errstate(divide="ignore", invalid="ignore"):
        level_db = 10.0 * np.log10(psd * 1e6)
    shown = level_db[np.isfinite(level_db)]
    low, high = np.percentile(shown, (5, 99.7)) if shown.size else (0.0, 1.0)
    # A recording of a few seconds has one spectrum, which still takes up time.
    first_min, last_min = spectra.time_s[0] / 60, max(spectra.time_s[-1], spectra.time_s[0] + LEAST_S) / 60
    with drawing(words, height_in=2.3, width_in=THIRD_IN) as (figure, axes):
        axes.imshow(
            level_db.T,
            origin="lower",
            aspect="auto",
            cmap="magma",
            vmin=low,
            vmax=max(high, low + 10.0),
            interpolation="nearest",
            extent=(first_min, last_min, 0.0, float(spectra.freq_hz[keep][-1])),
        )
        for edge in TREMOR_BAND_HZ:
            axes.axhline(edge, color="white", linewidth=0.6, linestyle=(0, (4, 4)), alpha=0.8)
        axes.set_ylabel("Hz")
        as_clock(axes, found.analysis.duration_s)
    text = words.say(
        "Power by time and frequency, from {low} to {high} dB relative to 1 mg²/Hz; dashed: 4 to 12 Hz.",
        low=f"{low:.0f}",
        high=f"{high:.0f}",
    )
    return Figure(title=words.text("Spectrogram"), svg=as_svg(figure), alternative=text)


def average_spectra(found: AnalysedRecording, words: Wording) -> Figure | None:
    """Average spectrum of each state; None without a state of at least two frames in which anything moved."""
    spectra, frames = found.analysis.spectra, found.analysis.frames
    if spectra is None:
        return None
    keep = (spectra.freq_hz >= 0.5) & (spectra.freq_hz <= TOP_HZ)
    averages = {}
    for state in (State.STILL, State.MOVEMENT, State.REFLEX_RHYTHM, State.TREMOR):
        rows = frames["label"] == state.value
        if rows.sum() >= 2:
            rest = rest_psd(found.analysis) if state is State.STILL else None
            psd = 1e6 * (rest[keep] if rest is not None else spectra.psd[rows][:, keep].mean(axis=0))
            # Values that never change have no power, which no logarithmic axis can show.
            if (psd > 0.0).any():
                averages[state] = psd
    if not averages:
        return None
    peaks: list[str] = []
    ends: list[tuple[str, str, float]] = []
    with drawing(words, height_in=2.3, width_in=THIRD_IN) as (figure, axes):
        axes.axvspan(*TREMOR_BAND_HZ, color="#f4e6ee", linewidth=0)
        for state, psd in averages.items():
            colour = "#66778a" if state is State.STILL else STATE_COLOURS[state]
            axes.semilogy(spectra.freq_hz[keep], psd, color=colour, linewidth=1.3)
            top = int(np.argmax(np.where(spectra.freq_hz[keep] >= SLOW_HZ, psd, 0.0)))
            ends.append((words.text(STATE_WORDS[state]), colour, float(psd[-1])))
            # The peak of stillness and of movement is their slow end, which says nothing.
            if state in (State.TREMOR, State.REFLEX_RHYTHM):
                peak = words.number(spectra.freq_hz[keep][top], ".1f")
                peaks.append(words.say("{state} peaks at {peak} Hz", state=words.text(STATE_WORDS[state]), peak=peak))
        bottom, roof = np.log10(axes.get_ylim())
        places = _apart([(np.log10(max(end, 1e-12)) - bottom) / (roof - bottom) for _, _, end in ends])
        for (word, colour, _), place in zip(ends, places, strict=True):
            axes.text(1.02, place, word, color=colour, fontsize=8, va="center", transform=axes.transAxes)
        axes.set_xlim(0, TOP_HZ)
        axes.set_xlabel("Hz")
        axes.set_ylabel("mg²/Hz")
    states = "; ".join((", ".join(word for word, _, _ in ends), *peaks))
    text = words.say("Average spectra of the states: {states}. Shaded: 4 to 12 Hz.", states=states)
    return Figure(title=words.text("Average spectra"), svg=as_svg(figure), alternative=text)


def holds(found: AnalysedRecording, words: Wording) -> Figure | None:
    """How the shaking went in each hold, from its start; None without a hold that can be drawn."""
    frames = found.analysis.frames
    numbered = list(enumerate(found.analysis.holds, 1))
    longest = sorted(numbered, key=lambda h: h[1].start_s - h[1].end_s)[:MOST_HOLDS]
    lines = []
    for number, hold in sorted(longest):
        inside = (frames["time_s"] >= hold.start_s) & (frames["time_s"] <= hold.end_s) & np.isfinite(frames["rms_g"])
        # A short hold is a dot beside the long ones; when there are only short ones, they are drawn.
        if inside.sum() >= 2 and hold.end_s - hold.start_s >= SHORT_SHARE * (
            longest[0][1].end_s - longest[0][1].start_s
        ):
            lines.append((number, frames["time_s"][inside] - hold.start_s, 1000.0 * frames["rms_g"][inside]))
    if not lines:
        return None
    changes = []
    with drawing(words, height_in=2.3, width_in=THIRD_IN) as (figure, axes):
        for number, time_s, level_mg in lines:
            axes.semilogy(time_s, level_mg, color=TREMOR, linewidth=1.4, alpha=0.45 + 0.55 * number / len(numbered))
            axes.annotate(
                str(number),
                (time_s[-1], level_mg[-1]),
                xytext=(4, 0),
                textcoords="offset points",
                color=INK,
                fontsize=8,
                va="center",
            )
            first, last = (float(np.median(part)) for part in np.array_split(level_mg, 2))
            changes.append(
                words.say(
                    "hold {number} goes from {first} to {last} mg",
                    number=number,
                    first=_level(first, words),
                    last=_level(last, words),
                )
            )
        axes.set_xlim(0, None)
        axes.yaxis.set_major_formatter(lambda level, _: words.number(level, "g"))
        axes.yaxis.set_minor_formatter("")
        axes.set_xlabel(words.text("seconds into the hold"))
        axes.set_ylabel(words.text("mg, 4 to 12 Hz"))
    text = words.say(
        "Size of the shaking in each hold, first half to second half: {changes}.", changes="; ".join(changes)
    )
    return Figure(title=words.text("Each hold"), svg=as_svg(figure), alternative=text)


def _level(level_mg: float, words: Wording) -> str:
    return words.number(level_mg, ".1f" if level_mg < 10.0 else ".0f")


def _apart(heights: list[float]) -> list[float]:
    """Move labels up until none covers another; heights are shares of the axis."""
    moved: dict[int, float] = {}
    lowest = 0.0
    for i in sorted(range(len(heights)), key=lambda i: heights[i]):
        moved[i] = max(heights[i], lowest)
        lowest = moved[i] + LABEL_SHARE
    return [moved[i] for i in range(len(heights))]


def _without_drift(run: dsp.Samples) -> NDArray[np.float64]:
    from scipy.signal import butter, sosfilt, sosfilt_zi  # noqa: PLC0415 - 0.3 s that only a report needs

    xyz_g = run.xyz_g.astype(np.float64)
    if len(xyz_g) < 2 or run.rate_hz <= 2.5 * DRIFT_HZ:
        return np.asarray(xyz_g - xyz_g.mean(axis=0), dtype=np.float64)
    sos = butter(2, DRIFT_HZ, btype="highpass", fs=run.rate_hz, output="sos")
    start = sosfilt_zi(sos)[:, :, None] * xyz_g[0]
    return np.asarray(sosfilt(sos, xyz_g, axis=0, zi=start)[0], dtype=np.float64)


def _envelope(
    motion_g: NDArray[np.float64], run: dsp.Samples
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Minimum and maximum of each column, so that a jerk of one sample still shows."""
    size = max(1, int(np.ceil(len(motion_g) / COLUMNS)))
    edges = np.arange(0, len(motion_g), size)
    low = np.minimum.reduceat(motion_g, edges, axis=0)
    high = np.maximum.reduceat(motion_g, edges, axis=0)
    return (run.start_s + edges / run.rate_hz) / 60.0, low, high


def _thinned(psd: NDArray[np.float32]) -> NDArray[np.float32]:
    """At most `COLUMNS` rows, each the largest of those it stands for; gaps stay gaps."""
    size = max(1, int(np.ceil(len(psd) / COLUMNS)))
    return np.asarray(np.fmax.reduceat(psd, np.arange(0, len(psd), size), axis=0), dtype=np.float32)
