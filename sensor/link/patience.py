"""Patience: what to do after a link failed, how long to wait first, and when to give up."""

from dataclasses import dataclass

from dsp import SensorError
from sensor.families import PairingRequiredError, Remedy, StartError
from sensor.families.errors import AGAIN
from sensor.link.identity import WrongSensorError
from sensor.link.problems import RadioError, split_message
from sensor.link.times import LinkTimes

PAIRING_ATTEMPTS = 2
"""A bond that did not help twice will not help a third time."""
FINAL_ERRORS = (WrongSensorError,)
SWITCH_OFF_AND_ON = "switch the sensor off and on, bring it nearer, and start again"


@dataclass(frozen=True, slots=True, kw_only=True)
class NextTry:
    """Try again.

    Attributes
    ----------
    wait_s
        After this long.
    pair
        Whether to pair as soon as the link is up.
    reason, next_step
        For the person.
    """

    wait_s: float
    reason: str
    next_step: str
    pair: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Do not try again.

    Attributes
    ----------
    reason, next_step
        For the person.
    """

    reason: str
    next_step: str


class Patience:
    """Counts failures and decides.

    Parameters
    ----------
    times
        The back-off and its limits.
    """

    def __init__(self, times: LinkTimes) -> None:
        self._times = times
        self._ever_streamed = False
        self._failures = self._refusals = self._pairings = 0
        self._failing_since_s: float | None = None

    def note_stream(self, seconds: float) -> None:
        """Take down that a stream delivered samples for so long before it broke."""
        self._ever_streamed = True
        self._failing_since_s = None
        self._pairings = 0
        if seconds >= self._times.settled_s:
            self._failures = self._refusals = 0

    def after(self, error: SensorError, now_s: float) -> NextTry | GiveUp:
        """Decide what follows a failure.

        Parameters
        ----------
        error
            Why the link or the start failed.
        now_s
            Monotonic time.
        """
        since_s = self._failing_since_s = now_s if self._failing_since_s is None else self._failing_since_s
        reason, step = split_message(str(error))
        if isinstance(error, FINAL_ERRORS) or (isinstance(error, StartError) and error.remedy is Remedy.PERSON):
            return GiveUp(reason=reason, next_step=step)
        if isinstance(error, PairingRequiredError) or (isinstance(error, StartError) and error.remedy is Remedy.PAIR):
            return self._after_bond_demand(reason, step)
        self._failures += 1
        self._refusals += isinstance(error, StartError)
        if self._is_enough(error, now_s - since_s):
            return GiveUp(reason=reason, next_step=SWITCH_OFF_AND_ON if step in ("", AGAIN) else step)
        wait_s = self._times.wait_before(self._failures)
        again = f"trying again in {wait_s:.2g} s"
        return NextTry(wait_s=wait_s, reason=reason, next_step=again if step in ("", AGAIN) else f"{step}; {again}")

    def _after_bond_demand(self, reason: str, step: str) -> NextTry | GiveUp:
        self._pairings += 1
        if self._pairings > PAIRING_ATTEMPTS:
            step = step or "remove the sensor from the system's Bluetooth settings and try again"
            return GiveUp(reason=reason, next_step=step)
        return NextTry(wait_s=0.0, reason=reason, next_step=step, pair=True)

    def _is_enough(self, error: SensorError, failing_s: float) -> bool:
        if self._refusals >= self._times.start_attempts:
            return True
        if self._ever_streamed:
            return failing_s >= self._times.give_up_s
        # Before the first sample a radio that is off stays off until the person acts.
        return isinstance(error, RadioError) or self._failures >= self._times.first_attempts
