"""What a live session puts aside on the disk, and gets back at its end."""

import tempfile
from typing import Any

import numpy as np
import pytest

import dsp
from dsp import Placement, Side
from sensor import Block
from sensor.simulated import SCRIPTS, simulate
from session import spool
from session.stream import SensorStream

RATE_HZ = 104.0


def streamed(xyz_g: np.ndarray, *, restart_at: int | None = None) -> SensorStream:
    stream = SensorStream(label="left", placement=Placement.CALF, side=Side.LEFT, emit=lambda _: None, settle_s=0.0)
    for at in range(0, len(xyz_g), 26):
        since = 0 if restart_at is None or at < restart_at else restart_at
        anew = restart_at is not None and at == restart_at
        stream.add(
            Block(
                sensor="left",
                xyz_g=xyz_g[at : at + 26],
                start_s=(at - since) / RATE_HZ,
                rate_hz=RATE_HZ,
                missing_before=-1 if anew else 0,
            )
        )
    return stream


@pytest.fixture(scope="module")
def demo_g() -> np.ndarray:
    return simulate(SCRIPTS["demo"], seed=3, rate_hz=RATE_HZ).xyz_g


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool, "BLOCK_FRAMES", 16)


def assert_complete(found: dsp.Analysis | None, xyz_g: np.ndarray) -> None:
    whole = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf", keep_spectra=False)
    assert found is not None
    assert found.frames.tobytes() == whole.frames.tobytes()
    assert found.frames_kept
    assert found.frames.flags.writeable
    assert repr(found.segments) == repr(whole.segments)
    assert any(s.evidence for s in found.segments)
    assert found.findings.tremor_s == whole.findings.tremor_s


@pytest.mark.usefixtures("small_blocks")
def test_what_waited_on_the_disk_comes_back_whole(demo_g: np.ndarray) -> None:
    stream = streamed(demo_g)
    assert stream._spool.on_disk > 100 * dsp.FRAME_DTYPE.itemsize
    assert stream._spool.in_memory < 16 * dsp.FRAME_DTYPE.itemsize
    stream.finish()
    assert_complete(stream.longest, demo_g)


def test_a_short_session_never_touches_the_disk(demo_g: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    stream = streamed(demo_g)
    stream.finish()
    assert_complete(stream.longest, demo_g)


@pytest.mark.usefixtures("small_blocks")
def test_a_disk_that_takes_no_more_loses_nothing(demo_g: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[bytes] = []

    class Filling:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __getattr__(self, name: str) -> Any:
            return getattr(self.file, name)

        def write(self, block: bytes) -> int:
            written.append(block)
            return int(self.file.write(block)) if len(written) < 5 else 7

    real = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **how: Filling(real(**how)))
    stream = streamed(demo_g)
    assert len(written) == 5
    stream.finish()
    assert_complete(stream.longest, demo_g)


@pytest.mark.usefixtures("small_blocks")
def test_of_a_sensor_whose_clock_began_anew_the_longest_part_is_kept(demo_g: np.ndarray) -> None:
    at = len(demo_g) // 3 // 26 * 26
    stream = streamed(demo_g, restart_at=at)
    stream.finish()
    assert_complete(stream.longest, demo_g[at:])
