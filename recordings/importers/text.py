"""Text files: a table is found, its columns understood, its rows read a block at a time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import is_stamp, numbers_to_seconds, texts_to_seconds, utc_of_number
from recordings.importers.columns import COUNTER, SENSOR_COLUMN, Axes, find_axes, find_times
from recordings.importers.dialects import Dialect, dialect_of, phone_unit
from recordings.importers.headerless import Layout, understand
from recordings.importers.rows import Rows, read_rows
from recordings.importers.table import HEAD_LINES, Table, find_table, is_number
from recordings.importers.textfile import blocks_of_lines, open_text
from recordings.importers.units import file_unit, parse_unit, slow_magnitude
from recordings.recording import Recording

Floats = NDArray[np.float64]

COUNT_FILE = re.compile(r"Epoch Period \(hh:mm:ss\)\s*(\d+):(\d+):(\d+)")
RATE_TEXT = re.compile(
    r"(?:\bat|rate|frequency|\bfs|\bodr)\b\"?(?:\s*\[hz\])?[\s:=,;\t\"]*([\d.]+)\s*(?:hz|$|[,;\t\"])", re.IGNORECASE
)
START_TIME = re.compile(r"^\"?Start Time\"?[\s:,;]+(\d{1,2}:\d{2}:\d{2})", re.IGNORECASE)
START_DATE = re.compile(r"^\"?Start Date\"?[\s:,;]+(\d{1,2}[-/.]\d{1,2}[-/.]\d{4})", re.IGNORECASE)
UNNAMED_UNITS = ("sensor-logger", "physics-toolbox")
"""Phones whose unit is known from gravity, or from the lack of it."""
STEADY_SHARE = 0.9
"""A counter of samples goes up by one nearly always."""
MOST_RATE_HZ = 10_000.0


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which columns to read, by number.

    Attributes
    ----------
    axes
        Of x, y, z.
    time
        The time; two for a date and a time of day; none where there is none.
    scale
        Seconds per number of the time, where its name says it.
    sensor
        Column that tells the sensors apart.
    counter
        Column that counts samples.
    """

    axes: tuple[int, int, int]
    time: tuple[int, ...]
    scale: float | None
    sensor: int | None
    counter: int | None


def read_text(path: Path, asked: Asked) -> Recording:
    """Read a table of acceleration.

    Raises
    ------
    FileFormatError, UnitError
        No table, no three axes, counts, too many bad rows, no rate.
    """
    with open_text(path) as file:
        head = [line.rstrip("\n") for line in islice(file, HEAD_LINES)]
        if not any(line.strip() for line in head):
            msg = f"{path.name} is empty; choose another file"
            raise FileFormatError(msg)
        _refuse_counts(path, head)
        table = find_table(head)
        if table is None:
            msg = f"{path.name}: its first {len(head)} lines hold no rows of numbers, so this is no acceleration table"
            raise FileFormatError(msg)
        dialect = dialect_of("\n".join(head[: table.first + 1]))
        blocks = chain([head[table.first :]], blocks_of_lines(file))
        if table.header:
            found = _named(path, table, dialect, blocks, asked)
        else:
            found = _nameless(path, table, dialect, blocks, asked)
    return assemble(path, found, asked)


def _refuse_counts(path: Path, head: list[str]) -> None:
    if not head or "data" not in head[0].lower() or "actigraph" not in head[0].lower():
        return
    for line in head[:12]:
        if (match := COUNT_FILE.search(line)) and any(int(v) for v in match.groups()):
            seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
            msg = (
                f"{path.name} holds ActiGraph activity counts of {seconds} s epochs, not raw acceleration; "
                "export the raw data (gt3x, or csv with epoch 00:00:00) and read that"
            )
            raise FileFormatError(msg)


