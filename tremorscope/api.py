"""The two functions most programs need: read a recording, analyse anything."""

from collections.abc import Callable
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

import dsp
import recordings
import session
from dsp import Placement, Side

Source = str | PathLike[str] | recordings.Recording | ArrayLike


def read(
    path: str | PathLike[str],
    *,
    sensor: str | None = None,
    unit: str | None = None,
    rate_hz: float | None = None,
    placement: Placement | str | None = None,
    calibrate: bool = False,
    progress: Callable[[float], None] | None = None,
) -> recordings.Recording:
    """Read a recording of any supported format; the format is recognised by its content.

    Parameters
    ----------
    path
        The file, or the folder of a format that is a folder.
    sensor
        Which sensor, for a file with several, by its name or a part of it; None takes the one best placed to show leg
        tremor.
    unit
        ``g``, ``mg``, ``m/s2`` or ``counts:<g per count>`` (with ``:<count at 0 g>`` where zero lies elsewhere), where
        the file does not say.
    rate_hz
        Samples per second, where the file has no time stamps.
    placement
        Where it was worn.
    calibrate
        Whether to calibrate to gravity (van Hees 2014), for recordings long enough to hold rest in many postures; what
        was done, or why nothing could be, is in ``warnings``.
    progress
        Called with the share done, 0 to 1.

    Returns
    -------
    Recording
        ``samples`` (gap-free runs), ``warnings`` and what the file says of itself.

    Raises
    ------
    FileFormatError, UnitError, RateError, MissingExtraError
        With what happened and what to do.
    """
    return recordings.read(
        Path(path),
        sensor=sensor,
        unit=unit,
        rate_hz=rate_hz,
        placement=Placement(placement) if placement is not None else None,
        calibrate=calibrate,
        progress=progress,
    )


def analyze(
    source: Source,
    rate_hz: float | None = None,
    placement: Placement | str | None = None,
    *,
    side: Side | str | None = None,
    sensor: str | None = None,
    unit: str | None = None,
    calibrate: bool = False,
    keep_spectra: bool = True,
    multitaper: bool = False,
    progress: Callable[[float], None] | None = None,
) -> dsp.Analysis:
    """Analyse a file, a recording or an array.

    Parameters
    ----------
    source
        A path, a `Recording`, or an array of shape (n, 3) in g, or what makes one, with gravity in it or not; rows of
        NaN, or masked, are missing samples.
    rate_hz
        Samples per second; needed with an array, else the recording's own.
    placement
        ``foot``, ``ankle``, ``calf``, ``thigh``, ``wrist``, ``trunk`` or ``unknown``; None takes the recording's own.
    side
        ``left``, ``right`` or ``unknown``.
    sensor, unit, calibrate
        As in `read`; for a path.
    keep_spectra
        Whether ``result.spectra`` is kept.
    multitaper
        Use multi-taper spectra (smoother, wider peaks, three times the work).
    progress
        Called with the share done, 0 to 1.

    Returns
    -------
    Analysis
        Frames, segments, events, holds, spectra, findings.

    Raises
    ------
    InputError, RateError, FileFormatError, UnitError
        With what happened and what to do.
    """
    if not isinstance(source, (str, PathLike, recordings.Recording)):
        # Lists and tables of numbers; what else it is, the check of its shape says.
        try:
            source = np.atleast_1d(np.asanyarray(source))
        except ValueError as error:
            msg = "acceleration must have the shape (n, 3), three values a row; the rows of this differ in length"
            raise dsp.InputError(msg) from error
    if isinstance(source, np.ndarray):
        if rate_hz is None:
            msg = "an array needs its rate: analyze(xyz_g, rate_hz=100.0)"
            raise dsp.InputError(msg)
        return dsp.analyze(
            source,
            rate_hz=rate_hz,
            placement=Placement.UNKNOWN if placement is None else placement,
            side=Side.UNKNOWN if side is None else side,
            keep_spectra=keep_spectra,
            multitaper=multitaper,
            progress=progress,
        )
    recording = source
    if not isinstance(recording, recordings.Recording):
        recording = read(recording, sensor=sensor, unit=unit, rate_hz=rate_hz, calibrate=calibrate)
    return session.analyze_recording(
        recording,
        placement=placement,
        side=side,
        keep_spectra=keep_spectra,
        multitaper=multitaper,
        progress=progress,
    )
