"""The whole chain: a simulated or real recording, the analyzer, the advice. Simulated data are synthetic."""

import functools
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import dsp
import guidance
import recordings
import session
from dsp import Analysis
from guidance import CheckIn
from guidance.knowledge_base import STRONG
from sensor.simulated import SCRIPTS, simulate
from sensor.simulated.script import LimbScript, hold, release, rest, slow

K = guidance.load_knowledge()
SAMPLES = Path(str(recordings.__path__[0])) / "samples"
LONG_DAY: LimbScript = (
    rest(25.0), slow(), hold(25.0, tremor_from_s=0.5, growth_db_per_min=0.0), release(), rest(20.0),
    slow(), hold(25.0, tremor_from_s=0.5, growth_db_per_min=0.0), release(), rest(20.0),
)  # fmt: skip
Said = dict[str, tuple[str, ...]]

RANKS_FIRST: dict[str, tuple[str, Said]] = {
    "muscle_fatigue": ("fatigue", {"load": ("hard_exercise",)}),
    "muscle_overuse": ("long_day", {"load": ("feet_4h",)}),
    "spasm_twitch": ("twitches", {"muscle": ("flicker",)}),
    "stretch_reflex": ("reflex", {"stretch": ("fast",)}),
    "nerve": ("calm", {"signs": ("numb",)}),
    "stress": ("tense", {"mood": ("tense",)}),
    "medicine": ("tense", {"medicine": ("changed",), "hands": ("yes",)}),
    "other": ("tense", {"food": ("shaky_hungry",)}),
}
STAYS_AWAY: dict[str, tuple[str, Said]] = {
    "muscle_fatigue": ("reflex", {"load": ("rested",)}),
    "muscle_overuse": ("twitches", {"load": ("rested",)}),
    "spasm_twitch": ("fatigue", {"load": ("usual",)}),
    "stretch_reflex": ("twitches", {"stretch": ("slow",)}),
    "nerve": ("rhythm", {"stretch": ("fast",), "side": ("one",)}),
    "stress": ("tense", {"mood": ("calm",)}),
    "medicine": ("tense", {"hands": ("yes",), "medicine": ("none",)}),
    "other": ("tense", {"food": ("under_2h",)}),
}
SHIFTS: dict[str, tuple[str, str]] = {
    "muscle_fatigue": ("load", "rested"), "muscle_overuse": ("load", "sore"), "spasm_twitch": ("caffeine", "alcohol"),
    "stretch_reflex": ("stretch", "braced"), "nerve": ("signs", "one_side"), "stress": ("mood", "racing"),
    "medicine": ("kinds", "lithium"), "other": ("drink", "thirsty"),
}  # fmt: skip


@functools.cache
def simulated(name: str) -> Analysis:
    limb = simulate(LONG_DAY if name == "long_day" else SCRIPTS[name], seed=7, rate_hz=52.0)
    return dsp.analyze(limb.xyz_g, rate_hz=limb.rate_hz, placement="calf", side="left", keep_spectra=False)


def advised(name: str, said: Said) -> guidance.Advice:
    return session.make_advice({"": simulated(name)}, checkin=CheckIn(chosen=said))


@pytest.mark.parametrize("cause", RANKS_FIRST)
def test_a_session_and_a_check_in_bring_each_cause_first(cause: str) -> None:
    advice = advised(*RANKS_FIRST[cause])
    assert advice.causes[0].id == cause, [(c.id, c.score) for c in advice.causes]
    assert advice.causes[0].weight > 0.5
    assert advice.now or advice.next_time


@pytest.mark.parametrize("cause", STAYS_AWAY)
def test_a_session_and_a_check_in_keep_each_cause_away(cause: str) -> None:
    assert cause not in [c.id for c in advised(*STAYS_AWAY[cause]).causes]


@pytest.mark.parametrize("cause", SHIFTS)
def test_a_single_fact_shifts_each_cause_by_its_weight_and_no_further(cause: str) -> None:
    name, said = RANKS_FIRST[cause]
    question, answer = SHIFTS[cause]
    after = advised(name, said | {question: (*said.get(question, ()), answer)}).causes
    before = {c.id: c.score for c in advised(name, said).causes}
    weight = next(a.weights[cause] for q in K.questions if q.id == question for a in q.answers if a.id == answer)
    shift = next(c.score for c in after if c.id == cause) - before[cause]
    room = 3.0 - sum(t.value for c in advised(name, said).causes if c.id == cause for t in c.terms if t.answered)
    assert shift == pytest.approx(min(weight, room))
    assert abs(shift) <= STRONG


CALLED_FOR = {
    "fatigue": ("muscle_fatigue", "shorter_hold"), "reflex": ("stretch_reflex", "slow_entry"),
    "rhythm": ("stretch_reflex", "ease_back"), "twitches": ("spasm_twitch", "gentle_lengthen"), "calm": (None, None),
}  # fmt: skip


@pytest.mark.parametrize("name", CALLED_FOR)
def test_the_shipped_sessions_get_the_advice_that_their_truth_calls_for(name: str) -> None:
    path = SAMPLES / f"simulated-{name}-calf.csv"
    truth = json.loads(path.with_suffix(".truth.json").read_text())
    labels = {x[-1] for x in truth["spans"]} | {x[-1] for x in truth["events"]}
    advice = session.make_advice({"": session.analyze_file(path, keep_spectra=False).analysis})
    cause, action = CALLED_FOR[name]
    assert ("tremor" in labels) == (cause == "muscle_fatigue")
    assert [c.id for c in advice.causes][:1] == ([cause] if cause else [])
    if cause is None:
        assert "calm session" in advice.verdict
        return
    assert "looks most like" in advice.verdict
    assert action in [a.id for a in (*advice.now, *advice.next_time)]
    assert advice.help_cards == ()


def test_a_shake_that_does_not_wait_for_a_hold_asks_instead_of_guessing() -> None:
    advice = advised("tense", {})
    assert advice.causes == ()
    assert "check-in could tell more" in advice.verdict


def everyday(folder: Path) -> Iterator[tuple[str, np.ndarray, float, str]]:
    """Real recordings of walking and of other things that are not stretching."""
    for path in sorted((folder / "daphnet").glob("*.txt")):
        table = np.loadtxt(path)
        for first, placement in ((1, "ankle"), (4, "thigh")):
            yield f"{path.name} {placement}", table[:, first : first + 3] / 1000.0, 64.0, placement
    for activity in sorted(p for p in (folder / "hmp").iterdir() if p.is_dir()):
        for path in sorted(activity.glob("*.txt"))[:2]:
            yield path.name, -1.5 + 3.0 * np.loadtxt(path) / 63.0, 32.0, "wrist"
    counts = np.loadtxt(folder / "vendor" / "empatica-e4" / "ACC.csv", delimiter=",", skiprows=2)
    yield "an hour at a desk", counts / 64.0, 32.0, "wrist"


@pytest.mark.needs_data
def test_everyday_life_and_walking_alarm_nobody(data: Path) -> None:
    seen = read = 0
    for name, xyz_g, rate_hz, placement in everyday(data):
        found = dsp.analyze(xyz_g.astype(np.float32), rate_hz=rate_hz, placement=placement, keep_spectra=False)
        advice = session.make_advice({"": found})
        assert advice.help_cards == (), name
        # A minute of standing with a shaking thigh may look tired; nothing is ever named that would worry.
        assert {c.id for c in advice.causes} <= {"muscle_fatigue"}, (name, advice.verdict)
        read += bool(advice.causes)
        seen += 1
    assert seen >= 20
    assert read <= 0.1 * seen
