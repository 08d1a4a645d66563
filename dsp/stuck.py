"""Stuck: a sensor, or an axis of it, that repeats its last value instead of measuring; and for which time."""

from bisect import bisect_right
from collections.abc import Iterable
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.first_change import FirstChange
from dsp.repeats import Repeats

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

LOOKS_PER_S = 5
"""Looks are compared, not samples: that takes a twentieth of the time, and a sensor that is stuck stays so (prior)."""
STUCK_LOOKS = 10
"""Looks that are alike, 2 s, are no chance ..."""
STUCK_REPEATS = 0.4
"""... where an axis at rest repeats in so many looks at most: noise of half a count repeats on three axes once in ten
looks, and ten times in a row never (physics)."""
DEAD_LOOKS = 25
"""Looks at one axis that are alike, 5 s, while the others change, are no chance ..."""
DEAD_REPEATS = 0.15
"""... where an axis at rest repeats so seldom: sensors with counts of a third of their noise do in 3 to 9 of a hundred
looks, coarse ones that were resampled in 19 to 25 (real recordings of AX6, AX3 and E4); or ..."""
CHANGED = 0.6
"""... that is, while others change in so many looks; noise alone does so on one axis (physics)."""
SWUNG_G = 0.3
"""Counts that are coarse may rest. But a turn by so much of another one (17 degrees) changes the one that
gravity lies along by 45 mg, which is three of the coarsest counts (physics) ..."""
SWUNG_LOOKS = 5
"""... and it is no single kick when that is seen so often (prior)."""
EDGE_LOOKS = 2
"""Half a hop, and what a look may be late."""
ALL = 3
"""In place of an axis: all of them."""


class Stretch(NamedTuple):
    """Rows in which an axis, or all of them (`ALL`), did not change: the first, the one after, and their level, g.

    It was known for what it is with row `known`.
    """

    axis: int
    begin: int
    end: int
    known: int
    level_g: float


class _Open:
    """The stretch that goes on at an axis: since which look, how often others changed and swung, known by which row."""

    def __init__(self, since: int = 0) -> None:
        self.since, self.changed, self.swung = since, 0, 0
        self.known: int | None = None
        # Row with which a stuck sensor measured again, before a look showed it.
        self.released: int | None = None


