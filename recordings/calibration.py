"""Calibration to gravity: a sensor at rest must read 1 g in every posture (van Hees 2014, J Appl Physiol 117:738)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dsp import InputError, Samples
from recordings.lazy import LazySamples
from recordings.recording import Recording

Floats = NDArray[np.float64]

EPOCH_S = 10.0
"""Means over so long (van Hees 2014)."""
REST_SD_G = 0.013
"""An axis that moves less than this is at rest (van Hees 2014: 13 mg)."""
SPHERE_G = 0.3
"""Rest must reach this far to both sides on every axis, or the postures do not span the sphere (van Hees 2014)."""
FEWEST_EPOCHS = 10
MOST_ROUNDS, GOOD_ENOUGH = 1000, 1e-10
MOST_WEIGHT = 100.0
"""Epochs already within 10 mg of 1 g weigh this much, farther ones less (van Hees 2014)."""
LARGEST_GAIN, LARGEST_OFFSET_G = 0.15, 0.3
"""A commodity sensor is off by less (data sheets: some per cent, some tens of mg); more is no calibration."""
GOOD_ERROR_G = 0.01
"""A calibrated file is within 10 mg of 1 g at rest (van Hees 2014)."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Gain and offset of each axis: calibrated = gain · (measured + offset).

    Attributes
    ----------
    gain
        A number an axis.
    offset_g
        g an axis.
    before_g, after_g
        Mean distance of rest from 1 g.
    epochs
        Epochs of rest that it rests on.
    """

    gain: tuple[float, float, float]
    offset_g: tuple[float, float, float]
    before_g: float
    after_g: float
    epochs: int

    def apply(self, xyz_g: NDArray[np.float32]) -> NDArray[np.float32]:
        """Calibrate rows, (n, 3) in g."""
        offset, gain = (np.array(values, np.float32) for values in (self.offset_g, self.gain))
        return np.asarray((xyz_g + offset) * gain, np.float32)

    def __str__(self) -> str:
        """One sentence for people and for files."""
        gain, offset = (", ".join(f"{v:.4f}" for v in values) for values in (self.gain, self.offset_g))
        return (
            f"to gravity (van Hees 2014): gain {gain}; offset {offset} g; rest was {1000 * self.before_g:.1f} mg "
            f"from 1 g, is now {1000 * self.after_g:.1f} mg ({self.epochs} epochs of rest)"
        )


def find_calibration(samples: Iterable[Samples]) -> tuple[Calibration | None, str]:
    """Find gain and offset from rest in many postures.

    Returns
    -------
    calibration, reason
        None, and why, where the recording cannot tell.
    """
    rest = _rest(samples)
    if len(rest) < FEWEST_EPOCHS:
        return None, f"only {len(rest)} stretches of {EPOCH_S:.0f} s are at rest; {FEWEST_EPOCHS} are needed"
    if not ((rest.min(axis=0) < -SPHERE_G) & (rest.max(axis=0) > SPHERE_G)).all():
        return None, f"rest does not reach {SPHERE_G} g to both sides on every axis: too few postures"
    gain, offset = _fit(rest)
    before, after = (float(np.abs(np.linalg.norm(v, axis=1) - 1.0).mean()) for v in (rest, gain * (rest + offset)))
    if (np.abs(gain - 1.0) > LARGEST_GAIN).any() or (np.abs(offset) > LARGEST_OFFSET_G).any():
        return None, f"gain {gain.round(3).tolist()} and offset {offset.round(3).tolist()} g are beyond any sensor"
    if after > before or after > GOOD_ERROR_G:
        return None, f"rest stays {1000 * min(before, after):.1f} mg from 1 g, whatever gain and offset are"
    return Calibration(_three(gain), _three(offset), before, after, len(rest)), ""


def _three(values: Floats) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])


def calibrated(recording: Recording) -> Recording:
    """Calibrate a recording to gravity where it tells how, and say what was done in its warnings and details.

    Raises
    ------
    InputError
        For a recording without gravity.
    """
    if recording.gravity is False:
        msg = "gravity was taken out of this recording; it cannot be calibrated to gravity"
        raise InputError(msg)
    calibration, reason = find_calibration(recording.samples)
    if calibration is None:
        return replace(recording, warnings=[*recording.warnings, f"not calibrated to gravity: {reason}"])

    def change(run: Samples) -> Samples:
        return replace(run, xyz_g=calibration.apply(run.xyz_g))

    held: Sequence[Samples] = recording.samples
    samples = held.mapped(change) if isinstance(held, LazySamples) else [change(run) for run in held]
    return replace(
        recording,
        samples=samples,
        details={**recording.details, "calibration": str(calibration)},
        warnings=[*recording.warnings, f"calibrated {calibration}"],
    )


def _rest(samples: Iterable[Samples]) -> Floats:
    """Means of the epochs at rest, (n, 3)."""
    means = []
    for run in samples:
        size = max(1, round(EPOCH_S * run.rate_hz))
        whole = len(run) // size * size
        if not whole:
            continue
        epochs = run.xyz_g[:whole].astype(np.float64).reshape(-1, size, 3)
        mean = epochs.mean(axis=1)
        still = (epochs.std(axis=1) < REST_SD_G).all(axis=1)
        # A sensor that sends nothing reads zero and is no rest.
        means.append(mean[still & (np.linalg.norm(mean, axis=1) > 0.5)])
    return np.concatenate(means) if means else np.empty((0, 3))


def _fit(rest: Floats) -> tuple[Floats, Floats]:
    """Fit each axis to its projection onto the unit sphere, again and again, near epochs weighing more."""
    gain, offset = np.ones(3), np.zeros(3)
    weight = np.ones(len(rest))
    last = np.inf
    for _ in range(MOST_ROUNDS):
        now = gain * (rest + offset)
        length = np.linalg.norm(now, axis=1, keepdims=True)
        closest = now / np.maximum(length, 1e-9)
        for axis in range(3):
            x, y = now[:, axis], closest[:, axis]
            mx, my = np.average(x, weights=weight), np.average(y, weights=weight)
            spread = float((weight * (x - mx) ** 2).sum())
            slope = float((weight * (x - mx) * (y - my)).sum()) / spread if spread > 0 else 1.0
            shift = my - slope * mx
            # y = slope · gain · (rest + offset) + shift, written as gain · (rest + offset) again
            gain[axis] *= slope
            offset[axis] += shift / gain[axis] if gain[axis] else 0.0
        distance = np.abs(np.linalg.norm(gain * (rest + offset), axis=1) - 1.0)
        weight = np.minimum(1.0 / np.maximum(distance, 1e-9), MOST_WEIGHT)
        error = float((weight * distance**2).sum() / weight.sum())
        if abs(last - error) < GOOD_ENOUGH:
            break
        last = error
    return gain, offset
