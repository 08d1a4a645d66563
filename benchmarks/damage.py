"""Damaged files of every binary format: what can be saved is saved, or one defined error; in bounded time and memory.

python -m benchmarks.damage [--each 200] [--format NAME ...] [--seed 0]

Each file (synthetic, 30 s) is cut short 200 times and has bits flipped 200 times; every reading runs in a process of
its own, so that a crash, a hang and the memory it takes are seen. Wrong is: a crash, a hang, an error of another kind,
values that are not finite; and without a warning: more samples than the whole file holds, ten times its length.
"""

import argparse
import os
import pickle
import resource
import select
import signal
import struct
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

import recordings
from dsp import TremorscopeError
from tests.formats.made import MAKERS, damaged, hit_of
from tests.formats.truth import truth

TIME_OUT_S = 30.0
LARGEST_MB = 400.0
"""Memory that one reading may add."""
LONGEST = 10.0


def outcome(path: Path) -> dict[str, Any]:
    """Read a file and judge what came of it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    whole = truth()
    try:
        found = recordings.read(path)
    except TremorscopeError as error:
        result: dict[str, Any] = {"kind": "refused", "why": str(error)}
    except Exception as error:  # noqa: BLE001 - what is looked for
        result = {"kind": "WRONG", "why": f"{type(error).__name__}: {error}"}
    else:
        xyz_g = np.concatenate([run.xyz_g for run in found.samples]) if len(found.samples) else np.empty((0, 3))
        result = {"kind": "saved", "share": len(xyz_g) / len(whole), "told": bool(found.warnings), "why": ""}
        wrong = []
        if not len(xyz_g):
            # A session that was cut before its first sample is one all the same, and says so.
            result["kind"] = "refused"
        if not np.isfinite(xyz_g).all():
            wrong.append("values that are not finite")
        if len(xyz_g) > len(whole) and not found.warnings:
            wrong.append(f"{len(xyz_g)} samples of {len(whole)}")
        if found.duration_s > LONGEST * 32.0 and not found.warnings:
            wrong.append(f"{found.duration_s:.0f} s long without a warning")
        if wrong:
            result |= {"kind": "WRONG", "why": "; ".join(wrong)}
    result["mb"] = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if result["mb"] > LARGEST_MB:
        result |= {"kind": "WRONG", "why": f"{result['mb']:.0f} MB of memory; {result['why']}"}
    return result


def apart(path: Path) -> dict[str, Any]:
    """Judge a file in a process of its own."""
    reading, writing = os.pipe()
    begin = time.perf_counter()
    child = os.fork()
    if child == 0:
        os.close(reading)
        devnull = os.open(os.devnull, os.O_WRONLY)
        os.dup2(devnull, 2)
        data = pickle.dumps(outcome(path))
        os.write(writing, struct.pack("<I", len(data)) + data)
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], TIME_OUT_S)
    raw = os.read(reading, 1 << 16) if ready else b""
    os.close(reading)
    if not ready:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not ready:
        result: dict[str, Any] = {"kind": "HANG", "why": f"more than {TIME_OUT_S:.0f} s"}
    elif len(raw) < 4:
        result = {"kind": "CRASH", "why": f"signal {os.WTERMSIG(status) if os.WIFSIGNALED(status) else status}"}
    else:
        result = pickle.loads(raw[4:])
    return {"mb": 0.0, **result, "s": time.perf_counter() - begin}


def torment(kind: str, each: int, seed: int) -> dict[str, Any]:
    """Damage one format in both ways; what came of it."""
    rng = np.random.default_rng(seed)
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        path = MAKERS[kind](Path(name))
        recordings.read(path)  # so that the libraries are loaded before the processes part
        hit = hit_of(kind, path)
        raw = hit.read_bytes()
        for way in ("cut", "flip"):
            for _ in range(each):
                hit.write_bytes(damaged(raw, way, rng))
                found.append({"way": way, **apart(path)})
                if found[-1]["kind"].isupper():
                    print(f"  {kind}: {way}: {found[-1]['kind']}: {found[-1]['why'][:160]}", file=sys.stderr)
    return {
        "saved": sum(f["kind"] == "saved" for f in found),
        "refused": sum(f["kind"] == "refused" for f in found),
        "wrong": sum(f["kind"].isupper() for f in found),
        "share": float(np.mean([f["share"] for f in found if f["kind"] == "saved"] or [0.0])),
        "slowest": max(f["s"] for f in found),
        "mb": max(f["mb"] for f in found),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=200)
    parser.add_argument("--format", action="append", default=[], choices=MAKERS)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{options.each} cuts and {options.each} flips a format (synthetic), seed {options.seed}")
    print("| format     | saved | share saved | refused | wrong | slowest s | most memory MB |")
    print("| ---------- | ----- | ----------- | ------- | ----- | --------- | -------------- |")
    wrong = 0
    for kind in options.format or MAKERS:
        r = torment(kind, options.each, options.seed)
        wrong += r["wrong"]
        print(
            f"| {kind:<10} | {r['saved']:5d} | {100 * r['share']:9.0f} % | {r['refused']:7d} | {r['wrong']:5d} "
            f"| {r['slowest']:9.2f} | {r['mb']:14.0f} |",
            flush=True,
        )
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
