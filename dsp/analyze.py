"""Whole recordings through the analyzer."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.analyzer import LONGEST_PUSH, Analyzer
from dsp.errors import InputError
from dsp.labels import Placement, Side
from dsp.results import Analysis
from dsp.samples import Samples


def analyze(
    source: Sequence[Samples] | NDArray[Any],
    *,
    rate_hz: float | None = None,
    placement: Placement | str = Placement.UNKNOWN,
    side: Side | str = Side.UNKNOWN,
    keep_spectra: bool = True,
    multitaper: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Analysis:
    """Analyse a recording of one sensor.

    Parameters
    ----------
    source
        Gap-free runs in order of time, or an array (n, 3) in g with rows of NaN where samples are missing.
    rate_hz
        Needed with an array; with runs it overrides theirs.
    placement, side, keep_spectra, multitaper
        As in `Analyzer`.
    progress
        Called with the share done, 0 to 1.

    Raises
    ------
    InputError
        Nothing to analyse, an array without a rate, runs out of order.
    RateError
        A rate below 5 Hz.
    """
    runs: Sequence[Samples]
    if isinstance(source, np.ndarray):
        if rate_hz is None:
            msg = "an array needs its rate: analyze(xyz_g, rate_hz=100.0)"
            raise InputError(msg)
        analyzer = Analyzer(rate_hz, placement, side=side, keep_spectra=keep_spectra, multitaper=multitaper)
        pieces: list[tuple[NDArray[Any], float | None]] = [(source, None)]
    else:
        runs = list(source)
        if not runs:
            msg = "there are no samples to analyse"
            raise InputError(msg)
        rate = rate_hz if rate_hz is not None else runs[0].rate_hz
        analyzer = Analyzer(rate, placement, side=side, keep_spectra=keep_spectra, multitaper=multitaper)
        pieces = [(run.xyz_g, run.start_s) for run in runs]
    total, done = max(1, sum(len(p) for p, _ in pieces)), 0
    for xyz_g, start_s in pieces:
        if not len(xyz_g):
            analyzer.push(xyz_g)
        for at in range(0, len(xyz_g), LONGEST_PUSH):
            part = xyz_g[at : at + LONGEST_PUSH]
            analyzer.push(part, start_s=start_s if at == 0 else None)
            done += len(part)
            if progress is not None:
                progress(done / total)
    analyzer.finish()
    return analyzer.result()
