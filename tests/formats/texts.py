"""Text files as apps and loggers write them; each gives the bytes of one file."""

import json
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from tests.formats.truth import RATE_HZ, START_NS, truth

G = 9.80665
Rows = NDArray[np.float32]


def _lines(header: list[str], rows: list[list[str]], sep: str, *, end: str = "\n") -> bytes:
    return end.join([*header, *(sep.join(r) for r in rows)]).encode() + end.encode()


def _numbers(xyz: NDArray[np.floating], digits: int = 7) -> list[list[str]]:
    return [[f"{v:.{digits}f}" for v in row] for row in xyz]


def _comma(data: bytes) -> bytes:
    return data.replace(b".", b",")


def _table(
    header: str, times: list[str], xyz: NDArray[np.floating], sep: str = ",", *, after: list[str] | None = None
) -> bytes:
    rows = [[t, *r, *(after or [])] for t, r in zip(times, _numbers(xyz), strict=True)]
    return _lines([header], rows, sep)


def _seconds(n: int) -> NDArray[np.float64]:
    return np.arange(n) / RATE_HZ


def phyphox(sep: str = ",", *, comma: bool = False, linear: bool = False, names: str = "Acceleration") -> bytes:
    """As phyphox exports; with a semicolon or a tab it may write decimal commas."""
    xyz = truth() * G - (np.array([0.1, -0.2, 0.97]) * G if linear else 0.0)
    what = f"Linear {names}" if linear else names
    header = sep.join(
        f'"{h}"' for h in ("Time (s)", *(f"{what} {a} (m/s^2)" for a in "xyz"), "Absolute acceleration (m/s^2)")
    )
    rows = [
        [f"{t:.9E}", *(f"{v:.9E}" for v in row), f"{np.linalg.norm(row):.9E}"]
        for t, row in zip(_seconds(len(xyz)), xyz, strict=True)
    ]
    data = _lines([""], rows, sep)
    return header.encode() + (_comma(data) if comma else data)


def sensor_logger(*, gravity: bool = True, columns: str = "zyx") -> bytes:
    """Sensor Logger: nanoseconds, seconds, axes backwards, m/s²."""
    xyz = truth() * G - (0.0 if gravity else np.array([0.1, -0.2, 0.97]) * G)
    order = ["xyz".index(c) for c in columns]
    rows = [
        [str(START_NS + round(t * 1e9)), f"{t:.6f}", *(f"{row[k]:.7f}" for k in order)]
        for t, row in zip(_seconds(len(xyz)), xyz, strict=True)
    ]
    return _lines(["time,seconds_elapsed," + ",".join(columns)], rows, ",")


def sensor_logger_json() -> bytes:
    """Sensor Logger's JSON: every number a text, sensors mixed."""
    records = []
    for t, row in zip(_seconds(3000), truth() * G, strict=True):
        base = {"time": str(START_NS + round(t * 1e9)), "seconds_elapsed": f"{t:.6f}"}
        records.append(
            base | {"sensor": "TotalAcceleration"} | {a: f"{v:.7f}" for a, v in zip("xyz", row, strict=True)}
        )
        records.append(base | {"sensor": "Gyroscope", "x": "0.1", "y": "0.2", "z": "0.3"})
    return json.dumps([{"sensor": "Metadata", "version": "3"}, *records]).encode()


