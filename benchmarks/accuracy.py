"""What the analysis says of the public recordings, beside simple baselines, and of the simulated limb (synthetic).

python -m benchmarks.accuracy [--data DIR]
"""

import argparse
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import dsp
import recordings
from dsp import State
from sensor.simulated import SCRIPTS, simulate

RHYTHMIC = (State.TREMOR, State.REFLEX_RHYTHM)
EPISODE_S = 5.0
SEEDS = range(20, 26)
Floats = NDArray[np.float32]


def hmp(folder: Path) -> Floats:
    """A wrist recording in integers of 0 to 63: g = -1.5 + 3 v / 63."""
    parts = []
    for path in sorted(folder.glob("*.txt")):
        parts += [(-1.5 + 3.0 * np.loadtxt(path) / 63.0), np.full((64, 3), np.nan)]
    return np.concatenate(parts).astype(np.float32)


def called_rhythmic(analysis: dsp.Analysis) -> tuple[float, float, int]:
    """Seconds analysed, seconds called tremor or reflex rhythm, and such episodes of five seconds or more."""
    known = [s for s in analysis.segments if s.label is not State.NO_DATA]
    rhythmic = [s for s in known if s.label in RHYTHMIC]
    episodes = sum(s.duration_s >= EPISODE_S for s in rhythmic)
    return sum(s.duration_s for s in known), sum(s.duration_s for s in rhythmic), episodes


def band_rule(xyz_g: Floats, rate_hz: float) -> float:
    """Baseline: share of 4 s windows whose strongest peak in |a| lies in 3.5-12.5 Hz and holds half the band."""
    size = np.linalg.norm(np.nan_to_num(xyz_g), axis=1)
    n = round(4 * rate_hz)
    hits = windows = 0
    for at in range(0, len(size) - n, n):
        power = np.abs(np.fft.rfft((size[at : at + n] - size[at : at + n].mean()) * np.hanning(n))) ** 2
        freq = np.arange(len(power)) / 4.0
        band = (freq >= 0.75) & (freq <= 15)
        top = freq[band][power[band].argmax()]
        near = (freq > top - 0.75) & (freq < top + 0.75)
        windows += 1
        hits += bool(3.5 <= top <= 12.5 and power[near].sum() > 0.5 * power[band].sum() and power[band].sum() > 1e-3)
    return hits / max(1, windows)


def row(name: str, *values: str) -> None:
    print("| " + " | ".join([f"{name:<44}", *values]) + " |")


def shaker(data: Path) -> None:
    errors, baseline = [], []
    for path in sorted((data / "shaker").glob("*.csv")):
        match = re.search(r"_(\d+)hz_shaken-at-(\d)hz", path.name)
        if match is None or int(match[1]) < 40 or not 2 <= int(match[2]) <= 6:
            continue
        recording = recordings.read(path)
        frames = dsp.analyze(recording.samples, keep_spectra=False).frames
        errors.append(abs(float(np.median(frames["peak_hz"])) - int(match[2])))
        size = np.linalg.norm(recording.to_array(), axis=1)
        power = np.abs(np.fft.rfft(size - size.mean()))
        baseline.append(abs(power.argmax() * recording.rate_hz / len(size) - int(match[2])))
    row("shaker 2-6 Hz, 40 and 60 Hz devices", f"median error {np.median(errors):.3f} Hz, largest {max(errors):.3f} Hz",
        f"|a| FFT argmax: median {np.median(baseline):.3f}, largest {max(baseline):.2f} Hz")  # fmt: skip


