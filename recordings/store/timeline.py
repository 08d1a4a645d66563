"""How packets become gap-free runs, and the one rate that all runs of a sensor share."""

from dataclasses import dataclass, field

JUMP_S = 0.5
"""A packet this far from where the one before it ends begins a new run, whatever it says of lost samples: arrival times
jitter by tens of milliseconds, a live clock settles within 100 ms, so that half a second is neither."""
FIT_S = 60.0
"""From this much gap-free time on, the rate comes from the packets' times: 20 ms of jitter are then 0.03 % of it.
Below, it is the middle of what the sensor's own clock estimated."""
MEDIAN_OF = 512
"""Rates kept for the middle of short recordings."""


@dataclass(slots=True)
class Run:
    """Packets that follow on.

    Attributes
    ----------
    start_s
        Time of the first sample on the session's clock.
    samples
        How many there are.
    """

    start_s: float
    samples: int = 0


@dataclass(slots=True)
class Timeline:
    """Runs of one sensor, packet by packet; writer and reader share it, so that both find the same."""

    runs: list[Run] = field(default_factory=list)
    _rates: list[float] = field(default_factory=list)
    _end_s: float = 0.0
    _sequence: int | None = None
    # Sums of the regression of time on sample number within each run (Welford's updates).
    _n: int = 0
    _mean_i: float = 0.0
    _mean_s: float = 0.0
    _ii: float = 0.0
    _is: float = 0.0
    _fitted_s: float = 0.0
    _last_s: float = 0.0

    def add(self, *, start_s: float, samples: int, rate_hz: float, missing_before: int, sequence: int) -> bool:
        """Take the next packet; True when a new run begins with it."""
        follows = (
            bool(self.runs)
            and missing_before == 0
            and self._sequence is not None
            and sequence == (self._sequence + 1) & 0xFFFFFFFF
            and abs(start_s - self._end_s) <= JUMP_S
        )
        if not follows:
            self.runs.append(Run(start_s))
            self._n = 0
        self._fit(float(self.runs[-1].samples), start_s)
        self.runs[-1].samples += samples
        if len(self._rates) < MEDIAN_OF:
            self._rates.append(rate_hz)
        self._end_s = start_s + samples / rate_hz
        self._sequence = sequence
        return not follows

    @property
    def rate_hz(self) -> float:
        """The rate that all runs share; 1 when there are none."""
        if not self.runs:
            return 1.0
        if self._is > 0 and self._fitted_s >= FIT_S:
            return self._ii / self._is
        return sorted(self._rates)[len(self._rates) // 2]

    @property
    def samples(self) -> int:
        """Samples in all runs."""
        return sum(r.samples for r in self.runs)

    def starts_s(self, origin_s: float) -> list[float]:
        """Start of each run, counted from `origin_s`; a run never begins before the one before it ends."""
        rate, end, starts = self.rate_hz, float("-inf"), []
        for run in self.runs:
            starts.append(max(run.start_s - origin_s, end))
            end = starts[-1] + run.samples / rate
        return starts

    def gaps_s(self) -> list[float]:
        """Length of each gap."""
        starts, rate = self.starts_s(0.0), self.rate_hz
        return [b - (a + r.samples / rate) for a, b, r in zip(starts, starts[1:], self.runs, strict=False)]

    def _fit(self, index: float, start_s: float) -> None:
        if self._n == 0:
            self._n, self._mean_i, self._mean_s, self._last_s = 1, index, start_s, start_s
            return
        self._n += 1
        self._fitted_s += start_s - self._last_s
        self._last_s = start_s
        off_i = index - self._mean_i
        self._mean_i += off_i / self._n
        self._mean_s += (start_s - self._mean_s) / self._n
        self._ii += off_i * (index - self._mean_i)
        self._is += off_i * (start_s - self._mean_s)
