"""Past: an earlier span of a session that goes on, read back from its recording and analysed as it was live."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import dsp
from dsp import Placement, Samples, Side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PastSpan:
    """What an earlier span of a session holds.

    Attributes
    ----------
    start_s, rate_hz
        Time of the first row on the session's clock, and the rate.
    motion_g
        (n, 3) without gravity, rows of NaN where nothing was recorded.
    time_s
        Middle of the window of each spectrum, (frames,), on the session's clock.
    freq_hz, psd
        Frequencies (m,) and spectra (frames, m) in g^2/Hz.
    events
        Events, as the analysis of this span alone finds them.
    """

    start_s: float
    rate_hz: float
    motion_g: NDArray[np.float32]
    time_s: NDArray[np.float64]
    freq_hz: NDArray[np.float64]
    psd: NDArray[np.float32]
    events: tuple[dsp.Event, ...]


def look_back(runs: Sequence[Samples], *, rate_hz: float, placement: Placement, side: Side) -> PastSpan | None:
    """Analyse what was recorded of a span.

    Parameters
    ----------
    runs
        Gap-free runs with times on the session's clock; where two overlap, the later one counts.
    rate_hz
        The rate that the session was analysed with.
    placement, side
        Where the sensor is worn.

    Returns
    -------
    PastSpan or None
        None when there are no samples.
    """
    runs = [r for r in runs if len(r)]
    if not runs:
        return None
    start_s = min(r.start_s for r in runs)
    places = [round((r.start_s - start_s) * rate_hz) for r in runs]
    xyz_g = np.full((max(p + len(r) for p, r in zip(places, runs, strict=True)), 3), np.nan, np.float32)
    for place, run in zip(places, runs, strict=True):
        xyz_g[place : place + len(run)] = run.xyz_g
    analyzer = dsp.Analyzer(rate_hz=rate_hz, placement=placement, side=side)
    updates, psd = [analyzer.push(xyz_g, start_s=start_s)], [analyzer.last_frames_psd]
    motion_g = analyzer.last_motion_g
    updates.append(analyzer.finish())
    psd.append(analyzer.last_frames_psd)
    return PastSpan(
        start_s=start_s,
        rate_hz=rate_hz,
        motion_g=motion_g,
        time_s=np.concatenate([u.frames["time_s"] for u in updates]).astype(np.float64),
        freq_hz=analyzer.freq_hz,
        psd=np.concatenate(psd),
        events=tuple(sorted((e for u in updates for e in u.events), key=lambda e: e.onset_s)),
    )
