"""What guidance takes and gives: check-in answers, ranked causes, advice."""

from dataclasses import dataclass, field

from dsp import Term


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Term):
    """A term behind a cause: what speaks for or against it, why, and where that is from.

    Attributes
    ----------
    why
        The reason.
    sources
        Keys into the source list.
    answered
        Whether the person said it, rather than the sensor.
    """

    why: str
    sources: tuple[str, ...]
    answered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCause:
    """A cause with the evidence behind it.

    Attributes
    ----------
    id, title
        Identifier in the knowledge base and its plain name.
    score
        Sum of the terms, natural log-odds.
    weight
        Share among the causes that have evidence, 0 to 1: probability-like, not a probability.
    certainty
        One of the fixed phrases: ``looks most like``, ``could also be``, ``worth asking about``.
    from_sensor
        Whether the sensor may speak for it; of what only answers can raise no share is to be shown.
    terms
        The evidence, first for and then against it, each strongest first.
    feels_like, how_common, help
        Sentences of the knowledge base: what it feels like, how common it is, when to seek help.
    sources
        Of these three, keys into the source list.
    """

    id: str
    title: str
    score: float
    weight: float
    certainty: str
    from_sensor: bool
    terms: tuple[Evidence, ...]
    feels_like: str = ""
    how_common: str = ""
    help: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing to do.

    Attributes
    ----------
    id, remedy
        Identifier of the sentence and of the remedy it belongs to (``take_breaks``, ``hydrate`` ...).
    text
        The sentence, verb first.
    how_long
        Dose: how exactly and for how long.
    expect
        What the next session should show if it worked.
    why
        The reason, with the person's own numbers.
    sure
        How sure it is that this helps.
    sources
        Keys into the source list; ``inference`` when it is ours.
    """

    id: str
    remedy: str
    text: str
    how_long: str = ""
    expect: str = ""
    why: str = ""
    sure: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCard:
    """A calm sentence to see a professional, with what to show them.

    Attributes
    ----------
    id
        Identifier of the sign.
    level
        ``emergency``, ``today``, ``appointment`` or ``pharmacist``.
    text
        Whom to ask and when.
    show
        What to show them.
    sources
        Keys into the source list.
    """

    id: str
    level: str
    text: str
    show: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The answer to a session.

    Attributes
    ----------
    seen
        What was seen, one plain sentence.
    verdict
        What it looks like, one plain sentence; says so when there is not enough evidence.
    enough_evidence
        Whether any cause is shown.
    causes
        Ranked, most likely first; only those with evidence.
    now, next_time
        Two or three actions each.
    help_cards
        Whom to see; empty most of the time.
    limits
        What this cannot tell.
    history
        What changed since earlier sessions, a sentence each.
    """

    seen: str
    verdict: str
    enough_evidence: bool
    causes: tuple[RankedCause, ...] = ()
    now: tuple[Action, ...] = ()
    next_time: tuple[Action, ...] = ()
    help_cards: tuple[HelpCard, ...] = ()
    limits: tuple[str, ...] = ()
    history: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAdvice:
    """One calm sentence during a session.

    Attributes
    ----------
    id
        Identifier of the sentence.
    text
        The sentence.
    why
        The numbers behind it.
    since_s
        When it was given, on the session's clock.
    """

    id: str
    text: str
    why: str = ""
    since_s: float = 0.0
