"""Each rule of hindsight by itself, and what it takes from the confidence of a kick."""

import math
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import hindsight
from dsp.aftermath import Waiting
from dsp.hindsight import is_movement, looked_back
from dsp.labels import EventLabel
from dsp.parameters import Parameters, load_parameters
from dsp.results import Event, Term
from tests.dsp.test_aftermath import event

BEGAN = 80
NOW = BEGAN + 10
REST_G = 0.002
TOP_G = 0.3
TWITCH, REFLEX = EventLabel.TWITCH, EventLabel.REFLEX_JERK


@dataclass
class View:
    """A run that is known by how the limb turned, and by how slow motion ends."""

    before_deg: float = 0.1
    soon_deg: float = 0.1
    later_deg: float = 0.1
    after_deg: float = 0.1
    begun_deg: float | None = None
    done_deg: float | None = None
    on_deg: float = 0.1
    slow_g: float = 0.0
    slow_middle_g: float = 0.0
    gravity_g: float = 1.0
    hidden: bool = False
    parameters: Parameters = field(default_factory=load_parameters)

    @property
    def steps(self) -> dict[str, int]:
        return {"stir_window_s": round(10 * self.parameters.jerk["stir_window_s"])}

    def shakes(self, step: int) -> bool:
        return False

    def shook_since(self, _first: int, _last: int) -> bool:
        return False

    def tilt_between(self, first: int, second: int) -> float:
        return {
            (BEGAN - 13, BEGAN - 3): self.before_deg,
            (BEGAN - 3, BEGAN + 4): self.soon_deg,
            (BEGAN - 3, NOW - 2): self.later_deg,
            (BEGAN + 4, NOW - 2): self.after_deg,
            # A third of a second after the onset; most of what a kick does itself is done by then.
            (BEGAN - 3, BEGAN + 1): self.later_deg if self.begun_deg is None else self.begun_deg,
            (BEGAN - 3, BEGAN + 2): self.later_deg if self.done_deg is None else self.done_deg,
            (BEGAN + 2, BEGAN + 5): self.on_deg,
            (BEGAN + 3, BEGAN + 6): self.on_deg,
            (BEGAN + 4, BEGAN + 7): self.on_deg,
            (BEGAN + 5, BEGAN + 8): self.on_deg,
        }[first, second]

    def slow_after(self, onset: int, now: int) -> float:
        # The last step alone: a kick of 0.3 s leaves nothing of its own there.
        assert (onset, now) == (NOW - 5, NOW)
        return self.slow_g

    def slow_middle(self, onset: int, now: int) -> float:
        assert (onset, now) == (BEGAN, NOW)
        return self.slow_middle_g

    def has_gravity(self, _step: int) -> bool:
        return not self.hidden and not math.isnan(self.gravity_g)

    def no_gravity_at_all(self, _step: int) -> bool:
        return math.isnan(self.gravity_g)

    def gravity_size(self, _step: int) -> float:
        return self.gravity_g

    def least_floor(self, _step: int) -> float:
        return REST_G


def heard(at: dict[int, float] | None = None) -> NDArray[np.float32]:
    """Levels of a lone kick that is over after three steps, with others at some steps after its first."""
    loud = np.full(NOW + 1, REST_G, np.float32)
    loud[BEGAN : BEGAN + 3] = (0.2, TOP_G, 0.15)
    for step, level in (at or {}).items():
        loud[BEGAN + step] = level
    return loud


def moving(times: int, level_g: float) -> NDArray[np.float32]:
    """Levels of a limb that moved in so many of the steps that end half a second before the kick."""
    return heard({-5 - step: level_g for step in range(times)})


def asked(
    label: EventLabel,
    view: View,
    loud: NDArray[np.float32] | None = None,
    peak_g: float = TOP_G,
    rise_s: float = 0.1,
) -> bool:
    waiting = Waiting(BEGAN, replace(event(label, peak_g), rise_s=rise_s), TOP_G)
    return is_movement(waiting, NOW, heard() if loud is None else loud, cast("Any", view))


