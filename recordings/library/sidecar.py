"""Sidecars: what the person added to a session, in a small file beside the recording; the index only copies it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar

from dsp import StorageError

SIDECAR = ".notes.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """What stands in a sidecar.

    Attributes
    ----------
    tags, note, findings, checkin
        As in `SessionRecord`.
    placement
        Where the sensor was worn, when the person said so; empty when not.
    sensor, unit, rate_hz
        How the file is to be read, where it does not say itself.
    main
        Of a session in a folder of its own: the file to read.
    """

    tags: tuple[str, ...] = ()
    note: str = ""
    findings: dict[str, Any] = field(default_factory=dict)
    checkin: dict[str, Any] = field(default_factory=dict)
    placement: str = ""
    sensor: str | None = None
    unit: str | None = None
    rate_hz: float | None = None
    main: str = ""

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Take what has the right type, and defaults for the rest: people may edit the file."""
        rate, tags = values.get("rate_hz"), values.get("tags")
        return cls(
            tags=tuple(str(t) for t in tags) if isinstance(tags, list | tuple) else (),
            note=_of(str, values, "note") or "",
            findings=_of(dict, values, "findings") or {},
            checkin=_of(dict, values, "checkin") or {},
            placement=_of(str, values, "placement") or "",
            sensor=_of(str, values, "sensor"),
            unit=_of(str, values, "unit"),
            rate_hz=float(rate) if isinstance(rate, int | float) and not isinstance(rate, bool) else None,
            main=_of(str, values, "main") or "",
        )


T = TypeVar("T")


def _of(kind: type[T], values: Mapping[str, Any], name: str) -> T | None:
    value = values.get(name)
    return value if isinstance(value, kind) else None


def read_aside(path: Path) -> Aside:
    """Read a sidecar; an empty one when there is none, or none that can be read."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Aside()
    return Aside.from_values(values) if isinstance(values, dict) else Aside()


def write_aside(path: Path, aside: Aside) -> None:
    """Write a sidecar, whole or not at all.

    Raises
    ------
    StorageError
        When it cannot be written.
    """
    kept = {k: v for k, v in asdict(aside).items() if v not in (None, "", (), {})}
    partial = path.with_name(path.name + ".tmp")
    try:
        partial.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        msg = f"the notes cannot be written: {error.strerror}; free some space, or check the rights of {path.parent}"
        raise StorageError(msg) from error
