"""Joint: a limb on a muscle with a delayed stretch reflex.

theta'' + 2 z w theta' + w^2 theta = -u + n, where u is the twitch filter 1 / (1 + sT)^2 of the delayed, rectified and
saturated stretch velocity. Below the critical gain noise makes tremor; above it the loop beats by itself. One model
gives both, as hard exercise does to the ankle (Iaizzo & Pozos 1982).
"""

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Parameters of one joint.

    Attributes
    ----------
    resonance_hz, damping
        Of the limb on its active muscle.
    delay_s
        Of the reflex.
    twitch_s
        Time constant of the muscle.
    step_s
        Of the integration.
    """

    resonance_hz: float
    damping: float
    delay_s: float
    twitch_s: float
    step_s: float = 0.001

    def critical_gain(self) -> float:
        """Reflex gain from which the loop beats by itself: the smallest that closes the loop at -180 degrees."""
        w = 2.0 * np.pi * np.linspace(1.0, 15.0, 8000)
        w0 = 2.0 * math.pi * self.resonance_hz
        s = 1j * w
        loop = (
            s * np.exp(-s * self.delay_s) / ((1 + s * self.twitch_s) ** 2 * (s**2 + 2 * self.damping * w0 * s + w0**2))
        )
        crosses = np.nonzero((loop.imag[:-1] * loop.imag[1:] < 0) & (loop.real[:-1] < 0))[0]
        return float(1.0 / np.abs(loop[crosses]).max()) if len(crosses) else math.inf

    def swing(self, drive: Floats, *, gain: float = 0.0, strength: float = math.inf, rectified: bool = False) -> Floats:
        """Angular acceleration of the limb, rad/s^2, under an angular drive of the same unit.

        Parameters
        ----------
        drive
            One value a step.
        gain
            Of the reflex.
        strength
            Largest velocity the reflex answers to; limits a self-sustaining beat.
        rectified
            Whether the reflex answers to stretch alone.
        """
        dt, w0 = self.step_s, 2.0 * math.pi * self.resonance_hz
        damping, stiffness = 2.0 * self.damping * w0, w0 * w0
        k = dt / self.twitch_s
        delayed = deque([0.0] * max(1, round(self.delay_s / dt)))
        theta = velocity = first = second = 0.0
        out = []
        low = 0.0 if rectified else -strength
        for n in drive.tolist():
            stretch = delayed.popleft()
            answer = gain * min(strength, max(low, stretch))
            first += k * (answer - first)
            second += k * (first - second)
            acceleration = n - second - damping * velocity - stiffness * theta
            velocity += dt * acceleration
            theta += dt * velocity
            delayed.append(velocity)
            out.append(acceleration)
        return np.array(out)


def twitch_pulse(duration_s: float, pulse_s: float, step_s: float) -> Floats:
    """Torque of one muscle twitch, peak 1: t / T exp(1 - t / T)."""
    t = np.arange(round(duration_s / step_s)) * step_s
    return np.asarray(t / pulse_s * np.exp(1.0 - t / pulse_s))


def minimum_jerk(share: Floats) -> Floats:
    """Smoothest way from 0 to 1: 10 s^3 - 15 s^4 + 6 s^5 (Flash & Hogan 1985)."""
    s = np.clip(share, 0.0, 1.0)
    return np.asarray(s**3 * (10.0 - 15.0 * s + 6.0 * s**2))
