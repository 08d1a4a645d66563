"""Recordings made for the tests."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from dsp import Placement, Samples, Side
from recordings import Recording


def made_recording(*, rate_hz: float = 100.0, seconds: float = 20.0, gap_s: float = 0.0, seed: int = 0) -> Recording:
    """Noise around 1 g, whole or with one gap in the middle."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate_hz)
    xyz_g = (rng.normal(scale=0.05, size=(n, 3)) + [0.1, 0.0, 0.99]).astype(np.float32)
    half = n // 2
    runs = [Samples(xyz_g=xyz_g, rate_hz=rate_hz)]
    if gap_s:
        runs = [
            Samples(xyz_g=xyz_g[:half], rate_hz=rate_hz),
            Samples(xyz_g=xyz_g[half:], rate_hz=rate_hz, start_s=half / rate_hz + gap_s),
        ]
    return Recording(
        path=None, format="test", samples=runs, rate_hz=rate_hz, nominal_hz=rate_hz, placement=Placement.CALF,
        side=Side.LEFT, device="test device", start_ns=1_700_000_000_000_000_000,
    )  # fmt: skip


@pytest.fixture
def recording() -> Callable[..., Recording]:
    """Maker of recordings."""
    return made_recording


@pytest.fixture(scope="session")
def store() -> ModuleType:
    """What the tests of the store share: `store_help.py` beside this file."""
    spec = importlib.util.spec_from_file_location("store_help", Path(__file__).with_name("store_help.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
