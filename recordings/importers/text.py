"""Text files: columns found by their headers, whatever the separator."""

import io
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, UnitError
from recordings.importers.timeline import Timeline, even_runs, stamped_runs
from recordings.importers.units import Unit, decide_unit, parse_unit
from recordings.recording import Recording

Floats = NDArray[np.float64]

HEAD_LINES = 250
"""Preambles are up to 100 lines long (GENEActiv)."""
MOST_BAD_ROWS = 0.2
SEPARATORS = (",", ";", "\t", None)
NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?(nan|inf|infinity)$", re.IGNORECASE)
STAMP = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d{2}")
UNIT_IN_HEADER = re.compile(r"[(\[ _](m/s\^?2|m/s²|m/s/s|ms-?2|milli-?g|mg|g)[)\] ]*$", re.IGNORECASE)
TIME_SCALES = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
COUNT_FILE = re.compile(r"Epoch Period \(hh:mm:ss\)\s*(\d+):(\d+):(\d+)")
RATE_TEXT = re.compile(r"(?:at|rate:?|frequency,?)\s*([\d.]+)\s*hz", re.IGNORECASE)
NAMED_FORMAT = re.compile(r"%\w+\((\w+)\)")
"""YEI writes its columns as %float(RawAccelX)."""
DAYS_SINCE_1900 = (2.0e4, 8.0e4)
"""activPAL writes days since 1900; 1954 to 2119."""
OTHER_CHANNEL = re.compile(r"gyr|mag|rot|quat|compass|euler|light|temp|baro|angular", re.IGNORECASE)


@dataclass(slots=True)
class Table:
    """A text table.

    Attributes
    ----------
    header
        Column names; empty when the file has none.
    first
        Line of the first row of data.
    separator
        None is white space.
    preamble
        Lines before the header.
    width
        Columns of the data.
    """

    header: list[str]
    first: int
    separator: str | None
    preamble: list[str]
    width: int
    stamped: bool
    notes: list[str] = field(default_factory=list)


def find_table(lines: list[str]) -> Table | None:
    """Find where the numbers begin and what their columns are called; None when there are no rows of numbers."""
    for i, line in enumerate(lines):
        for separator in SEPARATORS:
            cells = _cells(line, separator)
            if len(cells) < 3:
                continue
            stamped = bool(STAMP.match(cells[0]))
            numbers = cells[1:] if stamped else cells
            if len(numbers) >= 3 and all(NUMBER.match(c) or c == "" for c in numbers) and any(numbers):
                header = _cells(lines[i - 1].lstrip("%# "), separator) if i else []
                if named := NAMED_FORMAT.findall(lines[i - 1] if i else ""):
                    header = named
                if len(header) != len(cells) or all(NUMBER.match(c) for c in header):
                    header = []
                return Table(header, i, separator, lines[: i - bool(header)], len(cells), stamped)
    return None


def read_text(path: Path, *, sensor: str | None, unit: str | None, rate_hz: float | None) -> Recording:
    """Read a table of acceleration.

    Raises
    ------
    FileFormatError, UnitError
        No table, no three axes, counts, too many bad rows, no rate.
    """
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    if not text.strip():
        msg = f"{path.name} is empty; choose another file"
        raise FileFormatError(msg)
    head = text.splitlines()[:HEAD_LINES] if len(text) < 200_000 else text[:200_000].splitlines()[:HEAD_LINES]
    _refuse_counts(path, head)
    text, sensors, chosen = pick_sensor(text, path, sensor)
    if chosen:
        head = text.splitlines()[:HEAD_LINES]
    table = find_table(head)
    if table is None:
        msg = f"{path.name}: its first {len(head)} lines hold no rows of numbers, so this is no acceleration table"
        raise FileFormatError(msg)
    columns, stamps = _values(text, table, path)
    recording = _to_recording(path, table, columns, stamps, sensor=chosen, unit=unit, rate_hz=rate_hz)
    if len(sensors) > 1 and sensor is None:
        recording.warnings.append(f"several sensors: {', '.join(sensors)}; {chosen} was chosen (--sensor)")
    return replace(recording, sensors=sensors)


def pick_sensor(text: str, path: Path, sensor: str | None) -> tuple[str, tuple[str, ...], str]:
    """Keep the rows of one sensor of a table whose last column is called ``sensor``.

    Returns
    -------
    text, sensors, chosen
        The table without that column, every sensor in it, and the one kept; unchanged without such a column.
    """
    first, _, rest = text.partition("\n")
    if not first.rstrip().lower().endswith(",sensor"):
        return text, ("",), ""
    rows = [line.rsplit(",", 1) for line in rest.splitlines() if "," in line]
    sensors = tuple(dict.fromkeys(r[1].strip() for r in rows))
    wanted = {s.lower(): s for s in sensors}.get(sensor.lower()) if sensor else (sensors[0] if sensors else None)
    if wanted is None:
        msg = f"{path.name} has no sensor {sensor!r}; it has {', '.join(sensors) or 'no rows'}"
        raise FileFormatError(msg)
    kept = [r[0] for r in rows if r[1].strip() == wanted]
    return "\n".join([first.rstrip().rsplit(",", 1)[0], *kept]), sensors, wanted