def _named(path: Path, table: Table, dialect: Dialect | None, blocks: chain[list[str]], asked: Asked) -> Found:
    """Read a table whose columns have names."""
    groups = find_axes(table.header, table.units)
    if not groups:
        msg = (
            f"{path.name}: no column for the {_missing_axis(table.header)} axis among {', '.join(table.header)}; "
            "name the columns time_s, x_g, y_g, z_g"
        )
        raise FileFormatError(msg)
    axes, warnings = _choose(groups, asked, path)
    plan = _plan(table, axes)
    rows = read_rows(path.name, table, blocks, _numbers(plan, table), _texts(plan, table))
    name, names = axes.name, [g.name for g in groups]
    if plan.sensor is not None:
        rows, name, names, more = _one_sensor(rows, plan.sensor, asked, path)
        warnings = more
    found = _with_time(rows, plan, table)
    gravity, unit = axes.gravity, axes.unit
    values = rows.numbers(axes.columns)
    if unit is None and dialect is not None and dialect.id in UNNAMED_UNITS:
        word, gravity = phone_unit(slow_magnitude(values.astype(np.float32)))
        unit = parse_unit(word)
    elif unit is None and dialect is not None and dialect.unit:
        unit = parse_unit(dialect.unit)
    return replace(
        found,
        values=values,
        unit=unit,
        gravity=gravity,
        sensor=name,
        sensors=names,
        format=dialect.id if dialect else "csv",
        device=dialect.device if dialect else "",
        warnings=[*table.notes, *warnings, *found.warnings],
    )


def _missing_axis(names: Sequence[str]) -> str:
    return next((a for a in "xyz" if not any(re.search(rf"(^|[^a-z]){a}($|[^a-z])", n.lower()) for n in names)), "x")


def _choose(groups: list[Axes], asked: Asked, path: Path) -> tuple[Axes, list[str]]:
    names = [g.name for g in groups]
    if len(groups) == 1:
        return groups[0], []
    chosen, warnings = choose_sensor(names, asked, path.name)
    return groups[names.index(chosen)], warnings


