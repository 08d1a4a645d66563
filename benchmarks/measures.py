"""Measures of agreement between truth and analysis, each in a few lines of numpy."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

import dsp
from dsp import State

STATES = (State.STILL, State.MOVEMENT, State.REFLEX_RHYTHM, State.TREMOR)
P_NAMES = tuple(f"p_{s.value}" for s in STATES)
RHYTHMIC = (State.TREMOR, State.REFLEX_RHYTHM)
EPISODE_S = 5.0
EVENT_TOLERANCE_S = 0.1
BINS = 10


@dataclass(slots=True)
class Frames:
    """Frames whose truth is known, gathered over recordings."""

    truth: list[NDArray[np.str_]] = field(default_factory=list)
    said: list[NDArray[np.str_]] = field(default_factory=list)
    p: list[NDArray[np.float64]] = field(default_factory=list)

    def add(self, truth: NDArray[np.str_], frames: NDArray[np.void]) -> None:
        self.truth.append(truth)
        self.said.append(frames["label"])
        self.p.append(np.stack([frames[n].astype(np.float64) for n in P_NAMES], axis=1))

    def f1(self) -> dict[str, float]:
        """F1 of each state; a frame called unclear is a miss of its state and a false alarm of none."""
        truth, said = np.concatenate(self.truth), np.concatenate(self.said)
        out = {}
        for s in STATES:
            hit = int(((truth == s.value) & (said == s.value)).sum())
            out[s.value] = 2 * hit / max(1, int((truth == s.value).sum() + (said == s.value).sum()))
        return out

    def confusion(self) -> NDArray[np.int64]:
        """Count frames by truth (rows) and label (columns: the states, then unclear)."""
        truth, said = np.concatenate(self.truth), np.concatenate(self.said)
        columns = [s.value for s in STATES] + [State.UNCLEAR.value]
        return np.array([[int(((truth == s.value) & (said == c)).sum()) for c in columns] for s in STATES])

    def reliability(self) -> list[tuple[float, float, int]]:
        """Mean confidence, share right and count in each tenth of confidence; confidence is the largest probability."""
        p, truth = np.concatenate(self.p), np.concatenate(self.truth)
        sure = p.max(axis=1)
        right = np.array([s.value for s in STATES])[p.argmax(axis=1)] == truth
        tenth = np.minimum((sure * BINS).astype(int), BINS - 1)
        return [
            (float(sure[tenth == b].mean()), float(right[tenth == b].mean()), int((tenth == b).sum()))
            for b in range(BINS)
            if (tenth == b).any()
        ]

    def calibration_error(self) -> float:
        """Expected calibration error: the gap of each tenth, weighted by its frames (Naeini 2015)."""
        rows = self.reliability()
        total = sum(n for _, _, n in rows)
        return sum(abs(sure - right) * n for sure, right, n in rows) / max(1, total)


@dataclass(slots=True)
class Onsets:
    """Events found against events that happened, matched one to one."""

    hits: int = 0
    missed: int = 0
    extra: int = 0
    labels_right: int = 0
    labels_known: int = 0

    def add(
        self, true_s: Sequence[float], found_s: Sequence[float], tolerance_s: float = EVENT_TOLERANCE_S
    ) -> list[tuple[int, int]]:
        """Match the nearest first; (index of the truth, index of the finding) of each pair."""
        near = sorted(
            (abs(t - f), i, j) for i, t in enumerate(true_s) for j, f in enumerate(found_s) if abs(t - f) <= tolerance_s
        )
        used_true: set[int] = set()
        used_found: set[int] = set()
        pairs = []
        for _, i, j in near:
            if i not in used_true and j not in used_found:
                used_true.add(i)
                used_found.add(j)
                pairs.append((i, j))
        self.hits += len(pairs)
        self.missed += len(true_s) - len(pairs)
        self.extra += len(found_s) - len(pairs)
        return pairs

    @property
    def f1(self) -> float:
        return 2 * self.hits / max(1, 2 * self.hits + self.missed + self.extra)


def roc_area(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """Area under the ROC curve: the share of pairs in the right order, ties half (Mann-Whitney)."""
    order = np.sort(negative)
    below = np.searchsorted(order, positive, side="left")
    equal = np.searchsorted(order, positive, side="right") - below
    return float((below + 0.5 * equal).mean() / max(1, len(negative)))


@dataclass(slots=True)
class Rhythmic:
    """How much was called tremor or reflex rhythm."""

    seconds: float = 0.0
    rhythmic_s: float = 0.0
    episodes: int = 0

    def add(self, analysis: dsp.Analysis) -> None:
        """Take an analysis; episodes are unbroken rhythmic time of five seconds or more."""
        known = [s for s in analysis.segments if s.label is not State.NO_DATA]
        self.seconds += sum(s.duration_s for s in known)
        run_s = 0.0
        for s in (*analysis.segments, None):
            if s is not None and s.label in RHYTHMIC:
                run_s += s.duration_s
                self.rhythmic_s += s.duration_s
                continue
            self.episodes += run_s >= EPISODE_S
            run_s = 0.0

    @property
    def share(self) -> float:
        return self.rhythmic_s / max(1e-9, self.seconds)

    @property
    def per_hour(self) -> float:
        return 3600.0 * self.episodes / max(1e-9, self.seconds)
