"""Opening: the first minutes of a long recording at once, the whole of it when it has been read."""

from pathlib import Path

import recordings
from dsp import Placement, Side, TremorscopeError
from gui.model import Document
from gui.model.document import FIRST_VIEW_S

LONG_BYTES = 20_000_000
"""A smaller file is read whole before anybody could tell (an hour of one sensor is 14 MB)."""


def first_look(path: Path) -> Document | None:
    """Read the first view of a long native recording; None for any other file, which is read whole.

    Its length is known, its samples beyond the first view are not: what lies there is drawn as not known yet.
    """
    try:
        if path.suffix != ".mcap" or path.stat().st_size < LONG_BYTES:
            return None
        with recordings.NativeFile(path) as file:
            label = file.label_of(None)
            if label not in file.totals:
                return None
            totals, about = file.totals[label], file.about(label)
            samples = file.window(0.0, FIRST_VIEW_S)
    except (OSError, TremorscopeError):
        # What is wrong with the file is said by whoever reads it whole.
        return None
    if not samples:
        return None
    recording = recordings.Recording(
        path=path,
        format="native",
        samples=samples,
        rate_hz=totals.rate_hz,
        sensor=label,
        sensors=file.sensors,
        device=about.get("device", ""),
        placement=Placement(about.get("placement", "unknown")),
        side=Side(about.get("side", "unknown")),
        details={"family": about.get("family", "")},
    )
    return Document(recording, end_s=samples[0].start_s + totals.last_s - totals.first_s)
