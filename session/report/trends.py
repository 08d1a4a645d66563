"""Trends: the sessions before, with this one at the end."""

from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median

import guidance
from dsp import Findings, State
from session.report.drawing import Figure, as_svg, drawing
from session.report.palette import EVENT_COLOUR, QUIET, STATE_COLOURS
from session.report.wording import Wording

MOST_SESSIONS = 20
"""Older ones are squeezed out of reading."""
USUAL_SESSIONS = 5
"""Of the sessions before, whose median is the person's usual."""


def trends(history: Sequence[guidance.SessionSummary], findings: Findings, words: Wording) -> Figure:
    """Seconds of shaking and kicks from session to session, this one last.

    Parameters
    ----------
    history
        Earlier sessions, oldest first.
    findings
        This session.
    words
        The language.
    """
    shown = history[-MOST_SESSIONS:]
    seconds = [h.tremor_s for h in shown] + [findings.tremor_s]
    kicks = [h.reflex_jerk_count for h in shown] + [findings.reflex_jerk_count]
    places = list(range(len(seconds)))
    usual_s = median(seconds[:-1][-USUAL_SESSIONS:])
    colour = STATE_COLOURS[State.TREMOR]
    with drawing(words, height_in=1.5) as (figure, axes):
        axes.vlines(places, 0, seconds, color=colour, linewidth=1.2, alpha=0.6)
        axes.plot(places[:-1], seconds[:-1], "o", color=colour, markersize=4)
        axes.plot(places[-1:], seconds[-1:], "o", color=colour, markersize=8)
        axes.axhline(usual_s, color=QUIET, linewidth=0.8, linestyle=(0, (4, 4)))
        where = {"xytext": (10, 2), "textcoords": "offset points", "va": "bottom"}
        axes.annotate(words.text("usual"), (places[-1], usual_s), color=QUIET, fontsize=8, **where)
        top = max(*seconds, 5.0)
        for place, count in zip(places, kicks, strict=True):
            if count:
                axes.annotate(
                    f"\N{BLACK DOWN-POINTING TRIANGLE}{count}",
                    (place, 1.22 * top),
                    color=EVENT_COLOUR,
                    fontsize=8,
                    ha="center",
                    va="center",
                )
        axes.set_ylim(0, 1.4 * top)
        axes.set_xlim(-0.6, max(places[-1] + 0.9, 4.0))
        axes.set_ylabel(words.text("s of shaking"))
        axes.set_xticks(
            [places[0], places[-1]], [_day(shown[0].start_ns) or words.text("first"), words.text("this one")]
        )
    text = words.say(
        "Shaking in {n} earlier sessions: usually {usual} s, from {least} to {most} s; this one {now} s. "
        "Kicks above: usually {kicks}, this one {kicks_now}.",
        n=len(shown),
        usual=f"{usual_s:.0f}",
        least=f"{min(seconds[:-1]):.0f}",
        most=f"{max(seconds[:-1]):.0f}",
        now=f"{seconds[-1]:.0f}",
        kicks=f"{median(kicks[:-1]):.0f}",
        kicks_now=kicks[-1],
    )
    return Figure(title=words.text("From session to session"), svg=as_svg(figure), alternative=text)


def _day(start_ns: int) -> str:
    return datetime.fromtimestamp(start_ns / 1e9, tz=UTC).strftime("%Y-%m-%d") if start_ns else ""
