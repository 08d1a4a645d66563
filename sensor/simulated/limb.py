"""The simulated limb: a script, a joint, a strap and a sensor give samples and their truth."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import EventLabel, InputError, State
from sensor.simulated.joint import Joint, minimum_jerk, twitch_pulse
from sensor.simulated.script import Doing, LimbScript, Step

Floats = NDArray[np.float64]
GRAVITY_M_S2 = 9.80665
SWING_S = 1.5
"""A kick and its ring; a joint with damping 0.08 at 5 Hz has lost 98 % by then."""
STRAP_HZ = 45.0
"""Strap and skin carry nothing faster (prior)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSpan:
    """What the limb really did for a while."""

    start_s: float
    end_s: float
    label: State


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEvent:
    """A kick that really happened."""

    onset_s: float
    label: EventLabel
    peak_g: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueHold:
    """A stretch that was really held."""

    start_s: float
    end_s: float
    degrees: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SimulatedSession:
    """Samples with their truth; everything in it is synthetic.

    Attributes
    ----------
    xyz_g
        float32 (n, 3), g.
    rate_hz
        Samples per second.
    spans, events, holds
        The truth, in order of time.
    """

    xyz_g: NDArray[np.float32]
    rate_hz: float
    spans: tuple[TrueSpan, ...]
    events: tuple[TrueEvent, ...]
    holds: tuple[TrueHold, ...]


