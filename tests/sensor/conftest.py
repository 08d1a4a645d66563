"""What the tests of the sensor room share: a listener for a source's messages, and radios that leave no thread behind."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from sensor import BleSource, Block, LinkChange, LinkState, LinkTimes, SensorInfo, SourceMessage, Status

ADDRESS = "F0:F1:F2:F3:F4:01"
QUICK = LinkTimes(first_wait_s=0.01, longest_wait_s=0.05, watch_s=0.02, status_s=0.05)
PATIENCE_S = 30.0
"""How long a test waits for what must happen; the machine may be busy."""


def wait_for(condition: Callable[[], Any], what: str = "") -> None:
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"did not happen in {PATIENCE_S:g} s: {what or condition}"
        time.sleep(0.002)


class Listener:
    """A sink that keeps everything and can wait for it."""

    def __init__(self) -> None:
        self.messages: list[SourceMessage] = []

    def __call__(self, message: SourceMessage) -> None:
        self.messages.append(message)

    @property
    def blocks(self) -> list[Block]:
        return [m for m in list(self.messages) if isinstance(m, Block)]

    @property
    def links(self) -> list[LinkChange]:
        return [m for m in list(self.messages) if isinstance(m, LinkChange)]

    @property
    def states(self) -> list[LinkState]:
        return [m.state for m in self.links]

    @property
    def statuses(self) -> list[Status]:
        return [m for m in list(self.messages) if isinstance(m, Status)]

    @property
    def xyz_g(self) -> np.ndarray:
        blocks = self.blocks
        return np.concatenate([b.xyz_g for b in blocks]) if blocks else np.empty((0, 3), np.float32)

    def wait_for_state(self, state: LinkState, *, times: int = 1) -> LinkChange:
        wait_for(lambda: self.states.count(state) >= times, f"{times} x {state} in {self.states}")
        return [m for m in self.links if m.state is state][times - 1]

    def wait_for_blocks(self, count: int) -> None:
        wait_for(lambda: len(self.blocks) >= count, f"{count} blocks, {len(self.blocks)} came")


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def make_listener() -> Callable[[], Listener]:
    return Listener


@pytest.fixture(name="wait_for")
def wait_for_fixture() -> Callable[..., None]:
    return wait_for


@pytest.fixture
def no_threads_left() -> Iterator[None]:
    """Fails a test that leaves a thread behind."""
    before = set(threading.enumerate())
    yield
    left = [t.name for t in threading.enumerate() if t not in before and t.is_alive()]
    assert left == []


@pytest.fixture
def on_air(no_threads_left: None) -> Iterator[Callable[..., Any]]:
    """Puts virtual sensors on the air, with time standing still unless asked otherwise."""
    from sensor.virtual import VirtualRadio

    made: list[Any] = []

    def make(*sensors: Any, manual: bool = True, **options: Any) -> Any:
        virtual = VirtualRadio(sensors, manual=manual, **options)
        made.append(virtual.__enter__())
        return virtual

    yield make
    for virtual in made:
        virtual.__exit__(None, None, None)


@pytest.fixture
def begin(on_air: Any, listener: Any) -> Callable[..., Any]:
    """Put a virtual sensor on the air and start a source on it; a Polar H10 when none is given."""

    def make(sensor: Any = None, *, times: LinkTimes = QUICK, who: Any = None, **more: Any) -> Any:
        from sensor.virtual import VirtualH10

        sensor = sensor if sensor is not None else VirtualH10(address=ADDRESS)
        if who is None:
            who = SensorInfo(key=sensor.address, name=sensor.name, family=sensor.family)
        virtual = on_air(sensor)
        source = BleSource(virtual.radio, who, times=times, **more)
        source.start(listener)
        return virtual, sensor, source

    return make


@pytest.fixture
def streaming(begin: Any, wait_for: Any) -> Callable[..., Any]:
    """The same, once the sensor streams."""

    def make(*args: Any, **more: Any) -> Any:
        virtual, sensor, source = begin(*args, **more)
        wait_for(lambda: sensor.streaming, "the sensor streams")
        return virtual, sensor, source

    return make
