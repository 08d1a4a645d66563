"""The command line: what each command prints, and the exit codes that scripts rely on."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tremorscope as ts
from tremorscope.cli import main

SAMPLES = Path(ts.__file__).parents[1] / "recordings" / "samples"
FATIGUE = SAMPLES / "simulated-fatigue-calf.csv"
COMMANDS = (
    "analyze", "report", "batch", "doctor", "export", "import", "live", "demo", "replay", "guidance list",
    "library list", "library show", "library tag", "library note", "library rebuild", "library repair",
    "library export", "library delete",
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command.split(), "--help"]) == 0
    assert f"Example: tremorscope {command.split(maxsplit=1)[0]}" in " ".join(capsys.readouterr().out.split())


def test_help_starts_without_qt_scipy_bleak_or_numpy() -> None:
    code = (
        "import sys\nfrom tremorscope.cli import main\nmain(['--help'])\n"
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'PySide6','scipy','bleak','numpy','matplotlib'}))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert ts.__version__ in capsys.readouterr().out


def test_analyze_prints_one_json_object_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(SAMPLES.glob("*.csv"))
    assert main(["analyze", "--json", "--placement", "calf", *map(str, files)]) == 0
    records = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [r["file"] for r in records] == [str(f) for f in files]
    for key in ("rate_hz", "duration_s", "quality", "segments", "events", "holds", "findings", "guidance"):
        assert all(key in r for r in records)


def test_the_shipped_sessions_get_the_advice_their_truth_calls_for(capsys: pytest.CaptureFixture[str]) -> None:
    main(["analyze", "--json", "--placement", "calf", str(SAMPLES)])
    leading = {}
    for line in capsys.readouterr().out.splitlines():
        record = json.loads(line)
        causes = record["guidance"]["causes"]
        leading[Path(record["file"]).stem] = causes[0]["id"] if causes else None
    assert leading == {
        "simulated-fatigue-calf": "muscle_fatigue",
        "simulated-reflex-calf": "stretch_reflex",
        "simulated-rhythm-calf": "stretch_reflex",
        "simulated-twitches-calf": "spasm_twitch",
        "simulated-calm-calf": None,
    }


def test_analyze_prints_tables_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(FATIGUE), "--placement", "calf", "--all-sensors"]) == 0
    out = capsys.readouterr().out
    for wanted in ("segments", "fatigue tremor", "stretches", "This looks most like: a tired muscle", "What to do now"):
        assert wanted in out


def test_a_file_that_cannot_be_read_fails_with_its_reason_and_the_others_are_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.csv").write_text("nonsense")
    assert main(["analyze", "--json", str(tmp_path / "bad.csv"), str(FATIGUE)]) == 1
    got = capsys.readouterr()
    first, second = (json.loads(line) for line in got.out.splitlines())
    assert "error" in first
    assert second["segments"]
    assert "bad.csv" in got.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "nowhere.csv"],
        ["nonsense"],
        ["export", "moods", "a", "-o", "b"],
        ["analyze", "--nonsense", "x"],
    ],
)
def test_wrong_arguments_end_with_two(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["export", "samples", str(FATIGUE), "-o", "x.csv", "--from", "90", "--to", "60"], "ends before it begins"),
        (["export", "spectra", str(FATIGUE), "-o", "x.csv", "--low", "10", "--high", "3"], "ends before it begins"),
        (["analyze", str(FATIGUE), "--unit", "bananas"], "'bananas' is no unit"),
        (["analyze", str(FATIGUE), "--answer", "foo=bar"], "no answer foo=bar"),
        (["analyze", str(FATIGUE), "--answer", "foo"], "write QUESTION=ANSWER"),
        (["analyze", str(FATIGUE), "--rate", "-3"], "above 0"),
        (["replay", str(FATIGUE), "--speed", "-1"], "must lie between 0.25 and 64"),
        (["replay", str(FATIGUE), "--from", "9", "--to", "6"], "nothing to play from 9 to 6 s"),
        (["live", "simulated", "--no-gui", "--speed", "-1"], "--speed"),
        (["demo", "--terminal", "--speed", "-1"], "--speed"),
    ],
)
def test_arguments_that_make_no_sense_end_with_two_and_say_why(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_a_low_rate_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = np.random.default_rng(0).normal([0, 0, 1], 0.002, (400, 3))
    time_s = np.arange(400) / 20.0
    np.savetxt(tmp_path / "slow.csv", np.c_[time_s, rows], delimiter=",", header="time_s,x_g,y_g,z_g", comments="")
    main(["analyze", "--json", str(tmp_path / "slow.csv")])
    quality = json.loads(capsys.readouterr().out)["quality"]
    assert [q for q in quality if "too low" in q] == [
        "20 Hz is too low for tremor: nothing above 9.0 Hz can be seen; set the sensor to 50 Hz or more"
    ]
    main(["analyze", str(tmp_path / "slow.csv")])
    assert capsys.readouterr().out.count("too low for tremor") == 1
    main(["report", str(tmp_path / "slow.csv"), "-o", str(tmp_path / "slow.html")])
    assert (tmp_path / "slow.html").read_text().count("too low for tremor") == 1


def test_an_empty_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(tmp_path)]) == 2
    assert "no recordings" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("kind", "ending"),
    [
        ("spectra", "csv"),
        ("frames", "npz"),
        ("events", "json"),
        ("samples", "csv"),
        ("samples", "edf"),
        ("picture", "png"),
    ],
)
def test_export_writes_what_is_asked(tmp_path: Path, kind: str, ending: str) -> None:
    out = tmp_path / f"o.{ending}"
    assert main(["export", kind, str(FATIGUE), "-o", str(out), "--from", "5", "--to", "60"]) == 0
    assert out.stat().st_size > 100


def test_multitaper_spectra_are_an_option_of_the_export(tmp_path: Path) -> None:
    means = []
    for option in ([], ["--multitaper"]):
        out = tmp_path / f"{len(option)}.npz"
        assert main(["export", "spectra", str(FATIGUE), "-o", str(out), *option]) == 0
        with np.load(out) as found:
            means.append(np.concatenate([found[name].ravel() for name in found.files if "psd" in name]))
    plain, smooth = means
    assert plain.shape == smooth.shape
    assert smooth.mean() == pytest.approx(plain.mean(), rel=0.3)
    assert not np.allclose(smooth, plain, rtol=0.01)


def test_export_into_the_wrong_format_says_which_would_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "spectra", str(FATIGUE), "-o", str(tmp_path / "o.edf")]) == 1
    assert ".csv" in capsys.readouterr().err


def test_report_writes_the_page_into_the_home(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(FATIGUE)]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path.parent == home / "reports"
    assert "tired muscle" in path.read_text()


def test_the_demo_ends_by_itself_with_verdict_and_report(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--speed", "0", "--script", "fatigue"]) == 0
    out = capsys.readouterr().out
    assert "synthetic" in out
    assert "This looks most like: a tired muscle" in out
    page = Path(out.strip().splitlines()[-1].removeprefix("Report: "))
    assert page.exists()
    assert "Synthetic" in page.read_text()
    assert list((home / "recordings").glob("simulated-*.mcap"))


def test_an_unknown_script_is_refused_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", "--script", "dance"]) == 1
    assert "fatigue" in capsys.readouterr().err


def test_live_prints_json_lines_and_records_the_raw_samples(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["live", "simulated", "--no-gui", "--record", "--json", "--speed", "0", "--seconds", "40"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"link", "status", "frame", "event", "segment", "hold", "advice", "recording", "end"} >= {
        x["type"] for x in lines
    }
    assert {"link", "status", "frame", "segment", "advice", "recording", "end"} <= {x["type"] for x in lines}
    assert lines[-1]["type"] == "end"
    (path,) = (home / "recordings").glob("*.mcap")
    assert ts.read(path).duration_s >= 40


def test_live_with_two_simulated_sensors_records_both(tmp_path: Path) -> None:
    arguments = [
        "live",
        "simulated",
        "simulated",
        "--side",
        "left",
        "--side",
        "right",
        "--speed",
        "0",
        "--seconds",
        "20",
    ]
    assert main([*arguments, "--no-gui", "--json", "--out", str(tmp_path)]) == 0
    (path,) = tmp_path.glob("*.mcap")
    assert ts.read(path).sensors == ("left", "right")


def test_a_replay_from_the_middle_tells_programs_what_the_whole_analysis_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["analyze", str(FATIGUE), "--placement", "calf", "--json"]) == 0
    whole = json.loads(capsys.readouterr().out)
    assert main(["replay", str(FATIGUE), "--from", "70", "--speed", "0", "--placement", "calf", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    segments = [line for line in lines if line["type"] == "segment"]
    assert [{k: v for k, v in s.items() if k in whole["segments"][0]} for s in segments] == [
        s for s in whole["segments"] if s["end_s"] > 70.0
    ]
    assert min(line["time_s"] for line in lines if line["type"] == "frame") >= 70.0
    assert lines[-1]["type"] == "end"


def test_a_replay_obeys_commands(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    commands = "pause\nspeed 9000\nspeed fast\ndance\nseek 110\nspeed 64\nresume\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(commands))
    arguments = ["replay", str(FATIGUE), "--control", "--json", "--speed", "0.25", "--placement", "calf"]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    lines = [json.loads(line) for line in printed.out.splitlines()]
    times = [line["time_s"] for line in lines if line["type"] == "frame"]
    assert max(times) > 120.0
    assert not [t for t in times if 20.0 < t < 110.0]
    assert "'dance' is no command" in printed.err
    assert "9000" in printed.err


def test_replay_in_the_terminal_gives_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", str(FATIGUE), "--speed", "0", "--placement", "calf"]) == 0
    assert "tired muscle" in capsys.readouterr().out


def test_without_a_display_the_app_says_what_works(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 1
    assert "tremorscope demo" in capsys.readouterr().err


def test_doctor_ends_with_zero_and_names_the_radio(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--json"]) == 0
    names = {json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()}
    assert {"program", "home", "display", "radio"} <= names
    assert main(["doctor"]) == 0


def test_guidance_list_gives_every_sentence_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guidance", "list", "--json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(rows) > 150
    assert all(r["sources"] for r in rows)
    assert main(["guidance", "list", "--about", "water"]) == 0
    assert "glass of water" in capsys.readouterr().out


def test_the_library_takes_files_in_shows_tags_notes_exports_and_deletes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad.csv").write_text("nonsense")
    assert main(["library", "list"]) == 0
    assert "no sessions yet" in capsys.readouterr().out
    assert main(["import", str(FATIGUE), "--placement", "calf"]) == 0
    assert main(["import", str(tmp_path / "bad.csv")]) == 1
    capsys.readouterr()
    assert main(["library", "list", "--json"]) == 0
    (wanted,) = [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()]
    assert main(["library", "tag", wanted, "evening"]) == 0
    assert main(["library", "note", wanted, "after a run"]) == 0
    assert main(["library", "list", "evening"]) == 0
    assert main(["library", "show", wanted, "--json"]) == 0
    assert "after a run" in capsys.readouterr().out
    assert main(["library", "show", wanted]) == 0
    assert main(["library", "rebuild"]) == 0
    assert main(["library", "repair"]) == 0
    assert main(["library", "export", wanted, "-o", str(tmp_path / "copy.csv")]) == 0
    assert (tmp_path / "copy.csv").exists()
    monkeypatch.setattr("typer.confirm", lambda text, **_: (_ for _ in ()).throw(__import__("typer").Abort()))
    assert main(["library", "delete", wanted]) == 1
    assert main(["library", "delete", wanted, "--yes"]) == 0
    assert main(["library", "show", wanted]) == 1


def test_names_that_are_no_text_are_printed_with_their_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io
    import os
    import sys

    name = os.fsdecode(os.fsencode(tmp_path) + b"/n\xffght.csv")
    try:
        Path(name).write_bytes(FATIGUE.read_bytes())
    except OSError:
        pytest.skip("needs a file system that knows names of bytes")
    strict = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="strict")
    monkeypatch.setattr(sys, "stdout", strict)
    assert main(["export", "samples", name, "-o", name.replace(".csv", ".npz")]) == 0
    strict.flush()
    assert b"\\udcffght.npz" in strict.buffer.getvalue()


def test_live_in_a_window_passes_on_what_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, object] = {}

    def window(**options: object) -> int:
        asked.update(options)
        return 0

    monkeypatch.setattr("tremorscope.cli.open_app.has_display", lambda: True)
    monkeypatch.setattr("gui.run", window)
    args = ["simulated", "--rate", "52", "--speed", "4", "-o", str(tmp_path), "--checkin", "--side", "right"]
    assert main(["live", *args]) == 0
    assert (asked["folder"], asked["check_in"]) == (tmp_path, True)
    assert (asked["how"].rate_hz, asked["how"].speed) == (52.0, 4.0)  # type: ignore[attr-defined]


def test_a_report_takes_rate_and_calibration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    bare = tmp_path / "bare.csv"
    xyz_g = rng.normal(scale=0.002, size=(1200, 3)) + [0.0, 0.0, 1.0]
    bare.write_text("x,y,z\n" + "\n".join(",".join(f"{v:.4f}" for v in row) for row in xyz_g), encoding="utf-8")
    out = tmp_path / "page.html"
    assert main(["report", str(bare), "--unit", "g", "-o", str(out)]) == 1
    assert "--rate" in capsys.readouterr().err
    assert main(["report", str(bare), "--unit", "g", "--rate", "60", "--calibrate", "-o", str(out)]) == 0
    assert "0:20" in out.read_text(encoding="utf-8")


@pytest.mark.parametrize("ending", ["csv", "json"])
def test_an_exported_span_of_samples_reads_that_span_alone(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = ["live", "simulated", "--no-gui", "--speed", "0", "--seconds", "60", "-o", str(tmp_path / "night")]
    assert main(args) == 0
    (path,) = (tmp_path / "night").glob("*.mcap")
    kind = ["export", "samples", str(path), "--from", "20", "--to", "31.5", "-o"]
    with monkeypatch.context() as whole:
        whole.setattr("recordings.read_span", lambda *_, **__: None)
        assert main([*kind, str(tmp_path / f"whole.{ending}")]) == 0
    with monkeypatch.context() as alone:
        alone.setattr("recordings.read", None)
        assert main([*kind, str(tmp_path / f"alone.{ending}")]) == 0
    assert (tmp_path / f"alone.{ending}").read_bytes() == (tmp_path / f"whole.{ending}").read_bytes()
