"""The app: `tremorscope` without a command, and `tremorscope replay`."""

import os
import platform
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.arguments import arguments
from tremorscope.cli.options import HomeOption, JsonOption, PlacementOption, RateOption, SensorOption, UnitOption

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dsp import Placement, Side


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("replay")(replay)


def _playable(speed: float) -> float:
    from session.replay import checked_speed

    with arguments():
        return checked_speed(speed)


def replay(  # noqa: PLR0917 - typer passes by name
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The recording.")],
    speed: Annotated[
        float, typer.Option("--speed", callback=_playable, help="0.25 to 64 times life; 0 is as fast as possible.")
    ] = 1.0,
    start: Annotated[
        float | None,
        typer.Option("--from", metavar="SECONDS", help="Begin here; what lies before is analysed first, unseen."),
    ] = None,
    end: Annotated[float | None, typer.Option("--to", metavar="SECONDS", help="End here.")] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Begin again at the end, until stopped.")] = False,
    seconds: Annotated[
        float | None, typer.Option("--seconds", metavar="N", min=0.0, help="Stop after so many seconds played.")
    ] = None,
    control: Annotated[
        bool,
        typer.Option(
            "--control", help="Take commands, one a line, from the input: pause, resume, seek SECONDS, speed X, stop."
        ),
    ] = False,
    no_gui: Annotated[bool, typer.Option("--no-gui", help="In the terminal, without the app.")] = False,
    as_json: JsonOption = False,
    placement: PlacementOption = None,
    sensor: SensorOption = None,
    unit: UnitOption = None,
    rate: RateOption = None,
    home: HomeOption = None,
) -> int:
    """Play a recording as if its sensor were worn now: in the app, or in the terminal.

    Example: tremorscope replay night.cwa --speed 4
    """
    if end is not None and not end > (start or 0.0):
        msg = f"there is nothing to play from {start or 0.0:g} to {end:g} s; choose a later end"
        raise typer.BadParameter(msg)
    asked = (start, end, seconds, sensor, unit, rate)
    in_terminal = no_gui or as_json or loop or control or any(a is not None for a in asked)
    if has_display() and not in_terminal:
        return open_window(home=home, file=path, speed=speed)
    import recordings
    import session
    from dsp import Placement
    from tremorscope.cli.live import run_session

    recording = recordings.read(path, sensor=sensor, unit=unit, rate_hz=rate)
    source = session.ReplaySource(recording, speed=speed, start_s=start or 0.0, end_s=end, loop=loop)
    if control:
        from tremorscope.cli.control import obey_input

        obey_input(source)
    worn = Placement(placement.value) if placement else recording.placement
    return run_session(
        [source],
        placement=worn,
        side={source.label: recording.side},
        record_to=None,
        seconds=seconds,
        as_json=as_json,
    )


def has_display() -> bool:
    """Whether a window can be shown on this machine."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    on_linux = platform.system() == "Linux"
    return not on_linux or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_window(
    *,
    home: Path | None,
    file: Path | None = None,
    speed: float = 1.0,
    demo: bool = False,
    sensors: "Sequence[str]" = (),
    sides: "Sequence[Side]" = (),
    placement: "Placement | None" = None,
    record: bool = False,
    folder: Path | None = None,
    rate_hz: float | None = None,
    sensor_speed: float = 1.0,
    check_in: bool = False,
    virtual: bool = False,
) -> int:
    """Open the app; a sentence instead where no window can be shown. `virtual` puts virtual sensors on the air."""
    if not has_display():
        typer.echo(
            "tremorscope: there is no display here; `tremorscope demo` runs in the terminal, "
            "`tremorscope live --no-gui` streams a sensor, `tremorscope --help` lists the rest",
            err=True,
        )
        return 1
    import gui
    from gui.devices import Streaming

    with ExitStack() as stack:
        radio = None
        if virtual:
            from gui.devices import SensorRadio
            from tremorscope.cli.radio import open_radio

            radio = SensorRadio(radio=stack.enter_context(open_radio(home, virtual=True)))
        return gui.run(
            open_path=file,
            speed=speed,
            demo=demo,
            home=home,
            sensors=sensors,
            sides=sides,
            placement=placement,
            record=record,
            folder=folder,
            how=Streaming(rate_hz=rate_hz, speed=sensor_speed),
            check_in=check_in,
            radio=radio,
        )
