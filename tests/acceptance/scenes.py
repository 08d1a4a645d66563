"""Scenes: acts in a row on one limb, with their truth."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp import EventLabel, State
from tests.acceptance import waves
from tests.acceptance.regions import Draw, Part, Region
from tests.acceptance.sensing import any_direction, seen_by

Floats = NDArray[np.float64]
INNER_HZ = 400.0
"""The motion is drawn at least so finely."""


@dataclass(frozen=True, slots=True)
class Span:
    """What the limb does for a while; a label of None is counted for nothing but false tremor."""

    start_s: float
    end_s: float
    label: State | None


@dataclass(frozen=True, slots=True)
class Kick:
    """A kick and where it begins."""

    onset_s: float
    label: EventLabel
    peak_g: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scene:
    """Samples and truth. Everything in it is synthetic."""

    name: str
    xyz_g: NDArray[np.float32]
    rate_hz: float
    placement: str
    part: Part
    gravity: bool
    spans: tuple[Span, ...]
    kicks: tuple[Kick, ...]


@dataclass(slots=True, eq=False)
class Stage:
    """A limb with time: acts add motion to it and say what they were."""

    draw: Draw
    part: Part
    gravity: bool = True
    motion: list[Floats] = field(default_factory=list)
    angles: list[Floats] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    kicks: list[Kick] = field(default_factory=list)
    late: list[tuple[float, Floats]] = field(default_factory=list)
    here_deg: float = 0.0
    now_s: float = 0.0
    fs: float = field(init=False)
    main: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.fs = self.part.rate_hz * max(1, round(INNER_HZ / self.part.rate_hz))
        self.main = any_direction(self.draw.rng)

    @property
    def rng(self) -> np.random.Generator:
        return self.draw.rng

    def size(self, seconds: float) -> int:
        return round(seconds * self.fs)

    def spread(self, wave: Floats) -> Floats:
        """A wave along the limb's main direction, with a weaker part across it."""
        across = np.cross(self.main, any_direction(self.rng))
        late = np.roll(wave, round(self.fs * self.rng.uniform(0, 0.03)))
        return np.asarray(wave[:, None] * self.main + self.rng.uniform(0.05, 0.4) * late[:, None] * across)

    def add(self, motion: Floats, label: State | None, angle: Floats | None = None) -> None:
        n = len(motion)
        self.motion.append(motion)
        self.angles.append(np.full(n, self.here_deg) if angle is None else angle)
        self.here_deg = float(self.angles[-1][-1])
        if self.spans and self.spans[-1].label is label:
            self.spans[-1] = Span(self.spans[-1].start_s, self.now_s + n / self.fs, label)
        else:
            self.spans.append(Span(self.now_s, self.now_s + n / self.fs, label))
        self.now_s += n / self.fs

    def kick_at(self, at_s: float, label: EventLabel) -> None:
        d = self.draw
        reflex = label is EventLabel.REFLEX_JERK
        peak_g = d("kick", "reflex_g" if reflex else "twitch_g", log=True)
        wave = waves.kick(
            self.fs, pulse_s=d("kick", "pulse_s"), ring_hz=d("kick", "ring_hz"), damping=d("kick", "damping")
        )
        # The wave's own first 5 % are invisible in noise: the onset is where it has begun to show.
        shown = int(np.argmax(np.abs(wave) > 0.05)) / self.fs
        direction = self.main + 0.5 * any_direction(self.rng)
        direction /= np.linalg.norm(direction)
        self.late.append((at_s, peak_g * wave[:, None] * direction))
        self.kicks.append(Kick(at_s + shown, label, peak_g))

    # -- acts ---------------------------------------------------------------------------------------------------------

    def still(self, seconds: float) -> None:
        self.add(np.zeros((self.size(seconds), 3)), State.STILL)

    def turn(self, seconds: float, degrees: float) -> None:
        n = self.size(seconds)
        angle = self.here_deg + degrees * waves.smooth_step(np.arange(n) / n)
        # The radius of 0.3 m makes the turn felt as acceleration too.
        arc = 0.3 / 9.80665 * np.gradient(np.gradient(np.radians(angle), 1 / self.fs), 1 / self.fs)
        self.add(self.spread(arc), State.MOVEMENT, angle)

    def shift(self, seconds: float) -> None:
        d, n = self.draw, self.size(seconds)
        kind = self.rng.random()
        if kind < 0.5:
            wander = waves.wandering_angles(
                self.rng, n, self.fs, degrees=d("movement", "degrees"), move_s=d("movement", "move_s")
            )
            angle = self.here_deg + wander
            push = 1e-3 * d("movement", "push_mg", log=True)
            lines = np.stack([waves.noise_in_band(self.rng, n, self.fs, 0.3, 2.5) for _ in range(3)], axis=1)
            self.add(push * 0.5 * lines * waves.ramped(n, self.fs, 0.4, 0.4)[:, None], State.MOVEMENT, angle)
        elif kind < 0.75:
            hz = d("movement", "sway_hz") * (1 + 0.06 * waves.noise_in_band(self.rng, n, self.fs, 0.0, 0.3))
            phase = 2 * np.pi * np.cumsum(hz) / self.fs
            sway = np.sin(phase) + 0.25 * np.sin(2 * phase + 1.0) + 0.1 * np.sin(3 * phase)
            swing = sway * waves.swelling(self.rng, n, self.fs, 0.2)
            angle = self.here_deg + 0.3 * d("movement", "degrees") * swing * waves.ramped(n, self.fs, 0.5, 0.5)
            push = 1e-3 * d("movement", "push_mg", log=True) * 1.4
            self.add(self.spread(push * swing * waves.ramped(n, self.fs, 0.5, 0.5)), State.MOVEMENT, angle)
        else:
            motion = waves.gait(
                self.rng, n, self.fs, cadence_hz=d("movement", "cadence_hz"), step_g=d("movement", "step_g")
            )
            ramp = waves.ramped(n, self.fs, 1.0, 1.0)
            angle = self.here_deg + 12.0 * ramp * np.sin(2 * np.pi * 0.9 * np.arange(n) / self.fs)
            self.add(motion * ramp[:, None], State.MOVEMENT, angle)

    def jiggle(self, seconds: float) -> None:
        n = self.size(seconds)
        wave = waves.jiggle(
            self.rng, n, self.fs, hz=self.draw("jiggle", "hz"), stroke_mm=self.draw("jiggle", "stroke_mm")
        )
        self.add(self.spread(wave * waves.ramped(n, self.fs, 0.5, 0.5)), State.MOVEMENT)

    def tremor(self, seconds: float, *, while_creeping: bool = False) -> None:
        d, n = self.draw, self.size(seconds)
        wave = waves.tremor(
            self.rng, n, self.fs,
            hz=d("tremor", "hz"), width_hz=d("tremor", "width_hz"), depth=d("tremor", "depth"),
            drift_hz_per_min=d("tremor", "drift_hz_per_min"), overtone=d("tremor", "overtone"),
            driven=bool(self.rng.random() < 0.5),
        )  # fmt: skip
        growth = 10 ** (self.rng.uniform(0, 12) * np.arange(n) / self.fs / 60 / 20)
        rise_s = min(d("tremor", "rise_s"), 0.3 * seconds)
        motion = self.spread(
            1e-3 * d("tremor", "rms_mg", log=True) * wave * growth * waves.ramped(n, self.fs, rise_s, 0.5)
        )
        angle = None
        if while_creeping:
            creep = 0.05 * waves.noise_in_band(self.rng, n, self.fs, 0.0, 0.4)
            angle = self.here_deg + np.degrees(creep) * waves.ramped(n, self.fs, 1.0, 1.0)
        self.add(motion, State.TREMOR, angle)

    def rhythm(self, seconds: float) -> None:
        d, n = self.draw, self.size(seconds)
        wave = waves.pulse_train(
            self.rng, n, self.fs, hz=d("rhythm", "hz"), jitter=d("rhythm", "jitter"), depth=d("rhythm", "depth"),
            skew=d("rhythm", "skew"), slowing_hz=d("rhythm", "slowing_hz"),
        )  # fmt: skip
        motion = self.spread(1e-3 * d("rhythm", "rms_mg", log=True) * wave * waves.ramped(n, self.fs, 0.15, 0.3))
        self.add(motion, State.REFLEX_RHYTHM)

    def partner(self, seconds: float) -> None:
        n = self.size(seconds)
        wave = waves.bed_burst(
            self.rng, n, self.fs, hz=self.draw("bed", "hz"), peak_mg=self.draw("bed", "burst_mg", log=True)
        )
        self.add(self.spread(wave), None)

    # -- the end --------------------------------------------------------------------------------------------------------

    def scene(self, name: str, placement: str) -> Scene:
        d, rng = self.draw, self.rng
        motion, angle = np.concatenate(self.motion), np.radians(np.concatenate(self.angles))
        n = len(motion)
        for at_s, wave in self.late:
            first = round(at_s * self.fs)
            size = min(len(wave), n - first)
            motion[first : first + size] += wave[:size]
        body = waves.heart_and_breath(rng, n, self.fs, heart_mg=d("bed", "heart_mg"), breath_mg=d("bed", "breath_mg"))
        motion += body[:, None] * any_direction(rng)
        if rng.random() < 0.5:
            motion = motion + 0.15 * np.asarray(_resonance(motion, self.fs, d("bed", "soft_hz")))
        if self.gravity:
            down, side = np.array([0.0, 0.0, 1.0]), np.array([1.0, 0.0, 0.0])
            motion = motion + np.cos(angle)[:, None] * down + np.sin(angle)[:, None] * side
        return Scene(
            name=name,
            xyz_g=seen_by(self.part, motion, self.fs, rng),
            rate_hz=self.part.rate_hz,
            placement=placement,
            part=self.part,
            gravity=self.gravity,
            spans=tuple(self.spans),
            kicks=tuple(sorted(self.kicks, key=lambda k: k.onset_s)),
        )


