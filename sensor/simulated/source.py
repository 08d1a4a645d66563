"""The simulated limb as a live source."""

import threading
import time

import numpy as np

from dsp import InputError
from sensor.messages import Block, LinkChange, LinkState, SensorInfo, Sink, Status
from sensor.simulated.limb import load_priors, simulate
from sensor.simulated.script import SCRIPTS, LimbScript

SIMULATED = SensorInfo(key="simulated", name="Simulated limb", family="simulated", model="Simulated limb")
SIMULATED_HZ = 104.0
"""Of the Verity Sense in its SDK mode, the sensor the limb pretends to wear."""
BLOCK_S = 0.1
BATTERY_PERCENT = 87


class SimulatedSource:
    """Plays a script on the simulated limb, live.

    Parameters
    ----------
    script
        What happens; the demo session by default.
    speed
        Seconds of the limb a second; 0 is as fast as the session takes the blocks.
    label
        The sensor's label within the session.
    seed
        Draws limb, mount and noise.
    rate_hz
        Of the sensor.
    loop
        Begin again at the end.
    """

    def __init__(
        self,
        *,
        script: LimbScript | None = None,
        speed: float = 1.0,
        label: str = "simulated",
        seed: int = 0,
        rate_hz: float = SIMULATED_HZ,
        loop: bool = False,
    ) -> None:
        if not (speed >= 0 and np.isfinite(speed)):
            msg = f"the speed must be 0 (as fast as possible) or positive, not {speed}"
            raise InputError(msg)
        self._script = script if script is not None else SCRIPTS["demo"]
        self._speed, self._label, self._seed = speed, label, seed
        self._rate, self._loop = rate_hz, loop
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def info(self) -> SensorInfo:
        """The simulated limb."""
        return SIMULATED

    @property
    def label(self) -> str:
        """The sensor's label within the session."""
        return self._label

    @property
    def nominal_hz(self) -> float:
        """The rate."""
        return self._rate

    def start(self, sink: Sink) -> None:
        """Begin to play into `sink` from a thread of its own."""
        if self._thread is not None:
            msg = "this simulated limb has been started already; make a new source"
            raise InputError(msg)
        self._thread = threading.Thread(target=self._run, args=(sink,), name="simulated limb", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop; returns when nothing more will be delivered."""
        self._stopping.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def _run(self, sink: Sink) -> None:
        sink(LinkChange(sensor=self._label, state=LinkState.CONNECTING, reason="waking the simulated limb"))
        xyz_g = simulate(self._script, seed=self._seed, rate_hz=self._rate).xyz_g
        sink(LinkChange(sensor=self._label, state=LinkState.STREAMING, reason="the simulated limb streams"))
        count = 1e-3 * float(load_priors()["sensor"]["count_mg"])
        size = max(1, round(BLOCK_S * self._rate))
        begin, sent, status_at = time.monotonic(), 0, 0.0
        while not self._stopping.is_set():
            for at in range(0, len(xyz_g), size):
                part = xyz_g[at : at + size]
                start_s = sent / self._rate
                if self._wait(begin, start_s + len(part) / self._rate):
                    break
                sink(
                    Block(
                        sensor=self._label,
                        xyz_g=part,
                        start_s=start_s,
                        rate_hz=self._rate,
                        counts=np.round(part / count).astype(np.int32),
                        scale_g=count,
                        host_ns=time.monotonic_ns(),
                    )
                )
                sent += len(part)
                if start_s >= status_at:
                    status_at = start_s + 1.0
                    sink(self._status())
            if not self._loop:
                break
        reason = "stopped" if self._stopping.is_set() else "the script ended"
        sink(LinkChange(sensor=self._label, state=LinkState.STOPPED, reason=reason, time_s=sent / self._rate))

    def _wait(self, begin: float, due_s: float) -> bool:
        """Wait until a block is due; whether to stop."""
        if self._speed == 0:
            return self._stopping.is_set()
        return self._stopping.wait(max(0.0, begin + due_s / self._speed - time.monotonic()))

    def _status(self) -> Status:
        return Status(
            sensor=self._label,
            rate_hz=self._rate,
            nominal_hz=self._rate,
            loss=0.0,
            data_age_s=0.0,
            battery_percent=BATTERY_PERCENT,
            rate_ppm=0.0,
            residual_ms=0.0,
        )
