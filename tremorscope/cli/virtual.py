"""Virtual Bluetooth sensors for `tremorscope demo --radio`."""

from collections.abc import Iterator
from contextlib import contextmanager

import sensor


@contextmanager
def virtual_sources(script: str) -> Iterator[list[sensor.Source]]:
    """Yield a virtual strap that plays the simulated limb, reached through the whole radio path."""
    from sensor.simulated import SCRIPTS, SimulatedLimb
    from sensor.virtual import VirtualRadio

    limb = SimulatedLimb(SCRIPTS[script], seed=0, rate_hz=100.0)
    with VirtualRadio() as virtual:
        virtual.add_h10(limb)
        info = virtual.radio.scan(2.0)[0]
        yield [sensor.BleSource(virtual.radio, info, label="virtual strap")]
