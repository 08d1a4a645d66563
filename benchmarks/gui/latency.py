"""How long a packet takes to the pixel, through the whole session."""

import time
from pathlib import Path

import numpy as np

from benchmarks.gui.window import Timed, new_window, spin
from dsp import Placement, Side
from sensor import Block
from sensor.messages import Sink, SourceMessage
from sensor.simulated import SimulatedSource

LATENCY_LIMIT_MS = 150.0


class Stamped:
    """A source that notes when each block was handed over."""

    def __init__(self, inner: SimulatedSource) -> None:
        self.inner, self.handed = inner, [(0.0, 0.0)]

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def start(self, sink: Sink) -> None:
        def note(message: SourceMessage) -> None:
            if isinstance(message, Block):
                end_s = message.start_s + len(message.xyz_g) / message.rate_hz
                self.handed.append((end_s, time.perf_counter()))
            sink(message)

        self.inner.start(note)


def latency(app: Timed, folder: Path, seconds: float) -> None:
    window = new_window(app, folder)
    source = Stamped(SimulatedSource(label="left", loop=True))
    window.controller.start(
        [source], placement={"left": Placement.CALF}, side={"left": Side.LEFT}, title="Simulated limb"
    )
    window.show_page("show_live")
    drawn: list[tuple[float, float]] = []
    spin(app, 60.0, lambda: len(source.handed) > 1)

    def note() -> None:
        drawn.append((window.controller.model.stream.now_s, time.perf_counter()))

    app.after = note
    spin(app, seconds)
    app.after = lambda: None
    shown_s = np.array([s for s, _ in drawn])
    shown_at = np.array([t for _, t in drawn])
    found = []
    for end_s, at in source.handed[20:]:
        i = int(np.searchsorted(shown_s, end_s - 1e-6))
        # Paintings before the block was handed over cannot show it.
        i = max(i, int(np.searchsorted(shown_at, at)))
        if i < len(shown_at):
            found.append(1e3 * (shown_at[i] - at))
    ms = np.array(found)
    print(f"packet to pixel over {len(ms)} packets, through the whole session, with analysis")
    median, p99 = np.quantile(ms, (0.5, 0.99))
    print(
        f"| median {median:.0f} ms | p99 {p99:.0f} ms | at most {LATENCY_LIMIT_MS:.0f} ms | worst {ms.max():.0f} ms |"
    )
    window.close()
