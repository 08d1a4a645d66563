"""`tremorscope live` as an outside program meets it: another backend under bleak, JSON lines, Ctrl-C."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import recordings
from sensor.virtual import CountingMotion
from tests.sensor.foreign import Elsewhere, Strap
from tremorscope.cli import main

FIELDS = {
    "link": {"state", "sensor", "reason", "next_step"},
    "status": {"sensor", "rate_hz", "loss", "data_age_s", "battery"},
    "frame": {"sensor", "time_s", "label", "confidence", "peak_hz", "rms_g"},
    "recording": {"path", "finished"},
    "end": {"reason"},
}
"""What the design promises to outside programs, line by line."""


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Elsewhere]:
    world = Elsewhere(Strap("11:22:33:44:55:66", "Polar H10 left"), Strap("11:22:33:44:55:77", "Polar H10 right"))
    scanner, client = world.backends()
    monkeypatch.setattr("bleak.get_platform_scanner_backend_type", lambda: (scanner, "foreign"))
    monkeypatch.setattr("bleak.get_platform_client_backend_type", lambda: (client, "foreign"))
    yield world
    world.close()


def live(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["live", *arguments, "--no-gui", "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_line_keeps_what_the_design_promises(
    elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, said = live(capsys, "Polar H10 left", "--record", "-o", str(tmp_path), "--seconds", "3.5")
    assert code == 0
    assert set(FIELDS) <= {line["type"] for line in said}
    for line in said:
        assert FIELDS.get(line["type"], set()) <= set(line), line
    assert [line["state"] for line in said if line["type"] == "link"] == [
        "connecting",
        "starting",
        "streaming",
        "stopped",
    ]
    status = [line for line in said if line["type"] == "status"][-1]
    assert status["rate_hz"] == pytest.approx(200.0, rel=0.02)
    assert (status["loss"], status["battery"]) == (0.0, None)
    assert said[-1]["type"] == "end"
    (path,) = (Path(line["path"]) for line in said if line["type"] == "recording" and line["finished"])
    numbers = CountingMotion.numbers(np.concatenate([s.xyz_g for s in recordings.read(path).samples]))
    sent = elsewhere.straps["11:22:33:44:55:66"].numbers_sent
    # The last packet may leave while the stop is on its way.
    assert numbers.tolist() == sent[: len(numbers)]
    assert len(sent) - len(numbers) <= 20


def test_ctrl_c_stops_both_sensors_and_closes_the_file_however_often_it_is_pressed(
    elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def press() -> None:
        end = time.monotonic() + 30.0
        while time.monotonic() < end and not all(len(s.numbers_sent) > 300 for s in elsewhere.straps.values()):
            time.sleep(0.05)
        for _ in range(3):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)

    thread = threading.Thread(target=press)
    thread.start()
    arguments = ["Polar H10 left", "Polar H10 right", "--side", "left", "--side", "right"]
    code, said = live(capsys, *arguments, "--record", "-o", str(tmp_path))
    thread.join()
    assert code == 0
    assert {line["sensor"] for line in said if line["type"] == "link"} == {"left", "right"}
    assert said[-1] == {"type": "end", "reason": "stopped with Ctrl-C"}
    assert all(s.commands[-1] == b"\x03\x02" and s.task is None for s in elsewhere.straps.values())
    (path,) = tmp_path.glob("*.mcap")
    assert recordings.read(path, sensor="right").samples
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("name", "told"),
    [("polar", "fits 2 sensors"), ("movesense", "did not show within"), ("11:22:33", "fits 2 sensors")],
)
def test_a_name_that_means_no_one_sensor_is_told(
    name: str, told: str, elsewhere: Elsewhere, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("session.find_sensors.__defaults__", (0.5,))
    assert main(["live", name, "--no-gui", "--json"]) == 1
    shown = capsys.readouterr()
    assert told in shown.err
    # Whoever reads the lines learns it, too.
    end = json.loads(shown.out.splitlines()[-1])
    assert end["type"] == "end"
    assert told in end["reason"]