class StuckWatch:
    """Compares the samples of five looks a second, whatever the chunks they come in.

    Parameters
    ----------
    rate_hz
        Samples per second.
    """

    def __init__(self, rate_hz: float) -> None:
        self._apart = max(1, round(rate_hz / LOOKS_PER_S))
        self._next = self._rows = 0
        self._last = np.full((3, 1), np.nan, np.float32)
        self._repeats = Repeats()
        self._open = [_Open() for _ in range(ALL + 1)]
        self._over: list[list[Stretch]] = [[] for _ in range(ALL + 1)]
        # Where an axis was not there at all: begin and end, in order.
        self._lacking: list[list[tuple[int, int]]] = [[], [], []]
        # What a stuck sensor repeats, as long as it does, and with which of the looks taken last it was known to.
        self._held: Floats | None = None
        self._known: list[int] = []
        # Over before it was known how often the sensor repeats.
        self._early: list[Stretch] = []
        self._first_change = FirstChange(rate_hz)

    def take(self, axes_g: Floats, at: int) -> list[int]:
        """Take samples, an axis a row, (3, n), g, the first of them row `at`; rows that are missing are NaN.

        Returns
        -------
        With which of these samples a sensor that was known to be stuck measures again: what it jumps by is no motion.
        """
        releases: list[int] = []
        if at != self._rows:
            self._held = None
        self._rows = at + axes_g.shape[1]
        self._first_change.take(axes_g, at)
        if self._held is not None and (released := self._release(axes_g, 0)) is not None:
            releases.append(released)
            self._open[ALL].released = at + released
        first, end = self._look_from(at), self._look_from(self._rows)
        if first != self._next:
            self._skip(first)
            self._next = first
        if first == end:
            return releases
        self._next = end
        looked = axes_g.take(self._row_of(np.arange(first, end)) - at, axis=1)
        both = np.concatenate([self._last, looked], axis=1)
        self._last = looked[:, -1:].copy()
        change = np.abs(both[:, 1:] - both[:, :-1])
        same = change == 0.0
        self._repeats.take(change, same, first)
        for axis in range(3):
            self._follow(axis, first, same[axis], change, both[axis])
        alike = same[0] & same[1] & same[2]
        if alike.any():
            # Without gravity in the data a quiet sensor may well read zero for long.
            alike &= (looked[0] != 0.0) | (looked[1] != 0.0) | (looked[2] != 0.0)
        self._follow(ALL, first, alike, change, both[0])
        self._judge_early(first)
        for known in self._known:
            self._held = axes_g[:, known - at : known - at + 1].copy()
            if (released := self._release(axes_g, known - at + 1)) is not None:
                releases.append(released)
                self._end_at(at + released, known)
        self._known.clear()
        return releases

    def _release(self, axes_g: Floats, begin: int) -> int | None:
        """Find the sample from `begin` on with which a stuck sensor measures again; None while it does not."""
        differs = (axes_g[:, begin:] != self._held).any(axis=0)
        if not differs.any():
            return None
        self._held, at = None, begin + int(differs.argmax())
        # What is missing ends a run anyway.
        return at if np.isfinite(axes_g[:, at]).all() else None

    def _end_at(self, row: int, known: int) -> None:
        """Let the stretch that was known by a row end sooner than looks show it."""
        over = self._over[ALL]
        for i in range(len(over) - 1, -1, -1):
            if over[i].known == known:
                over[i] = over[i]._replace(end=row)
                return
        self._open[ALL].released = row

    def lack(self, lacking: Iterable[tuple[int, int, int]]) -> None:
        """Take note of rows that lack an axis and stand at zero there: axis, begin and end."""
        for axis, begin, end in lacking:
            own = self._lacking[axis]
            if own and own[-1][1] == begin:
                own[-1] = (own[-1][0], end)
            else:
                own.append((begin, end))

    def stretches(self, axis: int) -> list[Stretch]:
        """Stretches in which an axis, or all of them (`ALL`), was stuck, the one that goes on included."""
        going_on = self._open[axis]
        if going_on.known is None:
            return self._over[axis]
        level_g = float(self._last[axis % 3, 0])
        begin = int(self._row_of(going_on.since))
        end = self._rows if going_on.released is None else going_on.released
        return [*self._over[axis], Stretch(axis, begin, end, going_on.known, level_g)]

    def flags(self, begin: int, end: int, known_by: int) -> tuple[str, ...]:
        """Give the flags of a segment: what was stuck in some rows of it, as far as the rows before `known_by` tell."""
        lead = self._first_change.leads(begin + self._apart, end, known_by)
        # The edges of a segment of no data are known to half a hop, the end of a stretch to a look: so much of it lies
        # in the segments beside it.
        later, sooner = begin + self._apart, end - EDGE_LOOKS * self._apart
        dead = any(self._meets(axis, later, end, known_by) or self._lacks(axis, begin, end) for axis in range(3))
        stuck = lead or self._meets(ALL, later, sooner, known_by)
        return (*(("stuck",) if stuck else ()), *(("dead_axis",) if dead else ()))

    def shares(self, run_row: int, begin: int, size: int, apart: int, count: int) -> Floats | None:
        """Give the share of each window in which all axes were stuck, as far as its own rows tell; None without any.

        Parameters
        ----------
        run_row
            Row that a run begins with.
        begin, size, apart, count
            First row of the first window, counted from there, rows of each, from one window to the next, and windows.
        """
        begin += run_row
        lead = self._first_change.lead_of(begin, begin + size, self._rows)
        near = self._near(begin, begin + (count - 1) * apart + size)
        if lead is None and not near:
            return None
        begins = begin + apart * np.arange(count)
        ends, rows = begins + size, np.zeros(count, np.intp)
        for stretch in near:
            met = slice(int(ends.searchsorted(stretch.known, "right")), int(begins.searchsorted(stretch.end)))
            rows[met] += np.minimum(ends[met], stretch.end) - np.maximum(begins[met], stretch.begin)
        if lead is not None:
            first, changed = lead
            same = np.minimum(ends, changed) - np.maximum(begins, first)
            if self.lead is None:
                # A short one means nothing once there was a change: many a sensor with coarse counts begins so.
                same[ends > changed] = 0
            rows = np.maximum(rows, same)
        return (rows / size).astype(np.float32)

    def _near(self, begin: int, end: int) -> list[Stretch]:
        """Stretches in which all axes were stuck that may touch these rows."""
        over = self._over[ALL]
        if not over and self._open[ALL].known is None:
            return []
        stretches = self.stretches(ALL)
        near = stretches[bisect_right(stretches, begin, key=_end_of) :]
        return [stretch for stretch in near if stretch.begin < end]

    @property
    def lead(self) -> tuple[int, int] | None:
        """As that of `dsp.first_change.FirstChange`."""
        return self._first_change.lead

    @property
    def suspects(self) -> bool:
        """Whether an axis, or all of them, were stuck so far, or not there, or did not change for a while at first.

        Hardly any sensor ever is, and there are thousands of segments.
        """
        changed = self._first_change.row
        if changed is None or changed >= LOOKS_PER_S * self._apart:
            return True
        return any(self._over) or any(self._lacking) or any(going_on.known is not None for going_on in self._open)

    def _meets(self, axis: int, begin: int, end: int, known_by: int) -> bool:
        over, going_on = self._over[axis], self._open[axis]
        for stretch in over[bisect_right(over, begin, key=_end_of) :]:
            if stretch.begin >= end:
                return False
            if stretch.known < known_by:
                return True
        known, since = going_on.known, int(self._row_of(going_on.since))
        if going_on.released is not None and going_on.released <= begin:
            return False
        return known is not None and known < known_by and since < end

    def _lacks(self, axis: int, begin: int, end: int) -> bool:
        """Whether rows of a segment lack the axis."""
        own = self._lacking[axis]
        at = bisect_right(own, begin, key=itemgetter(1))
        return at < len(own) and own[at][0] < end

    # -- looks --------------------------------------------------------------------------------------------------------

    def _row_of(self, look: NDArray[np.intp] | int) -> NDArray[np.intp] | int:
        """Row of a look. Every other one comes a row late: an even tone is not the same at all of them."""
        return look * self._apart + (look & 1 if self._apart > 1 else 0)

    def _look_from(self, row: int) -> int:
        """First look at a row or after it."""
        look = row // self._apart
        return look if self._row_of(look) >= row else look + 1

    def _skip(self, look: int) -> None:
        """Let the looks before this one be missing."""
        for axis in range(ALL + 1):
            self._close(axis, self._next, float(self._last[axis % 3, 0]))
            self._open[axis] = _Open(look)
        self._last = np.full((3, 1), np.nan, np.float32)

    # -- stretches ----------------------------------------------------------------------------------------------------

    def _follow(self, axis: int, first: int, same: Bools, change: Floats, level_g: Floats) -> None:
        """Follow an axis, or all of them, over looks from `first` on that are the `same` as the one before, or not.

        Levels begin with that of the look before the first.
        """
        longest = STUCK_LOOKS if axis == ALL else DEAD_LOOKS
        if not same.any() and first - self._open[axis].since <= longest:
            # The many looks of which nothing can become known: each begins a stretch.
            self._open[axis] = _Open(first + len(same) - 1)
            return
        edges = np.concatenate([[self._open[axis].since - first], (~same).nonzero()[0], [len(same)]])
        over = (edges[1:-1] - edges[:-2] > longest).nonzero()[0]
        if len(over) and not self._may_be_stuck(axis, first, change):
            over = over[:0]
        last = len(edges) - 2
        for i in (*over.tolist(), last):
            begin, end = int(edges[i]), int(edges[i + 1])
            if i:
                self._open[axis] = _Open(first + begin)
            self._judge(axis, first, change[:, max(0, begin + 1) : end], max(0, begin + 1))
            if i < last:
                self._close(axis, first + end, float(level_g[end]))

    def _may_be_stuck(self, axis: int, first: int, change: Floats) -> bool:
        """Whether a stretch that ends in these looks can be known for anything; hardly ever with coarse counts."""
        if self._open[axis].known is not None:
            return True
        if axis == ALL:
            known_from = self._repeats.known_from
            early = known_from is None or known_from > first
            return early or bool(self._repeats.rarer(STUCK_REPEATS).any())
        swung = self._open[axis].swung > 0 or bool((change >= SWUNG_G).any())
        return swung or bool(self._repeats.rarer(DEAD_REPEATS).any())

    def _judge(self, axis: int, first: int, change: Floats, start: int) -> None:
        """Find the look at which the stretch that goes on is known to be stuck, of looks from `start` on."""
        going_on = self._open[axis]
        looks = np.arange(first + start, first + start + change.shape[1])
        if going_on.known is not None or not len(looks):
            return
        alike = looks - going_on.since
        if axis == ALL:
            known = (alike >= STUCK_LOOKS) & self._repeats.rarer(STUCK_REPEATS)[start : start + len(looks)]
        else:
            other = np.maximum(change[axis - 1], change[axis - 2])
            changed = going_on.changed + np.cumsum(other > 0.0)
            swung = going_on.swung + np.cumsum(other >= SWUNG_G)
            going_on.changed, going_on.swung = int(changed[-1]), int(swung[-1])
            rare = self._repeats.rarer(DEAD_REPEATS)[start : start + len(looks)]
            alive = (rare & (changed >= CHANGED * alike)) | (swung >= SWUNG_LOOKS)
            known = (alike >= DEAD_LOOKS) & alive
        if known.any():
            going_on.known = int(self._row_of(int(looks[known.argmax()])))
            if axis == ALL:
                self._known.append(going_on.known)

    def _close(self, axis: int, end: int, level_g: float) -> None:
        """End the stretch that goes on before look `end`."""
        going_on, known_from = self._open[axis], self._repeats.known_from
        begin, row = int(self._row_of(going_on.since)), int(self._row_of(end))
        if going_on.released is not None:
            row = going_on.released
        if going_on.known is not None:
            self._over[axis].append(Stretch(axis, begin, row, going_on.known, level_g))
        elif axis == ALL and end - going_on.since > STUCK_LOOKS and (known_from is None or end <= known_from):
            self._early.append(Stretch(axis, begin, row, row, level_g))

    def _judge_early(self, first: int) -> None:
        """Judge the stretches that were over before it was known how often the sensor repeats, as soon as it is."""
        known_from = self._repeats.known_from
        if self._early and known_from is not None:
            if self._repeats.rarer(STUCK_REPEATS)[known_from - first]:
                known = int(self._row_of(known_from))
                self._over[ALL][:0] = [stretch._replace(known=known) for stretch in self._early]
            self._early.clear()


def _end_of(stretch: Stretch) -> int:
    return stretch.end
