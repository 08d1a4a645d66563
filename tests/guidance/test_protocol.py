"""Guided sessions: the steps in time, their marks, and what they showed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dsp
from dsp import Analysis, InputError, Side
from guidance import GuidedFindings, Leader, StepKind, find_protocol, guided_findings, load_knowledge
from guidance.protocol import done_steps, plan
from sensor.simulated import SCRIPTS, simulate
from sensor.simulated.script import _guided_leg, move, rest

STRETCH = find_protocol("stretch")


@pytest.fixture(scope="module")
def analysis() -> Analysis:
    limb = simulate(SCRIPTS["guided_stretch"], seed=0)
    return dsp.analyze(limb.xyz_g, rate_hz=limb.rate_hz, placement="calf", side="left")


def marks(side: Side = Side.LEFT, *, both: bool = False, upto: int | None = None) -> list[tuple[float, str]]:
    leader = Leader(STRETCH, side, both_worn=both)
    return [(t.from_s, leader.mark(t)) for t in leader.turns][:upto]


def find(analysis: Any, **more: Any) -> GuidedFindings:
    found = guided_findings({Side.LEFT: analysis}, marks(**more), analysis.duration_s)
    assert found is not None
    return found


def test_the_leader_names_each_step_once_in_order_and_ends() -> None:
    leader = Leader(STRETCH, Side.LEFT)
    begun = [t for now in range(100, 360) for t in leader.advance(float(now))]
    assert [t.index for t in begun] == list(range(len(leader.turns)))
    assert leader.done
    assert [t.side for t in begun].count(Side.LEFT) == len(STRETCH.each_leg)
    assert begun[0].step.kind is StepKind.REST
    assert StepKind.SWITCH in {t.step.kind for t in begun}


@given(st.lists(st.floats(0.01, 40.0), min_size=1, max_size=60))
def test_however_the_time_comes_no_step_is_left_out(steps: list[float]) -> None:
    leader, now, begun = Leader(STRETCH, Side.RIGHT), 5.0, []
    for step in steps:
        begun += list(leader.advance(now))
        now += step
        assert 0.0 <= leader.remaining_s(now) <= max(t.step.seconds for t in leader.turns)
    assert [t.index for t in begun] == list(range(len(begun)))


def test_two_sensors_need_no_change_over_and_the_warm_up_comes_first() -> None:
    assert all(t.step.kind is not StepKind.SWITCH for t in plan(STRETCH, Side.LEFT, both_worn=True))
    warm = plan(find_protocol("warm_up"), Side.LEFT)
    assert warm[0].step.kind is StepKind.WARM_UP
    assert warm[-1].to_s == pytest.approx(Leader(STRETCH).total_s + 180.0)


def test_marks_are_read_back_and_foreign_markers_are_not() -> None:
    name, steps, last = done_steps([*marks(), (3.0, "marker"), (4.0, "guided x y")], 260.0)
    assert (name, last) == ("stretch", len(marks()) - 1)
    assert [s.kind for s in steps] == [t.step.kind for t in Leader(STRETCH).turns]
    assert steps[0].end_s == 30.0
    assert done_steps([(1.0, "marker")], 9.0) == ("", (), -1)


def test_the_simulated_session_shows_what_its_truth_says(analysis: Analysis) -> None:
    found = find(analysis)
    assert found.finished
    holds = [f for f in found.steps if f.step.kind is StepKind.HOLD]
    # Synthetic truth: the left leg shakes from 12 s on in its hold and kicks at each quick stretch; the right is calm.
    assert holds[0].calm_s == pytest.approx(12.0, abs=4.0)
    assert holds[1].calm_s is None
    assert holds[1].held_s == pytest.approx(30.0, abs=5.0)
    kicks = {
        s: sum(f.jerks for f in found.steps if f.step.side is s and f.step.kind is StepKind.FAST_STRETCH) for s in Side
    }
    assert kicks[Side.LEFT] == 2
    assert kicks[Side.RIGHT] == 0
    text = " ".join(found.sentences)
    assert "On the left leg" in text
    assert "the shaking came after" in text
    assert "stayed calm" in text
    assert "left leg began to shake" in text
    assert "left leg kicked more often" in text
    assert found.sides is not None
    assert found.sides.jerks_per_fast_stretch == 1.0
    assert found.sides.calm_s is not None
    assert found.sides.calm_s < -10.0


def test_a_session_that_ended_early_says_so(analysis: Analysis) -> None:
    found = find(analysis, upto=3)
    assert not found.finished
    assert found.sides is None
    assert "ended before all steps" in found.sentences[-1]


def test_with_two_sensors_each_leg_is_read_from_its_own(analysis: Analysis) -> None:
    calm = simulate(SCRIPTS["calm"], seed=2)
    other = dsp.analyze(calm.xyz_g, rate_hz=calm.rate_hz, placement="calf", side="right")
    both = {Side.LEFT: analysis, Side.RIGHT: other}
    found = guided_findings(both, marks(both=True), analysis.duration_s)
    assert found is not None
    assert found.finished
    right = [f for f in found.steps if f.step.side is Side.RIGHT]
    assert all(f.jerks == 0 for f in right)
    missing = guided_findings({Side.LEFT: analysis, Side.UNKNOWN: other}, marks(both=True), analysis.duration_s)
    assert missing is not None
    assert any("was not seen" in s for s in missing.sentences)


def test_without_marks_or_analysis_there_is_no_guided_session(analysis: Analysis) -> None:
    assert guided_findings({Side.LEFT: analysis}, [(1.0, "marker")], 60.0) is None
    assert guided_findings({}, marks(), 60.0) is None
    assert guided_findings({Side.LEFT: analysis}, [(1.0, "guided other 0 rest left")], 60.0) is None


def test_shaking_at_rest_is_told() -> None:
    limb = simulate(SCRIPTS["tense"], seed=0)
    tense = dsp.analyze(limb.xyz_g, rate_hz=limb.rate_hz, placement="calf")
    found = guided_findings({Side.LEFT: tense}, [(0.0, "guided stretch 0 rest left")], 30.0)
    assert found is not None
    assert any("while at rest" in s for s in found.sentences)


def test_legs_that_do_the_same_are_said_to() -> None:
    leg = _guided_leg(tremor_from_s=None, jerks=())
    limb = simulate((*leg, move(20.0), rest(5.0), *leg), seed=3)
    alike = dsp.analyze(limb.xyz_g, rate_hz=limb.rate_hz, placement="calf")
    assert "Both legs did about the same." in find(alike).sentences


def test_an_unknown_protocol_names_those_that_are() -> None:
    with pytest.raises(InputError, match="choose one of stretch, warm_up"):
        find_protocol("yoga")


def test_the_simulated_script_is_as_long_as_the_protocol() -> None:
    for name, protocol in load_knowledge().protocols.items():
        script_s = sum(step.seconds for step in SCRIPTS[f"guided_{name}"])
        assert script_s == pytest.approx(Leader(protocol).total_s, abs=3.0)
