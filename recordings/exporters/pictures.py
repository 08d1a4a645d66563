"""Pictures: trace, spectrogram and average spectrum, each alone or all on one sheet."""

from pathlib import Path
from typing import Any

import numpy as np

from dsp import Analysis, InputError
from recordings.exporters.cut import cut
from recordings.exporters.options import ExportOptions
from recordings.exporters.panels import (
    Shown,
    TimeAxis,
    draw_average,
    draw_events,
    draw_spectrogram,
    draw_states,
    draw_trace,
    without_posture,
)
from recordings.recording import Recording

WIDTH_IN = 10.0
DPI = 150
HEIGHTS = {"raw": 1.9, "motion": 1.9, "states": 0.3, "spectrogram": 2.4, "spectrum": 2.6}
LAYOUTS = {
    "trace": ("raw", "motion"),
    "spectrogram": ("states", "spectrogram"),
    "spectrum": ("spectrum",),
    "picture": ("motion", "states", "spectrogram", "spectrum"),
    "samples": ("raw", "motion"),
    "spectra": ("states", "spectrogram", "spectrum"),
}
"""Panels by kind, from the top."""


def write_picture(
    kind: str, recording: Recording, analysis: Analysis | None, out: Path, options: ExportOptions
) -> None:
    """Write PNG, SVG or PDF, as the ending says.

    Raises
    ------
    InputError
        Nothing to draw in the range, or no spectra kept.
    """
    import matplotlib as mpl  # noqa: PLC0415 - 0.3 s that only a picture needs
    from matplotlib.figure import Figure  # noqa: PLC0415 - as above

    panels = LAYOUTS[kind]
    part = cut(recording, options) if {"raw", "motion"} & set(panels) else recording
    drawn = _shown(analysis, options) if {"spectrogram", "spectrum"} & set(panels) else None
    axis = TimeAxis.over(*_span(part, options))
    style: Any = {
        "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": "#5b6877",
        "axes.labelcolor": "#17202a", "svg.hashsalt": "tremorscope", "pdf.fonttype": 42,
    }  # fmt: skip
    with mpl.rc_context(style):
        heights = [HEIGHTS[p] for p in panels]
        figure = Figure(figsize=(WIDTH_IN, sum(heights) + 0.8 + 0.3 * len(panels)), layout="constrained")
        every = figure.subplots(len(panels), 1, height_ratios=heights, squeeze=False)[:, 0]
        timed = [p for p in panels if p != "spectrum"]
        for name, axes in zip(panels, every, strict=True):
            if name == "raw":
                draw_trace(axes, part.samples, axis, "as recorded, g")
            elif name == "motion":
                draw_trace(axes, [without_posture(r) for r in part.samples], axis, "without posture, g")
                if analysis is not None:
                    draw_events(axes, analysis, axis)
            elif name == "states" and analysis is not None:
                draw_states(axes, analysis, axis)
            elif name == "spectrogram" and drawn is not None:
                draw_spectrogram(axes, drawn, axis, options)
            elif name == "spectrum" and analysis is not None and drawn is not None:
                draw_average(axes, drawn, analysis, options)
            if name in timed:
                axis.put_on(axes, last=name == timed[-1])
        figure.suptitle(_title(recording, analysis), x=0.01, ha="left", fontsize=10)
        # No date and no program in the file: the same input gives the same bytes.
        about = {"png": {"Software": None}, "svg": {"Date": None, "Creator": None}, "pdf": {"CreationDate": None}}
        ending = out.suffix.lower().removeprefix(".")
        figure.savefig(out, dpi=DPI, metadata=about[ending])


def _span(part: Recording, options: ExportOptions) -> tuple[float, float]:
    start_s, end_s = part.samples[0].start_s, part.samples[-1].end_s
    return max(start_s, options.first_s), min(end_s, options.last_s)


def _shown(analysis: Analysis | None, options: ExportOptions) -> Shown:
    """Take the frames in the range."""
    if analysis is None or analysis.spectra is None:
        msg = "this analysis kept no spectra; analyse again with keep_spectra=True"
        raise InputError(msg)
    s = analysis.spectra
    rows = (s.time_s >= options.first_s) & (s.time_s < options.last_s)
    if not (rows & np.isfinite(s.psd[:, -1])).any():
        msg = "no spectrum lies in that time range; choose a longer one (a spectrum needs about four seconds)"
        raise InputError(msg)
    return Shown(freq_hz=s.freq_hz, time_s=s.time_s[rows], psd=s.psd[rows], labels=analysis.frames["label"][rows])


def _title(recording: Recording, analysis: Analysis | None) -> str:
    worn = [] if recording.placement.value == "unknown" else [recording.placement.value]
    if recording.side.value != "unknown":
        worn.insert(0, recording.side.value)
    parts = [" ".join(worn) or "placement unknown", f"{recording.rate_hz:.4g} Hz"]
    if analysis is not None and analysis.spectra is not None:
        parts.append(f"spectra: {analysis.spectra.window}")
    if is_simulated(recording):
        parts.append("synthetic")
    return " · ".join(parts)


def is_simulated(recording: Recording) -> bool:
    """Whether the samples come from the simulated limb; every picture of them says so."""
    told = (recording.device, recording.details.get("family", ""), recording.path.name if recording.path else "")
    return any("simulated" in text.lower() for text in told)
