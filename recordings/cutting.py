"""A run cut to a span of time."""

from dataclasses import replace

import numpy as np

from dsp import Samples

SLACK = 1e-6
"""Of a sample: one that lies on the edge but for rounding belongs to the span that begins there."""


def cut_run(run: Samples, start_s: float, end_s: float) -> Samples | None:
    """Cut a run to the samples whose time is within [start_s, end_s); None when there are none."""
    at = (np.array([start_s, end_s]) - run.start_s) * run.rate_hz - SLACK
    first, last = (int(i) for i in np.ceil(np.clip(at, 0.0, len(run))))
    if last <= first:
        return None
    ahead_s = first / run.rate_hz
    return replace(
        run,
        xyz_g=run.xyz_g[first:last],
        start_s=run.start_s + ahead_s,
        start_ns=None if run.start_ns is None else run.start_ns + round(ahead_s * 1e9),
    )
