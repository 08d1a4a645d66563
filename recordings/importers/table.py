"""Tables of text: where the numbers begin, what separates them, and what their columns are called."""

import csv
import re
from dataclasses import dataclass, field

from recordings.importers.units import file_unit

HEAD_LINES = 300
"""Preambles are up to 100 lines long (GENEActiv)."""
SEPARATORS = (",", ";", "\t", "|", None)
NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(nan|inf|infinity)$", re.IGNORECASE)
MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "."})
NAMED_FORMAT = re.compile(r"%\w+\((\w+)\)")
"""YEI writes its columns as %float(RawAccelX)."""
TIME_UNITS = frozenset({"s", "ms", "us", "µs", "ns", "sec", "seconds", "yyyy/mm/dd hh:mm:ss.000"})
COMMENT = "%#/ \t"


@dataclass(slots=True)
class Table:
    """A text table.

    Attributes
    ----------
    header
        Column names; empty when the file has none.
    units
        A unit a column where a row below the header names them; else empty.
    first
        Line of the first row of data.
    separator
        None is white space.
    decimal_comma
        Whether 0,5 is a half.
    preamble
        Lines before the header.
    width
        Columns of the data.
    row
        Cells of the first row of data.
    """

    header: list[str]
    units: list[str]
    first: int
    separator: str | None
    decimal_comma: bool
    preamble: list[str]
    width: int
    row: list[str]
    notes: list[str] = field(default_factory=list)

    @classmethod
    def bare(cls, separator: str, width: int) -> "Table":
        """Make a table whose layout is known, without names."""
        return cls([], [], 0, separator, decimal_comma=False, preamble=[], width=width, row=[])

    def cells(self, line: str) -> list[str]:
        """Split a line as this table does, numbers with a decimal point."""
        found = split(line, self.separator)
        return [point(c) for c in found] if self.decimal_comma else found


def split(line: str, separator: str | None) -> list[str]:
    """Cells of a line without the empty ones that a trailing separator makes."""
    if '"' in line and separator is not None:
        cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    else:
        cells = line.strip("\r\n ").split(separator)
    cells = [c.strip().strip('"').strip() for c in cells]
    while cells and cells[-1] == "":
        cells.pop()
    if cells and separator != ";":
        cells[-1] = cells[-1].rstrip(";")
    return cells


def point(cell: str) -> str:
    """Write a decimal point for a decimal comma."""
    return cell.replace(",", ".") if cell.count(",") == 1 else cell


def is_number(cell: str) -> bool:
    """Whether a cell is a number."""
    return bool(NUMBER.match(cell))


def find_table(lines: list[str]) -> Table | None:
    """Find where the numbers begin and what their columns are called; None when there are no rows of numbers."""
    for i, line in enumerate(lines):
        if not any(c.isdigit() for c in line):
            continue
        for separator in SEPARATORS:
            for comma in (False, True) if separator != "," or '"' in line else (False,):
                row = split(line, separator)
                row = [point(c) for c in row] if comma else row
                if _is_row(row) and _goes_on(lines[i + 1 : i + 4], separator, len(row), comma=comma):
                    return _table(lines, i, separator, row, comma=comma)
    return None


def _is_row(cells: list[str]) -> bool:
    numbers = sum(is_number(c) for c in cells)
    words = sum(c.lower() not in MISSING and not any(d.isdigit() for d in c) for c in cells)
    return numbers >= 3 and words <= numbers


def _goes_on(following: list[str], separator: str | None, width: int, *, comma: bool) -> bool:
    """Whether a line after it is a row too: a number in a preamble is no table."""
    rows = [split(line, separator) for line in following if line.strip()]
    rows = [[point(c) for c in r] for r in rows] if comma else rows
    return any(abs(len(r) - width) <= 1 and _is_row(r) for r in rows)


def _table(lines: list[str], first: int, separator: str | None, row: list[str], *, comma: bool) -> Table:
    above: list[tuple[int, list[str]]] = []
    width = len(row)
    for i in range(first - 1, max(-1, first - 6), -1):
        text = lines[i].strip().lstrip(COMMENT)
        if not text:
            continue
        if named := NAMED_FORMAT.findall(lines[i]):
            above.append((i, named))
            break
        cells = split(text, separator)
        if abs(len(cells) - width) > 1 or any(is_number(c) for c in cells) or len(cells) < 3:
            break
        above.append((i, cells))
    header, units, start = _named(above, first)
    if header:
        width = max(width, len(header))
    return Table(header, units, first, separator, comma, lines[:start], width, row)


def _named(above: list[tuple[int, list[str]]], first: int) -> tuple[list[str], list[str], int]:
    """Names and units from the rows of words above the numbers."""
    if not above:
        return [], [], first
    top = max(above, key=lambda row: len({c.lower() for c in row[1]}))
    start, header = top
    units: list[str] = []
    for i, cells in above:
        known = sum(file_unit(c) is not None or c.lower() in TIME_UNITS for c in cells)
        if i > start and known >= 3:
            units = cells
        elif i > start and {c.lower() for c in cells} <= {"cal", "raw", "uncal", ""}:
            header = [f"{name} {kind}" for name, kind in zip(header, [*cells, *[""] * len(header)], strict=False)]
    return header, units, min(i for i, _ in above)