def _resonance(motion: Floats, fs: float, hz: float) -> Floats:
    """What a strap on soft tissue adds: the motion through a damped resonance."""
    from scipy.signal import iirpeak, lfilter

    b, a = iirpeak(min(hz, 0.4 * fs), 2.0, fs=fs)
    return np.asarray(lfilter(b, a, motion - motion.mean(axis=0), axis=0))


PLACES = ("calf", "ankle", "foot", "thigh", "unknown")


def make_scene(name: str, seed: int, region: Region) -> Scene:
    """Draw a scene: ``tremor``, ``rhythm``, ``kicks``, ``moving``, ``mixed`` or ``quiet``."""
    rng = np.random.default_rng([seed, sorted(SCENES).index(name), int(region == "held")])
    draw = Draw(rng, region)
    stage = Stage(draw, draw.part(), gravity=bool(rng.random() < 0.8))
    SCENES[name](stage)
    return stage.scene(name, str(rng.choice(PLACES)))


def _tremor(s: Stage) -> None:
    r = s.rng
    s.still(r.uniform(8, 14))
    s.turn(s.draw("stretch", "slow_s"), s.draw("stretch", "degrees"))
    s.still(r.uniform(0, 6))
    s.tremor(r.uniform(9, 25), while_creeping=bool(r.random() < 0.4))
    s.turn(r.uniform(1.0, 2.5), -s.here_deg)
    s.still(r.uniform(8, 12))
    s.tremor(r.uniform(8, 18))
    s.still(r.uniform(6, 10))


