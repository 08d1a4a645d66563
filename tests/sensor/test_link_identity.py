"""Is it the sensor that was chosen? Names are spoofable, and a neighbour's strap is real."""

from typing import Any

from sensor import Identity, LinkState
from sensor.virtual import VirtualH10

ADDRESS = "F0:F1:F2:F3:F4:01"


def test_another_sensor_of_the_same_name_is_refused(begin: Any, listener: Any) -> None:
    sensor = VirtualH10(address=ADDRESS, serial="NEIGHBOUR")
    who = Identity(key=ADDRESS, serial="MINE", family="polar", name=sensor.name)
    begin(sensor, who=who)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "serial number" in failed.reason
    assert "tap" in failed.next_step
    assert "MINE" not in failed.reason + failed.next_step
    assert not sensor.commands


def test_a_sensor_that_changes_its_serial_number_on_the_way_is_refused(streaming: Any, listener: Any) -> None:
    virtual, sensor, _ = streaming()
    virtual.advance(1.0)
    listener.wait_for_blocks(4)

    async def swap() -> None:
        (service,) = [s for s in sensor._device.gatt_server.services if s.uuid.to_hex_str() == "180A"]
        (serial,) = [c for c in service.characteristics if c.uuid.to_hex_str() == "2A25"]
        serial.value = b"OTHER"
        await sensor.drop_link()

    virtual.run(swap())
    assert "serial number" in listener.wait_for_state(LinkState.FAILED).reason


class Impostor(VirtualH10):
    """Calls itself an H10 and has none of its services."""

    def services(self) -> list[Any]:
        super().services()
        return []


def test_a_device_that_only_has_the_name_is_refused(begin: Any, listener: Any) -> None:
    begin(Impostor(address=ADDRESS))
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "lacks its service" in failed.reason
    assert failed.next_step
