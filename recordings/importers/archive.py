"""Packed files: one that is compressed is unpacked first, and a zip is searched for what it holds."""

import bz2
import gzip
import lzma
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Any

from dsp import FileFormatError, TremorscopeError
from recordings.importers.asked import Asked, choose_sensor
from recordings.recording import Recording

OPENERS: dict[bytes, Callable[[Path], Any]] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
LARGEST_UNPACKED = 8 << 30
"""Three weeks of any sensor as text; more is damaged or hostile."""
MOST_MEMBERS = 2000
BLOCK = 1 << 20
PIECE = 1 << 14
SKIPPED = (".md", ".html", ".pdf", ".png", ".jpg", ".m4a", ".mp4", ".xml", ".kml", ".gpx", ".db")
PREFERRED = ("totalacceleration", "total acceleration", "accelerometer.", "raw data", "acc.")
LAST = ("linear", "user", "gravity", "uncalibrated")
SIZE_FOLLOWS = 8
"""Flag of a member whose size stands behind it."""
LOCAL = struct.Struct("<4s5H3I2H")
"""Header before each member of a zip; the only trace of it where the directory at the end is lost."""

Reader = Callable[[Path, Asked], Recording]


def is_compressed(head: bytes) -> bool:
    """Whether it is gzip, bzip2 or xz."""
    return any(head.startswith(magic) for magic in OPENERS)


def read_compressed(path: Path, head: bytes, asked: Asked, read: Reader) -> Recording:
    """Unpack one file, as far as it goes, and read it."""
    opener = next(o for magic, o in OPENERS.items() if head.startswith(magic))
    with tempfile.TemporaryDirectory(prefix="tremorscope-") as folder:
        inner = Path(folder) / path.with_suffix("").name
        broken = ""
        with opener(path) as packed, inner.open("wb") as out:
            try:
                _copy(packed, out, path)
            except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
                broken = str(error)
        if not inner.stat().st_size:
            msg = f"{path.name}: nothing can be unpacked ({broken or 'it is empty'}); copy it again"
            raise FileFormatError(msg)
        recording = read(inner, asked)
    notes = [f"the compressed file is damaged ({broken}); what came before was saved"] if broken else []
    return replace(recording, path=path, warnings=[*notes, *recording.warnings])


def _copy(packed: Any, out: IO[bytes], path: Path) -> None:
    total = 0
    # A piece at a time, so that what comes before damage is kept.
    while block := packed.read1(PIECE):
        total += len(block)
        if total > LARGEST_UNPACKED:
            msg = f"{path.name} unpacks to more than {LARGEST_UNPACKED >> 30} GB; unpack it yourself and read the parts"
            raise FileFormatError(msg)
        out.write(block)


def members_of(path: Path) -> list[str]:
    """Names in a zip; from the local headers where its directory is lost."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return [name for name, _, _, _ in _local_headers(path)]


def extract(path: Path, name: str, largest: int = LARGEST_UNPACKED) -> bytes:
    """One member, as much of it as can be unpacked; checksums are the business of who reads it.

    Raises
    ------
    FileFormatError
        When it is not there, or larger than `largest`.
    """
    for found, method, at, size in _local_headers(path):
        if found != name:
            continue
        with path.open("rb") as file:
            file.seek(at)
            if method == zipfile.ZIP_STORED:
                return file.read(largest if size is None else min(size, largest))
            return _inflate(file, path, largest)
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            return member.read(largest)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, RuntimeError, NotImplementedError) as error:
        msg = f"{path.name}: its part {name} cannot be unpacked: {error}"
        raise FileFormatError(msg) from error


def is_whole(path: Path, name: str) -> bool:
    """Whether a member agrees with its checksum."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            while member.read(BLOCK):
                pass
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, OSError, RuntimeError, NotImplementedError):
        return False
    return True


def _inflate(file: IO[bytes], path: Path, largest: int) -> bytes:
    unpacker = zlib.decompressobj(-15)
    parts, total = [], 0
    try:
        while not unpacker.eof and (block := file.read(BLOCK)):
            while block and not unpacker.eof:
                part = unpacker.decompress(block, BLOCK)
                block = unpacker.unconsumed_tail
                parts.append(part)
                total += len(part)
                if total > largest:
                    msg = f"{path.name} unpacks to more than {largest >> 20} MB; it is damaged or hostile"
                    raise FileFormatError(msg)
    except zlib.error:
        pass  # what came before the damage is kept
    return b"".join(parts)


