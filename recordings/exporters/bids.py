"""BIDS-motion: a table without header and the files that describe it; or a whole data set in a folder.

Follows the Brain Imaging Data Structure 1.9 and later, motion (doi:10.1038/s41597-024-03559-8): SI units, the time of
each sample in a LATENCY channel, ``n/a`` where samples are missing.
"""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np

from dsp import Analysis, InputError
from recordings.exporters.cut import cut
from recordings.exporters.notes import notes_of
from recordings.exporters.options import ExportOptions
from recordings.exporters.tables import calibration_of, utc_text
from recordings.recording import Recording

STANDARD_GRAVITY = 9.80665
"""m/s^2 in a g, by definition."""
BIDS_VERSION = "1.10.0"
SUFFIX = "_motion.tsv"
SUBJECT, TASK, SYSTEM = "01", "stretch", "imu"
ENTITIES = re.compile(r"^(sub-[a-zA-Z0-9]+)_(?:ses-[a-zA-Z0-9]+_)?task-([a-zA-Z0-9]+)_.*tracksys-([a-zA-Z0-9]+)_")
ROWS_AT_ONCE = 50_000
CHANNELS = ("acc_x", "acc_y", "acc_z", "latency")


def write_motion(recording: Recording, analysis: Analysis | None, out: Path, options: ExportOptions) -> None:
    """Write one recording under the name given, its description beside it.

    Parameters
    ----------
    out
        ``…_motion.tsv`` gets ``…_motion.json``, ``…_channels.tsv`` and ``…_events.tsv`` beside it; another name ending
        in ``.tsv`` the same, after its stem.
    """
    part = cut(recording, options)
    stem = out.name.removesuffix(SUFFIX) if out.name.endswith(SUFFIX) else out.stem
    _write_table(part, out)
    sidecar = out.with_suffix(".json")
    sidecar.write_text(json.dumps(_about(part, stem, options), indent=2) + "\n", encoding="utf-8")
    _write_channels(part, out.with_name(f"{stem}_channels.tsv"))
    notes = notes_of(part, analysis, options)
    rows = ["onset\tduration\ttrial_type", *(f"{n.onset_s:.6f}\t{n.duration_s:.6f}\t{_cell(n.text)}" for n in notes)]
    out.with_name(f"{stem}_events.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_data_set(recording: Recording, analysis: Analysis | None, out: Path, options: ExportOptions) -> None:
    """Write a folder that is a data set by itself.

    Raises
    ------
    InputError
        When the folder holds something else already.
    """
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / "dataset_description.json").exists())):
        msg = f"{out} exists and is no BIDS data set; name a new folder"
        raise InputError(msg)
    motion = out / f"sub-{SUBJECT}" / "motion"
    motion.mkdir(parents=True, exist_ok=True)
    about = {
        "Name": "Tremorscope export",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "raw",
        "GeneratedBy": [{"Name": "Tremorscope"}],
    }
    (out / "dataset_description.json").write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
    (out / "README").write_text("Acceleration of one worn sensor, exported by Tremorscope.\n", encoding="utf-8")
    (out / "participants.tsv").write_text(f"participant_id\nsub-{SUBJECT}\n", encoding="utf-8")
    name = f"sub-{SUBJECT}_task-{TASK}_tracksys-{SYSTEM}"
    write_motion(recording, analysis, motion / f"{name}{SUFFIX}", options)
    # The events belong to the task, not to the tracking system.
    (motion / f"{name}_events.tsv").rename(motion / f"sub-{SUBJECT}_task-{TASK}_events.tsv")
    when = utc_text(recording.start_ns) if options.identify and recording.start_ns is not None else "n/a"
    scans = f"filename\tacq_time\nmotion/{name}{SUFFIX}\t{when}\n"
    (out / f"sub-{SUBJECT}" / f"sub-{SUBJECT}_scans.tsv").write_text(scans, encoding="utf-8")


def _write_table(part: Recording, out: Path) -> None:
    xyz = part.to_array().astype(np.float64) * STANDARD_GRAVITY
    first_s = part.samples[0].start_s
    time_s = np.arange(len(xyz)) / part.rate_hz
    for run in part.samples:
        # The even grid rounds the length of a gap to whole samples; the latency says it as it is.
        at = round((run.start_s - first_s) * part.rate_hz)
        time_s[at : at + len(run)] = run.start_s - first_s + np.arange(min(len(run), len(xyz) - at)) / part.rate_hz
    with out.open("w", encoding="utf-8") as file:
        for at in range(0, len(xyz), ROWS_AT_ONCE):
            values = xyz[at : at + ROWS_AT_ONCE].tolist()
            times = time_s[at : at + ROWS_AT_ONCE].tolist()
            for (x, y, z), t in zip(values, times, strict=True):
                file.write(f"n/a\tn/a\tn/a\t{t:.6f}\n" if x != x else f"{x!r}\t{y!r}\t{z!r}\t{t:.6f}\n")  # noqa: PLR0124 - NaN


def _write_channels(part: Recording, out: Path) -> None:
    placement = part.placement.value if part.side.value == "unknown" else f"{part.side.value} {part.placement.value}"
    rows = ["name\tcomponent\ttype\ttracked_point\tunits\tplacement\tsampling_frequency"]
    rows += [
        f"{name}\t{name[-1] if name != 'latency' else 'n/a'}\t{'ACCEL' if name != 'latency' else 'LATENCY'}\t"
        f"{'sensor' if name != 'latency' else 'n/a'}\t{'m/s^2' if name != 'latency' else 's'}\t{placement}\t"
        f"{part.rate_hz!r}"
        for name in CHANNELS
    ]
    out.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _about(part: Recording, stem: str, options: ExportOptions) -> dict[str, Any]:
    named = ENTITIES.match(stem + "_")
    about: dict[str, Any] = {
        "TaskName": named[2] if named else TASK,
        "SamplingFrequency": part.rate_hz,
        "SamplingFrequencyEffective": part.rate_hz,
        "TrackingSystemName": named[3] if named else SYSTEM,
        "MotionChannelCount": len(CHANNELS),
        "ACCELChannelCount": 3,
        "LATENCYChannelCount": 1,
        "TrackedPointsCount": 1,
        "MissingValues": "n/a",
        "RecordingDuration": part.duration_s,
        "RecordingType": "continuous" if len(part.samples) == 1 else "discontinuous",
        "Calibration": calibration_of(part),
    }
    if options.identify and part.device:
        about["ManufacturersModelName"] = part.device
    return about


def _cell(text: str) -> str:
    return " ".join(text.split()) or "n/a"
