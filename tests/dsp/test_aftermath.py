"""Each rule of the aftermath by itself: what a kick's next second says against it."""

from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp import kick_event, swings
from dsp.aftermath import Waiting, belongs_to, is_contradicted
from dsp.labels import EventLabel
from dsp.parameters import Parameters, load_parameters
from dsp.results import Event

BEGAN = 50
NOW = BEGAN + 10
REST_G = 0.002


@dataclass
class View:
    """A run of which only what is named is known."""

    parameters: Parameters = field(default_factory=load_parameters)
    first_step: int = 0
    shaking: bool = False
    shook: bool = False
    turned: bool = False
    turned_on: bool = False
    moved_on: bool = False
    turn_level_g: float = 0.3
    swing_rms_g: float = 0.0
    swung_before_g: float = 1.0
    loud: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))

    def calmest(self, first: int, last: int) -> float:
        return float(self.loud[first : last + 1].min())

    def least_floor(self, _step: int) -> float:
        return REST_G

    @property
    def steps(self) -> dict[str, int]:
        return {"stir_window_s": round(10 * self.parameters.jerk["stir_window_s"])}

    def shakes(self, _at: int) -> bool:
        return self.shaking

    def shook_since(self, _first: int, _last: int) -> bool:
        return self.shaking or self.shook

    def turns(self, _began: int, _at: int) -> bool:
        return self.turned

    def turns_on(self, _began: int, _at: int) -> bool:
        return self.turned_on

    def slow_after(self, _began: int, _at: int) -> float:
        return self.turn_level_g

    def swing_g(self, _steps: list[int]) -> float:
        return self.swing_rms_g

    def swung_g(self, _rest: int, _first: int, _last: int) -> float:
        return self.swung_before_g

    def moves_on(self, _began: int, _at: int, _top: float) -> bool:
        return self.moved_on


def event(label: EventLabel, peak_g: float) -> Event:
    return Event(
        onset_s=5.0, peak_s=5.1, end_s=5.3, label=label, peak_g=peak_g, peak_jerk_g_per_s=1.0, rise_s=0.1, width_s=0.2,
        ring_hz=6.0, decay_s=0.1, direction=(1.0, 0.0, 0.0), tilt_change_deg=0.0, stretch_delay_s=None, confidence=0.9,
        flags=("impact",) if peak_g >= load_parameters().jerk["impact_g"] else (),
    )  # fmt: skip


def contradicted(
    loud: NDArray[np.float32] | None = None,
    view: View | None = None,
    others: tuple[int, ...] = (),
    *,
    label: EventLabel = EventLabel.TWITCH,
    peak_g: float = 0.3,
    at: int = NOW,
) -> bool:
    waiting, loud = Waiting(BEGAN, event(label, peak_g), 0.3), heard() if loud is None else loud
    return is_contradicted(waiting, at, loud, cast("Any", replace(view or View(), loud=loud)), others)


def heard(at: dict[int, float] | None = None) -> NDArray[np.float32]:
    """Levels of a lone kick of 0.3 g that is over after three steps, with others at some steps after its first."""
    loud = np.full(NOW + 1, REST_G, np.float32)
    loud[BEGAN : BEGAN + 3] = (0.2, 0.3, 0.15)
    for step, level in (at or {}).items():
        loud[BEGAN + step] = level
    return loud


def test_nothing_speaks_against_a_lone_kick() -> None:
    assert not contradicted()
    assert not contradicted(view=View(shaking=True))


def test_a_turn_after_it_makes_a_twitch_the_middle_of_a_movement_and_a_reflex_only_when_it_turns_on() -> None:
    assert contradicted(view=View(turned=True))
    assert not contradicted(view=View(turned=True), label=EventLabel.REFLEX_JERK)
    assert contradicted(view=View(turned_on=True), label=EventLabel.REFLEX_JERK)
    assert not contradicted(view=View(turned_on=True))


def test_a_turn_that_is_far_slower_than_the_kick_speaks_not_against_it() -> None:
    assert not contradicted(view=View(turned=True, turn_level_g=0.08))
    assert contradicted(view=View(turned=True, turn_level_g=0.1))