@cache
def load_priors() -> dict[str, Any]:
    """Read the frozen parameter priors."""
    text = resources.files("sensor.simulated").joinpath("priors.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def simulate(script: LimbScript, *, seed: int = 0, rate_hz: float = 104.0) -> SimulatedSession:
    """Play a script on a limb drawn from the priors.

    Parameters
    ----------
    script
        What happens.
    seed
        Draws limb, mount, noise.
    rate_hz
        Of the sensor.

    Raises
    ------
    InputError
        An empty script or a rate that is not positive.
    """
    if not script or not rate_hz > 0:
        msg = "a simulated session needs at least one step and a positive rate"
        raise InputError(msg)
    return _Player(script, np.random.default_rng(seed), rate_hz).play()


class _Player:
    def __init__(self, script: LimbScript, rng: np.random.Generator, rate_hz: float) -> None:
        self._script, self._rng, self._rate = script, rng, rate_hz
        p = load_priors()
        self._p = p
        self._dt = float(p["joint"]["step_s"])
        self._joint = Joint(
            resonance_hz=self._draw("joint", "resonance_hz"),
            damping=self._draw("joint", "damping"),
            delay_s=self._draw("joint", "delay_s"),
            twitch_s=self._draw("joint", "twitch_s"),
            step_s=self._dt,
        )
        self._radius = self._draw("joint", "radius_m")
        total = round(sum(s.seconds for s in script) / self._dt)
        self._posture = np.zeros(total)
        self._swing = np.zeros(total)
        self._spans: list[TrueSpan] = []
        self._events: list[TrueEvent] = []
        self._holds: list[TrueHold] = []
        self._angle = 0.0

    def _draw(self, section: str, name: str) -> float:
        low, high = self._p[section][name]
        return float(self._rng.uniform(low, high))

    def play(self) -> SimulatedSession:
        """Play every step, then look at it through the sensor."""
        at = 0
        for step in self._script:
            self._play_step(step, at)
            at += round(step.seconds / self._dt)
        return SimulatedSession(
            xyz_g=self._sense(),
            rate_hz=self._rate,
            spans=tuple(_merged(self._spans)),
            events=tuple(sorted(self._events, key=lambda e: e.onset_s)),
            holds=tuple(self._holds),
        )

    def _play_step(self, step: Step, at: int) -> None:
        size = round(step.seconds / self._dt)
        share = np.arange(size) / max(1, size - 1)
        start_s, end_s = at * self._dt, (at + size) * self._dt
        before = self._angle
        if step.doing is Doing.STRETCH:
            self._angle = before + np.radians(step.degrees)
        elif step.doing is Doing.RELEASE:
            self._angle = 0.0
        path = before + (self._angle - before) * minimum_jerk(share)
        if step.doing is Doing.MOVE:
            path = before + self._wander(size, np.radians(step.degrees))
        self._posture[at : at + size] = path
        moving = step.doing in (Doing.STRETCH, Doing.RELEASE, Doing.MOVE)
        self._label(start_s, end_s, State.MOVEMENT if moving else State.STILL)
        if step.doing is Doing.HOLD:
            self._holds.append(TrueHold(start_s=start_s, end_s=end_s, degrees=float(np.degrees(self._angle))))
        if step.tremor_from_s is not None:
            self._tremor(step, at + round(step.tremor_from_s / self._dt), at + size)
        if step.rhythm_s is not None:
            self._rhythm(at + round(step.rhythm_s[0] / self._dt), at + round(step.rhythm_s[1] / self._dt))
        for moment in step.jerks_at_s:
            self._kick(at + round(moment / self._dt), reflex=step.doing is not Doing.REST)

    def _wander(self, size: int, reach: float) -> Floats:
        """Slow turning about on purpose: a few smooth moves that end where they began."""
        stops = (
            np.concatenate([[0.0], self._rng.uniform(-1.0, 1.0, max(2, round(size * self._dt / 1.2))), [0.0]]) * reach
        )
        edges = np.linspace(0, size, len(stops)).astype(int)
        path = np.empty(size)
        for (a, b), (low, high) in zip(pairwise(edges), pairwise(stops), strict=True):
            path[a:b] = low + (high - low) * minimum_jerk(np.arange(b - a) / max(1, b - a - 1))
        return path

    def _tremor(self, step: Step, first: int, last: int) -> None:
        size = last - first
        gain = self._draw("tremor", "loop_gain") * self._joint.critical_gain()
        swing = self._joint.swing(self._rng.normal(size=size + 2000), gain=gain)[2000:]
        minutes = np.arange(size) * self._dt / 60.0
        level = step.tremor_mg * 1e-3 * 10.0 ** (step.growth_db_per_min * minutes / 20.0)
        ramp = np.clip(
            np.minimum(np.arange(size) * self._dt / 1.5, (size - np.arange(size)) * self._dt / 0.5), 0.0, 1.0
        )
        self._swing[first:last] += swing / swing.std() * level * ramp * GRAVITY_M_S2 / self._radius
        self._label(first * self._dt, last * self._dt, State.TREMOR)

    def _rhythm(self, first: int, last: int) -> None:
        size = last - first
        gain = self._draw("rhythm", "loop_gain") * self._joint.critical_gain()
        drive = self._rng.normal(scale=4.0, size=size + 3000)
        drive[:60] += 30.0
        swing = self._joint.swing(drive, gain=gain, strength=1.0, rectified=True)[3000:]
        rms = 1e-3 * self._draw("rhythm", "rms_mg")
        ends = np.clip(np.minimum(np.arange(size), size - np.arange(size)) * self._dt / 0.15, 0.0, 1.0)
        self._swing[first:last] += swing / swing.std() * rms * ends * GRAVITY_M_S2 / self._radius
        self._label(first * self._dt, last * self._dt, State.REFLEX_RHYTHM)

    def _kick(self, at: int, *, reflex: bool) -> None:
        section = "jerk" if reflex else "twitch"
        pulse = twitch_pulse(SWING_S, self._draw(section, "pulse_s"), self._dt)
        swing = self._joint.swing(pulse)
        peak_g = self._draw(section, "peak_g")
        size = min(len(swing), len(self._swing) - at)
        self._swing[at : at + size] += (swing / np.abs(swing).max() * peak_g * GRAVITY_M_S2 / self._radius)[:size]
        label = EventLabel.REFLEX_JERK if reflex else EventLabel.TWITCH
        self._events.append(TrueEvent(onset_s=at * self._dt, label=label, peak_g=peak_g))

    def _label(self, start_s: float, end_s: float, label: State) -> None:
        kept = []
        for span in self._spans:
            if span.end_s <= start_s or span.start_s >= end_s:
                kept.append(span)
                continue
            if span.start_s < start_s:
                kept.append(TrueSpan(start_s=span.start_s, end_s=start_s, label=span.label))
            if span.end_s > end_s:
                kept.append(TrueSpan(start_s=end_s, end_s=span.end_s, label=span.label))
        kept.append(TrueSpan(start_s=start_s, end_s=end_s, label=label))
        self._spans = sorted(kept, key=lambda s: s.start_s)

    def _sense(self) -> NDArray[np.float32]:
        """Acceleration in the sensor's own frame, with mount, body, noise, steps and range."""
        rng, dt = self._rng, self._dt
        t = np.arange(len(self._posture)) * dt
        breathing = np.radians(self._draw("body", "breathing_deg")) * np.sin(
            2 * np.pi * self._draw("body", "breathing_hz") * t
        )
        angle = self._posture + breathing
        velocity = np.gradient(self._posture, dt)
        acceleration = np.gradient(velocity, dt) + self._swing
        tangential = self._radius * acceleration / GRAVITY_M_S2 + np.sin(angle)
        radial = -self._radius * velocity**2 / GRAVITY_M_S2 + np.cos(angle)
        beat = np.exp(-(((t * self._draw("body", "heartbeat_hz")) % 1.0) / 0.08)) * np.sin(2 * np.pi * 6.0 * t)
        sideways = 1e-3 * self._draw("body", "heartbeat_mg") * beat + 0.12 * tangential
        body = np.column_stack([tangential, sideways, radial])
        seen = _limited(body, dt)
        at = np.arange(int(len(t) * dt * self._rate)) / self._rate / dt
        low = np.minimum(at.astype(int), len(t) - 2)
        share = (at - low)[:, None]
        sampled = seen[low] * (1 - share) + seen[low + 1] * share
        s = self._p["sensor"]
        mounted = sampled @ _rotation(rng).T
        mounted *= 1.0 + rng.uniform(-1, 1, 3) * s["gain_error"]
        mounted += rng.uniform(-1, 1, 3) * 1e-3 * s["offset_mg"]
        mounted += rng.normal(scale=1e-3 * s["noise_mg"] / np.sqrt(3.0), size=mounted.shape)
        count = 1e-3 * s["count_mg"]
        clipped = np.clip(np.round(mounted / count) * count, -s["range_g"], s["range_g"])
        return np.asarray(clipped, np.float32)


def _limited(body: Floats, dt: float) -> Floats:
    """Strap and skin: a one-pole low-pass, and what the sensor's own filter lets through."""
    from scipy.signal import (  # noqa: PLC0415 - 0.3 s that only a simulation needs
        butter,
        sosfilt,
        sosfilt_zi,
    )

    sos = butter(1, STRAP_HZ, fs=1.0 / dt, output="sos")
    return np.asarray(sosfilt(sos, body, axis=0, zi=sosfilt_zi(sos)[:, :, None] * body[0])[0])


def _rotation(rng: np.random.Generator) -> Floats:
    """Random rotation, uniform over all mounts."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


def _merged(spans: list[TrueSpan]) -> list[TrueSpan]:
    out: list[TrueSpan] = []
    for span in spans:
        if out and out[-1].label is span.label and abs(out[-1].end_s - span.start_s) < 1e-6:
            out[-1] = TrueSpan(start_s=out[-1].start_s, end_s=span.end_s, label=span.label)
        else:
            out.append(span)
    return out
