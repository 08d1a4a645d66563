"""One good file of every binary format, for what damages them."""

import gzip
from collections.abc import Callable
from pathlib import Path

import numpy as np

import recordings
from tests.formats import loggers
from tests.formats.truth import RATE_HZ, recorded


def _native(folder: Path) -> Path:
    made = recorded()
    recorder = recordings.Recorder(folder / "native", sensors=[recordings.StreamMeta(label="s")])
    for run in made.samples:
        for at in range(0, len(run), 20):
            part = run.xyz_g[at : at + 20]
            recorder.add_samples("s", xyz_g=part, start_s=run.start_s + at / RATE_HZ, rate_hz=RATE_HZ)
    return recorder.close()


def _exported(name: str) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        return recordings.export("samples", folder / name, recording=recorded())

    return make


def _gzipped(folder: Path) -> Path:
    plain = recordings.export("samples", folder / "inside.csv", recording=recorded())
    packed = folder / "packed.csv.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    return packed


MAKERS: dict[str, Callable[[Path], Path]] = {
    "native": _native,
    "cwa": lambda folder: loggers.cwa(folder / "a.cwa"),
    "cwa packed": lambda folder: loggers.cwa(folder / "p.cwa", packed=True),
    "wav": lambda folder: loggers.wav(folder / "a.wav"),
    "geneactiv": lambda folder: loggers.geneactiv(folder / "a.bin"),
    "gt3x": lambda folder: loggers.gt3x(folder / "a.gt3x"),
    "gt3x older": lambda folder: loggers.gt3x(folder / "o.gt3x", old=True),
    "avro": lambda folder: loggers.avro(folder / "a.avro"),
    "xdf": lambda folder: loggers.xdf(folder / "a.xdf"),
    "tsdf": lambda folder: loggers.tsdf(folder / "tsdf"),
    "edf": _exported("a.edf"),
    "bdf": _exported("a.bdf"),
    "wfdb": _exported("w.hea"),
    "npz": _exported("a.npz"),
    "mat": _exported("a.mat"),
    "hdf5": _exported("a.h5"),
    "parquet": _exported("a.parquet"),
    "gz": _gzipped,
}
"""Format to a maker of a file in a folder."""

HIT = {"wfdb": ".dat", "tsdf": "imu_values.bin"}
"""Where the damage goes, when it is not the file that is named."""


def hit_of(kind: str, path: Path) -> Path:
    """File to damage."""
    other = HIT.get(kind)
    if other is None:
        return path
    return path.with_suffix(other) if other.startswith(".") else path.with_name(other)


def damaged(raw: bytes, kind: str, rng: np.random.Generator) -> bytes:
    """Cut short, or with one to eight bits flipped, as `kind` says."""
    if kind == "cut":
        return raw[: int(rng.integers(0, len(raw)))]
    spoiled = bytearray(raw)
    # Half of the flips go to the first kilobyte, where headers and lengths are.
    for _ in range(int(rng.integers(1, 9))):
        within = min(len(raw), 1024) if rng.random() < 0.5 else len(raw)
        spoiled[int(rng.integers(0, within))] ^= 1 << int(rng.integers(0, 8))
    return bytes(spoiled)