def _cells(line: str, separator: str | None) -> list[str]:
    cells = [c.strip().strip('"').strip() for c in line.strip().rstrip(";").split(separator)]
    while cells and cells[-1] == "":
        cells.pop()
    return cells


def _refuse_counts(path: Path, head: list[str]) -> None:
    if not head or "Data" not in head[0] or "ActiGraph".lower() not in head[0].lower():
        return
    for line in head[:12]:
        if (match := COUNT_FILE.search(line)) and any(int(v) for v in match.groups()):
            seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3])
            msg = (
                f"{path.name} holds ActiGraph activity counts of {seconds} s epochs, not raw acceleration; "
                "export the raw data (gt3x, or csv with epoch 00:00:00) and read that"
            )
            raise FileFormatError(msg)


def _values(text: str, table: Table, path: Path) -> tuple[Floats, NDArray[np.str_] | None]:
    """Numbers of every row, float64 (n, columns), and the text stamps when the first column has them."""
    body = text.splitlines()[table.first :]
    skip = 1 if table.stamped else 0
    stamps = None
    try:
        if table.stamped:
            split = [line.split(table.separator, 1) for line in body if line.strip()]
            stamps = np.array([s[0].strip().strip('"') for s in split])
            body = [s[1] for s in split]
        values = _fast(body, table.separator, table.width - skip)
    except (ValueError, IndexError):
        return _slow(text.splitlines()[table.first :], table, path)
    if skip:
        values = np.hstack([np.full((len(values), 1), np.nan), values])
    return values, stamps


def _fast(body: list[str], separator: str | None, width: int) -> Floats:
    rows = [line.rstrip(";, \r") for line in body] if body and body[0].rstrip().endswith((";", ",")) else body
    values = np.loadtxt(io.StringIO("\n".join(rows)), delimiter=separator, ndmin=2, comments=None, dtype=np.float64)
    if values.shape[1] != width:
        msg = "columns differ"
        raise ValueError(msg)
    return values


def _slow(lines: list[str], table: Table, path: Path) -> tuple[Floats, NDArray[np.str_] | None]:
    """Row by row: what is not a row of numbers is left out and counted."""
    rows, stamps, bad, filled = [], [], 0, 0
    skip = 1 if table.stamped else 0
    for line in lines:
        if not line.strip():
            continue
        filled += 1
        cells = _cells(line, table.separator)
        numbers = cells[skip:] + [""] * (table.width - len(cells))
        if len(cells) > table.width or not all(NUMBER.match(c) or c == "" for c in numbers) or not any(numbers):
            bad += 1
            continue
        rows.append([float(c) if c else np.nan for c in numbers])
        stamps.append(cells[0])
    if bad > MOST_BAD_ROWS * filled:
        msg = (
            f"{path.name}: {bad} of {filled} rows are not numbers where numbers belong; the file is damaged or no table"
        )
        raise FileFormatError(msg)
    if bad:
        table.notes.append(f"{bad} of {filled} rows were not numbers and were left out")
    values = np.array(rows, np.float64)
    if skip:
        values = np.hstack([np.full((len(values), 1), np.nan), values])
    return values, np.array(stamps) if table.stamped else None


def _to_recording(
    path: Path,
    table: Table,
    values: Floats,
    stamps: NDArray[np.str_] | None,
    *,
    sensor: str,
    unit: str | None,
    rate_hz: float | None,
) -> Recording:
    axes, named, gravity = _axes(table, path)
    time_s, start_ns = _times(table, values, stamps, axes)
    warnings = list(table.notes)
    raw = values[:, axes].astype(np.float32)
    finite = raw[np.isfinite(raw).all(axis=1)]
    decided = decide_unit(finite, parse_unit(unit) if unit else named, gravity=gravity)
    if decided.warning:
        warnings.append(decided.warning)
    xyz_g = raw if decided.scale_g == 1.0 else (values[:, axes] * decided.scale_g).astype(np.float32)
    nominal = _nominal(table)
    timeline: Timeline
    if time_s is not None and rate_hz is None:
        timeline = stamped_runs(time_s, xyz_g, nominal_hz=nominal, start_ns=start_ns, sensor=sensor)
    elif rate_hz or nominal:
        timeline = even_runs(xyz_g, rate_hz or nominal, start_ns=start_ns, sensor=sensor)
    else:
        msg = f"{path.name} has no time stamps and names no rate; name it with --rate HZ"
        raise FileFormatError(msg)
    return Recording(
        path=path,
        format="csv",
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        nominal_hz=nominal,
        sensor=sensor,
        unit=decided.name,
        gravity=gravity,
        start_ns=start_ns,
        warnings=[*warnings, *timeline.warnings],
    )


