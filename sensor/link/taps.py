"""Taps: which of several sensors was tapped? So one's own strap is told from a neighbour's, and left from right."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensor.messages import Block

LEAST_TAP_G = 0.5
"""A tap with a finger on a strap gives 1 to 4 g; turning the leg stays below (prior)."""
CLEAR_RATIO = 2.0
"""The tapped sensor must show this much more than any other: a jolt of the bed reaches all of them alike (prior)."""
TOGETHER_S = 0.3
"""Peaks this close together may be one tap, seen by several sensors whose clocks agree to about 20 ms."""
LONGEST_WAIT_S = 2.5
"""Packets of a slow sensor come up to 1.5 s apart; one that is silent for longer has no say."""
BASELINE_S = 1.0
"""Gravity and slow turning are what the last second shows in its middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A sensor was tapped.

    Attributes
    ----------
    sensor
        Its label.
    time_s
        When, on the session's clock.
    peak_g
        How hard.
    """

    sensor: str
    time_s: float
    peak_g: float


@dataclass(frozen=True, slots=True)
class _Peak:
    time_s: float
    peak_g: float


class TapDetector:
    """Takes the blocks of several sensors and says which one was tapped.

    Parameters
    ----------
    sensors
        Their labels.

    Examples
    --------
    >>> detector = TapDetector(["left", "right"])
    >>> for block in blocks:  # doctest: +SKIP
    ...     tap = detector.add(block)
    """

    def __init__(self, sensors: Sequence[str]) -> None:
        self._tails: dict[str, NDArray[np.float64]] = {s: np.empty((0, 3)) for s in sensors}
        self._seen_s = dict.fromkeys(sensors, -np.inf)
        self._peaks: dict[str, deque[_Peak]] = {s: deque(maxlen=64) for s in sensors}

    def add(self, block: Block) -> Tap | None:
        """Take the next block; a tap as soon as it is certain, else None.

        Blocks of sensors that were not named are left aside.
        """
        if block.sensor not in self._tails or not len(block.xyz_g):
            return None
        self._note_peak(block)
        self._seen_s[block.sensor] = block.start_s + len(block.xyz_g) / block.rate_hz
        return self._decide()

    def _note_peak(self, block: Block) -> None:
        tail = self._tails[block.sensor] if block.missing_before == 0 else np.empty((0, 3))
        xyz_g = np.asarray(block.xyz_g, np.float64)
        together = np.concatenate([tail, xyz_g])
        self._tails[block.sensor] = together[-max(1, round(BASELINE_S * block.rate_hz)) :]
        motion = np.linalg.norm(xyz_g - np.median(together, axis=0), axis=1)
        at = int(motion.argmax())
        if motion[at] >= LEAST_TAP_G:
            self._peaks[block.sensor].append(_Peak(block.start_s + at / block.rate_hz, float(motion[at])))

    def _decide(self) -> Tap | None:
        newest_s = max(self._seen_s.values())
        while (first_s := min((p[0].time_s for p in self._peaks.values() if p), default=None)) is not None:
            if not self._is_complete(first_s + TOGETHER_S, newest_s):
                return None
            found = self._judge(first_s)
            self._forget(first_s + TOGETHER_S)
            if found is not None:
                return found
        return None

    def _is_complete(self, until_s: float, newest_s: float) -> bool:
        """Whether every sensor has told its samples up to `until_s`, or has been silent for too long."""
        return all(seen_s >= until_s or newest_s - until_s > LONGEST_WAIT_S for seen_s in self._seen_s.values())

    def _judge(self, time_s: float) -> Tap | None:
        strongest = []
        for sensor, peaks in self._peaks.items():
            near = [p for p in peaks if abs(p.time_s - time_s) <= TOGETHER_S]
            if near:
                best = max(near, key=lambda p: p.peak_g)
                strongest.append((best.peak_g, best.time_s, sensor))
        strongest.sort(reverse=True)
        peak_g, at_s, sensor = strongest[0]
        if len(strongest) > 1 and peak_g < CLEAR_RATIO * strongest[1][0]:
            return None
        return Tap(sensor=sensor, time_s=at_s, peak_g=peak_g)

    def _forget(self, until_s: float) -> None:
        for peaks in self._peaks.values():
            while peaks and peaks[0].time_s <= until_s:
                peaks.popleft()
