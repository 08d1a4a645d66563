"""Rows of a text table: read fast where they are clean, one by one where they are not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.table import MISSING, Table, is_number

Floats = NDArray[np.float64]

MOST_BAD_ROWS = 0.2
TEXT_WIDTH = 48
"""Letters of a time stamp or a sensor's name."""


class TextColumn(Sequence[str]):
    """Texts of a column, kept as bytes: a week of time stamps has to fit into memory.

    Parameters
    ----------
    raw
        UTF-8, (n,).
    """

    def __init__(self, raw: NDArray[np.bytes_]) -> None:
        self.raw = raw

    def __len__(self) -> int:
        return len(self.raw)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> list[str]: ...

    def __getitem__(self, index: int | slice) -> str | list[str]:
        """One text, or a list of some."""
        if isinstance(index, slice):
            return [text.decode("utf-8", errors="replace") for text in self.raw[index].tolist()]
        return bytes(self.raw[index]).decode("utf-8", errors="replace")

    def joined(self, other: "TextColumn") -> "TextColumn":
        """Put the texts of another column behind these."""
        return TextColumn(np.char.add(np.char.add(self.raw, b" "), other.raw))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Some columns of every row.

    Attributes
    ----------
    number_at, values
        Which columns are numbers, and the numbers, float64 (n, columns).
    text_at, words
        Which columns are text, and the texts, UTF-8, (n, columns).
    """

    number_at: tuple[int, ...]
    values: Floats
    text_at: tuple[int, ...]
    words: NDArray[np.bytes_]

    def numbers(self, columns: Sequence[int]) -> Floats:
        """Numbers of some columns, (n, columns)."""
        return self.values[:, [self.number_at.index(c) for c in columns]]

    def texts(self, column: int) -> TextColumn:
        """Texts of one column."""
        return TextColumn(self.words[:, self.text_at.index(column)])

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
    words: list[NDArray[np.bytes_]] = [np.empty((0, len(text_at)), "S1")]
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
        words.append(np.char.encode(parsed[1], "utf-8"))
    if bad > MOST_BAD_ROWS * total:
        msg = f"{file}: {bad} of {total} rows are not numbers where numbers belong; the file is damaged or no table"
        raise FileFormatError(msg)
    if bad:
        table.notes.append(f"{bad} of {total} rows were not numbers and were left out")
    return Rows(number_at, np.concatenate(values), text_at, np.concatenate(words))


Parsed = tuple[Floats, NDArray[np.str_]]


def _fast(body: list[str], table: Table, number_at: tuple[int, ...], text_at: tuple[int, ...]) -> Parsed | None:
    """Parse a block with numpy; None where a row is not as the others."""
    if table.decimal_comma:
        if table.separator == ",":
            return None
        body = [line.replace(",", ".") for line in body]
    fields = [*((i, np.dtype("f8")) for i in number_at), *((i, np.dtype(f"U{TEXT_WIDTH}")) for i in text_at)]
    dtype = np.dtype([(str(k), kind) for k, (_, kind) in enumerate(fields)])
    try:
        parsed = np.loadtxt(
            body,
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
