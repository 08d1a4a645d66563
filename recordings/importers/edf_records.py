"""Discontinuous EDF+ and BDF+: when each data record began, which `edfio` leaves out.

After the EDF+ specification (Kemp & Olivier 2003), 2.2.4: the first annotation of each record is its time.
"""

import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER = 256
ONSET = re.compile(rb"^([+-]\d+(?:\.\d+)?)\x14")
LABEL, BEFORE_SAMPLES = 16, 16 + 80 + 8 * 5 + 80
"""Bytes a signal of the header: its label, and all before its number of samples."""


def record_onsets(path: Path) -> NDArray[np.float64] | None:
    """Find the time of every data record, seconds; None for a file without gaps or without times.

    Parameters
    ----------
    path
        EDF or BDF.
    """
    with path.open("rb") as file:
        head = file.read(HEADER)
        if head[192:197] not in (b"EDF+D", b"BDF+D"):
            return None
        try:
            count = int(head[252:256])
            signals = file.read(count * HEADER)
            samples = [
                int(signals[count * BEFORE_SAMPLES + 8 * k : count * BEFORE_SAMPLES + 8 * k + 8]) for k in range(count)
            ]
        except ValueError:
            return None
        labels = [signals[LABEL * k : LABEL * k + LABEL].strip() for k in range(count)]
        notes = [k for k, label in enumerate(labels) if label in (b"EDF Annotations", b"BDF Annotations")]
        if not notes or min(samples) < 0:
            return None
        width = 3 if head[:1] == b"\xff" else 2
        first, size = width * sum(samples[: notes[0]]), width * sum(samples)
        onsets = []
        while len(record := file.read(size)) == size and size:
            match = ONSET.match(record[first : first + width * samples[notes[0]]])
            onsets.append(float(match[1]) if match else np.nan)
    return np.array(onsets) if onsets and np.isfinite(onsets).any() else None
