"""Parquet: columns, with what `tremorscope export` says of them in the metadata."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from dsp import FileFormatError
from recordings.extras import load
from recordings.importers.asked import Asked
from recordings.importers.named_arrays import read_arrays
from recordings.recording import Recording

MAGIC = b"PAR1"
LARGEST_BYTES = 4 << 30


def read_parquet(path: Path, asked: Asked) -> Recording:
    """Read columns named after the axes.

    Raises
    ------
    FileFormatError
        A damaged file, or one without acceleration.
    MissingExtraError
        Without pyarrow.
    """
    pa = load("pyarrow", extra="parquet", what="Parquet")
    pq = load("pyarrow.parquet", extra="parquet", what="Parquet")
    try:
        with pq.ParquetFile(path) as file:
            _check_size(file.metadata.num_rows, file.metadata.num_columns)
            table = file.read(use_threads=False)
        columns = {name: table.column(name).to_numpy() for name in table.column_names if _plain(pa, table, name)}
        held = (table.schema.metadata or {}).get(b"tremorscope")
        facts: Any = json.loads(held) if held else {}
    except (pa.ArrowException, OSError, ValueError, KeyError, MemoryError) as error:
        msg = f"{path.name}: the Parquet file is damaged: {error}"
        raise FileFormatError(msg) from error
    facts = (
        {k: np.asarray(v) if isinstance(v, list) else v for k, v in facts.items()} if isinstance(facts, dict) else {}
    )
    return read_arrays(path, columns, facts, "parquet", asked)


def _check_size(rows: int, columns: int) -> None:
    if rows < 0 or rows * max(1, columns) * 8 > LARGEST_BYTES:
        msg = f"it claims {rows} rows of {columns} columns"
        raise ValueError(msg)


def _plain(pa: Any, table: Any, name: str) -> bool:
    kind = table.schema.field(name).type
    known = (pa.types.is_floating, pa.types.is_integer, pa.types.is_timestamp, pa.types.is_string)
    return any(is_kind(kind) for is_kind in known)
