"""Replay: the same samples come out, at any speed, with pause, seek and loop."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

import dsp
import session
from dsp import InputError, Samples
from recordings import Recording
from sensor import Block, LinkChange, LinkState, SourceMessage


def recording(*, seconds: float = 4.0, rate_hz: float = 50.0, gap_s: float = 0.0) -> Recording:
    rng = np.random.default_rng(1)
    n = round(seconds * rate_hz)
    first = Samples(xyz_g=rng.normal(size=(n, 3)).astype(np.float32), rate_hz=rate_hz)
    runs = [first]
    if gap_s:
        later = Samples(xyz_g=rng.normal(size=(n, 3)).astype(np.float32), rate_hz=rate_hz, start_s=first.end_s + gap_s)
        runs.append(later)
    return Recording(path=None, format="test", samples=runs, rate_hz=rate_hz)


class Collector:
    def __init__(self) -> None:
        self.messages: list[SourceMessage] = []
        self.ended = threading.Event()

    def __call__(self, message: SourceMessage) -> None:
        self.messages.append(message)
        if isinstance(message, LinkChange) and message.state is LinkState.STOPPED:
            self.ended.set()

    @property
    def blocks(self) -> list[Block]:
        return [m for m in self.messages if isinstance(m, Block)]

    def wait(self, what: Callable[[], bool], timeout_s: float = 20.0) -> None:
        end = time.monotonic() + timeout_s
        while not what():
            assert time.monotonic() < end, "nothing came in time"
            time.sleep(0.005)


def test_every_sample_comes_out_once_and_unchanged() -> None:
    rec, got = recording(gap_s=1.0), Collector()
    source = session.ReplaySource(rec, speed=0)
    source.start(got)
    assert got.ended.wait(20)
    played = np.concatenate([b.xyz_g for b in got.blocks])
    assert np.array_equal(played, np.concatenate([r.xyz_g for r in rec.samples]))


def test_a_gap_is_told_in_missing_samples() -> None:
    rec, got = recording(gap_s=1.0), Collector()
    session.ReplaySource(rec, speed=0).start(got)
    assert got.ended.wait(20)
    assert [b.missing_before for b in got.blocks if b.missing_before] == [-1, 50]


def test_a_seek_goes_on_exactly_there_after_the_context(monkeypatch: pytest.MonkeyPatch) -> None:
    rec, got = recording(seconds=60.0), Collector()
    source = session.ReplaySource(rec, speed=0.25)
    source.start(got)
    got.wait(lambda: len(got.blocks) >= 1)
    source.seek(58.02)
    source.set_speed(0)
    assert got.ended.wait(20)
    context = [b for b in got.blocks if b.context]
    assert (context[0].start_s, context[0].missing_before) == (0.0, -1)
    assert np.array_equal(np.concatenate([b.xyz_g for b in context]), rec.samples[0].xyz_g[:2901])
    after = next(b for b in got.blocks if b.start_s > 50 and not b.context)
    assert after.start_s == pytest.approx(58.02)
    assert after.missing_before == 0
    assert np.array_equal(after.xyz_g, rec.samples[0].xyz_g[2901 : 2901 + len(after.xyz_g)])
    source.stop()


def shaky(*, seconds: float, gaps: bool = False, rate_hz: float = 50.0) -> Recording:
    """A leg that is still, moves, shakes and kicks, in turns."""
    rng = np.random.default_rng(7)
    n = round(seconds * rate_hz)
    t = np.arange(n) / rate_hz
    xyz = rng.normal(scale=0.002, size=(n, 3)) + [0.1, 0.2, 0.97]
    xyz[:, 0] += np.where(t % 40 > 25, 0.03 * np.sin(2 * np.pi * 6.3 * t), 0.0)
    xyz[:, 1] += np.where((t % 40 > 10) & (t % 40 < 16), 0.4 * np.sin(2 * np.pi * 0.4 * t), 0.0)
    for at in range(round(5 * rate_hz), n - 50, round(23 * rate_hz)):
        xyz[at : at + 6, 2] += 0.5 * np.hanning(6)
    xyz_g = xyz.astype(np.float32)
    edges = [0, n] if not gaps else [0, n // 3, n // 2, n]
    skipped = [0.0, 0.04, 7.013]
    runs = [
        Samples(xyz_g=xyz_g[a:b], rate_hz=rate_hz, start_s=a / rate_hz + sum(skipped[: i + 1]))
        for i, (a, b) in enumerate(zip(edges, edges[1:], strict=False))
    ]
    return Recording(path=None, format="test", samples=runs, rate_hz=rate_hz)


def played(
    rec: Recording, start_s: float, *, seek: bool
) -> tuple[np.ndarray, np.ndarray, list[dsp.Event], list[dsp.Segment]]:
    """Frames, spectra, events and segments that a session shows from `start_s` on."""
    messages: list[session.SessionMessage] = []
    source = session.ReplaySource(rec, speed=0.25 if seek else 0, start_s=0.0 if seek else start_s)
    running = session.LiveSession([source], sink=messages.append, placement=dsp.Placement.CALF)
    running.start()
    if seek:
        source.seek(start_s)
        source.set_speed(0)
    assert running.join(60)
    frames = [m for m in messages if isinstance(m, session.FramesUpdate)]
    rows = np.concatenate([f.frames for f in frames])
    psd = np.concatenate([f.psd for f in frames])
    late = rows["time_s"] >= start_s
    events = [m.event for m in messages if isinstance(m, session.EventUpdate) and not m.event.provisional]
    segments = [m.segment for m in messages if isinstance(m, session.SegmentUpdate) and m.segment.end_s > start_s]
    # What waited for the frames is told later than what came after it.
    return rows[late], psd[late], sorted((e for e in events if e.onset_s >= start_s), key=lambda e: e.onset_s), segments


@pytest.mark.parametrize("seek", [False, True])
@pytest.mark.parametrize("gaps", [False, True])
def test_the_analysis_after_a_seek_is_that_of_the_whole_recording_bit_for_bit(seek: bool, gaps: bool) -> None:
    rec = shaky(seconds=150.0, gaps=gaps)
    whole = dsp.analyze(rec.samples, placement="calf")
    assert whole.spectra is not None
    start_s = 71.37
    rows, psd, events, segments = played(rec, start_s, seek=seek)
    late = whole.frames["time_s"] >= start_s
    assert rows.tobytes() == whole.frames[late].tobytes()
    assert np.array_equal(psd, whole.spectra.psd[late], equal_nan=True)
    assert repr(events) == repr([e for e in whole.events if e.onset_s >= start_s])
    assert events
    # Segments that end later, the one that was going on at the position among them, whole.
    assert repr(segments) == repr([s for s in whole.segments if s.end_s > start_s])
    assert segments[0].start_s < start_s + 2.0


def test_a_long_way_into_a_recording_the_frames_are_the_same_but_for_rounding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import session.context as context
    import session.replay as replay

    rec = shaky(seconds=400.0, gaps=True, rate_hz=51.3)
    whole = dsp.analyze(rec.samples, placement="calf")
    assert whole.spectra is not None
    monkeypatch.setattr(replay, "context_start", lambda runs, at_s: context.context_start(runs, at_s, longest_s=90.0))
    for start_s in (140.0, 230.0, 330.0):
        rows, psd, events, _ = played(rec, start_s, seek=False)
        late = whole.frames["time_s"] >= start_s - 0.02
        wanted = whole.frames[late]
        assert len(rows) == len(wanted)
        for name in rows.dtype.names:
            if rows[name].dtype.kind == "U":
                assert np.array_equal(rows[name], wanted[name]), name
            else:
                # Of the time, half a sample: the grid begins elsewhere.
                slack = 0.5 / rec.rate_hz if name == "time_s" else 1e-5
                assert np.allclose(rows[name], wanted[name], rtol=2e-3, atol=slack, equal_nan=True), name
        assert np.allclose(psd, whole.spectra.psd[late], rtol=1e-3, atol=1e-12, equal_nan=True)
        assert len(events) == sum(e.onset_s >= start_s for e in whole.events)


@pytest.mark.parametrize("position_s", [0.0, 3.0, 10.5, 14.0, 14.07, 30.0, 60.0])
@pytest.mark.parametrize("longest_s", [0.0, 5.0, 12.0, 1000.0])
def test_the_context_begins_where_it_may(position_s: float, longest_s: float) -> None:
    from session.context import context_start

    def run(start_s: float, seconds: float) -> Samples:
        return Samples(xyz_g=np.zeros((round(seconds * 50), 3), np.float32), rate_hz=50.0, start_s=start_s)

    runs = [run(0.0, 10.0), run(10.04, 4.0), run(20.0, 40.0)]
    i, sample = context_start(runs, position_s, longest_s=longest_s)
    start_s = runs[i].start_s + sample / 50.0
    assert start_s <= position_s + 1e-6 or start_s == runs[i].start_s
    nothing_left = sample == len(runs[i])
    assert start_s >= position_s - longest_s - 1e-6 or (i, sample) == (0, 0) or nothing_left
    if sample and not nothing_left:
        origin_s = 0.0 if i < 2 else 20.0
        assert round((start_s - origin_s) * 50) % 25 == 0


def test_a_fault_while_playing_ends_the_session_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    import session.replay as replay

    monkeypatch.setattr(replay, "context_start", lambda runs, at_s: 1 / 0)
    messages: list[session.SessionMessage] = []
    running = session.LiveSession([session.ReplaySource(recording(), speed=0)], sink=messages.append)
    running.start()
    assert running.join(20)
    assert "fault" in running.stop().reason


def test_a_seek_while_paused_shows_nothing_before_it_is_resumed() -> None:
    rec, got = recording(seconds=30.0), Collector()
    source = session.ReplaySource(rec, speed=8.0)
    source.start(got)
    got.wait(lambda: len(got.blocks) >= 2)
    source.pause()
    source.seek(20.0)
    got.wait(lambda: any(b.context for b in got.blocks))
    time.sleep(0.1)
    assert not [b for b in got.blocks if b.start_s >= 20.0]
    assert source.position_s == 20.0
    source.set_speed(0)
    source.resume()
    assert got.ended.wait(20)
    assert source.position_s == pytest.approx(30.0)
    assert source.finished


def test_a_pause_holds_back_every_block_until_resumed() -> None:
    rec, got = recording(seconds=30.0), Collector()
    source = session.ReplaySource(rec, speed=8.0)
    source.start(got)
    got.wait(lambda: len(got.blocks) >= 2)
    source.pause()
    time.sleep(0.1)
    held = len(got.blocks)
    time.sleep(0.2)
    assert len(got.blocks) == held
    source.set_speed(0)
    source.resume()
    assert got.ended.wait(20)
    assert sum(len(b.xyz_g) for b in got.blocks) == len(rec.samples[0])


def test_a_loop_begins_again_at_the_start() -> None:
    got = Collector()
    source = session.ReplaySource(recording(seconds=0.5), speed=0, loop=True)
    source.start(got)
    got.wait(lambda: sum(b.start_s == 0.0 for b in got.blocks) >= 3)
    source.stop()
    assert got.ended.wait(20)


def test_a_range_is_played_exactly_and_looped() -> None:
    rec, got = recording(seconds=20.0, gap_s=1.0), Collector()
    source = session.ReplaySource(rec, speed=0, start_s=3.02, end_s=24.4)
    source.start(got)
    assert got.ended.wait(20)
    shown = np.concatenate([b.xyz_g for b in got.blocks if not b.context])
    assert np.array_equal(shown, np.concatenate([rec.samples[0].xyz_g[151:], rec.samples[1].xyz_g[:170]]))
    assert source.position_s == 24.4
    again = Collector()
    looping = session.ReplaySource(rec, speed=0, start_s=3.0, end_s=4.0, loop=True)
    looping.start(again)
    again.wait(lambda: sum(b.start_s == 3.0 for b in again.blocks if not b.context) >= 3)
    looping.stop()
    assert max(b.start_s for b in again.blocks) < 4.0
    for start_s, end_s in ((5.0, 5.0), (0.0, -1.0), (999.0, None)):
        with pytest.raises(InputError, match="nothing to play"):
            session.ReplaySource(rec, start_s=start_s, end_s=end_s)


def test_stopping_twice_is_harmless_and_nothing_follows() -> None:
    got = Collector()
    source = session.ReplaySource(recording(seconds=60.0), speed=1.0)
    source.start(got)
    source.stop()
    count = len(got.messages)
    source.stop()
    time.sleep(0.05)
    assert len(got.messages) == count


@pytest.mark.parametrize("speed", [0.1, 65.0, -1.0])
def test_a_speed_out_of_range_is_refused(speed: float) -> None:
    with pytest.raises(InputError, match="speed"):
        session.ReplaySource(recording(), speed=speed)


def test_an_empty_recording_is_refused() -> None:
    with pytest.raises(InputError, match="no samples"):
        session.ReplaySource(Recording(path=None, format="test", samples=[], rate_hz=50.0))


def test_a_source_cannot_be_started_twice() -> None:
    got = Collector()
    source = session.ReplaySource(recording(seconds=0.2), speed=0)
    source.start(got)
    with pytest.raises(InputError, match="started already"):
        source.start(got)
    assert got.ended.wait(20)