def test_slow_motion_that_goes_on_speaks_against_a_kick_and_not_against_an_impact() -> None:
    assert contradicted(view=View(moved_on=True))
    assert not contradicted(view=View(moved_on=True, turned=True), peak_g=3.0)


def test_motion_of_its_own_size_speaks_against_it_unless_that_is_another_kick_after_quiet() -> None:
    again = heard(dict.fromkeys(range(6, 11), 0.25))
    assert contradicted(again)
    assert not contradicted(again, others=(BEGAN + 6,))
    never_quiet = heard(dict.fromkeys(range(3, 11), 0.2))
    assert contradicted(never_quiet, others=(BEGAN + 6,))


def test_what_shook_before_a_kick_is_no_part_of_it_if_the_frames_say_so_to_its_end() -> None:
    # A tremor that swells a little after it.
    goes_on = heard(dict.fromkeys(range(-40, 0), 0.08) | dict.fromkeys(range(3, 11), 0.1))
    assert contradicted(goes_on, View(shook=True))
    assert not contradicted(goes_on, View(shook=True, shaking=True))
    # What goes on where nothing shook before has begun with it.
    assert contradicted(heard(dict.fromkeys(range(3, 11), 0.1)), View(shook=True, shaking=True))


def test_another_kick_counts_as_one_only_if_it_was_quiet_before_it() -> None:
    assert contradicted(heard({3: 0.09, 4: 0.09, 5: 0.09} | dict.fromkeys(range(6, 11), 0.25)), others=(BEGAN + 6,))


def test_what_is_never_as_loud_as_the_least_share_that_counts_needs_no_closer_look() -> None:
    p = load_parameters().jerk
    least = p["kept_share"]
    assert least <= min(p["train_share"], p["calm_share"], p["end_ratio"], 1.0 / p["above_loudest"])
    # As loud as that it speaks against a kick in the first seconds of a run, where nothing shows what is usual.
    for level, speaks in ((0.99 * least * 0.3, False), (1.01 * least * 0.3, True)):
        again = heard(dict.fromkeys(range(6, 11), level))
        assert contradicted(again, View(first_step=-BEGAN)) is speaks


@pytest.mark.parametrize(
    "after",
    [
        pytest.param([0.15, 0.15, 0.15, 0.14, 0.14, 0.13, 0.12, 0.11], id="never below a third"),
        pytest.param([REST_G, REST_G, 0.17, 0.1, 0.1, 0.09, 0.09, 0.08], id="more than half of it came again"),
        pytest.param([REST_G, REST_G, 0.25, 0.25, 0.25, 0.15, 0.15, 0.01], id="loud for most of the second"),
        pytest.param([REST_G, REST_G, 0.08, 0.02, 0.08, 0.08, 0.08, 0.08], id="keeps what little there is"),
    ],
)
def test_each_way_to_go_on_speaks_against_a_kick_by_itself(after: list[float]) -> None:
    assert contradicted(heard(dict(enumerate(after, start=3))))


def test_a_long_ring_speaks_not_against_its_kick_and_shaking_that_fades_more_slowly_does() -> None:
    # Damping 0.08 at 2.5 Hz: 0.6 is left after 0.4 s.
    ring = {3: 0.2, 4: 0.14, 5: 0.16, 6: 0.12, 7: 0.13, 8: 0.1, 9: 0.1, 10: 0.08}
    assert not contradicted(heard(ring))
    assert contradicted(heard(ring | {9: 0.13}))
    assert contradicted(heard(ring | {7: 0.23}))


def test_what_follows_an_impact_is_measured_against_its_loudest_part() -> None:
    # The kick itself has 0.3 g, and something of 2 g hits the ground in the same moment.
    after = dict.fromkeys(range(5, 11), 0.7)
    assert contradicted(heard(after), peak_g=3.0)
    assert not contradicted(heard(after | {4: 2.0}), peak_g=3.0)


