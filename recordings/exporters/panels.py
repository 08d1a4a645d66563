"""Panels of a picture: how trace, states, spectrogram and spectrum are drawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dsp import Analysis, Samples, State
from recordings.exporters.options import ExportOptions
from recordings.exporters.tables import average

COLUMNS = 1600
"""Points across; more than the paper shows only costs size."""
TOP_HZ = 20.0
"""Limb tremor and its first harmonic lie below."""
BAND_HZ = (4.0, 12.0)
"""Where physiological, fatigue and reflex tremor of a limb lie (Lippold 1970; Pozos 1982: ankle 4-9 Hz)."""
POSTURE_S = 1.5
"""What changes more slowly than this is posture: a moving average of this length is taken away."""
INK, QUIET = "#17202a", "#5b6877"
AXES = (("x", "#0072b2", "-"), ("y", "#009e73", "-"), ("z", "#cc79a7", "-"))
"""Okabe-Ito colours, which colour-blind people tell apart too."""
STATES = {
    State.STILL: ("still", "#c8d0d8", "", ":"),
    State.MOVEMENT: ("movement", "#56b4e9", "", "-."),
    State.REFLEX_RHYTHM: ("reflex rhythm", "#e69f00", "xx", "--"),
    State.TREMOR: ("tremor", "#cc79a7", "", "-"),
    State.UNCLEAR: ("unclear", "#ffffff", "////", (0, (1, 2))),
}
"""Word, colour, hatch and dash of each state: never colour alone."""
LEAST_FRAMES = 4
"""Frames of a state that make an average worth drawing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeAxis:
    """The time axis that all panels share, in the unit that suits its length."""

    start_s: float
    end_s: float
    unit_s: float
    word: str

    @classmethod
    def over(cls, start_s: float, end_s: float) -> Self:
        """Choose seconds, minutes or hours."""
        long_s = end_s - start_s
        unit_s, word = (
            (1.0, "seconds") if long_s <= 300 else (60.0, "minutes") if long_s <= 14400 else (3600.0, "hours")
        )
        return cls(start_s=start_s, end_s=end_s, unit_s=unit_s, word=word)

    def of(self, time_s: Any) -> Any:
        """Convert seconds."""
        return np.asarray(time_s) / self.unit_s

    def put_on(self, axes: Any, *, last: bool) -> None:
        """Set range and label; only the last panel carries numbers."""
        axes.set_xlim(self.of(self.start_s), self.of(max(self.end_s, self.start_s + 1e-3)))
        axes.tick_params(labelbottom=last)
        if last:
            axes.set_xlabel(self.word)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shown:
    """The frames that are drawn: frequencies (m,), times and labels (frames,), spectra (frames, m) in g^2/Hz."""

    freq_hz: NDArray[np.float64]
    time_s: NDArray[np.float64]
    psd: NDArray[np.float32]
    labels: NDArray[np.str_]


def without_posture(run: Samples) -> Samples:
    """Take away what changes slowly, gravity first of all."""
    from scipy.ndimage import uniform_filter1d  # noqa: PLC0415 - only a picture needs it

    size = max(1, min(round(POSTURE_S * run.rate_hz), len(run)))
    slow = uniform_filter1d(run.xyz_g.astype(np.float64), size, axis=0, mode="nearest")
    return replace(run, xyz_g=(run.xyz_g - slow).astype(np.float32))


def draw_trace(axes: Any, runs: Sequence[Samples], axis: TimeAxis, what: str) -> None:
    """Draw each axis; where samples are denser than the paper, from their smallest to their largest value."""
    per_column = max(1, round(sum(len(r) for r in runs) / COLUMNS))
    for run in runs:
        if per_column <= 2:
            time = axis.of(run.start_s + np.arange(len(run)) / run.rate_hz)
            for i, (_, colour, dash) in enumerate(AXES):
                axes.plot(time, run.xyz_g[:, i], color=colour, linestyle=dash, linewidth=0.7)
            continue
        edges = np.arange(0, len(run), per_column)
        low, high = np.minimum.reduceat(run.xyz_g, edges), np.maximum.reduceat(run.xyz_g, edges)
        # A column reaches to the next one's first sample, so that the outline has no steps.
        time = axis.of(run.start_s + (edges + 0.5 * per_column) / run.rate_hz)
        for i, (_, colour, _) in enumerate(AXES):
            axes.fill_between(time, low[:, i], high[:, i], color=colour, alpha=0.7, linewidth=0.4)
    for i, (name, colour, _) in enumerate(AXES):
        axes.text(1.005, 0.88 - 0.18 * i, name, color=colour, transform=axes.transAxes, fontsize=9, fontweight="bold")
    axes.set_ylabel(what)
    axes.margins(y=0.12)
    axes.grid(visible=True, axis="y", color="#e6eaee", linewidth=0.6)
    axes.set_axisbelow(True)


def draw_events(axes: Any, analysis: Analysis, axis: TimeAxis) -> None:
    """Mark reflex jerks and twitches along the top."""
    for label, mark, word in (("reflex_jerk", "v", "reflex jerk"), ("twitch", "o", "twitch")):
        times = [e.onset_s for e in analysis.events if e.label == label and axis.start_s <= e.onset_s <= axis.end_s]
        if times:
            place = axes.get_xaxis_transform()
            style = {"color": INK, "markersize": 4, "linestyle": "none", "clip_on": False, "label": word}
            axes.plot(axis.of(times), [1.0] * len(times), mark, transform=place, **style)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(loc="upper left", ncols=2, fontsize=8, frameon=False, borderaxespad=0.6)


