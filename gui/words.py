"""Words and signs of states and events, and how times and sizes are written; no widgets."""

import math

from dsp import LiveState, State
from gui.i18n import decimal_mark, mark, number, tr

SIGNS = {
    "still": "–",
    "movement": "»",
    "reflex_rhythm": "ϟ",
    "tremor": "∿",
    "unclear": "▨",
    "no_data": "◌",
    "reflex_jerk": "▼",
    "twitch": "●",
    "impact": "◆",
    "marker": "⚑",
}
"""Never colour alone."""
NAMES = {
    "still": mark("Still"),
    "movement": mark("Movement"),
    "reflex_rhythm": mark("Reflex rhythm"),
    "tremor": mark("Tremor"),
    "unclear": mark("Unclear"),
    "no_data": mark("No data"),
    "reflex_jerk": mark("Reflex jerk"),
    "twitch": mark("Twitch"),
    "impact": mark("Impact"),
}
FATIGUE = mark("Fatigue tremor")
TWO_WORDS = {
    "still": mark("All calm"),
    "movement": mark("You move"),
    "reflex_rhythm": mark("Reflex beat"),
    "tremor": mark("Muscle shaking"),
    "unclear": mark("Not clear"),
    "no_data": mark("No signal"),
}
"""What bed mode says, read from two metres."""
TIRED = mark("Tired muscle")
PLACEMENTS = {
    "foot": mark("foot"),
    "ankle": mark("ankle"),
    "calf": mark("calf"),
    "thigh": mark("thigh"),
    "wrist": mark("wrist"),
    "trunk": mark("trunk"),
    "unknown": mark("place unknown"),
}
SIDES = {"left": mark("left"), "right": mark("right"), "unknown": mark("side unknown")}
RHYTHMIC = (State.TREMOR, State.REFLEX_RHYTHM)
LEVEL_UNIT = mark("dB, relative to 1 mg²/Hz")
"""Of every spectrogram, live and replayed."""
UNDER_ONE_G = 0.1
"""Below, mg read better than g."""


def state_name(label: str, *, tiring: bool = False) -> str:
    """Name of a state or event."""
    return tr(FATIGUE) if tiring and label == State.TREMOR.value else tr(NAMES[label])


def two_words(live: LiveState) -> str:
    """Say the state in two words for bed mode."""
    return tr(TIRED) if live.tiring and live.label is State.TREMOR else tr(TWO_WORDS[live.label.value])


def worn(placement: str, side: str) -> str:
    """Where a sensor is worn: ``left calf``."""
    place = tr(PLACEMENTS[placement])
    return place if side == "unknown" else tr("{side} {place}", side=tr(SIDES[side]), place=place)


def clock(seconds: float) -> str:
    """Minutes and seconds, to the nearest as in the terminal and the report: 4:12; hours when there are any."""
    whole = max(0, round(seconds))
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"


def clock_tenths(seconds: float) -> str:
    """Minutes, seconds and tenths: 4:12.3."""
    tenths = max(0, round(seconds * 10))
    return f"{clock(tenths // 10)}{decimal_mark()}{tenths % 10}"


def size_g(value_g: float) -> str:
    """Acceleration with the unit that reads best."""
    if math.isnan(value_g):
        return "–"
    return f"{number(value_g, '.2f')} g" if value_g >= UNDER_ONE_G else f"{number(1000 * value_g, '.0f')} mg"


def size_mm(value_mm: float) -> str:
    """Displacement: two digits under 10 mm."""
    return f"{number(value_mm, '.2f' if value_mm < 10 else '.0f')} mm"


def size_bytes(count: int) -> str:
    """File size."""
    return f"{number(count / 1e9)} GB" if count >= 1e9 else f"{number(count / 1e6)} MB"