ELSEWHERE = View(soon_deg=4.0, later_deg=4.0)


def test_a_twitch_after_which_the_limb_lies_elsewhere_was_a_movement() -> None:
    assert asked(TWITCH, ELSEWHERE)
    assert not asked(REFLEX, ELSEWHERE)


@pytest.mark.parametrize(
    "but",
    [
        pytest.param({"soon_deg": 2.4}, id="falls back at once and drifts later"),
        pytest.param({"later_deg": 2.4}, id="lies where it lay"),
        pytest.param({"later_deg": 2.7}, id="swings back slowly, as a ring does"),
        pytest.param({"before_deg": 2.1}, id="was turning before"),
        pytest.param({"before_deg": math.nan}, id="nothing shows that it rested"),
        pytest.param({"soon_deg": math.nan}, id="gravity does not show it"),
    ],
)
def test_a_twitch_is_none_of_a_movement_where_one_thing_is_missing(but: dict[str, Any]) -> None:
    assert not asked(TWITCH, replace(ELSEWHERE, **but))


def test_a_hard_twitch_may_leave_the_limb_a_little_off_and_a_soft_one_may_not() -> None:
    assert asked(TWITCH, ELSEWHERE, peak_g=0.9)
    assert not asked(TWITCH, ELSEWHERE, peak_g=1.1)


def test_a_limb_that_settles_further_than_so_short_a_push_turns_it_was_kicked() -> None:
    # 500 deg/(g s^2): 0.3 g for 0.2 s turn it by 6 degrees at most.
    assert asked(TWITCH, View(soon_deg=5.9, later_deg=5.9))
    assert not asked(TWITCH, View(soon_deg=6.1, later_deg=6.1))


def test_it_weighs_a_twitch_in_the_gravity_of_its_sensor() -> None:
    # At twice the gain 1.1 g are 0.55, and of a limb that lies 4 degrees off a stretch.
    assert asked(TWITCH, replace(ELSEWHERE, gravity_g=2.0), peak_g=1.1)
    assert not asked(TWITCH, replace(ELSEWHERE, gravity_g=0.5), peak_g=0.55)


def test_a_twitch_in_the_midst_of_a_movement_is_a_piece_of_it() -> None:
    goes_on = View(slow_g=0.07)
    assert asked(TWITCH, goes_on, moving(5, 0.11))
    # Each by itself says nothing: slow motion after it, motion before it, too little or too soft a motion before it.
    assert not asked(TWITCH, View(slow_g=0.05), moving(5, 0.11))
    assert not asked(TWITCH, goes_on, moving(4, 0.11))
    assert not asked(TWITCH, goes_on, moving(5, 0.09))
    assert not asked(TWITCH, goes_on)
    assert not asked(REFLEX, goes_on, moving(5, 0.11))


def test_what_moved_long_before_a_twitch_does_not_lead_to_it() -> None:
    long_ago = heard({-12 - step: 0.2 for step in range(20)})
    assert not asked(TWITCH, View(slow_g=0.07), long_ago)


def test_a_limb_that_moved_for_seconds_and_turns_with_a_reflex_jerk_moves_on() -> None:
    turns = View(soon_deg=3.1)
    busy = heard(dict.fromkeys(range(-18, -2), 0.01) | dict.fromkeys(range(-6, -2), 0.08))
    assert asked(REFLEX, turns, busy)
    assert not asked(REFLEX, View(soon_deg=2.9), busy)
    assert not asked(REFLEX, View(soon_deg=math.nan), busy)
    assert not asked(REFLEX, turns)
    # A stretch alone is loud for less than half of three seconds.
    assert not asked(REFLEX, turns, heard(dict.fromkeys(range(-12, -2), 0.2)))
    # Half of it moved, but nothing of it was a quarter as loud.
    assert not asked(REFLEX, turns, heard(dict.fromkeys(range(-30, -2), 0.07)))
    assert not asked(TWITCH, replace(turns, later_deg=0.5), busy)


