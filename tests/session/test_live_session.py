"""A live session: from blocks to frames, events, advice and a recording, on one worker thread."""

import threading
import types
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import dsp
import recordings
import session
from dsp import InputError, Placement, Side, State
from sensor import Block, LinkChange, LinkState, SensorInfo, Sink, Status
from sensor.simulated import SCRIPTS, SimulatedSource, simulate
from sensor.simulated.script import fast, hold, release, rest
from session import tidy


class Scripted:
    """A source that delivers what it was given."""

    def __init__(self, messages: list[Any], *, label: str = "strap", family: str = "test") -> None:
        self.messages, self.label, self.nominal_hz = messages, label, 100.0
        self.info = SensorInfo(key="k", name="n", family=family)
        self.stopped = threading.Event()

    def start(self, sink: Sink) -> None:
        def run() -> None:
            for message in self.messages:
                sink(message)
            sink(LinkChange(sensor=self.label, state=LinkState.STOPPED, reason="done"))

        threading.Thread(target=run, daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()


def blocks(
    xyz_g: np.ndarray, *, label: str = "strap", rate: float = 100.0, start_s: float = 0.0, **first: Any
) -> list[Block]:
    out = []
    for i in range(0, len(xyz_g), 10):
        more = first if i == 0 else {}
        out.append(Block(sensor=label, xyz_g=xyz_g[i : i + 10], start_s=start_s + i / rate, rate_hz=rate, **more))
    return out


def run(sources: list[Any], **options: Any) -> tuple[session.SessionResult, list[Any]]:
    got: list[Any] = []
    live = session.LiveSession(sources, sink=got.append, **options)
    live.start()
    assert live.join(60)
    return live.stop(), got


SCRIPT = (rest(10.0), fast(), hold(14.0, rhythm=(3.0, 10.0)), release(), rest(6.0))


def test_a_session_of_the_simulated_limb_tells_everything_in_order(tmp_path: Path) -> None:
    source = SimulatedSource(script=SCRIPT, speed=0, seed=2)
    result, got = run([source], placement=Placement.CALF, side=Side.LEFT, record_to=tmp_path)
    kinds = {type(m) for m in got}
    assert {
        session.SampleUpdate, session.LiveUpdate, session.FramesUpdate, session.EventUpdate, session.SegmentUpdate,
        session.HoldUpdate, session.LinkUpdate, session.StatusUpdate, session.AdviceUpdate, session.RecordingUpdate,
        session.EndUpdate,
    } <= kinds  # fmt: skip
    assert isinstance(got[-1], session.EndUpdate)
    assert result.reason == "the script ended"
    assert result.advice is not None
    assert result.advice.causes[0].id == "stretch_reflex"
    assert [h.hold.released for h in got if isinstance(h, session.HoldUpdate)] == [False, True]


def test_live_recorded_and_analysed_afterwards_are_the_same(tmp_path: Path) -> None:
    source = SimulatedSource(script=SCRIPT, speed=0, seed=2)
    result, got = run([source], placement=Placement.CALF, side=Side.LEFT, record_to=tmp_path)
    assert result.recording is not None
    again = session.analyze_file(result.recording)
    truth = simulate(SCRIPT, seed=2)
    assert np.array_equal(np.concatenate([r.xyz_g for r in again.recording.samples]), truth.xyz_g)
    frames = np.concatenate([m.frames for m in got if isinstance(m, session.FramesUpdate)])
    assert frames.tobytes() == again.analysis.frames.tobytes()
    psd = np.concatenate([m.psd for m in got if isinstance(m, session.FramesUpdate)])
    assert again.analysis.spectra is not None
    assert np.array_equal(psd, again.analysis.spectra.psd)
    segments = [m.segment for m in got if isinstance(m, session.SegmentUpdate)]
    assert repr(tuple(segments)) == repr(again.analysis.segments)


def test_lost_samples_become_a_gap_and_a_long_loss_a_new_run() -> None:
    xyz_g = simulate((rest(12.0),), seed=1, rate_hz=100.0).xyz_g
    messages = [
        *blocks(xyz_g[:600]),
        *blocks(xyz_g[:600], start_s=6.5, missing_before=50),
        *blocks(xyz_g[:600], start_s=62.5, missing_before=5000),
        *blocks(xyz_g[:600], start_s=80.0, missing_before=-1),
    ]
    result, _ = run([Scripted(messages)])
    gaps = [(s.start_s, s.end_s) for s in result.analyses["strap"].segments if s.label is State.NO_DATA]
    assert gaps == [(6.0, 6.5), (12.5, pytest.approx(62.5)), (pytest.approx(68.5), pytest.approx(80.0))]


def test_time_going_back_closes_the_analysis_and_begins_another() -> None:
    xyz_g = simulate((rest(10.0),), seed=1, rate_hz=100.0).xyz_g
    messages = [*blocks(xyz_g, start_s=50.0), *blocks(xyz_g[:600], start_s=5.0, missing_before=-1)]
    result, got = run([Scripted(messages, family="replay")])
    assert result.analyses["strap"].duration_s == pytest.approx(10.0)
    times = [m.start_s for m in got if isinstance(m, session.SampleUpdate)]
    assert min(times) == 5.0


def test_a_replay_from_the_middle_knows_what_came_before_and_records_only_what_it_shows(tmp_path: Path) -> None:
    xyz_g = simulate(SCRIPTS["fatigue"], seed=3, rate_hz=100.0).xyz_g
    made = recordings.Recording(path=None, format="t", samples=[dsp.Samples(xyz_g=xyz_g, rate_hz=100.0)], rate_hz=100.0)
    source = session.ReplaySource(made, speed=0, start_s=60.0)
    result, got = run([source], placement=Placement.CALF, record_to=tmp_path)
    whole = dsp.analyze(made.samples, placement="calf", keep_spectra=False)
    assert result.analyses["replay"].frames.tobytes() == whole.frames.tobytes()
    assert repr(result.analyses["replay"].segments) == repr(whole.segments)
    assert min(m.start_s for m in got if isinstance(m, session.SampleUpdate)) == 60.0
    assert result.recording is not None
    (recorded,) = recordings.read(result.recording).samples
    assert np.array_equal(recorded.xyz_g, xyz_g[6000:])


def test_two_sensors_are_compared() -> None:
    sources = [
        SimulatedSource(script=SCRIPTS["tense"], speed=0, seed=1, label="left"),
        SimulatedSource(script=SCRIPTS["calm"], speed=0, seed=2, label="right"),
    ]
    result, _ = run(sources, placement=Placement.CALF, side={"left": Side.LEFT, "right": Side.RIGHT})
    assert set(result.analyses) == {"left", "right"}
    comparison = session.compare(result.analyses)
    assert comparison is not None
    assert session.compare({"left": result.analyses["left"]}) is None


def test_of_two_legs_one_calm_sentence_is_said_and_none_during_an_event() -> None:
    sources = [
        SimulatedSource(script=SCRIPTS["demo"], speed=0, seed=1, label="left"),
        SimulatedSource(script=SCRIPTS["reflex"], speed=0, seed=2, label="right"),
    ]
    _, got = run(sources, placement=Placement.CALF, side={"left": Side.LEFT, "right": Side.RIGHT})
    said = [m.advice for m in got if isinstance(m, session.AdviceUpdate)]
    assert len(said) >= 3
    assert all(b.since_s - a.since_s >= 20.0 for a, b in zip(said, said[1:], strict=False))
    seen: dict[str, session.LiveUpdate] = {}
    for message in got:
        if isinstance(message, session.LiveUpdate):
            seen[message.sensor] = message
        elif isinstance(message, session.AdviceUpdate):
            assert seen[message.sensor].live.event is None


def test_while_steps_are_led_through_no_other_sentence_is_said() -> None:
    source = SimulatedSource(script=SCRIPTS["demo"], speed=0, seed=1)
    _, got = run([source], placement=Placement.CALF, live_advice=False)
    assert not [m for m in got if isinstance(m, session.AdviceUpdate)]
    running = session.LiveSession([source], sink=got.append, live_advice=False)
    assert not running._advising
    running.speak()
    assert running._advising
    running.hush()
    assert not running._advising


def test_a_short_session_ends_with_what_there_was() -> None:
    result, _ = run([Scripted(blocks(np.ones((50, 3), np.float32)))])
    assert len(result.analyses["strap"].frames) == 0
    result, _ = run([Scripted([])])
    assert result.analyses == {}
    assert result.advice is None


def test_recording_can_begin_be_marked_and_end_within_a_session(tmp_path: Path) -> None:
    got: list[Any] = []
    live = session.LiveSession(
        [SimulatedSource(script=(rest(600.0),), speed=4.0)], sink=got.append, placement=Placement.CALF
    )
    live.start()
    begun, ended = threading.Event(), threading.Event()

    def watch(message: Any) -> None:
        got.append(message)
        if isinstance(message, session.RecordingUpdate):
            (ended if message.finished else begun).set()

    live._sink = watch
    live.start_recording(tmp_path)
    assert begun.wait(20)
    live.mark("here")
    live.stop_recording()
    assert ended.wait(20)
    assert live.running
    live.stop()
    assert not live.running
    assert live.stop().reason
    (path,) = tmp_path.glob("*.mcap")
    assert "here" in {m.text for m in recordings.read(path).markers}


def test_a_recording_carries_versions_settings_status_and_what_each_block_said(tmp_path: Path) -> None:
    xyz_g = simulate((rest(6.0),), seed=1, rate_hz=100.0).xyz_g
    status = Status(sensor="strap", rate_hz=100.0, nominal_hz=100.0, loss=0.0, data_age_s=0.1, battery_percent=80)
    made = [replace(b, clipped=i == 3, time_source=dsp.TimeSource.HOST) for i, b in enumerate(blocks(xyz_g))]
    result, _ = run([Scripted([*made, status])], record_to=tmp_path, settings={"theme": "dark"})
    assert result.recording is not None
    back = recordings.read(result.recording)
    assert back.details["analysis_version"] == dsp.parameters_version()
    assert back.details["app_version"]
    assert back.details["setting.theme"] == "dark"
    assert back.samples[0].quality.time_source is dsp.TimeSource.HOST
    assert any("end of the sensor's range" in w for w in back.warnings)
    with recordings.NativeFile(result.recording) as native:
        assert [v["battery_percent"] for t, v in native.notes() if t == "/status/strap"] == [80]


def test_a_recording_whose_folder_fails_goes_on_in_the_spare_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from session.recorder import SessionRecorder

    monkeypatch.setattr(Path, "home", lambda: tmp_path / "me")
    worn = types.SimpleNamespace(placement=Placement.CALF, side=Side.LEFT)
    recorder = SessionRecorder(settings={})
    recorder.open(tmp_path / "disk", [Scripted([], label="strap")], {"strap": worn})  # type: ignore[dict-item]
    made = blocks(simulate((rest(3.0),), seed=1, rate_hz=100.0).xyz_g)
    recorder.add_block(made[0])
    assert recorder._recorder is not None
    monkeypatch.setattr(
        recorder._recorder._session.part, "write", lambda data: (_ for _ in ()).throw(OSError(28, "No space left"))
    )
    for block in made[1:]:
        recorder.add_block(block)
    update = recorder.close()
    assert update is not None
    assert update.path.parent == tmp_path / "me" / "tremorscope-recordings"
    assert "goes on in" in update.problem
    assert sum(len(s) for s in recordings.read(update.path).samples) == 300


def test_a_folder_that_cannot_be_recorded_into_is_told_and_the_session_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result, got = run([SimulatedSource(script=(rest(6.0),), speed=0)], record_to=tmp_path / "file")
    problems = [m.problem for m in got if isinstance(m, session.RecordingUpdate)]
    assert "choose another folder" in problems[0]
    assert len(result.analyses["simulated"].frames) > 0


@pytest.mark.parametrize(("labels", "message"), [([], "at least one"), (["a", "a"], "different labels")])
def test_sources_must_be_there_and_differ(labels: list[str], message: str) -> None:
    with pytest.raises(InputError, match=message):
        session.LiveSession([Scripted([], label=x) for x in labels], sink=lambda m: None)


def test_advice_needs_an_analysis_and_an_analysis_samples() -> None:
    with pytest.raises(InputError, match="no analysis"):
        session.make_advice({})
    with pytest.raises(InputError, match="no samples"):
        session.analyze_recording(recordings.Recording(path=None, format="t", samples=[], rate_hz=1.0))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_watcher_that_fails_leaves_no_open_recording(tmp_path: Path) -> None:
    def sink(message: Any) -> None:
        if isinstance(message, session.SegmentUpdate):
            raise OSError

    still_g = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (1000, 1))
    live = session.LiveSession([Scripted(blocks(still_g))], sink=sink, record_to=tmp_path)
    live.start()
    assert live.join(60)
    # The worker's own end comes a little later; its error must not fall into the next test.
    live._worker.join(60)
    assert not live.running
    (path,) = tmp_path.glob("*.mcap")
    assert recordings.read(path).samples
    assert not list(tmp_path.glob("*.part"))
    with pytest.raises(dsp.TremorscopeError):
        live.stop()


def test_freed_memory_is_given_back_every_ten_minutes_of_a_session(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[float] = []
    monkeypatch.setattr("session.engine.ONCE_A_SECOND_S", 0.0)
    monkeypatch.setattr("session.tidy.EVERY_S", 20.0)
    monkeypatch.setattr("session.tidy.give_back", lambda: given.append(0.0))
    source = SimulatedSource(speed=0.0, loop=False)
    running = session.LiveSession([source], sink=lambda _: None)
    running.start()
    assert running.join(60.0)
    assert running.result is not None
    whole_s = running.result.analyses["simulated"].duration_s
    assert len(given) == int(whole_s / 20.0)


def test_giving_memory_back_harms_nothing_where_it_cannot_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    tidy.give_back()
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    tidy._trim.cache_clear()
    tidy.give_back()
    tidy._trim.cache_clear()
