"""The part of a recording that is exported: its time range, every Nth sample."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dsp import InputError, Samples
from recordings.cutting import cut_run
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording


def cut(recording: Recording, options: ExportOptions) -> Recording:
    """Cut a recording to what is asked; times stay those of the whole recording.

    Raises
    ------
    InputError
        When nothing is left.
    """
    every = options.decimate
    decimated = (_decimated(run, every) if every > 1 else run for run in recording.samples)
    runs = [part for run in decimated if (part := cut_run(run, options.first_s, options.last_s)) is not None]
    if not runs:
        told = options.start_s is not None or options.end_s is not None
        span = f"from {options.start_s or 0.0:g} s to {_end_text(options)}" if told else "in it"
        msg = f"there are no samples {span}; the recording is {recording.duration_s:.1f} s long"
        raise InputError(msg)
    return replace(recording, samples=runs, rate_hz=recording.rate_hz / every)


def _end_text(options: ExportOptions) -> str:
    return "the end" if options.end_s is None else f"{options.end_s:g} s"


def _decimated(run: Samples, every: int) -> Samples:
    from scipy.signal import resample_poly  # noqa: PLC0415 - only decimation needs it

    # Padded by lines between the ends, or gravity would ring at both.
    xyz_g: NDArray[np.float32] = np.asarray(resample_poly(run.xyz_g, 1, every, axis=0, padtype="line"), np.float32)
    return replace(run, xyz_g=xyz_g, rate_hz=run.rate_hz / every)
