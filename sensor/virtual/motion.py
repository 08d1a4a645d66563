"""Motion: what a virtual sensor feels."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dsp import InputError
from sensor.simulated import SCRIPTS, LimbScript, simulate

LIMB_HZ = 1000.0
"""The simulated limb's own step is 1 ms; any sensor's samples lie between these."""


class Motion(Protocol):
    """Acceleration over time, without end."""

    def read(self, first: int, count: int, rate_hz: float) -> NDArray[np.float64]:
        """Give samples `first` to `first + count` of the motion sampled at `rate_hz`: (count, 3), g."""
        ...


class PlayedMotion:
    """Plays an array again and again.

    Parameters
    ----------
    xyz_g
        Acceleration (n, 3), g.
    rate_hz
        Its rate. A sensor of the same rate plays the very samples, another what lies between them. None fits any rate.

    Raises
    ------
    InputError
        An empty array or another shape.
    """

    def __init__(self, xyz_g: NDArray[np.floating], rate_hz: float | None = None) -> None:
        self._xyz_g = np.asarray(xyz_g, np.float64)
        if self._xyz_g.ndim != 2 or self._xyz_g.shape[1] != 3 or not len(self._xyz_g):
            msg = f"a motion must have shape (n, 3) with n > 0; this has {self._xyz_g.shape}"
            raise InputError(msg)
        self._rate_hz = rate_hz

    def read(self, first: int, count: int, rate_hz: float) -> NDArray[np.float64]:
        """Give the samples of the array that fit the moments asked for."""
        at = np.arange(first, first + count)
        size = len(self._xyz_g)
        if self._rate_hz is None or self._rate_hz == rate_hz:
            return np.asarray(self._xyz_g[at % size])
        exact = at * (self._rate_hz / rate_hz)
        low = np.floor(exact).astype(np.int64)
        share = (exact - low)[:, None]
        return np.asarray(self._xyz_g[low % size] * (1.0 - share) + self._xyz_g[(low + 1) % size] * share)


class LimbMotion:
    """Plays the simulated limb, at whatever rate the sensor runs.

    Making one takes seconds: the limb is simulated beforehand, so that the radio's loop never waits for it.

    Parameters
    ----------
    script
        What happens; the demo session when None.
    seed
        Draws limb, mount and noise.
    """

    def __init__(self, script: LimbScript | None = None, *, seed: int = 0) -> None:
        limb = simulate(script if script is not None else SCRIPTS["demo"], seed=seed, rate_hz=LIMB_HZ)
        self._played = PlayedMotion(limb.xyz_g, LIMB_HZ)

    def read(self, first: int, count: int, rate_hz: float) -> NDArray[np.float64]:
        """Give samples of the limb."""
        return self._played.read(first, count, rate_hz)


class CountingMotion:
    """Samples that tell their own number, so that a test can say which of them came through.

    x carries the low and y the high part of the number, in steps of 1 mg, which every sensor can show; z is 1 g.
    """

    BASE = 1000
    STEP_G = 0.001

    def read(self, first: int, count: int, rate_hz: float) -> NDArray[np.float64]:  # noqa: ARG002 - the protocol's
        """Give numbered samples."""
        number = np.arange(first, first + count)
        out = np.ones((count, 3))
        out[:, 0] = number % self.BASE * self.STEP_G
        out[:, 1] = number // self.BASE % self.BASE * self.STEP_G
        return out

    @classmethod
    def numbers(cls, xyz_g: NDArray[np.floating]) -> NDArray[np.int64]:
        """Read the numbers back from samples that came through."""
        low, high = (np.round(np.asarray(xyz_g[:, axis], np.float64) / cls.STEP_G).astype(np.int64) for axis in (0, 1))
        return np.asarray(high * cls.BASE + low)
