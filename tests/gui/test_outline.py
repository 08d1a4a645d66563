"""What the timeline of a long session is drawn from."""

import numpy as np
import pytest
from PySide6.QtCore import QRect
from pytestqt.qtbot import QtBot

import dsp
from dsp import EventLabel, State
from gui.model import outline
from gui.model.outline import Mark, Outline, Span
from gui.model.stream import KEPT_S, StreamModel
from gui.theme import DARK
from gui.views.live_view import story_of
from gui.views.side_cards import row_words
from gui.views.timeline import Story, Timeline
from session import EventUpdate, HoldUpdate, SampleUpdate, SegmentUpdate

ORDER = (State.STILL, State.MOVEMENT, State.TREMOR, State.STILL, State.UNCLEAR, State.REFLEX_RHYTHM)


def night(spans: int, seconds: float) -> Outline:
    found = Outline()
    for i in range(spans):
        found.add_span(Span(i * seconds, (i + 1) * seconds, ORDER[i % len(ORDER)]))
    return found


def test_a_short_session_is_drawn_span_by_span() -> None:
    found = night(1000, 3.0)
    assert len(found.spans) == 1000
    assert found.spans[2] == Span(6.0, 9.0, State.TREMOR)


def test_a_night_is_never_more_than_a_screen_can_show_and_has_no_hole() -> None:
    found = night(20_000, 1.4)
    assert len(found.spans) <= outline.MOST_SPANS
    assert found.spans[0].start_s == 0.0
    assert found.spans[-1].end_s == pytest.approx(28_000.0)
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in zip(found.spans, found.spans[1:], strict=False))


def test_five_minutes_of_tremor_in_a_quiet_night_stay_what_they_are() -> None:
    found = Outline()
    for i in range(4000):
        state = State.TREMOR if 2000 <= i < 2030 else ORDER[i % 2]
        found.add_span(Span(10.0 * i, 10.0 * (i + 1), state))
    shaking = [s for s in found.spans if s.label is State.TREMOR]
    assert shaking[0].start_s == pytest.approx(20_000.0, abs=200.0)
    assert shaking[-1].end_s == pytest.approx(20_300.0, abs=200.0)
    assert sum(s.end_s - s.start_s for s in shaking) == pytest.approx(300.0, abs=200.0)


def test_events_of_a_night_are_thinned_and_each_kind_is_still_there() -> None:
    found = Outline()
    for i in range(5000):
        found.add_mark(Mark(6.0 * i, "reflex_jerk" if i % 50 == 0 else "twitch"))
    assert len(found.marks) <= outline.MOST_MARKS
    assert [m.onset_s for m in found.marks] == sorted(m.onset_s for m in found.marks)
    assert {m.kind for m in found.marks} == {"reflex_jerk", "twitch"}


def segment(start_s: float, end_s: float) -> dsp.Segment:
    nan = float("nan")
    return dsp.Segment(
        start_s=start_s, end_s=end_s, label=State.STILL, confidence=1.0, runner_up=None, peak_hz=nan,
        peak_spread_hz=nan, rms_g=nan, displacement_mm=nan,
    )  # fmt: skip


def event(onset_s: float, *flags: str) -> dsp.Event:
    nan = float("nan")
    return dsp.Event(
        onset_s=onset_s, peak_s=onset_s, end_s=onset_s, label=EventLabel.TWITCH, peak_g=0.1, peak_jerk_g_per_s=nan,
        rise_s=nan, width_s=nan, ring_hz=nan, decay_s=nan, direction=(nan, nan, nan), tilt_change_deg=nan,
        stretch_delay_s=None, confidence=1.0, flags=flags,
    )  # fmt: skip


def test_a_stream_holds_what_can_be_scrolled_back_to_and_the_outline_of_the_rest() -> None:
    stream = StreamModel(label="left")
    for i in range(4000):
        stream.take(SegmentUpdate(sensor="left", segment=segment(5.0 * i, 5.0 * (i + 1))))
        stream.take(EventUpdate(sensor="left", event=event(5.0 * i)))
    assert stream.known_s == 20_000.0
    assert stream.segments[0].end_s > 20_000.0 - KEPT_S
    assert stream.events[0].onset_s > 20_000.0 - 5.0 - KEPT_S
    assert (len(stream.segments), len(stream.events)) == (round(KEPT_S / 5), round(KEPT_S / 5))
    story = story_of(stream)
    assert story.segments[0].start_s == 0.0
    assert story.events[0].onset_s == 0.0