@pytest.mark.parametrize(
    ("late_s", "share", "belongs"),
    [(0.9, 0.9, True), (1.1, 0.9, True), (2.9, 0.5, True), (2.9, 0.7, False), (3.1, 0.5, False)]
    + [(14.9, 0.04, True), (14.9, 0.06, False), (15.1, 0.04, False)],
)
def test_what_comes_after_an_impact_belongs_to_it_the_longer_the_smaller_it_is(
    late_s: float, share: float, *, belongs: bool
) -> None:
    parameters = load_parameters()
    fall = event(EventLabel.TWITCH, 4.0)
    later = replace(fall, onset_s=fall.onset_s + late_s, peak_g=4.0 * share)
    assert belongs_to(later, fall, parameters) is belongs
    # After a kick nothing does.
    assert not belongs_to(replace(later, peak_g=0.3 * share), event(EventLabel.TWITCH, 0.3), parameters)


@pytest.mark.parametrize(
    ("late_s", "share", "rested", "belongs"),
    [(1.9, 0.9, False, True), (1.9, 1.7, False, True), (1.9, 1.9, False, False), (1.9, 0.9, True, False)]
    + [(2.1, 0.9, False, False), (0.9, 1.9, True, True)],
)
def test_a_fall_has_more_than_one_impact_and_none_that_is_far_harder_or_comes_after_rest(
    late_s: float, share: float, *, rested: bool, belongs: bool
) -> None:
    parameters = load_parameters()
    fall = event(EventLabel.TWITCH, 4.0)
    later = replace(fall, onset_s=fall.onset_s + late_s, peak_g=4.0 * share)
    assert belongs_to(later, fall, parameters, rested=rested) is belongs


def test_a_kick_soon_after_a_fall_is_no_part_of_it_that_is_nearly_as_large() -> None:
    fall = event(EventLabel.TWITCH, 4.0)
    kick = replace(fall, onset_s=fall.onset_s + 1.5, peak_g=3.0, flags=())
    assert not belongs_to(kick, fall, load_parameters())


def test_an_impact_that_is_over_in_a_hundredth_of_a_second_is_larger_than_its_level() -> None:
    after = heard(dict.fromkeys(range(5, 11), 0.5))
    assert contradicted(after, peak_g=2.0)
    assert not contradicted(after, peak_g=3.0)


def test_an_impact_with_which_a_run_ends_counts_and_a_kick_does_not() -> None:
    loud = heard(dict.fromkeys(range(2, 4), 0.4))
    for peak_g, speaks in ((3.0, False), (0.3, True)):
        assert contradicted(loud[: BEGAN + 4], peak_g=peak_g, at=BEGAN + 3) is speaks


def test_only_motion_of_its_own_size_speaks_against_an_impact() -> None:
    settles = heard({step: 0.1 if step < 8 else 0.11 for step in range(5, 11)})
    assert contradicted(settles)
    assert not contradicted(settles, peak_g=3.0)
    assert contradicted(heard(dict.fromkeys(range(5, 11), 0.7)), peak_g=3.0)


def test_a_crest_has_others_near_it_or_leads_up_to_itself_and_counts_only_where_the_limb_shakes() -> None:
    leads_up, has_others = heard({-3: 0.1, -2: 0.1}), heard(dict.fromkeys(range(-30, -10), 0.2))
    for loud in (leads_up, has_others):
        assert not contradicted(loud)
        assert contradicted(loud, View(shaking=True))


@pytest.mark.parametrize(("share", "leads_up"), [(0.28, False), (0.32, True)])
def test_a_kick_in_a_tremor_rises_out_of_what_is_usual_there_and_a_crest_swells(
    share: float, *, leads_up: bool
) -> None:
    assert contradicted(heard({-2: share * 0.3}), View(shaking=True)) is leads_up


@pytest.mark.parametrize(("before_g", "begun"), [(0.05, False), (0.04, True), (REST_G, True)])
def test_what_shook_as_much_before_a_kick_has_not_begun_with_it(before_g: float, *, begun: bool) -> None:
    loud = heard(dict.fromkeys(range(-30, -1), before_g) | dict.fromkeys(range(5, 11), 0.07))
    assert contradicted(loud) is begun
    # Early in a run nothing shows what shook before.
    assert contradicted(loud, View(first_step=25 - BEGAN))


