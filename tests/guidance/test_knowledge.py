"""The knowledge base: complete, sourced, plain, and careful with words."""

import copy
import re
import tomllib
from importlib import resources
from typing import Any

import pytest

import guidance
from dsp import InputError
from guidance.knowledge_base import FAMILIES, FILES, parse_knowledge

K = guidance.load_knowledge()
MAY_NOT_SAY = (
    r"\bdiagnos", r"\babnormal\b", r"\bpathological\b", r"\bsevere\b", r"\bdisease\b", r"\bclonus\b", r"\bmyotatic\b",
    r"\bcure", r"\btreats?\b", r"\bprevents?\b", r"\byou have\b", r"\bjust\b", r"nothing is wrong", r"\bparkinson",
)  # fmt: skip


def raw() -> dict[str, Any]:
    folder = resources.files("guidance").joinpath("knowledge")
    return {n: tomllib.loads(folder.joinpath(f"{n}.toml").read_text()) for n in FILES}


def syllables(word: str) -> int:
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    return max(1, groups - (word.lower().endswith("e") and not word.lower().endswith("le") and groups > 1))


def grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid 1975)."""
    plain = re.sub(r"\{[^}]*\}", "5", text)
    words = re.findall(r"[A-Za-z']+", plain)
    sentences = max(1, len(re.findall(r"[.!?:;](?:\s|$)", plain)))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / max(1, len(words)) - 15.59


def test_the_eight_causes_and_the_four_remedies_are_all_there() -> None:
    assert {c.id for c in K.causes} == {
        "muscle_fatigue", "muscle_overuse", "spasm_twitch", "stretch_reflex", "nerve", "stress", "medicine", "other",
    }  # fmt: skip
    assert {"take_breaks", "hydrate", "warm_up", "modify_stretch"} <= {r.family for r in K.remedies.values()}
    assert set(FAMILIES) == {r.family for r in K.remedies.values()}


def test_every_sentence_has_a_source_that_is_listed() -> None:
    for sentence in guidance.sentences():
        assert sentence.text.strip(), sentence.id
        assert sentence.sources, sentence.id
        assert all(s in guidance.sources() for s in sentence.sources), sentence.id
    ids = [s.id for s in guidance.sentences()]
    assert len(ids) == len(set(ids))


def test_every_remedy_and_card_can_be_reached() -> None:
    used = {r for c in K.causes for r in c.remedies} | {"warm_up"}
    assert set(K.remedies) == used
    answers = {a.card for q in K.questions for a in q.answers if a.card} | {"rest_rhythm"}
    assert set(K.cards) == answers


@pytest.mark.parametrize("sentence", guidance.sentences(), ids=lambda s: s.id)
def test_a_tired_person_understands_it(sentence: guidance.Sentence) -> None:
    # One or two words have no grade; short labels of the check-in are read at a glance.
    if len(sentence.text.split()) >= 5:
        assert grade(sentence.text) <= 8.0, f"{grade(sentence.text):.1f}: {sentence.text}"


@pytest.mark.parametrize("pattern", MAY_NOT_SAY)
def test_no_sentence_sounds_like_a_verdict_on_health(pattern: str) -> None:
    for sentence in guidance.sentences():
        assert not re.search(pattern, sentence.text, re.IGNORECASE), sentence


def test_nerve_and_medicine_are_never_read_from_the_sensor() -> None:
    for cause in K.causes:
        if cause.id in ("nerve", "medicine"):
            assert not cause.signs
            assert not cause.from_sensor
        else:
            assert cause.signs


def test_what_is_weak_evidence_is_said_to_be_weak() -> None:
    assert "no study" in K.remedies["drink_to_thirst"].how_long
    assert "may not calm" in K.remedies["warm_up"].how_long


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda r: r["causes"]["cause"][0]["sources"].append("NOBODY"), "unknown source"),
        (lambda r: r["causes"]["cause"][0]["remedies"].append("magic"), "unknown remedy"),
        (lambda r: r["remedies"]["remedy"][0].update(family="magic"), "unknown family"),
        (lambda r: r["checkin"]["question"][0]["answer"][0]["weights"].update(magic=1.0), "unknown cause"),
        (lambda r: r["checkin"]["question"][0]["answer"][0].update(card="magic"), "unknown card"),
        (lambda r: r["phrases"]["live"]["still"].update(sources=[]), "no source"),
        (lambda r: r["causes"]["cause"][0].update(from_sensor=False), "must not be read"),
    ],
)
def test_an_inconsistent_knowledge_base_is_refused(spoil: Any, message: str) -> None:
    spoiled = copy.deepcopy(raw())
    spoil(spoiled)
    with pytest.raises(InputError, match=message):
        parse_knowledge(spoiled)
