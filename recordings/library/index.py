"""The index: an SQLite file that holds nothing that could not be found out again."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from dsp import StorageError

INDEX = "library.sqlite"
DAMAGED = ".damaged"
VERSION = 2
"""Of the tables; an index of another version is made afresh, for it is a cache."""
BUSY_TIMEOUT_S = 10.0
"""Two programs may use one library; the second waits this long for the first."""
AGAIN_S = 0.02
TABLES = """
CREATE TABLE IF NOT EXISTS session (
    id TEXT PRIMARY KEY, file TEXT UNIQUE NOT NULL, stamp TEXT NOT NULL, start_ns INTEGER, duration_s REAL, device TEXT,
    placement TEXT, side TEXT, sensors TEXT, gaps INTEGER, gap_s REAL, recovered INTEGER, findings TEXT, tags TEXT,
    note TEXT, checkin TEXT
);
CREATE TABLE IF NOT EXISTS refused (file TEXT PRIMARY KEY, stamp TEXT NOT NULL, reason TEXT NOT NULL);
"""


class Index:
    """An open index.

    Parameters
    ----------
    home
        Folder of the index.

    Attributes
    ----------
    db
        The connection.
    writable
        False when the folder is read-only: the index then lives in memory.
    damaged
        Why the index was made afresh; empty when it was whole.

    Raises
    ------
    StorageError
        When another program holds it for too long.
    """

    def __init__(self, home: Path) -> None:
        self.path = home / INDEX
        self.damaged = ""
        self.writable = True
        try:
            self.db = self._open_patiently()
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                msg = f"the library in {home} is in use by another program; close it, or try again in a moment"
                raise StorageError(msg) from error
            self.writable = False
            self.db = self._in_memory()
        except sqlite3.DatabaseError as error:
            self._set_aside(error)

    def close(self) -> None:
        """Close the index."""
        self.db.close()

    def needs_writable(self) -> None:
        """Refuse to change anything where the folder is read-only.

        Raises
        ------
        StorageError
            When it is.
        """
        if not self.writable:
            home = self.path.parent
            msg = f"{home} cannot be written, so nothing can be changed; copy the folder to a place of your own"
            raise StorageError(msg)

    @contextlib.contextmanager
    def guarded(self) -> Iterator[sqlite3.Connection]:
        """Run statements as one transaction; what the database objects to becomes a sentence.

        Raises
        ------
        StorageError
            When they cannot be run; nothing of them is kept then.
        """
        try:
            with self.db:
                yield self.db
        except sqlite3.Error as error:
            msg = f"the index of the library cannot be used: {error}; try again, or `tremorscope library rebuild`"
            raise StorageError(msg) from error

    def scrub(self) -> None:
        """Leave no trace of deleted rows in the files of the index."""
        with contextlib.suppress(sqlite3.OperationalError):  # another program reads; secure_delete has wiped the rows
            self.db.execute("VACUUM")
        with contextlib.suppress(sqlite3.OperationalError):
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with contextlib.suppress(OSError):
            self.path.with_name(INDEX + DAMAGED).unlink(missing_ok=True)

    def _open_patiently(self) -> sqlite3.Connection:
        """Open it, again while it is busy: who begins one beside another is told so without the wait asked for."""
        until = time.monotonic() + BUSY_TIMEOUT_S
        while True:
            try:
                return self._open()
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() >= until:
                    raise
            time.sleep(AGAIN_S)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, timeout=BUSY_TIMEOUT_S)
        try:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA secure_delete=ON")
            _check(db)
            with db:
                db.execute("BEGIN IMMEDIATE")
                (version,) = db.execute("PRAGMA user_version").fetchone()
                if version != VERSION:
                    for name in ("session", "refused"):
                        db.execute(f"DROP TABLE IF EXISTS {name}")
                for statement in filter(str.strip, TABLES.split(";")):
                    db.execute(statement)
                db.execute(f"PRAGMA user_version={VERSION}")
        except BaseException:
            db.close()
            raise
        return db

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Move a damaged index out of the way and begin a new one."""
        self.damaged = str(error)
        try:
            self.path.replace(self.path.with_name(INDEX + DAMAGED))
            for ending in ("-wal", "-shm"):
                self.path.with_name(INDEX + ending).unlink(missing_ok=True)
            self.db = self._open()
        except (OSError, sqlite3.Error):
            self.writable = False
            self.db = self._in_memory()

    def _in_memory(self) -> sqlite3.Connection:
        """Copy what is there into memory; an empty one when nothing can be read."""
        db = sqlite3.connect(":memory:")
        with contextlib.suppress(sqlite3.Error):
            # `immutable`: neither lock nor log can be written here.
            source = sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro&immutable=1", uri=True)
            with contextlib.closing(source):
                (version,) = source.execute("PRAGMA user_version").fetchone()
                if version == VERSION:
                    source.backup(db)
        for statement in filter(str.strip, TABLES.split(";")):
            db.execute(statement)
        return db


def _is_busy(error: sqlite3.OperationalError) -> bool:
    return "locked" in str(error) or "busy" in str(error)


def _check(db: sqlite3.Connection) -> None:
    """Look through the pages; a damaged one must not wait until it is read by chance."""
    (verdict,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise sqlite3.DatabaseError(verdict)
