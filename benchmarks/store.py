"""The native store: killed recordings, windows of a long file, what recording costs (all synthetic).

python -m benchmarks.store [--kills 200] [--hours 24] [--live 20] [--seed 0]
"""

import argparse
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import recordings
from recordings import NativeFile, Recorder, StreamMeta

RATE_HZ, PACKET = 100.0, 20
WARM_S, LONGEST_S = 0.3, 3.0
WINDOWS = 300
QUEUE = 2000
FEEDER = """
import sys, time
from pathlib import Path
import numpy as np
from recordings import Recorder, StreamMeta
recorder = Recorder(Path(sys.argv[1]), sensors=[StreamMeta(label="left", nominal_hz=100.0)])
begin, i = time.monotonic(), 0
while True:
    number = np.arange(i * 20, i * 20 + 20)
    part = np.stack([number % 1000 * 0.001, number // 1000 * 0.001, np.ones(20)], axis=1).astype(np.float32)
    recorder.add_samples("left", xyz_g=part, start_s=i * 0.2, rate_hz=100.0)
    i += 1
    sys.stdout.write(f"{i}\\n")
    sys.stdout.flush()
    time.sleep(max(0.0, begin + i * 0.2 - time.monotonic()))
"""


def numbers(xyz_g: np.ndarray) -> np.ndarray:
    """The numbers that the samples carry."""
    return np.rint(xyz_g[:, 0] * 1000).astype(int) + 1000 * np.rint(xyz_g[:, 1] * 1000).astype(int)


def killed(folder: Path, wait_s: float) -> tuple[int, int, bool]:
    """Record, kill -9 after `wait_s`; packets told, packets kept, whether all that was kept is as it was."""
    final = folder / "killed.mcap"
    with subprocess.Popen([sys.executable, "-c", FEEDER, str(final)], stdout=subprocess.PIPE, text=True) as feeder:
        assert feeder.stdout is not None
        feeder.stdout.readline()
        time.sleep(wait_s)
        feeder.send_signal(signal.SIGKILL)
        told = 1 + len(feeder.stdout.read().split())
    (recovered,) = recordings.repair(folder)
    read = recordings.read(recovered)
    # Killed within the first half second, there may be nothing but the head.
    kept = np.concatenate([np.empty(0, int), *(numbers(s.xyz_g) for s in read.samples)])
    whole = bool(np.array_equal(kept, np.arange(len(kept)))) and "recovered after a crash" in read.warnings
    recovered.unlink()
    return told, len(kept) // PACKET, whole


def kill_many(kills: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    losses, right = [], 0
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(kills):
            told, kept, whole = killed(Path(folder), rng.uniform(WARM_S, LONGEST_S))
            losses.append((told - kept) * PACKET / RATE_HZ)
            right += whole
    print(f"kill -9 at {kills} random moments of a live recording at {RATE_HZ:g} Hz (synthetic)")
    print(f"| reopened, and every sample kept is as it was | {right} of {kills} |")
    print(f"| lost, at most | {max(losses):.2f} s | median {np.median(losses):.2f} s |")


def long_file(hours: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    packets = round(hours * 3600 * RATE_HZ / PACKET)
    xyz_g = rng.normal(scale=0.02, size=(4000, PACKET, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "night.mcap"
        recorder = Recorder(path, sensors=[StreamMeta(label="left", nominal_hz=RATE_HZ)])
        begin = time.process_time()
        for i in range(packets):
            recorder.add_samples("left", xyz_g=xyz_g[i % 4000], start_s=i * PACKET / RATE_HZ, rate_hz=RATE_HZ)
            while recorder._inbox.qsize() > QUEUE:  # noqa: SLF001 - fed faster than life, the queue would overflow
                time.sleep(0.002)
        recorder.close()
        cpu_s = time.process_time() - begin
        size_mb = path.stat().st_size / 1e6
        opens, windows, total_s = [], [], packets * PACKET / RATE_HZ
        for _ in range(20):
            t0 = time.perf_counter()
            with NativeFile(path):
                opens.append(time.perf_counter() - t0)
        with NativeFile(path) as file:
            for at in rng.uniform(0, total_s - 10, WINDOWS):
                t0 = time.perf_counter()
                (got,) = file.window(at, at + 10.0)
                windows.append(time.perf_counter() - t0)
                assert abs(len(got) - 10 * RATE_HZ) <= 1
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        t0 = time.perf_counter()
        whole = recordings.read(path)
        read_s = time.perf_counter() - t0
        grew = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        assert sum(len(s) for s in whole.samples) == packets * PACKET
    print(f"{hours:g} h at {RATE_HZ:g} Hz, {size_mb:.0f} MB (synthetic)")
    print(f"| opens in | median {1e3 * np.median(opens):.1f} ms | worst {1e3 * max(opens):.1f} ms |")
    middle, late = np.percentile(windows, [50, 99])
    print(f"| any 10 s | median {1e3 * middle:.2f} ms | 99th percentile {1e3 * late:.2f} ms |")
    print(f"| read whole | {read_s:.1f} s | {grew:.0f} MB above what was there |")
    print(f"| writing it, faster than life, took | {cpu_s:.0f} s of one core |")


def live_cost(seconds: float) -> None:
    rng = np.random.default_rng(0)
    part = rng.normal(scale=0.02, size=(PACKET, 3)).astype(np.float32)
    with tempfile.TemporaryDirectory() as folder:
        recorder = Recorder(Path(folder), sensors=[StreamMeta(label="left", nominal_hz=RATE_HZ)])
        begin, cpu, i = time.monotonic(), time.process_time(), 0
        while i * PACKET / RATE_HZ < seconds:
            recorder.add_samples("left", xyz_g=part, start_s=i * PACKET / RATE_HZ, rate_hz=RATE_HZ)
            i += 1
            time.sleep(max(0.0, begin + i * PACKET / RATE_HZ - time.monotonic()))
        share = (time.process_time() - cpu) / (time.monotonic() - begin)
        recorder.close()
    print(f"recording in real time for {seconds:g} s at {RATE_HZ:g} Hz, five packets a second (synthetic)")
    print(f"| costs, its one sync a second included | {100 * share:.2f} % of one core |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--live", type=float, default=20.0, metavar="SECONDS")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    if options.hours > 0:
        long_file(options.hours, options.seed)
    if options.live > 0:
        live_cost(options.live)
    if options.kills > 0:
        kill_many(options.kills, options.seed)


if __name__ == "__main__":
    main()
