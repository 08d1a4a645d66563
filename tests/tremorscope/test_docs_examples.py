"""The examples of the documentation run, on a file that the project ships."""

import re
from pathlib import Path

import numpy as np
import pytest

import recordings
from tremorscope.cli import main

ROOT = Path(recordings.__file__).parent.parent
FATIGUE = ROOT / "recordings" / "samples" / "simulated-fatigue-calf.csv"
PAGE = ROOT / "docs" / "exports.md"


def test_the_examples_for_pandas_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "night.csv").write_bytes(FATIGUE.read_bytes())
    for kind, name in (("spectra", "spectra.csv"), ("samples", "samples.parquet"), ("events", "events.csv")):
        assert main(["export", kind, "night.csv", "-o", name, "--placement", "calf"]) == 0
    assert main(["batch", "night.csv", "--out", "results", "--placement", "calf"]) == 0
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(blocks) == 3
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), {})
    out = capsys.readouterr().out
    assert "g^2/Hz" in out
    assert "0 gaps" in out
    assert (tmp_path / "spectra.h5").exists()


def test_what_the_examples_for_matlab_and_r_use_is_in_the_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from scipy.io import loadmat

    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    (matlab,) = re.findall(r"```matlab\n(.*?)```", text, flags=re.DOTALL)
    for kind, variable in (("spectra", "s"), ("samples", "r")):
        assert main(["export", kind, str(FATIGUE), "-o", f"{kind}.mat"]) == 0
        held = loadmat(f"{kind}.mat")
        used = set(re.findall(rf"\b{variable}\.(\w+)", matlab)) - {"mat"}
        assert used
        assert used <= set(held)
    assert main(["export", "spectra", str(FATIGUE), "-o", "spectra.csv"]) == 0
    header = Path("spectra.csv").read_text().splitlines()[0].split(",")
    assert {"label", "unit"} <= set(header)
    assert any(re.match(r"^[0-9.]+_hz$", name) for name in header)


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "npz", "mat", "parquet", "h5", "edf", "bdf", "hea", "bids"])
def test_every_ending_of_the_table_is_written(tmp_path: Path, ending: str) -> None:
    assert ending in PAGE.read_text(encoding="utf-8")
    out = tmp_path / f"samples.{ending}"
    assert main(["export", "samples", str(FATIGUE), "-o", str(out), "--to", "12"]) == 0
    assert out.exists()


def test_the_example_for_native_files_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("mcap_protobuf.decoder")
    monkeypatch.chdir(tmp_path)
    recorder = recordings.Recorder(tmp_path / "night.mcap", sensors=[recordings.StreamMeta(label="left")], start_ns=7)
    recorder.add_samples("left", xyz_g=np.eye(3, dtype=np.float32), start_s=0.0, rate_hz=100.0)
    recorder.close()
    page = (ROOT / "docs" / "native-format.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    exec(compile(block, "native-format.md", "exec"), {})
    assert capsys.readouterr().out.splitlines() == ["7 1.0 0.0 0.0", "10000007 0.0 1.0 0.0", "20000007 0.0 0.0 1.0"]
