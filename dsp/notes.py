"""Notes: the sentences of a whole analysis that limit trust in it."""

from dsp.grid import TREMOR_RATE_HZ, Grid
from dsp.intake import Intake
from dsp.quality import ChannelWatch
from dsp.stuck import StuckWatch


def quality_notes(watch: ChannelWatch, stuck: StuckWatch, intake: Intake, grid: Grid, frames: int) -> tuple[str, ...]:
    """Say what stands against an analysis of so many frames, a sentence each."""
    notes, rate_hz = list(watch.notes()), grid.rate_hz
    if rate_hz < TREMOR_RATE_HZ:
        notes.append(
            f"{rate_hz:g} Hz is too low for tremor: nothing above {grid.top_hz:.1f} Hz can be seen; "
            "set the sensor to 50 Hz or more"
        )
    if intake.missing:
        gaps = len(intake.gaps)
        notes.append(
            f"{intake.missing} samples are missing ({intake.missing / rate_hz:.1f} s), "
            f"{gaps} gap{'s' if gaps != 1 else ''}"
        )
    if stuck.stuck_s:
        notes.append(
            f"the samples did not change for {stuck.stuck_s:.0f} s, which no sensor so fine does at rest: it was "
            "stuck, and what is found there means nothing; check the sensor"
        )
    if intake.bad_values:
        notes.append(f"{intake.bad_values} samples were infinite or impossibly large and count as missing")
    if intake.blanks:
        notes.append(
            f"{intake.blanks} samples were zero on every axis, where gravity should be, and count as missing: "
            "the sensor was off, or packets came empty"
        )
    if intake.zeroed:
        notes.append(
            f"{intake.zeroed} samples lack an axis that had held no value by then; it counts as zero there, "
            "and amplitudes are too small"
        )
    if not frames:
        notes.append("too short to analyse: at least a second without a gap is needed")
    return tuple(notes)
