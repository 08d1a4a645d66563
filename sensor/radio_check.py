"""What stands between this machine and a Bluetooth sensor, and the line that mends it."""

import asyncio
import platform
from dataclasses import dataclass
from pathlib import Path

SCAN_S = 1.0
TIMEOUT_S = 5.0
"""A radio that has not answered by then is not there."""
SYSTEM_BUS = Path("/run/dbus/system_bus_socket")
ADAPTERS = Path("/sys/class/bluetooth")


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioCheck:
    """One thing that was looked at.

    Attributes
    ----------
    ok
        Whether it is as it should be.
    text
        What was seen.
    remedy
        The one line that mends it; empty when all is well.
    """

    ok: bool
    text: str
    remedy: str = ""


def diagnose_radio() -> list[RadioCheck]:
    """Look at adapter, system service and rights, and try a short scan.

    Returns
    -------
    list of RadioCheck
        The first failure explains the rest, so nothing after it is tried.
    """
    if platform.system() == "Linux":
        if not any(ADAPTERS.glob("hci*")) if ADAPTERS.is_dir() else True:
            remedy = "plug in a Bluetooth USB adapter, or switch it on in the firmware (rfkill unblock bluetooth)"
            return [RadioCheck(ok=False, text="no Bluetooth adapter was found", remedy=remedy)]
        if not SYSTEM_BUS.exists():
            remedy = "sudo apt-get install -y dbus bluez && sudo systemctl enable --now bluetooth"
            return [RadioCheck(ok=False, text="the system's message bus (D-Bus) is not running", remedy=remedy)]
    return [asyncio.run(_try_scan())]


async def _try_scan() -> RadioCheck:
    from bleak import BleakScanner  # noqa: PLC0415 - 0.2 s that only the radio needs
    from bleak.exc import BleakBluetoothNotAvailableError, BleakError  # noqa: PLC0415 - as above

    try:
        async with asyncio.timeout(TIMEOUT_S):
            found = await BleakScanner.discover(timeout=SCAN_S)
    except BleakBluetoothNotAvailableError as error:
        reason = getattr(error.reason, "name", str(error.reason))
        return RadioCheck(ok=False, text=f"Bluetooth is not available ({reason})", remedy=_remedy(reason))
    except (BleakError, OSError, TimeoutError) as error:
        text = f"the radio does not answer: {str(error) or type(error).__name__}"
        remedy = "sudo apt-get install -y bluez && sudo systemctl enable --now bluetooth"
        return RadioCheck(ok=False, text=text, remedy=remedy)
    return RadioCheck(ok=True, text=f"works; {len(found)} devices heard in a second")


def _remedy(reason: str) -> str:
    remedies = {
        "NO_BLUETOOTH": "plug in a Bluetooth adapter",
        "POWERED_OFF": "switch Bluetooth on (bluetoothctl power on)",
        "DENIED_BY_USER": "allow Bluetooth for this program in the system's privacy settings",
        "DENIED_BY_SYSTEM": "ask the administrator of this machine to allow Bluetooth",
    }
    return remedies.get(reason, "switch Bluetooth off and on again, then try once more")
