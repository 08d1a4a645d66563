"""Scanning, and the thread that owns the radio."""

import asyncio
import subprocess
import sys
import threading
from typing import Any

import pytest
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError

from dsp import SensorError
from sensor import Identity, Radio, RadioError, RadioProblem, SensorInfo
from sensor.families.common import short_uuid
from sensor.link import listening
from sensor.link.scanning import UNKNOWN_WARNING
from sensor.virtual import VirtualH10, VirtualSensor

ONE, TWO = "F0:F1:F2:F3:F4:01", "F0:F1:F2:F3:F4:02"
SCAN_S = 0.4


class Kettle(VirtualH10):
    """Advertises nothing that a family knows."""

    def advertised(self) -> list[tuple[int, bytes]]:
        return []


def kettle(address: str = TWO) -> VirtualSensor:
    return Kettle(address=address, name="Kettle")


def test_a_scan_tells_name_family_and_signal(on_air: Any) -> None:
    virtual = on_air(VirtualH10(address=ONE), kettle())
    told: list[SensorInfo] = []
    (found,) = virtual.radio.scan(SCAN_S, told.append)
    assert found == SensorInfo(key=ONE, name="Polar H10 5A01C0DE", family="polar", signal_dbm=found.signal_dbm)
    assert found.signal_dbm is not None
    assert -100 < found.signal_dbm < 0
    assert told[0].key == ONE
    assert found.battery_percent is None


def test_a_scan_tells_of_unknown_devices_only_when_asked(on_air: Any) -> None:
    virtual = on_air(VirtualH10(address=ONE), kettle())
    found = {i.key: i for i in virtual.radio.scan(SCAN_S, everything=True)}
    assert set(found) == {ONE, TWO}
    assert found[TWO].family == ""
    assert found[TWO].warning == UNKNOWN_WARNING


def test_each_sensor_is_told_once_while_nothing_about_it_changes(on_air: Any) -> None:
    virtual = on_air(VirtualH10(address=ONE))
    told: list[SensorInfo] = []
    virtual.radio.scan(SCAN_S, told.append)
    assert len(told) == 1


def test_a_scan_can_be_ended_early(on_air: Any, wait_for: Any) -> None:
    virtual = on_air(VirtualH10(address=ONE))
    told: list[SensorInfo] = []
    result: list[list[SensorInfo]] = []
    thread = threading.Thread(target=lambda: result.append(virtual.radio.scan(600.0, told.append)))
    thread.start()
    wait_for(lambda: told)
    virtual.radio.cancel_scan()
    thread.join(30)
    assert [i.key for i in result[0]] == [ONE]


def test_a_second_scan_at_the_same_time_is_refused_and_the_first_goes_on(on_air: Any, wait_for: Any) -> None:
    virtual = on_air(VirtualH10(address=ONE))
    told: list[SensorInfo] = []
    thread = threading.Thread(target=lambda: virtual.radio.scan(600.0, told.append))
    thread.start()
    wait_for(lambda: told)
    with pytest.raises(SensorError, match="running already"):
        virtual.radio.scan(0.1)
    virtual.radio.cancel_scan()
    thread.join(30)
    assert [i.key for i in virtual.radio.scan(SCAN_S)] == [ONE]


def test_a_remembered_sensor_is_found_by_address_and_never_by_name(on_air: Any) -> None:
    virtual = on_air(VirtualH10(address=ONE), VirtualH10(address=TWO))
    found = virtual.radio.scan(SCAN_S)
    assert len(found) == 2
    assert Identity(key=TWO.lower(), name="Polar H10 5A01C0DE").find_in(found) == next(i for i in found if i.key == TWO)
    assert Identity(key="F0:00:00:00:00:00", name="Polar H10 5A01C0DE").find_in(found) is None


def failing(error: BaseException | None, *, at_end: bool = False) -> type[BaseBleakScanner]:
    class Scanner(BaseBleakScanner):
        def __init__(self, detection_callback: Any, service_uuids: Any, scanning_mode: str, **kwargs: Any) -> None:
            super().__init__(detection_callback, service_uuids)

        async def start(self) -> None:
            if error is None:
                await asyncio.sleep(3600)
            elif not at_end:
                raise error

        async def stop(self) -> None:
            if error is not None and at_end:
                raise error

    return Scanner


def test_a_scan_without_a_radio_says_why_and_what_to_do(no_threads_left: None) -> None:
    off = BleakBluetoothNotAvailableError("off", BleakBluetoothNotAvailableReason.POWERED_OFF)
    with Radio(scanner_backend=failing(off), families=[]) as radio:
        with pytest.raises(RadioError, match="switched off") as caught:
            radio.scan(0.1)
        assert caught.value.problem is RadioProblem.SWITCHED_OFF
        with pytest.raises(RadioError):  # the scanner is free again
            radio.scan(0.1)


def test_a_radio_that_does_not_begin_to_scan_is_silent(no_threads_left: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "ANSWER_S", 0.05)
    with Radio(scanner_backend=failing(None), families=[]) as radio, pytest.raises(RadioError, match="does not answer"):
        radio.scan(0.1)


def test_a_scan_that_does_not_end_cleanly_keeps_what_it_found(no_threads_left: None) -> None:
    with Radio(scanner_backend=failing(BleakError("bus gone"), at_end=True), families=[]) as radio:
        assert radio.scan(0.05) == []


