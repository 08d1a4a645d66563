"""Settings: typed, versioned, migrated; a damaged file gives the defaults and a sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from dsp import Placement, Side
from gui.i18n import LANGUAGES, tr

VERSION = 2
SCALES = (100, 125, 150, 175, 200)


class RememberedSensor(msgspec.Struct, frozen=True, kw_only=True):
    """A sensor that was used before."""

    key: str
    name: str
    family: str = ""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the person chose.

    Attributes
    ----------
    version
        Of the file's layout.
    theme, language, scale_percent
        Colours, words, size of everything.
    placement, side
        Where the sensor is worn.
    record_always
        Whether each session is recorded.
    spoken_cues
        Whether bed mode speaks.
    tour_done
        Whether the tour has been seen.
    window
        Position and size: x, y, width, height; empty at first.
    folder
        Where a file was opened last.
    sensors
        Used before, newest first.
    """

    version: int = VERSION
    theme: str = "dark"
    language: str = "en"
    scale_percent: int = 100
    placement: str = "calf"
    side: str = "left"
    record_always: bool = False
    spoken_cues: bool = False
    tour_done: bool = False
    window: tuple[int, ...] = ()
    folder: str = ""
    sensors: tuple[RememberedSensor, ...] = ()


def _from_1(old: dict[str, Any]) -> dict[str, Any]:
    """Version 1 had one switch for the colours."""
    dark = bool(old.pop("dark", True))
    return old | {"version": 2, "theme": "dark" if dark else "light"}


MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _from_1}


def load_settings(path: Path) -> tuple[Settings, str]:
    """Read the settings; defaults, with a sentence that says so, when the file is damaged.

    Returns
    -------
    Settings, str
        The settings, and what a person should know; empty when all is well.
    """
    try:
        raw = msgspec.json.decode(path.read_bytes())
        if not isinstance(raw, dict):
            raise msgspec.ValidationError
        version = raw.get("version", 1)
        while version in MIGRATIONS:
            raw = MIGRATIONS[version](raw)
            version = raw["version"]
        return _checked(msgspec.convert(raw, Settings)), ""
    except FileNotFoundError:
        return Settings(), ""
    except (OSError, ValueError, TypeError, msgspec.MsgspecError) as error:
        aside = _set_aside(path)
        why = getattr(error, "strerror", None) or tr("it is damaged")
        kept = tr("; the old file is kept as {name}", name=aside.name) if aside is not None else ""
        return Settings(), tr(
            "Your settings could not be read ({why}): the app begins afresh{kept}.", why=why, kept=kept
        )


def save_settings(path: Path, settings: Settings) -> str:
    """Write the settings; a sentence when that fails, for settings are never worth a crash."""
    partial = path.with_suffix(".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(msgspec.json.format(msgspec.json.encode(settings), indent=2))
        partial.replace(path)
    except OSError as error:
        return tr("Your settings could not be saved: {why}.", why=error.strerror)
    return ""


def _checked(settings: Settings) -> Settings:
    """Replace single values that this version does not know."""
    known = Settings()
    wrong = {
        "theme": settings.theme not in ("dark", "light"),
        "language": settings.language not in LANGUAGES,
        "placement": settings.placement not in set(map(str, Placement)),
        "side": settings.side not in set(map(str, Side)),
        "scale_percent": settings.scale_percent not in SCALES,
        "window": len(settings.window) not in (0, 4),
    }
    return msgspec.structs.replace(
        settings, version=VERSION, **{n: getattr(known, n) for n, bad in wrong.items() if bad}
    )


def _set_aside(path: Path) -> Path | None:
    aside = path.with_suffix(".damaged.json")
    try:
        return path.replace(aside)
    except OSError:
        return None