def polar() -> bytes:
    """Polar Sensor Logger: phone stamps in packets, sensor stamps in ns since 2000, mg."""
    rows = []
    for k, row in enumerate(np.round(truth() * 1000)):
        phone = np.datetime64(START_NS // 10**6 + (k // 36) * 360, "ms")
        stamp = 753_315_200_000_000_000 + round(k * 1e9 / RATE_HZ)
        rows.append([str(phone), str(stamp), *(f"{v:.0f}" for v in row)])
    return _lines(["Phone timestamp;sensor timestamp [ns];X [mg];Y [mg];Z [mg]"], rows, ";")


def physics_toolbox(sep: str = ",", *, comma: bool = False, clock: bool = False) -> bytes:
    """Physics Toolbox: g force in seconds or times of day."""
    xyz = truth()
    times = [f"{t:.4f}" for t in _seconds(len(xyz))]
    if clock:
        ms = [86_385_000 + k * 10 for k in range(len(xyz))]
        times = [f"{m // 3600000 % 24:02d}:{m // 60000 % 60:02d}:{m // 1000 % 60:02d}:{m % 1000:03d}" for m in ms]
    rows = [[t, *(f"{v:.7f}" for v in r), f"{np.linalg.norm(r):.3f}"] for t, r in zip(times, xyz, strict=True)]
    data = _lines([sep.join(("time", "gFx", "gFy", "gFz", "TgF"))], rows, sep)
    return _comma(data) if comma else data


def shimmer(sep: str = "\t", *, hint: bool = True) -> bytes:
    """Shimmer Consensys: a hint of the separator, names, units, two accelerometers."""
    names = ["Timestamp_Unix", *(f"Accel_WR_{a}" for a in "XYZ"), *(f"Accel_LN_{a}" for a in "XYZ"), "Gyro_X"]
    header = [f'"sep={sep}"'] if hint else []
    header += [sep.join(f"Shimmer_5E75_{n}_CAL" for n in names)]
    header += [sep.join(["ms", *["m/(s^2)"] * 6, "deg/s"])]
    xyz = truth() * G
    rows = [
        [f"{START_NS / 1e6 + 1000 * t:.3f}", *(f"{1.02 * v:.7f}" for v in r), *(f"{v:.7f}" for v in r), "0.5"]
        for t, r in zip(_seconds(len(xyz)), xyz, strict=True)
    ]
    return _lines(header, rows, sep)


def actigraph(*, stamps: bool) -> bytes:
    """ActiLife's raw csv."""
    made_by = "Data File Created By ActiGraph GT3X+ ActiLife v6.13.3 Firmware v2.5.0 date format M/d/yyyy at 100 Hz"
    head = [
        f"------------ {made_by}  Filter Normal -----------",
        "Serial Number: CLE2B20130009", "Start Time 11:27:00", "Start Date 6/14/2018", "Epoch Period (hh:mm:ss) 00:00:00",
        "Download Time 15:16:42", "Download Date 6/14/2018", "Current Memory Address: 0",
        "Current Battery Voltage: 4.21     Mode = 12", "--------------------------------------------------",
        ("Timestamp," if stamps else "") + "Accelerometer X,Accelerometer Y,Accelerometer Z",
    ]  # fmt: skip
    rows = []
    for k, row in enumerate(_numbers(truth())):
        seconds = k / RATE_HZ
        stamp = f"6/14/2018 11:{27 + int(seconds // 60)}:{seconds % 60:06.3f}"
        rows.append([*([stamp] if stamps else []), *row])
    return _lines(head, rows, ",", end="\r\n")


def geneactiv() -> bytes:
    """GENEActiv's csv: a hundred lines of header, then rows without names."""
    head = ["Device Type,GENEActiv", "Device Model,1.1", "", "Measurement Frequency,100.0 Hz", *[""] * 96]
    rows = []
    for k, row in enumerate(_numbers(truth())):
        stamp = str(np.datetime64(START_NS // 10**6 + k * 10, "ms")).replace("T", " ").replace(".", ":")
        rows.append([stamp, *row, "12", "0", "25.1"])
    return _lines(head, rows, ",")


def activpal() -> bytes:
    """activPAL3: days since 1900 and counts of 8 bits."""
    counts = np.round(truth() * 64) + 127
    day = 25569 + START_NS / 86400e9
    rows = [[f"{day + k / RATE_HZ / 86400:.10f}", *(f"{v:.0f}" for v in r)] for k, r in enumerate(counts)]
    return _lines([], rows, ",").lstrip()


def mhealth() -> bytes:
    """mHealth: a stamp with milliseconds, g."""
    times = [str(np.datetime64(START_NS // 10**6 + k * 10, "ms")).replace("T", " ") for k in range(3000)]
    return _table("HEADER_TIME_STAMP,X,Y,Z", times, truth())


def xsens() -> bytes:
    """Xsens MT Manager: a rate in the preamble, a counter, tabs."""
    head = [
        "// Start Time: 0",
        "// Sample rate: 100.0Hz",
        "// Firmware Version: 2.5.1",
        "Counter\tAcc_X\tAcc_Y\tAcc_Z\tGyr_X",
    ]
    rows = [[f" {k + 2552}", *r, "0.1"] for k, r in enumerate(_numbers(truth() * G)) if not 1000 <= k < 1200]
    return _lines(head, rows, "\t")


def xsens_dot() -> bytes:
    """Xsens DOT: packet counter and microseconds."""
    head = ["PacketCounter,SampleTimeFine,Acc_X,Acc_Y,Acc_Z,Gyr_X,Gyr_Y,Gyr_Z"]
    rows = [[str(k), str(61_000_000 + k * 10_000), *r, "0", "0", "0"] for k, r in enumerate(_numbers(truth() * G))]
    return _lines(head, rows, ",")


def ngimu() -> bytes:
    """x-io NGIMU."""
    head = (
        "Time (s),Gyroscope X (deg/s),Gyroscope Y (deg/s),Gyroscope Z (deg/s),Accelerometer X (g),Accelerometer Y (g),"
    )
    head += "Accelerometer Z (g),Magnetometer X (uT),Magnetometer Y (uT),Magnetometer Z (uT),Barometer (hPa)"
    rows = [
        [f"{k / RATE_HZ:.9f}", "1", "2", "3", *r, "20", "-8", "-44", "984"] for k, r in enumerate(_numbers(truth()))
    ]
    return _lines([head], rows, ",")


def movesense_csv() -> bytes:
    """Movesense showcase app."""
    times = [str(5162 + 10 * k) for k in range(3000)]
    return _table("Timestamp (ms),X: (m/s^2),Y: (m/s^2),Z: (m/s^2)", times, truth() * G)


def movesense_json() -> bytes:
    """Movesense: packets of eight."""
    xyz = truth() * G
    packets = [
        {
            "acc": {
                "Timestamp": 500 + 80 * k,
                "ArrayAcc": [dict(zip("xyz", map(float, r), strict=True)) for r in xyz[8 * k : 8 * k + 8]],
            }
        }
        for k in range(len(xyz) // 8)
    ]
    return json.dumps({"data": packets}).encode()


def _mixed(
    header: str, row: Callable[[int, str, list[str]], list[str]], sep: str = ",", *, unit_g: float = 1.0
) -> bytes:
    """Rows that are made of their number, their time as ISO text, and their axes."""
    stamps = [str(np.datetime64(START_NS // 10**6 + 10 * k, "ms")) for k in range(3000)]
    rows = [row(k, s, a) for k, (s, a) in enumerate(zip(stamps, _numbers(truth() * unit_g), strict=True))]
    return _lines([header] if header else [], rows, sep)


APPS: dict[str, Callable[[], bytes]] = {
    "metawear": lambda: _mixed(
        "epoc (ms),timestamp (-0500),elapsed (s),x-axis (g),y-axis (g),z-axis (g)",
        lambda k, s, a: [str(START_NS // 10**6 + 10 * k), s.replace(":", "."), f"{k / 100:.3f}", *a],
    ),
    "sensorlog": lambda: _mixed(
        "loggingTime(txt),accelerometerTimestamp_sinceReboot(s),accelerometerAccelerationX(G),accelerometerAccelerationY(G),"
        "accelerometerAccelerationZ(G),motionUserAccelerationX(G),motionUserAccelerationY(G),motionUserAccelerationZ(G)",
        lambda k, s, a: [s.replace("T", " ") + " +0000", f"{1000 + k / 100:.4f}", *a, "0.1", "0.2", "0.3"],
    ),
    "witmotion": lambda: _mixed(
        "Time(s)\tChipTime\tAccX(g)\tAccY(g)\tAccZ(g)\tGyroX(deg/s)\tGyroY(deg/s)\tGyroZ(deg/s)",
        lambda k, s, a: [f"{k / 100:.3f}", s.replace("T", " "), *a, "1", "2", "3"],
        "\t",
    ),
    "omgui": lambda: _mixed("Time,Accel-X (g),Accel-Y (g),Accel-Z (g)", lambda _, s, a: [s.replace("T", " "), *a]),
    "wisdm": lambda: _mixed(
        "", lambda k, _, a: ["33", "Jogging", str(49_105_962_326_000 + 10_000_000 * k), *a], unit_g=G
    ),
    "brackets": lambda: _mixed(
        "t [ms];acc_x [m/s²];acc_y [m/s²];acc_z [m/s²]", lambda k, _, a: [str(10 * k), *a], ";", unit_g=G
    ),
    "numbered rows": lambda: _mixed(",time,ax,ay,az", lambda k, _, a: [str(k), f"{k / 100:.2f}", *a]),
    "time last": lambda: _mixed("ax,ay,az,time_s", lambda k, _, a: [*a, f"{k / 100:.2f}"]),
    "labelled": lambda: _mixed("activity,timestamp,acc_x,acc_y,acc_z", lambda k, _, a: ["walk", str(10 * k), *a]),
    "quoted commas": lambda: _mixed(
        '"time_s","x_g","y_g","z_g"', lambda k, _, a: [f'"{v}"'.replace(".", ",") for v in (f"{k / 100:.2f}", *a)]
    ),
    "rate in a preamble": lambda: _mixed("Sample Rate,100\nUnits,g\nx,y,z", lambda _, __, a: a),
    "whole seconds": lambda: _mixed("time,x,y,z", lambda _, s, a: [s[:19] + "Z", *a]),
    "header again": lambda: _mixed(
        "time_s,x_g,y_g,z_g",
        lambda k, _, a: [("time_s,x_g,y_g,z_g\n" if k == 1500 else "") + f"{k / 100:.2f}", *a],
    ),
}
"""Programs of others, and tables by hand."""


def polar_like(encoding: str, *, sep: str = ",", end: str = "\n", bom: bytes = b"") -> bytes:
    """Canonical columns in some encoding, with some separator and line end."""
    data = _table(sep.join(("time_s", "x_g", "y_g", "z_g")), [f"{t:.3f}" for t in _seconds(3000)], truth(), sep)
    return bom + data.decode().replace("\n", end).encode(encoding)


def stamped(kind: str) -> bytes:
    """Plain tables with every kind of time."""
    steps = _seconds(3000)
    ms = [START_NS // 10**6 + 10 * k for k in range(3000)]
    iso = [str(np.datetime64(m, "ms")) for m in ms]
    header, times = {
        "ms": ("timestamp,x,y,z", [str(10 * k) for k in range(3000)]),
        "us": ("time_us,x,y,z", [str(10_000 * k) for k in range(3000)]),
        "us big": ("timestamp,x,y,z", [str(1_200_000_000 + 10_000 * k) for k in range(3000)]),
        "ns": ("t,x,y,z", [str(10_000_000 * k) for k in range(3000)]),
        "ns since boot": ("timestamp,x,y,z", [str(5_000_000_000_000 + 10_000_000 * k) for k in range(3000)]),
        "unix s": ("time,x,y,z", [f"{START_NS / 1e9 + t:.3f}" for t in steps]),
        "unix ms": ("time,x,y,z", [str(m) for m in ms]),
        "unix us": ("time,x,y,z", [str(1000 * m) for m in ms]),
        "unix ns": ("time,x,y,z", [str(10**6 * m) for m in ms]),
        "unix ms named": ("Timestamp (ms),x,y,z", [str(m) for m in ms]),
        "iso": ("datetime,x,y,z", iso),
        "iso z": ("datetime,x,y,z", [f"{t}Z" for t in iso]),
        "iso zone": ("datetime,x,y,z", [f"{t}+00:00" for t in iso]),
        "european": ("datum;x;y;z", [f"{t[8:10]}.{t[5:7]}.{t[:4]} {t[11:]}" for t in iso]),
        "american": ("date time,x,y,z", [f"{t[5:7]}/{t[8:10]}/{t[:4]} {t[11:]}" for t in iso]),
        "american pm": (
            "timestamp,x,y,z",
            [f"{t[5:7]}/{t[8:10]}/{t[:4]} {int(t[11:13]) - 12}:{t[14:]} PM" for t in iso],
        ),
        "quoted": ('"timestamp","x","y","z"', [f'"{t}"' for t in iso]),
        "two columns": ("date,time,x,y,z", [f"{t[:10]},{t[11:]}" for t in iso]),
        "none but stamps": ("", iso),
        "elapsed": ("elapsed (s),x,y,z", [f"{t:.2f}" for t in steps]),
    }[kind]
    sep = ";" if ";" in header else ","
    data = _table(header, times, truth(), sep)
    return data if header else data.lstrip(b"\n")


TEXTS: dict[str, Callable[[], bytes]] = {
    "phyphox": phyphox,
    "phyphox tab": lambda: phyphox("\t"),
    "phyphox tab comma": lambda: phyphox("\t", comma=True),
    "phyphox semicolon": lambda: phyphox(";"),
    "phyphox semicolon comma": lambda: phyphox(";", comma=True),
    "phyphox german": lambda: phyphox(";", comma=True, names="Beschleunigung").replace(b"Time", b"Zeit"),
    "sensor logger": sensor_logger,
    "sensor logger xyz": lambda: sensor_logger(columns="xyz"),
    "sensor logger json": sensor_logger_json,
    "polar": polar,
    "physics toolbox": physics_toolbox,
    "physics toolbox comma": lambda: physics_toolbox(";", comma=True),
    "physics toolbox clock": lambda: physics_toolbox(clock=True),
    "shimmer": shimmer,
    "shimmer comma": lambda: shimmer(",", hint=False),
    "actigraph": lambda: actigraph(stamps=False),
    "actigraph stamps": lambda: actigraph(stamps=True),
    "geneactiv": geneactiv,
    "activpal": activpal,
    "mhealth": mhealth,
    "xsens dot": xsens_dot,
    "ngimu": ngimu,
    "movesense csv": movesense_csv,
    "movesense json": movesense_json,
    "utf-16": lambda: polar_like("utf-16"),
    "utf-16 without mark": lambda: polar_like("utf-16-le"),
    "utf-8 with mark": lambda: polar_like("utf-8", bom=b"\xef\xbb\xbf"),
    "crlf": lambda: polar_like("utf-8", end="\r\n"),
    "old mac": lambda: polar_like("utf-8", end="\r"),
    "semicolon": lambda: polar_like("utf-8", sep=";"),
    "tab": lambda: polar_like("utf-8", sep="\t"),
    "pipe": lambda: polar_like("utf-8", sep="|"),
    "spaces": lambda: polar_like("utf-8", sep="   "),
    "comma and space": lambda: polar_like("utf-8", sep=", "),
    "decimal comma": lambda: _comma(polar_like("utf-8", sep=";")),
    **APPS,
    "comment header": lambda: b"# made by hand\n# " + polar_like("utf-8"),
}
"""Text file to its bytes; each holds the whole truth at 100 Hz."""
STAMPS = (
    "ms", "us", "us big", "ns", "ns since boot", "unix s", "unix ms", "unix us", "unix ns", "unix ms named", "iso", "iso z",
    "iso zone", "european", "american", "american pm", "quoted", "two columns", "none but stamps", "elapsed",
)  # fmt: skip
WITH_START = frozenset(STAMPS[5:-1])
