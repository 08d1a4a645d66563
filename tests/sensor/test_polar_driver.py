"""The conversation with a Polar sensor's control point (firmware-notes/polar.md, "Control point")."""

import asyncio
import struct
from typing import Any

import pytest

from sensor.families import DeviceStopped, FrameError, Remedy, StartError, StreamRequest, StreamSettings
from sensor.families.common import choose_rate
from sensor.families.polar import PolarFamily
from sensor.families.polar.control import (
    Answer,
    Setting,
    Status,
    factor_of,
    has_acceleration,
    has_sdk_mode,
    parse_indication,
    parse_settings,
    refusal,
)
from sensor.families.polar.driver import PMD_CONTROL, PMD_DATA, PolarDriver
from tests.sensor.gatt_help import ScriptedGatt

H10_FEATURES = bytes.fromhex("0f05") + bytes(15)
VERITY_FEATURES = bytes.fromhex("0f6e02") + bytes(14)
H10_SETTINGS = bytes.fromhex("00041900320064 00c80001011000 02030200 04000800".replace(" ", ""))
VERITY_SDK = bytes.fromhex("00051a003400 6800d000a001 01011000 0204020004000800 1000 040103".replace(" ", ""))


class Sensor:
    """Answers commands as the notes say; single answers can be changed."""

    def __init__(self, settings: bytes = H10_SETTINGS, *, statuses: dict[bytes, list[int]] | None = None) -> None:
        self.settings = settings
        self.statuses = statuses or {}
        self.start_content = b"\x01"
        self.before: list[bytes] = []
        self.silent = False

    def __call__(self, uuid: str, command: bytes) -> list[tuple[str, bytes]]:
        if uuid != PMD_CONTROL or self.silent:
            return []
        queue = self.statuses.get(command[:2], [])
        status = queue.pop(0) if queue else 0
        content = {1: self.settings, 4: self.settings, 2: self.start_content}.get(command[0], b"")
        answer = bytes([0xF0, *command[:2], status]) + (b"\x00" + content if status == 0 else b"")
        early, self.before = self.before, []
        return [(PMD_CONTROL, a) for a in (*early, answer)]


def gatt_of(sensor: Sensor, features: bytes = H10_FEATURES, **more: Any) -> ScriptedGatt:
    characteristics = {PMD_CONTROL, PMD_DATA}
    return ScriptedGatt(characteristics=characteristics, answer=sensor, reads={PMD_CONTROL: features}, **more)


def start(gatt: ScriptedGatt, request: StreamRequest | None = None) -> StreamSettings:
    return asyncio.run(PolarDriver(gatt).start(request or StreamRequest(), lambda char, data: None))


def test_an_h10_is_started_at_200_hz_and_8_g_with_the_documented_bytes() -> None:
    gatt = gatt_of(Sensor())
    settings = start(gatt)
    assert gatt.written == [
        (PMD_CONTROL, bytes.fromhex("0102")),
        (PMD_CONTROL, bytes.fromhex("02020001c80001011000 02010800".replace(" ", ""))),
    ]
    assert (settings.rate_hz, settings.range_g, settings.factor) == (200.0, 8.0, None)
    assert settings.stamped


def test_a_verity_sense_is_put_into_sdk_mode_and_started_at_104_hz() -> None:
    sensor = Sensor(VERITY_SDK)
    sensor.start_content = bytes.fromhex("050140da7f39")
    gatt = gatt_of(sensor, VERITY_FEATURES)
    settings = start(gatt)
    ops = [data[:2].hex() for _, data in gatt.written]
    assert ops == ["0302", "0209", "0402", "0202"]
    assert gatt.written[-1][1][-3:] == bytes.fromhex("040103")
    assert settings.rate_hz == 104.0
    assert settings.factor == pytest.approx(0.000244, rel=1e-6)
    assert "SDK mode" in settings.notes[0]


def test_firmware_that_refuses_sdk_settings_is_asked_for_the_plain_ones() -> None:
    gatt = gatt_of(Sensor(VERITY_SDK, statuses={bytes([4, 2]): [3]}), VERITY_FEATURES)
    start(gatt)
    assert [d[:1].hex() for _, d in gatt.written] == ["03", "02", "04", "01", "02"]