def test_early_in_a_run_it_has_to_be_quiet_after_the_kick() -> None:
    # The level falls on, so that nothing else speaks against it.
    loud = heard({5: 0.1, 6: 0.09, 7: 0.09, 8: 0.07, 9: 0.065, 10: 0.05})
    assert not contradicted(loud)
    assert contradicted(loud, View(first_step=-BEGAN))


# Axis that changes, and by how much from sample to sample; what the other axes do.
@pytest.mark.parametrize(
    ("on_axis", "beside", "glitch"),
    [
        pytest.param([0.0, 0.2, 0.2, 0.0], 0.002, True, id="there and back"),
        pytest.param([0.0, 0.2, 0.2, 0.0], 0.1, False, id="another axis moves too"),
        pytest.param([0.1, 0.2, 0.2, 0.1], 0.002, False, id="rises and falls"),
        pytest.param([0.2] * 6, 0.002, False, id="swings"),
        pytest.param([0.0, 0.2, 0.2, 0.0, 0.2, 0.2], 0.002, True, id="twice"),
    ],
)
def test_a_glitch_jumps_on_one_axis_and_back_and_nothing_else_changes(
    on_axis: list[float], beside: float, *, glitch: bool
) -> None:
    p = load_parameters().jerk
    change = np.full((len(on_axis), 3), beside)
    for axis in range(3):
        moved = change.copy()
        moved[:, axis] = on_axis
        assert kick_event._is_glitch(moved, p["glitch_jump"], p["glitch_flat"]) is glitch


def test_a_limb_that_stopped_elsewhere_went_one_way_one_that_swings_back_did_not_and_one_that_goes_on_is_unknown() -> (
    None
):
    t = np.arange(40) / 40
    there = np.sin(2 * np.pi * t)
    back = np.concatenate([there, -there])
    goes_on = np.sin(np.pi * t)
    as_rows = [np.stack([x, 0 * x, 0.5 * x], axis=1) for x in (there, back, goes_on)]
    elsewhere, home, unknown = (swings.one_way(rows) for rows in as_rows)
    assert elsewhere > swings.ONE_WAY
    assert home < swings.SWUNG
    assert np.isnan(unknown)


def test_another_kick_that_is_over_by_then_speaks_not_against_it_though_it_came_into_the_ring() -> None:
    again = {3: 0.12, 4: 0.11, 5: 0.12, 6: 0.3, 7: 0.26, 8: 0.2, 9: 0.15, 10: 0.12}
    assert not contradicted(heard(again), others=(BEGAN + 6,))
    assert contradicted(heard(again))
    # It rises again, so that it is the same shaking.
    assert contradicted(heard(again | {10: 0.16}), others=(BEGAN + 6,))
    faint = heard(again | {8: 0.15, 9: 0.1, 10: 0.105})
    assert not contradicted(faint, others=(BEGAN + 6,))


def test_strokes_that_are_too_slow_for_their_level_to_show_speak_against_it() -> None:
    after = heard({5: 0.06, 6: 0.11, 7: 0.07, 8: 0.09, 9: 0.06, 10: 0.08})
    assert not contradicted(after, View(swing_rms_g=0.1))
    assert contradicted(after, View(swing_rms_g=0.11))
    assert not contradicted(heard(), View(swing_rms_g=0.11))


def test_the_landing_of_a_jump_counts_as_another_kick_however_restless_the_flight_was() -> None:
    flies = {3: 0.1, 4: 0.12, **dict.fromkeys(range(5, 9), 0.28)}
    assert contradicted(heard(flies | {9: 0.11, 10: 0.13}), others=(BEGAN + 5,))
    assert not contradicted(heard(flies | {9: 0.05, 10: 0.06}), others=(BEGAN + 5,), peak_g=2.5)
    assert contradicted(heard(dict.fromkeys(range(3, 11), 0.28)), others=(BEGAN + 5,), peak_g=2.5)
