"""UMAFall: several sensors in one semicolon table, described in its preamble (Casilari 2017)."""

import re
from pathlib import Path

import numpy as np

from dsp import FileFormatError, Placement
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.timeline import stamped_runs
from recordings.recording import Recording

POSITION = re.compile(r"%\s*\S+;\s*(\d+);\s*(\w+);\s*(.+)")
PLACEMENTS = {"ANKLE": Placement.ANKLE, "WRIST": Placement.WRIST, "WAIST": Placement.TRUNK, "CHEST": Placement.TRUNK}
ORDER = ("ANKLE", "POCKET", "WRIST", "WAIST", "CHEST")
"""Where leg tremor shows best, first."""


def is_umafall(head: str) -> bool:
    """Whether the preamble is UMAFall's."""
    return head.startswith("%") and "Sensor_ID; Position" in head


def read_umafall(path: Path, asked: Asked) -> Recording:
    """Read one sensor of a UMAFall file.

    Raises
    ------
    FileFormatError
        A sensor that is not in the file, or a damaged table.
    """
    lines = path.read_text(errors="replace").splitlines()
    found = [m for line in lines if line.startswith("%") and (m := POSITION.match(line))]
    names = {m[2].upper().removeprefix("RIGHT").removeprefix("LEFT") or m[2]: int(m[1]) for m in found}
    ranked = sorted(names, key=lambda n: ORDER.index(n) if n in ORDER else len(ORDER))
    if not ranked:
        msg = f"{path.name}: its preamble names no sensor"
        raise FileFormatError(msg)
    lower, warnings = choose_sensor([n.lower() for n in ranked], asked, path.name)
    wanted = lower.upper()
    try:
        table = np.loadtxt([line for line in lines if line[:1].isdigit()], delimiter=";", ndmin=2)
    except ValueError as error:
        msg = f"{path.name}: its table is damaged: {error}"
        raise FileFormatError(msg) from error
    rows = table[(table[:, 5] == 0) & (table[:, 6] == names[wanted])] if table.shape[1] >= 7 else table[:0]
    if not len(rows):
        msg = f"{path.name}: the sensor {wanted.lower()} has no rows of acceleration; choose another with --sensor"
        raise FileFormatError(msg)
    timeline = stamped_runs(rows[:, 0] * 1e-3, rows[:, 2:5].astype(np.float32), sensor=wanted.lower())
    return Recording(
        path=path,
        format="umafall",
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        sensor=wanted.lower(),
        sensors=tuple(n.lower() for n in ranked),
        unit="g",
        gravity=True,
        placement=PLACEMENTS.get(wanted, Placement.THIGH if wanted == "POCKET" else Placement.UNKNOWN),
        warnings=[*timeline.warnings, *warnings],
    )
