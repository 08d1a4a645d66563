"""Starting and stopping the other families, over a connection without a radio."""

import asyncio
import struct
from pathlib import Path
from typing import Any

import pytest

from dsp import SensorError
from sensor.families import Advertisement, Driver, Remedy, StartError, StreamRequest, StreamSettings, all_families
from sensor.families.common import short_uuid
from sensor.families.espruino import EspruinoFamily
from sensor.families.espruino import family as espruino
from sensor.families.generic import described_families
from sensor.families.generic.description import parse
from sensor.families.metamotion import NOTIFY as META_NOTIFY
from sensor.families.metamotion import WRITE as META_WRITE
from sensor.families.metamotion import MetaMotionFamily
from sensor.families.movesense import NOTIFY as MOVE_NOTIFY
from sensor.families.movesense import WRITE as MOVE_WRITE
from sensor.families.movesense import MovesenseFamily
from sensor.families.muse import ACC, CONTROL, MuseFamily
from sensor.families.witmotion import NOTIFY as WIT_NOTIFY
from sensor.families.witmotion import WRITE as WIT_WRITE
from sensor.families.witmotion import WitMotionFamily
from tests.sensor.gatt_help import Answer, ScriptedGatt


def run(driver: Driver, request: StreamRequest | None = None) -> tuple[StreamSettings, list[tuple[str, bytes]]]:
    """Start and stop; the settings, and what reached the decoder."""
    got: list[tuple[str, bytes]] = []

    async def both() -> StreamSettings:
        settings = await driver.start(request or StreamRequest(), lambda char, data: got.append((char, data)))
        await driver.stop()
        await driver.stop()
        return settings

    return asyncio.run(both()), got


def gatt_with(characteristics: set[str], answer: Answer | None = None) -> ScriptedGatt:
    return ScriptedGatt(characteristics=characteristics, answer=answer)


# -- Movesense ----------------------------------------------------------------------------------------------------------


def movesense(*statuses: int) -> ScriptedGatt:
    left = list(statuses)

    def answer(uuid: str, data: bytes) -> list[tuple[str, bytes]]:
        if data[0] != 1 or not left:
            return []
        return [(MOVE_NOTIFY, bytes([1, data[1]]) + struct.pack("<H", left.pop(0)))]

    return gatt_with({MOVE_WRITE, MOVE_NOTIFY}, answer)


def test_movesense_is_subscribed_to_and_unsubscribed_from() -> None:
    gatt = movesense(200)
    settings, _ = run(MovesenseFamily().driver(gatt))
    assert gatt.written == [(MOVE_WRITE, b"\x01c/Meas/Acc/104"), (MOVE_WRITE, b"\x02c")]
    assert settings.rate_hz == 104.0
    assert settings.stamp_modulus_ns == (1 << 32) * 1_000_000
    assert gatt.listeners == {}


def test_movesense_is_asked_again_without_the_first_slash() -> None:
    gatt = movesense(404, 200)
    run(MovesenseFamily().driver(gatt), StreamRequest(rate_hz=200.0))
    assert gatt.written[1] == (MOVE_WRITE, b"\x01cMeas/Acc/208")


def test_movesense_firmware_that_knows_neither_is_told() -> None:
    with pytest.raises(StartError, match=r"status 404.*update its firmware") as caught:
        run(MovesenseFamily().driver(movesense(404, 404)))
    assert caught.value.status == 404


def test_a_mute_movesense_is_connected_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.families.movesense.ANSWER_S", 0.02)
    with pytest.raises(StartError, match="did not answer") as caught:
        run(MovesenseFamily().driver(movesense()))
    assert caught.value.remedy is Remedy.RECONNECT


# -- WitMotion ----------------------------------------------------------------------------------------------------------


def witmotion(rate_code: int | None) -> ScriptedGatt:
    def answer(uuid: str, data: bytes) -> list[tuple[str, bytes]]:
        if data[2] != 0x27 or rate_code is None:
            return []
        return [(WIT_NOTIFY[0], b"\x55\x71" + struct.pack("<H8h", data[3], rate_code, *[0] * 7))]

    return gatt_with({WIT_NOTIFY[0], WIT_WRITE[0]}, answer)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sensor.families.witmotion.ANSWER_S", 0.02)
    monkeypatch.setattr("sensor.families.witmotion.SETTLE_S", 0.0)


def test_witmotion_is_unlocked_set_to_100_hz_and_asked_whether_it_took_it(impatient: None) -> None:
    gatt = witmotion(0x09)
    settings, _ = run(WitMotionFamily().driver(gatt))
    assert [d.hex() for _, d in gatt.written] == ["ffaa6988b5", "ffaa030900", "ffaa1f0400", "ffaa270300"]
    assert settings.rate_hz == 100.0
    assert not settings.stamped
    assert len(settings.notes) == 1


