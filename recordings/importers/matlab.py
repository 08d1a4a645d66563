"""MAT: variables of MATLAB and Octave, structures taken apart; files of version 7.3 are HDF5 and go there."""

import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked
from recordings.importers.named_arrays import read_arrays
from recordings.recording import Recording

MOST_DEPTH = 4


def is_mat(head: bytes) -> bool:
    """Whether it begins as MATLAB writes version 5."""
    return head.startswith((b"MATLAB 5.0 MAT-file", b"MATLAB 7.0 MAT-file"))


def read_mat(path: Path, asked: Asked) -> Recording:
    """Read variables named after the axes, or a matrix of three columns.

    Raises
    ------
    FileFormatError
        A damaged file, or one without acceleration.
    """
    from scipy.io import loadmat  # noqa: PLC0415 - only this format needs it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            held: dict[str, Any] = loadmat(path, squeeze_me=True, struct_as_record=True)
    except Exception as error:
        msg = f"{path.name}: the MAT file is damaged: {error}"
        raise FileFormatError(msg) from error
    arrays: dict[str, NDArray[Any]] = {}
    texts: dict[str, Any] = {}
    for name, value in held.items():
        if not name.startswith("__"):
            _flatten(name, value, arrays, texts, 0)
    return read_arrays(path, arrays, texts, "mat", asked)


def _flatten(name: str, value: Any, arrays: dict[str, NDArray[Any]], texts: dict[str, Any], depth: int) -> None:
    if isinstance(value, str):
        texts[name] = value
        return
    values = np.asarray(value)
    if values.dtype.names is not None and values.ndim == 0 and depth < MOST_DEPTH:
        for field in values.dtype.names:
            _flatten(field if depth == 0 else f"{name}/{field}", values[field].item(), arrays, texts, depth + 1)
    elif values.dtype.kind in "fiuU":
        arrays[name] = values
