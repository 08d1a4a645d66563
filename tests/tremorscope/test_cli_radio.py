"""`scan`, `live` and `demo --radio` over virtual Bluetooth sensors: the whole path, in real time."""

import json
import re
from pathlib import Path

import pytest

import recordings
from tremorscope.cli import main


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limb that is there at once, and short looks around; the radio's path stays as it is."""
    import numpy as np

    from sensor import virtual
    from sensor.virtual.motion import PlayedMotion

    t = np.arange(4000) / 200.0
    played = np.stack([0.02 * np.sin(2 * np.pi * 6.0 * t), np.zeros_like(t), np.ones_like(t)], axis=1)
    monkeypatch.setitem(vars(virtual), "LimbMotion", lambda seed: PlayedMotion(played, 200.0))
    monkeypatch.setattr("session.choice.SCAN_S", 1.5)
    monkeypatch.setattr("session.find_sensors.__defaults__", (1.5,))


def lines(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def test_scan_lists_every_kind_with_signal_battery_and_family(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert main(["scan", "--virtual", "--seconds", "1", "--battery", "--json", "--home", str(home)]) == 0
    found = lines(capsys.readouterr().out)
    families = {"polar", "movesense", "witmotion", "espruino", "thingy52"}
    assert {f["family"] for f in found} == families
    assert all(f["battery_percent"] == 80 and f["signal_dbm"] == -50 for f in found)
    assert main(["scan", "--virtual", "--seconds", "1", "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    assert "Nordic Thingy:52" in shown
    assert "F0:F1:F2:F3:F4:01" in shown


def test_two_sensors_stream_and_are_recorded_in_one_session(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    arguments = ["live", "Polar Sense", "Polar H10", "--virtual", "--side", "left", "--side", "right", "--record"]
    assert main([*arguments, "--seconds", "4", "--json", "-o", str(tmp_path), "--home", str(home)]) == 0
    said = lines(capsys.readouterr().out)
    streaming = {m["sensor"] for m in said if m["type"] == "link" and m["state"] == "streaming"}
    assert streaming == {"left", "right"}
    assert {m["sensor"] for m in said if m["type"] == "frame"} == {"left", "right"}
    assert said[-1]["type"] == "end"
    (path,) = tmp_path.glob("*.mcap")
    both = {name: recordings.read(path, sensor=name) for name in ("left", "right")}
    assert both["left"].rate_hz == pytest.approx(104.0, rel=1e-3)
    assert both["right"].rate_hz == pytest.approx(200.0, rel=1e-3)
    assert all(sum(len(s.xyz_g) for s in r.samples) > 3 * r.rate_hz for r in both.values())


@pytest.mark.parametrize("name", ["Movesense", "WT901", "Bangle", "Thingy"])
def test_every_other_kind_streams_through_the_terminal(
    name: str, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    assert main(["live", name, "--virtual", "--no-gui", "--seconds", "6", "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    assert "streaming: samples arrive" in shown
    assert re.search(r"\b(5\.[89]|6\.[012]) Hz", shown)
    assert "end: 6 s of streaming are over" in shown


def test_the_demonstration_over_the_radio_ends_with_a_report(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert main(["demo", "--radio", "--seconds", "5", "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    assert "synthetic" in shown
    assert "Report:" in shown
    assert list((home / "reports").glob("*.html"))


def test_virtual_sensors_feel_a_recording_when_one_is_given(
    capsys: pytest.CaptureFixture[str], home: Path, tmp_path: Path
) -> None:
    import numpy as np

    t = np.arange(2000) / 100.0
    rows = np.stack([t, 0.03 * np.sin(2 * np.pi * 9.0 * t), np.zeros_like(t), np.ones_like(t)], axis=1)
    path = tmp_path / "night.csv"
    np.savetxt(path, rows, delimiter=",", header="time_s,x_g,y_g,z_g", comments="")
    assert main(["demo", "--radio", "--play", str(path), "--seconds", "6", "--home", str(home)]) == 0
    shown = capsys.readouterr().out
    assert "night.csv" in shown
    assert re.search(r"\b(8\.9|9\.[01]) Hz", shown)


def test_names_of_strangers_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    from sensor import SensorInfo
    from tremorscope.cli.scan import _print

    names = ("BBC micro:bit [gevap]", "Thingy [/bold]", "[red]Polar")
    _print([SensorInfo(key=f"{i}", name=name, family="") for i, name in enumerate(names)], {})
    shown = capsys.readouterr().out
    assert all(name in shown for name in names)


def test_a_sensor_that_is_not_around_is_told_with_what_to_do(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    assert main(["live", "Muse", "--virtual", "--no-gui", "--seconds", "3", "--home", str(home)]) == 1
    assert "did not show within" in capsys.readouterr().err


def test_three_sensors_are_one_too_many(capsys: pytest.CaptureFixture[str], home: Path) -> None:
    arguments = ["live", "a", "b", "c", "--no-gui", "--seconds", "3", "--home", str(home)]
    assert main(arguments) == 1
    assert "one or two" in capsys.readouterr().err


def test_a_machine_without_a_radio_says_so_and_how_to_mend_it(
    capsys: pytest.CaptureFixture[str], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason

    def start(self: object) -> None:
        msg = "none"
        raise BleakBluetoothNotAvailableError(msg, BleakBluetoothNotAvailableReason.NO_BLUETOOTH)

    monkeypatch.setattr("bleak.BleakScanner.start", start)
    monkeypatch.setattr("bleak.BleakScanner.__init__", lambda self, *a, **k: None)
    assert main(["scan", "--seconds", "0.5", "--home", str(home)]) == 1
    assert "no Bluetooth adapter was found" in capsys.readouterr().err


def test_a_persons_own_description_is_known_and_a_faulty_one_is_told(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    folder = home / "sensors"
    folder.mkdir(parents=True)
    (folder / "mine.toml").write_text("name = 'mine'\n")
    assert main(["scan", "--virtual", "--seconds", "0.5", "--home", str(home)]) == 1
    assert "mine.toml is not valid" in capsys.readouterr().err