def test_what_becomes_known_late_stands_where_it_happened() -> None:
    stream = StreamModel(label="left")
    for onset_s in (5.0, 20.0, 12.0, 30.0):
        stream.take(EventUpdate(sensor="left", event=event(onset_s)))
    for known in (stream.events, stream.outline.marks):
        assert [each.onset_s for each in known] == [5.0, 12.0, 20.0, 30.0]
    assert [row.time_s for row in stream.rows] == [5.0, 12.0, 20.0, 30.0]


def test_what_no_muscle_does_is_listed_as_an_impact() -> None:
    stream = StreamModel(label="left")
    for i, flags in enumerate(((), ("impact",))):
        stream.take(EventUpdate(sensor="left", event=event(5.0 * i, *flags)))
    assert [row_words(row)[0] for row in stream.rows] == ["twitch", "impact"]
    assert [mark.kind for mark in stream.outline.marks] == ["twitch", "impact"]


def test_an_impact_has_a_sign_and_a_word_of_its_own_on_the_timeline(qtbot: QtBot) -> None:
    pictures = []
    for kind in ("twitch", "impact"):
        timeline = Timeline(DARK)
        qtbot.addWidget(timeline)
        timeline.resize(1100, 96)
        timeline.tell(Story(start_s=0.0, end_s=60.0, events=[Mark(30.0, kind)]))
        pictures.append(timeline.grab().toImage())
    sign, legend = QRect(540, 0, 20, 16), QRect(700, 70, 400, 26)
    for part in (sign, legend):
        assert pictures[0].copy(part) != pictures[1].copy(part)


def test_a_replay_that_jumps_back_forgets_what_comes_later() -> None:
    stream = StreamModel(label="left")
    flat = np.zeros((500, 3), np.float32)
    stream.take(SampleUpdate(sensor="left", start_s=0.0, rate_hz=50.0, xyz_g=flat, motion_g=flat))
    for i in range(4):
        stream.take(SegmentUpdate(sensor="left", segment=segment(2.0 * i, 2.0 * (i + 1))))
    stream.take(SampleUpdate(sensor="left", start_s=3.0, rate_hz=50.0, xyz_g=flat, motion_g=flat))
    assert stream.known_s == 2.0
    assert [s.end_s for s in stream.outline.spans] == [2.0]


def test_a_timeline_is_drawn_again_only_when_it_looks_different(qtbot: object) -> None:
    timeline, stream = Timeline(DARK), StreamModel(label="left")
    qtbot.addWidget(timeline)  # type: ignore[attr-defined]
    timeline.resize(800, 96)
    stream.first_s, stream.now_s = 0.0, 28_800.0
    stream.take(SegmentUpdate(sensor="left", segment=segment(0.0, 28_000.0)))
    timeline.tell(story_of(stream))
    drawn = timeline.story
    stream.now_s += 1.0
    timeline.tell(story_of(stream))
    assert timeline.story is drawn
    stream.now_s += 30.0
    timeline.tell(story_of(stream))
    assert timeline.story is not drawn
    drawn = timeline.story
    stream.take(SegmentUpdate(sensor="left", segment=segment(28_000.0, 28_830.0)))
    timeline.tell(story_of(stream))
    assert timeline.story is not drawn
    hold = dsp.Hold(onset_s=28_829.0, start_s=28_830.0, end_s=28_831.0, stretch_deg=20.0, stretch_rate_deg_per_s=5.0,
                    fast=False, released=False)  # fmt: skip
    stream.take(HoldUpdate(sensor="left", hold=hold))
    timeline.tell(story_of(stream))
    drawn = timeline.story
    stream.now_s += 1.0
    timeline.tell(story_of(stream))
    assert timeline.story is not drawn
