"""One open connection: time-outs, lost links, bonds, and what platforms call them."""

import asyncio
import itertools
import logging
import threading
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from bleak.exc import BleakDBusError, BleakError, BleakGATTProtocolError

from dsp import SensorError
from sensor import LinkTimes, SensorInfo
from sensor.families import PairingRequiredError
from sensor.families.common import short_uuid
from sensor.link.gatt import BleakGatt, demands_bond
from sensor.link.identity import (
    BATTERY,
    MODEL,
    SERIAL,
    WrongSensorError,
    ask_about,
    battery_of,
    check_serial,
    read_battery,
    readable,
)
from sensor.link.opening import OpenLink, close_link, pair
from sensor.link.problems import LinkLostError, RadioError

CHAR = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"


class Client:
    """As much of a bleak client as is needed, with an outcome for every operation."""

    def __init__(
        self,
        outcome: object = b"",
        characteristics: tuple[str, ...] = (CHAR,),
        size: int = 244,
        properties: tuple[tuple[str, ...], ...] = (("read", "write", "write-without-response", "notify"),),
    ) -> None:
        self.outcome = outcome
        found = {
            i: SimpleNamespace(uuid=u.upper(), handle=i, properties=list(p), max_write_without_response_size=size)
            for i, (u, p) in enumerate(zip(characteristics, itertools.cycle(properties), strict=False))
        }
        self.services: Any = SimpleNamespace(characteristics=found)
        self.calls: list[str] = []
        self.callback: Callable[[Any, bytearray], None] | None = None

    async def _answer(self, call: str) -> Any:
        self.calls.append(call)
        await asyncio.sleep(0)
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        if self.outcome == "hangs":
            await asyncio.sleep(3600)
        if callable(self.outcome):
            return await self.outcome()
        return self.outcome

    def read_gatt_char(self, it: Any) -> Awaitable[Any]:
        return self._answer(f"read {it.handle}")

    def write_gatt_char(self, it: Any, data: bytes, *, response: bool) -> Awaitable[Any]:
        return self._answer(f"write {it.handle} {data.hex()} {response}")

    def start_notify(self, it: Any, callback: Callable[[Any, bytearray], None]) -> Awaitable[Any]:
        self.callback = callback
        return self._answer(f"start {it.handle}")

    def stop_notify(self, it: Any) -> Awaitable[Any]:
        return self._answer(f"stop {it.handle}")

    def pair(self) -> Awaitable[Any]:
        return self._answer("pair")

    def disconnect(self) -> Awaitable[Any]:
        return self._answer("disconnect")


def gatt_of(client: Client, *, operation_s: float = 30.0) -> tuple[BleakGatt, asyncio.Event]:
    lost = asyncio.Event()
    return BleakGatt(client, lost, operation_s=operation_s), lost  # type: ignore[arg-type]


async def test_reads_writes_and_subscriptions_reach_the_client() -> None:
    client = Client(bytearray(b"\x01\x02"))
    gatt, _ = gatt_of(client)
    got: list[bytes] = []
    assert await gatt.read(CHAR) == b"\x01\x02"
    await gatt.write(CHAR, b"\x05", response=True)
    await gatt.subscribe(CHAR, got.append)
    assert client.callback is not None
    client.callback(None, bytearray(b"abc"))
    await gatt.unsubscribe(CHAR)
    await gatt.unsubscribe(CHAR)
    assert got == [b"abc"]
    assert client.calls == ["read 0", "write 0 05 True", "start 0", "stop 0"]
    assert gatt.characteristics == {CHAR}


@pytest.mark.parametrize(
    ("properties", "response", "taken"),
    [
        (("write",), False, True),
        (("write-without-response",), True, False),
        (("write", "write-without-response"), False, False),
        ((), True, True),
        ((), False, False),
    ],
)
async def test_a_write_takes_the_way_that_the_sensor_offers(
    properties: tuple[str, ...], response: bool, taken: bool
) -> None:
    client = Client(properties=(properties,))
    gatt, _ = gatt_of(client)
    await gatt.write(CHAR, b"\x05", response=response)
    assert client.calls == [f"write 0 05 {taken}"]


