"""Text files of known makers: how to tell them, and what their makers' manuals say that the files do not."""

import re
from dataclasses import dataclass

from dsp import Placement


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """A text format.

    Attributes
    ----------
    id
        Identifier of the format.
    head
        Found in the first lines, header included, and in no other format's.
    unit
        What the maker's manual says the numbers are; empty where the file says it.
    device
        Who made it.
    """

    id: str
    head: re.Pattern[str]
    unit: str = ""
    device: str = ""


def _d(id: str, head: str, unit: str = "", device: str = "") -> Dialect:  # noqa: A002 - as the field
    return Dialect(id=id, head=re.compile(head, re.IGNORECASE | re.MULTILINE), unit=unit, device=device)


DIALECTS = (
    _d("actigraph-csv", r"^-+ *Data (Table )?File Created By ActiGraph", "g", "ActiGraph"),
    _d("geneactiv-csv", r"^Device Type[,;\t: ]+GENEActiv", "g", "GENEActiv"),
    _d("mhealth-csv", r"^HEADER_TIME_STAMP[,;\t]", "g"),
    _d("polar-sensor-logger", r"^Phone timestamp;sensor timestamp", "mg", "Polar"),
    _d("sensor-logger", r"^time[,;]seconds_elapsed[,;]z[,;]y[,;]x", "", "phone (Sensor Logger)"),
    _d("physics-toolbox", r"^time[,;]\s*(gFx|ax)\b", "", "phone (Physics Toolbox)"),
    _d(
        "phyphox",
        r'^"?(Time|Zeit|Tiempo|Temps|Tempo) \(s\)"?[,;\t]"?[^,;\t"]*(acc?el|beschl|accél)[^,;\t"]* x \(m/s\^?[2²]\)',
        "m/s2",
        "phone (phyphox)",
    ),
    _d("shimmer-csv", r"^(sep=.\s*\n)?\"?\w*Shimmer\w*[,;\t ]", "", "Shimmer"),
    _d("xsens", r"^// Firmware Version|^(PacketCounter|Counter)[,;\t ]+(SampleTimeFine|Acc_X|Year)", "m/s2", "Xsens"),
    _d("ngimu", r"^Time \(s\),Gyroscope X \(deg/s\),.*Barometer \(hPa\)", "", "x-io NGIMU"),
    _d("x-imu", r"^Packet number,Gyroscope X", "", "x-io x-IMU"),
    _d("yei", r"^ *# *Data format: \"%", "g", "YEI 3-Space"),
    _d("movesense-csv", r'^"?timestamp( \(ms\))?"?[,;]\s*"?x: \(m/s\^2\)', "m/s2", "Movesense"),
    _d("axivity-csv", r"^Time[,;]Accel-X \(g\)", "g", "Axivity"),
    _d("tremorscope-csv", r"^time_s,x_g,y_g,z_g(,sensor)?\s*$", "g"),
)


def dialect_of(head: str) -> Dialect | None:
    """Dialect of a text file by its first lines; None for a table of nobody in particular."""
    return next((d for d in DIALECTS if d.head.search(head)), None)


def phone_unit(slow_magnitude: float) -> tuple[str, bool | None]:
    """Tell unit and gravity of the unnamed numbers of phones.

    ``Accelerometer`` of Sensor Logger and the linear accelerometer of Physics Toolbox are in m/s² without gravity,
    ``TotalAcceleration`` with it; raw data of iPhones are in g.
    """
    if 0.85 <= slow_magnitude <= 1.15:
        return "g", None
    return "m/s2", False if slow_magnitude < 3.0 else None


DAPHNET_SENSORS = {"ankle": Placement.ANKLE, "thigh": Placement.THIGH, "trunk": Placement.TRUNK}
"""Order of the sensors in the tables of the Daphnet data set (Baechlin 2010), in mg."""
ACTIVPAL_G_PER_COUNT, ACTIVPAL_ZERO = 1.0 / 64.0, 127
"""activPAL3: 8 bits over ±2 g around 127."""
