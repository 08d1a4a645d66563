"""The simulated limb: what it plays is what its truth says."""

import threading
from itertools import pairwise

import numpy as np
import pytest

from dsp import EventLabel, InputError, State
from sensor import Block, LinkChange, LinkState, SourceMessage, Status
from sensor.simulated import SCRIPTS, SIMULATED, SimulatedSource, simulate
from sensor.simulated.joint import Joint, minimum_jerk, twitch_pulse
from sensor.simulated.script import hold, rest, slow


def joint() -> Joint:
    return Joint(resonance_hz=6.0, damping=0.15, delay_s=0.05, twitch_s=0.06)


def test_below_the_critical_gain_a_kick_dies_out_and_above_it_the_beat_feeds_itself() -> None:
    critical = joint().critical_gain()
    kick = np.zeros(6000)
    kick[:50] = 50.0
    calm = joint().swing(kick, gain=0.5 * critical)
    beating = joint().swing(kick, gain=3.0 * critical, strength=1.0, rectified=True)
    assert np.abs(calm[-1000:]).max() < 1e-3 * np.abs(calm).max()
    assert np.abs(beating[-1000:]).max() > 0.2 * np.abs(beating[2000:3000]).max() > 0


def test_minimum_jerk_begins_and_ends_at_rest() -> None:
    path = minimum_jerk(np.linspace(-0.1, 1.1, 500))
    assert path[0] == 0.0
    assert path[-1] == pytest.approx(1.0)
    assert (np.diff(path) >= -1e-12).all()


def test_a_twitch_pulse_peaks_at_one_after_its_time_constant() -> None:
    pulse = twitch_pulse(1.0, 0.05, 0.001)
    assert pulse.max() == pytest.approx(1.0)
    assert int(pulse.argmax()) == 50


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_truth_covers_the_whole_session_without_holes(name: str) -> None:
    found = simulate(SCRIPTS[name], seed=3, rate_hz=52.0)
    assert found.spans[0].start_s == 0.0
    assert found.spans[-1].end_s == pytest.approx(len(found.xyz_g) / 52.0, abs=0.1)
    for a, b in pairwise(found.spans):
        assert a.end_s == pytest.approx(b.start_s)
        assert a.label is not b.label


def test_the_samples_have_gravity_noise_and_the_steps_of_a_real_part() -> None:
    found = simulate((rest(20.0),), seed=1, rate_hz=104.0)
    size = np.linalg.norm(found.xyz_g, axis=1)
    assert size.mean() == pytest.approx(1.0, abs=0.05)
    assert 0.001 < found.xyz_g.std(axis=0).max() < 0.01
    counts = found.xyz_g / 0.000244
    assert np.abs(counts - np.round(counts)).max() < 0.01


def test_the_same_seed_gives_the_same_samples_and_another_one_another_limb() -> None:
    a, b, c = (simulate((rest(3.0),), seed=s).xyz_g for s in (1, 1, 2))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


def test_tremor_in_a_hold_has_the_size_and_growth_asked_for() -> None:
    found = simulate((rest(4.0), slow(), hold(70.0, tremor_from_s=5.0, tremor_mg=20.0, growth_db_per_min=12.0)), seed=5)
    span = next(s for s in found.spans if s.label is State.TREMOR)
    rate = found.rate_hz
    early, late = (
        found.xyz_g[round((at) * rate) : round((at + 8) * rate)] for at in (span.start_s + 3, span.end_s - 9)
    )
    rms = [float(np.sqrt(((x - x.mean(axis=0)) ** 2).sum(axis=1).mean())) for x in (early, late)]
    assert 0.010 < rms[0] < 0.045
    assert rms[1] / rms[0] == pytest.approx(10 ** (12 * 55 / 60 / 20), rel=0.5)


def test_kicks_in_a_stretch_are_reflex_jerks_and_at_rest_twitches() -> None:
    found = simulate(SCRIPTS["demo"], seed=0)
    labels = [e.label for e in found.events]
    assert labels == [EventLabel.TWITCH, EventLabel.REFLEX_JERK, EventLabel.REFLEX_JERK]
    assert all(h.degrees == pytest.approx(30.0) for h in found.holds)


@pytest.mark.parametrize(("script", "rate_hz"), [((), 100.0), ((rest(1.0),), 0.0), ((rest(1.0),), -5.0)])
def test_an_empty_script_or_no_rate_is_refused(script: tuple[object, ...], rate_hz: float) -> None:
    with pytest.raises(InputError, match="rate"):
        simulate(script, rate_hz=rate_hz)  # type: ignore[arg-type]


def play(source: SimulatedSource, enough: int = 10**9) -> list[SourceMessage]:
    got: list[SourceMessage] = []
    done = threading.Event()

    def sink(message: SourceMessage) -> None:
        got.append(message)
        if isinstance(message, LinkChange) and message.state is LinkState.STOPPED:
            done.set()
        if sum(isinstance(m, Block) for m in got) >= enough:
            done.set()

    source.start(sink)
    assert done.wait(30)
    source.stop()
    return got


def test_the_source_delivers_every_sample_of_the_script_then_says_that_it_ended() -> None:
    script = (rest(3.0),)
    got = play(SimulatedSource(script=script, speed=0, seed=4))
    blocks = [m for m in got if isinstance(m, Block)]
    assert np.array_equal(np.concatenate([b.xyz_g for b in blocks]), simulate(script, seed=4).xyz_g)
    assert [m.state for m in got if isinstance(m, LinkChange)] == [
        LinkState.CONNECTING,
        LinkState.STREAMING,
        LinkState.STOPPED,
    ]
    assert sum(isinstance(m, Status) for m in got) == 3
    first = blocks[0]
    assert first.counts is not None
    assert first.scale_g is not None
    assert np.array_equal((first.counts * first.scale_g).astype(np.float32), first.xyz_g)


def test_a_looping_source_goes_on_in_time_until_it_is_stopped() -> None:
    source = SimulatedSource(script=(rest(0.5),), speed=0, loop=True, label="left")
    got = play(source, enough=20)
    starts = [m.start_s for m in got if isinstance(m, Block)]
    assert starts == sorted(starts)
    assert starts[-1] > 0.5
    assert source.label == "left"
    assert source.info == SIMULATED
    assert source.nominal_hz == 104.0


def test_a_slow_source_stops_at_once() -> None:
    source = SimulatedSource(script=(rest(60.0),), speed=0.5)
    got = play(source, enough=1)
    assert sum(isinstance(m, Block) for m in got) <= 2


def test_a_source_refuses_a_bad_speed_and_a_second_start() -> None:
    with pytest.raises(InputError, match="speed"):
        SimulatedSource(speed=-1.0)
    source = SimulatedSource(script=(rest(0.2),), speed=0)
    play(source)
    with pytest.raises(InputError, match="started already"):
        source.start(lambda message: None)
