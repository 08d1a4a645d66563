"""What a person asked of a reader, and the choice of a sensor that follows from it."""

from collections.abc import Sequence
from dataclasses import dataclass

from dsp import FileFormatError
from recordings.recording import choice_note


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the caller says of a file; None leaves it to the file.

    Attributes
    ----------
    sensor
        Which sensor, by its name or a part of it that no other has.
    unit
        As `recordings.importers.units.parse_unit` takes it.
    rate_hz
        Samples per second.
    """

    sensor: str | None = None
    unit: str | None = None
    rate_hz: float | None = None


def choose_sensor(names: Sequence[str], asked: Asked, file: str) -> tuple[str, list[str]]:
    """Choose one of the sensors of a file: the one asked for, else the first.

    Parameters
    ----------
    names
        Best placed for leg tremor first.
    file
        Name of the file, for messages.

    Returns
    -------
    name, warnings
        The sensor, and that it was chosen where nobody asked for it.

    Raises
    ------
    FileFormatError
        When the file has no such sensor, or several that the wish fits.
    """
    if asked.sensor is None:
        if len(names) < 2:
            return names[0], []
        return names[0], [choice_note(names, names[0])]
    wish = asked.sensor.casefold()
    same = [n for n in names if n.casefold() == wish]
    like = same or [n for n in names if wish and wish in n.casefold()]
    if len(like) == 1:
        return like[0], []
    listed = ", ".join(names) if any(names) else "one without a name"
    what = f"several sensors like {asked.sensor!r}" if like else f"no sensor {asked.sensor!r}"
    msg = f"{file} has {what}; it has {listed}"
    raise FileFormatError(msg)
