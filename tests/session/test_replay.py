"""Replay: the same samples come out, at any speed, with pause, seek and loop."""

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

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


def test_a_seek_goes_on_exactly_there_as_a_restart() -> None:
    rec, got = recording(seconds=60.0), Collector()
    source = session.ReplaySource(rec, speed=0.25)
    source.start(got)
    got.wait(lambda: len(got.blocks) >= 1)
    source.seek(58.02)
    source.set_speed(0)
    assert got.ended.wait(20)
    after = next(b for b in got.blocks if b.start_s > 50)
    assert after.start_s == pytest.approx(58.02)
    assert after.missing_before == -1
    assert np.array_equal(after.xyz_g, rec.samples[0].xyz_g[2901 : 2901 + len(after.xyz_g)])
    source.stop()


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
