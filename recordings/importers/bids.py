"""BIDS-motion: a table without names, with its columns in `*_channels.tsv` and its rate in `*_motion.json`."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from dsp import FileFormatError
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble
from recordings.importers.rows import read_rows
from recordings.importers.table import Table
from recordings.importers.textfile import blocks_of_lines, open_text
from recordings.importers.units import file_unit
from recordings.importers.worn import worn_of
from recordings.recording import Marker, Recording

ENDINGS = ("_motion.tsv", "_motion.json", "_channels.tsv")
LARGEST_SIDECAR = 1 << 20


def bids_stem(path: Path) -> str | None:
    """Find what the names of the three files of a recording share; None when they are not all there."""
    for ending in ENDINGS:
        if path.name.endswith(ending):
            stem = path.name.removesuffix(ending)
            whole = all(path.with_name(stem + e).exists() for e in (ENDINGS[0], ENDINGS[2]))
            return stem if whole else None
    return None


def read_bids(path: Path, asked: Asked) -> Recording:
    """Read one tracked point of a BIDS-motion recording.

    Raises
    ------
    FileFormatError
        No acceleration among the channels, or columns that do not fit.
    """
    stem = bids_stem(path) or ""
    motion, channels = path.with_name(stem + ENDINGS[0]), _channels(path.with_name(stem + ENDINGS[2]))
    facts = _facts(path.with_name(stem + ENDINGS[1]))
    points: dict[str, dict[str, int]] = {}
    for i, channel in enumerate(channels):
        if channel.get("type", "").upper() == "ACCEL" and channel.get("component", "").lower() in ("x", "y", "z"):
            points.setdefault(channel.get("tracked_point", ""), {})[channel["component"].lower()] = i
    whole = {name: at for name, at in points.items() if set(at) == set("xyz")}
    if not whole:
        kinds = ", ".join(sorted({c.get("type", "?") for c in channels})) or "no channels"
        msg = f"{motion.name}: no tracked point has three channels of type ACCEL; it holds {kinds}"
        raise FileFormatError(msg)
    sensor, warnings = choose_sensor(list(whole), asked, motion.name)
    columns = [whole[sensor][a] for a in "xyz"]
    latency = next((i for i, c in enumerate(channels) if c.get("type", "").upper() == "LATENCY"), None)
    with open_text(motion) as file:
        table = Table.bare("\t", len(channels))
        rows = read_rows(
            motion.name, table, blocks_of_lines(file), [*columns, *([] if latency is None else [latency])], []
        )
    rate = facts.get("SamplingFrequency", 0.0)
    time_s = None
    if latency is not None:
        time_s = rows.numbers((latency,))[:, 0]
        scale = 1e-3 if channels[latency].get("units", "s").lower() == "ms" else 1.0
        time_s = (time_s - time_s[0]) * scale
    placement, side = worn_of(channels[columns[0]].get("placement", ""))
    found = Found(
        format="bids-motion",
        values=rows.numbers(columns),
        time_s=time_s,
        rate_hz=float(rate) if isinstance(rate, int | float) and 0 < rate < 1e5 else 0.0,
        unit=file_unit(channels[columns[0]].get("units", "")),
        placement=placement,
        side=side,
        sensor=sensor,
        sensors=list(whole),
        device=str(facts.get("ManufacturersModelName", "")),
        markers=_events(motion),
        warnings=[*table.notes, *warnings],
    )
    return assemble(motion, found, asked)


def _channels(path: Path) -> list[dict[str, str]]:
    with open_text(path) as file:
        lines = file.read(LARGEST_SIDECAR).splitlines()
    names = [n.strip().lower() for n in lines[0].split("\t")] if lines else []
    return [dict(zip(names, (c.strip() for c in line.split("\t")), strict=False)) for line in lines[1:] if line.strip()]


def _facts(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig", errors="replace")[:LARGEST_SIDECAR])
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _events(motion: Path) -> list[Marker]:
    """Markers of the events file, whose name leaves the tracking system out."""
    whole = motion.name.removesuffix("_motion.tsv")
    names = [motion.with_name(f"{stem}_events.tsv") for stem in (whole, whole.split("_tracksys-", 1)[0])]
    path = next((p for p in names if p.exists()), None)
    if path is None:
        return []
    found = []
    for row in _channels(path):
        try:
            onset, length = float(row["onset"]), float(row.get("duration", 0) or 0)
        except (KeyError, ValueError):
            continue
        if np.isfinite(onset) and onset >= 0:
            length = length if np.isfinite(length) and length > 0 else 0.0
            text = row.get("trial_type") or row.get("value") or "event"
            found.append(Marker(start_s=onset, end_s=onset + length, text=text, kind="annotation"))
    return found
