"""First stroke: the first of strokes at will comes out of rest as a kick does, and is the quickest of them.

A leg that begins to jiggle, or a hand to scratch, does not ring and fall back: it goes on. What goes on a second after
a kick is too slow for the level of the jerk path to tell, and shows in the acceleration itself.
"""

from dsp.aftermath import Waiting
from dsp.in_tremor import LONGEST_KICK_STEPS
from dsp.results import Event
from dsp.run_view import RunView

STROKES = 0.25
"""Of the kick's size: rms of strokes that are a third as large as the first (prior)."""
LATER_STEPS, LATEST_STEPS = 15, 29
"""After the onset; a ring of damping 0.08 at 2.5 Hz is down to a sixth by the first (physics)."""


def may_be_first_stroke(kick: Waiting, at: int, view: RunView) -> bool:
    """Whether something as slow as strokes goes on after a kick, as seen from step `at`."""
    return not kick.event.is_impact and _strokes(kick.event, kick.began + LONGEST_KICK_STEPS, at + 1, view)


def strokes_go_on(event: Event, view: RunView) -> bool:
    """Whether it still does for another second."""
    began = view.step_at(event.onset_s)
    return _strokes(event, began + LATER_STEPS, min(began + LATEST_STEPS, len(view.step_loud)), view)


def _strokes(event: Event, first: int, last: int, view: RunView) -> bool:
    """Whether the limb swings by a good deal of a kick's size, from one step to before another."""
    return first < last and view.swing_g(range(first, last)) > STROKES * event.peak_g
