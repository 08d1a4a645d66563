"""Turn search: among all turns of a limb from rest to rest, the one that explains most of what was felt around a kick.

Gravity goes over from one posture to the other, the pull along the way goes with the change of the rate, and that
towards the joint with its square: how much of each is a matter of least squares, when the turn begins, how long it
lasts and how its rate rises and falls one of search.
"""

import functools
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.swings import squares
from dsp.turn_shapes import PARTS, families, parts_of

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

EARLIEST_S, LATEST_S = -1.05, 0.15
"""After the onset, between which the turn begins: the kick was its end, or its begin."""
SHORTEST_S, LONGEST_S = 0.2, 1.1
"""Turns: as quickly as a limb is stretched, and as slowly as a step at either end still shows (prior)."""
OTHER_S = -0.03, 0.35
"""Around the onset of another kick: there it may be felt more than the turn."""
BESIDE_S = 0.1
"""Before and after a turn, in which the limb rests."""
LEAST_KICK_S = 0.2
"""So long after the onset a kick is looked for at least."""
BRIEF_S = 0.45
"""Which turns are brief, and which long: half and twice as long as they may be (prior)."""
RIDGE = 1e-9
"""Of the power of a part of a turn that a mask hides: keeps it from being infinite."""
COARSE, COARSE_RATIO = 0.12, 1.17
"""Of their duration the begins are apart, and by so much the durations, of the turns that are tried first."""
EACH, FINER = (0.6, 0.4, 0.25, 0.15, 0.08), (0.5, 0.3, 0.2, 0.1, 0.05)
"""Shares of that, by which the next ones lie around the best of each shape, and around the best of all."""
LEAST_TOLD = 0.8, 0.85
"""Of what is felt beside its mean, that a turn explains at first, and then, which explains nearly all in the end
(synthetic)."""
MOST = 8, 3
"""So many are looked at more closely at first, and then."""
MOST_LEFT = 0.75, 0.5, 0.4, 0.35, 0.3
"""Of its own pull, rms, that the best of these leaves at most after each round: those that explain a kick in the end
leave 0.5, 0.33, 0.27, 0.2 and 0.18 then (synthetic), what is felt at a desk and while walking mostly more (real)."""
MEETS = 0.3
"""Power that such a turn leaves of the kick, over that of its own pull then, at most; of those that explain one in the
end it is a tenth (synthetic)."""
BLOCK = 256
"""Turns at a time."""
MOVING = PARTS - 1
"""Parts of a turn but the posture before it."""
ALONE = 100_000
"""Products that a matrix product takes at most for which BLAS wakes no other thread (OpenBLAS does from 262,144 on): so
small a one then waits for these, 8 ms in place of 0.2 where another program has the other core (measured)."""
AROUND = 9
"""So many are tried around one."""


class Felt(NamedTuple):
    """What is felt around a kick.

    Attributes
    ----------
    rows
        Acceleration beside its mean, in units of gravity, (n, 3).
    at_s
        Midst of each, after the onset.
    step_s
        Between them.
    end_s
        Of the kick, after its onset.
    """

    rows: Floats
    at_s: Floats
    step_s: float
    end_s: float


def between(felt: Felt, first_s: float, last_s: float) -> slice:
    """Give the samples between two times after the onset."""
    first, last = felt.at_s.searchsorted((first_s, last_s))
    return slice(int(first), int(last))


class Tried(NamedTuple):
    """Turns that are tried, (m,) each."""

    start: Floats
    lasts: Floats
    shape: Whole


