"""Empatica E4 `ACC.csv`: start, rate, then counts of 1/64 g."""

from pathlib import Path

from recordings.importers.asked import Asked
from recordings.importers.assemble import Found, assemble
from recordings.importers.rows import read_rows
from recordings.importers.table import Table
from recordings.importers.textfile import blocks_of_lines, open_text
from recordings.importers.units import Unit
from recordings.recording import Recording

COUNTS_PER_G = 64.0
EARLIEST_S = 1.0e9
"""2001: a first row below it is no Unix time."""


def is_e4(head: str) -> bool:
    """Whether the first two rows are a Unix time and a rate, each three times."""
    lines = head.splitlines()
    if len(lines) < 3:
        return False
    rows = [[c.strip() for c in line.split(",")] for line in lines[:2]]
    try:
        start, rate = ([float(c) for c in row] for row in rows)
    except ValueError:
        return False
    return len(start) == len(rate) == 3 and len(set(start)) == 1 and len(set(rate)) == 1 and start[0] > EARLIEST_S


def read_e4(path: Path, asked: Asked) -> Recording:
    """Read an E4 acceleration file.

    Raises
    ------
    FileFormatError
        When the rows after the first two are not whole numbers in threes.
    """
    with open_text(path) as file:
        head = [file.readline(), file.readline()]
        start_s, rate_hz = (float(line.split(",")[0]) for line in head)
        table = Table.bare(",", 3)
        values = read_rows(path.name, table, blocks_of_lines(file), (0, 1, 2), ()).numbers((0, 1, 2))
    found = Found(
        format="empatica-e4",
        values=values,
        rate_hz=rate_hz,
        unit=Unit("counts", 1.0 / COUNTS_PER_G),
        gravity=True,
        start_ns=round(start_s * 1e9),
        device="Empatica E4",
        warnings=table.notes,
    )
    return assemble(path, found, asked)
