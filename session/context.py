"""Context: where the analysis has to begin so that at a position it is what it is in the whole recording."""

from collections.abc import Sequence

from dsp import Samples

LONGEST_CONTEXT_S = 1800.0
"""As much of what lies before a position goes through the analysis first; half a second of work at 100 Hz.

Spectra need 4 s before them, features and labels forget what is more than 60 s old (measured on the public
recordings), but for the last bits of a posture taken out longer ago, and the size of gravity when the limb last lay
still; and the finder of kicks goes by the smallest step of the sensor that it has met, which a coarse sensor at rest
shows within minutes.
"""
HOP_S = 0.5
FILL_S = 0.06
"""Of `dsp`'s parameters: a frame's hop, and the longest loss that is bridged without a new run of windows."""
SLACK = 1e-6


def context_start(
    runs: Sequence[Samples], position_s: float, *, longest_s: float = LONGEST_CONTEXT_S
) -> tuple[int, int]:
    """Find the run, and the sample in it, at which the analysis begins.

    Parameters
    ----------
    runs
        The recording's samples.
    position_s
        Where the replay is to go on, seconds.
    longest_s
        How far back at most.

    Returns
    -------
    run, sample
        Indices; the start of the recording where that is near enough, then the result is the same bit for bit. Else the
        start of a run after a gap, or a sample of the run on the grid of its hops: the windows are the same, and so is
        what comes of them, but for rounding.
    """
    earliest_s = position_s - longest_s
    if runs[0].start_s >= earliest_s:
        return 0, 0
    here = max((i for i, r in enumerate(runs) if r.start_s <= position_s + SLACK), default=0)
    begins = [i for i in range(1, here + 1) if runs[i].start_s - runs[i - 1].end_s > FILL_S]
    near = next((i for i in begins if runs[i].start_s >= earliest_s), None)
    if near is not None:
        return near, 0
    # All of one run: its hops count from where it began, across the short losses that are bridged.
    rate_hz = runs[here].rate_hz
    hop = max(1, round(HOP_S * rate_hz))
    origin_s = runs[max(begins, default=0)].start_s
    start = -(-round((earliest_s - origin_s) * rate_hz) // hop) * hop
    start_s = origin_s + start / rate_hz
    i = max(i for i, r in enumerate(runs) if r.start_s <= start_s + SLACK)
    return i, min(len(runs[i]), round((start_s - runs[i].start_s) * rate_hz))