def _axes(table: Table, path: Path) -> tuple[list[int], Unit | None, bool | None]:
    """Columns of x, y, z, their unit, and whether gravity is in them."""
    names = [h.lower() for h in table.header]
    if not names:
        offset = 1 if table.stamped or table.width >= 4 else 0
        return [offset, offset + 1, offset + 2], None, None
    accelerations = [i for i, n in enumerate(names) if "acc" in n and not OTHER_CHANNEL.search(n)]
    pool = accelerations or [i for i, n in enumerate(names) if not OTHER_CHANNEL.search(n)]
    found: list[int] = []
    for axis in "xyz":
        pattern = re.compile(rf"(^|[^a-z]){axis}($|[^a-z])|(acc|accel|acceleration|raw|g-?force|gf){axis}$")
        hits = [i for i in pool if pattern.search(names[i]) and i not in found]
        if not hits:
            msg = (
                f"{path.name}: no column for the {axis} axis among {', '.join(table.header)}; "
                "name the columns time_s, x_g, y_g, z_g"
            )
            raise FileFormatError(msg)
        found.append(hits[0])
    first = names[found[0]]
    match = UNIT_IN_HEADER.search(table.header[found[0]])
    named = parse_unit(match[1]) if match else (parse_unit("g") if "force" in first or first.startswith("gf") else None)
    return found, named, False if "linear" in first or "without" in first else None


def _times(
    table: Table, values: Floats, stamps: NDArray[np.str_] | None, axes: list[int]
) -> tuple[Floats | None, int | None]:
    if stamps is not None:
        return _parsed_stamps(stamps)
    column, scale = _time_column(table, axes)
    if column is None:
        return None, None
    time = values[:, column]
    first = float(time[np.isfinite(time)][0]) if np.isfinite(time).any() else 0.0
    if scale is None:
        scale = _guessed_scale(time)
    start_ns = None
    for size, per_s in ((1e18, 1e9), (1e15, 1e6), (1e12, 1e3), (1e9, 1.0)):
        # Seconds since 1970 with nine digits or more: 2001 and later.
        if first >= size and first < 10 * size * 1.0:
            scale, start_ns = 1.0 / per_s, int(first / per_s * 1e9)
            break
    return (time - first) * scale, start_ns


def _time_column(table: Table, axes: list[int]) -> tuple[int | None, float | None]:
    names = [h.lower() for h in table.header]
    if not names:
        return (0, None) if table.width >= 4 and axes[0] == 1 else (None, None)
    for wanted in (r"seconds_elapsed", r"^time_?s?$|^time[ (_]", r"stamp|time|datetime|^t$", r"elapsed"):
        for i, name in enumerate(names):
            if i in axes or not re.search(wanted, name):
                continue
            unit = re.search(r"[(\[_ ](ns|us|µs|ms|s)[)\]]?$", name)
            seconds = name in ("seconds_elapsed", "time_s") or (unit is not None and unit[1] == "s")
            return i, 1.0 if seconds else (TIME_SCALES[unit[1]] if unit else None)
    return None, None


def _guessed_scale(time: Floats) -> float:
    """Guess the unit of bare times from a plausible rate: 5 to 2000 samples a second."""
    step = float(np.median(np.diff(time))) if len(time) > 1 else 0.0
    low, high = DAYS_SINCE_1900
    if low < float(time[0]) < high and 0.0005 <= step * 86400.0 <= 0.2:
        return 86400.0
    for scale in (1.0, 1e-3, 1e-6, 1e-9):
        if 0.0005 <= step * scale <= 0.2:
            return scale
    msg = f"the times step by {step:g}, which is no plausible rate in s, ms, us or ns; name the rate with --rate"
    raise UnitError(msg)


def _parsed_stamps(stamps: NDArray[np.str_]) -> tuple[Floats, int | None]:
    texts = np.char.replace(stamps, "T", " ")
    first = str(texts[0])
    if re.match(r"^\d{1,2}[-/.]\d{1,2}[-/.]\d{4}", first):
        month_first = not any(int(str(t)[:2].strip("/-. ")) > 12 for t in texts[:1000])
        texts = np.array([_iso(str(t), month_first=month_first) for t in texts])
    if re.search(r":\d{2}:\d{3}$", first):
        # GENEActiv writes milliseconds behind a colon.
        texts = np.array([re.sub(r":(\d{3})$", r".\1", str(t)) for t in texts])
    try:
        ns = np.array([t.replace("/", "-") for t in texts.tolist()], dtype="datetime64[ns]").astype(np.int64)
    except ValueError as error:
        msg = f"the time stamps cannot be read ({error}); write them as 2026-11-22 17:03:11.250"
        raise FileFormatError(msg) from error
    return (ns - ns[0]) * 1e-9, int(ns[0])


def _iso(stamp: str, *, month_first: bool) -> str:
    day, clock = stamp.split(" ", 1)
    a, b, year = re.split(r"[-/.]", day)
    month, of_month = (a, b) if month_first else (b, a)
    return f"{year}-{int(month):02d}-{int(of_month):02d} {clock}"


def _nominal(table: Table) -> float:
    for line in table.preamble:
        if match := RATE_TEXT.search(line):
            return float(match[1])
    return 0.0
