"""What the virtual Polar sensors answer and send, as the vendor's documents say it."""

import asyncio
from typing import Any

import pytest
from bleak import BleakClient

from sensor.virtual import VirtualH10, VirtualVeritySense
from sensor.virtual.polar import PMD_CONTROL, PMD_DATA
from tests.sensor.gatt_help import run_over

ADDRESS = "F0:F1:F2:F3:F4:01"
START = bytes.fromhex("0202020108000001c80001011000")

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

    result: list[str] = run_over(on_air, sensor)(work)
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
