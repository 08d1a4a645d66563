"""Two virtual sensors at 200 Hz through the whole path, and links that are lost at random moments (all synthetic).

python -m benchmarks.radio [--minutes 10] [--losses 50] [--seed 0]

The sensors run in the same process and on the same loop as the link; what they cost alone, with a client that counts,
is measured first and shown beside the whole.
"""

import argparse
import asyncio
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from bleak import BleakClient

import session
from dsp import Placement
from sensor import BleSource, Block, LinkChange, LinkState, SensorInfo, SourceMessage
from sensor.virtual import CountingMotion, LimbMotion, Oscillator, VirtualH10, VirtualRadio
from sensor.virtual.polar import PMD_CONTROL, PMD_DATA
from session.messages import FramesUpdate, LiveUpdate, SampleUpdate

RATE_HZ, PACKET = 200.0, 36
START = bytes.fromhex("0202020108000001c80001011000")
BASELINE_S = 20.0
ADDRESSES = ("F0:F1:F2:F3:F4:01", "F0:F1:F2:F3:F4:02")
LONGEST_STREAM_S, LONGEST_AWAY_S = 3.0, 3.0
RETURN_TIMEOUT_S = 30.0


def make_sensors(motions: list[object], drifts: tuple[float, float] = (0.0, 80.0)) -> list[VirtualH10]:
    return [
        VirtualH10(
            address=address,
            name=f"Polar H10 {i}",
            motion=motion,
            oscillator=Oscillator(drift_ppm=drift, rate_error=0.004 * i),
        )
        for i, (address, motion, drift) in enumerate(zip(ADDRESSES, motions, drifts, strict=True))
    ]


def info_of(each: VirtualH10) -> SensorInfo:
    return SensorInfo(key=each.address, name=each.name, family=each.family)


def percentiles(seconds: list[float]) -> str:
    if not seconds:
        return "none"
    middle, late, worst = np.percentile(1e3 * np.array(seconds), [50, 99, 100])
    return f"{middle:7.2f} ms | {late:7.2f} ms | {worst:7.2f} ms"


def baseline_cpu() -> float:
    """Share of a core that two virtual sensors and a client that only counts take."""
    with VirtualRadio(make_sensors([CountingMotion(), CountingMotion()]), families=[]) as virtual:

        async def listen() -> float:
            clients = []
            for each in virtual.sensors:
                client = BleakClient(each.address, backend=virtual.radio.client_backend)
                await client.connect()
                await client.start_notify(PMD_CONTROL, lambda *_: None)
                await client.start_notify(PMD_DATA, lambda *_: None)
                await client.write_gatt_char(PMD_CONTROL, START, response=True)
                clients.append(client)
            begin = time.process_time()
            await asyncio.sleep(BASELINE_S)
            used = time.process_time() - begin
            for client in clients:
                await client.disconnect()
            return used / BASELINE_S

        return virtual.run(listen(), timeout_s=BASELINE_S + 60.0)


@dataclass
class Timings:
    """When each packet of one sensor left, was a block, was analysed."""

    sent: dict[int, float] = field(default_factory=dict)
    blocks: list[tuple[int, float]] = field(default_factory=list)
    analysed: list[float] = field(default_factory=list)
    samples: int = 0
    missing: int = 0


class Observed:
    """A source that takes down when its blocks pass."""

    def __init__(self, source: BleSource, timings: Timings) -> None:
        self._source, self._timings = source, timings
        self.label, self.info = source.label, source.info

    @property
    def nominal_hz(self) -> float:
        return self._source.nominal_hz

    def start(self, sink: Callable[[SourceMessage], None]) -> None:
        def observe(message: SourceMessage) -> None:
            if isinstance(message, Block) and message.device_ns is not None:
                self._timings.blocks.append((message.device_ns, time.perf_counter()))
                self._timings.samples += len(message.xyz_g)
                self._timings.missing += max(0, message.missing_before)
            sink(message)

        self._source.start(observe)

    def stop(self) -> None:
        self._source.stop()


def steady(minutes: float) -> None:
    """Two sensors for a while: loss, latency, cost."""
    alone = baseline_cpu()
    timings = {"left": Timings(), "right": Timings()}

    def on_update(message: object) -> None:
        now = time.perf_counter()
        match message:
            case SampleUpdate():
                timings[message.sensor].analysed.append(now)
            case FramesUpdate() | LiveUpdate():
                # Same push: the frame is ready a little after the samples.
                timings[message.sensor].analysed[-1] = now

    sensors = make_sensors([LimbMotion(seed=1), LimbMotion(seed=2)])
    with VirtualRadio(sensors) as virtual:
        epoch_ns = virtual.radio.now_ns()
        sources = []
        for (label, timing), each in zip(timings.items(), sensors, strict=True):
            each.on_send = lambda packet, timing=timing: timing.sent.__setitem__(packet.stamp_ns, time.perf_counter())
            source = BleSource(virtual.radio, info_of(each), label=label, rate_hz=RATE_HZ, epoch_ns=epoch_ns)
            sources.append(Observed(source, timing))
        running = session.LiveSession(sources, sink=on_update, placement=Placement.CALF)
        running.start()
        while not all(t.analysed for t in timings.values()):
            time.sleep(0.05)
        begin_cpu, begin = time.process_time(), time.perf_counter()
        time.sleep(60.0 * minutes)
        used = (time.process_time() - begin_cpu) / (time.perf_counter() - begin)
        running.stop()
    sent = sum(count for each in sensors for _, count in each.sent_packets)
    got = sum(t.samples for t in timings.values())
    lost = sum(t.missing for t in timings.values())
    # A packet that leaves while the stop command is on its way has no taker.
    late = sum(len(t.sent) - len(t.blocks) for t in timings.values())
    to_block = [at - t.sent[stamp] for t in timings.values() for stamp, at in t.blocks]
    # The first seconds wait for the sensor's own rate (session.stream.SETTLE_S); they are not the path's latency.
    settling = {label: round(session.stream.SETTLE_S * RATE_HZ / PACKET) + 1 for label in timings}
    to_frame = [
        done - t.sent[stamp]
        for label, t in timings.items()
        for (stamp, _), done in list(zip(t.blocks, t.analysed, strict=False))[settling[label] :]
    ]
    print(f"Two virtual Polar H10 at {RATE_HZ:g} Hz for {minutes:g} min (synthetic)")
    print(f"| samples sent, received, lost on the way  | {sent} | {got} | {lost} (and {late} packets after the stop) |")
    print("| from the packet's leaving to             |     median |  99th pct. |      worst |")
    print(f"| - its block                              | {percentiles(to_block)} |")
    print(f"| - its analysed frame                     | {percentiles(to_frame)} |")
    print(f"| share of one core, everything            | {100 * used:.1f} % |")
    print(f"| - virtual sensors and air alone          | {100 * alone:.1f} % |")
    print(f"| - link, clock, analysis                  | {100 * (used - alone):.1f} % |")