def best_turn(felt: Felt, counts: Floats) -> tuple[Tried, int, bool]:
    """Give the turns that were tried last, which of them explains most, and whether it explains much.

    The search ends where it is seen that none does.
    """
    beside = families()[0]
    if counts.all():
        tried, along = _coarse_along(len(felt.at_s), float(felt.at_s[0]), felt.step_s)
        told = np.square(along @ felt.rows.astype(np.float32)).reshape(-1, 3 * MOVING).sum(axis=1)[: len(tried.start)]
    else:
        tried = _coarse()
        told = _told(felt, counts, tried)
    # The limb rests after it.
    told = np.where(tried.start + tried.lasts < felt.at_s[-1] - BESIDE_S, told, -1.0)
    power = float(squares(felt.rows) @ counts)
    # The best of each shape first, brief and long: a step that comes a little too soon, or too late, costs more than a
    # wrong shape.
    near = [first + int(told[first:end].argmax()) for first, end in pairwise(_kinds())]
    at = near[int(told[near].argmax())]
    if float(told[at]) < LEAST_TOLD[0] * power or not _meets(felt, counts, tried, near):
        return tried, at, False
    for part, most_left in zip(EACH, MOST_LEFT, strict=True):
        if part < EACH[0] and float(told[at]) < LEAST_TOLD[1] * power:
            return tried, at, False
        near = sorted(near, key=lambda at: -float(told[at]))[: MOST[0] if part >= EACH[1] else MOST[1]]
        tried = _around(tried, near, part, [[shape] for shape in tried.shape[near].tolist()])
        told = _told(felt, counts, tried)
        near = [first + int(told[first : first + AROUND].argmax()) for first in range(0, len(told), AROUND)]
        at = near[int(told[near].argmax())]
        if held_against(felt, counts, tried, at).beside > most_left:
            return tried, at, False
    for part in FINER:
        tried = _around(tried, [at], part, [beside[int(tried.shape[at])]])
        at = int(_told(felt, counts, tried).argmax())
    return tried, at, True


class Held(NamedTuple):
    """A turn held against what was felt: how much of each part it has, (5, 3), its pull, (n, 3), and what it leaves."""

    gains: Floats
    pull: Floats
    left: Floats
    beside: float
    """Rms of that over the pull's, as long as the turn lasts and a little longer."""


def held_against(felt: Felt, counts: Floats, tried: Tried, at: int) -> Held:
    """Hold one of the turns that were tried against what was felt."""
    start, end = tried.start[at], tried.start[at] + tried.lasts[at]
    parts = parts_of(tried.start[[at]], tried.lasts[[at]], tried.shape[[at]], felt.at_s, felt.step_s)
    gains = _gains(parts, felt.rows, counts)[0][0]
    pull, left = parts[0, 3][:, None] * gains[3], felt.rows - parts[0].T @ gains
    counts = np.where((felt.at_s < start - BESIDE_S) | (felt.at_s > end + BESIDE_S), 0.0, counts)
    left_2, pull_2 = (float(squares(rows) @ counts) for rows in (left, pull))
    return Held(gains, pull, left, math.sqrt(left_2) / max(math.sqrt(pull_2), 1e-12))


def _meets(felt: Felt, counts: Floats, tried: Tried, near: Sequence[int]) -> bool:
    """Whether one of these turns makes a good part of the kick its own; most that are none do not even touch it."""
    span = between(felt, OTHER_S[0], max(felt.end_s, LEAST_KICK_S))
    parts = parts_of(tried.start[near], tried.lasts[near], tried.shape[near], felt.at_s, felt.step_s)
    gains = _gains(parts, felt.rows, counts)[0]
    left = felt.rows[span] - parts[:, :, span].transpose(0, 2, 1) @ gains
    pull = parts[:, 3, span, None] * gains[:, 3, None]
    left_2, pull_2 = (np.square(rows).sum(axis=2) @ counts[span] for rows in (left, pull))
    return bool((left_2 <= MEETS * pull_2).any())


