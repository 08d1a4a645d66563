"""Line: time as a straight line over the sample index, fitted while samples come and forgetting slowly.

Exponentially weighted least squares of stamp on index, as LSL's dejitter does it (half-life 60 to 90 s), with the
nominal rate as a weak prior of the slope and outliers weighted down (Huber 1964). A constant-rate sensor's sample times
come out within 0.03 ms rms at 0.8 ms of stamp jitter (sensors.md 4.2).
"""

import math

HALF_LIFE_S = 60.0
"""Crystals wander with temperature over minutes; 60 to 90 s follow it and still average hundreds of packets."""
PRIOR_SHARE = 0.03
"""Nominal rates of MEMS accelerometers hold to a few per cent (data sheets: +-1 to 5 %, LSM6DSO +-5 % at most)."""
LEAST_JITTER_S = 1e-4
"""No stamp is believed to better than this: 30.5 us steps and interrupt latency (Polar engineer, issue #597)."""
HUBER = 3.0
"""Residuals above three times their usual size count less."""
OUTLIER = 9.0
"""What enters the usual size is capped at this many times it, so that one absurd stamp cannot open the gates."""

LEARN = 0.02
"""Share of each residual in the running jitter: fifty packets."""


class Line:
    """Fits time over index; the index and time of the newest point are the origin, so nothing loses precision.

    Parameters
    ----------
    period_s
        Nominal time between two samples.
    jitter_s
        Expected jitter of a stamp.
    period_share
        Relative uncertainty of `period_s`.
    """

    def __init__(self, period_s: float, jitter_s: float, period_share: float = PRIOR_SHARE) -> None:
        self._prior_s = period_s
        self._period_sd_s = period_share * period_s
        self._variance = jitter_s**2
        self._s = self._sx = self._sy = self._sxx = self._sxy = 0.0
        self._offset_s = 0.0
        self.period_s = period_s
        self.span_s = 0.0

    @property
    def jitter_s(self) -> float:
        """Usual distance of a stamp from the line, rms."""
        return max(LEAST_JITTER_S, math.sqrt(self._variance))

    @property
    def period_error_share(self) -> float:
        """Relative standard error of the period."""
        centred = self._sxx - self._sx**2 / self._s if self._s > 0 else 0.0
        information = max(0.0, centred) / self.jitter_s**2 + 1.0 / self._period_sd_s**2
        return 1.0 / (math.sqrt(information) * self.period_s)

    @property
    def offset_s(self) -> float:
        """Time of the newest index on the line, against its stamp."""
        return self._offset_s

    def expected_s(self, samples: int) -> float:
        """Time on the line `samples` after the newest index, against the newest stamp."""
        return self._offset_s + samples * self.period_s

    def add(self, samples: int, elapsed_s: float) -> float:
        """Take a stamp `samples` and `elapsed_s` after the newest; how far it is from where it was expected."""
        if self._s == 0.0:
            self._s = 1.0
            return 0.0
        residual = elapsed_s - self.expected_s(samples)
        usual = self.jitter_s
        weight = min(1.0, HUBER * usual / abs(residual)) if residual else 1.0
        keep = 0.5 ** (max(elapsed_s, 0.0) / HALF_LIFE_S)
        self._move(samples, elapsed_s, keep)
        self._s += weight
        self._fit()
        self.span_s += max(elapsed_s, 0.0)
        # The first residuals show the nominal rate's error, not the jitter.
        if self.period_error_share * samples * self.period_s < usual:
            capped_s = min(abs(residual), OUTLIER * usual)
            self._variance += LEARN * (capped_s**2 - self._variance)
        return residual

    def carried(self) -> "Line":
        """Begin a new line that keeps only what was learnt of the period and of the jitter."""
        share = min(PRIOR_SHARE, max(1e-4, 3.0 * self.period_error_share))
        return Line(self.period_s, self.jitter_s, share)

    def _move(self, dx: float, dy: float, keep: float) -> None:
        s, sx, sy = self._s, self._sx, self._sy
        self._sxx = keep * (self._sxx - 2.0 * dx * sx + dx * dx * s)
        self._sxy = keep * (self._sxy - dy * sx - dx * sy + dx * dy * s)
        self._sx = keep * (sx - dx * s)
        self._sy = keep * (sy - dy * s)
        self._s = keep * s

    def _fit(self) -> None:
        prior = self.jitter_s**2 / self._period_sd_s**2
        a, b, c = self._s, self._sx, self._sxx + prior
        p, q = self._sy, self._sxy + prior * self._prior_s
        determinant = a * c - b * b
        self._offset_s = (p * c - b * q) / determinant
        self.period_s = (a * q - b * p) / determinant
