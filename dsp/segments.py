"""Segments: runs of frames of one state, with their evidence."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp import centre
from dsp.evidence import state_terms
from dsp.frame_fields import FRAME_DTYPE, NUMBERS, numbers_of
from dsp.labels import State
from dsp.levels import SIZES
from dsp.parameters import DECIDED, Parameters
from dsp.peaks import NAMES as PEAK_NAMES
from dsp.peaks import TOP_OVER_MEAN_DB
from dsp.results import FatigueEvidence, Segment, Term
from dsp.weighed import weighed

Numbers = NDArray[np.floating]
P_ROWS = slice(0, len(DECIDED))
SEEN = NUMBERS[len(DECIDED) : NUMBERS.index("missing")]
"""The features of a frame."""
SEEN_ROWS = slice(len(DECIDED), NUMBERS.index("missing"))
LIMITS = {"filled": NUMBERS.index("missing"), "clipped": NUMBERS.index("clipped")}
"""What a share of the frame that is not zero is called."""
GRAVITY_ROWS = [NUMBERS.index("tilt_rate_deg_per_s"), NUMBERS.index("gravity_g")]
"""What is known of no frame without gravity."""
PEAK_ROW = NUMBERS.index("peak_hz")
MIDDLES = ("peak_hz", "rms_g", "displacement_mm")
MIDDLE_ROWS = [NUMBERS.index(name) for name in MIDDLES]
RMS_MIDDLE, BETWEEN_ROW = MIDDLES.index("rms_g"), NUMBERS.index("middle_g")
OF_PEAKS = (*PEAK_NAMES, "wander_hz")
"""What says nothing of a segment in most of whose frames there is no line."""
PEAK_MIDDLES = [MIDDLES.index(name) for name in MIDDLES if name in OF_PEAKS]
PEAK_SEEN = [SEEN.index(name) for name in SEEN if name in OF_PEAKS]

MANY = 700
"""Frames from which it is quicker to partition them than to sort them (measured)."""


class Summary(NamedTuple):
    """Frames of one label in few numbers.

    Attributes
    ----------
    p
        Mean probability of each state.
    leaders
        The two most likely states, by number.
    middles
        Median of frequency, rms and displacement of the peak over the frames in which they are known; at rest the rms
        between bursts.
    peak_spread_hz
        Standard deviation of the peak.
    limits
        Flags.
    seen
        The features of the frames, (features, frames), in the order of `SEEN`.
    """

    p: list[float]
    leaders: list[int]
    middles: list[float]
    peak_spread_hz: float
    limits: tuple[str, ...]
    seen: NDArray[np.float32]

    @property
    def typical(self) -> NDArray[np.float64]:
        """Median of each feature over the frames in which it is known, in the order of `SEEN`."""
        return _typical(self.seen)


def summarise(frames: NDArray[np.void], begins: list[int]) -> list[Summary]:
    """Sum up frames in parts, each from one of `begins` to the next one or to the end; many parts cost little more."""
    numbers = numbers_of(frames).T.copy()
    sizes = np.diff([*begins, len(frames)])
    p = np.add.reduceat(numbers[P_ROWS].astype(np.float64), begins, axis=1) / sizes
    spread_hz = _spreads(numbers[PEAK_ROW].astype(np.float64), begins, sizes)
    lineless = 2 * np.add.reduceat(np.isnan(numbers[PEAK_ROW]), begins, dtype=np.intp) > sizes
    flagged = {name: np.maximum.reduceat(numbers[row], begins) for name, row in LIMITS.items()}
    tilt, gravity = np.fmax.reduceat(numbers[GRAVITY_ROWS], begins, axis=1)
    flagged["no_gravity"] = np.isnan(tilt) & np.isnan(gravity)
    leaders = np.argsort(-p, axis=0, kind="stable")[:2]
    seen, of_middles = numbers[SEEN_ROWS], numbers[MIDDLE_ROWS]
    # Of a limb at rest what is left between kicks, where every window holds one.
    still = frames.view(FRAME_DTYPE)["label"] == State.STILL.value
    np.fmin(of_middles[RMS_MIDDLE], numbers[BETWEEN_ROW], out=of_middles[RMS_MIDDLE], where=still)
    middles = _medians(of_middles, begins, sizes)
    parts = (seen[:, begin:end] for begin, end in zip(begins, [*begins[1:], len(frames)], strict=True))
    limits: list[tuple[str, ...]] = [()] * len(begins)
    for name, most in flagged.items():
        # Hardly ever is there one.
        for i in most.nonzero()[0].tolist():
            limits[i] = (*limits[i], name)
    of_parts, spreads_hz = middles.T.tolist(), spread_hz.tolist()
    for i in lineless.nonzero()[0].tolist():
        # One and the same, so that segments which are alike are equal.
        spreads_hz[i] = math.nan
        for row in PEAK_MIDDLES:
            of_parts[i][row] = math.nan
    columns = (p.T.tolist(), leaders.T.tolist(), of_parts, spreads_hz, limits, parts)
    return [Summary(*part) for part in zip(*columns, strict=True)]


def _spreads(values: NDArray[np.float64], begins: list[int], sizes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Give the standard deviation of the known values of each part."""
    unknown = np.isnan(values)
    values[unknown] = 0.0
    known = sizes - np.add.reduceat(unknown, begins, dtype=np.intp)
    with np.errstate(invalid="ignore"):
        values -= np.repeat(np.add.reduceat(values, begins) / known, sizes)
        values[unknown] = 0.0
        values *= values
        return np.asarray(np.sqrt(np.add.reduceat(values, begins) / known))


