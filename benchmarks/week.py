"""A week of a logger: does a file that is larger than memory should be stream through the analysis?

python -m benchmarks.week [--days 7] [--megabytes 0]

Writes an Axivity .cwa of a wrist at 100 Hz (synthetic: an hour of rest, turns and bouts of tremor, again and again)
into a temporary folder, then reads and analyses it in processes of their own. Printed are the largest memory of each
and what the samples alone would take; the recording is never in memory as a whole.
"""

import argparse
import multiprocessing as mp
import resource
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

import recordings
import session
from recordings.importers.axivity import SECTOR
from tests.formats.loggers import sector
from tests.formats.truth import RATE_HZ

EACH = 80
START_S = 1_700_000_000
HOUR_SECTORS = 4500
"""4500 sectors of 80 samples are an hour at 100 Hz."""


def hour() -> np.ndarray:
    """An hour in g, (n, 3): rest in changing postures, a bout of tremor every five minutes."""
    rng = np.random.default_rng(0)
    n = HOUR_SECTORS * EACH
    time_s = np.arange(n) / RATE_HZ
    angle = np.interp(time_s, np.arange(0, 3601, 120), np.cumsum(rng.normal(scale=0.5, size=31)))
    xyz = np.stack([np.sin(angle), 0.2 * np.cos(angle), np.cos(angle)], axis=1) + rng.normal(scale=0.004, size=(n, 3))
    shaking = (time_s % 300 > 200) & (time_s % 300 < 230)
    xyz[:, 0] += np.where(shaking, 0.15 * np.sin(2 * np.pi * 6.2 * time_s), 0.0)
    return (np.round(xyz * 4096) / 4096).astype(np.float32)


def write(path: Path, sectors: int) -> None:
    """Write the hour again and again, each sector with its own time and checksum."""
    rows = hour()
    made = b"".join(sector(rows[EACH * k : EACH * k + EACH], k, START_S + 0.8 * k) for k in range(HOUR_SECTORS))
    block = np.frombuffer(made, "<u2").reshape(HOUR_SECTORS, SECTOR // 2).copy()
    with path.open("wb") as file:
        for at in range(0, sectors, HOUR_SECTORS):
            # An hour is a whole number of seconds: only the stamp, at byte 14, and the checksum change.
            stamps = np.array([_stamp(START_S + int(0.8 * (at + k))) for k in range(HOUR_SECTORS)], "<u4")
            block[:, 7:9] = stamps.view("<u2").reshape(-1, 2)
            block[:, -1] = 0
            block[:, -1] = -block.sum(axis=1, dtype=np.int64) & 0xFFFF
            file.write(block[: min(HOUR_SECTORS, sectors - at)].tobytes())


def _stamp(unix_s: int) -> int:
    t = time.gmtime(unix_s)
    return (t.tm_year - 2000) << 26 | t.tm_mon << 22 | t.tm_mday << 17 | t.tm_hour << 12 | t.tm_min << 6 | t.tm_sec


def peak_mb() -> float:
    """Largest memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def work(kind: str, path: Path, out: Connection) -> None:
    """Do one thing with the file, and tell how much memory it took."""
    before, begin = peak_mb(), time.perf_counter()
    found: dict[str, float] = {}
    if kind == "read":
        recording = recordings.read(path)
        found = {"days": recording.duration_s / 86400, "runs": len(recording.samples)}
    else:
        analysed = session.analyze_file(path, keep_spectra=False)
        found = {
            "frames_mb": analysed.analysis.frames.nbytes / 1e6,
            "segments": len(analysed.analysis.segments),
            "times_real": analysed.analysis.duration_s / (time.perf_counter() - begin),
        }
    out.send({**found, "before": before, "mb": peak_mb(), "s": time.perf_counter() - begin})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--megabytes", type=float, default=0.0, help="size of the file instead of days")
    options = parser.parse_args()
    sectors = round(options.megabytes * 1e6 / SECTOR) or round(options.days * 24 * HOUR_SECTORS)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "week.cwa"
        write(path, sectors)
        whole_mb = sectors * EACH * 12 / 1e6
        print(f"{path.stat().st_size / 1e6:.0f} MB, {sectors * EACH / 1e6:.0f} million samples (synthetic)")
        print(f"the samples alone would be {whole_mb:.0f} MB in memory")
        for kind in ("read", "analyse"):
            reading, writing = mp.Pipe(duplex=False)
            process = mp.get_context("spawn").Process(target=work, args=(kind, path, writing))
            process.start()
            told = reading.recv()
            process.join()
            more = ", ".join(f"{k} {v:.4g}" for k, v in told.items() if k not in ("before", "mb", "s"))
            print(f"{kind:<8} {told['s']:7.1f} s, peak {told['mb']:6.0f} MB ({told['before']:.0f} MB before): {more}")


if __name__ == "__main__":
    main()
