"""The parts of a virtual sensor: motion, pace, clocks, encoders, and bleak's own backend contract."""

import asyncio
import sys
from typing import Any

import numpy as np
import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.client import BaseBleakClient
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dsp import InputError, MissingExtraError
from sensor.simulated.script import rest
from sensor.virtual import (
    CountingMotion,
    Faults,
    LimbMotion,
    Oscillator,
    PlayedMotion,
    VirtualH10,
    VirtualRadio,
    VirtualVeritySense,
)
from sensor.virtual.pace import ManualPace, RealPace
from sensor.virtual.polar import PMD_CONTROL, PMD_DATA, encode_delta
from sensor.virtual.stream import NS_PER_S, Stream

ADDRESS = "F0:F1:F2:F3:F4:01"
START = bytes.fromhex("0202020108000001c80001011000")


def test_a_played_array_comes_back_unchanged_and_begins_again() -> None:
    xyz = np.arange(30.0).reshape(10, 3)
    motion = PlayedMotion(xyz, 50.0)
    assert np.array_equal(motion.read(8, 4, 50.0), xyz[[8, 9, 0, 1]])
    assert np.array_equal(PlayedMotion(xyz).read(0, 10, 123.0), xyz)


def test_another_rate_plays_what_lies_between() -> None:
    motion = PlayedMotion(np.arange(30.0).reshape(10, 3), 50.0)
    assert motion.read(0, 5, 100.0)[:, 0] == pytest.approx([0.0, 1.5, 3.0, 4.5, 6.0])


@pytest.mark.parametrize("shape", [(0, 3), (5, 2), (5,)])
def test_what_is_no_motion_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="shape"):
        PlayedMotion(np.zeros(shape))


def test_the_limb_plays_at_any_rate() -> None:
    limb = LimbMotion((rest(1.0),), seed=2)
    slow, fast = limb.read(0, 20, 50.0), limb.read(0, 80, 200.0)
    assert np.allclose(slow, fast[::4])
    assert np.linalg.norm(slow, axis=1).mean() == pytest.approx(1.0, abs=0.05)


@given(st.integers(0, 900_000), st.integers(1, 500))
def test_numbered_samples_tell_their_numbers(first: int, count: int) -> None:
    xyz = CountingMotion().read(first, count, 200.0).astype(np.float32)
    assert np.array_equal(CountingMotion.numbers(xyz), np.arange(first, first + count))


