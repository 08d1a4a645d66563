"""Sample times against simulated truth: how exact, and which gaps are found (all synthetic).

python -m benchmarks.clock [--hours 24] [--seeds 5]

Sensors with a rate error of 1.2 %, a crystal that drifts by 20 ppm, stamps late by up to 0.8 ms, and a radio that
holds packets up by a connection interval, sends one in ten twice and stalls one in a hundred. Errors are of the first
sample of each packet, less a constant and a linear part: what the two crystals are to one another.
"""

import argparse
import time
from collections.abc import Iterator

import numpy as np

from sensor.clock import TimedPacket
from sensor.families import DecodedPacket
from tests.sensor.clocks import SimulatedSensor, clock_of, off_the_line, run

KINDS = {
    "H10, 200 Hz, 36 a packet": {"nominal_hz": 200.0, "samples": 36},
    "Verity, 104 Hz, 71 a packet": {"nominal_hz": 104.0, "samples": 71},
    "Verity, 52 Hz, 36 a packet": {"nominal_hz": 52.0, "samples": 36},
    "Movesense, 104 Hz, 8 a packet, whole ms": {"nominal_hz": 104.0, "samples": 8, "step_ns": 1_000_000},
    "Arduino, 104 Hz, 8 a packet, counter": {"nominal_hz": 104.0, "samples": 8, "counted": True},
}
MISSED_FROM = 2
"""Packets of a gap that must not be missed."""


def exactness(seeds: int) -> None:
    print("\n1 % of the packets lost, ten minutes, worst of the seeds")
    print("| sensor | rms from 15 s | rms from 60 s | worst from 60 s | rate error | gaps wrong |")
    print("| ------ | ------------: | ------------: | --------------: | ---------: | ---------: |")
    for name, kind in KINDS.items():
        early, late, worst, rate_ppm, wrong = [], [], [], [], 0
        for seed in range(seeds):
            sensor = SimulatedSensor(seed=seed, **kind)  # type: ignore[arg-type]
            placed, clock = run(sensor)
            early.append(rms_ms(off_the_line(placed, sensor.truth_s, 15.0)))
            errors = off_the_line(placed, sensor.truth_s, 60.0)
            late.append(rms_ms(errors))
            worst.append(1e3 * float(np.abs(errors).max()))
            truth_hz = sensor.nominal_hz * (1 + sensor.rate_error) / (1 + 1e-6 * sensor.drift_ppm)
            rate_ppm.append(1e6 * abs(clock.health.rate_hz / truth_hz - 1))
            wrong += sum(p.missing_before != true for p, true in zip(placed, sensor.lost_before, strict=True))
        figures = f"{max(early):.3f} ms | {max(late):.3f} ms | {max(worst):.3f} ms | {max(rate_ppm):.1f} ppm"
        print(f"| {name} | {figures} | {wrong} |")


def rms_ms(errors_s: np.ndarray) -> float:
    return 1e3 * float(np.sqrt(np.mean(errors_s**2)))


def long_run(hours: float) -> None:
    print(f"\n{hours:g} h without a stop")
    print("rms is the median of the ten minutes; the worst are those in which the times follow the host's clock")
    print("| sensor | packets | lost | false gaps | gaps missed | gaps wrong | rms | worst | us a packet |")
    print("| ------ | ------: | ---: | ---------: | ----------: | ---------: | --: | --: | ----------: |")
    for (name, kind), lost in ((each, lost) for each in KINDS.items() for lost in (0.0, 0.01)):
        sensor = SimulatedSensor(seconds=3600.0 * hours, lost=lost, **kind)  # type: ignore[arg-type]
        clock, told, starts, used_s = clock_of(sensor), [], [], 0.0
        for packet in sensor.packets():
            begin = time.process_time()
            placed = clock.place(packet)
            used_s += time.process_time() - begin
            told.append(placed.missing_before)
            starts.append(placed.start_s)
        missing, truth = np.array(told), np.array(sensor.lost_before)
        false = int(np.sum((missing != 0) & (truth == 0)))
        missed = int(np.sum((missing == 0) & (truth >= MISSED_FROM * sensor.samples)))
        wrong = int(np.sum(missing != truth))
        errors = np.array(starts) - np.array(sensor.truth_s)
        spans = [rms_ms(straight(part)) for part in ten_minutes(errors, sensor)]
        exact = f"{np.median(spans):.3f} ms | {max(spans):.3f} ms | {1e6 * used_s / len(told):.1f}"
        print(f"| {name} | {len(told)} | {100 * lost:g} % | {false} | {missed} | {wrong} | {exact} |", flush=True)


def straight(errors: np.ndarray) -> np.ndarray:
    at = np.arange(len(errors))
    return errors - np.polyval(np.polyfit(at, errors, 1), at)


def ten_minutes(errors: np.ndarray, sensor: SimulatedSensor, span_s: float = 600.0) -> Iterator[np.ndarray]:
    """Errors by ten minutes; over hours the times bend as they follow the host's clock."""
    size = max(2, round(span_s * sensor.nominal_hz / sensor.samples))
    for at in range(0, len(errors) - size + 1, size):
        yield errors[at : at + size]


