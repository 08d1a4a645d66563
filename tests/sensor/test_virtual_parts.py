"""The parts of a virtual sensor: motion, pace, clocks, encoders, and bleak's own backend contract."""

import asyncio
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dsp import InputError, MissingExtraError
from sensor.simulated.script import rest
from sensor.virtual import (
    CountingMotion,
    LimbMotion,
    Oscillator,
    PlayedMotion,
)
from sensor.virtual.pace import ManualPace, RealPace
from sensor.virtual.polar import encode_delta
from sensor.virtual.stream import NS_PER_S, Stream

ADDRESS = "F0:F1:F2:F3:F4:01"
START = bytes.fromhex("0202020108000001c80001011000")


def test_a_played_array_comes_back_unchanged_and_begins_again() -> None:
    xyz = np.arange(30.0).reshape(10, 3)
    motion = PlayedMotion(xyz, 50.0)
    assert np.array_equal(motion.read(8, 4, 50.0), xyz[[8, 9, 0, 1]])
    assert np.array_equal(PlayedMotion(xyz).read(0, 10, 123.0), xyz)


def test_another_rate_plays_what_lies_between() -> None:
    motion = PlayedMotion(np.arange(30.0).reshape(10, 3), 50.0)
    assert motion.read(0, 5, 100.0)[:, 0] == pytest.approx([0.0, 1.5, 3.0, 4.5, 6.0])


@pytest.mark.parametrize("shape", [(0, 3), (5, 2), (5,)])
def test_what_is_no_motion_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="shape"):
        PlayedMotion(np.zeros(shape))


def test_the_limb_plays_at_any_rate() -> None:
    limb = LimbMotion((rest(1.0),), seed=2)
    slow, fast = limb.read(0, 20, 50.0), limb.read(0, 80, 200.0)
    assert np.allclose(slow, fast[::4])
    assert np.linalg.norm(slow, axis=1).mean() == pytest.approx(1.0, abs=0.05)


@given(st.integers(0, 900_000), st.integers(1, 500))
def test_numbered_samples_tell_their_numbers(first: int, count: int) -> None:
    xyz = CountingMotion().read(first, count, 200.0).astype(np.float32)
    assert np.array_equal(CountingMotion.numbers(xyz), np.arange(first, first + count))


@settings(deadline=None)
@given(
    arrays(np.int64, st.tuples(st.integers(1, 80), st.just(3)), elements=st.integers(-32768, 32767)),
    st.integers(1, 40),
)
def test_delta_frames_hold_every_difference(counts: np.ndarray, block: int) -> None:
    data = encode_delta(counts, block=block)
    last = np.frombuffer(data[:6], "<i2").astype(np.int64)
    rows, at = [last], 6
    while at < len(data):
        width, count = data[at], data[at + 1]
        size = -(-width * count * 3 // 8)
        bits = int.from_bytes(data[at + 2 : at + 2 + size], "little")
        for i in range(count):
            values = [(bits >> ((3 * i + axis) * width)) & ((1 << width) - 1) for axis in range(3)]
            last = last + [v - (1 << width) if v >> (width - 1) else v for v in values]
            rows.append(last)
        at += 2 + size
    assert np.array_equal(np.array(rows), counts)


def test_a_stream_numbers_its_samples_on_one_grid_from_the_moment_of_switching_on() -> None:
    def make(now_s: float) -> Stream:
        clocks = Oscillator(rate_error=0.01, drift_ppm=100.0, zero_ns=500)
        return Stream(
            motion=CountingMotion(), rate_hz=100.0, samples=10, oscillator=clocks, born_ns=0, now_ns=round(now_s * 1e9)
        )

    early = make(0.0)
    packets = [early.next_packet() for _ in range(50)]
    assert [p.first for p in packets[:3]] == [1, 11, 21]
    assert packets[9].due_ns == pytest.approx(100 / 101.0 * NS_PER_S)
    assert packets[9].stamp_ns == pytest.approx(500 + packets[9].due_ns * (1 + 1e-4), abs=2)
    late = make(2.0).next_packet()
    assert late.first == 203
    assert CountingMotion.numbers(late.xyz_g)[0] == late.first
    assert late.due_ns > 2 * NS_PER_S


async def test_manual_time_stands_still_until_it_is_moved() -> None:
    pace = ManualPace()
    begin = pace.now_ns()
    woken: list[int] = []

    async def sleeper(after_ns: int) -> None:
        await pace.sleep_until(begin + after_ns)
        woken.append(after_ns)

    tasks = [asyncio.ensure_future(sleeper(n)) for n in (30, 10, 20, 0)]
    await asyncio.sleep(0.01)
    assert woken == [0]
    assert pace.next_due_ns == begin + 10
    pace.move_to(begin + 20)
    await asyncio.sleep(0.01)
    assert sorted(woken) == [0, 10, 20]
    tasks[0].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert pace.next_due_ns is None
    pace.move_to(begin)
    assert pace.now_ns() == begin + 20


async def test_real_time_passes_by_itself() -> None:
    pace = RealPace()
    due = pace.now_ns() + 5_000_000
    await pace.sleep_until(due)
    assert pace.now_ns() >= due


def test_only_a_manual_radio_can_be_advanced(on_air: Any) -> None:
    with pytest.raises(TypeError, match="manual"):
        on_air(manual=False).advance(1.0)


def test_without_bumble_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sensor.virtual as virtual

    for name in [n for n in sys.modules if n.partition(".")[0] == "bumble"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("air", "backend", "radio"):
        monkeypatch.delitem(sys.modules, f"sensor.virtual.{name}", raising=False)
    monkeypatch.setitem(sys.modules, "bumble", None)
    with pytest.raises(MissingExtraError, match=r"tremorscope\[virtual\]"):
        virtual.VirtualRadio  # noqa: B018
