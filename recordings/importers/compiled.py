"""GENEActiv `.bin` through the compiled reader `actfast`."""

from pathlib import Path
from typing import Any

import numpy as np

from dsp import FileFormatError
from recordings.importers.timeline import stamped_runs
from recordings.recording import Recording


def is_geneactiv(head: bytes) -> bool:
    """Whether it begins with the GENEActiv header."""
    return head.startswith(b"Device Identity")


def read_compiled(path: Path, *, format_id: str, device: str) -> Recording:
    """Read a file that actfast knows.

    Raises
    ------
    FileFormatError
        With actfast's reason when it gives up, and when it finds no samples.
    """
    import actfast  # noqa: PLC0415 - compiled; only these formats need it

    try:
        raw: Any = actfast.read(str(path))
        table = raw["timeseries"]["high_frequency" if "high_frequency" in raw["timeseries"] else "acceleration"]
        xyz_g = np.asarray(table["acceleration"], np.float32)
        stamps = np.asarray(table["datetime"], np.int64)
    except (ValueError, KeyError, OSError, OverflowError) as error:
        msg = f"{path.name}: the {device} file cannot be read: {error}; copy it from the device again"
        raise FileFormatError(msg) from error
    if not len(xyz_g):
        msg = f"{path.name}: the {device} file holds no samples of acceleration"
        raise FileFormatError(msg)
    timeline = stamped_runs((stamps - stamps[0]) * 1e-9, xyz_g, start_ns=int(stamps[0]))
    nominal = _nominal(raw.get("metadata", {}))
    warnings = [*timeline.warnings, *(str(w) for w in raw.get("warnings", []))]
    return Recording(
        path=path,
        format=format_id,
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        nominal_hz=nominal,
        unit="g",
        gravity=True,
        device=device,
        start_ns=int(stamps[0]),
        warnings=warnings,
    )


def _nominal(metadata: dict[str, Any]) -> float:
    for section in metadata.values():
        for key, value in section.items() if isinstance(section, dict) else ():
            if key in ("Measurement Frequency", "Sample Rate", "sample_rate_hz"):
                digits = "".join(c for c in str(value) if c.isdigit() or c == ".")
                return float(digits) if digits else 0.0
    return 0.0