def draw_states(axes: Any, analysis: Analysis, axis: TimeAxis) -> None:
    """Draw a strip of the states, named above it."""
    from matplotlib.patches import Patch  # noqa: PLC0415 - as in the caller

    shown = []
    for state, (word, colour, hatch, _) in STATES.items():
        spans = [(axis.of(s.start_s), axis.of(s.duration_s)) for s in analysis.segments if s.label is state]
        style: Any = {"facecolor": colour, "hatch": hatch, "edgecolor": QUIET if hatch else colour, "linewidth": 0.3}
        if spans:
            axes.broken_barh(spans, (0.0, 1.0), **style)
            shown.append(Patch(label=word, **style))
    axes.set_yticks([])
    axes.set_ylim(0, 1)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.tick_params(bottom=False)
    if shown:
        axes.legend(
            handles=shown, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=len(shown), fontsize=8, frameon=False,
            borderaxespad=0.1, handlelength=1.4,
        )  # fmt: skip


def draw_spectrogram(
    axes: Any,
    shown: Shown,
    axis: TimeAxis,
    options: ExportOptions,
) -> None:
    """Draw the power over time and frequency; missing time stays empty."""
    freq_hz, time_s, psd = shown.freq_hz, shown.time_s, shown.psd
    low, high = _band(freq_hz, options)
    keep = (freq_hz >= low) & (freq_hz <= high)
    hop_s = float(np.median(np.diff(time_s))) if len(time_s) > 1 else 0.5
    column = np.rint((time_s - time_s[0]) / hop_s).astype(int)
    each = -(-(column[-1] + 1) // COLUMNS)
    column //= each
    summed = np.zeros((column[-1] + 1, int(keep.sum())))
    frames = np.zeros(column[-1] + 1)
    whole = np.isfinite(psd[:, keep]).all(axis=1)
    np.add.at(summed, column[whole], psd[whole][:, keep])
    np.add.at(frames, column[whole], 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        level = 10.0 * np.log10(summed / frames[:, None] * 1e6)
    level[~np.isfinite(level)] = np.nan
    # The colours are for what shakes: below 1 Hz posture is stronger than any tremor.
    shaking = level[:, freq_hz[keep] >= 1.0] if (freq_hz[keep] >= 1.0).any() else level
    seen = shaking[np.isfinite(shaking)]
    bottom, top = np.percentile(seen, [5, 99.9]) if seen.size else (0.0, 1.0)
    half, step = 0.5 * hop_s, freq_hz[1] - freq_hz[0]
    image = axes.imshow(
        level.T,
        origin="lower",
        aspect="auto",
        cmap="magma",
        vmin=bottom,
        vmax=max(top, bottom + 10.0),
        interpolation="nearest",
        extent=(
            axis.of(time_s[0] - half),
            axis.of(time_s[0] - half + len(level) * each * hop_s),
            freq_hz[keep][0] - 0.5 * step,
            freq_hz[keep][-1] + 0.5 * step,
        ),
    )
    axes.set_facecolor("#eef1f4")
    axes.set_ylim(low, high)
    axes.set_ylabel("Hz")
    bar = axes.figure.colorbar(image, ax=axes, pad=0.01, fraction=0.03)
    bar.set_label("dB re 1 mg²/Hz", fontsize=8)
    bar.outline.set_visible(False)


def draw_average(
    axes: Any,
    shown: Shown,
    analysis: Analysis,
    options: ExportOptions,
) -> None:
    """Draw the average of the session and of each state that lasted."""
    freq_hz, psd = shown.freq_hz, shown.psd
    low, high = _band(freq_hz, options)
    keep = (freq_hz >= max(low, freq_hz[1])) & (freq_hz <= high)
    axes.axvspan(*BAND_HZ, color="#f1eef4", zorder=0)
    axes.semilogy(freq_hz[keep], average(psd)[keep], color=INK, linewidth=1.6, label="session")
    for state, (word, colour, _, dash) in STATES.items():
        rows = (shown.labels == state.value) & np.isfinite(psd).all(axis=1)
        if state is not State.UNCLEAR and rows.sum() >= LEAST_FRAMES:
            shade = QUIET if state is State.STILL else colour
            axes.semilogy(
                freq_hz[keep], average(psd[rows])[keep], color=shade, linestyle=dash, linewidth=1.2, label=word
            )
    axes.set_xlim(low, high)
    axes.set_xlabel("Hz")
    axes.set_ylabel("g²/Hz")
    axes.grid(visible=True, color="#e6eaee", linewidth=0.6)
    axes.set_axisbelow(True)
    axes.legend(fontsize=8, frameon=False, loc="upper right")
    peak_hz = analysis.findings.tremor_hz
    if np.isfinite(peak_hz) and low < peak_hz < high:
        axes.axvline(peak_hz, color=STATES[State.TREMOR][1], linewidth=0.8)
        axes.text(
            peak_hz, 0.98, f" tremor {peak_hz:.2f} Hz", transform=axes.get_xaxis_transform(), fontsize=8, va="top",
            color="#8f3f72",
        )  # fmt: skip


def _band(freq_hz: NDArray[np.float64], options: ExportOptions) -> tuple[float, float]:
    high = min(TOP_HZ if options.high_hz is None else options.high_hz, float(freq_hz[-1]))
    return (options.low_hz or 0.0, high) if high > (options.low_hz or 0.0) else (0.0, float(freq_hz[-1]))
