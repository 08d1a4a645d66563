"""Commands to a replay, a line each, from standard input: for programs that drive it."""

import sys
import threading
from typing import TYPE_CHECKING, TextIO

import typer

if TYPE_CHECKING:
    from session import ReplaySource

COMMANDS = "pause, resume, seek SECONDS, speed X, stop"


def obey_input(source: "ReplaySource", lines: TextIO | None = None) -> threading.Thread:
    """Obey the lines that come, from a thread of its own; what is no command is answered on the error stream."""

    def obey() -> None:
        for line in lines if lines is not None else sys.stdin:
            if line.strip() and not _obeyed(source, line.split()):
                typer.echo(f"tremorscope: {line.strip()!r} is no command; these are: {COMMANDS}", err=True)

    thread = threading.Thread(target=obey, name="control", daemon=True)
    thread.start()
    return thread


def _obeyed(source: "ReplaySource", words: list[str]) -> bool:
    try:
        match words:
            case ["pause"]:
                source.pause()
            case ["resume"]:
                source.resume()
            case ["stop"]:
                source.stop()
            case ["seek", position_s]:
                source.seek(float(position_s))
            case ["speed", speed]:
                source.set_speed(float(speed))
            case _:
                return False
    except ValueError as error:  # no number, or a speed out of range
        typer.echo(f"tremorscope: {error}", err=True)
    return True
