"""Rows of a text table: read fast where they are clean, one by one where they are not."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.table import MISSING, Table, is_number

Floats = NDArray[np.float64]

MOST_BAD_ROWS = 0.2
TEXT_WIDTH = 48
"""Letters of a time stamp or a sensor's name."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some columns of every row.

    Attributes
    ----------
    number_at, values
        Which columns are numbers, and the numbers, float64 (n, columns).
    text_at, words
        Which columns are text, and the texts, (n, columns).
    """

    number_at: tuple[int, ...]
    values: Floats
    text_at: tuple[int, ...]
    words: NDArray[np.str_]

    def numbers(self, columns: Sequence[int]) -> Floats:
        """Numbers of some columns, (n, columns)."""
        return self.values[:, [self.number_at.index(c) for c in columns]]

    def texts(self, column: int) -> list[str]:
        """Texts of one column."""
        return [str(t) for t in self.words[:, self.text_at.index(column)]]

    def where(self, keep: NDArray[np.bool_]) -> "Rows":
        """Keep some of the rows."""
        return Rows(self.number_at, self.values[keep], self.text_at, self.words[keep])


def read_rows(
    file: str, table: Table, blocks: Iterable[list[str]], numbers: Sequence[int], texts: Sequence[int]
) -> Rows:
    """Read the columns asked for.

    Parameters
    ----------
    file
        Name, for messages.
    blocks
        Lines, the rest of the file.
    numbers, texts
        Columns that are numbers, and that are text.

    Raises
    ------
    FileFormatError
        When more than a fifth of the rows are no rows.
    """
    number_at, text_at = tuple(dict.fromkeys(numbers)), tuple(dict.fromkeys(texts))
    values = [np.empty((0, len(number_at)))]
    words: list[NDArray[np.str_]] = [np.empty((0, len(text_at)), "U1")]
    bad = total = 0
    for lines in blocks:
        body = [line for line in lines if line.strip()]
        if not body:
            continue
        parsed = _fast(body, table, number_at, text_at)
        if parsed is None:
            parsed, wrong = _slow(body, table, number_at, text_at)
            bad += wrong
        total += len(body)
        values.append(parsed[0])
        words.append(parsed[1])
    if bad > MOST_BAD_ROWS * total:
        msg = f"{file}: {bad} of {total} rows are not numbers where numbers belong; the file is damaged or no table"
        raise FileFormatError(msg)
    if bad:
        table.notes.append(f"{bad} of {total} rows were not numbers and were left out")
    return Rows(number_at, np.concatenate(values), text_at, np.concatenate(words))


Parsed = tuple[Floats, NDArray[np.str_]]


def _fast(body: list[str], table: Table, number_at: tuple[int, ...], text_at: tuple[int, ...]) -> Parsed | None:
    """Parse a block with numpy; None where a row is not as the others."""
    text = "\n".join(body)
    if table.decimal_comma:
        if table.separator == ",":
            return None
        text = text.replace(",", ".")
    count = text.count(table.separator) if table.separator else 0
    if table.separator and count < (max(number_at) * len(body)):
        return None
    fields = [*((i, np.dtype("f8")) for i in number_at), *((i, np.dtype(f"U{TEXT_WIDTH}")) for i in text_at)]
    dtype = np.dtype([(str(k), kind) for k, (_, kind) in enumerate(fields)])
    try:
        parsed = np.loadtxt(
            io.StringIO(text),
            delimiter=table.separator,
            comments=None,
            dtype=dtype,
            usecols=[i for i, _ in fields],
            quotechar='"',
            ndmin=1,
        )
    except (ValueError, IndexError):
        return None
    if len(parsed) != len(body):
        return None
    values = np.stack([parsed[str(k)] for k in range(len(number_at))], axis=1)
    names = [str(len(number_at) + k) for k in range(len(text_at))]
    words = np.stack([parsed[n] for n in names], axis=1) if names else np.empty((len(parsed), 0), "U1")
    return values, words


def _slow(body: list[str], table: Table, number_at: tuple[int, ...], text_at: tuple[int, ...]) -> tuple[Parsed, int]:
    """Row by row: what is not a row of numbers is left out and counted; an empty cell, or n/a, is a missing number."""
    values, words, bad = [], [], 0
    for line in body:
        cells = table.cells(line)
        cells += [""] * (table.width - len(cells))
        wanted = [cells[i] for i in number_at]
        good = all(is_number(c) or c.lower() in MISSING for c in wanted)
        if len(cells) > table.width + 1 or not good:
            bad += 1
            continue
        values.append([float(c) if is_number(c) else np.nan for c in wanted])
        words.append([cells[i] for i in text_at])
    numbers = np.array(values, np.float64).reshape(-1, len(number_at))
    texts = np.array(words, dtype=f"U{TEXT_WIDTH}").reshape(len(values), len(text_at))
    return (numbers, texts), bad
