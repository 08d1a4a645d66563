"""What the analysis says of the second generator's scenes and hand windows. Every number here is synthetic."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

import dsp
from benchmarks.baselines import RULES, WINDOW_S, threshold_jerks
from benchmarks.measures import RHYTHMIC, Frames, Onsets, Rhythmic, roc_area
from dsp import State
from tests.acceptance.hands import HandWindow, hand_window
from tests.acceptance.other_hands import other_hand_window
from tests.acceptance.regions import Region
from tests.acceptance.scenes import SCENES, Scene, make_scene

MARGIN_S = 1.5
"""Frames whose centre lies nearer than this to a change of state are half one and half the other: not counted."""
KICK_MARGIN_S = 2.2
"""A 4 s window that holds a kick shows the kick: the event is its name, its frame's state is not counted."""


RHYTHMIC_NAMES = [s.value for s in RHYTHMIC]


@dataclass(slots=True)
class SceneScore:
    """Sums over scenes."""

    frames: Frames = field(default_factory=Frames)
    onsets: Onsets = field(default_factory=Onsets)
    calm: Rhythmic = field(default_factory=Rhythmic)
    seen: list[tuple[np.ndarray, np.ndarray]] = field(default_factory=list)

    def add(self, scene: Scene, analysis: dsp.Analysis) -> None:
        self.seen.append(counted(scene, analysis))
        self.frames.add(*self.seen[-1])
        # Somebody else's push is a brief thing too: finding it is neither right nor wrong.
        unsaid = [s for s in scene.spans if s.label is None]
        found = [e for e in analysis.events if not any(s.start_s <= e.onset_s < s.end_s for s in unsaid)]
        pairs = self.onsets.add([k.onset_s for k in scene.kicks], [e.onset_s for e in found])
        if scene.gravity:
            self.onsets.labels_known += len(pairs)
            self.onsets.labels_right += sum(scene.kicks[i].label is found[j].label for i, j in pairs)
        if scene.name in {"moving", "kicks", "quiet"}:
            self.calm.add(analysis)


def counted(scene: Scene, analysis: dsp.Analysis) -> tuple[np.ndarray, np.ndarray]:
    """Truth and frames where the truth is plain."""
    frames = analysis.frames
    truth = np.full(len(frames), "", "U13")
    for span in scene.spans:
        inside = (frames["time_s"] > span.start_s + MARGIN_S) & (frames["time_s"] < span.end_s - MARGIN_S)
        if span.label is not None:
            truth[inside] = span.label.value
    for kick in scene.kicks:
        truth[np.abs(frames["time_s"] - kick.onset_s) < KICK_MARGIN_S] = ""
    kept = (truth != "") & (frames["label"] != State.NO_DATA.value)
    return truth[kept], frames[kept]


def scenes(region: Region, seeds: Iterable[int]) -> SceneScore:
    score = SceneScore()
    for seed in seeds:
        for name in SCENES:
            scene = make_scene(name, seed, region)
            score.add(
                scene,
                dsp.analyze(scene.xyz_g, rate_hz=scene.rate_hz, placement=scene.placement, keep_spectra=False),
            )
    return score


@dataclass(frozen=True, slots=True, kw_only=True)
class HandScore:
    """How well windows of 2.5 s of hands with and without tremor are told apart."""

    area_product: float
    area_p: float
    area_rms: float
    sensitivity: float
    specificity: float


HandSet = Literal["open", "held", "other"]
"""Regions of the hand windows: `other` was made after the curves were set and is only measured."""


def _window(hand_set: HandSet, seed: int, *, tremor: bool) -> HandWindow:
    if hand_set == "other":
        return other_hand_window(seed, tremor=tremor)
    return hand_window(seed, hand_set, tremor=tremor)


def hands(hand_set: HandSet, count: int, placement: str) -> HandScore:
    """Analyse `count` windows of each kind, each alone."""
    p: dict[bool, list[float]] = {True: [], False: []}
    rms: dict[bool, list[float]] = {True: [], False: []}
    called: dict[bool, list[bool]] = {True: [], False: []}
    for tremor in (True, False):
        for seed in range(count):
            window = _window(hand_set, seed, tremor=tremor)
            frame = dsp.analyze(window.xyz_g, rate_hz=window.rate_hz, placement=placement, keep_spectra=False).frames[0]
            p[tremor].append(float(frame["p_tremor"]))
            rms[tremor].append(float(frame["rms_g"]))
            called[tremor].append(str(frame["label"]) == State.TREMOR.value)
    a, b = np.array(p[True]), np.array(p[False])
    x, y = np.array(rms[True]), np.array(rms[False])
    return HandScore(
        area_product=roc_area(a * x, b * y),
        area_p=roc_area(a, b),
        area_rms=roc_area(x, y),
        sensitivity=float(np.mean(called[True])),
        specificity=1.0 - float(np.mean(called[False])),
    )


