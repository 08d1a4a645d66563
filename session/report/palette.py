"""Colours, signs and words of the report: the light palette of the app, for paper and screen."""

from dsp import State
from guidance import StepKind

INK = "#17202a"
QUIET = "#5b6877"
LINE = "#dde3ea"
AXES = ("#1f83c0", "#2c8a57", "#b0457f")
"""x, y, z: told apart by lightness too."""
STATE_COLOURS = {
    State.STILL: "#c8d0d8",
    State.MOVEMENT: "#3291c9",
    State.REFLEX_RHYTHM: "#a07800",
    State.TREMOR: "#b0457f",
    State.UNCLEAR: "#ffffff",
    State.NO_DATA: "#ffffff",
}
STATE_HATCHES = {State.UNCLEAR: "////", State.REFLEX_RHYTHM: "xx", State.TREMOR: "~~"}
"""Never colour alone: unclear is hatched, reflex rhythm crossed, tremor carries its wave as text."""
STATE_WORDS = {
    State.STILL: "still",
    State.MOVEMENT: "movement",
    State.REFLEX_RHYTHM: "reflex rhythm",
    State.TREMOR: "tremor",
    State.UNCLEAR: "unclear",
    State.NO_DATA: "no data",
}
EVENT_MARKS = {"reflex_jerk": ("v", "reflex jerk"), "twitch": ("o", "twitch"), "impact": ("D", "impact")}
STEP_WORDS = {StepKind.REST: "rest", StepKind.HOLD: "hold", StepKind.FAST_STRETCH: "fast stretch"}
"""Steps of a guided session that show something."""
STATE_KEYS = {
    State.STILL: "#c8d0d8",
    State.MOVEMENT: "#3291c9",
    State.REFLEX_RHYTHM: "repeating-linear-gradient(45deg, #a07800 0 3px, #e8c860 3px 4px)",
    State.TREMOR: "#b0457f",
    State.UNCLEAR: "repeating-linear-gradient(45deg, #fff 0 2px, #8a96a3 2px 3px)",
}
"""CSS backgrounds for the key of the timeline."""
EVENT_COLOUR = "#a07800"
