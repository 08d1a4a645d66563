"""Where a sensor was worn, from the words that files have for it."""

import re

from dsp import Placement, Side

WORDS = {
    Placement.FOOT: r"foot|toe|shoe|fuss|fuß",
    Placement.ANKLE: r"ankle|knöchel|malleol",
    Placement.CALF: r"calf|shank|shin|lower.?leg|wade|tibia",
    Placement.THIGH: r"thigh|upper.?leg|pocket|oberschenkel|femur",
    Placement.WRIST: r"wrist|forearm|handgelenk",
    Placement.TRUNK: r"trunk|waist|chest|hip|lumbar|back|sternum|pelvis",
}
SIDES = {Side.LEFT: r"left|links", Side.RIGHT: r"right|rechts"}


def worn_of(text: str) -> tuple[Placement, Side]:
    """Read placement and side out of a few words; unknown where they do not say it, or say two."""
    places = [p for p, words in WORDS.items() if re.search(rf"(?<![a-z])({words})(?![a-z])", text.lower())]
    sides = [s for s, words in SIDES.items() if re.search(rf"(?<![a-z])({words})(?![a-z])", text.lower())]
    return (
        places[0] if len(places) == 1 else Placement.UNKNOWN,
        sides[0] if len(sides) == 1 else Side.UNKNOWN,
    )
