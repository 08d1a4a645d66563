"""The app: `tremorscope` without a command, and `tremorscope replay`."""

import os
import platform
from pathlib import Path
from typing import Annotated

import typer

from tremorscope.cli.options import HomeOption, PlacementOption


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("replay")(replay)


def replay(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The recording.")],
    speed: Annotated[float, typer.Option("--speed", help="0.25 to 64 times life; 0 is as fast as possible.")] = 1.0,
    no_gui: Annotated[bool, typer.Option("--no-gui", help="In the terminal, without the app.")] = False,
    placement: PlacementOption = None,
    home: HomeOption = None,
) -> int:
    """Play a recording as if its sensor were worn now.

    Example: tremorscope replay night.cwa --speed 4
    """
    if has_display() and not no_gui:
        return open_window(home=home, file=path, speed=speed)
    import recordings
    import session
    from dsp import Placement
    from tremorscope.cli.live import run_session

    recording = recordings.read(path)
    source = session.ReplaySource(recording, speed=speed)
    worn = Placement(placement.value) if placement else recording.placement
    return run_session([source], placement=worn, side={source.label: recording.side}, record_to=None)


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
    sensors: list[str] | None = None,
) -> int:
    """Open the app; a sentence instead where no window can be shown."""
    if not has_display():
        typer.echo(
            "tremorscope: there is no display here; `tremorscope demo` runs in the terminal, "
            "`tremorscope live --no-gui` streams a sensor, `tremorscope --help` lists the rest",
            err=True,
        )
        return 1
    import gui

    return gui.run(open_path=file, speed=speed, demo=demo, home=home, sensors=sensors or [])
