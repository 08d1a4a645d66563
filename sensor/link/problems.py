"""What can be wrong with a radio, in plain words, from bleak's own reasons."""

from enum import StrEnum

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakDBusError, BleakError

from dsp import SensorError

LONGEST_DETAIL = 160
"""Characters of a foreign error message that are worth repeating."""


class RadioProblem(StrEnum):
    """Why this machine's radio cannot be used."""

    NO_ADAPTER = "no_adapter"
    """There is no Bluetooth radio."""
    NO_LOW_ENERGY = "no_low_energy"
    """The radio knows classic Bluetooth only."""
    SWITCHED_OFF = "switched_off"
    """The radio is off."""
    DENIED = "denied"
    """This program or this user may not use it."""
    NO_BUS = "no_bus"
    """Linux: the system's message bus (D-Bus) does not run."""
    NO_SERVICE = "no_service"
    """Linux: the Bluetooth service (BlueZ) is not installed or does not run."""
    BUSY = "busy"
    """Another program is using the radio for the same thing."""
    SILENT = "silent"
    """The radio's service runs and does not answer."""
    UNKNOWN = "unknown"
    """The system gives no reason."""

    @property
    def text(self) -> str:
        """What is wrong, in plain words."""
        return _TEXTS[self][0]

    @property
    def remedy(self) -> str:
        """The one line that mends it."""
        return _TEXTS[self][1]


_TEXTS = {
    RadioProblem.NO_ADAPTER: (
        "no Bluetooth adapter was found",
        "plug in a Bluetooth USB adapter, or switch the built-in one on in the firmware settings",
    ),
    RadioProblem.NO_LOW_ENERGY: (
        "the Bluetooth adapter knows no Bluetooth Low Energy",
        "plug in a Bluetooth 4.0 adapter or newer",
    ),
    RadioProblem.SWITCHED_OFF: (
        "Bluetooth is switched off",
        "switch Bluetooth on (Linux: rfkill unblock bluetooth && bluetoothctl power on)",
    ),
    RadioProblem.DENIED: (
        "this program may not use Bluetooth",
        "allow it in the system's privacy settings (Linux: sudo usermod -aG bluetooth $USER, then log in again)",
    ),
    RadioProblem.NO_BUS: (
        "the system's message bus (D-Bus) is not running",
        "sudo apt-get install -y dbus bluez && sudo systemctl enable --now bluetooth",
    ),
    RadioProblem.NO_SERVICE: (
        "the Bluetooth service (BlueZ) is not installed or not running",
        "sudo apt-get install -y bluez && sudo systemctl enable --now bluetooth",
    ),
    RadioProblem.BUSY: (
        "another program is scanning or connecting",
        "close other Bluetooth programs and try again",
    ),
    RadioProblem.SILENT: (
        "the Bluetooth service does not answer",
        "switch Bluetooth off and on again (Linux: sudo systemctl restart bluetooth)",
    ),
    RadioProblem.UNKNOWN: (
        "Bluetooth is not available and the system does not say why",
        "switch Bluetooth off and on again, then try once more",
    ),
}

_REASONS = {
    BleakBluetoothNotAvailableReason.NO_BLUETOOTH: RadioProblem.NO_ADAPTER,
    BleakBluetoothNotAvailableReason.NO_BLE_CENTRAL_ROLE: RadioProblem.NO_LOW_ENERGY,
    BleakBluetoothNotAvailableReason.POWERED_OFF: RadioProblem.SWITCHED_OFF,
    BleakBluetoothNotAvailableReason.DENIED_BY_USER: RadioProblem.DENIED,
    BleakBluetoothNotAvailableReason.DENIED_BY_SYSTEM: RadioProblem.DENIED,
    BleakBluetoothNotAvailableReason.DENIED_BY_UNKNOWN: RadioProblem.DENIED,
}

_DBUS_NAMES = {
    "org.freedesktop.DBus.Error.ServiceUnknown": RadioProblem.NO_SERVICE,
    "org.freedesktop.DBus.Error.NameHasNoOwner": RadioProblem.NO_SERVICE,
    "org.freedesktop.DBus.Error.Spawn.ServiceNotFound": RadioProblem.NO_SERVICE,
    "org.freedesktop.DBus.Error.AccessDenied": RadioProblem.DENIED,
    "org.bluez.Error.NotAuthorized": RadioProblem.DENIED,
    "org.bluez.Error.NotPermitted": RadioProblem.DENIED,
    "org.bluez.Error.NotReady": RadioProblem.SWITCHED_OFF,
    "org.bluez.Error.InProgress": RadioProblem.BUSY,
    "org.freedesktop.DBus.Error.NoReply": RadioProblem.SILENT,
}


class RadioError(SensorError):
    """The radio of this machine cannot be used.

    Attributes
    ----------
    problem
        Why; it knows its remedy.
    """

    def __init__(self, problem: RadioProblem, detail: str = "") -> None:
        shown = f" ({short(detail)})" if detail else ""
        super().__init__(f"{problem.text}{shown}; {problem.remedy}")
        self.problem = problem


class LinkLostError(SensorError):
    """The link to a sensor went away, could not be opened, or did not answer in time; connecting again may help."""


def short(text: str) -> str:
    """Cut a foreign message to one line of bearable length."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_DETAIL else line[: LONGEST_DETAIL - 3] + "..."


def split_message(message: str) -> tuple[str, str]:
    """Take a message apart: what happened, and what to do.

    >>> split_message("the answer makes no sense (factor 11; 10 is the most); connecting again")
    ('the answer makes no sense (factor 11; 10 is the most)', 'connecting again')
    """
    reason, parted, step = message.rpartition("; ")
    return (reason, step) if parted else (message, "")


def find_problem(error: BaseException) -> RadioProblem | None:
    """Say what an error from bleak tells about the radio itself.

    Parameters
    ----------
    error
        Whatever bleak raised; on Linux also what its D-Bus library raised.

    Returns
    -------
    RadioProblem or None
        None when the error is about one sensor and not about the radio.
    """
    match error:
        case BleakBluetoothNotAvailableError():
            return _REASONS.get(error.reason, RadioProblem.UNKNOWN)
        case BleakDBusError():
            return _DBUS_NAMES.get(error.dbus_error)
        case FileNotFoundError() | ConnectionRefusedError():
            return RadioProblem.NO_BUS
        case PermissionError():
            return RadioProblem.DENIED
        case BleakError() if "org.bluez" in str(error):
            return RadioProblem.NO_SERVICE
        case _:
            return None


def explain(error: BaseException, doing: str) -> SensorError:
    """Turn an error of bleak into one of ours.

    Parameters
    ----------
    error
        What was raised.
    doing
        What was being done, for the message: ``"scanning"``.

    Returns
    -------
    SensorError
        A `RadioError` when the radio itself is the cause, else a `LinkLostError`; one of ours comes back as it is.
    """
    if isinstance(error, SensorError):
        return error
    problem = find_problem(error)
    if problem is not None:
        return RadioError(problem, str(error))
    detail = short(str(error)) or type(error).__name__
    return LinkLostError(f"{doing} failed: {detail}; bring the sensor nearer and try again")
