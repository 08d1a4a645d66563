"""A cohort: resumable, on several processes or a cluster, and no file stops the others."""

import csv
import json
import os
import warnings
from pathlib import Path

import pytest

import recordings
from dsp import TremorscopeError
from tremorscope.batch import pools, run_batch
from tremorscope.cli import main

SAMPLES = Path(recordings.__file__).parent / "samples"
FATIGUE = SAMPLES / "simulated-fatigue-calf.csv"


@pytest.fixture
def cohort(tmp_path: Path) -> Path:
    """Two recordings and one that is none."""
    folder = tmp_path / "cohort"
    folder.mkdir()
    for name in ("fatigue", "calm"):
        (folder / f"{name}.csv").write_bytes((SAMPLES / f"simulated-{name}-calf.csv").read_bytes())
    (folder / "bad.csv").write_text("nonsense")
    return folder


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return {Path(r["file"]).stem: r for r in csv.DictReader(file)}


def test_a_batch_writes_a_table_and_a_second_run_does_nothing_again(
    cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = cohort / "out"  # inside, where the results must not be taken for recordings
    arguments = ["batch", str(cohort), "--out", str(out), "--placement", "calf", "--spectra", "--workers", "1"]
    assert main(arguments) == 1
    assert "2 analysed, 0 were done before, 1 failed" in capsys.readouterr().out
    rows = rows_of(out / "cohort.csv")
    assert list(rows) == ["bad", "calm", "fatigue"]
    assert float(rows["fatigue"]["tremor_s"]) > 10.0
    assert rows["fatigue"]["looks_most_like"]
    assert "bad.csv" in rows["bad"]["error"]
    lines = [json.loads(line) for line in (out / "cohort.jsonl").read_text().splitlines()]
    assert lines[2]["tremor_s"] == float(rows["fatigue"]["tremor_s"])
    held = json.loads(next((out / "sessions").glob("fatigue-*.json")).read_text())
    assert held["spectra"]["unit"] == "g^2/Hz"
    assert held["segments"]
    assert "bad.csv" in (out / "errors.csv").read_text()
    assert main(arguments) == 1
    assert "0 analysed, 2 were done before, 1 failed" in capsys.readouterr().out


def test_a_batch_runs_on_several_processes_alike(tmp_path: Path) -> None:
    assert main(["batch", str(SAMPLES), "--out", str(tmp_path / "a"), "--workers", "2"]) == 0
    assert main(["batch", str(SAMPLES), "--out", str(tmp_path / "b"), "--workers", "1"]) == 0
    assert rows_of(tmp_path / "a" / "cohort.csv")
    assert (tmp_path / "a" / "cohort.csv").read_text() == (tmp_path / "b" / "cohort.csv").read_text()


def test_a_cluster_that_does_not_answer_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tremorscope.batch.pools.CLUSTER_TIMEOUT_S", 1.0)
    assert main(["batch", str(FATIGUE), "--out", str(tmp_path), "--scheduler", "tcp://127.0.0.1:1"]) == 1
    assert "no Dask scheduler answers" in capsys.readouterr().err


def test_the_tables_say_the_same(cohort: Path, tmp_path: Path) -> None:
    pq = pytest.importorskip("pyarrow.parquet")
    assert main(["batch", str(cohort), "--out", str(tmp_path / "o"), "--workers", "1"]) == 1
    table = pq.read_table(tmp_path / "o" / "cohort.parquet").to_pylist()
    lines = [json.loads(line) for line in (tmp_path / "o" / "cohort.jsonl").read_text().splitlines()]
    assert [{k: v for k, v in row.items() if v is not None} for row in table] == [
        {k: v for k, v in row.items() if v is not None} for row in lines
    ]


def test_other_options_or_a_changed_file_are_analysed_again(cohort: Path, tmp_path: Path) -> None:
    files, out = [cohort / "calm.csv", cohort / "fatigue.csv"], tmp_path / "o"
    assert run_batch(files, out, workers=1).done == 2
    assert run_batch(files, out, workers=1).skipped == 2
    assert run_batch(files, out, workers=1, placement="calf").done == 2
    os.utime(files[0], ns=(1, 1))
    assert run_batch(files, out, workers=1, placement="calf").done == 1
    next((out / "sessions").glob("fatigue-*.json")).write_text("{ torn")
    assert run_batch([*files, files[0]], out, workers=1, placement="calf").done == 1


def test_a_file_that_vanishes_and_one_with_an_odd_name_stop_nobody(tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/n\xffght" + b"x" * 200 + b".csv"))
    try:
        odd.write_bytes(FATIGUE.read_bytes())
    except OSError:
        pytest.skip("needs a file system that knows names of bytes")
    summary = run_batch([tmp_path / "gone.csv", odd], tmp_path / "o", workers=1)
    assert (summary.done, summary.failed) == (1, 1)
    assert "gone.csv" in summary.errors.read_text()
    assert "\\udcff" in summary.table.read_text()


def test_a_fault_of_the_program_costs_one_file(cohort: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import session

    real = session.analyze_file

    def faulty(path: Path, **options: object) -> object:
        if "calm" in path.name:
            raise IndexError(7)
        return real(path, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(session, "analyze_file", faulty)
    summary = run_batch(sorted(cohort.glob("*.csv")), tmp_path / "o", workers=1)
    assert (summary.done, summary.failed) == (1, 2)
    assert "fault of the program: IndexError" in rows_of(summary.table)["calm"]["error"]


def test_a_file_that_kills_its_process_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from concurrent.futures.process import BrokenProcessPool

    def pool(jobs: list[pools.Job], count: int, *, keep_spectra: bool):  # type: ignore[no-untyped-def]
        for job in jobs:
            if "calm" in job[0]:
                raise BrokenProcessPool
            yield job, {"file": job[0]}

    monkeypatch.setattr(pools, "_pool", pool)
    results = dict(pools.processes([("a", None), ("calm", None), ("b", None)], 2, keep_spectra=False))
    assert results["a", None] == {"file": "a"}
    assert results["b", None] == {"file": "b"}
    assert "died" in results["calm", None]["error"]


@pytest.mark.parametrize(
    ("problem", "told"), [(type("KilledWorker", (Exception,), {})(), "died"), (ModuleNotFoundError("dsp"), "dsp")]
)
def test_what_a_worker_of_a_cluster_raises_costs_one_file(problem: Exception, told: str) -> None:
    from concurrent.futures import Future

    future: Future[None] = Future()
    future.set_exception(problem)
    assert told in pools._record(future, "a")["error"]


def test_a_cluster_that_is_lost_is_told() -> None:
    from concurrent.futures import Future

    future: Future[None] = Future()
    future.set_exception(OSError("closed"))
    with pytest.raises(TremorscopeError, match="run the same command again"):
        pools._record(future, "a")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["batch", str(FATIGUE), "--out", str(tmp_path / "file"), "--workers", "1"]) == 1
    assert "choose another folder with --out" in capsys.readouterr().err


def test_a_cluster_gives_the_same_table(cohort: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about what it will do in future
        distributed = pytest.importorskip("distributed")
        with distributed.LocalCluster(
            n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None
        ) as cluster:
            arguments = ["batch", str(cohort), "--out", str(tmp_path / "c"), "--scheduler", cluster.scheduler_address]
            assert main([*arguments, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["done"] == 2
    assert main(["batch", str(cohort), "--out", str(tmp_path / "l"), "--workers", "1"]) == 1
    assert (tmp_path / "c" / "cohort.csv").read_text() == (tmp_path / "l" / "cohort.csv").read_text()