def test_witmotion_at_200_hz_opens_its_filter(impatient: None) -> None:
    gatt = witmotion(0x0B)
    settings, _ = run(WitMotionFamily().driver(gatt), StreamRequest(rate_hz=200.0))
    assert settings.rate_hz == 200.0
    assert "ffaa1f0300" in [d.hex() for _, d in gatt.written]


def test_witmotion_that_stays_at_another_rate_is_believed(impatient: None) -> None:
    settings, _ = run(WitMotionFamily().driver(witmotion(0x08)))
    assert settings.rate_hz == 50.0
    assert "stays at 50 Hz" in settings.notes[-1]
    with pytest.raises(StartError, match="rate code 3"):
        run(WitMotionFamily().driver(witmotion(0x03)))


def test_witmotion_that_confirms_nothing_streams_with_a_note(impatient: None) -> None:
    settings, _ = run(WitMotionFamily().driver(witmotion(None)))
    assert "did not confirm 100 Hz" in settings.notes[-1]


def test_a_classic_witmotion_without_the_channel_is_told() -> None:
    with pytest.raises(StartError, match=r"Bluetooth 5\.0 model"):
        run(WitMotionFamily().driver(gatt_with(set())))


# -- Espruino -----------------------------------------------------------------------------------------------------------


def bangle(text: str) -> ScriptedGatt:
    typed = bytearray()

    def answer(uuid: str, data: bytes) -> list[tuple[str, bytes]]:
        typed.extend(data)
        done = data.endswith(b"\n") and b"TS.start" in bytes(typed)[-60:]
        return [(espruino.NOTIFY, text.encode())] if done else []

    return gatt_with({espruino.WRITE, espruino.NOTIFY}, answer)


def test_a_bangle_gets_our_program_in_small_pieces_and_is_stopped() -> None:
    gatt = bangle("TS1 50 8192\r\n")
    settings, _ = run(EspruinoFamily().driver(gatt))
    typed = b"".join(d for _, d in gatt.written)
    assert max(len(d) for _, d in gatt.written) <= 20
    assert typed.startswith(b"\x03\x10var TS = {")
    assert typed.count(b"\n") == 3
    assert b"//" not in typed
    assert typed.endswith(b"\x03\x10TS.stop();TS=undefined;\n")
    assert (settings.rate_hz, settings.scale_g) == (50.0, 1 / 8192)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Uncaught SyntaxError: Got UNFINISHED STR\r\n", "refused our program"),
        ("TS1 9999 8192\r\n", "which no device of this kind has"),
        ("TS1 50 3\r\n", "which no device of this kind has"),
        ("something else\r\n", "leave its running app"),
    ],
)
def test_a_bangle_that_answers_otherwise_is_told(said: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(espruino, "ANSWER_S", 0.05)
    with pytest.raises(StartError, match=told):
        run(EspruinoFamily().driver(bangle(said)))


# -- MetaMotion, Muse, described ------------------------------------------------------------------------------------------


def test_metamotion_is_configured_started_and_stopped() -> None:
    # firmware-notes/metamotion.md: config, packed stream on, sampling on, power on; and back.
    gatt = gatt_with({META_WRITE, META_NOTIFY})
    settings, _ = run(MetaMotionFamily().driver(gatt), StreamRequest(range_g=4.0))
    sent = [d.hex() for _, d in gatt.written]
    assert sent == ["03032805", "031c01", "03020100", "030101", "030100", "03020001", "031c00"]
    assert (settings.rate_hz, settings.range_g) == (100.0, 4.0)


def test_muse_is_resumed_and_halted() -> None:
    gatt = gatt_with({CONTROL, ACC})
    settings, _ = run(MuseFamily().driver(gatt))
    assert [d.hex() for _, d in gatt.written] == ["02640a", "02680a"]
    assert settings.counter_modulus == 3 * 65536


@pytest.mark.parametrize("name", [f.name for f in described_families()])
def test_every_described_sensor_starts_and_stops(name: str) -> None:
    (family,) = [f for f in described_families() if f.name == name]
    gatt = gatt_with({family.described.notify})
    settings, _ = run(family.driver(gatt))
    assert settings.rate_hz in family.rates_hz
    assert len(gatt.written) >= len(family.described.start)
    assert gatt.listeners == {}
    assert bool(family.warning) == (settings.rate_hz < 25 or name == "adafruit")


def test_thingy_is_set_to_100_hz() -> None:
    (family,) = [f for f in described_families() if f.name == "thingy52"]
    gatt = gatt_with({family.described.notify})
    assert run(family.driver(gatt))[0].rate_hz == 100.0
    assert struct.unpack("<HHHHB", gatt.written[0][1])[3] == 100


def test_a_described_sensor_without_its_channel_is_told() -> None:
    family = described_families()[0]
    with pytest.raises(StartError, match="lacks its data channel"):
        run(family.driver(gatt_with(set())))


# -- recognising ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("advertised", "name"),
    [
        ("Polar Sense 0B0B1E5E", "polar"),
        ("Movesense 174630000192", "movesense"),
        ("WT901BLE68", "witmotion"),
        ("Bangle.js 8ad2", "espruino"),
        ("Puck.js 1a2b", "espruino"),
        ("MetaWear", "metamotion"),
        ("Muse-1234", "muse"),
        ("Thingy", "thingy52"),
        ("BBC micro:bit [gevap]", "microbit"),
        ("CLUE 12ab", "adafruit"),
        ("Tremorscope", "arduino"),
        ("InfiniTime", "infinitime"),
        ("CC2650 SensorTag", "sensortag"),
        ("Fridge", ""),
    ],
)
def test_each_name_belongs_to_one_family(advertised: str, name: str) -> None:
    surest = max(all_families(), key=lambda f: f.match(Advertisement(name=advertised)))
    assert (surest.name if surest.match(Advertisement(name=advertised)) else "") == name