async def test_of_several_characteristics_with_one_uuid_the_able_one_is_taken() -> None:
    client = Client(characteristics=(CHAR, CHAR), properties=(("read",), ("indicate", "write")))
    gatt, _ = gatt_of(client)
    await gatt.read(CHAR)
    await gatt.subscribe(CHAR, lambda data: None)
    await gatt.write(CHAR, b"\x05", response=True)
    await gatt.unsubscribe(CHAR)
    assert client.calls == ["read 0", "start 1", "write 1 05 True", "stop 1"]


async def test_a_characteristic_that_is_not_there_is_told_and_nothing_is_sent() -> None:
    client = Client(characteristics=())
    gatt, _ = gatt_of(client)
    with pytest.raises(LinkLostError, match="does not offer fb005c81; update its firmware"):
        await gatt.write(CHAR, b"\x05", response=True)
    assert client.calls == []


async def test_notifications_from_another_thread_reach_the_loop_in_order() -> None:
    client = Client()
    gatt, _ = gatt_of(client)
    got: list[tuple[bytes, int]] = []
    await gatt.subscribe(CHAR, lambda data: got.append((data, threading.get_ident())))

    def notify() -> None:
        assert client.callback is not None
        buffer = bytearray(1)
        for i in range(100):
            buffer[0] = i  # one buffer for all, as a platform may keep it
            client.callback(None, buffer)

    await asyncio.to_thread(notify)
    await asyncio.sleep(0)
    assert [data[0] for data, _ in got] == list(range(100))
    assert {thread for _, thread in got} == {threading.get_ident()}


async def test_an_operation_without_an_answer_ends_with_its_time_out() -> None:
    gatt, _ = gatt_of(Client("hangs"), operation_s=0.05)
    with pytest.raises(LinkLostError, match=r"no answer within 0\.05 s"):
        await gatt.read(CHAR)


async def test_an_operation_ends_with_the_link() -> None:
    gatt, lost = gatt_of(Client("hangs"))
    asyncio.get_running_loop().call_later(0.02, lost.set)
    with pytest.raises(LinkLostError, match="went down while writing"):
        await gatt.write(CHAR, b"", response=True)


@pytest.mark.parametrize("code", [0x05, 0x0F])
async def test_a_sensor_that_wants_a_bond_is_understood(code: int) -> None:
    gatt, _ = gatt_of(Client(BleakGATTProtocolError(code)))
    with pytest.raises(PairingRequiredError):
        await gatt.write(CHAR, b"", response=True)


async def test_another_refusal_is_no_demand_for_a_bond() -> None:
    gatt, _ = gatt_of(Client(BleakGATTProtocolError(0x0D)))
    with pytest.raises(LinkLostError, match="Invalid Attribute Value Length"):
        await gatt.write(CHAR, b"", response=True)


async def test_an_adapter_that_goes_off_on_the_way_is_told_as_that() -> None:
    gatt, _ = gatt_of(Client(BleakDBusError("org.bluez.Error.NotReady", [])))
    with pytest.raises(RadioError, match="switched off"):
        await gatt.read(CHAR)


def windows_error(code: int) -> OSError:
    error = OSError(22, "The attribute requires authentication before it can be read or written")
    error.winerror = code  # type: ignore[attr-defined, unused-ignore]
    return error


@pytest.mark.parametrize(
    ("error", "wanted"),
    [
        (BleakDBusError("org.bluez.Error.NotAuthorized", []), True),
        (BleakDBusError("org.bluez.Error.Failed", []), False),
        (windows_error(-2140864507), True),  # 0x80650005
        (windows_error(-2140864497), True),  # 0x8065000F
        (windows_error(-2140864509), False),  # 0x80650003: write not permitted
        (windows_error(-2147023673), False),  # 0x800704C7: cancelled by the user
        (OSError(5, "input/output error"), False),
        (BleakError("Not connected"), False),
    ],
)
def test_each_platforms_way_to_ask_for_a_bond_is_known(error: BaseException, wanted: bool) -> None:
    assert demands_bond(error) is wanted


