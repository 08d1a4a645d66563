"""Notes: the sentences of a whole analysis that limit trust in it."""

from collections.abc import Sequence

from dsp.grid import TREMOR_RATE_HZ, Grid, top_hz
from dsp.intake import Intake
from dsp.parameters import load_parameters
from dsp.quality import ChannelWatch
from dsp.range_end import SMALLEST_CLIP_G
from dsp.stuck import ALL, Stretch, StuckWatch


def quality_notes(
    watch: ChannelWatch, stuck: StuckWatch, intake: Intake, grid: Grid, origin_s: float, frames: int
) -> tuple[str, ...]:
    """Say what stands against an analysis of so many frames that began at `origin_s`, a sentence each."""
    notes, rate_hz = list(watch.notes()), grid.rate_hz
    never = {axis for axis, _ in watch.dead_axes()}
    notes += [
        _dead_note("xyz"[axis], dead, _when(dead, rate_hz, origin_s))
        for axis in range(3)
        if axis not in never and (dead := stuck.stretches(axis))
    ]
    notes += low_rate_notes(rate_hz)
    if intake.missing:
        are = "is" if intake.missing == 1 else "are"
        notes.append(
            f"{counted(intake.missing, 'sample')} {are} missing ({intake.missing / rate_hz:.1f} s), "
            f"{counted(intake.gaps, 'gap')}"
        )
    if intake.zero_lead:
        were = "was" if intake.zero_lead == 1 else "were"
        notes.append(
            f"{counted(intake.zero_lead, 'sample')} {were} zero before gravity came (until "
            f"{origin_s + intake.zero_lead / rate_hz:.1f} s): the sensor was off, or packets came empty"
        )
    lead = stuck.lead
    told = intake.zero_lead or any(stretch.begin == 0 for stretch in stuck.stretches(ALL))
    if lead is not None and not told:
        notes.append(
            f"the samples did not change before {origin_s + lead[1] / rate_hz:.1f} s: nothing shows that the sensor "
            "measured until then"
        )
    if repeats := stuck.stretches(ALL):
        seconds = sum(stretch.end - stretch.begin for stretch in repeats) / rate_hz
        notes.append(
            f"the samples did not change for {seconds:.0f} s, which no sensor so fine does at rest "
            f"({_when(repeats, rate_hz, origin_s)}): it was stuck, and nothing is known of that time; "
            "check the sensor"
        )
    if intake.bad_values:
        were, count = ("was", "counts") if intake.bad_values == 1 else ("were", "count")
        notes.append(
            f"{counted(intake.bad_values, 'sample')} {were} infinite or impossibly large and {count} as missing"
        )
    if intake.blanks:
        were, count = ("was", "counts") if intake.blanks == 1 else ("were", "count")
        notes.append(
            f"{counted(intake.blanks, 'sample')} {were} zero on every axis, where gravity should be, and {count} as "
            "missing: the sensor was off, or packets came empty"
        )
    if intake.zeroed:
        lack = "lacks" if intake.zeroed == 1 else "lack"
        notes.append(
            f"{counted(intake.zeroed, 'sample')} {lack} an axis that the sensor did not give then; it counts as "
            "zero there, and amplitudes are too small"
        )
    if not frames:
        notes.append("too short to analyse: at least a second without a gap is needed")
    return tuple(notes)


def low_rate_notes(rate_hz: float) -> list[str]:
    """Say which frequencies a low rate hides; nothing of a rate that shows tremor."""
    if rate_hz >= TREMOR_RATE_HZ:
        return []
    highest = f"nothing above {top_hz(rate_hz, load_parameters()):.1f} Hz can be seen"
    return [f"{rate_hz:.3g} Hz is too low for tremor: {highest}; set the sensor to 50 Hz or more"]


def counted(number: int, noun: str) -> str:
    """Give a number of things: 1 gap, 2 gaps."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def percent_sure(confidence: float) -> int:
    """Give a confidence as people are told it, 1 to 99 %: nothing that one sensor shows is certain."""
    return min(99, max(1, round(100.0 * confidence)))


def _dead_note(name: str, dead: Sequence[Stretch], when: str) -> str:
    level_g = dead[0].level_g
    if abs(level_g) < SMALLEST_CLIP_G:
        return f"axis {name} did not change while others did ({when}): it was dead there; amplitudes are too small"
    return (
        f"axis {name} stood at {level_g:+.2f} g while others changed ({when}): it was cut off there or dead; "
        "set the sensor to a larger range, or check it"
    )


def _when(stretches: Sequence[Stretch], rate_hz: float, origin_s: float) -> str:
    """Say when it was: the first time, and how many others there are."""
    begin_s, end_s = (origin_s + row / rate_hz for row in (stretches[0].begin, stretches[0].end))
    more = len(stretches) - 1
    return f"from {begin_s:.1f} s to {end_s:.1f} s" + (f", and {more} more" if more else "")
