"""Pictures: trace, spectrogram and average spectrum on one sheet."""

from pathlib import Path

import numpy as np

from dsp import Analysis
from recordings.recording import Recording

AXES = ("#1f83c0", "#2c8a57", "#b0457f")
TOP_HZ = 20.0
BAND_HZ = (4.0, 12.0)
MOST_POINTS = 20_000


def write_picture(recording: Recording, analysis: Analysis, out: Path) -> None:
    """Write PNG, SVG or PDF, as the ending says."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - 0.3 s that only a picture needs

    figure = Figure(figsize=(10, 7), layout="constrained")
    top, middle, bottom = figure.subplots(3, 1, height_ratios=(1, 1.2, 1))
    for run in recording.samples:
        every = max(1, len(run) // MOST_POINTS)
        time_s = run.start_s + np.arange(0, len(run), every) / run.rate_hz
        moved = run.xyz_g - run.xyz_g.mean(axis=0)
        for axis, colour in enumerate(AXES):
            top.plot(time_s, moved[::every, axis], color=colour, linewidth=0.5)
    top.set_ylabel("acceleration, g")
    spectra = analysis.spectra
    if spectra is not None and len(spectra.time_s):
        keep = spectra.freq_hz <= TOP_HZ
        level = 10.0 * np.log10(np.maximum(spectra.psd[:, keep].T * 1e6, 1e-6))
        middle.imshow(
            level,
            origin="lower",
            aspect="auto",
            cmap="magma",
            extent=(spectra.time_s[0], max(spectra.time_s[-1], spectra.time_s[0] + 0.5), 0, TOP_HZ),
        )
        middle.set_ylabel("Hz (dB re 1 mg²/Hz)")
        middle.set_xlabel("seconds")
        bottom.semilogy(spectra.freq_hz[keep], spectra.psd[:, keep].mean(axis=0), color=AXES[2])
        bottom.axvspan(*BAND_HZ, color=AXES[2], alpha=0.1)
        bottom.set_xlabel(f"Hz, {spectra.window}")
        bottom.set_ylabel("g²/Hz")
    figure.savefig(out, dpi=150)