async def test_a_callback_that_fails_is_logged_and_goes_no_further(caplog: pytest.LogCaptureFixture) -> None:
    client = Client()
    gatt, _ = gatt_of(client)

    def fail(data: bytes) -> None:
        raise ValueError(data)

    await gatt.subscribe(CHAR, fail)
    assert client.callback is not None
    with caplog.at_level(logging.ERROR):
        client.callback(None, bytearray(b"xy"))
    assert "2 bytes" in caplog.text


@pytest.mark.parametrize(("size", "most"), [(244, 244), (20, 20), (0, 20)])
async def test_the_largest_write_is_what_the_link_carries_and_never_below_twenty(size: int, most: int) -> None:
    gatt, _ = gatt_of(Client(size=size))
    assert gatt.max_write == most


async def test_what_a_sensor_does_not_tell_stays_as_it_was() -> None:
    gatt, _ = gatt_of(Client(characteristics=(CHAR,)))
    info = SensorInfo(key="k", name="n", family="polar", serial="S", battery_percent=50)
    assert await ask_about(gatt, info) == info
    assert await read_battery(gatt) is None


async def test_a_sensor_that_tells_nothing_before_it_is_paired_is_no_error() -> None:
    gatt, _ = gatt_of(Client(BleakGATTProtocolError(5), characteristics=(MODEL, SERIAL, BATTERY)))
    info = SensorInfo(key="k", name="n", family="polar", serial="S")
    assert await ask_about(gatt, info) == info


@pytest.mark.parametrize(
    ("data", "told"), [(b"\x00", 0), (b"\x64", 100), (b"\x65", 42), (b"\xff", 42), (b"", 42), (b"\x32\x00", 50)]
)
def test_a_battery_level_is_a_percentage_or_unknown(data: bytes, told: int) -> None:
    assert battery_of(data, 42) == told


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"H10\x00\x00", "H10"), (b" \xff ok \n\x1b[31m", "\ufffd ok [31m"), (b"a" * 500, "a" * 64), (b"", "")],
)
def test_a_devices_own_words_are_made_printable_and_short(data: bytes, text: str) -> None:
    assert readable(data) == text


@pytest.mark.parametrize(("expected", "found"), [("", ""), ("", "B"), ("A", ""), ("A", "A")])
def test_a_serial_number_that_is_unknown_or_equal_passes(expected: str, found: str) -> None:
    check_serial(expected, found)


def test_another_serial_number_does_not_pass() -> None:
    with pytest.raises(WrongSensorError):
        check_serial("A", "B")


def link_of(client: Client) -> OpenLink:
    gatt, lost = gatt_of(client)
    return OpenLink(client=client, gatt=gatt, lost=lost)  # type: ignore[arg-type]


@pytest.mark.parametrize("outcome", [BleakError("rejected"), NotImplementedError(), OSError("no agent"), "hangs"])
async def test_pairing_that_fails_says_what_to_do(outcome: object) -> None:
    with pytest.raises(PairingRequiredError, match="Bluetooth settings"):
        await pair(link_of(Client(outcome)), LinkTimes(pair_s=0.05))


@pytest.mark.parametrize("outcome", [BleakError("gone"), EOFError(), "hangs"])
async def test_a_link_that_does_not_close_is_left_alone(outcome: object, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        await close_link(link_of(Client(outcome)), LinkTimes(disconnect_s=0.05))
    assert "did not close cleanly" in caplog.text


def test_our_errors_are_all_of_one_kind() -> None:
    assert issubclass(LinkLostError, SensorError)
    assert issubclass(RadioError, SensorError)
    assert short_uuid(0x2A19) == BATTERY