def _plan(table: Table, axes: Axes) -> _Plan:
    words = {i for i, cell in enumerate(table.row) if not is_number(cell) and not is_stamp(cell)}
    times = [(i, s) for i, s in find_times(table.header, axes.columns) if i < len(table.row)]
    usable = [(i, s) for i, s in times if is_number(table.row[i]) or is_stamp(table.row[i])]
    dates = [i for i, _ in times if re.match(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}$", table.row[i])]
    time: tuple[int, ...] = (usable[0][0],) if usable else ()
    if dates and usable and is_stamp(table.row[usable[0][0]]):
        time = (dates[0], usable[0][0])
    sensor = next(
        (i for i, n in enumerate(table.header) if i in words and SENSOR_COLUMN.match(n.strip().lower())), None
    )
    counter = next((i for i, n in enumerate(table.header) if COUNTER.match(n.strip()) and i not in time), None)
    return _Plan(axes.columns, time, usable[0][1] if usable else None, sensor, counter)


def _numbers(plan: _Plan, table: Table) -> list[int]:
    more = [i for i in plan.time if is_number(table.row[i])]
    return [*plan.axes, *more, *([plan.counter] if plan.counter is not None else [])]


def _texts(plan: _Plan, table: Table) -> list[int]:
    return [i for i in (*plan.time, *([plan.sensor] if plan.sensor is not None else [])) if not is_number(table.row[i])]


def _one_sensor(rows: Rows, column: int, asked: Asked, path: Path) -> tuple[Rows, str, list[str], list[str]]:
    """Rows of one sensor of a table that tells its sensors in a column."""
    labels = np.char.strip(rows.texts(column).raw)
    told, first = np.unique(labels, return_index=True)
    counted = [told[k].decode("utf-8", errors="replace") for k in np.argsort(first)]
    names = [n for n in counted if n and not re.search(r"gyro|magnet|orient|baro|gravity", n.lower())]
    if not names:
        msg = f"{path.name}: none of its sensors ({', '.join(counted)}) is an accelerometer"
        raise FileFormatError(msg)
    total = [n for n in names if re.search(r"total", n.lower())]
    names = [*total, *[n for n in names if n not in total]]
    chosen, warnings = choose_sensor(names, asked, path.name)
    return rows.where(labels == chosen.encode()), chosen, names, warnings


def _with_time(rows: Rows, plan: _Plan, table: Table) -> Found:
    rate, start_ns = _stated_rate(table), _stated_start(table)
    found = Found(format="csv", values=np.empty((0, 3)), rate_hz=rate, start_ns=start_ns)
    if not plan.time:
        if plan.counter is not None and rate:
            found.time_s = _counted(rows.numbers((plan.counter,))[:, 0], rate)
        return found
    if all(is_number(table.row[i]) for i in plan.time):
        found.time_s, start = numbers_to_seconds(rows.numbers(plan.time)[:, 0], plan.scale)
    else:
        parts = [rows.texts(i) for i in plan.time]
        stamps = parts[0] if len(parts) == 1 else parts[0].joined(parts[1])
        found.time_s, start = texts_to_seconds(stamps)
    found.start_ns = start if start is not None else _phone_start(plan, table)
    return found


def _phone_start(plan: _Plan, table: Table) -> int | None:
    """UTC from a second column of time, where the first counts from nothing known."""
    for i, _ in find_times(table.header, plan.axes):
        if i in plan.time or i >= len(table.row):
            continue
        cell = table.row[i]
        if re.match(r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:", cell):
            return texts_to_seconds([cell])[1]
        if is_number(cell) and (start := utc_of_number(float(cell))) is not None:
            return start
    return None


def _counted(counter: Floats, rate_hz: float) -> Floats | None:
    """Time from a counter of samples, which tells what was lost; None where it counts something else."""
    steps = np.diff(counter)
    if not len(steps) or not np.isfinite(steps).all() or (steps == 1).mean() < STEADY_SHARE:
        return None
    # A counter of 16 bits begins again.
    turns = np.cumsum(np.concatenate([[0.0], np.where(steps < -32768, 65536.0, 0.0)]))
    return np.asarray((counter + turns - counter[0]) / rate_hz, np.float64)


def _stated_rate(table: Table) -> float:
    for line in table.preamble:
        if match := RATE_TEXT.search(line):
            try:
                rate = float(match[1])
            except ValueError:
                continue
            if 1.0 <= rate <= MOST_RATE_HZ:
                return rate
    return 0.0


def _stated_start(table: Table) -> int | None:
    day = next((m[1] for line in table.preamble if (m := START_DATE.search(line))), None)
    clock = next((m[1] for line in table.preamble if (m := START_TIME.search(line))), None)
    if day is None or clock is None:
        return None
    try:
        return texts_to_seconds([f"{day} {clock}"])[1]
    except FileFormatError:
        return None


def _nameless(path: Path, table: Table, dialect: Dialect | None, blocks: chain[list[str]], asked: Asked) -> Found:
    """Read a table without names: the order of its columns is all there is."""
    stamped = [i for i, cell in enumerate(table.row) if is_stamp(cell)]
    columns = [i for i, cell in enumerate(table.row) if is_number(cell)]
    rows = read_rows(path.name, table, blocks, columns, stamped[:1])
    layout: Layout = understand(rows.numbers(columns), columns, stamped=bool(stamped))
    if dialect is not None:
        # The maker's tables hold one accelerometer; what follows is light, temperature and the like.
        layout = replace(layout, sensors=(replace(layout.sensors[0], name=""),))
    names = [s.name for s in layout.sensors]
    chosen, warnings = choose_sensor(names, asked, path.name)
    sensor = layout.sensors[names.index(chosen)]
    found = Found(format=layout.format, values=rows.numbers(sensor.columns), rate_hz=_stated_rate(table))
    found.start_ns = _stated_start(table)
    if stamped:
        found.time_s, found.start_ns = texts_to_seconds(rows.texts(stamped[0]))
    elif layout.time is not None:
        found.time_s, start = numbers_to_seconds(rows.numbers((layout.time,))[:, 0], None)
        found.start_ns = start if start is not None else found.start_ns
    found.unit = file_unit(layout.unit) if layout.unit else (file_unit(dialect.unit) if dialect else None)
    if dialect is not None:
        found.format, found.device = dialect.id, dialect.device
    found.sensor, found.sensors, found.placement = chosen, names, sensor.placement
    found.warnings = [*table.notes, *warnings]
    return found
