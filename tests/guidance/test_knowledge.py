"""The knowledge base: complete, sourced, plain, and careful with words."""

import copy
import re
import tomllib
from importlib import resources
from typing import Any

import pytest

import guidance
from dsp import InputError
from guidance.knowledge_base import FAMILIES, STRONG
from guidance.reading import FILES, parse_knowledge

K = guidance.load_knowledge()
MAY_NOT_SAY = (
    r"\bdiagnos", r"\babnormal\b", r"\bpathological\b", r"\bsevere\b", r"\bdisease\b", r"\bclonus\b", r"\bmyotatic\b",
    r"\bcure", r"\btreats?\b", r"\bprevents?\b", r"\byou have\b", r"\bjust\b", r"nothing is wrong", r"\bparkinson", r"neuropath", r"\bdisorder", r"sclerosis", r"epilep",
    r"\byou must\b", r"all clear", r"\bgrade \d",
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


def test_every_source_is_used() -> None:
    assert {key for s in guidance.sentences() for key in s.sources} == set(K.sources)


def test_every_cause_has_all_its_parts() -> None:
    for c in K.causes:
        assert c.facts, c.id
        assert len(c.remedies) >= 3, c.id
        assert all(part.text for part in (c.feels_like, c.how_common, c.help)), c.id
        assert any(a.weights.get(c.id, 0.0) > 0 for q in K.questions for a in q.answers), c.id
        assert any(a.weights.get(c.id, 0.0) < 0 for q in K.questions for a in q.answers) or c.id == "nerve", c.id
        assert any(K.remedies[r].when == "now" for r in c.remedies) or c.id == "nerve", c.id
        assert any(K.remedies[r].when == "next" for r in c.remedies), c.id


def test_every_remedy_stands_on_a_ladder_and_says_how_sure_it_is() -> None:
    assert {r for c in K.causes for r in c.remedies} == set(K.remedies)
    assert {r.sure for r in K.remedies.values()} == set(K.phrases["sure"])
    for r in K.remedies.values():
        ours = {"inference"} == set(r.text.sources) | set(r.how_long.sources)
        assert r.sure == "own" or not ours, r.id


def test_the_check_in_asks_for_everything_that_it_should() -> None:
    assert {q.id for q in K.questions} == {
        "load", "stretch", "which", "hands", "side", "food", "drink", "caffeine", "sleep", "mood", "muscle", "tried",
        "since", "medicine", "kinds", "known", "signs", "sudden",
    }  # fmt: skip
    today = [q for q in K.questions if q.part is guidance.Part.TODAY]
    # Chips are read at a glance: at a third of a second each the screen takes the twenty seconds it promises.
    assert sum(len(q.answers) for q in today if q.id != "tried") <= 60


def test_nothing_by_itself_weighs_more_than_strong_evidence() -> None:
    for s in guidance.sentences():
        assert all(abs(w) <= STRONG for w in s.weights.values()), s.id


def test_a_tired_person_understands_every_sentence() -> None:
    # One or two words have no grade; short labels of the check-in are read at a glance.
    long = [s for s in guidance.sentences() if len(s.text.split()) >= 5]
    assert len(long) > 300
    hard = [f"{grade(s.text):.1f} {s.id}: {s.text}" for s in long if grade(s.text) > 8.0]
    assert not hard


def test_what_a_person_reads_together_is_easy_reading() -> None:
    # NHS: an adult public reads at the age of 9 to 11, grade 4 to 6; the whole of a cause or of a remedy must be so.
    for kind, name in {(s.kind, s.about) for s in guidance.sentences() if s.kind in ("cause", "remedy", "help_card")}:
        text = " ".join(
            s.text for s in guidance.sentences() if (s.kind, s.about) == (kind, name) and ".title" not in s.id
        )
        assert grade(text) <= 6.0, (name, grade(text))


def test_the_grade_is_that_of_kincaid() -> None:
    # 6 words in a sentence, 6 syllables: 0.39 * 6 + 11.8 - 15.59.
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45)
    assert grade("Comprehensive physiological characterisation necessitates multidisciplinary collaboration.") > 12


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
    assert "no study" in K.remedies["drink_to_thirst"].how_long.text
    assert "may not calm" in K.remedies["warm_up"].how_long.text
    said = " ".join(s.text for s in guidance.sentences())
    assert "Magnesium did not help" in said
    assert "Drinking too little is a weak lead" in said
    assert {"drink_to_thirst", "warm_up", "sleep", "less_caffeine"} <= {
        r.id for r in K.remedies.values() if r.sure == "weak"
    }


def test_no_sentence_names_a_number_of_litres_or_a_dose_of_a_medicine() -> None:
    for s in guidance.sentences():
        assert not re.search(r"\b\d+\s*(l|ml|litres?|mg of|tablets?)\b", s.text, re.IGNORECASE), s.id
        assert not re.search(r"\b(quinine|take magnesium|stop taking)\b", s.text, re.IGNORECASE), s.id


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda r: r["causes"]["cause"][0]["help"]["sources"].append("NOBODY"), "unknown source"),
        (lambda r: r["causes"]["cause"][0]["remedies"].append("magic"), "unknown remedy"),
        (lambda r: r["remedies"]["remedy"][0].update(family="magic"), "unknown family"),
        (lambda r: r["checkin"]["question"][0]["answer"][0]["weights"].update(magic=1.0), "unknown cause"),
        (lambda r: r["checkin"]["question"][0]["answer"][0].update(remedy="magic"), "unknown remedy"),
        (lambda r: r["checkin"]["question"][0]["answer"][0]["weights"].update(other=2.0), "weighs more"),
        (lambda r: r["checkin"]["question"][0]["answer"][0].update(said=""), "no words"),
        (lambda r: r["cards"]["card"][0].update(when=[["magic.answer"]]), "unknown answer"),
        (lambda r: r["cards"]["card"][0].update(level="magic"), "unknown level"),
        (lambda r: r["remedies"]["remedy"][0].update(unless=["magic.answer"]), "unknown answer"),
        (lambda r: r["remedies"]["remedy"][0].update(when="magic"), "neither now nor next"),
        (lambda r: r["remedies"]["remedy"][0].update(sure="magic"), "how sure"),
        (lambda r: r["remedies"]["remedy"][0].update(measure="magic"), "no number"),
        (lambda r: r["causes"]["cause"][0]["sign"][0].update(weight=9.0), "weighs more"),
        (lambda r: r["phrases"]["live"]["still"].update(sources=[]), "no source"),
        (lambda r: r["protocols"]["protocol"][0].update(remedy="magic"), "unknown remedy"),
        (lambda r: r["causes"]["cause"][0].update(from_sensor=False), "must not be read"),
    ],
)
def test_an_inconsistent_knowledge_base_is_refused(spoil: Any, message: str) -> None:
    spoiled = copy.deepcopy(raw())
    spoil(spoiled)
    with pytest.raises(InputError, match=message):
        parse_knowledge(spoiled)
