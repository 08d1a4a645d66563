"""History: earlier sessions as a personal baseline, their trend, and whether what was tried helped."""

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations
from statistics import median

from dsp import Findings, Side, SideComparison
from guidance.knowledge_base import Knowledge

LEAST_SESSIONS = 3
"""Fewer are no baseline (inference)."""
LOOK_BACK = 5
CLEAR_DB = 3.0
"""A factor of 1.4: night-to-night scatter of one person's own tremor is of this order (inference)."""
LEAST_S = 5.0
"""Changes of seconds of tremor below it are not worth a sentence (inference)."""
LEAST = {"tremor_s": LEAST_S, "reflex_jerk_count": 1.0}
"""The same for each number by which a remedy is judged."""
TREND_SESSIONS = 6
"""From 6 on, Mann-Kendall can tell a trend at 90 %; the last 12 are looked at (inference)."""
TREND_BACK = 12
TREND_Z = 1.645
CONFIDENCE = 0.9
"""Of a remedy's effect: what three sessions with it and three without can just show."""
MOST_SESSIONS = 20
"""Of each kind, the newest: older ones belong to another season."""
DAY_NS = 86_400_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """What is remembered of a session.

    Attributes
    ----------
    start_ns
        UTC; 0 when unknown.
    tremor_rms_g
        Typical tremor, g; NaN without tremor.
    tremor_s, reflex_jerk_count, rest_rhythm_s
        As in the findings; no beat at rest from a sensor without gravity, which cannot tell rest from a stretch.
    remedies
        What the person tried; None when they did not say.
    which
        The stretch they named; empty when they did not.
    more
        The side that clearly shook more; unknown with one sensor.
    """

    start_ns: int = 0
    tremor_rms_g: float = float("nan")
    tremor_s: float = 0.0
    reflex_jerk_count: int = 0
    rest_rhythm_s: float = 0.0
    remedies: tuple[str, ...] | None = None
    which: str = ""
    more: Side = Side.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Sessions with a remedy against sessions without.

    Attributes
    ----------
    known
        False while it is too early to tell.
    sessions_with, sessions_without
        How many there are of each.
    measure
        The number of a session that is compared.
    difference
        Typical number with less without it: the median of all pairs (Hodges and Lehmann 1963).
    low, high
        Its 90 % interval, free of any distribution (Moses 1953); three sessions of each are the fewest that give one.
    """

    known: bool
    sessions_with: int
    sessions_without: int
    measure: str = "tremor_s"
    difference: float = float("nan")
    low: float = float("nan")
    high: float = float("nan")

    @property
    def helped(self) -> bool:
        """Whether there was clearly less shaking."""
        return self.known and self.high < 0.0 and self.difference <= -LEAST[self.measure]

    @property
    def worse(self) -> bool:
        """Whether there was clearly more shaking."""
        return self.known and self.low > 0.0 and self.difference >= LEAST[self.measure]


def summarize(
    findings: Findings,
    *,
    start_ns: int = 0,
    remedies: Sequence[str] | None = None,
    which: str = "",
    comparison: SideComparison | None = None,
) -> SessionSummary:
    """Keep what is worth remembering of a session."""
    return SessionSummary(
        start_ns=start_ns,
        tremor_rms_g=findings.tremor_rms_g,
        tremor_s=findings.tremor_s,
        reflex_jerk_count=findings.reflex_jerk_count,
        rest_rhythm_s=findings.rest_rhythm_s if findings.gravity_present else 0.0,
        remedies=None if remedies is None else tuple(remedies),
        which=which,
        more=comparison.more if comparison is not None else Side.UNKNOWN,
    )


def above_usual_db(findings: Findings, history: Sequence[SessionSummary], *, which: str = "") -> float:
    """Tremor against the person's usual, dB; NaN without a baseline or tremor.

    Sessions of the same stretch are the baseline where there are enough of them.
    """
    known = [h for h in history if not math.isnan(h.tremor_rms_g)]
    same = [h for h in known if which and h.which == which]
    recent = [h.tremor_rms_g for h in (same if len(same) >= LEAST_SESSIONS else known)[-LOOK_BACK:]]
    if len(recent) < LEAST_SESSIONS or math.isnan(findings.tremor_rms_g):
        return float("nan")
    return 20.0 * math.log10(findings.tremor_rms_g / median(recent))


def did_it_help(remedy: str, history: Sequence[SessionSummary], *, measure: str = "tremor_s") -> Effect:
    """Compare sessions before which a remedy was tried with those before which it was not.

    Sessions without an answer count for neither.

    Parameters
    ----------
    remedy
        Its identifier.
    history
        Sessions, oldest first.
    measure
        The number that it should lower: ``tremor_s`` or ``reflex_jerk_count``.
    """
    said = [h for h in history if h.remedies is not None]
    used = [float(getattr(h, measure)) for h in said if remedy in (h.remedies or ())][-MOST_SESSIONS:]
    unused = [float(getattr(h, measure)) for h in said if remedy not in (h.remedies or ())][-MOST_SESSIONS:]
    if min(len(used), len(unused)) < LEAST_SESSIONS:
        return Effect(known=False, sessions_with=len(used), sessions_without=len(unused), measure=measure)
    pairs = sorted(a - b for a in used for b in unused)
    edge = _edge(len(used), len(unused))
    return Effect(
        known=True,
        sessions_with=len(used),
        sessions_without=len(unused),
        measure=measure,
        difference=median(pairs),
        low=pairs[edge],
        high=pairs[-1 - edge],
    )


def trend_s(history: Sequence[SessionSummary]) -> float | None:
    """Seconds of tremor that the last sessions gained from first to last; None without a clear trend (Mann-Kendall)."""
    recent = [h.tremor_s for h in history][-TREND_BACK:]
    n = len(recent)
    if n < TREND_SESSIONS:
        return None
    steps = [(b - a, j - i) for (i, a), (j, b) in combinations(enumerate(recent), 2)]
    balance = sum((d > 0) - (d < 0) for d, _ in steps)
    spread = math.sqrt(n * (n - 1) * (2 * n + 5) / 18.0)
    gained = median(d / apart for d, apart in steps) * (n - 1)
    return gained if abs(balance) > TREND_Z * spread and abs(gained) >= LEAST_S else None


def history_sentences(
    findings: Findings, history: Sequence[SessionSummary], k: Knowledge, *, limb: str = "leg", which: str = ""
) -> tuple[str, ...]:
    """Say how the session compares with the person's usual, and how the last ones changed."""
    if not history:
        return ()
    out = []
    known = [h for h in history if not math.isnan(h.tremor_rms_g)]
    change = above_usual_db(findings, history, which=which)
    n = min(len(history), LOOK_BACK)
    if len(history) < LEAST_SESSIONS:
        out.append(k.say("history", "early", n=len(history), least=LEAST_SESSIONS))
    elif not math.isnan(change):
        name = "more" if change > CLEAR_DB else "less" if change < -CLEAR_DB else "same"
        out.append(k.say("history", name, n=min(len(known), LOOK_BACK), times=10.0 ** (change / 20.0), limb=limb))
    elif len(known) >= LEAST_SESSIONS and findings.tremor_s < 1.0:
        out.append(k.say("history", "calmer", n=n, limb=limb))
    together = [*history, summarize(findings)]
    if len(together) >= TREND_SESSIONS:
        gained = trend_s(together)
        name = "steady" if gained is None else "rising" if gained > 0 else "falling"
        out.append(k.say("history", name, n=min(len(together), TREND_BACK), seconds=abs(gained or 0.0)))
    return tuple(out)


