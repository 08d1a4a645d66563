"""Posture: how gravity turns in the sensor's frame, and the stretches held that follow from it."""

import math
from bisect import bisect_right
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dsp.grid import STEPS_PER_HOP
from dsp.parameters import Parameters
from dsp.results import Hold
from dsp.turn import Vector, find_turn

RATE_HOPS = 2
"""Rate of turn over two hops (1 s): a jerk of 0.2 s moves a 0.5 s mean too little to look like a turn."""

LOOK_BACK_HOPS = 40
"""Hops (20 s) within which the way into a hold is looked at."""
FEW_HOPS = 24
"""Hops at rest up to which plain numbers are quicker than arrays (measured)."""
BEFORE_HOPS = 4
"""Hops by which a slow turn has begun before its rate shows (prior)."""


@dataclass(slots=True, eq=False)
class HoldFinder:
    """Follows posture hop by hop: rest, movement in, hold, movement out.

    A hold is a still posture of at least 3 s, turned by 8 to 75 degrees from the one before, and left again within
    three minutes; the way back by half is the release, and going deeper is a hold of its own.
    """

    parameters: Parameters
    start_s: float
    hop_s: float
    holds: list[Hold] = field(default_factory=list)
    _rest: Vector | None = None
    _from: Vector | None = None
    _sum: Vector | None = None
    _still_hops: int = 0
    _moving_since: int | None = None
    _peak_rate: float = 0.0
    _open: Hold | None = None
    _open_hop: int = 0
    _hops: int = 0
    _changes: list[tuple[int, float | None]] = field(default_factory=list)
    _back_hops: int = 0
    _steps_g: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 3), np.float32))
    _steps_from: int = 0

    @property
    def current(self) -> Hold | None:
        """The hold that is going on."""
        return self._open

    def start_at(self, hop: int) -> float | None:
        """Start of the hold that was going on at `hop`, as it was known then; None outside a hold."""
        hop = min(max(hop, 0), self._hops - 1)
        at = bisect_right(self._changes, hop, key=lambda change: change[0])
        return self._changes[at - 1][1] if at else None

    def follow(
        self, gravity_g: NDArray[np.float32], rate_deg_per_s: NDArray[np.float32], steps_g: NDArray[np.float32]
    ) -> None:
        """Take the next hops.

        Parameters
        ----------
        gravity_g
            Their mean acceleration, (hops, 3).
        rate_deg_per_s
            Their rates of turn, (hops,); NaN: unknown.
        steps_g
            The mean acceleration of their steps, (hops * STEPS_PER_HOP, 3).

        Notes
        -----
        Rest goes on for hours, so hops at rest are taken in runs; what a hop does is the same alone.
        """
        p, first = self.parameters.hold, self._hops
        self._steps_g = np.concatenate([self._steps_g, steps_g])
        exact = rate_deg_per_s.astype(np.float64)
        breaks = np.nonzero(~(exact <= p["move_rate_deg_per_s"]))[0].tolist()
        rates, still = exact.tolist(), p["still_rate_deg_per_s"]
        next_break = i = 0
        while i < len(rates):
            rate = rates[i]
            if math.isnan(rate):
                if self._open is not None and self._still_hops == 0:
                    self._end(first + i, released=False)
            elif rate > p["move_rate_deg_per_s"]:
                i = self._follow_motion(first, i, rates, gravity_g)
                continue
            elif self._moving_since is None:
                while next_break < len(breaks) and breaks[next_break] < i:
                    next_break += 1
                end = breaks[next_break] if next_break < len(breaks) else len(rates)
                self._rest_on(first + i, gravity_g[i:end])
                i = end
                continue
            elif rate < still:
                self._settle(gravity_g[i : i + 1])
                if self._still_hops >= RATE_HOPS:
                    self._arrive(first + i)
                elif self._open is not None and (first + i - self._open_hop) * self.hop_s > p["longest_s"]:
                    self._give_up(first + i)
            else:
                self._peak_rate = max(self._peak_rate, rate)
            i += 1
        self._hops = first + len(rates)
        spare = len(self._steps_g) - LOOK_BACK_HOPS * STEPS_PER_HOP
        if spare > 0:
            self._steps_g = self._steps_g[spare:].copy()
            self._steps_from += spare

    def finish(self, at: int) -> None:
        """End the run at hop `at`."""
        if self._open is not None:
            self._end(at, released=False)

    def _follow_motion(self, first: int, begin: int, rates: list[float], gravity_g: NDArray[np.float32]) -> int:
        """Take hops in motion from the one at `begin` on; the place of the first that is not taken.

        In a hold they are taken one by one: each may be the one at which the limb is back.
        """
        end = begin + 1
        if self._open is not None:
            self._move(first + begin, rates[begin])
            self._look_back(first + begin, gravity_g[begin])
            return end
        fastest = self.parameters.hold["move_rate_deg_per_s"]
        while end < len(rates) and rates[end] > fastest:
            end += 1
        self._move(first + begin, max(rates[begin:end]))
        return end

    def _move(self, at: int, rate: float) -> None:
        """Take hops in motion, from hop `at` on, with their highest rate of turn."""
        if self._moving_since is None:
            self._moving_since = at - RATE_HOPS + 1
            self._peak_rate = 0.0
            self._from = self._mean()
        self._peak_rate = max(self._peak_rate, rate)
        self._still_hops = 0
        self._sum = None

    def _rest_on(self, at: int, gravity_g: NDArray[np.float32]) -> None:
        """Take hops at rest, from hop `at` on."""
        longest = self.parameters.hold["longest_s"]
        if self._open is not None and (at + len(gravity_g) - 1 - self._open_hop) * self.hop_s > longest:
            hops = np.arange(at, at + len(gravity_g)) - self._open_hop
            over = int(np.argmax(hops * self.hop_s > longest)) + 1
            self._settle(gravity_g[:over])
            self._give_up(at + over - 1)
            gravity_g = gravity_g[over:]
        self._settle(gravity_g)

    def _give_up(self, at: int) -> None:
        """So long is a new position: what was a hold becomes the rest posture."""
        self._set_open(at, None)
        self._rest = self._mean()

    def _settle(self, gravity_g: NDArray[np.float32]) -> None:
        """Add hops to the mean of this posture, one after the other, however many come at once."""
        if not len(gravity_g):
            return
        self._still_hops += len(gravity_g)
        if len(gravity_g) <= FEW_HOPS:
            (x, y, z), *others = gravity_g.tolist() if self._sum is None else (self._sum, *gravity_g.tolist())
            for more_x, more_y, more_z in others:
                x, y, z = x + more_x, y + more_y, z + more_z
        else:
            rows = gravity_g.astype(np.float64)
            if self._sum is not None:
                rows = np.concatenate([[self._sum], rows])
            x, y, z = np.add.accumulate(rows, axis=0)[-1].tolist()
        self._sum = (x, y, z)

    def _look_back(self, at: int, gravity_g: NDArray[np.float32]) -> None:
        """End a hold whose limb is back for a second, though it may move on at once into the next stretch."""
        if self._open is None:
            return
        x, y, z = gravity_g.tolist()
        back = _angle((x, y, z), self._rest) <= self.parameters.hold["back_share"] * self._open.stretch_deg
        self._back_hops = self._back_hops + 1 if back else 0
        if self._back_hops >= RATE_HOPS:
            began = self._moving_since
            self._end(at if began is None else began, released=True, known=at)
            self._from, self._moving_since, self._peak_rate = self._rest, at, 0.0

    def _arrive(self, at: int) -> None:
        """Decide whether the movement that has just ended was a stretch, a release, or a change of position."""
        p = self.parameters.hold
        began, self._moving_since = self._moving_since, None
        here = self._mean()
        assert here is not None  # noqa: S101 - the caller has just added to it
        onset_hop = began if began is not None else at
        turned = _angle(here, self._from)
        if self._open is not None:
            back, held = _angle(here, self._rest), _angle(self._from, self._rest)
            if back <= p["release_share"] * self._open.stretch_deg:
                self._end(onset_hop, released=True, known=at)
                if back > p["release_share"] * p["stretch_deg"] and turned >= p["stretch_deg"]:
                    self._rest = here
            elif turned >= p["stretch_deg"]:
                self._end(onset_hop, released=True, known=at)
                if held + p["release_share"] * turned <= back <= p["turn_over_deg"]:
                    self._hold(onset_hop, at, turned)
                else:
                    self._rest = here
            return
        if self._from is None or not p["stretch_deg"] <= turned <= p["turn_over_deg"]:
            self._rest = here
            return
        self._rest = self._from
        self._hold(onset_hop, at, turned)

    def _hold(self, onset_hop: int, at: int, turned: float) -> None:
        """Open a hold that a turn since `onset_hop` led into; known at hop `at`."""
        p, start = self.parameters.hold, at - self._still_hops + 1
        self._open_hop, self._back_hops = start, 0
        here, before = self._mean(), self._from
        assert here is not None  # noqa: S101 - it turned from one ...
        assert before is not None  # noqa: S101 - ... into the other
        first = max(onset_hop - BEFORE_HOPS, at + 1 - LOOK_BACK_HOPS, 0)
        rows = slice(first * STEPS_PER_HOP - self._steps_from, (at + 1) * STEPS_PER_HOP - self._steps_from)
        turn = find_turn(self._steps_g[rows], self.hop_s / STEPS_PER_HOP, before, here)
        onset_s, start_s, rate = max(0, onset_hop) * self.hop_s, start * self.hop_s, self._peak_rate
        if turn is not None:
            onset_s = min(max(turn.start_s, 0.0) + first * self.hop_s, (at + 1) * self.hop_s)
            start_s = min(max(turn.end_s + first * self.hop_s, onset_s), (at + 1) * self.hop_s)
            rate = turn.rate_deg_per_s
        hold = Hold(
            onset_s=self.start_s + onset_s,
            start_s=self.start_s + start_s,
            end_s=self.start_s + (at + 1) * self.hop_s,
            stretch_deg=turned,
            stretch_rate_deg_per_s=rate,
            fast=rate >= p["fast_deg_per_s"],
            released=False,
        )
        self._set_open(at, hold)

    def _end(self, at: int, *, released: bool, known: int | None = None) -> None:
        """End the hold at hop `at`, which became known at hop `known`."""
        hold, self._back_hops = self._open, 0
        if hold is None:
            return
        self._set_open(at if known is None else known, None)
        end_s = max(hold.start_s, self.start_s + at * self.hop_s)
        if end_s - hold.start_s >= self.parameters.hold["shortest_s"]:
            self.holds.append(replace(hold, end_s=end_s, released=released))

    def _set_open(self, at: int, hold: Hold | None) -> None:
        self._open = hold
        self._changes.append((at, None if hold is None else hold.start_s))

    def _mean(self) -> Vector | None:
        if self._sum is None:
            return None
        x, y, z = self._sum
        n = max(1, self._still_hops)
        return x / n, y / n, z / n


def _angle(a: Vector | None, b: Vector | None) -> float:
    if a is None or b is None:
        return math.nan
    (ax, ay, az), (bx, by, bz) = a, b
    dot = ax * bx + ay * by + az * bz
    size = math.sqrt(ax * ax + ay * ay + az * az) * math.sqrt(bx * bx + by * by + bz * bz)
    return math.degrees(math.acos(min(1.0, max(-1.0, dot / max(size, 1e-9)))))
