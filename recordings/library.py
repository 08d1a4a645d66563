"""Library: an index of the person's own sessions; a cache that can be made afresh from the files at any time."""

import json
import shutil
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dsp import InputError, Placement, StorageError, TremorscopeError
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording

FOLDER = "recordings"
INDEX = "library.sqlite"
BUSY_TIMEOUT_S = 10.0
"""Two programs may use one library; the second waits this long for the first."""
SIDECAR = ".notes.json"
TABLE = """
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, file TEXT UNIQUE NOT NULL, start_ns INTEGER, duration_s REAL, device TEXT, placement TEXT,
    side TEXT, gaps INTEGER, gap_s REAL, recovered INTEGER, findings TEXT, tags TEXT, note TEXT, checkin TEXT
)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """What the library knows of a session.

    Attributes
    ----------
    id, title, file
        Identifier, name to show, file below the library's folder.
    when
        Local date and time; empty when unknown.
    start_ns
        UTC of the start; None when unknown.
    duration_s, device, placement, side
        As in the recording.
    gaps, gap_s
        Gaps and missing seconds.
    recovered
        Whether it was saved after a crash.
    findings
        Numbers of the last analysis; empty before one.
    tags, note, checkin
        What the person added.
    """

    id: str
    title: str
    file: str
    when: str
    start_ns: int | None
    duration_s: float
    device: str
    placement: str
    side: str
    gaps: int
    gap_s: float
    recovered: bool
    findings: dict[str, Any]
    tags: tuple[str, ...]
    note: str
    checkin: dict[str, Any]


class Library:
    """The sessions below one home folder.

    Parameters
    ----------
    home
        Its ``recordings`` folder holds the files; paths in the index are relative, so the folder can move.

    Raises
    ------
    StorageError
        When the index cannot be opened.
    """

    def __init__(self, home: Path) -> None:
        self.home = Path(home)
        self.folder = self.home / FOLDER
        db: sqlite3.Connection | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            db = sqlite3.connect(self.home / INDEX, timeout=BUSY_TIMEOUT_S)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute(TABLE)
            db.commit()
        except (OSError, sqlite3.Error) as error:
            if db is not None:
                db.close()
            way_out = f"move {INDEX} away, then `tremorscope library rebuild`"
            msg = f"the library in {self.home} cannot be opened: {error}; {way_out}"
            raise StorageError(msg) from error
        self._db = db
        self._notice_new()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self._db.close()

    def sessions(self) -> list[SessionRecord]:
        """Every session, newest first."""
        rows = self._db.execute("SELECT * FROM session ORDER BY start_ns DESC, id DESC").fetchall()
        return [self._record(r) for r in rows]

    def search(self, word: str) -> list[SessionRecord]:
        """Find the sessions with `word` in name, device, placement, tag or note."""
        wanted = word.lower()
        return [
            s for s in self.sessions() if wanted in " ".join([s.title, s.device, s.placement, s.note, *s.tags]).lower()
        ]

    def show(self, wanted: str) -> SessionRecord:
        """Find one session by its id or a unique beginning of it.

        Raises
        ------
        InputError
            When none or several match.
        """
        rows = self._db.execute("SELECT * FROM session WHERE id LIKE ? || '%'", (wanted,)).fetchall()
        if len(rows) != 1:
            problem = f"{len(rows)} sessions begin with" if rows else "no session begins with"
            msg = f"{problem} {wanted!r}; `tremorscope library list` shows them all"
            raise InputError(msg)
        return self._record(rows[0])

    def path_of(self, wanted: str) -> Path:
        """File of a session."""
        return self.folder / self.show(wanted).file

    def tag(self, wanted: str, tag: str, *, remove: bool = False) -> None:
        """Add a tag, or take it away."""
        found = self.show(wanted)
        tags = [t for t in found.tags if t != tag] + ([] if remove else [tag])
        self._update(found, tags=json.dumps(tags))

    def note(self, wanted: str, text: str) -> None:
        """Write the note of a session."""
        self._update(self.show(wanted), note=text)

    def set_findings(self, wanted: str, findings: Mapping[str, Any]) -> None:
        """Store the numbers of an analysis."""
        self._update(self.show(wanted), findings=json.dumps(findings))

    def set_checkin(self, wanted: str, answers: Mapping[str, Any]) -> None:
        """Store the answers of a check-in."""
        self._update(self.show(wanted), checkin=json.dumps(answers))

    def add_file(self, path: Path) -> SessionRecord:
        """Take a file that lies in the library's folder into the index."""
        from recordings.reading import read  # noqa: PLC0415 - reading needs every importer

        return self._index(path, read(path))

    def add_import(self, recording: Recording, *, placement: Placement = Placement.UNKNOWN) -> SessionRecord:
        """Copy a recording of any format into the library.

        The original bytes are kept as they are, under a name of the library's own.
        """
        if recording.path is None:
            msg = "only a recording with a file can be imported; export it first"
            raise InputError(msg)
        target = self._free(f"imported-{recording.path.stem}", recording.path.suffix)
        try:
            shutil.copyfile(recording.path, target)
        except OSError as error:
            msg = f"{recording.path.name} cannot be copied into the library: {error.strerror}; free some space"
            raise StorageError(msg) from error
        return self._index(target, recording, placement=placement)

    def rebuild(self) -> int:
        """Make the index afresh from the files; tags and notes come from their sidecars."""
        self._db.execute("DELETE FROM session")
        self._db.commit()
        self._notice_new()
        return len(self.sessions())

    def repair(self) -> list[Path]:
        """Recover what a crash left behind, and index it."""
        from recordings.store import repair  # noqa: PLC0415 - the store is only needed here

        recovered = repair(self.folder)
        for path in recovered:
            self.add_file(path)
        return recovered

    def export(self, wanted: str, out: Path) -> Path:
        """Copy a session's file elsewhere; another ending converts the samples."""
        source = self.path_of(wanted)
        if out.suffix.lower() == source.suffix.lower():
            try:
                shutil.copyfile(source, out)
            except OSError as error:
                msg = f"cannot write {out}: {error.strerror}; choose another place"
                raise StorageError(msg) from error
            return out
        from recordings.exporters import export  # noqa: PLC0415 - only a conversion needs them
        from recordings.reading import read  # noqa: PLC0415 - as above

        return export("samples", out, recording=read(source), options=ExportOptions())

    def delete(self, wanted: str) -> None:
        """Delete a session for good: file, sidecar, row, and the pages of the index that held it."""
        found = self.show(wanted)
        path = self.folder / found.file
        try:
            path.unlink(missing_ok=True)
            self._sidecar(found.file).unlink(missing_ok=True)
        except OSError as error:
            msg = f"{path} cannot be deleted: {error.strerror}; close programs that use it"
            raise StorageError(msg) from error
        self._db.execute("DELETE FROM session WHERE id = ?", (found.id,))
        self._db.commit()
        self._db.execute("VACUUM")

    def _notice_new(self) -> None:
        known = {row[0] for row in self._db.execute("SELECT file FROM session")}
        own = (SIDECAR, ".part", ".json", ".tmp", ".recovering")
        present = {p.name for p in self.folder.iterdir() if p.is_file() and not p.name.endswith(own)}
        for name in sorted(present - known):
            try:
                self.add_file(self.folder / name)
            except TremorscopeError:
                continue  # not a recording; it may lie there all the same
        for name in known - present:
            self._db.execute("DELETE FROM session WHERE file = ?", (name,))
        self._db.commit()

    def _index(self, path: Path, recording: Recording, *, placement: Placement = Placement.UNKNOWN) -> SessionRecord:
        worn = placement if placement is not Placement.UNKNOWN else recording.placement
        aside = self._read_sidecar(path.name)
        row = (
            path.stem,
            path.name,
            recording.start_ns,
            recording.duration_s,
            recording.device or recording.format,
            aside.get("placement", worn.value),
            recording.side.value,
            len(recording.gaps),
            sum(b - a for a, b in recording.gaps),
            int(any("recovered" in w for w in recording.warnings)),
            json.dumps(aside.get("findings", {})),
            json.dumps(aside.get("tags", [])),
            aside.get("note", ""),
            json.dumps(aside.get("checkin", {})),
        )
        self._db.execute(f"INSERT OR REPLACE INTO session VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - only marks
        self._db.commit()
        return self.show(path.stem)

    def _update(self, found: SessionRecord, **fields: str) -> None:
        for name, value in fields.items():
            self._db.execute(f"UPDATE session SET {name} = ? WHERE id = ?", (value, found.id))  # noqa: S608 - own names
        self._db.commit()
        fresh = self.show(found.id)
        aside = {"tags": fresh.tags, "note": fresh.note, "findings": fresh.findings, "checkin": fresh.checkin}
        partial = self._sidecar(found.file).with_suffix(".tmp")
        partial.write_text(json.dumps(aside | {"placement": fresh.placement}), encoding="utf-8")
        partial.replace(self._sidecar(found.file))

    def _sidecar(self, file: str) -> Path:
        return self.folder / (file + SIDECAR)

    def _read_sidecar(self, file: str) -> dict[str, Any]:
        try:
            value = json.loads(self._sidecar(file).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _free(self, stem: str, suffix: str) -> Path:
        n = 1
        while (path := self.folder / f"{stem}{'' if n == 1 else f'-{n}'}{suffix}").exists():
            n += 1
        return path

    def _record(self, row: tuple[Any, ...]) -> SessionRecord:
        start_ns = row[2]
        when = datetime.fromtimestamp(start_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%d %H:%M") if start_ns else ""
        return SessionRecord(
            id=row[0],
            title=row[0],
            file=row[1],
            when=when,
            start_ns=start_ns,
            duration_s=row[3],
            device=row[4],
            placement=row[5],
            side=row[6],
            gaps=row[7],
            gap_s=row[8],
            recovered=bool(row[9]),
            findings=json.loads(row[10]),
            tags=tuple(json.loads(row[11])),
            note=row[12],
            checkin=json.loads(row[13]),
        )