def remedy_sentences(remedies: Sequence[str], history: Sequence[SessionSummary], k: Knowledge) -> tuple[str, ...]:
    """Say of each remedy whether it helped, how much, and how sure that is; or that it is too early to tell."""
    out, judged = [], False
    for remedy in (k.remedies[r] for r in remedies):
        effect = did_it_help(remedy.id, history, measure=remedy.measure)
        judged = judged or effect.known
        counts: dict[str, float] = {"n": effect.sessions_with, "m": effect.sessions_without, "least": LEAST_SESSIONS}
        if effect.helped or effect.worse:
            name = ("helped" if effect.helped else "worse") + ("_kicks" if remedy.measure != "tremor_s" else "")
            low, high = sorted((abs(effect.low), abs(effect.high)))
            counts |= {"seconds": abs(effect.difference), "count": abs(effect.difference), "low": low, "high": high}
        else:
            name = "no_help" if effect.known else "too_early"
        out.append(k.say("history", name, remedy=remedy.text.text.rstrip("."), **counts))
    return (*out, k.say("history", "chance")) if judged else tuple(out)


def tried(history: Sequence[SessionSummary], k: Knowledge) -> tuple[str, ...]:
    """Remedies that were ever tried, in the order of their first time."""
    return tuple(dict.fromkeys(r for h in history for r in h.remedies or () if r in k.remedies))


@functools.cache
def _edge(n: int, m: int) -> int:
    """Count the sorted pairs to leave out at each end of the interval, from the exact law of Mann and Whitney."""
    ways = [1]
    # The generating function of U: products of (1 - q^(m+i)) / (1 - q^i).
    for i in range(1, n + 1):
        grown = ways + [0] * (m + i)
        for u in range(len(grown) - 1, m + i - 1, -1):
            grown[u] -= ways[u - m - i] if u - m - i < len(ways) else 0
        for u in range(i, len(grown)):
            grown[u] += grown[u - i]
        ways = grown[: i * m + 1]
    share = accumulate(count / sum(ways) for count in ways)
    return sum(p <= (1.0 - CONFIDENCE) / 2.0 + 1e-12 for p in share) - 1