def test_a_twitch_that_rises_slowly_out_of_a_motion_into_one_that_goes_on_is_a_piece_of_it() -> None:
    goes_on, led_to = View(slow_middle_g=0.061), heard({-2: 0.061})
    assert asked(TWITCH, goes_on, led_to, rise_s=0.21)
    assert not asked(TWITCH, goes_on, led_to, rise_s=0.19)
    assert not asked(TWITCH, goes_on, heard({-1: 0.2, -2: 0.059}), rise_s=0.21)
    assert not asked(TWITCH, goes_on, heard({-4: 0.2}), rise_s=0.21)
    assert not asked(TWITCH, View(slow_middle_g=0.059), led_to, rise_s=0.21)
    assert not asked(REFLEX, goes_on, led_to, rise_s=0.21)


def test_a_limb_that_turns_on_after_a_reflex_jerk_and_moved_before_it_moves_on() -> None:
    turns, moves = View(after_deg=3.1), heard({-4: 0.07, 9: 0.016})
    assert asked(REFLEX, turns, moves)
    assert not asked(TWITCH, turns, moves)
    assert not asked(REFLEX, View(after_deg=2.9), moves)
    assert not asked(REFLEX, View(after_deg=math.nan), moves)
    assert not asked(REFLEX, turns, heard({-4: 0.05, 9: 0.016}))
    assert not asked(REFLEX, turns, heard({-4: 0.07, 9: 0.014}))
    assert not asked(REFLEX, turns, heard({-4: 0.07, 7: 0.2}))


@pytest.mark.parametrize("label", [TWITCH, REFLEX])
def test_a_limb_that_moves_so_hard_that_it_hides_gravity_is_not_kicked(label: EventLabel) -> None:
    moves = heard(dict.fromkeys(range(-30, -2), 0.01))
    assert asked(label, View(hidden=True), moves)
    assert not asked(label, View(), moves)
    assert not asked(label, View(gravity_g=math.nan), moves)
    # Something else than a movement may hide it: the limb rests.
    assert not asked(label, View(hidden=True))
    assert not asked(label, View(hidden=True), moves, peak_g=3.0)


@pytest.mark.parametrize("label", [TWITCH, REFLEX])
def test_an_impact_is_told_whatever_the_body_did(label: EventLabel) -> None:
    view = View(soon_deg=60.0, later_deg=60.0, slow_g=1.0)
    assert not asked(label, view, heard(dict.fromkeys(range(-30, -2), 0.2)), peak_g=3.0)
    waiting = Waiting(BEGAN, event(label, 3.5), TOP_G)
    assert looked_back(waiting, NOW, heard(), cast("Any", view), ()) is waiting.event


def test_a_run_that_ends_soon_after_a_kick_shows_no_aftermath() -> None:
    waiting = Waiting(BEGAN, event(TWITCH, TOP_G), TOP_G)
    view = cast("Any", replace(ELSEWHERE, slow_g=1.0))
    assert not is_movement(waiting, BEGAN + 7, heard(), view)
    assert looked_back(waiting, BEGAN + 7, heard(), view, ()) is waiting.event


# -- in the midst of a stretch ----------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """No limb here swings freely: what these look at holds no samples."""
    monkeypatch.setattr(hindsight, "swings_freely", lambda *_: False)


STRETCHED = View(soon_deg=4.0, later_deg=6.0, done_deg=3.0, on_deg=2.5)


def test_a_limb_that_turns_on_smoothly_after_a_twitch_was_stretched_and_kicked_in_it() -> None:
    assert not asked(TWITCH, STRETCHED)
    # The turn was done with the kick: it was the kick.
    assert asked(TWITCH, replace(STRETCHED, done_deg=4.9))
    # Or nearly, but it was under way for a quarter of a second.
    assert not asked(TWITCH, replace(STRETCHED, begun_deg=4.1, done_deg=4.9))
    assert asked(TWITCH, replace(STRETCHED, begun_deg=4.3, done_deg=4.9))
    # The rest of it is no smooth turn, or does not end.
    assert asked(TWITCH, STRETCHED, heard({6: 0.13}))
    assert asked(TWITCH, STRETCHED, heard({9: 0.05}))


