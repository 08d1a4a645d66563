"""One measurement of `benchmarks.speed`, in a process of its own: ``full FILE`` or ``live FILE WHAT``."""

import gc
import json
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

import dsp
from dsp.grid import hann

RATE_HZ, WINDOW, HOP, BATCH, TURNS = 100.0, 400, 50, 256, 9
PUSHED, WARM, LIVE_S = 10, 50, 900
Floats = NDArray[np.float32]


def bare(xyz_g: Floats) -> None:
    """The chunked float32 spectra alone."""
    axes = np.ascontiguousarray(xyz_g.T)
    windows = np.lib.stride_tricks.sliding_window_view(axes, WINDOW, axis=1)[:, ::HOP]
    taper = hann(WINDOW)
    buffer = np.empty((3, BATCH, WINDOW), np.float32)
    out = np.empty((windows.shape[1], WINDOW // 2 + 1), np.float32)
    for i in range(0, windows.shape[1], BATCH):
        m = min(BATCH, windows.shape[1] - i)
        np.multiply(windows[:, i : i + m], taper, out=buffer[:, :m])
        spectrum = rfft(buffer[:, :m], axis=-1)
        power = spectrum.real**2
        power += spectrum.imag**2
        power.sum(0, out=out[i : i + m])


def peak_mb() -> float:
    """Most memory that this process has held since it began."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss of a child begins with what its parent held.
        return float(re.findall(r"VmHWM:\s+(\d+) kB", status.read_text())[0]) / 2**10
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10


def seconds(work: Callable[[], object]) -> float:
    """CPU time of this process."""
    gc.collect()
    begin = time.process_time()
    work()
    return time.process_time() - begin


def full(path: str) -> dict[str, float]:
    dsp.analyze(np.zeros((2000, 3), np.float32), rate_hz=RATE_HZ)
    imports_mb = peak_mb()
    xyz_g = np.load(path)
    times = [(seconds(lambda: dsp.analyze(xyz_g, rate_hz=RATE_HZ)), peak_mb(), seconds(lambda: bare(xyz_g)))]
    times += [
        (seconds(lambda: dsp.analyze(xyz_g, rate_hz=RATE_HZ)), 0.0, seconds(lambda: bare(xyz_g)))
        for _ in range(TURNS - 1)
    ]
    return {
        "full_s": min(t[0] for t in times),
        "bare_s": min(t[2] for t in times),
        "peak_mb": times[0][1] - imports_mb,
    }


def live(path: str, what: str) -> dict[str, float]:
    xyz_g = np.load(path, mmap_mode="r")[: round(LIVE_S * RATE_HZ)]
    analyzer, times = dsp.Analyzer(RATE_HZ, keep_spectra=False), []
    for at in range(0, len(xyz_g) - PUSHED, PUSHED):
        part = np.array(xyz_g[at : at + PUSHED])
        begin = time.process_time()
        analyzer.push(part)
        if what != "push":
            _ = analyzer.live
        times.append(1e3 * (time.process_time() - begin))
    kept = np.array(times[WARM:])
    return {
        "p50_ms": float(np.median(kept)),
        "p99_ms": float(np.percentile(kept, 99)),
        "most_ms": float(kept.max()),
    }


if __name__ == "__main__":
    print(json.dumps(full(sys.argv[2]) if sys.argv[1] == "full" else live(sys.argv[2], sys.argv[3])))
