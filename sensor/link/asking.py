"""Asking: a short visit to a sensor, to learn what it does not advertise."""

from typing import TYPE_CHECKING

from sensor.link.identity import ask_about
from sensor.link.opening import close_link, open_link
from sensor.link.scanning import find
from sensor.link.times import LinkTimes
from sensor.messages import SensorInfo

if TYPE_CHECKING:
    from sensor.link.radio import Radio


async def ask(radio: "Radio", info: SensorInfo, times: LinkTimes) -> SensorInfo:
    """Connect, read model, serial number, firmware and battery, disconnect; see `Radio.ask`."""
    device = radio.device(info.key) or await find(radio, info.key, times.find_s)
    link = await open_link(radio, device, times)
    try:
        return await ask_about(link.gatt, info)
    finally:
        await close_link(link, times)