def test_the_radio_of_this_machine_works_or_says_what_is_wrong(no_threads_left: None) -> None:
    with Radio(families=[]) as radio:
        try:
            radio.scan(0.1)
        except RadioError as error:
            assert error.problem.remedy in str(error)


def test_the_thread_starts_with_the_first_use_and_ends_with_close(no_threads_left: None) -> None:
    radio = Radio(families=[])
    assert not radio.running
    assert radio.call(asyncio.sleep(0, "done")) == "done"
    assert radio.running
    radio.close()
    radio.close()
    assert not radio.running
    with pytest.raises(SensorError, match="closed"):
        radio.call(asyncio.sleep(0))


def test_a_radio_that_was_never_used_closes_without_a_thread(no_threads_left: None) -> None:
    with Radio(families=[]) as radio:
        radio.cancel_scan()
        radio.call_soon(lambda: None)
    assert not radio.running


def test_work_that_takes_too_long_is_told_and_cancelled(no_threads_left: None) -> None:
    cancelled = threading.Event()

    async def linger() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with Radio(families=[]) as radio:
        with pytest.raises(RadioError, match=r"within 0\.05 s"):
            radio.call(linger(), timeout_s=0.05)
        assert cancelled.wait(30)


def test_a_time_out_of_the_work_itself_stays_its_own(no_threads_left: None) -> None:
    error = TimeoutError("mine")

    async def fail() -> None:
        raise error

    with Radio(families=[]) as radio, pytest.raises(TimeoutError, match="mine"):
        radio.call(fail(), timeout_s=30)


def test_the_radios_own_thread_may_not_wait_for_itself(no_threads_left: None) -> None:
    with Radio(families=[]) as radio:

        async def wait_for_oneself() -> None:
            radio.call(asyncio.sleep(0))

        with pytest.raises(SensorError, match="cannot wait for itself"):
            radio.call(wait_for_oneself(), timeout_s=30)


def test_all_families_are_recognised_by_default() -> None:
    names = {f.name for f in Radio().families}
    assert {"polar"} <= names


def test_importing_the_room_loads_no_radio() -> None:
    code = "import sys, sensor; print([m for m in ('bleak', 'bumble', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


def test_a_name_that_the_room_does_not_have_is_an_attribute_error() -> None:
    import sensor.link
    import sensor.virtual

    for module in (sensor, sensor.link, sensor.virtual):
        with pytest.raises(AttributeError, match="no attribute 'Nonsense'"):
            module.Nonsense  # noqa: B018
        assert all(hasattr(module, name) for name in module.__all__)


class Heard:
    """Feeds a scan with advertisements as a backend would."""

    def __init__(self, *advertisements: tuple[str | None, dict[str, bytes], list[str], dict[int, bytes]]) -> None:
        self._advertisements = advertisements

    def backend(self) -> type[BaseBleakScanner]:
        advertisements = self._advertisements

        class Scanner(BaseBleakScanner):
            def __init__(self, detection_callback: Any, service_uuids: Any, scanning_mode: str, **kwargs: Any) -> None:
                super().__init__(detection_callback, service_uuids)

            async def start(self) -> None:
                for name, service_data, services, makers in advertisements:
                    data = AdvertisementData(name, makers, service_data, services, None, -60, ())
                    self.call_detection_callbacks(self.create_or_update_device(ONE, ONE, name, None, data), data)

            async def stop(self) -> None:
                pass

        return Scanner


def heard(*advertisements: tuple[str | None, dict[str, bytes], list[str], dict[int, bytes]]) -> list[SensorInfo]:
    with Radio(scanner_backend=Heard(*advertisements).backend()) as radio:
        return radio.scan(0.05)


BATTERY_SERVICE = short_uuid(0x180F)


def test_a_battery_that_is_advertised_is_told_without_asking() -> None:
    (info,) = heard(("Polar H10 1", {BATTERY_SERVICE: b"\x37"}, [], {}), ("Polar H10 1", {}, [], {}))
    assert info.battery_percent == 55
    (strange,) = heard(("Polar H10 1", {BATTERY_SERVICE: b"\xff"}, [], {}))
    assert strange.battery_percent is None


def test_what_is_said_in_parts_is_put_together() -> None:
    (info,) = heard((None, {}, [], {0x6B: b""}), ("Polar H10 1", {}, [], {}), (None, {}, [], {}))
    assert (info.name, info.family) == ("Polar H10 1", "polar")


def test_a_makers_other_product_is_dropped_once_its_name_is_known() -> None:
    assert heard((None, {}, [], {0x6B: b""}), ("Polar H9 1", {}, [], {})) == []


def test_a_name_that_would_steer_the_terminal_is_made_harmless() -> None:
    (info,) = heard(("Polar \x1b[2J\x07H10\n" + "x" * 100, {}, [], {}))
    assert info.name.startswith("Polar [2JH10x")
    assert len(info.name) <= 64


def test_a_listener_that_fails_deafens_nobody_else() -> None:
    def fail(info: SensorInfo) -> None:
        raise ValueError(info.name)

    with Radio(scanner_backend=Heard(("Polar H10 1", {}, [], {})).backend()) as radio:
        assert [i.name for i in radio.scan(0.05, fail)] == ["Polar H10 1"]
