"""Actions: the rungs of the ladders of the likely causes that suit the person and have not failed them yet."""

import math
from collections.abc import Mapping, Sequence

from guidance.history import SessionSummary, did_it_help, tried
from guidance.knowledge_base import Knowledge, Remedy
from guidance.numbers import known
from guidance.types import Action, RankedCause

MOST_ACTIONS = 3
LEADING = math.log(2.0)
"""Looks most like: 2:1 or better over the next (the wording standard)."""
LEAST_HOLD_S = 10.0
"""Shorter holds stretch little (ACSM 2021: 10 to 30 s)."""
HOLD_SHARE = 2.0 / 3.0
"""Of the time at which the shaking began, for the next hold (inference)."""
CAUSES_ACTED_ON = 2


def choose_actions(
    k: Knowledge,
    ranked: Sequence[RankedCause],
    *,
    numbers: Mapping[str, float],
    said: frozenset[str],
    history: Sequence[SessionSummary],
) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
    """Two or three actions for now and for next time, from the first causes.

    What the person tried without a clear change moves to the end of its ladder, so that the next rung gets its turn.

    Returns
    -------
    tuple of Action, tuple of Action
        For now, and for next time.
    """
    effects = {r: did_it_help(r, history, measure=k.remedies[r].measure) for r in tried(history, k)}
    failed = {r for r, effect in effects.items() if effect.known and not effect.helped}
    chosen: dict[str, list[Action]] = {"now": [], "next": []}
    used: set[str] = set()
    for cause in ranked[:CAUSES_ACTED_ON]:
        # Of two that are close each gets its turn.
        first_of_two = cause is ranked[0] and len(ranked) > 1 and cause.score - ranked[1].score < LEADING
        most = MOST_ACTIONS - 1 if first_of_two else MOST_ACTIONS
        ladder = sorted(k.cause(cause.id).remedies, key=lambda r: r in failed)
        for remedy in (k.remedies[r] for r in ladder if r not in used):
            own = chosen[remedy.when]
            if len(own) < most and remedy.fits(said):
                own.append(_action(k, remedy, cause, numbers))
                used.add(remedy.id)
    return tuple(chosen["now"]), tuple(chosen["next"])


def _action(k: Knowledge, remedy: Remedy, cause: RankedCause, numbers: Mapping[str, float]) -> Action:
    target_s = HOLD_SHARE * numbers.get("hold_to_tremor_s", float("nan"))
    dose = (remedy.how_long_known if target_s >= LEAST_HOLD_S else None) or remedy.how_long
    keys = dict.fromkeys((*remedy.text.sources, *dose.sources, *remedy.expect.sources))
    return Action(
        id=remedy.id,
        remedy=remedy.family,
        text=remedy.text.text,
        how_long=dose.text.format(**known(numbers), hold_target_s=target_s),
        expect=remedy.expect.text,
        why=k.say("why", "because", evidence=cause.terms[0].text),
        sure=k.say("sure", remedy.sure),
        sources=tuple(keys),
    )