def after(view: View, loud: NDArray[np.float32] | None = None, others: tuple[int, ...] = ()) -> Event:
    known = tuple(Term(name=n, value=v, text=n) for n, v in (("brief", 0.5), ("no_stretch", 1.0)))
    waiting = Waiting(BEGAN, replace(event(TWITCH, TOP_G), evidence=known), TOP_G)
    return looked_back(waiting, NOW, heard() if loud is None else loud, cast("Any", view), others)


def test_a_twitch_in_the_midst_of_a_stretch_is_a_reflex_jerk_and_says_so() -> None:
    found = after(STRETCHED)
    assert (found.label, found.runner_up, found.stretch_delay_s) == (REFLEX, "twitch", 0.0)
    assert [term.text for term in found.evidence] == ["in the midst of a stretch of 6°", "brief"]
    # What was 1 for a twitch is 1.2 for the stretch, and terms count by half; the turn is no sign of a movement.
    assert odds(found) == pytest.approx(math.log(9.0) + 0.1, abs=1e-5)


@pytest.mark.parametrize(
    "but",
    [
        pytest.param({"later_deg": 2.9}, id="too small"),
        pytest.param({"on_deg": 1.1}, id="slower than any that evokes a reflex"),
        pytest.param({"on_deg": math.nan}, id="nothing shows how quick it was"),
        pytest.param({"done_deg": 4.9}, id="done with the kick"),
    ],
)
def test_a_twitch_in_a_turn_that_is_no_stretch_stays_one(but: dict[str, Any]) -> None:
    found = after(replace(STRETCHED, **but))
    assert (found.label, found.stretch_delay_s) == (TWITCH, None)
    assert "no_stretch" in [term.name for term in found.evidence]


# -- confidence -------------------------------------------------------------------------------------------------------


def odds(found: Event) -> float:
    return math.log(found.confidence / (1.0 - found.confidence))


def test_a_lone_kick_keeps_its_confidence_and_its_evidence() -> None:
    found = after(View(soon_deg=2.0), heard({-1: 0.2, -2: 0.06, 8: 0.06}))
    assert found.confidence == 0.9
    assert [term.name for term in found.evidence] == ["brief", "no_stretch"]


def test_a_turn_where_gravity_does_not_show_it_costs_nothing() -> None:
    assert after(View(soon_deg=math.nan)).confidence == 0.9


@pytest.mark.parametrize(
    ("view", "loud", "times", "text"),
    [
        pytest.param(View(soon_deg=6.0), None, 3.0, "the limb turned by 6° with it", id="turned"),
        pytest.param(View(), heard({-3: 0.12}), 2.0, "40 % as loud just before it", id="moved_before"),
        pytest.param(View(), heard({-4: 0.3, 9: 0.24}), 4.0, "80 % of it left almost a second later", id="left"),
    ],
)  # fmt: skip
def test_what_speaks_for_a_movement_takes_from_the_odds_in_proportion_and_says_so(
    view: View, loud: NDArray[np.float32] | None, times: float, text: str
) -> None:
    found = after(view, loud)
    assert odds(found) == pytest.approx(math.log(9.0) - math.log(times), abs=1e-5)
    (against,) = (term for term in found.evidence if term.value < 0.0)
    assert against.text == text
    assert [term.name for term in found.evidence if term.value > 0.0] == ["no_stretch", "brief"]
    assert against.value == pytest.approx(-2.0 * math.log(times), abs=1e-5)


