"""What the doctor says of the radio."""

import asyncio
from pathlib import Path
from typing import Any

import bleak
import pytest
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError

import sensor
from sensor import radio_check


@pytest.fixture
def linux(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Linux with an adapter and a message bus, made of files."""
    (tmp_path / "adapters" / "hci0").mkdir(parents=True)
    (tmp_path / "bus").write_text("")
    monkeypatch.setattr(radio_check, "ADAPTERS", tmp_path / "adapters")
    monkeypatch.setattr(radio_check, "SYSTEM_BUS", tmp_path / "bus")
    monkeypatch.setattr(radio_check.platform, "system", lambda: "Linux")
    return tmp_path


def scan(monkeypatch: pytest.MonkeyPatch, result: object) -> None:
    async def discover(**options: Any) -> object:
        await asyncio.sleep(0)
        if isinstance(result, BaseException):
            raise result
        return result

    monkeypatch.setattr(bleak.BleakScanner, "discover", discover)


def test_no_adapter_is_told_with_its_remedy(linux: Path) -> None:
    (linux / "adapters" / "hci0").rmdir()
    (check,) = sensor.diagnose_radio()
    assert not check.ok
    assert "adapter" in check.text
    assert check.remedy


def test_no_bluetooth_in_the_kernel_is_no_adapter(linux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(radio_check, "ADAPTERS", linux / "nothing")
    assert "adapter" in sensor.diagnose_radio()[0].text


def test_a_missing_bus_names_the_packages(linux: Path) -> None:
    (linux / "bus").unlink()
    (check,) = sensor.diagnose_radio()
    assert "bluez" in check.remedy


def test_a_working_radio_counts_what_it_heard(linux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(monkeypatch, [1, 2])
    (check,) = sensor.diagnose_radio()
    assert check.ok
    assert "2 devices" in check.text


def test_an_adapter_that_is_off_is_told_by_bleaks_own_reason(linux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(monkeypatch, BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF))
    (check,) = sensor.diagnose_radio()
    assert not check.ok
    assert "POWERED_OFF" in check.text
    assert "power on" in check.remedy


def test_a_service_that_does_not_answer_is_told(linux: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan(monkeypatch, BleakError("org.bluez was not provided"))
    (check,) = sensor.diagnose_radio()
    assert "org.bluez" in check.text
    assert "bluez" in check.remedy


def test_an_unknown_reason_still_has_a_next_step() -> None:
    assert radio_check._remedy("UNKNOWN")
