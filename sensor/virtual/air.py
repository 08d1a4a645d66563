"""Air: the in-process medium between virtual sensors and this program."""

from typing import Any

from bumble.controller import Controller
from bumble.device import Device
from bumble.hci import Address
from bumble.host import Host
from bumble.link import LocalLink
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import AsyncPipeSink

HOST_ADDRESS = "C0:00:00:00:{:02X}:{:02X}"
"""Static random addresses: the two highest bits are ones (Bluetooth Core, Vol 6 Part B 1.3.2.1)."""


class Air:
    """Connects Bumble devices without any hardware. Lives on one asyncio loop.

    Each central conversation gets a host device of its own, because a Bumble device can await one connection at a
    time and one absent sensor would keep all others from reconnecting. The host of a sensor is kept, with its bonds.
    """

    def __init__(self) -> None:
        self._link: Any = LocalLink()
        self._hosts: dict[str, Any] = {}
        self._controllers: dict[Any, Any] = {}
        self._made = 0

    def device(self, name: str, address: str) -> Any:
        """Make a Bumble device on this link, switched off."""
        controller = Controller(name, link=self._link, public_address=address)
        device = Device(name=name, address=Address(address), host=Host(controller, AsyncPipeSink(controller)))
        device.pairing_config_factory = lambda _connection: PairingConfig(
            sc=True,
            mitm=False,
            bonding=True,
            delegate=PairingDelegate(),
            # The bond is looked up by the address of the next connection, which is the random one.
            identity_address_type=PairingConfig.AddressType.RANDOM,
        )
        self._controllers[device] = controller
        return device

    async def host(self, purpose: str) -> Any:
        """Get the central device for one purpose (``scan``, or a sensor's address), switched on."""
        host = self._hosts.get(purpose)
        if host is None:
            self._made += 1
            host = self.device(f"host {self._made}", HOST_ADDRESS.format(self._made >> 8, self._made & 0xFF))
            self._hosts[purpose] = host
            await host.power_on()
        return host

    async def forget_host(self, purpose: str) -> None:
        """Take a host off the air, with its bonds."""
        host = self._hosts.pop(purpose, None)
        if host is not None:
            await self._remove(host)

    async def abandon_connect(self, purpose: str) -> None:
        """Replace a host whose connection attempt was broken off (its controller goes on waiting); keep its bonds."""
        host = self._hosts.get(purpose)
        if host is None:
            return
        await self.forget_host(purpose)
        again = self.device(host.name, host.static_address.to_string(False))  # noqa: FBT003 - Bumble's signature
        again.keystore = host.keystore
        self._hosts[purpose] = again
        await again.power_on()

    async def close(self) -> None:
        """Take everything off the air."""
        self._hosts.clear()
        for device in list(self._controllers):
            await self._remove(device)

    async def _remove(self, device: Any) -> None:
        controller = self._controllers.pop(device)
        await device.power_off()
        self._link.remove_controller(controller)
