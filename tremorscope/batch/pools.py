"""Where the work is done: in this process, in several, or on a Dask cluster. Results come in any order."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from dsp import MissingExtraError, TremorscopeError
from tremorscope.batch.work import analyse_one

CLUSTER_TIMEOUT_S = 30.0
"""A cluster that has not answered by then is not there."""
DIED = "the process that analysed it died: out of memory, or a reader crashed on damaged bytes; analyse it by itself"

Job = tuple[str, str | None]
"""File, and where it was worn."""
Result = tuple[Job, dict[str, Any]]


def here(jobs: Sequence[Job], *, keep_spectra: bool) -> Iterator[Result]:
    """Work through the jobs in this process."""
    for job in jobs:
        yield job, analyse_one(*job, keep_spectra=keep_spectra)


def processes(jobs: Sequence[Job], workers: int | None, *, keep_spectra: bool) -> Iterator[Result]:
    """Work in several processes; a file that kills its process is told, and the others go on."""
    left = dict.fromkeys(jobs)
    count = max(1, min(workers or os.cpu_count() or 1, len(jobs)))
    try:
        for job, record in _pool(list(left), count, keep_spectra=keep_spectra):
            del left[job]
            yield job, record
    except BrokenProcessPool:
        # One of those under way did it, and nobody knows which: each of the rest by itself.
        for job in left:
            try:
                yield from _pool([job], 1, keep_spectra=keep_spectra)
            except BrokenProcessPool:
                yield job, {"file": job[0], "error": DIED}


def _pool(jobs: Sequence[Job], count: int, *, keep_spectra: bool) -> Iterator[Result]:
    # Not forked: a fork of a program with threads may hang.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        futures = {pool.submit(analyse_one, *job, keep_spectra=keep_spectra): job for job in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()


def cluster(jobs: Sequence[Job], address: str, *, keep_spectra: bool) -> Iterator[Result]:
    """Work on a Dask cluster, whose machines see the files under the same paths; results come back to this one.

    Raises
    ------
    MissingExtraError, TremorscopeError
        Without the extra, or when nothing answers at the address.
    """
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
        from distributed import as_completed as completed  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "a cluster needs the extra `cluster`: pip install 'tremorscope[cluster]'"
        raise MissingExtraError(msg) from error
    try:
        client = Client(address, timeout=CLUSTER_TIMEOUT_S)
    except (OSError, ValueError) as error:
        msg = f"no Dask scheduler answers at {address}: {error}; check the address, or leave --scheduler out"
        raise TremorscopeError(msg) from error
    with client:
        futures = {client.submit(analyse_one, *job, keep_spectra=keep_spectra, pure=False): job for job in jobs}
        for future in completed(list(futures)):
            yield futures[future], _record(future, futures[future][0])
            future.release()


def _record(future: Any, file: str) -> dict[str, Any]:
    try:
        record: dict[str, Any] = future.result()
    except OSError as error:
        msg = f"the cluster was lost: {error}; run the same command again, it goes on where it was"
        raise TremorscopeError(msg) from error
    except Exception as error:  # noqa: BLE001 - whatever a worker raises, it costs one file
        died = type(error).__name__ == "KilledWorker"
        return {"file": file, "error": DIED if died else f"the cluster could not analyse it: {error}"}
    return record