class Watched:
    """A source's messages, and the moments at which it streamed."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.streams: list[float] = []
        self.streaming = threading.Event()

    def __call__(self, message: SourceMessage) -> None:
        match message:
            case Block():
                self.blocks.append(message)
            case LinkChange(state=LinkState.STREAMING):
                self.streams.append(time.perf_counter())
                self.streaming.set()
            case LinkChange(state=LinkState.RECONNECTING):
                self.streaming.clear()


def lose_links(losses: int, seed: int) -> None:
    """Lose links at random moments: how long until samples come again, and whether any is missing or wrongly placed."""
    sensors = make_sensors([CountingMotion(), CountingMotion()])
    heard = [Watched() for _ in sensors]
    reconnects: list[float] = []
    with VirtualRadio(sensors) as virtual:
        epoch_ns = virtual.radio.now_ns()
        sources = [
            BleSource(virtual.radio, info_of(each), label=each.address, rate_hz=RATE_HZ, epoch_ns=epoch_ns)
            for each in sensors
        ]
        for source, to in zip(sources, heard, strict=True):
            source.start(to)

        def torment(index: int, count: int) -> None:
            rng = np.random.default_rng((seed, index))
            each, to = sensors[index], heard[index]
            for _ in range(count):
                if not to.streaming.wait(RETURN_TIMEOUT_S):
                    return
                time.sleep(rng.uniform(0.0, LONGEST_STREAM_S))
                virtual.run(each.drop_link(away_s=-1.0))
                before = len(to.streams)
                time.sleep(rng.uniform(0.0, LONGEST_AWAY_S))
                returned = time.perf_counter()
                virtual.run(each.come_back())
                while len(to.streams) == before and time.perf_counter() - returned < RETURN_TIMEOUT_S:
                    time.sleep(0.002)
                reconnects.append(time.perf_counter() - returned)

        threads = [threading.Thread(target=torment, args=(i, losses // 2 + (losses % 2) * (1 - i))) for i in (0, 1)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for source in sources:
            source.stop()
    print_losses(sensors, heard, reconnects)


def print_losses(sensors: list[VirtualH10], heard: list[Watched], reconnects: list[float]) -> None:
    kept = sent = gaps = by_time = errors_beyond = 0
    worst_gap = worst_time_s = 0.0
    for each, to in zip(sensors, heard, strict=True):
        got = [CountingMotion.numbers(b.xyz_g) for b in to.blocks]
        left = [n for first, count in each.sent_packets for n in range(first, first + count)]
        sent, kept = sent + len(left), kept + len(set(left) & {int(n) for part in got for n in part})
        rate_hz = RATE_HZ * (1.0 + each.oscillator.rate_error)
        for (a, _), (b, later) in itertools.pairwise(zip(got, to.blocks, strict=True)):
            truth = int(b[0] - a[-1] - 1)
            if truth == 0 and later.missing_before == 0:
                continue
            gaps += 1
            # A block that restarts the clock (-1) tells its gap by its time alone.
            by_time += later.missing_before < 0
            if later.missing_before >= 0:
                worst_gap = max(worst_gap, abs(later.missing_before - truth))
                errors_beyond += abs(later.missing_before - truth) > PACKET
        offsets = np.array([b.start_s - n[0] / rate_hz for b, n in zip(to.blocks, got, strict=True)])
        worst_time_s = max(worst_time_s, float(np.abs(offsets - np.median(offsets)).max()))
    times = np.array(reconnects)
    print(f"{len(times)} link losses at random moments (synthetic)")
    print(f"| from the sensor's return to samples | median {np.median(times):.2f} s | worst {times.max():.2f} s |")
    print(f"| reconnects within 5 s               | {int((times <= 5.0).sum())} of {len(times)} |")
    print(f"| samples that left the sensor, kept  | {sent} | {kept} | {sent - kept} were in the air as a link went |")
    print(f"| gaps, told by their time alone      | {gaps} | {by_time} |")
    print(f"| gaps wrong by more than one packet  | {errors_beyond} | worst error {worst_gap:g} samples |")
    print(f"| worst error of a block's time       | {1e3 * worst_time_s:.1f} ms |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--losses", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    if options.minutes > 0:
        steady(options.minutes)
    if options.losses > 0:
        lose_links(options.losses, options.seed)


if __name__ == "__main__":
    main()
