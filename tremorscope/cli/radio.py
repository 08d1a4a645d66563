"""The radio of a command: the machine's own, or virtual sensors in this program."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import sensor
    from sensor.virtual import Motion, VirtualSensor

VirtualOption = Annotated[
    bool,
    typer.Option("--virtual", help="Virtual Bluetooth sensors in this program instead of the radio (synthetic data)."),
]
ADDRESS = "F0:F1:F2:F3:F4:{:02X}"


@contextmanager
def open_radio(home: Path | None, *, virtual: bool = False, play: Path | None = None) -> "Iterator[sensor.Radio]":
    """Open the radio, with the person's own sensor descriptions from the home's folder ``sensors``.

    `virtual` sensors feel the simulated limb, or what the recording `play` holds.

    Raises
    ------
    MissingExtraError
        When `virtual` sensors are asked for and the extra is not installed.
    SensorError
        When a description is not valid.
    """
    import sensor
    import session
    from sensor.families import all_families

    families = all_families(session.find_home(home).sensors)
    if not virtual:
        with sensor.Radio(families=families) as radio:
            yield radio
        return
    from sensor.virtual import VirtualRadio

    with VirtualRadio(virtual_sensors(play), families=families) as on_air:
        yield on_air.radio


def virtual_sensors(play: Path | None = None) -> "list[VirtualSensor]":
    """Make one virtual sensor of each kind, on the legs of the simulated limb or of whoever was recorded."""
    from sensor import virtual

    if play is not None:
        left: Motion = recorded_motion(play)
        right = left
    else:
        left, right = virtual.LimbMotion(seed=0), virtual.LimbMotion(seed=1)
    kinds = (
        (virtual.VirtualVeritySense, left),
        (virtual.VirtualH10, right),
        (virtual.VirtualMovesense, left),
        (virtual.VirtualWitMotion, right),
        (virtual.VirtualEspruino, left),
        (virtual.VirtualThingy, right),
    )
    return [kind(address=ADDRESS.format(i), motion=motion) for i, (kind, motion) in enumerate(kinds, 1)]


def recorded_motion(path: Path) -> "Motion":
    """Take the longest run without a gap of a recording, to be played again and again.

    Raises
    ------
    InputError
        When the recording holds no samples.
    """
    import recordings
    from dsp import InputError
    from sensor.virtual import PlayedMotion

    longest = max(recordings.read(path).samples, key=lambda run: len(run.xyz_g) / run.rate_hz, default=None)
    if longest is None:
        msg = f"{path.name} holds no samples that a virtual sensor could play; choose another recording"
        raise InputError(msg)
    return PlayedMotion(longest.xyz_g, longest.rate_hz)
