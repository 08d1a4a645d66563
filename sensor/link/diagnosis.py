"""Diagnosis: what stands between this machine and a Bluetooth sensor, and the line that mends it."""

import asyncio
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dsp import SensorError
from sensor.link.backend import backend_option
from sensor.link.problems import RadioError, RadioProblem, split_message

if TYPE_CHECKING:
    from bleak.backends.scanner import BaseBleakScanner

SCAN_S = 1.0
TIMEOUT_S = 4.0
"""A radio that has not answered by then does not answer."""
UNCLEAR = (RadioProblem.NO_BUS, RadioProblem.NO_SERVICE)
"""What a failed scan says on Linux when the cause may lie deeper: without an adapter nobody starts the service."""
BLUEZ = tuple(Path(p) for p in ("/usr/libexec/bluetooth/bluetoothd", "/usr/lib/bluetooth/bluetoothd"))
"""Where Debian, Fedora and Arch put BlueZ's service."""
SYSTEM_BUS = Path("/run/dbus/system_bus_socket")
ADAPTERS = Path("/sys/class/bluetooth")
SWITCHES = Path("/sys/class/rfkill")


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
    problem
        What is wrong; None when all is well.
    """

    ok: bool
    text: str
    remedy: str = ""
    problem: RadioProblem | None = None


def diagnose_radio(scanner_backend: "type[BaseBleakScanner] | None" = None) -> list[RadioCheck]:
    """Try a short scan; where bleak gives no clear reason for a failure, look at adapter, switch and system service.

    Takes 5 s at most.

    Parameters
    ----------
    scanner_backend
        As for `Radio`.

    Returns
    -------
    list of RadioCheck
        One when the scan works or bleak knows why it does not; else everything that the system lacks.
    """
    tried = _try_scan(scanner_backend)
    if tried.ok or tried.problem not in UNCLEAR or platform.system() != "Linux":
        return [tried]
    return [_failed(problem) for problem in _look_at_linux()] or [tried]


def _look_at_linux() -> list[RadioProblem]:
    """Look at what the kernel and the file system show."""
    problems = []
    if not ADAPTERS.is_dir() or not any(ADAPTERS.glob("hci*")):
        problems.append(RadioProblem.NO_ADAPTER)
    elif any(_is_blocked(switch) for switch in SWITCHES.glob("rfkill*")):
        problems.append(RadioProblem.SWITCHED_OFF)
    if not SYSTEM_BUS.exists():
        problems.append(RadioProblem.NO_BUS)
    if not any(path.exists() for path in BLUEZ):
        problems.append(RadioProblem.NO_SERVICE)
    return problems


def _is_blocked(switch: Path) -> bool:
    """Whether a kernel switch blocks Bluetooth, by software or by a key on the case."""
    try:
        if (switch / "type").read_text().strip() != "bluetooth":
            return False
        return "1" in ((switch / "soft").read_text().strip(), (switch / "hard").read_text().strip())
    except OSError:
        return False  # the switch has just gone, with its adapter


def _try_scan(scanner_backend: "type[BaseBleakScanner] | None") -> RadioCheck:
    from bleak import BleakScanner  # noqa: PLC0415 - 0.2 s that only the radio needs

    from sensor.link.problems import explain  # noqa: PLC0415 - as above
    from sensor.link.radio import Radio  # noqa: PLC0415 - as above

    async def listen() -> int:
        try:
            async with BleakScanner(**backend_option(scanner_backend)) as scanner:
                await asyncio.sleep(SCAN_S)
            return len(scanner.discovered_devices)
        except Exception as error:
            raise explain(error, "scanning") from error

    try:
        with Radio() as radio:
            heard = radio.call(listen(), timeout_s=TIMEOUT_S)
    except RadioError as error:
        return _failed(error.problem, str(error.__cause__ or ""))
    except SensorError as error:
        text, remedy = split_message(str(error))
        return RadioCheck(ok=False, text=text, remedy=remedy, problem=RadioProblem.UNKNOWN)
    return RadioCheck(ok=True, text=f"works; {heard} {'device' if heard == 1 else 'devices'} heard in a second")


def _failed(problem: RadioProblem, detail: str = "") -> RadioCheck:
    shown = f" ({detail})" if detail and problem in (RadioProblem.UNKNOWN, RadioProblem.NO_SERVICE) else ""
    return RadioCheck(ok=False, text=problem.text + shown, remedy=problem.remedy, problem=problem)