@functools.lru_cache(maxsize=1)
def _coarse() -> Tried:
    """Give the turns that are tried first: the longer they last, the further apart."""
    lasts = SHORTEST_S * np.exp(np.arange(0.0, math.log(LONGEST_S / SHORTEST_S), math.log(COARSE_RATIO)))
    # The kick lies in it, or at its end.
    begins = [np.arange(max(EARLIEST_S, -long - BESIDE_S), LATEST_S, COARSE * long) for long in lasts.tolist()]
    shapes = np.array(families()[1])
    start, lasts = np.concatenate(begins), lasts.repeat([len(each) for each in begins])
    start, lasts, shape = np.tile(start, len(shapes)), np.tile(lasts, len(shapes)), shapes.repeat(len(start))
    return Tried(start, lasts, shape)


@functools.lru_cache(maxsize=1)
def _kinds() -> list[int]:
    """Where among these each shape begins, brief and long, and where the last one ends."""
    tried = _coarse()
    kinds = 2 * tried.shape + (tried.lasts > BRIEF_S)
    return [0, *(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)]


@functools.lru_cache(maxsize=8)
def _coarse_along(count: int, first_s: float, step_s: float) -> tuple[Tried, NDArray[np.float32]]:
    """Give these, and along what samples at such times are told by each where all of them count.

    Of that, (blocks, turns * 4, n), the last block is filled up with nothing. What is felt has no mean, so that the
    posture before a turn tells nothing of it.
    """
    tried = _coarse()
    at_s = first_s + step_s * np.arange(count, dtype=np.float64)
    together = max(1, ALONE // (3 * MOVING * count))
    along = np.zeros((-(-len(tried.start) // together) * together, MOVING, count), np.float32)
    done = 0
    for some in _blocks(tried):
        parts = parts_of(*some, at_s, step_s).transpose(0, 2, 1)
        along[done : done + len(parts)] = np.linalg.qr(parts)[0].transpose(0, 2, 1)[:, 1:]
        done += len(parts)
    return tried, along.reshape(-1, together * MOVING, count)


def _around(tried: Tried, near: Sequence[int], part: float, shapes: Sequence[Sequence[int]]) -> Tried:
    """Give the turns around some of these that were tried, itself first of each, by this part of the way."""
    steps = part * COARSE * np.array([0.0, -1.0, 1.0])
    # A step at the end is as sharp as one at the begin: neither moves with the other.
    sooner, later = (axis.ravel() for axis in np.meshgrid(steps, steps))
    start, lasts, shape = [], [], []
    for at, each in zip(near, shapes, strict=True):
        start.append((tried.start[at] + tried.lasts[at] * sooner).repeat(len(each)))
        lasts.append((tried.lasts[at] * (1.0 + later - sooner)).repeat(len(each)))
        shape.append(np.tile(np.array(each), len(sooner)))
    return Tried(np.concatenate(start), np.concatenate(lasts), np.concatenate(shape))


def _told(felt: Felt, counts: Floats, tried: Tried) -> Floats:
    """Give what each turn explains, (m,)."""
    parts = (parts_of(*some, felt.at_s, felt.step_s) for some in _blocks(tried))
    return np.concatenate([_gains(each, felt.rows, counts)[1] for each in parts])


def _blocks(tried: Tried) -> Iterator[Tried]:
    """Give some of the turns after others: what all are put together from takes ten megabytes."""
    for first in range(0, len(tried.start), BLOCK):
        some = slice(first, first + BLOCK)
        yield Tried(tried.start[some], tried.lasts[some], tried.shape[some])


def _gains(parts: Floats, felt: Floats, counts: Floats) -> tuple[Floats, Floats]:
    """How much of each part, (m, 5, 3), explains most, and how much that is, (m,)."""
    weighed = parts * counts
    alike, like = weighed @ parts.transpose(0, 2, 1), weighed @ felt
    power = np.trace(alike, axis1=1, axis2=2)
    alike += (RIDGE * power)[:, None, None] * np.eye(PARTS)
    gains = np.asarray(np.linalg.solve(alike, like), np.float64)
    told: Floats = np.add.reduce(gains * like, axis=(1, 2))
    return gains, told