def test_another_kick_is_nothing_that_is_left_of_the_first() -> None:
    again = heard({8: 0.2, 9: 0.3, 10: 0.2})
    assert after(View(), again).confidence < 0.8
    assert after(View(), again, others=(BEGAN + 9,)).confidence == 0.9
    # What is left before it still counts, and a kick before the first one hides nothing.
    assert after(View(), heard({8: 0.2, 9: 0.2, 10: 0.3}), others=(BEGAN + 12,)).confidence < 0.8
    assert after(View(), again, others=(BEGAN - 9,)).confidence < 0.8


def test_what_is_no_movement_by_the_rules_is_never_told_as_less_likely_than_not() -> None:
    assert after(View(soon_deg=90.0), heard({-2: 0.3, 9: 0.3})).confidence == 0.5


def test_hindsight_changes_nothing_else_of_an_event() -> None:
    kick = event(TWITCH, TOP_G)
    found = looked_back(Waiting(BEGAN, kick, TOP_G), NOW, heard(), cast("Any", View(soon_deg=8.0)), ())
    assert replace(found, confidence=kick.confidence, evidence=kick.evidence) == kick
    assert kick.confidence == 0.9


# -- from samples -----------------------------------------------------------------------------------------------------


def jolted(turn_deg: float) -> NDArray[np.float32]:
    """Half a minute of rest with a jolt of 0.7 g after 15 s, after which gravity has turned by so much."""
    rate_hz, rng = 100.0, np.random.default_rng(5)
    time_s = np.arange(3000) / rate_hz
    angle = np.radians(turn_deg) * np.clip((time_s - 15.0) / 0.15, 0.0, 1.0)
    xyz_g = np.stack([np.zeros(3000), np.sin(angle), np.cos(angle)], axis=1)
    since = time_s - 15.0
    pulse = np.where((since > 0.0) & (since < 0.15), np.sin(2.0 * np.pi * since / 0.15), 0.0)
    xyz_g[:, 0] += 0.7 * pulse
    return (xyz_g + 0.002 * rng.standard_normal(xyz_g.shape)).astype(np.float32)


def test_a_jolt_that_leaves_the_limb_elsewhere_is_no_twitch_and_one_that_does_not_is() -> None:
    (found,) = dsp.analyze(jolted(0.0), rate_hz=100.0).events
    assert found.label is TWITCH
    assert found.confidence > 0.9
    assert not dsp.analyze(jolted(4.0), rate_hz=100.0).events


def stretched(turn_deg: float, lasts_s: float, kick_g: float, late_s: float) -> NDArray[np.float32]:
    """Half a minute of rest with a turn of least jerk after 15 s, about a joint 0.3 m away, and a kick in it."""
    rate_hz, rng = 104.0, np.random.default_rng(7)
    time_s = np.arange(3120) / rate_hz
    share = np.clip((time_s - 15.0) / lasts_s, 0.0, 1.0)
    angle = np.radians(turn_deg) * (10 * share**3 - 15 * share**4 + 6 * share**5)
    xyz_g = np.stack([np.sin(angle), np.zeros(3120), np.cos(angle)], axis=1)
    xyz_g[:, 0] += 0.3 / 9.81 * np.gradient(np.gradient(angle, time_s), time_s)
    since = time_s - 15.0 - late_s
    xyz_g[:, 0] += np.where(since > 0.0, kick_g * np.sin(10.0 * np.pi * since) * np.exp(-since / 0.1), 0.0)
    return (xyz_g + 0.002 * rng.standard_normal(xyz_g.shape)).astype(np.float32)


@pytest.mark.parametrize("late_s", [0.08, 0.15])
@pytest.mark.parametrize(("turn_deg", "lasts_s"), [(6.0, 1.0), (8.0, 1.0), (12.0, 1.4), (20.0, 2.0)])
def test_a_kick_soon_after_the_onset_of_a_stretch_is_its_reflex_jerk(
    turn_deg: float, lasts_s: float, late_s: float
) -> None:
    (found,) = dsp.analyze(stretched(turn_deg, lasts_s, 0.5, late_s), rate_hz=104.0, placement="ankle").events
    assert found.onset_s == pytest.approx(15.0 + late_s, abs=0.1)
    assert found.label is REFLEX