def _rhythm(s: Stage) -> None:
    r = s.rng
    s.still(r.uniform(8, 14))
    for _ in range(2):
        before = s.now_s
        fast_s = s.draw("stretch", "fast_s")
        s.turn(fast_s, s.draw("stretch", "degrees"))
        if r.random() < 0.5:
            s.kick_at(before + 0.5 * fast_s + s.draw("kick", "delay_s"), EventLabel.REFLEX_JERK)
            s.still(r.uniform(1.5, 3.0))
        s.rhythm(r.uniform(6, 18))
        s.still(r.uniform(2, 5))
        s.turn(r.uniform(1.2, 2.5), -s.here_deg)
        s.still(r.uniform(8, 12))


def _kicks(s: Stage) -> None:
    r = s.rng
    s.still(r.uniform(8, 12))
    for _ in range(7):
        before = s.now_s
        if r.random() < 0.5:
            fast_s = s.draw("stretch", "fast_s")
            s.turn(fast_s, s.draw("stretch", "degrees"))
            s.still(r.uniform(4, 7))
            # A fast stretch does not always evoke the reflex.
            if r.random() < 0.75:
                s.kick_at(before + 0.5 * fast_s + s.draw("kick", "delay_s"), EventLabel.REFLEX_JERK)
            s.turn(r.uniform(2.5, 4.0), -s.here_deg)
            s.still(r.uniform(3, 6))
        else:
            s.still(r.uniform(3, 8))
            at = before + r.uniform(0.2, 1.0)
            s.kick_at(at, EventLabel.TWITCH)
            if r.random() < 0.3:
                s.kick_at(at + r.uniform(0.3, 0.9), EventLabel.TWITCH)
    s.still(6.0)


def _moving(s: Stage) -> None:
    r = s.rng
    s.still(r.uniform(6, 10))
    for _ in range(3):
        s.shift(r.uniform(6, 14))
        s.still(r.uniform(5, 10))
    if r.random() < 0.4:
        s.jiggle(r.uniform(5, 12))
        s.still(6.0)
    if r.random() < 0.5:
        s.partner(r.uniform(3, 6))
        s.still(6.0)


def _mixed(s: Stage) -> None:
    r = s.rng
    s.still(r.uniform(6, 10))
    s.shift(r.uniform(5, 10))
    s.tremor(r.uniform(8, 15), while_creeping=True)
    s.shift(r.uniform(5, 9))
    s.still(r.uniform(6, 9))
    s.rhythm(r.uniform(6, 10))
    s.shift(r.uniform(4, 8))
    s.still(r.uniform(6, 9))


def _quiet(s: Stage) -> None:
    s.still(30.0)
    s.turn(s.draw("stretch", "slow_s"), s.draw("stretch", "degrees"))
    s.still(25.0)
    s.turn(2.5, -s.here_deg)
    s.still(15.0)


SCENES = {"tremor": _tremor, "rhythm": _rhythm, "kicks": _kicks, "moving": _moving, "mixed": _mixed, "quiet": _quiet}
