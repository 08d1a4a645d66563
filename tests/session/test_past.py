"""An earlier span of a session, read back and analysed."""

import numpy as np
import pytest

import dsp
import session
from dsp import Placement, Samples, Side
from sensor.simulated import simulate
from sensor.simulated.script import fast, hold, release, rest
from tests.session.test_live_session import Scripted, blocks, run

SCRIPT = (rest(40.0), fast(), hold(14.0, rhythm=(3.0, 10.0)), release(), rest(40.0))


def test_a_span_shows_what_the_whole_session_shows() -> None:
    xyz_g = simulate(SCRIPT, seed=2, rate_hz=100.0).xyz_g
    whole = dsp.analyze(xyz_g, rate_hz=100.0, placement=Placement.CALF, side=Side.LEFT)
    part = Samples(xyz_g=xyz_g[1000:8000], rate_hz=100.0, start_s=10.0)
    found = session.look_back([part], rate_hz=100.0, placement=Placement.CALF, side=Side.LEFT)
    assert found is not None
    assert found.start_s == 10.0
    assert len(found.motion_g) == 7000
    assert [(e.onset_s, e.label) for e in found.events] == [
        (pytest.approx(e.onset_s, abs=0.02), e.label) for e in whole.events
    ]
    assert found.events
    assert whole.spectra is not None
    i, k = (int(np.argmin(np.abs(t - 45.0))) for t in (found.time_s, whole.spectra.time_s))
    assert np.allclose(found.psd[i], whole.spectra.psd[k], rtol=1e-3, atol=1e-12)


def test_missing_time_is_a_hole_and_the_later_of_two_runs_counts() -> None:
    flat = np.tile(np.float32([0, 0, 1]), (1000, 1))
    runs = [Samples(xyz_g=flat, rate_hz=100.0, start_s=s) for s in (0.0, 15.0, 18.0)]
    found = session.look_back(runs, rate_hz=100.0, placement=Placement.CALF, side=Side.LEFT)
    assert found is not None
    missing = np.isnan(found.motion_g[:, 0])
    assert missing[1000:1500].all()
    assert not missing[:1000].any()
    assert len(missing) == 2800
    assert session.look_back([], rate_hz=100.0, placement=Placement.CALF, side=Side.LEFT) is None


def test_samples_say_how_far_the_recording_runs_ahead_of_the_live_clock() -> None:
    xyz_g = simulate((rest(60.0),), seed=1, rate_hz=100.0).xyz_g
    sent = blocks(xyz_g[:300])
    # After the rate has been settled on, the sensor's clock turns out to be 1 % slower.
    sent += blocks(xyz_g[300:5300], start_s=3.0, rate=99.0)
    _, got = run([Scripted(sent)])
    ahead_s = [m.recorded_ahead_s for m in got if isinstance(m, session.SampleUpdate)]
    assert abs(ahead_s[0]) < 1e-6
    assert ahead_s[-1] == pytest.approx(5000 / 99.0 - 50.0, abs=0.02)
