"""Rest is what most still frames show."""

from pathlib import Path

import numpy as np
import pytest

import dsp
import session
import tremorscope as ts

RHYTHM = Path(ts.__file__).parents[1] / "recordings" / "samples" / "simulated-rhythm-calf.csv"


def test_the_rest_beside_a_rhythm_does_not_beat() -> None:
    # The windows of the last still frames before a rhythm hold its beginning: their mean peaks at its frequency.
    analysis = ts.analyze(RHYTHM)
    spectra, rest = analysis.spectra, session.rest_psd(analysis)
    rhythm = next(s for s in analysis.segments if s.label is dsp.State.REFLEX_RHYTHM)
    at = int(np.argmin(np.abs(spectra.freq_hz - rhythm.peak_hz)))
    beside = (np.abs(spectra.freq_hz - rhythm.peak_hz) > 2.0) & (spectra.freq_hz > 3.0) & (spectra.freq_hz < 20.0)
    still = analysis.frames["label"] == dsp.State.STILL.value
    assert spectra.psd[still].mean(axis=0)[at] > 100.0 * rest[at]
    assert rest[at] == pytest.approx(np.median(rest[beside]), rel=0.5)


def test_many_frames_are_thinned_and_say_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from session import rest

    analysis = ts.analyze(RHYTHM)
    whole = session.rest_psd(analysis)
    monkeypatch.setattr(rest, "MOST_FRAMES", 60)
    assert np.median(session.rest_psd(analysis) / whole) == pytest.approx(1.0, rel=0.1)


def test_without_a_still_frame_there_is_no_rest() -> None:
    shaking = 0.1 * np.sin(2 * np.pi * 6.5 * np.arange(2000) / 100.0)
    xyz_g = np.column_stack([shaking, shaking, 1.0 + shaking]).astype(np.float32)
    assert session.rest_psd(ts.analyze(xyz_g, rate_hz=100.0)) is None
