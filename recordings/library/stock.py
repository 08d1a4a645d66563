"""Stock: the sessions of a folder as the index has them, kept true to the files."""

import filecmp
import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

from dsp import InputError, StorageError, TremorscopeError
from recordings.library import rows
from recordings.library.entry import Facts, SessionRecord, facts_of
from recordings.library.folder import Folder
from recordings.library.index import Index
from recordings.library.names import printable
from recordings.library.sidecar import Aside, read_aside, write_aside


class Stock:
    """The sessions of a folder.

    Parameters
    ----------
    files
        The folder.
    index
        What is known of it.
    """

    def __init__(self, files: Folder, index: Index) -> None:
        self.files = files
        self._index = index

    def select(self, which: str = "", **values: str) -> list[SessionRecord]:
        """Find sessions, newest first; see `rows.select`."""
        with self._index.guarded() as db:
            return rows.select(db, which, **values)

    def show(self, wanted: str) -> SessionRecord:
        """Find one session by its id, its file, or a unique beginning of its id.

        Raises
        ------
        InputError
            When none or several match.
        """
        found = self.select("WHERE id = :wanted OR file = :wanted", wanted=wanted) or self.select(
            "WHERE substr(id, 1, length(:wanted)) = :wanted", wanted=wanted
        )
        if len(found) != 1:
            which = f"{len(found)} sessions begin with" if found else "no session begins with"
            msg = f"{which} {wanted!r}; `tremorscope library list` shows them all"
            raise InputError(msg)
        return found[0]

    @property
    def refused(self) -> dict[str, str]:
        """Files of the folder that are no recordings, with the reason."""
        with self._index.guarded() as db:
            return dict(db.execute("SELECT file, reason FROM refused ORDER BY file").fetchall())

    def same(self, path: Path, aside: Aside) -> SessionRecord | None:
        """Find the session that holds the same bytes, read in the same way."""
        for known in self.select("WHERE stamp LIKE :stamp", stamp=f"{path.stat().st_size}:%"):
            there = self.files.real(known.file)
            same = there.exists() and filecmp.cmp(there, path, shallow=False)
            if same and read_aside(self.files.sidecar(known.file)).sensor == aside.sensor:
                return known
        return None

    def add_file(self, path: Path) -> SessionRecord:
        """Take a file that lies in the library's folder into the index."""
        file = path.relative_to(self.files.path).as_posix()
        aside = read_aside(self.files.sidecar(file))
        return self.take_in(file, facts_of(path, sensor=aside.sensor, unit=aside.unit, rate_hz=aside.rate_hz))

    def take_in(self, file: str, facts: Facts) -> SessionRecord:
        """Write into the index what a file and its sidecar say."""
        path = self.files.path / file
        name, stamp = printable(file), self.files.stamp(path)
        aside = read_aside(self.files.sidecar(file))
        first = facts.sensors[0]
        first = replace(first, placement=aside.placement or first.placement)
        with self._index.guarded() as db:
            named = printable(path.stem if path.parent == self.files.path else path.parent.name)
            taken = db.execute("SELECT file FROM session WHERE id = ?", (named,)).fetchone()
            own_id = named if taken is None or taken[0] == name else name
            row = {
                "id": own_id,
                "file": name,
                "stamp": stamp,
                "start_ns": facts.start_ns,
                "duration_s": facts.duration_s,
                "device": first.device,
                "placement": first.placement,
                "side": first.side,
                "sensors": json.dumps([asdict(s) for s in (first, *facts.sensors[1:])]),
                "gaps": facts.gaps,
                "gap_s": facts.gap_s,
                "recovered": int(facts.recovered),
            } | rows.added(aside)
            marks = ", ".join(f":{name}" for name in row)
            db.execute(f"INSERT OR REPLACE INTO session ({', '.join(row)}) VALUES ({marks})", row)  # noqa: S608 - own names
            db.execute("DELETE FROM refused WHERE file = ?", (name,))
        return self.show(own_id)

    def forget(self, session: SessionRecord) -> None:
        """Take a session out of the index, and wipe the pages that held it."""
        with self._index.guarded() as db:
            db.execute("DELETE FROM session WHERE id = ?", (session.id,))
        self._index.scrub()

    def change(self, wanted: str, change: Callable[[Aside], Aside]) -> None:
        """Change what the person added: in the sidecar, then in the index, which only copies it."""
        self._index.needs_writable()
        found = self.show(wanted)
        sidecar, path = self.files.sidecar(found.file), self.files.real(found.file)
        with self._index.guarded() as db:
            # The index is the lock: nobody else changes the sidecar between reading and writing it.
            db.execute("BEGIN IMMEDIATE")
            aside = change(read_aside(sidecar))
            write_aside(sidecar, aside)
            row = rows.added(aside) | {"stamp": self.files.stamp(path), "id": found.id}
            db.execute(rows.CHANGE, row)

    def notice(self, progress: Callable[[float], None] | None = None) -> None:
        """Take in what is new or changed, and forget what is gone."""
        with self._index.guarded() as db:
            known = dict(db.execute("SELECT file, stamp FROM session").fetchall())
            refused = dict(db.execute("SELECT file, stamp FROM refused").fetchall())
        present = self.files.present()
        fresh = [f for f, stamp in present.items() if (known | refused).get(f) != stamp]
        for i, file in enumerate(fresh):
            if progress is not None:
                progress(i / len(fresh))
            try:
                self.add_file(self.files.real(file))
            except StorageError:
                raise  # the index, not the file
            except TremorscopeError as error:
                # Not a recording; it may lie there all the same, and is not read again before it changes.
                with self._index.guarded() as db:
                    db.execute(
                        "INSERT OR REPLACE INTO refused VALUES (?, ?, ?)", (file, present[file], printable(str(error)))
                    )
                    db.execute("DELETE FROM session WHERE file = ?", (file,))
        with self._index.guarded() as db:
            for table, files in (("session", known), ("refused", refused)):
                gone = [(f,) for f in files if f not in present]
                db.executemany(f"DELETE FROM {table} WHERE file = ?", gone)  # noqa: S608 - own names

    def rebuild(self, *, progress: Callable[[float], None] | None = None) -> int:
        """Make the index afresh from the files; tags and notes come from their sidecars."""
        with self._index.guarded() as db:
            # Not emptied: another program may be looking at it.
            db.execute("UPDATE session SET stamp = ''")
            db.execute("UPDATE refused SET stamp = ''")
        self.notice(progress)
        return len(self.select())