def _medians(values: Numbers, begins: list[int], sizes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Median of the known values of each part of each row, (rows, parts); overwrites them."""
    known = sizes - np.add.reduceat(np.isnan(values), begins, axis=1, dtype=np.intp)
    # With the unknown last.
    for i, (begin, size) in enumerate(zip(begins, sizes.tolist(), strict=True)):
        part = values[:, begin : begin + size]
        if size <= MANY:
            part.sort(axis=1)
            continue
        middles = known[:, i]
        for count in np.unique(middles):
            if count:
                rows, upper = np.nonzero(middles == count)[0], count // 2
                ordered = np.partition(part[rows], upper, axis=1)
                if count % 2 == 0:
                    # To partition at both middles takes twice as long.
                    ordered[:, upper - 1] = ordered[:, :upper].max(axis=1)
                part[rows] = ordered
    rows = np.arange(len(values))[:, None]
    low, high = (values[rows, begins + at].astype(np.float64) for at in (np.maximum(known - 1, 0) // 2, known // 2))
    middle: NDArray[np.float64] = 0.5 * (low + high)
    middle[known == 0] = np.nan
    return middle


def _typical(seen: Numbers) -> NDArray[np.float64]:
    """Median of the known values of each feature, (features, frames)."""
    typical = _medians(seen.copy(), [0], np.array([seen.shape[1]]))[:, 0]
    if 2 * np.count_nonzero(np.isnan(seen[SEEN.index("peak_hz")])) > seen.shape[1]:
        typical[PEAK_SEEN] = np.nan
    return typical


def make_segment(
    label: State,
    start_s: float,
    end_s: float,
    summary: Summary,
    parameters: Parameters,
    *,
    fatigue: FatigueEvidence | None = None,
    flags: Sequence[str] = (),
    forget: bool = False,
) -> Segment:
    """Segment of one label from the summary of its frames, for the time it stands for.

    What is typical of them, the ground for its evidence, is worked out when that is read; or at once, to `forget` them.
    """
    p, (first, second) = summary.p, summary.leaders
    runner_up: State | None
    if label is State.NO_DATA:
        confidence, runner_up = 1.0, None
    elif label is State.UNCLEAR:
        # How sure it is that no state stands out: what the two leaders do not decide between them.
        confidence, runner_up = 1.0 - (p[first] - p[second]), DECIDED[first]
    else:
        own = DECIDED.index(label)
        confidence, runner_up = p[own], DECIDED[second if first == own else first]
    limits = summary.limits
    if label is State.NO_DATA and "stuck" in flags:
        # What is missing in its frames is what the sensor repeated.
        limits = tuple(limit for limit in limits if limit != "filled")
    peak_hz, rms_g, displacement_mm = summary.middles
    seen = summary.typical if forget else summary.seen
    return Segment.of(
        start_s=start_s,
        end_s=end_s,
        label=label,
        confidence=confidence,
        runner_up=runner_up,
        peak_hz=peak_hz,
        peak_spread_hz=summary.peak_spread_hz if label is not State.NO_DATA else math.nan,
        rms_g=rms_g,
        displacement_mm=displacement_mm,
        # An array and no inner function: thousands of segments are kept, and what holds other objects is gone through
        # again and again by the garbage collector, which took as long as making them.
        evidence=functools.partial(_evidence, label, runner_up, seen, parameters),
        flags=(*flags, *limits),
        fatigue=fatigue,
    )


def _evidence(
    label: State,
    runner_up: State | None,
    seen: Numbers,
    parameters: Parameters,
) -> tuple[Term, ...]:
    """Terms for the label from the features of its frames, (features, frames), or from what is typical of them."""
    if runner_up is None or label is State.UNCLEAR:
        return ()
    typical = seen if seen.ndim == 1 else _typical(seen)
    known = dict(zip(SEEN, typical.tolist(), strict=True))
    return state_terms(heard_features(known, parameters), label, runner_up, parameters)


def no_data(start_s: float, end_s: float, why: str) -> Segment:
    """Segment for a time that nothing is known of."""
    nan = math.nan
    return Segment(
        start_s=start_s,
        end_s=end_s,
        label=State.NO_DATA,
        confidence=1.0,
        runner_up=None,
        peak_hz=nan,
        peak_spread_hz=nan,
        rms_g=nan,
        displacement_mm=nan,
        flags=(why,),
    )


def heard_features(features: Mapping[str, float], parameters: Parameters) -> dict[str, float]:
    """Features as they are weighed: levels over the still floor and the like beside those that a frame carries."""
    single = weighed({name: np.array([value], np.float32) for name, value in features.items()}, parameters)
    single["stand_db"] = np.minimum(single["prominence_db"], single["bump_db"] + np.float32(TOP_OVER_MEAN_DB))
    heard = {name: float(value[0]) for name, value in centre.heard(single, parameters).items()}
    # Sentences tell sizes as they are in the data.
    return heard | {name: features[name] for name in SIZES}