def single_features(score: SceneScore, least: float = 0.98) -> dict[str, str]:
    """Features that tell two states apart alone, with their ROC areas: evidence about the generator first."""
    truth = np.concatenate([t for t, _ in score.seen])
    frames = np.concatenate([f for _, f in score.seen])
    names = [n for n in frames.dtype.names if frames.dtype[n] == np.float32 and not n.startswith("p_")]
    out = {}
    for a, b in (
        ("tremor", "movement"),
        ("tremor", "reflex_rhythm"),
        ("movement", "reflex_rhythm"),
        ("tremor", "still"),
    ):
        found = []
        for name in names:
            x, y = (frames[name][(truth == s) & ~np.isnan(frames[name])].astype(np.float64) for s in (a, b))
            if len(x) > 50 and len(y) > 50:
                area = roc_area(x, y)
                found.append((max(area, 1.0 - area), name))
        best = [f"{name} {area:.3f}" for area, name in sorted(found, reverse=True) if area >= least]
        out[f"{a} against {b}"] = ", ".join(best) or "none"
    return out


def jerk_share(score: SceneScore) -> float:
    """Share of the matched kicks (with gravity in the data) whose kind is right."""
    return score.onsets.labels_right / max(1, score.onsets.labels_known)


def _f1(hit: int, said: int, true: int) -> float:
    return 2 * hit / max(1, said + true)


def rhythmic_f1(score: SceneScore) -> float:
    """F1 of tremor and reflex rhythm together against still and movement: what simple rules can be held to."""
    truth = np.isin(np.concatenate(score.frames.truth), RHYTHMIC_NAMES)
    said = np.isin(np.concatenate(score.frames.said), RHYTHMIC_NAMES)
    return _f1(int((truth & said).sum()), int(said.sum()), int(truth.sum()))


def rule_scores(region: Region, seeds: Iterable[int]) -> str:
    """Give the same F1 of each simple rule, on whole windows of 4 s that lie within one state."""
    said: dict[str, list[bool]] = {name: [] for name in RULES}
    truth: list[bool] = []
    for seed in seeds:
        for name in SCENES:
            scene = make_scene(name, seed, region)
            n = round(WINDOW_S * scene.rate_hz)
            for at in range(0, len(scene.xyz_g) - n + 1, n):
                start_s, end_s = at / scene.rate_hz, (at + n) / scene.rate_hz
                inside = [s for s in scene.spans if s.label is not None and s.start_s <= start_s and end_s <= s.end_s]
                if inside and not any(start_s - 0.5 < k.onset_s < end_s for k in scene.kicks):
                    truth.append(str(inside[0].label) in RHYTHMIC_NAMES)
                    for rule in RULES:
                        said[rule].append(RULES[rule](scene.xyz_g[at : at + n].astype(float), scene.rate_hz))
    t = np.array(truth)
    return "; ".join(f"{r}: {_f1(int((t & np.array(s)).sum()), sum(s), int(t.sum())):.3f}" for r, s in said.items())


def threshold_f1(region: Region, seeds: Iterable[int]) -> float:
    """Event F1 of the fixed threshold."""
    onsets = Onsets()
    for seed in seeds:
        for name in SCENES:
            scene = make_scene(name, seed, region)
            onsets.add([k.onset_s for k in scene.kicks], threshold_jerks(scene.xyz_g, scene.rate_hz))
    return onsets.f1


def hand_rules(hand_set: HandSet, count: int) -> str:
    """Sensitivity and specificity of the simple rules on the hand windows."""
    out = []
    for name, rule in RULES.items():
        hit = [
            [rule(w.xyz_g.astype(float), w.rate_hz) for w in (_window(hand_set, s, tremor=t) for s in range(count))]
            for t in (True, False)
        ]
        out.append(f"{name}: {np.mean(hit[0]):.2f}, {1 - np.mean(hit[1]):.2f}")
    return "; ".join(out)
