"""Reading: the format is recognised by its content, never by its ending."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dsp import FileFormatError, Placement, TremorscopeError
from recordings.calibration import calibrated
from recordings.importers import (
    actigraph,
    archive,
    axivity,
    axivity_wav,
    bids,
    edf,
    embrace,
    empatica,
    geneactiv,
    hdf5,
    json_text,
    matlab,
    npz,
    parquet,
    text,
    tsdf,
    umafall,
    wfdb,
    xdf,
)
from recordings.importers.asked import Asked
from recordings.importers.textfile import HEAD_BYTES, decode_head
from recordings.recording import Recording
from recordings.store import NativeFile, is_native, read_native

MOST_NESTED = 3
"""Packed files within packed files; more is hostile."""


def read(
    path: Path | str,
    *,
    sensor: str | None = None,
    unit: str | None = None,
    rate_hz: float | None = None,
    placement: Placement | None = None,
    calibrate: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Recording:
    """Read a recording; see `tremorscope.read` for the parameters.

    Raises
    ------
    FileFormatError, UnitError, RateError
        With what happened and what to do.
    """
    recording = _read(_entry(Path(path)), Asked(sensor=sensor, unit=unit, rate_hz=rate_hz), 0)
    if progress is not None:
        progress(1.0)
    if sensor is not None and sensor.casefold() not in recording.sensor.casefold():
        name = Path(path).name
        msg = f"{name} has no sensor {sensor!r}; it has {', '.join(recording.sensors) or 'one without a name'}"
        raise FileFormatError(msg)
    if calibrate:
        recording = calibrated(recording)
    return recording if placement is None else replace(recording, placement=placement)


def read_span(path: Path | str, start_s: float, end_s: float, *, sensor: str | None = None) -> Recording | None:
    """Read a part of a recording whose format tells where it is; the same samples as in the whole, without markers.

    Parameters
    ----------
    path
        The file.
    start_s, end_s
        Seconds from the start of the recording; infinity leaves an end open.
    sensor
        Which one, when the file holds several.

    Returns
    -------
    Recording or None
        None where the whole has to be read: another format than the native one, a recording with gaps or damage, or a
        span without samples.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            native = is_native(file.read(HEAD_BYTES))
        if not native:
            return None
        with NativeFile(path) as opened:
            return opened.span(start_s, end_s, sensor=sensor)
    except (OSError, ValueError, KeyError, TremorscopeError):
        # Whoever reads the whole says what is wrong with it.
        return None


def read_every(
    path: Path | str, *, unit: str | None = None, rate_hz: float | None = None, calibrate: bool = False
) -> list[Recording]:
    """Read every sensor of a file, the best placed for leg tremor first; one that cannot be read is left out.

    Parameters
    ----------
    path, unit, rate_hz, calibrate
        As `read` takes them.

    Raises
    ------
    FileFormatError, UnitError, RateError
        When the first sensor cannot be read.
    """
    found = [read(path, unit=unit, rate_hz=rate_hz, calibrate=calibrate).among_all()]
    for name in found[0].sensors:
        if name != found[0].sensor:
            with suppress(TremorscopeError):
                found.append(read(path, sensor=name, unit=unit, rate_hz=rate_hz, calibrate=calibrate))
    return found


def _entry(path: Path) -> Path:
    """File to begin with, where a folder is one recording."""
    if not path.is_dir():
        return path
    for pattern in ("*_meta.json", "*_motion.tsv", "*.hea", "sub-*/**/*_motion.tsv"):
        inside = sorted(path.glob(pattern))
        if len(inside) == 1:
            return inside[0]
    msg = f"{path} is a folder of several files; name one of them, or `tremorscope import` all"
    raise FileFormatError(msg)


def _read(path: Path, asked: Asked, depth: int) -> Recording:
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
        return _recognised(path, head, asked, depth)
    except TremorscopeError:
        raise
    except Exception as error:  # damaged bytes make libraries raise anything; it becomes one sentence
        msg = f"{path.name} is damaged: {error}; if it came from a device, copy it again"
        raise FileFormatError(msg) from error


@dataclass(frozen=True, slots=True)
class _Format:
    """A binary format: how its first bytes look, and who reads it."""

    recognise: Callable[[bytes], bool]
    read: Callable[[Path, Asked], Recording]


FORMATS = (
    _Format(is_native, lambda path, asked: read_native(path, sensor=asked.sensor)),
    _Format(axivity.is_cwa, axivity.read_cwa),
    _Format(axivity_wav.is_wav, axivity_wav.read_wav),
    _Format(geneactiv.is_geneactiv, geneactiv.read_geneactiv),
    _Format(lambda head: head.startswith(embrace.MAGIC), embrace.read_avro),
    _Format(lambda head: head.startswith(xdf.MAGIC), xdf.read_xdf),
    _Format(lambda head: head.startswith(parquet.MAGIC), parquet.read_parquet),
    _Format(hdf5.is_hdf5, hdf5.read_hdf5),
    _Format(matlab.is_mat, matlab.read_mat),
    _Format(npz.is_npy, npz.read_npy),
    _Format(edf.is_edf, edf.read_edf),
)


def _recognised(path: Path, head: bytes, asked: Asked, depth: int) -> Recording:
    for known in FORMATS:
        if known.recognise(head):
            return known.read(path, asked)
    if head.startswith(b"PK\x03\x04") or archive.is_compressed(head):
        return _packed(path, head, asked, depth)
    if header := wfdb.header_of(path):
        return wfdb.read_wfdb(header, asked)
    start = decode_head(head)
    return _text(path, start, asked) if start else _refused(path)


def _packed(path: Path, head: bytes, asked: Asked, depth: int) -> Recording:
    if depth >= MOST_NESTED:
        msg = f"{path.name} is packed {depth} times over; unpack it yourself"
        raise FileFormatError(msg)
    inner = partial(_read, depth=depth + 1)
    if archive.is_compressed(head):
        return archive.read_compressed(path, head, asked, inner)
    members = archive.members_of(path)
    if not members:
        msg = f"{path.name} is of no known format; `docs/formats.md` lists what can be read"
        raise FileFormatError(msg)
    if actigraph.is_gt3x(members):
        return actigraph.read_gt3x(path, asked)
    if npz.is_npz(members):
        return npz.read_npz(path, asked)
    return archive.read_zip(path, members, asked, inner)


def _refused(path: Path) -> Recording:
    """Bare bytes: metadata beside them may say what they are."""
    if meta := tsdf.belongs_to_tsdf(path):
        msg = f"{path.name} is a part of the TSDF recording {meta.name}; read that"
        raise FileFormatError(msg)
    msg = f"{path.name} is of no known format; `docs/formats.md` lists what can be read"
    raise FileFormatError(msg)


def _text(path: Path, start: str, asked: Asked) -> Recording:
    if bids.bids_stem(path) is not None:
        return bids.read_bids(path, asked)
    if json_text.is_json(start):
        value = json_text.load_json(path)
        if tsdf.is_tsdf(value):
            return tsdf.read_tsdf(path, value, asked)
        return json_text.read_json(path, value, asked)
    if wfdb.is_wfdb(start):
        return wfdb.read_wfdb(path, asked)
    if empatica.is_e4(start):
        return empatica.read_e4(path, asked)
    if umafall.is_umafall(start):
        return umafall.read_umafall(path, asked)
    return text.read_text(path, asked)