@pytest.mark.parametrize(("wanted", "rate"), [(25.0, 25), (60.0, 100), (100.0, 100), (1000.0, 200)])
def test_a_wish_for_a_rate_takes_the_nearest_that_reaches_it(wanted: float, rate: int) -> None:
    assert start(gatt_of(Sensor()), StreamRequest(rate_hz=wanted)).rate_hz == (50 if wanted == 25.0 else rate)


def test_a_stream_left_running_is_stopped_and_started_anew() -> None:
    gatt = gatt_of(Sensor(statuses={bytes([2, 2]): [Status.ALREADY_IN_STATE]}))
    start(gatt)
    assert [d[:2].hex() for _, d in gatt.written] == ["0102", "0202", "0302", "0202"]


@pytest.mark.parametrize("status", [*range(1, 6), *range(7, 15), 99])
def test_every_refusal_says_what_to_do(status: int) -> None:
    with pytest.raises(StartError) as caught:
        start(gatt_of(Sensor(statuses={bytes([2, 2]): [status]})))
    assert caught.value.status == status
    assert f"status {status}" in str(caught.value)
    assert ";" in str(caught.value)
    passing = {Status.INVALID_MTU, Status.INVALID_STATE, Status.INVALID_LENGTH}
    assert caught.value.remedy is (Remedy.RECONNECT if status in passing else Remedy.PERSON)


def test_a_sensor_that_streams_already_and_does_not_stop_is_connected_again() -> None:
    sensor = Sensor(statuses={bytes([2, 2]): [6, 6]})
    with pytest.raises(StartError) as caught:
        start(gatt_of(sensor))
    assert caught.value.remedy is Remedy.RECONNECT


def test_old_and_foreign_answers_are_passed_over() -> None:
    sensor = Sensor()
    # A stop that was answered late, an echo of the features as BlueZ hands it on, a cut answer, another measurement.
    sensor.before = [bytes.fromhex("f003020000"), H10_FEATURES, b"\xf0\x01", bytes.fromhex("f001000000")]
    assert start(gatt_of(sensor)).rate_hz == 200.0


def test_an_answer_in_parts_is_put_together() -> None:
    half = len(H10_SETTINGS) // 2

    class InParts(Sensor):
        def __call__(self, uuid: str, command: bytes) -> list[tuple[str, bytes]]:
            if command[0] != 1:
                return super().__call__(uuid, command)
            first = bytes([0xF0, 1, 2, 0, 1]) + H10_SETTINGS[:half]
            return [(PMD_CONTROL, first), (PMD_CONTROL, bytes([0xF0, 1, 2, 0, 0]) + H10_SETTINGS[half:])]

    assert start(gatt_of(InParts())).rate_hz == 200.0


def test_an_answer_without_end_is_given_up() -> None:
    class Endless(Sensor):
        def __call__(self, uuid: str, command: bytes) -> list[tuple[str, bytes]]:
            return [(PMD_CONTROL, bytes([0xF0, *command[:2], 0, 1]))] * 40

    with pytest.raises(StartError, match="no end"):
        start(gatt_of(Endless()))


def test_a_sensor_that_does_not_answer_is_connected_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.families.polar.driver.ANSWER_S", 0.02)
    sensor = Sensor()
    sensor.silent = True
    with pytest.raises(StartError, match="did not answer") as caught:
        start(gatt_of(sensor))
    assert caught.value.remedy is Remedy.RECONNECT


@pytest.mark.parametrize("content", [bytes.fromhex("0501000000ff"), bytes.fromhex("050100"), bytes.fromhex("0901ffff")])
def test_settings_that_make_no_sense_are_connected_again(content: bytes) -> None:
    sensor = Sensor()
    sensor.start_content = content
    with pytest.raises(StartError, match="makes no sense") as caught:
        start(gatt_of(sensor))
    assert caught.value.remedy is Remedy.RECONNECT
    with pytest.raises(StartError, match="list of rates makes no sense"):
        start(gatt_of(Sensor(b"\x00\x09\x01")))
    with pytest.raises(StartError, match="no rate at all"):
        start(gatt_of(Sensor(b"")))


def test_a_sensor_without_acceleration_or_with_old_firmware_is_told() -> None:
    with pytest.raises(StartError, match="no acceleration"):
        start(gatt_of(Sensor(), bytes.fromhex("0f01") + bytes(15)))
    with pytest.raises(StartError, match="too old"):
        start(ScriptedGatt(characteristics={PMD_DATA}))


