"""NPZ: named arrays of numpy, read one by one so that a claim of gigabytes is refused before it is believed."""

import zipfile
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked
from recordings.importers.named_arrays import read_arrays
from recordings.recording import Recording

LARGEST_ARRAY = 4 << 30


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
    arrays, lost = {}, []
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            try:
                with archive.open(info) as member:
                    arrays[info.filename.removesuffix(".npy")] = _array(member, info.file_size)
            except (ValueError, OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
                lost.append(info.filename)
    if not arrays:
        msg = f"{path.name}: the NPZ file is damaged: none of its arrays can be read"
        raise FileFormatError(msg)
    if lost and any(n.startswith(("xyz", "x_g", "y_g", "z_g", "run_", "time", "rate")) for n in lost):
        msg = f"{path.name}: the NPZ file is damaged: {', '.join(lost)} cannot be read"
        raise FileFormatError(msg)
    return read_arrays(path, arrays, {}, "npz", asked)


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