@pytest.mark.parametrize("family", all_families(), ids=lambda f: f.name)
def test_a_nameless_stranger_is_no_sensor_and_services_are_recognised(family: Any) -> None:
    assert family.match(Advertisement()) == family.NO_MATCH
    assert family.services
    if family.name not in ("espruino", "infinitime", "sensortag", "thingy52"):
        services = (*family.services, short_uuid(0xFEEE)) if family.name == "polar" else family.services
        assert family.matches("", services)


# -- a person's own descriptions ------------------------------------------------------------------------------------------

MINE = """
name = "mine"
title = "My sensor"
service = "12345678-0000-1000-8000-00805f9b34fb"
notify = "12345679-0000-1000-8000-00805f9b34fb"
source = "its data sheet"
[match]
names = ["Mine"]
[frame]
type = "int16"
scale_g = 0.001
start = "aa55"
header_bytes = 3
trailer_bytes = 1
samples = 2
counter = { offset = 2, type = "uint8", per = "packet" }
[[rate]]
hz = 100
"""


def test_a_description_is_enough_to_stream_from_a_new_sensor(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE)
    (family, *_) = described_families(tmp_path)
    assert (family.name, family.rates_hz) == ("mine", (100.0,))
    settings, _ = run(family.driver(gatt_with({family.described.notify})))
    assert settings.counter_modulus == 512
    frame = b"\xaa\x55\x07" + struct.pack("<6h", 1000, 0, 0, 0, 1000, 0) + b"\x00"
    (packet,) = family.driver(gatt_with(set())).decoder(settings).feed(frame, "")
    assert packet.first_counter == 14  # type: ignore[union-attr]
    assert packet.xyz_g.tolist() == [[1, 0, 0], [0, 1, 0]]  # type: ignore[union-attr]


def test_a_persons_own_description_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(MINE.replace('"mine"', '"microbit"'))
    names = [f.name for f in described_families(tmp_path)]
    assert names.count("microbit") == 1
    (tmp_path / "twice.toml").write_text(MINE.replace('"mine"', '"microbit"'))
    with pytest.raises(SensorError, match="named 'microbit'"):
        described_families(tmp_path)
    assert len(described_families(tmp_path / "absent")) == 6


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("hz = 100", "hz = -1"), "hz"),
        (("[[rate]]\nhz = 100", ""), "rate"),
        (("[[rate]]\nhz = 100", "rate = []"), "rate"),
        (('names = ["Mine"]', ""), "nothing would be recognised"),
        (("12345678-", "1234-"), "UUID"),
        (('start = "aa55"', 'start = "xy"'), "hex digits"),
        (('start = "aa55"', 'start = "aa55aa55"'), "part of the header"),
        (("header_bytes = 3", "header_bytes = 2"), "in the header"),
        (("samples = 2", "samples = 2\nstride_bytes = 4"), "too small"),
        (("int16", "int12"), "int12"),
        (("scale_g = 0.001", "scale_g = 0.001\nscal = 1"), "scal"),
        (('name = "mine"', "name = 'Mine Own'"), "name"),
        (("[frame]", "[frame"), "not valid"),
    ],
)
def test_a_faulty_description_says_what_is_wrong(change: tuple[str, str], told: str) -> None:
    with pytest.raises(SensorError, match=r"the sensor description my\.toml is not valid") as caught:
        parse(MINE.replace(*change), "my.toml")
    assert told in str(caught.value)
    assert "firmware-notes/generic.md" in str(caught.value)


def test_a_description_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SensorError, match="cannot be read"):
        described_families(tmp_path)
