"""The other virtual sensors, byte by byte, as their documents say."""

import asyncio
import struct
from typing import Any

import numpy as np
import pytest
from bleak import BleakClient

from sensor.virtual import CountingMotion, Faults, PlayedMotion, VirtualMovesense, VirtualThingy, VirtualWitMotion
from sensor.virtual.movesense import GSP_NOTIFY, GSP_WRITE
from sensor.virtual.thingy import MOTION_CONFIG, RAW_DATA
from sensor.virtual.witmotion import WIT_NOTIFY, WIT_WRITE

ADDRESS = "F0:F1:F2:F3:F4:01"
TILTED = PlayedMotion(np.array([[0.5, -0.25, 0.75]]))


class Talk:
    """A conversation with a virtual sensor in manual time."""

    def __init__(self, virtual: Any, notify: str, write: str) -> None:
        self.virtual, self.got = virtual, []  # type: Any, list[bytes]
        self._notify, self._write = notify, write
        self._client: BleakClient | None = None

    def begin(self) -> None:
        async def connect() -> BleakClient:
            client = BleakClient(ADDRESS, backend=self.virtual.radio.client_backend)
            await client.connect()
            await client.start_notify(self._notify, lambda _, data: self.got.append(bytes(data)))
            return client

        self._client = self.virtual.run(connect())

    def say(self, *commands: bytes) -> list[bytes]:
        """Write commands and give what came in answer, while time stands still."""
        client = self._client
        assert client is not None
        before = len(self.got)

        async def write() -> None:
            for command in commands:
                await client.write_gatt_char(self._write, command, response=True)
            for _ in range(100):
                await asyncio.sleep(0)

        self.virtual.run(write())
        return self.got[before:]

    def listen(self, seconds: float) -> list[bytes]:
        before = len(self.got)
        self.virtual.advance(seconds)
        return self.got[before:]

    def end(self) -> None:
        assert self._client is not None
        self.virtual.run(self._client.disconnect())


@pytest.fixture
def talk(on_air: Any) -> Any:
    talks: list[Talk] = []

    def make(sensor: Any, notify: str, write: str) -> Talk:
        talks.append(Talk(on_air(sensor), notify, write))
        talks[-1].begin()
        return talks[-1]

    yield make
    for each in talks:
        each.end()


def gsp(frames: list[bytes]) -> list[tuple[int, np.ndarray]]:
    """Stamp in ms and floats of each DATA frame: `02 ref | uint32 ms | n x float32 xyz`."""
    return [
        (struct.unpack_from("<I", f, 2)[0], np.frombuffer(f, "<f4", offset=6).reshape(-1, 3))
        for f in frames
        if f[0] == 2
    ]


def test_movesense_answers_subscriptions_with_a_status(talk: Any) -> None:
    with_gsp = talk(VirtualMovesense(address=ADDRESS), GSP_NOTIFY, GSP_WRITE)
    assert with_gsp.say(b"\x00\x07") == [bytes.fromhex("0107c800")]
    assert with_gsp.say(b"\x01\x63/Meas/Acc/52") == [bytes.fromhex("0163c800")]
    assert with_gsp.say(b"\x01\x64Meas/Acc/104") == [bytes.fromhex("0164c800")]
    assert with_gsp.say(b"\x01\x65/Meas/Acc/53") == [bytes.fromhex("01659401")]
    assert with_gsp.say(b"\x01\x66/Meas/Gyro/52") == [bytes.fromhex("01669401")]
    assert with_gsp.say(b"\x04\x67/Info") == [bytes.fromhex("01679401")]
    assert with_gsp.say(b"\x01") == []


def test_movesense_sends_metres_a_second_squared_stamped_with_the_first_sample(talk: Any) -> None:
    sensor = VirtualMovesense(address=ADDRESS, motion=TILTED)
    with_gsp = talk(sensor, GSP_NOTIFY, GSP_WRITE)
    with_gsp.say(b"\x01\x63/Meas/Acc/104")
    frames = gsp(with_gsp.listen(1.0))
    assert len(frames) == 13
    for (stamp_ms, xyz), (first, count) in zip(frames, sensor.sent_packets, strict=True):
        assert len(xyz) == count == 8
        assert stamp_ms == pytest.approx(first / 104 * 1e3, abs=1.01)
        assert xyz == pytest.approx(np.tile([0.5, -0.25, 0.75], (8, 1)) * 9.80665, rel=1e-6)
    assert with_gsp.say(b"\x02\x63") == [bytes.fromhex("0163c800")]
    assert with_gsp.listen(1.0) == []


def test_movesense_may_send_mg(talk: Any) -> None:
    with_gsp = talk(VirtualMovesense(address=ADDRESS, motion=TILTED, unit_per_g=1000.0), GSP_NOTIFY, GSP_WRITE)
    with_gsp.say(b"\x01\x63/Meas/Acc/52")
    assert gsp(with_gsp.listen(0.5))[0][1][0] == pytest.approx([500.0, -250.0, 750.0])


def test_movesense_splits_what_does_not_fit_in_two_parts(talk: Any) -> None:
    sensor = VirtualMovesense(address=ADDRESS, mtu=66)
    with_gsp = talk(sensor, GSP_NOTIFY, GSP_WRITE)
    with_gsp.say(b"\x01\x63/Meas/Acc/52")
    frames = with_gsp.listen(0.5)
    assert {f[0] for f in frames} == {2, 3}
    whole = frames[0][6:] + frames[1][2:]
    assert len(whole) == 8 * 12
    numbers = CountingMotion.numbers(np.frombuffer(whole, "<f4").reshape(-1, 3) / 9.80665)
    assert numbers[0] == sensor.sent_packets[0][0]


