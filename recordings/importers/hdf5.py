"""HDF5: datasets by group; each group with acceleration in it is a sensor."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, TremorscopeError
from recordings.extras import load
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.named_arrays import read_arrays
from recordings.recording import Recording

SIGNATURE = b"\x89HDF\r\n\x1a\n"
LARGEST_BYTES = 4 << 30
LARGEST_RATIO = 2000
"""Deflate makes at most a thousandth; a file that claims more samples than that is damaged or hostile."""
MOST_DATASETS = 5000


def is_hdf5(head: bytes) -> bool:
    """Whether it has the signature of HDF5, with or without the user block of MATLAB 7.3."""
    return head.startswith(SIGNATURE) or head[512:520] == SIGNATURE


def read_hdf5(path: Path, asked: Asked) -> Recording:
    """Read the acceleration of one group.

    Raises
    ------
    FileFormatError
        A damaged file, or one without acceleration.
    MissingExtraError
        Without h5py.
    """
    h5py = load("h5py", extra="hdf5", what="HDF5")
    try:
        with h5py.File(path, "r") as file:
            groups, facts = _collect(h5py, file, path.stat().st_size)
    except (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError) as error:
        msg = f"{path.name}: the HDF5 file is damaged: {error}"
        raise FileFormatError(msg) from error
    return _choose(path, groups, facts, asked)


Groups = dict[str, dict[str, NDArray[Any]]]


def _collect(h5py: Any, file: Any, size: int) -> tuple[Groups, dict[str, Any]]:
    groups: Groups = {}
    facts: dict[str, dict[str, Any]] = {"": dict(file.attrs.items())}
    count = 0

    def visit(name: str, node: Any) -> None:
        nonlocal count
        count += 1
        if count > MOST_DATASETS:
            msg = f"it holds more than {MOST_DATASETS} datasets"
            raise ValueError(msg)
        group, _, last = name.rpartition("/")
        if isinstance(node, h5py.Group):
            facts[name] = dict(node.attrs.items())
        elif node.dtype.kind in "fiuSM" and node.shape is not None and len(node.shape) <= 2:
            claimed = int(np.prod(node.shape, dtype=np.float64)) * node.dtype.itemsize
            if claimed > min(LARGEST_BYTES, LARGEST_RATIO * size):
                msg = f"{name} claims {claimed} bytes in a file of {size}"
                raise ValueError(msg)
            values = node[()]
            groups.setdefault(group, {})[last] = np.asarray(values)
            for key, value in node.attrs.items():
                facts.setdefault(group, {}).setdefault("unit" if key.lower() in ("unit", "units") else key, value)

    file.visititems(visit)
    return groups, facts


def _choose(path: Path, groups: Groups, facts: dict[str, Any], asked: Asked) -> Recording:
    """Read the group asked for, or the first that holds acceleration."""

    def merged(group: str) -> dict[str, Any]:
        parts = group.split("/")
        inherited: dict[str, Any] = {}
        for k in range(len(parts) + 1):
            inherited |= facts.get("/".join(parts[:k]), {})
        return inherited

    readable: dict[str, Recording] = {}
    first_error: TremorscopeError | None = None
    inside = Asked(unit=asked.unit, rate_hz=asked.rate_hz)
    for group, arrays in groups.items():
        try:
            readable[group] = read_arrays(path, arrays, merged(group), "hdf5", inside)
        except TremorscopeError as error:
            first_error = first_error or error
    if not readable:
        if first_error is not None:
            raise first_error
        msg = f"{path.name}: the HDF5 file holds no datasets of numbers"
        raise FileFormatError(msg)
    if len(readable) == 1:
        only = next(iter(readable))
        return read_arrays(path, groups[only], merged(only), "hdf5", asked)
    names = list(readable)
    chosen, warnings = choose_sensor(names, asked, path.name)
    recording = readable[chosen]
    return replace(recording, sensor=chosen, sensors=tuple(names), warnings=[*warnings, *recording.warnings])
