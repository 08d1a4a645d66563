"""Rows: how a session lies in the index."""

import json
import sqlite3
from datetime import UTC, datetime
from typing import Any

from recordings.library.entry import SensorEntry, SessionRecord
from recordings.library.sidecar import Aside

COLUMNS = (
    "id", "file", "start_ns", "duration_s", "device", "placement", "side", "sensors", "gaps", "gap_s", "recovered",
    "findings", "tags", "note", "checkin",
)  # fmt: skip
CHANGE = (
    "UPDATE session SET findings = :findings, tags = :tags, note = :note, checkin = :checkin, stamp = :stamp "
    "WHERE id = :id"
)


def select(db: sqlite3.Connection, which: str = "", **values: str) -> list[SessionRecord]:
    """Find sessions, newest first.

    Parameters
    ----------
    which
        A condition in SQL of our own, never of a person's.
    values
        What its names (``:name``) stand for.
    """
    names = ", ".join(COLUMNS)
    found = db.execute(f"SELECT {names} FROM session {which} ORDER BY start_ns DESC, id DESC", values)  # noqa: S608 - our own words
    return [_record(row) for row in found.fetchall()]


def added(aside: Aside) -> dict[str, str]:
    """Lay out what the person added for the index."""
    return {
        "findings": json.dumps(aside.findings),
        "tags": json.dumps(aside.tags),
        "note": aside.note,
        "checkin": json.dumps(aside.checkin),
    }


def _record(row: tuple[Any, ...]) -> SessionRecord:
    values = dict(zip(COLUMNS, row, strict=True))
    start_ns = values["start_ns"]
    when = datetime.fromtimestamp(start_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M") if start_ns else ""
    sensors = tuple(SensorEntry(**each) for each in json.loads(values.pop("sensors")))
    texts = {name: json.loads(values[name]) for name in ("findings", "checkin")}
    tags = tuple(json.loads(values["tags"]))
    changed = texts | {"tags": tags, "sensors": sensors, "recovered": bool(values["recovered"]), "when": when}
    return SessionRecord(**(values | changed), title=values["id"])
