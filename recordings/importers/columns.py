"""Columns by their names: which three are the axes of an accelerometer, in which unit, and which one is the time."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recordings.importers.units import Unit, file_unit, parse_unit

AXIS = (
    re.compile(r"(?<![A-Za-z])([xyzXYZ])(?![A-Za-z])"),
    re.compile(r"(?<=[a-z])([XYZ])(?![A-Za-z])"),
    re.compile(
        r"(?i:(?<=acc)|(?<=accel)|(?<=acceleration)|(?<=accelerometer)|(?<=gf)|(?<=force)|(?<=axis))([xyz])(?![a-z])"
    ),
    re.compile(r"^(?:a|A)([xyzXYZ])(?![A-Za-z])"),
    re.compile(r"^([xyzXYZ])(?=[Aa]cc)"),
    re.compile(r"^(?:w|W|b|B|m|M|g|G|r|R|h|H)([xyzXYZ])(?![A-Za-z])"),
)
"""Where the letter of the axis stands, the surest spelling first."""
ACCELERATION = re.compile(r"acc|beschleun|acel|g-?_?force|^gf|^a\*|accél|versnel|kiihty", re.IGNORECASE)
OTHER = re.compile(
    r"gyr|mag(?!nitude)|rot|quat|compass|euler|light|temp|baro|press|angular|angle|orient|winkel|dreh|giro|velocity"
    r"|free|gravity|grav|attitude|ecg|emg|eda|ppg|^[wbmgrh]\*|deg/s|dps|rad/s|\bu?t\b|µt|gauss|quality",
    re.IGNORECASE,
)
WITHOUT_GRAVITY = re.compile(r"linear|linacc|lin_|without|user|ohne|free", re.IGNORECASE)
LESSER = re.compile(r"\braw\b|_raw|_wr|wide|uncal|high.?g", re.IGNORECASE)
BRACKET = re.compile(r"[(\[{]\s*([^)\]}]+(?:\([^)]*\))?[^)\]}]*)[)\]}]+\s*$")
SUFFIX = re.compile(r"(?:[ _.-])(m_?s2|m/s\^?2|m/s²|mps2|ms-?2|milli-?g|mg|g)$", re.IGNORECASE)
TIME = (
    re.compile(r"sensor.?time|device.?time|sampletimefine"),
    re.compile(r"seconds_elapsed|elapsed"),
    re.compile(r"^time_s$|^time ?[(\[]s|^t ?[(\[]"),
    re.compile(r"time.?stamp|^time|zeit|tiempo|temps|tempo|tijd|^t$|^ts$|datetime|unix|epoch|header_time"),
    re.compile(r"time|stamp|latency|^date$|^datum$"),
)
"""Names of time, what the sensor says itself before what the phone says."""
TIME_UNIT = re.compile(r"(?:^|[(\[_ ./])(ns|us|µs|ms|s|sec|secs|seconds|nanos|micros|millis|msec|usec|nsec)[)\]]?\s*$")
TIME_SCALES = {
    **dict.fromkeys(("s", "sec", "secs", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "millis"), 1e-3),
    **dict.fromkeys(("us", "µs", "usec", "micros"), 1e-6),
    **dict.fromkeys(("ns", "nsec", "nanos"), 1e-9),
}
COUNTER = re.compile(r"^(packet_?counter|counter|sample|index|sequence|sample_?number|packet number|n)$", re.IGNORECASE)
SENSOR_COLUMN = re.compile(
    r"^(sensor|sensor_?name|sensor_?id|device|device_?id|placement|body_?part|location|address)$"
)
UNSURE = re.compile(r"\b(pitch|roll|yaw|azimuth|lat|lon|bearing|speed)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Axes:
    """Three columns that are one accelerometer.

    Attributes
    ----------
    name
        What sets it apart from the others of the table.
    columns
        Of x, y, z.
    unit
        From the names or the row of units; None when neither says it.
    gravity
        False where the name says that it was taken out.
    """

    name: str
    columns: tuple[int, int, int]
    unit: Unit | None
    gravity: bool | None


def find_axes(names: Sequence[str], units: Sequence[str] = ()) -> list[Axes]:
    """Find the accelerometers of a table, the best one for tremor first."""
    groups: dict[str, dict[str, int]] = {}
    for i, name in enumerate(names):
        if not (split := _axis(name)):
            continue
        groups.setdefault(split[0], {}).setdefault(split[1], i)
    whole = {key: at for key, at in groups.items() if set(at) == set("xyz")}
    sure = [k for k in whole if ACCELERATION.search(k) and not re.search(r"gyr|mag(?!nitude)|free", k, re.IGNORECASE)]
    pool = sure or [k for k in whole if not OTHER.search(k) and not UNSURE.search(k)]
    found = []
    for key in sorted(pool, key=lambda k: (bool(WITHOUT_GRAVITY.search(k)), bool(LESSER.search(k)))):
        at = whole[key]
        columns = (at["x"], at["y"], at["z"])
        unit = name_unit(names[columns[0]]) or (file_unit(units[columns[0]]) if columns[0] < len(units) else None)
        gravity = False if WITHOUT_GRAVITY.search(key) else None
        found.append(Axes(_short(key), columns, unit, gravity))
    if len(found) == 1:
        return [Axes("", found[0].columns, found[0].unit, found[0].gravity)]
    taken = [a.name for a in found]
    return [
        a
        if taken.count(a.name) == 1 and a.name
        else Axes(f"{a.name or 'sensor'} {k + 1}", a.columns, a.unit, a.gravity)
        for k, a in enumerate(found)
    ]


def _axis(name: str) -> tuple[str, str] | None:
    """Name with a star for the letter of the axis, and the letter."""
    plain = BRACKET.sub("", name).strip(" :_")
    rest = name[len(plain) :] if name.startswith(plain) else ""
    for pattern in AXIS:
        if match := pattern.search(plain):
            start, end = match.span(1)
            return (plain[:start] + "*" + plain[end:] + rest).lower(), match[1].lower()
    return None


def _short(key: str) -> str:
    plain = SUFFIX.sub("", BRACKET.sub("", key).strip())
    return re.sub(r"[\s_.:*-]+", " ", plain).strip()


def name_unit(name: str) -> Unit | None:
    """Find the unit in the name of a column: in brackets, or behind the last underscore."""
    plain = name.strip()
    if (match := BRACKET.search(plain)) and (unit := file_unit(match[1])):
        return unit
    if match := SUFFIX.search(plain):
        return parse_unit(match[1].replace("_", ""))
    if re.search(r"g-?_?force|^gf", plain, re.IGNORECASE):
        return parse_unit("g")
    return None


def find_times(names: Sequence[str], axes: Sequence[int]) -> list[tuple[int, float | None]]:
    """Columns that may be the time, the likeliest first, with seconds per number where the name says it."""
    found: list[tuple[int, float | None]] = []
    for wanted in TIME:
        for i, name in enumerate(names):
            plain = name.strip().lower()
            if i in axes or any(i == at for at, _ in found) or not wanted.search(plain):
                continue
            unit = TIME_UNIT.search(plain)
            scale = TIME_SCALES[unit[1]] if unit else (1.0 if plain == "seconds_elapsed" else None)
            found.append((i, scale))
    return found
