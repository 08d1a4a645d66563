"""Posture: how gravity turns in the sensor's frame, and the stretches held that follow from it."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.results import Hold

GRAVITY_RANGE = (0.6, 1.4)
"""|mean| in g within which the slow part is taken for gravity; +-0.4 g covers offset, gain and slow swings."""
RATE_HOPS = 2
"""Rate of turn over two hops (1 s): a jerk of 0.2 s moves a 0.5 s mean too little to look like a turn."""


def tilt_deg(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """Angle between rows of `a` and `b`, degrees; NaN where either is not near 1 g."""
    a64, b64 = a.astype(np.float64), b.astype(np.float64)
    size_a = np.sqrt(a64[:, 0] ** 2 + a64[:, 1] ** 2 + a64[:, 2] ** 2)
    size_b = np.sqrt(b64[:, 0] ** 2 + b64[:, 1] ** 2 + b64[:, 2] ** 2)
    dot = a64[:, 0] * b64[:, 0] + a64[:, 1] * b64[:, 1] + a64[:, 2] * b64[:, 2]
    low, high = GRAVITY_RANGE
    known = (size_a > low) & (size_a < high) & (size_b > low) & (size_b < high)
    cosine = np.clip(dot / np.where(known, size_a * size_b, 1.0), -1.0, 1.0)
    return np.where(known, np.degrees(np.arccos(cosine)), np.nan).astype(np.float32)


@dataclass(slots=True, eq=False)
class HoldFinder:
    """Follows posture hop by hop: rest, movement in, hold, movement out.

    A hold is a still posture of at least 3 s, turned by 8 to 75 degrees from the one before, and left again within
    three minutes; the way back by half is the release.
    """

    parameters: Parameters
    start_s: float
    hop_s: float
    holds: list[Hold] = field(default_factory=list)
    _rest: NDArray[np.float64] | None = None
    _from: NDArray[np.float64] | None = None
    _sum: NDArray[np.float64] | None = None
    _still_hops: int = 0
    _moving_since: int | None = None
    _peak_rate: float = 0.0
    _open: Hold | None = None
    _open_hop: int = 0

    @property
    def current(self) -> Hold | None:
        """The hold that is going on."""
        return self._open

    def hop(self, at: int, gravity_g: NDArray[np.float32], rate_deg_per_s: float) -> None:
        """Take hop `at`: its mean acceleration and its rate of turn (NaN: unknown)."""
        p = self.parameters.hold
        if np.isnan(rate_deg_per_s):
            if self._open is not None and self._still_hops == 0:
                self._end(at, released=False)
            return
        if rate_deg_per_s > p["move_rate_deg_per_s"]:
            self._move(at, rate_deg_per_s)
        elif rate_deg_per_s < p["still_rate_deg_per_s"] or self._moving_since is None:
            self._settle(at, gravity_g)
        else:
            self._peak_rate = max(self._peak_rate, rate_deg_per_s)

    def finish(self, at: int) -> None:
        """End the run at hop `at`."""
        if self._open is not None:
            self._end(at, released=False)

    def _move(self, at: int, rate: float) -> None:
        if self._moving_since is None:
            self._moving_since = at - RATE_HOPS + 1
            self._peak_rate = 0.0
            self._from = self._mean()
        self._peak_rate = max(self._peak_rate, rate)
        self._still_hops = 0
        self._sum = None

    def _settle(self, at: int, gravity_g: NDArray[np.float32]) -> None:
        p = self.parameters.hold
        here = gravity_g.astype(np.float64)
        self._sum = here if self._sum is None else self._sum + here
        self._still_hops += 1
        if self._moving_since is not None and self._still_hops >= RATE_HOPS:
            self._arrive(at)
        elif self._open is not None and (at - self._open_hop) * self.hop_s > p["longest_s"]:
            # So long is a new position: what was a hold becomes the rest posture.
            self._open = None
            self._rest = self._mean()

    def _arrive(self, at: int) -> None:
        """Decide whether the movement that has just ended was a stretch, a release, or a change of position."""
        p = self.parameters.hold
        began, self._moving_since = self._moving_since, None
        here = self._mean()
        assert here is not None  # noqa: S101 - _settle has just added to it
        if self._open is not None:
            back = _angle(here, self._rest)
            away = _angle(here, self._from)
            if back <= p["release_share"] * self._open.stretch_deg or away >= p["stretch_deg"]:
                self._end(began if began is not None else at, released=True)
                if back > p["release_share"] * p["stretch_deg"] and away >= p["stretch_deg"]:
                    self._rest = here
            return
        turned = _angle(here, self._from)
        if self._from is None or not p["stretch_deg"] <= turned <= p["turn_over_deg"]:
            self._rest = here
            return
        self._rest = self._from
        onset_hop = began if began is not None else at
        start = at - self._still_hops + 1
        self._open_hop = start
        self._open = Hold(
            onset_s=self.start_s + max(0, onset_hop) * self.hop_s,
            start_s=self.start_s + start * self.hop_s,
            end_s=self.start_s + (at + 1) * self.hop_s,
            stretch_deg=turned,
            stretch_rate_deg_per_s=self._peak_rate,
            fast=self._peak_rate >= p["fast_deg_per_s"],
            released=False,
        )

    def _end(self, at: int, *, released: bool) -> None:
        hold, self._open = self._open, None
        if hold is None:
            return
        end_s = max(hold.start_s, self.start_s + at * self.hop_s)
        if end_s - hold.start_s >= self.parameters.hold["shortest_s"]:
            self.holds.append(replace(hold, end_s=end_s, released=released))

    def _mean(self) -> NDArray[np.float64] | None:
        return None if self._sum is None else self._sum / max(1, self._still_hops)


def _angle(a: NDArray[np.float64] | None, b: NDArray[np.float64] | None) -> float:
    if a is None or b is None:
        return float("nan")
    size = float(np.sqrt((a * a).sum()) * np.sqrt((b * b).sum()))
    return float(np.degrees(np.arccos(np.clip((a * b).sum() / max(size, 1e-9), -1.0, 1.0))))
