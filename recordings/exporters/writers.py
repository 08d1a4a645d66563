"""Writers: one function a file format."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import MissingExtraError
from recordings.exporters.tables import Sheet

SAMPLE_DIGITS = 9
"""Decimal digits that give every float32 back."""


def write_csv(sheet: Sheet, out: Path) -> None:
    """Write columns as text; numbers as short as gives them back exactly."""
    texts = [_texts(name, values) for name, values in sheet.columns.items()]
    with out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.columns)
        writer.writerows(zip(*texts, strict=True))


def _texts(name: str, values: NDArray[Any]) -> list[str]:
    if name == "time_s":
        # Microseconds: finer than any sensor's clock, and short.
        return [f"{v:.6f}" for v in values.tolist()]
    if values.dtype == np.float32:
        return ["" if np.isnan(v) else np.format_float_positional(v, unique=True, trim="-") for v in values]
    return [str(v) for v in values.tolist()]


def write_json(sheet: Sheet, out: Path) -> None:
    """Write columns and attributes as one object."""
    columns = {name: _plain(values) for name, values in sheet.columns.items()}
    attributes = {k: _plain(v) if isinstance(v, np.ndarray) else v for k, v in sheet.attributes.items()}
    out.write_text(json.dumps({"attributes": attributes, "columns": columns}, allow_nan=False), encoding="utf-8")


def _plain(values: NDArray[Any]) -> list[Any]:
    if values.dtype.kind == "f":
        return [float(str(v)) if np.isfinite(v) else None for v in values]
    return list(values.tolist())


def write_npz(sheet: Sheet, out: Path) -> None:
    """Write columns as arrays; the axes also together as `xyz_g`, the spectra as `psd`."""
    np.savez_compressed(out, **_arrays(sheet))


def _arrays(sheet: Sheet) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    bins = [n for n in sheet.columns if n.endswith("_hz") and n[0].isdigit()]
    if bins:
        arrays["psd"] = np.column_stack([sheet.columns[n] for n in bins])
    if "x_g" in sheet.columns:
        arrays["xyz_g"] = np.column_stack([sheet.columns[f"{a}_g"] for a in "xyz"])
    left_out = {*bins, *(("x_g", "y_g", "z_g") if "xyz_g" in arrays else ())}
    arrays |= {n: v for n, v in sheet.columns.items() if n not in left_out}
    return arrays | sheet.attributes


def write_mat(sheet: Sheet, out: Path) -> None:
    """Write the same arrays for MATLAB and Octave."""
    from scipy.io import savemat  # noqa: PLC0415 - only this format needs it

    arrays = {n[:31]: np.ascontiguousarray(v) if isinstance(v, np.ndarray) else v for n, v in _arrays(sheet).items()}
    savemat(out, arrays, do_compression=True)


def write_parquet(sheet: Sheet, out: Path) -> None:
    """Write columns; attributes go into the file's metadata as JSON."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "Parquet needs the extra `parquet`: pip install 'tremorscope[parquet]'"
        raise MissingExtraError(msg) from error
    table = pa.table(
        {name: values.tolist() if values.dtype.kind == "U" else values for name, values in sheet.columns.items()}
    )
    described = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in sheet.attributes.items()}
    pq.write_table(table.replace_schema_metadata({"tremorscope": json.dumps(described)}), out)


def write_hdf5(sheet: Sheet, out: Path) -> None:
    """Write arrays as datasets and the rest as attributes."""
    try:
        import h5py  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "HDF5 needs the extra `hdf5`: pip install 'tremorscope[hdf5]'"
        raise MissingExtraError(msg) from error
    with h5py.File(out, "w") as file:
        for name, value in _arrays(sheet).items():
            if isinstance(value, np.ndarray) and value.dtype.kind == "U":
                file.create_dataset(name, data=np.char.encode(value, "utf-8"))
            elif isinstance(value, np.ndarray):
                file.create_dataset(name, data=value, compression="gzip" if value.size > 64 else None)
            else:
                file.attrs[name] = value


WRITERS: dict[str, Callable[[Sheet, Path], None]] = {
    ".csv": write_csv,
    ".json": write_json,
    ".npz": write_npz,
    ".mat": write_mat,
    ".parquet": write_parquet,
    ".h5": write_hdf5,
}
"""By ending."""
