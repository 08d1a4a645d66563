"""NPZ: named arrays of numpy, read one by one so that a claim of gigabytes is refused before it is believed."""

import io
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.archive import extract, members_of
from recordings.importers.asked import Asked
from recordings.importers.named_arrays import read_arrays
from recordings.recording import Recording

LARGEST_ARRAY = 4 << 30
NEEDED = ("xyz", "x_g", "y_g", "z_g", "acc", "run_")
"""What cannot be left out."""


def is_npy(head: bytes) -> bool:
    """Whether it is one array of numpy by itself."""
    return head.startswith(b"\x93NUMPY")


def read_npy(path: Path, asked: Asked) -> Recording:
    """Read one array of shape (n, 3) or (3, n).

    Raises
    ------
    FileFormatError
        A damaged file, or another shape.
    """
    try:
        with path.open("rb") as file:
            values = _array(file, path.stat().st_size)
    except (ValueError, OSError, EOFError) as error:
        msg = f"{path.name}: the NPY file is damaged: {error}"
        raise FileFormatError(msg) from error
    return read_arrays(path, {"xyz": values}, {}, "npy", asked)


def is_npz(members: list[str]) -> bool:
    """Whether a zip with these members is one of numpy arrays."""
    return bool(members) and all(name.endswith(".npy") for name in members)


def read_npz(path: Path, asked: Asked) -> Recording:
    """Read `xyz_g` with `rate_hz` or `time_s`, or what other programs call them.

    Raises
    ------
    FileFormatError
        When the arrays are missing or damaged, or neither rate nor times are there.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            arrays, lost = _whole(archive)
    except zipfile.BadZipFile:
        arrays, lost = _salvaged(path)
    if not arrays or any(name.startswith(NEEDED) for name in lost):
        which = f"{', '.join(lost)} cannot be read" if lost else "none of its arrays can be read"
        msg = f"{path.name}: the NPZ file is damaged: {which}"
        raise FileFormatError(msg)
    recording = read_arrays(path, arrays, {}, "npz", asked)
    if not lost:
        return recording
    note = f"the NPZ file is damaged: {', '.join(lost)} cannot be read and were left out"
    return replace(recording, warnings=[note, *recording.warnings])


Arrays = dict[str, NDArray[Any]]


def _whole(archive: zipfile.ZipFile) -> tuple[Arrays, list[str]]:
    """Read the arrays that agree with their checksums, and the names of the others."""
    arrays: Arrays = {}
    lost = []
    for info in archive.infolist():
        try:
            with archive.open(info) as member:
                arrays[info.filename.removesuffix(".npy")] = _array(member, info.file_size)
        except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
            lost.append(info.filename)
    return arrays, lost


def _salvaged(path: Path) -> tuple[Arrays, list[str]]:
    """Read the arrays that are there as a whole, where the directory at the end of the zip is lost."""
    arrays: Arrays = {}
    lost = []
    for name in members_of(path):
        try:
            raw = extract(path, name, LARGEST_ARRAY)
            arrays[name.removesuffix(".npy")] = _array(io.BytesIO(raw), len(raw))
        except (ValueError, EOFError, FileFormatError):
            lost.append(name)
    return arrays, lost


def _array(member: IO[bytes], size: int) -> NDArray[Any]:
    """Read one array, after its claimed shape has been held against the bytes that are there."""
    version = np.lib.format.read_magic(member)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, fortran, dtype = read_header(member)
    count = 1
    for length in shape:
        count *= length
    claimed = count * dtype.itemsize
    if dtype.hasobject or count < 0 or claimed > min(size, LARGEST_ARRAY):
        msg = f"an array of {claimed} bytes in a member of {size}"
        raise ValueError(msg)
    raw = member.read(claimed)
    member.read(1)  # the end, so that the checksum is looked at
    values = np.frombuffer(raw, dtype, count=count)
    return values.reshape(shape[::-1]).T if fortran else values.reshape(shape)
