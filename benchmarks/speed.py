"""Speed and memory of the analysis, as ratios to a bare FFT of the same windows in the same run.

python -m benchmarks.speed [--hours 8]
"""

import argparse
import resource
import time

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

import dsp
from dsp.grid import hann

RATE_HZ, WINDOW, HOP, BATCH = 100.0, 400, 50, 256


def night(hours: float) -> NDArray[np.float32]:
    """A sensor at rest with a minute of tremor and of movement each quarter of an hour (synthetic)."""
    rng = np.random.default_rng(0)
    n = round(hours * 3600 * RATE_HZ)
    xyz_g = rng.normal(scale=0.0012, size=(n, 3)).astype(np.float32)
    xyz_g[:, 2] += 1
    t = np.arange(round(60 * RATE_HZ)) / RATE_HZ
    for at in range(0, n - 12_000, round(900 * RATE_HZ)):
        xyz_g[at : at + 6000, 0] += (0.03 * np.sin(2 * np.pi * 7.1 * t)).astype(np.float32)
        xyz_g[at + 6000 : at + 12000, 1] += (0.1 * np.sin(2 * np.pi * 0.7 * t)).astype(np.float32)
    return xyz_g


def bare(xyz_g: NDArray[np.float32]) -> None:
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
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hours", type=float, default=8.0)
    hours = parser.parse_args().hours
    dsp.analyze(night(0.05), rate_hz=RATE_HZ)
    xyz_g = night(hours)
    base_mb = peak_mb()
    begin = time.process_time()
    dsp.analyze(xyz_g, rate_hz=RATE_HZ, keep_spectra=False)
    whole = time.process_time() - begin
    analysis_mb = peak_mb() - base_mb
    times = []
    for _ in range(3):
        begin = time.process_time()
        bare(xyz_g)
        times.append(time.process_time() - begin)
    fft = sorted(times)[1]
    analyzer, pushes = dsp.Analyzer(RATE_HZ), []
    for at in range(0, 30_000, 10):
        begin = time.perf_counter()
        analyzer.push(xyz_g[at : at + 10])
        _ = analyzer.live
        pushes.append(1e3 * (time.perf_counter() - begin))
    print(f"{hours:g} h at {RATE_HZ:g} Hz, three axes, one core (synthetic)")
    print(f"| bare FFT of the windows   | {fft:7.2f} s CPU |")
    print(f"| full analysis             | {whole:7.2f} s CPU | {whole / fft:5.1f} times the bare FFT |")
    print(f"| memory above the input    | {analysis_mb:7.0f} MB |")
    middle, late = np.median(pushes), np.percentile(pushes, 99)
    print(f"| live push of 0.1 s        | median {middle:.2f} ms, 99th percentile {late:.2f} ms |")


if __name__ == "__main__":
    main()
