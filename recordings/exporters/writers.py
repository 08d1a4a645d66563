"""Writers: one function a table format."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import MissingExtraError
from recordings.exporters.tables import Sheet

ROWS_AT_ONCE = 50_000
"""Text of more rows would need more memory than the samples themselves."""
LONGEST_NAME = 63
"""Of a variable in MATLAB."""
AVERAGE = "session_average"


def write_csv(sheet: Sheet, out: Path) -> None:
    """Write columns as text; numbers as short as gives them back exactly.

    What a spectrum needs to be understood is repeated in every row, for a table of text has no other place that all
    programs read; the average of the session is the last row, without a time.
    """
    _write_text(sheet, out, separator=",", missing="")


def write_tsv(sheet: Sheet, out: Path) -> None:
    """Write the same with tabs, ``n/a`` where a value is missing, and BIDS' onset and duration in front of spans."""
    columns = dict(sheet.columns)
    start = next((n for n in ("onset_s", "start_s") if n in columns), None)
    if start is not None and "end_s" in columns:
        columns = {"onset": columns[start], "duration": columns["end_s"] - columns[start]} | columns
    _write_text(Sheet(columns, sheet.attributes, sheet.bins, sheet.told), out, separator="\t", missing="n/a")


def _write_text(sheet: Sheet, out: Path, *, separator: str, missing: str) -> None:
    told = {name: str(sheet.attributes[name]) for name in sheet.told if name in sheet.attributes}
    names = list(sheet.columns)
    first = [n for n in names if n not in sheet.bins]
    header = [*first, *told, *(n for n in names if n in sheet.bins)]
    with out.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.writer(file, delimiter=separator, lineterminator="\n")
        writer.writerow(header)
        for at in range(0, len(sheet), ROWS_AT_ONCE):
            part = {n: _texts(n, v[at : at + ROWS_AT_ONCE], missing) for n, v in sheet.columns.items()}
            rows = len(part[names[0]])
            part |= {name: [text] * rows for name, text in told.items()}
            writer.writerows(zip(*(part[n] for n in header), strict=True))
        if sheet.bins:
            last = dict.fromkeys(first, missing) | told | {"label": AVERAGE}
            values = _texts("", sheet.attributes[AVERAGE], missing)
            last |= dict(zip(sheet.bins, values, strict=True))
            writer.writerow([last[n] for n in header])


def _texts(name: str, values: NDArray[Any], missing: str) -> list[str]:
    if name == "time_s":
        # Microseconds: finer than any sensor's clock, and short.
        return [f"{v:.6f}" for v in values.tolist()]
    if values.dtype.kind == "f":
        texts: list[str] = values.astype(str).tolist()
        for i in np.nonzero(np.isnan(values))[0].tolist():
            texts[i] = missing
        return texts
    if values.dtype.kind == "b":
        return ["true" if v else "false" for v in values.tolist()]
    return [str(v) or missing for v in values.tolist()]


def write_json(sheet: Sheet, out: Path) -> None:
    """Write columns and attributes as one object."""
    columns = {name: _plain(values) for name, values in sheet.columns.items()}
    attributes = {k: _plain(v) if isinstance(v, np.ndarray) else v for k, v in sheet.attributes.items()}
    with out.open("w", encoding="utf-8") as file:
        json.dump({"attributes": attributes, "columns": columns}, file, allow_nan=False)


def _plain(values: NDArray[Any]) -> list[Any]:
    if values.dtype == np.float32:
        values = values.astype(str).astype(np.float64)  # the short decimal, not its neighbour in double precision
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        return [v if v - v == 0.0 else None for v in values.tolist()]
    return list(values.tolist())


def write_npz(sheet: Sheet, out: Path) -> None:
    """Write columns as arrays; the axes also together as `xyz_g`, the spectra as `psd`."""
    with out.open("wb") as file:  # numpy would add its own ending to a name in capitals
        np.savez_compressed(file, **_arrays(sheet))


def _arrays(sheet: Sheet) -> dict[str, Any]:
    arrays: dict[str, Any] = {}
    if sheet.bins:
        arrays["psd"] = np.column_stack([sheet.columns[n] for n in sheet.bins])
    if "x_g" in sheet.columns:
        arrays["xyz_g"] = np.column_stack([sheet.columns[f"{a}_g"] for a in "xyz"])
    left_out = {*sheet.bins, *(("x_g", "y_g", "z_g") if "xyz_g" in arrays else ())}
    arrays |= {n: v for n, v in sheet.columns.items() if n not in left_out}
    return arrays | sheet.attributes


def write_mat(sheet: Sheet, out: Path) -> None:
    """Write the same arrays for MATLAB and Octave; columns stand upright, text is a cell array."""
    from scipy.io import savemat  # noqa: PLC0415 - only this format needs it

    arrays = {n[:LONGEST_NAME]: _for_matlab(v) for n, v in _arrays(sheet).items()}
    with out.open("wb") as file:
        savemat(file, arrays, do_compression=True, oned_as="column", long_field_names=True)


def _for_matlab(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind == "U":
        return value.astype(object)
    return np.ascontiguousarray(value) if isinstance(value, np.ndarray) else value


def write_parquet(sheet: Sheet, out: Path) -> None:
    """Write columns; attributes go into the file's metadata as JSON under ``tremorscope``."""
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "Parquet needs the extra `parquet`: pip install 'tremorscope[parquet]'"
        raise MissingExtraError(msg) from error
    columns = {
        name: pa.array(values.tolist(), pa.string()) if values.dtype.kind == "U" else pa.array(values)
        for name, values in sheet.columns.items()
    }
    described = {k: _plain(v) if isinstance(v, np.ndarray) else v for k, v in sheet.attributes.items()}
    table = pa.table(columns).replace_schema_metadata({"tremorscope": json.dumps(described)})
    # Written through an open file: the errors of the disk then are those of the disk.
    with out.open("wb") as file:
        pq.write_table(table, file, compression="zstd")


def write_hdf5(sheet: Sheet, out: Path) -> None:
    """Write arrays as datasets, each with its unit, and the rest as attributes."""
    try:
        import h5py  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "HDF5 needs the extra `hdf5`: pip install 'tremorscope[hdf5]'"
        raise MissingExtraError(msg) from error
    with out.open("wb+") as raw, h5py.File(raw, "w") as file:
        for name, value in _arrays(sheet).items():
            if not isinstance(value, np.ndarray):
                file.attrs[name] = value
                continue
            held = value.astype(h5py.string_dtype("utf-8")) if value.dtype.kind == "U" else value
            dataset = file.create_dataset(name, data=held, compression="gzip" if value.size > 64 else None)
            if unit := unit_of(name):
                dataset.attrs["unit"] = unit


def unit_of(name: str) -> str:
    """Give the unit of a column, from the end of its name; empty when it has none."""
    if name in ("psd", AVERAGE):
        return "g^2/Hz"
    for ending, unit in UNITS.items():
        if name.endswith(ending):
            return unit
    return ""


UNITS = {
    "_deg_per_s": "degree/s", "_g_per_s": "g/s", "_db_per_min": "dB/min", "_hz_per_min": "Hz/min", "_s": "s", "_g": "g",
    "_hz": "Hz", "_db": "dB", "_mm": "mm", "_deg": "degree", "_ns": "ns",
}  # fmt: skip

WRITERS: dict[str, Callable[[Sheet, Path], None]] = {
    ".csv": write_csv,
    ".tsv": write_tsv,
    ".json": write_json,
    ".npz": write_npz,
    ".mat": write_mat,
    ".parquet": write_parquet,
    ".h5": write_hdf5,
}
"""By ending."""