def test_stopping_sends_the_stop_leaves_sdk_mode_and_may_be_repeated() -> None:
    async def run() -> ScriptedGatt:
        gatt = gatt_of(Sensor(VERITY_SDK), VERITY_FEATURES)
        driver = PolarDriver(gatt)
        await driver.start(StreamRequest(), lambda char, data: None)
        gatt.written.clear()
        await driver.stop()
        await driver.stop()
        return gatt

    gatt = asyncio.run(run())
    assert [d.hex() for _, d in gatt.written] == ["0302", "0309"]
    assert gatt.listeners == {}


def test_the_sensors_own_stop_comes_in_order_with_its_frames() -> None:
    # "01 01 02": PPG and ACC ended (firmware-notes/polar.md).
    async def run() -> list[object]:
        gatt = gatt_of(Sensor())
        driver = PolarDriver(gatt)
        got: list[tuple[str, bytes]] = []
        settings = await driver.start(StreamRequest(), lambda char, data: got.append((char, data)))
        gatt.notify(PMD_DATA, b"\x02" + bytes(8) + b"\x01" + struct.pack("<3h", 1, 2, 3))
        gatt.notify(PMD_CONTROL, bytes.fromhex("0101"))
        gatt.notify(PMD_CONTROL, bytes.fromhex("010102"))
        decoder = driver.decoder(settings)
        return [item for char, data in got for item in decoder.feed(data, char)]

    packet, stopped = asyncio.run(run())
    assert packet.xyz_g[0].tolist() == pytest.approx([0.001, 0.002, 0.003])  # type: ignore[attr-defined]
    assert isinstance(stopped, DeviceStopped)


def test_documented_answers_parse() -> None:
    assert parse_indication(bytes.fromhex("f001020000ffffff")) == Answer(
        op=1, kind=2, status=0, more=False, content=b"\xff\xff\xff"
    )
    refused = parse_indication(bytes.fromhex("f001060700"))
    assert isinstance(refused, Answer)
    assert (refused.status, refused.content) == (7, b"")
    assert parse_indication(bytes.fromhex("010102")) == (1, 2)
    assert parse_indication(H10_FEATURES) is None
    for cut in (b"", b"\xf0\x01\x02", b"\xf0" + bytes(600)):
        with pytest.raises(FrameError):
            parse_indication(cut)


def test_documented_settings_parse() -> None:
    settings = parse_settings(bytes.fromhex("000134000101100002 04f500f401e803d007 040103".replace(" ", "")))
    assert settings[Setting.RATE] == (52,)
    assert settings[Setting.RANGE] == (245, 500, 1000, 2000)
    assert settings[Setting.CHANNELS] == (3,)
    milli = parse_settings(bytes.fromhex("0302ffffffffff00000001010e00"))
    assert milli[Setting.RANGE_MILLI] == (-1, 255)
    assert factor_of(parse_settings(bytes.fromhex("050140da7f39"))) == pytest.approx(0.000243999995, rel=1e-9)
    assert factor_of({}) is None


@pytest.mark.parametrize("factor", [0.0, -1.0, 1e-9, 11.0, float("nan"), float("inf")])
def test_factors_that_no_sensor_means_are_refused(factor: float) -> None:
    bits = int.from_bytes(struct.pack("<f", factor), "little")
    with pytest.raises(FrameError, match="factor"):
        factor_of({Setting.FACTOR: (bits,)})


def test_features_name_what_a_sensor_can_do() -> None:
    assert has_acceleration(H10_FEATURES)
    assert not has_sdk_mode(H10_FEATURES)
    assert has_sdk_mode(VERITY_FEATURES)
    assert not has_acceleration(b"")


def test_a_refusal_that_nobody_knows_still_says_something() -> None:
    assert "not known" in str(refusal("starting", 77))


def test_polars_are_recognised_by_name_by_service_and_by_company() -> None:
    family = PolarFamily()
    assert family.matches("Polar H10 BA2B0B2D")
    assert family.matches("", ["0000FEEE-0000-1000-8000-00805F9B34FB"])
    assert family.matches("", [], [0x6B])
    assert not family.matches("Polar H9 1234")
    assert not family.matches("Kettle")


def test_the_rate_that_shows_tremor_best_is_chosen() -> None:
    assert choose_rate([25, 50, 100, 200], best_hz=100) == 100
    assert choose_rate([26, 52], best_hz=104) == 52
    assert choose_rate([10, 25, 50, 200], best_hz=10) == 50
