"""One run over a cohort: what is done already is left, the rest is analysed, everything ends in one table."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dsp
from dsp import StorageError
from tremorscope.batch import pools
from tremorscope.batch.pools import Job
from tremorscope.batch.table import write_tables

SESSIONS = "sessions"
LONGEST_STEM = 80
"""Names may not be longer than 255 bytes; the end of the path's hash tells long ones apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """What a batch run did.

    Attributes
    ----------
    done, skipped, failed
        Recordings analysed now, found done, and failed.
    table
        CSV with a row a recording; the same lies beside it as JSON lines, and as Parquet with the extra.
    errors
        CSV with a row for each failed recording and the reason.
    """

    done: int
    skipped: int
    failed: int
    table: Path
    errors: Path


def run_batch(
    files: Sequence[Path],
    out: Path,
    *,
    placement: str | None = None,
    scheduler: str | None = None,
    workers: int | None = None,
    keep_spectra: bool = False,
    progress: Callable[[float], None] | None = None,
) -> BatchSummary:
    """Analyse `files` into `out`: a JSON file each, and one table of the findings.

    A recording whose JSON is there already, from the same file, parameters and options, is not done again; a run that
    was stopped goes on where it was. No file stops the others, whatever is wrong with it.

    Parameters
    ----------
    files
        Recordings.
    out
        Folder of the results; made when missing.
    placement
        Where all were worn; None takes what each file says.
    scheduler
        Address of a Dask scheduler; None uses processes on this machine.
    workers
        Processes on this machine; None uses one a core.
    keep_spectra
        Whether to store the average spectrum of each state.
    progress
        Called with the share done.

    Raises
    ------
    StorageError
        When the folder cannot be written.
    MissingExtraError, TremorscopeError
        When a cluster is asked for but the extra is missing or nothing answers at the address.
    """
    cohort = _Cohort(out / SESSIONS, {"placement": placement, "spectra": keep_spectra})
    files = list(dict.fromkeys(files))
    try:
        cohort.folder.mkdir(parents=True, exist_ok=True)
        todo = {str(f): f for f in files if not cohort.is_done(f)}
        jobs: list[Job] = [(name, placement) for name in todo]
        done, failed, finished = 0, 0, len(files) - len(todo)
        for (name, _), record in _results(jobs, scheduler, workers, keep_spectra=keep_spectra):
            cohort.keep(todo[name], record)
            failed += "error" in record
            done += "error" not in record
            finished += 1
            if progress is not None:
                progress(finished / len(files))
        table, errors = write_tables(out, [cohort.record_of(f) for f in files])
    except OSError as error:
        msg = (
            f"cannot write into {out}: {error.strerror or error}; choose another folder with --out, or free some space"
        )
        raise StorageError(msg) from error
    return BatchSummary(done=done, skipped=len(files) - len(todo), failed=failed, table=table, errors=errors)


def _results(
    jobs: Sequence[Job], scheduler: str | None, workers: int | None, *, keep_spectra: bool
) -> Iterator[pools.Result]:
    if scheduler is not None:
        return pools.cluster(jobs, scheduler, keep_spectra=keep_spectra)
    if len(jobs) <= 1 or workers == 1:
        return pools.here(jobs, keep_spectra=keep_spectra)
    return pools.processes(jobs, workers, keep_spectra=keep_spectra)


@dataclass(frozen=True, slots=True)
class _Cohort:
    """The records of a run, a file each."""

    folder: Path
    asked: dict[str, Any]

    def path_of(self, file: Path) -> Path:
        own = hashlib.sha256(str(file.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:8]
        stem = file.stem.encode("utf-8", "surrogateescape").decode("ascii", "replace").replace("\ufffd", "_")
        return self.folder / f"{stem[:LONGEST_STEM]}-{own}.json"

    def keep(self, file: Path, record: dict[str, Any]) -> None:
        # Written beside and renamed, so that a run cut short leaves no half record behind.
        path = self.path_of(file)
        partial = path.with_suffix(".tmp")
        partial.write_text(json.dumps(record | {"stamp": _stamp(file), "asked": self.asked}), encoding="utf-8")
        partial.replace(path)

    def record_of(self, file: Path) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path_of(file).read_text(encoding="utf-8"))
        return found

    def is_done(self, file: Path) -> bool:
        try:
            record = self.record_of(file)
        except (OSError, ValueError):
            return False
        same = record.get("stamp") == _stamp(file) and record.get("asked") == self.asked
        return same and "error" not in record and record.get("parameters_version") == dsp.parameters_version()


def _stamp(file: Path) -> list[int]:
    """Size and time of a file; nothing for one that cannot be looked at."""
    try:
        status = file.stat()
    except OSError:
        return []
    return [status.st_size, status.st_mtime_ns]