def test_movesense_can_refuse_and_can_be_mute(talk: Any) -> None:
    sensor = VirtualMovesense(address=ADDRESS)
    sensor.faults.refuse.append(503)
    with_gsp = talk(sensor, GSP_NOTIFY, GSP_WRITE)
    assert with_gsp.say(b"\x01\x63/Meas/Acc/52") == [b"\x01\x63" + struct.pack("<H", 503)]
    sensor.faults.mute = True
    assert with_gsp.say(b"\x01\x63/Meas/Acc/52") == []


def test_witmotion_streams_from_the_connection_on_without_time(talk: Any) -> None:
    wit = talk(VirtualWitMotion(address=ADDRESS, motion=TILTED), WIT_NOTIFY, WIT_WRITE)
    data = b"".join(wit.listen(2.0))
    assert len(data) == 20 * 20  # 10 Hz by default
    for at in range(0, len(data), 20):
        assert data[at : at + 2] == b"\x55\x61"
        counts = np.frombuffer(data[at + 2 : at + 8], "<i2")
        assert counts / 32768 * 16 == pytest.approx([0.5, -0.25, 0.75])


def test_witmotion_takes_a_rate_only_when_it_is_unlocked(talk: Any) -> None:
    unlock, fast, save = bytes.fromhex("ffaa6988b5"), bytes.fromhex("ffaa030b00"), bytes.fromhex("ffaa000000")
    read = bytes.fromhex("ffaa270300")
    wit = talk(VirtualWitMotion(address=ADDRESS), WIT_NOTIFY, WIT_WRITE)
    wit.say(fast)
    assert wit.say(read)[0][:6] == bytes.fromhex("557103000600")
    wit.say(unlock, fast, save)
    assert wit.say(read)[0][:6] == bytes.fromhex("557103000b00")
    assert sum(map(len, wit.listen(1.0))) == pytest.approx(200 * 20, abs=80)
    wit.say(unlock, bytes.fromhex("ffaa030a00"), save)  # 0x0A is no rate
    assert wit.say(read)[0][4] == 0x0B
    wit.say(bytes.fromhex("ffaa1f0400"))  # locked again
    wit.say(b"\xff")
    assert wit.say(bytes.fromhex("ffaa271f00"))[0][:6] == bytes.fromhex("55711f000400")


def test_witmotion_frames_may_be_split_between_notifications(talk: Any) -> None:
    wit = talk(VirtualWitMotion(address=ADDRESS, mtu=23, samples=2), WIT_NOTIFY, WIT_WRITE)
    got = wit.listen(1.0)
    assert {len(g) for g in got} == {20}
    split = talk_again(wit, mtu_room=33)
    assert {len(g) for g in split} == {33, 7}


def talk_again(wit: Talk, *, mtu_room: int) -> list[bytes]:
    """The same sensor once more, with room for `mtu_room` bytes in a notification."""
    (sensor,) = wit.virtual.sensors
    wit.end()
    sensor._device.gatt_server.max_mtu = mtu_room + 3
    wit.virtual.radio.scan(0.2)
    wit.begin()
    return wit.listen(1.0)


def test_witmotion_can_send_garbage_and_ignore_commands(talk: Any) -> None:
    sensor = VirtualWitMotion(address=ADDRESS, faults=Faults(damage_next=2, mute=True))
    wit = talk(sensor, WIT_NOTIFY, WIT_WRITE)
    got = wit.listen(1.0)
    assert got[0] == bytes(len(got[0]))
    assert got[-1][:2] == b"\x55\x61"
    wit.say(bytes.fromhex("ffaa6988b5"), bytes.fromhex("ffaa030b00"))
    assert sensor.registers[0x03] == 0x06


def test_thingy_streams_at_the_rate_of_its_configuration(talk: Any) -> None:
    sensor = VirtualThingy(address=ADDRESS, motion=TILTED)
    thingy = talk(sensor, RAW_DATA, MOTION_CONFIG)
    assert len(thingy.listen(1.0)) == pytest.approx(10, abs=1)
    thingy.say(struct.pack("<HHHHB", 100, 500, 500, 100, 1))
    got = thingy.listen(1.0)
    assert len(got) == pytest.approx(100, abs=1)
    assert {len(g) for g in got} == {18}
    assert np.frombuffer(got[0], "<i2")[:3] / 1024 == pytest.approx([0.5, -0.25, 0.75])


@pytest.mark.parametrize("config", [b"", struct.pack("<HHHHB", 100, 500, 500, 0, 1), bytes(12)])
def test_thingy_keeps_its_configuration_when_a_new_one_is_nonsense(talk: Any, config: bytes) -> None:
    sensor = VirtualThingy(address=ADDRESS)
    before = sensor.config
    talk(sensor, RAW_DATA, MOTION_CONFIG).say(config)
    assert sensor.config == before


def test_lost_packets_are_a_share_of_all(talk: Any) -> None:
    sensor = VirtualThingy(address=ADDRESS, faults=Faults(lost=0.25), seed=3)
    thingy = talk(sensor, RAW_DATA, MOTION_CONFIG)
    thingy.say(struct.pack("<HHHHB", 100, 500, 500, 200, 1))
    share = len(thingy.listen(5.0)) / 1000
    assert share == pytest.approx(0.75, abs=0.05)
