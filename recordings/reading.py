"""Reading: the format is recognised by its content, never by its ending."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dsp import FileFormatError, Placement, TremorscopeError
from recordings.importers import actigraph, arrays, axivity, compiled, edf, empatica, text, umafall
from recordings.recording import Recording
from recordings.store import is_native, read_native

HEAD_BYTES = 8192
BINARY_SHARE = 0.05
"""More control bytes than this, and it is no text."""


def read(
    path: Path | str,
    *,
    sensor: str | None = None,
    unit: str | None = None,
    rate_hz: float | None = None,
    placement: Placement | None = None,
    progress: Callable[[float], None] | None = None,
) -> Recording:
    """Read a recording; see `tremorscope.read` for the parameters.

    Raises
    ------
    FileFormatError, UnitError, RateError
        With what happened and what to do.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        msg = f"cannot open {path}: {error.strerror}; check the name and the rights"
        raise FileFormatError(msg) from error
    if not head:
        msg = f"{path.name} is empty; choose another file"
        raise FileFormatError(msg)
    try:
        recording = _read(path, head, sensor=sensor, unit=unit, rate_hz=rate_hz)
    except TremorscopeError:
        raise
    except Exception as error:  # damaged bytes make libraries raise anything; it becomes one sentence
        msg = f"{path.name} is damaged: {error}; if it came from a device, copy it again"
        raise FileFormatError(msg) from error
    if progress is not None:
        progress(1.0)
    if sensor is not None and recording.sensor.lower() != sensor.lower():
        msg = f"{path.name} has no sensor {sensor!r}; it has {', '.join(recording.sensors) or 'one without a name'}"
        raise FileFormatError(msg)
    return recording if placement is None else replace(recording, placement=placement)


def _read(  # noqa: PLR0911 - one return a format
    path: Path, head: bytes, *, sensor: str | None, unit: str | None, rate_hz: float | None
) -> Recording:
    if is_native(head):
        return read_native(path, sensor=sensor)
    if axivity.is_cwa(head):
        return axivity.read_cwa(path)
    if compiled.is_geneactiv(head):
        return compiled.read_compiled(path, format_id="geneactiv-bin", device="GENEActiv")
    if actigraph.is_gt3x(head, path):
        return actigraph.read_gt3x(path)
    if arrays.is_npz(head, path):
        return arrays.read_npz(path, rate_hz=rate_hz)
    if edf.is_edf(head):
        return edf.read_edf(path, unit=unit)
    if _is_binary(head):
        msg = f"{path.name} is of no known format; `docs/formats.md` lists what can be read"
        raise FileFormatError(msg)
    start = head.decode("utf-8-sig", errors="replace")
    if empatica.is_e4(start):
        return empatica.read_e4(path)
    if umafall.is_umafall(start):
        return umafall.read_umafall(path, sensor=sensor)
    return text.read_text(path, sensor=sensor, unit=unit, rate_hz=rate_hz)


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    control = sum(b < 9 or 13 < b < 32 for b in head)
    return control > BINARY_SHARE * len(head)
