"""NPZ: arrays of samples as `tremorscope export` writes them, or any `xyz_g` with a rate."""

import zipfile
from pathlib import Path

import numpy as np

from dsp import FileFormatError, Placement, Samples, Side
from recordings.importers.timeline import even_runs, stamped_runs
from recordings.recording import Recording


def is_npz(head: bytes, path: Path) -> bool:
    """Whether it is a zip of numpy arrays."""
    if not head.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return all(name.endswith(".npy") for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def read_npz(path: Path, *, rate_hz: float | None) -> Recording:
    """Read `xyz_g` with `rate_hz` or `time_s`.

    Raises
    ------
    FileFormatError
        When the arrays are missing or damaged, or neither rate nor times are there.
    """
    try:
        with np.load(path, allow_pickle=False) as held:
            arrays = {name: held[name] for name in held.files}
    except (ValueError, OSError, zipfile.BadZipFile, EOFError, KeyError) as error:
        msg = f"{path.name}: the NPZ file is damaged: {error}"
        raise FileFormatError(msg) from error
    if "xyz_g" not in arrays or arrays["xyz_g"].ndim != 2 or arrays["xyz_g"].shape[1] != 3:
        msg = f"{path.name}: an array xyz_g of shape (n, 3) is needed; it holds {', '.join(arrays) or 'nothing'}"
        raise FileFormatError(msg)
    xyz_g = arrays["xyz_g"].astype(np.float32)
    rate = rate_hz or float(arrays.get("rate_hz", 0.0))
    warnings: list[str] = []
    if rate > 0 and "run_start_s" in arrays and "run_length" in arrays:
        edges = np.concatenate([[0], np.cumsum(arrays["run_length"])]).astype(int)
        starts = arrays["run_start_s"]
        samples = [
            Samples(xyz_g=xyz_g[a:b], rate_hz=rate, start_s=float(s))
            for a, b, s in zip(edges[:-1], edges[1:], starts, strict=True)
        ]
    elif "time_s" in arrays and rate_hz is None:
        timeline = stamped_runs(arrays["time_s"].astype(np.float64), xyz_g, nominal_hz=rate)
        samples, rate, warnings = timeline.samples, timeline.rate_hz, timeline.warnings
    elif rate > 0:
        timeline = even_runs(xyz_g, rate)
        samples, warnings = timeline.samples, timeline.warnings
    else:
        msg = f"{path.name}: neither rate_hz nor time_s is in it; name the rate with --rate"
        raise FileFormatError(msg)
    text = {k: str(arrays[k]) for k in ("placement", "side") if k in arrays}
    return Recording(
        path=path,
        format="npz",
        samples=samples,
        rate_hz=rate,
        nominal_hz=rate,
        placement=Placement(text.get("placement", "unknown")),
        side=Side(text.get("side", "unknown")),
        warnings=warnings,
    )
