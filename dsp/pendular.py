"""Pendular: whether a limb that still moves after a kick swings freely, as a relaxed knee does, or is moved.

What nothing drives swings about the posture in which the kick found it, in one direction, and fades (Wartenberg's
pendulum test; knee 1 to 3 Hz, damping 0.05 to 0.35). A kick is shorter than half of such a swing: the limb is still
where it was when the kick is over, and is pulled back from then on. Who begins to swing it on purpose pushes for half a
period, and so does who moves it elsewhere.
"""

import math

import numpy as np

from dsp.results import Event
from dsp.run_view import RunView
from dsp.swings import BASE_S, mean_of, squares

FREQUENCIES_HZ = np.geomspace(1.0, 3.0, 12)
DAMPINGS = np.array([0.03, 0.06, 0.1, 0.17, 0.25, 0.35])
BEGINS_S = np.arange(0.0, 0.31, 0.03)
"""After the onset, at which such a swing may begin: half a period of 1.6 Hz."""
LATEST_S = 0.18
"""Of them, up to which it is the kick that set it going: a twitch has given half of what it gives by 1.3 times the time
to its top, 0.13 to 0.2 s in a calf (gastrocnemius 100 and 114 ms, soleus 157; physics)."""
LAST_BEGIN = int(np.searchsorted(BEGINS_S, LATEST_S + 1e-9)) - 1
TURNS = np.tile(2.0 * np.pi * BEGINS_S[:, None] * FREQUENCIES_HZ, len(DAMPINGS))
"""By which each swing, of each damping, has turned when it begins, (begins, swings)."""
COSINES, SINES = np.cos(TURNS), np.sin(TURNS)
FIRST_S = 0.15
"""After the onset, by which a kick is at its top (acceleration phase 151 +- 20 ms, Mamizuka 2007)."""
FIRST_SHARE = 0.5
"""Of the largest: the swing back may be larger than the kick, but not by more (damping 0.35 at 3 Hz; physics)."""
AFTER_PEAK_S = 0.12
"""A kick of 0.1 s and what its mean smears are over so long after its peak."""
LEAST_S = 0.4
"""Of the swing, to tell one: half a period of 1.25 Hz."""
MEAN_S = 0.04
"""Mean over so much: what soft tissue rings (10 to 20 Hz) is no swing."""
UNLIKE = 0.1
"""Share of the power of what follows the kick that is no such swing (prior)."""
RESTED = 0.15
"""Of its size, that anything before the kick has: a free swing begins in rest (prior)."""
BRIEF_S = 0.2
"""Of rest between a stretch and the kick that answers it, at least (prior)."""
ROUNDING = 1e-9
"""More than sums of a few hundred squares are off."""
BACK = -0.9
"""Cosine between the kick and the swing's first half, which pulls back along the same line (prior)."""


def swings_freely(event: Event, now_step: int, view: RunView, rested_s: float = BASE_S) -> bool:
    """Whether what follows a kick out of rest, up to step `now_step`, is a free swing that it set going.

    Parameters
    ----------
    rested_s
        So long before the kick the limb rests; after a stretch, or another kick, for `BRIEF_S`.
    """
    rate, first = view.grid.rate_hz, view.first
    onset, peak = (round((at_s - view.start_s) * rate) for at_s in (event.onset_s, event.peak_s))
    before = view.xyz_g[max(0, onset - round(rested_s * rate) - first) : max(1, onset - first)]
    rest, mean = mean_of(before), max(1, round(MEAN_S * rate))
    kicked = np.array(event.direction)
    if peak > onset + round(FIRST_S * rate):
        # What it fell back by was larger than the kick itself.
        early = view.xyz_g[onset - first : onset + round(FIRST_S * rate) + 1 - first] - rest
        size = squares(early)
        top = int(size.argmax())
        if size[top] < FIRST_SHARE**2 * event.peak_g**2:
            return False
        kicked, peak = early[top] / math.sqrt(float(size[top])), onset + top
    begin = peak + round(AFTER_PEAK_S * rate)
    moved = view.xyz_g[begin - first : view.edge(now_step + 1) - first] - rest
    if len(moved) < LEAST_S * rate + mean:
        return False
    total = np.add.accumulate(moved, axis=0)
    swing = (total[mean:] - total[:-mean]) / mean
    power = float(squares(swing).sum())
    if float(squares(before - rest).mean()) > RESTED**2 * power / len(swing):
        return rested_s > BRIEF_S and swings_freely(event, now_step, view, BRIEF_S)
    least = (1.0 - UNLIKE) * power
    # A swing goes along one line, along which there is no more than along the main direction.
    if float(np.linalg.eigvalsh(swing.T @ swing)[-1]) < (1.0 - ROUNDING) * least:
        return False
    at_s = (begin - onset + 0.5 * (mean + 1) + np.arange(len(swing))) / rate
    # A swing that begins later is a mix of the same two, so that these are held against what is felt once.
    phase = 2.0 * np.pi * FREQUENCIES_HZ[:, None] * at_s
    fades = np.exp(-DAMPINGS[:, None, None] * phase)
    sines, cosines = ((fades * part).reshape(-1, len(at_s)) for part in (np.sin(phase), np.cos(phase)))
    like_sine, like_cosine = sines @ swing, cosines @ swing
    sine2, cosine2, both = squares(sines), squares(cosines), np.add.reduce(sines * cosines, axis=1)
    sizes = COSINES[:, :, None] * like_sine - SINES[:, :, None] * like_cosine
    told = np.add.reduce(sizes * sizes, axis=2) / (
        COSINES**2 * sine2 + SINES**2 * cosine2 - 2.0 * COSINES * SINES * both
    )
    begun, shape = divmod(int(told.argmax()), told.shape[1])
    if begun > LAST_BEGIN or told[begun, shape] < least:
        # What fits better from later on was not set going by the kick.
        return False
    away = sizes[begun, shape]
    return float(away @ kicked) <= BACK * math.sqrt(float(away @ away))
