"""Whole recordings through the analyzer."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dsp.analyzer import LONGEST_PUSH, Analyzer
from dsp.errors import InputError
from dsp.grid import checked_rate
from dsp.intake import array_of
from dsp.labels import Placement, Side
from dsp.quality import check_unit
from dsp.results import Analysis
from dsp.samples import Samples

TOGETHER = 1e-3
"""Runs less than this many samples apart follow on."""


def analyze(
    source: Sequence[Samples] | ArrayLike,
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
        Gap-free runs in order of time, or an array (n, 3) in g, or what makes one, with rows of NaN, or masked, where
        samples are missing.
    rate_hz
        Needed with an array; with runs it overrides theirs.
    placement, side, keep_spectra, multitaper
        As in `Analyzer`.
    progress
        Called with the share done, 0 to 1.

    Raises
    ------
    InputError
        Nothing to analyse, what is no acceleration, an array without a rate or in m/s^2, runs out of order.
    RateError
        A rate below 5 Hz.
    """
    runs: Sequence[Samples] | NDArray[Any]
    if _are_runs(source):
        if not len(source):
            msg = "there are no samples to analyse"
            raise InputError(msg)
        runs, rate = source, rate_hz if rate_hz is not None else source[0].rate_hz
        total = getattr(source, "total", 0) or sum(len(run) for run in source)
    else:
        if rate_hz is None:
            msg = "an array needs its rate: analyze(xyz_g, rate_hz=100.0)"
            raise InputError(msg)
        runs, rate = np.atleast_1d(array_of(source)), checked_rate(rate_hz)
        check_unit(runs, rate)
        total = len(runs)
    analyzer = Analyzer(rate, placement, side=side, keep_spectra=keep_spectra, multitaper=multitaper)
    analyzer.expect(total)
    done = 0
    for xyz_g, start_s in _pieces(runs):
        if not len(xyz_g):
            analyzer.push(xyz_g)
        for at in range(0, len(xyz_g), LONGEST_PUSH):
            part = xyz_g[at : at + LONGEST_PUSH]
            analyzer.push(part, start_s=start_s if at == 0 else None)
            done += len(part)
            if progress is not None:
                progress(done / max(1, total))
    analyzer.finish()
    return analyzer.result()


def _are_runs(source: Sequence[Samples] | ArrayLike) -> TypeGuard[Sequence[Samples]]:
    """Whether it is a sequence of runs, of which some are decoded when looked at; a list may hold numbers instead."""
    if isinstance(source, (list, tuple)):
        return all(isinstance(run, Samples) for run in source)
    return isinstance(source, Sequence) and not isinstance(source, (str, bytes, range))


def _pieces(source: Sequence[Samples] | NDArray[Any]) -> Iterator[tuple[NDArray[Any], float | None]]:
    """Rows, with their time where they do not follow on; one run at a time, for some are decoded when looked at."""
    if isinstance(source, np.ndarray):
        yield source, None
        return
    end_s: float | None = None
    for run in source:
        follows = end_s is not None and abs(run.start_s - end_s) * run.rate_hz < TOGETHER
        yield run.xyz_g, None if follows else run.start_s
        end_s = run.end_s
