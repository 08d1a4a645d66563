"""Empatica E4 `ACC.csv`: start, rate, then counts of 1/64 g."""

from pathlib import Path

import numpy as np

from dsp import FileFormatError
from recordings.importers.timeline import even_runs
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


def read_e4(path: Path) -> Recording:
    """Read an E4 acceleration file.

    Raises
    ------
    FileFormatError
        When the rows after the first two are not whole numbers in threes.
    """
    try:
        rows = np.loadtxt(path, delimiter=",", ndmin=2)
    except ValueError as error:
        msg = f"{path.name}: the Empatica file is damaged: {error}"
        raise FileFormatError(msg) from error
    start_ns, rate_hz = round(rows[0, 0] * 1e9), float(rows[1, 0])
    xyz_g = (rows[2:] / COUNTS_PER_G).astype(np.float32)
    timeline = even_runs(xyz_g, rate_hz, start_ns=start_ns)
    return Recording(
        path=path,
        format="empatica-e4",
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        nominal_hz=rate_hz,
        unit="counts",
        gravity=True,
        device="Empatica E4",
        start_ns=start_ns,
        warnings=timeline.warnings,
    )
