"""The part of a recording that is exported: its time range, every Nth sample."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dsp import InputError, Samples
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording

SLACK = 1e-6
"""Of a sample: one that lies on the edge but for rounding belongs to the range that begins there."""


def cut(recording: Recording, options: ExportOptions) -> Recording:
    """Cut a recording to what is asked; times stay those of the whole recording.

    Raises
    ------
    InputError
        When nothing is left.
    """
    runs = []
    for run in recording.samples:
        part = _decimated(run, options.decimate) if options.decimate > 1 else run
        first = max(0, _index(part, options.first_s))
        last = min(len(part), _index(part, options.last_s))
        if last > first:
            runs.append(_part(part, first, last))
    if not runs:
        told = options.start_s is not None or options.end_s is not None
        span = f"from {options.start_s or 0.0:g} s to {_end_text(options)}" if told else "in it"
        msg = f"there are no samples {span}; the recording is {recording.duration_s:.1f} s long"
        raise InputError(msg)
    rate = recording.rate_hz / options.decimate
    return replace(recording, samples=runs, rate_hz=rate)


def _end_text(options: ExportOptions) -> str:
    return "the end" if options.end_s is None else f"{options.end_s:g} s"


def _index(run: Samples, time_s: float) -> int:
    at = (time_s - run.start_s) * run.rate_hz - SLACK
    return int(np.ceil(np.clip(at, -1.0, len(run) + 1.0)))


def _part(run: Samples, first: int, last: int) -> Samples:
    ahead_s = first / run.rate_hz
    return replace(
        run,
        xyz_g=run.xyz_g[first:last],
        start_s=run.start_s + ahead_s,
        start_ns=None if run.start_ns is None else run.start_ns + round(ahead_s * 1e9),
    )


def _decimated(run: Samples, every: int) -> Samples:
    from scipy.signal import resample_poly  # noqa: PLC0415 - only decimation needs it

    # Padded by lines between the ends, or gravity would ring at both.
    xyz_g: NDArray[np.float32] = np.asarray(resample_poly(run.xyz_g, 1, every, axis=0, padtype="line"), np.float32)
    return replace(run, xyz_g=xyz_g, rate_hz=run.rate_hz / every)
