"""Batch: a cohort of recordings through the one analyzer, resumable, on this machine or a Dask cluster."""

import csv
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dsp
import session
from dsp import MissingExtraError, StorageError, TremorscopeError

TABLE = "cohort.csv"
ERRORS = "errors.csv"
CLUSTER_TIMEOUT_S = 30.0
"""A cluster that has not answered by then is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSummary:
    """What a batch run did.

    Attributes
    ----------
    done, skipped, failed
        Recordings analysed now, found done, and failed.
    table
        CSV with a row a recording.
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

    A recording whose JSON is there already, from the same file, parameters and placement, is not done again.

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
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"cannot create {out}: {error.strerror}; choose another folder with --out"
        raise StorageError(msg) from error
    targets = {file: out / f"{file.stem}-{_short_id(file)}.json" for file in files}
    jobs = [(file, target) for file, target in targets.items() if not _is_done(file, target, placement)]
    finished = len(files) - len(jobs)
    for _ in _run(jobs, placement=placement, keep_spectra=keep_spectra, scheduler=scheduler, workers=workers):
        finished += 1
        if progress is not None:
            progress(finished / len(files))
    records = [json.loads(target.read_text()) for target in targets.values() if target.exists()]
    failed = [r for r in records if "error" in r]
    table, errors = out / TABLE, out / ERRORS
    _write_csv(table, [_row(r) for r in records if "error" not in r])
    _write_csv(errors, [{"file": r["file"], "error": r["error"]} for r in failed])
    return BatchSummary(
        done=sum("error" not in r for f, t in jobs for r in records if r["file"] == str(f) and t.exists()),
        skipped=len(files) - len(jobs),
        failed=len(failed),
        table=table,
        errors=errors,
    )


def analyse_one(file: str, target: str, placement: str | None, *, keep_spectra: bool) -> str:
    """Analyse one recording into its JSON file; an error becomes the record of the file."""
    path = Path(file)
    record: dict[str, Any] = {"file": file, "stamp": _stamp(path), "asked_placement": placement}
    try:
        found = session.analyze_file(path, placement=placement, keep_spectra=keep_spectra)
    except TremorscopeError as error:
        record["error"] = str(error)
    else:
        advice = session.make_advice({found.recording.sensor: found.analysis})
        record |= session.analysis_record(
            found.analysis,
            file=file,
            sensor=found.recording.sensor,
            warnings=tuple(found.recording.warnings),
            advice=advice,
        )
        if keep_spectra:
            record["spectra"] = session.plain(state_spectra(found.analysis))
    # Written beside and renamed, so that a run cut short leaves no half record behind.
    partial = Path(target).with_suffix(".part")
    partial.write_text(json.dumps(record))
    partial.replace(target)
    return target


def state_spectra(analysis: dsp.Analysis) -> dict[str, Any]:
    """Average power spectral density of the frames of each state, g^2/Hz."""
    if analysis.spectra is None:
        return {}
    labels = analysis.frames["label"]
    found: dict[str, Any] = {"freq_hz": analysis.spectra.freq_hz, "window": analysis.spectra.window}
    for state in dsp.State:
        rows = labels == state.value
        if rows.any() and state is not dsp.State.NO_DATA:
            found[state.value] = analysis.spectra.psd[rows].mean(axis=0)
    return found


def _run(
    jobs: Sequence[tuple[Path, Path]],
    *,
    placement: str | None,
    keep_spectra: bool,
    scheduler: str | None,
    workers: int | None,
) -> Iterator[str]:
    arguments = [(str(file), str(target), placement) for file, target in jobs]
    if scheduler is not None:
        yield from _run_on_cluster(arguments, scheduler, keep_spectra=keep_spectra)
    elif len(jobs) <= 1 or workers == 1:
        for each in arguments:
            yield analyse_one(*each, keep_spectra=keep_spectra)
    else:
        with ProcessPoolExecutor(max_workers=min(workers or os.cpu_count() or 1, len(jobs))) as pool:
            futures = [pool.submit(analyse_one, *each, keep_spectra=keep_spectra) for each in arguments]
            for future in as_completed(futures):
                yield future.result()


def _run_on_cluster(
    arguments: Iterable[tuple[str, str, str | None]], address: str, *, keep_spectra: bool
) -> Iterator[str]:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
        from distributed import as_completed as completed  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "a cluster needs the extra `cluster`: pip install 'tremorscope[cluster]'"
        raise MissingExtraError(msg) from error
    try:
        client = Client(address, timeout=CLUSTER_TIMEOUT_S)
    except OSError as error:
        msg = f"no Dask scheduler answers at {address}: {error}; check the address, or leave --scheduler out"
        raise TremorscopeError(msg) from error
    with client:
        futures = [client.submit(analyse_one, *each, keep_spectra=keep_spectra, pure=False) for each in arguments]
        for future in completed(futures):
            yield future.result()


def _is_done(file: Path, target: Path, placement: str | None) -> bool:
    try:
        record = json.loads(target.read_text())
    except (OSError, ValueError):
        return False
    same_input = record.get("stamp") == _stamp(file) and record.get("asked_placement") == placement
    return same_input and "error" not in record and record.get("parameters_version") == dsp.parameters_version()


def _stamp(file: Path) -> list[int]:
    status = file.stat()
    return [status.st_size, status.st_mtime_ns]


def _short_id(file: Path) -> str:
    return hashlib.sha256(str(file.absolute()).encode()).hexdigest()[:8]


def _row(record: dict[str, Any]) -> dict[str, Any]:
    findings = {k: v for k, v in record["findings"].items() if not isinstance(v, list | dict)}
    causes = (record.get("guidance") or {}).get("causes") or [{}]
    return {
        "file": record["file"],
        "sensor": record["sensor"],
        **findings,
        "holds": len(record["holds"]),
        "looks_most_like": causes[0].get("id", ""),
        "quality": " | ".join(record["quality"]),
        "parameters_version": record["parameters_version"],
    }


def _write_csv(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        if rows:
            writer = csv.DictWriter(file, fieldnames=list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
