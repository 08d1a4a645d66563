"""What bleak asks of a backend, over bleak's own public classes."""

import asyncio
from typing import Any

import pytest
from bleak import BleakClient, BleakScanner
from bleak.backends.client import BaseBleakClient
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError

from sensor.virtual import Faults, VirtualH10
from sensor.virtual.polar import PMD_CONTROL
from tests.sensor.gatt_help import run_over

ADDRESS = "F0:F1:F2:F3:F4:01"
START = bytes.fromhex("0202020108000001c80001011000")


def test_the_backend_implements_what_bleak_asks_for(on_air: Any) -> None:
    virtual = on_air()
    client = virtual.radio.client_backend
    assert issubclass(client, BaseBleakClient)
    assert not client.__abstractmethods__
    assert not virtual.radio.scanner_backend.__abstractmethods__


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

    run_over(on_air, VirtualH10(address=ADDRESS))(work)


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

    run_over(on_air, VirtualH10(address=ADDRESS, mtu=23))(work)


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

    run_over(on_air, VirtualH10(address=ADDRESS, encrypted=True))(work)


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

    run_over(on_air, sensor)(work)


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

    run_over(on_air, sensor)(work)


def test_a_sensor_comes_back_by_itself_after_a_while(on_air: Any, wait_for: Any) -> None:
    sensor = VirtualH10(address=ADDRESS)
    virtual = on_air(sensor)
    virtual.run(sensor.drop_link(away_s=5.0))
    assert virtual.radio.scan(0.15) == []
    virtual.advance(6.0)
    assert len(virtual.radio.scan(0.3)) == 1
    virtual.run(sensor.drop_link(away_s=600.0))  # and one that is still away ends with the radio
