"""`tremorscope doctor`: what is missing on this machine and the one line that mends it."""

import ctypes.util
import importlib.util
import platform
import sys
from dataclasses import dataclass
from pathlib import Path

import typer

from tremorscope.cli.options import HomeOption, JsonOption

EXTRAS = {
    "parquet": ("pyarrow",),
    "hdf5": ("h5py",),
    "formats": ("fastavro", "pyxdf", "wfdb"),
    "cluster": ("distributed",),
    "virtual": ("bumble",),
}
QT_LIBRARIES = {
    "EGL": "libegl1",
    "GL": "libgl1",
    "fontconfig": "libfontconfig1",
    "xkbcommon": "libxkbcommon0",
    "dbus-1": "libdbus-1-3",
    "glib-2.0": "libglib2.0-0",
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1",
}
"""Shared libraries that Qt loads at start on Linux, and the Debian package of each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name
        What.
    state
        ``ok``, ``missing`` (something asked for will not work) or ``optional``.
    found
        What was seen.
    remedy
        The one line that mends it; empty when nothing needs mending.
    """

    name: str
    state: str
    found: str
    remedy: str = ""


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("doctor")(doctor)


def doctor(as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Say what is missing on this machine (radio, rights, libraries) and how to mend it.

    Exit code 0 also with findings: a machine without a radio still analyses recordings.

    Example: tremorscope doctor
    """
    import session
    from tremorscope.cli.analyze import print_json_line

    checks = [*_python(), *_home(home), *_screen(), *_extras(), *_radio()]
    for check in checks:
        if as_json:
            print_json_line(session.plain(check))
            continue
        sign = {"ok": "✓", "missing": "✗", "optional": "·"}[check.state]
        typer.echo(f"{sign} {check.name}: {check.found}")
        if check.remedy:
            typer.echo(f"    → {check.remedy}")
    return 0


def _python() -> list[Check]:
    import tremorscope

    found = f"tremorscope {tremorscope.__version__} on Python {platform.python_version()}, {platform.system()}"
    return [Check(name="program", state="ok", found=found)]


def _home(chosen: Path | None) -> list[Check]:
    import session
    from dsp import StorageError

    folder = session.find_home(chosen)
    try:
        probe = folder.make(folder.root) / ".write-test"
        probe.write_text("")
        probe.unlink()
    except (StorageError, OSError) as error:
        return [Check(name="home", state="missing", found=str(error), remedy="choose another folder with --home DIR")]
    return [Check(name="home", state="ok", found=str(folder.root))]


def _screen() -> list[Check]:
    from tremorscope.cli.open_app import has_display

    checks = []
    if sys.platform.startswith("linux"):
        lacking = [package for name, package in QT_LIBRARIES.items() if ctypes.util.find_library(name) is None]
        if lacking:
            remedy = f"sudo apt-get install -y --no-install-recommends {' '.join(lacking)}"
            checks.append(
                Check(name="app", state="missing", found=f"{len(lacking)} libraries are missing", remedy=remedy)
            )
        else:
            checks.append(Check(name="app", state="ok", found="the libraries that Qt needs are there"))
    if has_display():
        checks.append(Check(name="display", state="ok", found="a window can be shown"))
    else:
        found = "none; the terminal commands work without"
        checks.append(Check(name="display", state="optional", found=found, remedy="tremorscope demo, or live --no-gui"))
    return checks


def _extras() -> list[Check]:
    checks = []
    for extra, modules in EXTRAS.items():
        lacking = [m for m in modules if importlib.util.find_spec(m) is None]
        if lacking:
            found, remedy = f"{', '.join(lacking)} not installed", f"pip install 'tremorscope[{extra}]'"
            checks.append(Check(name=f"extra {extra}", state="optional", found=found, remedy=remedy))
        else:
            checks.append(Check(name=f"extra {extra}", state="ok", found="installed"))
    return checks


def _radio() -> list[Check]:
    import sensor

    return [
        Check(name="radio", state="ok" if d.ok else "missing", found=d.text, remedy=d.remedy)
        for d in sensor.diagnose_radio()
    ]
