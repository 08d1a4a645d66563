"""Verdict: everything the guide shows of one session or recording."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import dsp
import guidance


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verdict:
    """What a session looks like.

    Attributes
    ----------
    title
        Of the session or recording.
    path
        The recording; None for a session that was not recorded, or has just ended.
    analyses
        The analysis of each sensor by its label.
    advice
        What guidance says of it.
    guided
        What the steps of a guided session showed; None when it was none.
    week
        The last seven days; None when they are not known.
    check_in
        The answers that the advice rests on.
    """

    title: str
    path: Path | None = None
    analyses: Mapping[str, dsp.Analysis]
    advice: guidance.Advice
    guided: guidance.GuidedFindings | None = None
    week: guidance.Week | None = None
    check_in: guidance.CheckIn
