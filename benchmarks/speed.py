"""Speed and memory of the analysis, as ratios to a bare FFT of the same windows in the same run.

python -m benchmarks.speed [--hours 8] [--paradigma PYTHON | --install-paradigma FOLDER] [--json FILE]

Each row runs in a process of its own. The bare FFT and the full analysis take turns in it, the quickest of each counts,
and memory is the most the process held beyond what it held after its imports: the samples and the result are in it.
paradigma (https://github.com/biomarkersParkinson/paradigma) has an environment of its own, because it pins what it
needs: name its python, or a folder into which it is installed. Its tremor features run at the same hop on the same
samples, called a gyroscope's; without it the row is left out.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.signals import RATE_HZ, evening, night, walking

HERE = Path(__file__).parent
PARADIGMA = "paradigma==1.1.*"
"""The release that the comparison was written for."""
TIMEOUT_S = 1800.0


def run(worker: str, *arguments: str, python: str = sys.executable) -> dict[str, Any]:
    """Result of a worker, on one core."""
    alone = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    paths = {"PYTHONPATH": str(HERE.parent)} if python == sys.executable else {}
    done = subprocess.run(
        [python, str(HERE / worker), *arguments],
        check=True,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        env={**os.environ, **alone, **paths},
    )
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def installed(folder: Path) -> str:
    """Python of an environment with paradigma, made when it is not there."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        print(f"installing {PARADIGMA} into {folder}", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", PARADIGMA], check=True, timeout=TIMEOUT_S)
    return str(python)


def signals(hours: float) -> dict[str, NDArray[np.float32]]:
    """What is analysed, by the name of its row."""
    out = {"night at rest (synthetic)": night(hours), "restless evening (synthetic)": evening(hours)}
    walk = walking(hours)
    if walk is not None:
        out["walking (real, ankle, repeated)"] = walk
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=8.0)
    parser.add_argument("--paradigma", metavar="PYTHON", help="python of an environment with paradigma")
    parser.add_argument("--install-paradigma", metavar="FOLDER", type=Path, help="make such an environment there")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the numbers there too")
    args = parser.parse_args()
    python = installed(args.install_paradigma) if args.install_paradigma else args.paradigma
    print(f"{args.hours:g} h at {RATE_HZ:g} Hz, three axes, one core\n")
    print("| signal | bare FFT, s | full analysis, s | ratio | bar | MB above imports (samples) | bar |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, xyz_g in signals(args.hours).items():
            path = Path(folder) / "samples.npy"
            np.save(path, xyz_g)
            found = results[name] = run("speed_worker.py", "full", str(path))
            print(
                f"| {name} | {found['bare_s']:.2f} | {found['full_s']:.2f} | {found['full_s'] / found['bare_s']:.1f} "
                f"| 4 | {found['peak_mb']:.0f} ({xyz_g.nbytes / 2**20:.0f}) | 300 |",
                flush=True,
            )
        np.save(path, night(args.hours))
        if python is None:
            print("\nparadigma: not measured; pass --paradigma PYTHON or --install-paradigma FOLDER")
        else:
            other = results["paradigma"] = run("paradigma_worker.py", str(path), "0.5", python=python)
            ours = results["night at rest (synthetic)"]
            time, memory = other["features_s"] / ours["full_s"], other["peak_mb"] / max(1.0, ours["peak_mb"])
            print(
                f"\nparadigma {other['version']}, its tremor features at the same hop: {other['features_s']:.1f} s, "
                f"{other['peak_mb']:.0f} MB above its imports; the whole night here takes 1/{time:.0f} of "
                f"the time and 1/{memory:.0f} of the memory"
            )
        for name, found in ((n, run("speed_worker.py", "live", str(path), n)) for n in ("push", "push and live")):
            results[name] = found
            print(
                f"\nlive, {name} of 0.1 s: median {found['p50_ms']:.2f} ms, 99th percentile {found['p99_ms']:.2f} ms "
                f"(bar: 2 ms for a push), slowest {found['most_ms']:.2f} ms"
            )
    if args.json:
        args.json.write_text(json.dumps(results, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