@settings(deadline=None)
@given(
    arrays(np.int64, st.tuples(st.integers(1, 80), st.just(3)), elements=st.integers(-32768, 32767)),
    st.integers(1, 40),
)
def test_delta_frames_hold_every_difference(counts: np.ndarray, block: int) -> None:
    data = encode_delta(counts, block=block)
    last = np.frombuffer(data[:6], "<i2").astype(np.int64)
    rows, at = [last], 6
    while at < len(data):
        width, count = data[at], data[at + 1]
        size = -(-width * count * 3 // 8)
        bits = int.from_bytes(data[at + 2 : at + 2 + size], "little")
        for i in range(count):
            values = [(bits >> ((3 * i + axis) * width)) & ((1 << width) - 1) for axis in range(3)]
            last = last + [v - (1 << width) if v >> (width - 1) else v for v in values]
            rows.append(last)
        at += 2 + size
    assert np.array_equal(np.array(rows), counts)


def test_a_stream_numbers_its_samples_on_one_grid_from_the_moment_of_switching_on() -> None:
    def make(now_s: float) -> Stream:
        clocks = Oscillator(rate_error=0.01, drift_ppm=100.0, zero_ns=500)
        return Stream(
            motion=CountingMotion(), rate_hz=100.0, samples=10, oscillator=clocks, born_ns=0, now_ns=round(now_s * 1e9)
        )

    early = make(0.0)
    packets = [early.next_packet() for _ in range(50)]
    assert [p.first for p in packets[:3]] == [1, 11, 21]
    assert packets[9].due_ns == pytest.approx(100 / 101.0 * NS_PER_S)
    assert packets[9].stamp_ns == pytest.approx(500 + packets[9].due_ns * (1 + 1e-4), abs=2)
    late = make(2.0).next_packet()
    assert late.first == 203
    assert CountingMotion.numbers(late.xyz_g)[0] == late.first
    assert late.due_ns > 2 * NS_PER_S


async def test_manual_time_stands_still_until_it_is_moved() -> None:
    pace = ManualPace()
    begin = pace.now_ns()
    woken: list[int] = []

    async def sleeper(after_ns: int) -> None:
        await pace.sleep_until(begin + after_ns)
        woken.append(after_ns)

    tasks = [asyncio.ensure_future(sleeper(n)) for n in (30, 10, 20, 0)]
    await asyncio.sleep(0.01)
    assert woken == [0]
    assert pace.next_due_ns == begin + 10
    pace.move_to(begin + 20)
    await asyncio.sleep(0.01)
    assert sorted(woken) == [0, 10, 20]
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert pace.next_due_ns is None
    pace.move_to(begin)
    assert pace.now_ns() == begin + 20


async def test_real_time_passes_by_itself() -> None:
    pace = RealPace()
    due = pace.now_ns() + 5_000_000
    await pace.sleep_until(due)
    assert pace.now_ns() >= due


def test_only_a_manual_radio_can_be_advanced(on_air: Any) -> None:
    with pytest.raises(TypeError, match="manual"):
        on_air(manual=False).advance(1.0)


def test_without_bumble_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sensor.virtual as virtual

    for name in [n for n in sys.modules if n.partition(".")[0] == "bumble"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("air", "backend", "radio"):
        monkeypatch.delitem(sys.modules, f"sensor.virtual.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "bumble", None)
    with pytest.raises(MissingExtraError, match=r"tremorscope\[virtual\]"):
        virtual.VirtualRadio  # noqa: B018


# What bleak asks of a backend, over bleak's own public classes.


def test_the_backend_implements_what_bleak_asks_for(on_air: Any) -> None:
    virtual = on_air()
    client = virtual.radio.client_backend
    assert issubclass(client, BaseBleakClient)
    assert not client.__abstractmethods__
    assert not virtual.radio.scanner_backend.__abstractmethods__


def over(on_air: Any, *sensors: Any, **options: Any) -> Any:
    """Run a coroutine function with the radio's backend classes on the radio's loop."""
    virtual: VirtualRadio = on_air(*sensors, manual=False, **options)

    def run(work: Any) -> Any:
        return virtual.run(work(virtual.radio.scanner_backend, virtual.radio.client_backend))

    return run


def test_bleak_scans_filters_and_connects(on_air: Any) -> None:
    async def work(scanner: Any, client: Any) -> None:
        everything = await BleakScanner.discover(timeout=0.2, backend=scanner)
        assert [d.address for d in everything] == [ADDRESS]
        heart = "0000180d-0000-1000-8000-00805f9b34fb"
        assert len(await BleakScanner.discover(timeout=0.2, service_uuids=[heart], backend=scanner)) == 1
        other = "0000fe8d-0000-1000-8000-00805f9b34fb"
        assert await BleakScanner.discover(timeout=0.2, service_uuids=[other], backend=scanner) == []
        async with BleakClient(everything[0], backend=client) as bleak:
            assert bleak.is_connected
            assert bleak.name == "Polar H10 5A01C0DE"
            assert bleak.mtu_size == 517
            assert (await bleak.read_gatt_char(PMD_CONTROL))[0] == 0x0F
            characteristic = bleak.services.get_characteristic(PMD_CONTROL)
            assert set(characteristic.properties) == {"read", "write", "indicate"}
            assert await bleak.read_gatt_descriptor(characteristic.descriptors[0].handle) == bytearray(2)
            with pytest.raises(BleakError, match="already connected"):
                await bleak.connect()
        assert not bleak.is_connected
        with pytest.raises(BleakError, match="Not connected"):
            await bleak.read_gatt_char(PMD_CONTROL)
        await bleak.disconnect()

    over(on_air, VirtualH10(address=ADDRESS))(work)


def test_a_small_mtu_cuts_what_is_longer(on_air: Any) -> None:
    async def work(scanner: Any, client: Any) -> None:
        async with BleakClient(ADDRESS, backend=client) as bleak:
            assert bleak.name == ADDRESS
            assert bleak.mtu_size == 23
            answers: asyncio.Queue[bytes] = asyncio.Queue()
            await bleak.start_notify(PMD_CONTROL, lambda _, data: answers.put_nowait(bytes(data)))
            await bleak.write_gatt_char(PMD_CONTROL, b"\x01\x02", response=True)
            assert len(await asyncio.wait_for(answers.get(), 30)) == 20
            await bleak.write_gatt_char(PMD_CONTROL, START, response=True)
            assert await asyncio.wait_for(answers.get(), 30) == bytes([0xF0, 2, 2, 10])
            await bleak.stop_notify(PMD_CONTROL)

    over(on_air, VirtualH10(address=ADDRESS, mtu=23))(work)


def test_a_bond_is_made_kept_and_forgotten(on_air: Any) -> None:
    async def refused(bleak: BleakClient) -> bool:
        try:
            await bleak.write_gatt_char(PMD_CONTROL, b"\x01\x02", response=True)
        except BleakGATTProtocolError as error:
            assert error.code == 0x0F
            return True
        return False

    async def work(scanner: Any, client: Any) -> None:
        async with BleakClient(ADDRESS, backend=client) as bleak:
            assert await refused(bleak)
            await bleak.pair()
            await bleak.pair()
            assert not await refused(bleak)
        async with BleakClient(ADDRESS, backend=client) as bleak:
            assert not await refused(bleak)
            await bleak.unpair()
        await bleak.unpair()
        async with BleakClient(ADDRESS, backend=client) as bleak:
            assert await refused(bleak)
        async with BleakClient(ADDRESS, backend=client, pair=True) as bleak:
            assert not await refused(bleak)

    over(on_air, VirtualH10(address=ADDRESS, encrypted=True))(work)


def test_an_operation_fails_at_once_when_the_link_goes_down(on_air: Any) -> None:
    sensor = VirtualH10(address=ADDRESS, faults=Faults(mute=True))

    async def work(scanner: Any, client: Any) -> None:
        gone = asyncio.Event()
        bleak = BleakClient(ADDRESS, lambda _: gone.set(), backend=client)
        await bleak.connect()
        reading = asyncio.ensure_future(bleak._backend._attempt(lambda: asyncio.sleep(3600)))  # type: ignore[attr-defined]
        await asyncio.sleep(0.01)
        await sensor.drop_link()
        with pytest.raises(BleakError, match="lost during"):
            await asyncio.wait_for(reading, 30)
        await asyncio.wait_for(gone.wait(), 30)

    over(on_air, sensor)(work)


def test_a_device_that_is_away_is_not_found_and_can_be_connected_later(on_air: Any) -> None:
    sensor = VirtualH10(address=ADDRESS)

    async def work(scanner: Any, client: Any) -> None:
        await sensor.drop_link(away_s=-1.0)
        bleak = BleakClient(ADDRESS, backend=client, timeout=0.1)
        for _ in range(2):
            with pytest.raises(BleakDeviceNotFoundError):
                await bleak.connect()
        waiting = asyncio.ensure_future(BleakClient(ADDRESS, backend=client, timeout=600).connect())
        await asyncio.sleep(0.05)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await sensor.come_back()
        async with asyncio.timeout(30):
            late = BleakClient(ADDRESS, backend=client, timeout=30)
            await late.connect()
            await late.disconnect()

    over(on_air, sensor)(work)


def test_a_sensor_comes_back_by_itself_after_a_while(on_air: Any, wait_for: Any) -> None:
    sensor = VirtualH10(address=ADDRESS)
    virtual = on_air(sensor)
    virtual.run(sensor.drop_link(away_s=5.0))
    assert virtual.radio.scan(0.15) == []
    virtual.advance(6.0)
    assert len(virtual.radio.scan(0.3)) == 1
    virtual.run(sensor.drop_link(away_s=600.0))  # and one that is still away ends with the radio


COMMANDS = [
    ("0102", "f0010200000004190032006400c8000101100002030200040008 00"),
    ("0202", "f0020208"),
    ("0202000164000101100002010300", "f0020209"),
    ("0202000164000101080002010800", "f0020207"),
    ("02020001", "f0020205"),
    ("0302", "f003020000"),
    ("0109", "f0010902"),
    ("0205", "f0020502"),
    ("0402", "f0040203"),
    ("0209", "f0020903"),
    ("05", "f00500000002"),
    ("06", "f00600000000"),
    ("77", "f0770001"),
]


@pytest.mark.parametrize(("command", "answer"), COMMANDS)
def test_the_virtual_h10_answers_as_the_documents_say(on_air: Any, command: str, answer: str) -> None:
    assert ask(on_air, VirtualH10(address=ADDRESS), [command]) == [answer.replace(" ", "")]


def ask(on_air: Any, sensor: Any, commands: list[str]) -> list[str]:
    """Write commands, one after the other, and collect the answers."""

    async def work(scanner: Any, client: Any) -> list[str]:
        got: list[str] = []
        async with BleakClient(ADDRESS, backend=client) as bleak:
            answers: asyncio.Queue[bytes] = asyncio.Queue()
            await bleak.start_notify(PMD_CONTROL, lambda _, data: answers.put_nowait(bytes(data)))
            for command in commands:
                await bleak.write_gatt_char(PMD_CONTROL, bytes.fromhex(command), response=True)
                got.append((await asyncio.wait_for(answers.get(), 30)).hex())
        return got

    result: list[str] = over(on_air, sensor)(work)
    return result


def test_the_sdk_mode_changes_only_while_nothing_streams(on_air: Any) -> None:
    start = "0202000134000101100002010800040103"
    commands = ["0402", "0209", "0209", "06", start, "0309", "05", "0302", "0309", "0309"]
    assert ask(on_air, VirtualVeritySense(address=ADDRESS), commands) == [
        "f00402000000051a0034006800d000a001010110000204020004000800100004 0103".replace(" ", ""),
        "f002090000",
        "f0020906",
        "f00600000001",
        "f00202000005014 0da7f39".replace(" ", ""),
        "f003090c",
        "f00500000042",
        "f003020000",
        "f003090000",
        "f0030906",
    ]


def test_long_answers_come_in_two_parts(on_air: Any) -> None:
    sensor = VirtualH10(address=ADDRESS)
    sensor.more_frames = True
    (first,) = ask(on_air, sensor, ["0102"])
    assert first.startswith("f001020001")


def test_data_frames_carry_the_time_of_their_last_sample(on_air: Any) -> None:
    sensor = VirtualH10(address=ADDRESS)
    virtual = on_air(sensor)
    frames: list[bytes] = []

    async def connect() -> BleakClient:
        bleak = BleakClient(ADDRESS, backend=virtual.radio.client_backend)
        await bleak.connect()
        await bleak.start_notify(PMD_DATA, lambda _, data: frames.append(bytes(data)))
        await bleak.write_gatt_char(PMD_CONTROL, START, response=True)
        return bleak

    bleak = virtual.run(connect())
    virtual.advance(1.0)
    virtual.run(bleak.disconnect())
    assert len(frames) == 5
    for i, frame in enumerate(frames):
        assert (frame[0], frame[9], len(frame)) == (2, 1, 10 + 36 * 6)
        (first, count) = sensor.sent_packets[i]
        stamp_ns = int.from_bytes(frame[1:9], "little") - 599_616_000_000_000_000
        assert stamp_ns == pytest.approx((first + count - 1) / 200.0 * 1e9, abs=2)