def negatives(data: Path) -> None:
    sets: dict[str, list[tuple[Callable[[], Floats], float, str]]] = {
        "daily life, wrist (HMP, 7 activities)": [
            (lambda a=a: hmp(data / "hmp" / a), 32.0, "wrist")  # type: ignore[misc]
            for a in ("Climb_stairs", "Comb_hair", "Drink_glass", "Eat_meat", "Liedown_bed", "Use_telephone", "Walk")
        ],
        "tooth brushing (HMP)": [(lambda: hmp(data / "hmp" / "Brush_teeth"), 32.0, "wrist")],
    }
    files = {
        "desk work, wrist (E4)": ["vendor/empatica-e4/ACC.csv"],
        "walking, freezing of gait, ankle (Daphnet)": [f"daphnet/{n}.txt" for n in ("S01R02", "S03R02", "S03R03")],
        "rest on a table": ["vendor/mims/rest_on_table.csv"],
        "daily life, loggers (Axivity, GENEActiv)": [
            "vendor/skdh/ax3_sample.cwa", "vendor/skdh/ax6_sample.cwa", "vendor/paradigma/axivity_test_data.CWA",
            "vendor/geneactiv-csv/demo_data.csv",
        ],
    }  # fmt: skip
    for name, paths in files.items():
        sets[name] = []
        for p in paths:
            recording = recordings.read(data / p)
            sets[name].append((recording.to_array, recording.rate_hz, "unknown"))
    for name, entries in sets.items():
        total = rhythmic = rule = 0.0
        episodes = 0
        for load, rate_hz, placement in entries:
            xyz_g = load()
            seconds, shaking, count = called_rhythmic(
                dsp.analyze(xyz_g, rate_hz=rate_hz, placement=placement, keep_spectra=False)
            )
            total, rhythmic, episodes = total + seconds, rhythmic + shaking, episodes + count
            rule += band_rule(xyz_g, rate_hz) * seconds
        row(name, f"{100 * rhythmic / total:.1f} % of {total / 60:.0f} min called rhythmic, {episodes} episodes",
            f"band rule on |a|: {100 * rule / total:.1f} %")  # fmt: skip


def falls(data: Path) -> None:
    found = []
    for path in sorted((data / "umafall").glob("*_Fall_*")):
        recording = recordings.read(path, sensor="pocket")
        analysis = dsp.analyze(recording.samples, placement="thigh", keep_spectra=False)
        rhythmic = called_rhythmic(analysis)[1]
        found.append(f"{len(analysis.events)} event, {rhythmic:.0f} s rhythmic")
    row("falls (UMAFall, pocket)", "; ".join(found), "")


def simulated() -> None:
    names = [s.value for s in (State.STILL, State.MOVEMENT, State.REFLEX_RHYTHM, State.TREMOR)]
    right = dict.fromkeys(names, 0)
    said, true = dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    hits = extra = missed = 0
    for name in SCRIPTS:
        for seed in SEEDS:
            made = simulate(SCRIPTS[name], seed=seed)
            analysis = dsp.analyze(made.xyz_g, rate_hz=made.rate_hz, placement="calf", keep_spectra=False)
            for span in made.spans:
                inside = (analysis.frames["time_s"] > span.start_s + 2) & (analysis.frames["time_s"] < span.end_s - 2)
                labels = analysis.frames["label"][inside]
                true[span.label.value] += len(labels)
                for n in names:
                    said[n] += int((labels == n).sum())
                right[span.label.value] += int((labels == span.label.value).sum())
            onsets = [e.onset_s for e in analysis.events]
            matched = [any(abs(o - e.onset_s) <= 0.1 for o in onsets) for e in made.events]
            hits, missed = hits + sum(matched), missed + len(matched) - sum(matched)
            extra += sum(all(abs(o - e.onset_s) > 0.1 for e in made.events) for o in onsets)
    for n in names:
        precision, recall = right[n] / max(1, said[n]), right[n] / max(1, true[n])
        row(f"simulated limb, {n} (synthetic)", f"F1 {2 * precision * recall / max(1e-9, precision + recall):.3f}", "")
    row("simulated limb, events at 0.1 s (synthetic)", f"F1 {2 * hits / max(1, 2 * hits + extra + missed):.3f}", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("TREMORSCOPE_DATA", "../shared/data")))
    data = parser.parse_args().data
    row("recordings", f"Tremorscope, parameters {dsp.parameters_version()}", "baseline")
    print("| --- | --- | --- |")
    if data.is_dir():
        shaker(data)
        negatives(data)
        falls(data)
    else:
        print(f"no public recordings at {data}; set TREMORSCOPE_DATA")
    simulated()


if __name__ == "__main__":
    main()