def breaks(seeds: int) -> None:
    print("\nGaps of 2 to 400 packets, 200 of them at random moments")
    print("| sensor | gaps | missed | length wrong | told as of unknown length |")
    print("| ------ | ---: | -----: | -----------: | ------------------------: |")
    for name, kind in KINDS.items():
        total = missed = wrong = unknown = 0
        for seed in range(seeds):
            rng = np.random.default_rng(seed)
            sensor = SimulatedSensor(seed=seed, seconds=7200.0, lost=0.0, **kind)  # type: ignore[arg-type]
            packets = int(7200.0 * sensor.nominal_hz / sensor.samples)
            lengths = [min(packets // 500, int(n)) for n in np.exp(rng.uniform(np.log(2), np.log(400), 200 // seeds))]
            starts = np.sort(rng.integers(100, packets - 500, len(lengths)))
            lose = {k for at, n in zip(starts, lengths, strict=True) for k in range(at, at + max(2, n))}
            sensor.lose = frozenset(lose)
            placed, _ = run(sensor)
            for p, true in zip(placed, sensor.lost_before, strict=True):
                total += true > 0
                missed += true > 0 and p.missing_before == 0
                unknown += p.missing_before < 0
                wrong += p.missing_before not in (true, -1)
        print(f"| {name} | {total} | {missed} | {wrong} | {unknown} |")


def oddities() -> None:
    print("\nWhat clocks do besides")
    print("| what | breaks told | worst error of the times after it | times go back |")
    print("| ---- | ----------: | --------------------------------: | ------------: |")
    modulus_ns = (1 << 32) * 1_000_000
    wrap = SimulatedSensor(lost=0.0, modulus_ns=modulus_ns, zero_ns=modulus_ns - 100_000_000_000, seconds=300.0)
    report("32 bits of ms wrap", wrap, run(wrap)[0])
    for what, at, change in (
        ("the sensor begins anew at 0", 400, lambda stamp, first: stamp - first),
        ("stamps go back by a minute", 400, lambda stamp, _first: stamp - 60 * 10**9),
        ("stamps jump ahead by a year", 400, lambda stamp, _first: stamp + 365 * 86_400 * 10**9),
    ):
        sensor = SimulatedSensor(lost=0.0)
        packets = list(sensor.packets())
        first = packets[at].device_ns or 0
        clock = clock_of(sensor)
        placed = [
            clock.place(p if i < at else stamped(p, change((p.device_ns or 0), first) % (1 << 64)))
            for i, p in enumerate(packets)
        ]
        report(what, sensor, placed)
    absurd = SimulatedSensor(lost=0.0)
    clock = clock_of(absurd)
    stamps = {100: 0, 200: (1 << 64) - 1, 300: 0x0FFFFFFFFFFFFFFF}
    packets = list(absurd.packets())
    report(
        "three absurd stamps",
        absurd,
        [clock.place(stamped(p, stamps.get(i, p.device_ns or 0))) for i, p in enumerate(packets)],
    )
    still = SimulatedSensor(lost=0.0)
    clock = clock_of(still)
    report("all stamps are the same", still, [clock.place(stamped(p, 77)) for p in still.packets()])
    for what, more in (
        ("no stamps (WitMotion)", {"samples": 5, "nominal_hz": 100.0}),
        ("no stamps, a counter, 1 % lost (Muse)", {"samples": 3, "counted": True, "lost": 0.01}),
    ):
        sensor = SimulatedSensor(**{"stamped": False, "lost": 0.0, **more})  # type: ignore[arg-type]
        report(what, sensor, run(sensor)[0])


def stamped(packet: DecodedPacket, device_ns: int) -> DecodedPacket:
    return DecodedPacket(xyz_g=packet.xyz_g, device_ns=device_ns, host_ns=packet.host_ns)


def report(what: str, sensor: SimulatedSensor, placed: list[TimedPacket]) -> None:
    error_ms = 1e3 * (np.array([p.start_s for p in placed]) - np.array(sensor.truth_s))
    back = int(np.sum(np.diff([p.start_s for p in placed]) < 0))
    half = len(error_ms) // 2
    print(f"| {what} | {sum(p.missing_before < 0 for p in placed)} | {np.abs(error_ms[half:]).max():.1f} ms | {back} |")


def two_sensors(hours: float) -> None:
    """How far two legs drift apart on the session's clock."""
    ends = []
    for drift, seed in ((60.0, 3), (-60.0, 4)):
        sensor = SimulatedSensor(drift_ppm=drift, seconds=3600.0 * hours, seed=seed, nominal_hz=104.0, samples=71)
        placed, _ = run(sensor)
        ends.append(placed[-1].start_s - sensor.truth_s[-1])
    alone_ms = 120e-6 * 3600.0 * hours * 1e3
    apart_ms = 1e3 * abs(ends[0] - ends[1])
    print(f"\nTwo sensors whose crystals differ by 120 ppm, after {hours:g} h:")
    print(f"{apart_ms:.1f} ms apart, and {alone_ms:.0f} ms if each were left to its own clock")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seeds", type=int, default=5)
    options = parser.parse_args()
    print("Sample times against simulated truth (synthetic)")
    exactness(options.seeds)
    breaks(options.seeds)
    oddities()
    two_sensors(min(options.hours, 4.0))
    long_run(options.hours)


if __name__ == "__main__":
    main()