def _local_headers(path: Path) -> Iterator[tuple[str, int, int, int | None]]:
    """Name, method, place and packed size (None where it is not said) of each member, by the headers before them."""
    with path.open("rb") as file:
        at, total = 0, path.stat().st_size
        for _ in range(MOST_MEMBERS):
            file.seek(at)
            head = file.read(LOCAL.size)
            if len(head) < LOCAL.size or head[:4] != b"PK\x03\x04":
                return
            _, _, flags, method, _, _, _, packed, _, name_size, extra_size = LOCAL.unpack(head)
            name = file.read(name_size).decode("utf-8", errors="replace")
            body = at + LOCAL.size + name_size + extra_size
            later = bool(flags & SIZE_FOLLOWS) or packed > total
            yield name, method, body, None if later else packed
            at = _next_header(file, body, total) if later else body + packed


def _next_header(file: IO[bytes], at: int, total: int) -> int:
    file.seek(at)
    kept = b""
    while block := file.read(BLOCK):
        found = (kept + block).find(b"PK\x03\x04")
        if found >= 0:
            return at - len(kept) + found
        kept, at = block[-3:], at + len(block)
    return total


def read_zip(path: Path, members: list[str], asked: Asked, read: Reader) -> Recording:
    """Read the recordings in a zip; several of them are its sensors.

    Raises
    ------
    FileFormatError
        When it holds none.
    """
    with _unpacked(path, members) as folder:
        files = sorted((p for p in folder.rglob("*") if p.is_file() and _worth(p)), key=lambda p: _rank(p, folder))
        found: dict[str, Recording] = {}
        errors: list[str] = []
        inside = Asked(unit=asked.unit, rate_hz=asked.rate_hz)
        for file in files:
            try:
                recording = read(file, inside)
            except TremorscopeError as error:
                errors.append(str(error))
                continue
            for sensor in recording.sensors:
                name = " ".join(part for part in (_label(file, folder), sensor) if part)
                found[name] = recording if sensor == recording.sensor else read(file, replace(inside, sensor=sensor))
        if not found:
            why = f": {errors[0]}" if errors else ""
            msg = f"{path.name}: none of its {len(members)} files is a recording{why}"
            raise FileFormatError(msg)
        names = list(found)
        chosen, warnings = choose_sensor(names, asked, path.name)
        recording = found[chosen]
        alone = len(names) == 1
        return replace(
            recording,
            path=path,
            sensor=recording.sensor if alone else chosen,
            sensors=recording.sensors if alone else tuple(names),
            warnings=[*warnings, *recording.warnings],
            start_ns=recording.start_ns if recording.start_ns is not None else _phyphox_start(folder),
        )


@contextmanager
def _unpacked(path: Path, members: list[str]) -> Iterator[Path]:
    left = LARGEST_UNPACKED
    with tempfile.TemporaryDirectory(prefix="tremorscope-") as name:
        folder = Path(name)
        for member in members[:MOST_MEMBERS]:
            parts = [p for p in PurePosixPath(member.replace("\\", "/")).parts if p not in ("/", "..", ".")]
            if not parts or member.endswith("/") or parts[0] == "__MACOSX" or parts[-1].startswith("."):
                continue
            target = folder.joinpath(*(p.replace(":", "_") for p in parts))
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                left -= target.write_bytes(extract(path, member, left))
            except OSError:
                continue
        yield folder


def _worth(path: Path) -> bool:
    """Whether a file of a zip may be a recording: files that only go with another are read through that one."""
    name = path.name.lower()
    if name.endswith(("_channels.tsv", "_motion.json", "_events.tsv", ".truth.json", ".bin")) and any(
        path.parent.glob(pattern) for pattern in ("*_motion.tsv", "*_meta.json")
    ):
        return False
    if name.endswith(".dat") and path.with_suffix(".hea").exists():
        return False
    return "meta" not in [p.lower() for p in path.parts[-2:-1]] and not name.endswith(SKIPPED)


def _rank(path: Path, folder: Path) -> tuple[bool, int, str]:
    name = str(path.relative_to(folder)).lower()
    preferred = next((i for i, p in enumerate(PREFERRED) if p in name), len(PREFERRED))
    return any(word in name for word in LAST), preferred, name


def _label(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder).with_suffix(""))


def _phyphox_start(folder: Path) -> int | None:
    """Start of an experiment from the meta/time.csv of phyphox: experiment time and system time of each event."""
    for path in folder.rglob("meta/time.csv"):
        for line in path.read_text(encoding="utf-8-sig", errors="replace").splitlines()[1:]:
            cells = [c.strip().strip('"') for c in line.replace(";", ",").replace("\t", ",").split(",")]
            try:
                if cells[0].upper() == "START":
                    return round((float(cells[2]) - float(cells[1])) * 1e9)
            except (ValueError, IndexError):
                continue
    return None
