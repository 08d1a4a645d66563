"""A sensor with its own crystal, interrupts, radio and losses, and the truth about when its samples were taken."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from sensor.clock import SampleClock, TimedPacket
from sensor.families import DecodedPacket

EPOCH_NS = 5_000_000_000_000


@dataclass
class SimulatedSensor:
    """A sensor with its own crystal, interrupts, radio and losses; everything drawn from one seed."""

    nominal_hz: float = 52.0
    rate_error: float = 0.012
    drift_ppm: float = 20.0
    stamp_jitter_s: float = 0.0008
    lost: float = 0.01
    samples: int = 36
    seconds: float = 600.0
    stamped: bool = True
    counted: bool = False
    modulus_ns: int | None = None
    step_ns: int = 1
    zero_ns: int = 599_616_000_000_000_000
    seed: int = 1
    lose: frozenset[int] = frozenset()
    truth_s: list[float] = field(default_factory=list)
    lost_before: list[int] = field(default_factory=list)

    def packets(self) -> Iterator[DecodedPacket]:
        """The packets that arrive; `truth_s` gets the host time of each one's first sample, `lost_before` the loss."""
        rng = np.random.default_rng(self.seed)
        true_hz = self.nominal_hz * (1 + self.rate_error)
        lost, last_host = 0, 0
        for k in range(round(self.seconds * true_hz / self.samples)):
            first = k * self.samples
            last_s = (first + self.samples - 1) / true_hz
            if k in self.lose or (self.lost and rng.random() < self.lost and k > 1):
                lost += self.samples
                continue
            stamp = last_s * (1 + 1e-6 * self.drift_ppm) + rng.uniform(0, self.stamp_jitter_s)
            # A connection interval of 45 ms, one packet in ten sent twice, one in a hundred held up by the system.
            delay = (
                0.005
                + rng.uniform(0, 0.045)
                + 0.045 * (rng.random() < 0.1)
                + rng.uniform(0, 0.4) * (rng.random() < 0.01)
            )
            host_ns = max(last_host, EPOCH_NS + round((last_s + delay) * 1e9))
            last_host = host_ns
            device_ns = (self.zero_ns + round(stamp * 1e9)) // self.step_ns * self.step_ns
            if self.modulus_ns is not None:
                device_ns %= self.modulus_ns
            self.truth_s.append(first / true_hz)
            self.lost_before.append(lost)
            lost = 0
            yield DecodedPacket(
                xyz_g=np.zeros((self.samples, 3), np.float32),
                device_ns=device_ns if self.stamped else None,
                first_counter=first % 65536 if self.counted else None,
                host_ns=host_ns,
            )


def clock_of(sensor: SimulatedSensor, **more: object) -> SampleClock:
    return SampleClock(
        nominal_hz=sensor.nominal_hz,
        stamped=sensor.stamped,
        stamp_modulus_ns=sensor.modulus_ns,
        counter_modulus=65536 if sensor.counted else None,
        epoch_ns=EPOCH_NS,
        **more,  # type: ignore[arg-type]
    )


def run(sensor: SimulatedSensor, clock: SampleClock | None = None) -> tuple[list[TimedPacket], SampleClock]:
    clock = clock if clock is not None else clock_of(sensor)
    return [clock.place(p) for p in sensor.packets()], clock


def off_the_line(placed: list[TimedPacket], truth_s: list[float], after_s: float) -> np.ndarray:
    """Errors of the times after the start, less a constant and a linear part: the two clocks' own relation."""
    told = np.array([p.start_s for p in placed])
    truth = np.array(truth_s)
    late = truth > after_s
    error = (told - truth)[late]
    return error - np.polyval(np.polyfit(truth[late], error, 1), truth[late])
