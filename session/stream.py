"""One sensor's way through a session: blocks in, analysis out, as messages."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

import dsp
from dsp import Placement, Side
from sensor import Block
from session.messages import (
    EventUpdate,
    FramesUpdate,
    HoldUpdate,
    LiveUpdate,
    SampleUpdate,
    SegmentUpdate,
    SessionMessage,
)
from session.spool import Spool

SETTLE_S = 2.0
"""Samples wait this long before the first analysis, until the sensor's own clock has shown its true rate: assuming
52 Hz when the truth is 52.62 reads an 8.00 Hz tremor as 7.91 Hz."""
LONGEST_FILL_S = 10.0
"""A longer loss starts a new run at its own time instead of rows of missing samples, which bounds the memory."""


class SensorStream:
    """Analyses the blocks of one sensor and tells what became known.

    Parameters
    ----------
    label
        The sensor's label within the session.
    placement, side
        Where it is worn.
    emit
        Takes the messages.
    settle_s
        How long to wait for the rate; 0 where it is exact from the start (simulated limb, replay).

    Attributes
    ----------
    longest
        The longest analysis that is complete; a sensor whose clock began anew has had several. None before the end.
    """

    def __init__(
        self,
        *,
        label: str,
        placement: Placement,
        side: Side,
        emit: Callable[[SessionMessage], None],
        settle_s: float = SETTLE_S,
    ) -> None:
        self.label = label
        self.placement = placement
        self.side = side
        self._emit = emit
        self._settle_s = settle_s
        self._held: list[Block] = []
        self._held_s = 0.0
        self._analyzer: dsp.Analyzer | None = None
        self._spool = Spool()
        self._provisional: dict[float, dsp.Event] = {}
        self._hold_start_s: float | None = None
        self._next_s = 0.0
        self._live_time_s = -np.inf
        self.longest: dsp.Analysis | None = None

    @property
    def live(self) -> dsp.LiveState | None:
        """The state now; None before the first analysis."""
        return self._analyzer.live if self._analyzer is not None else None

    def add(self, block: Block) -> None:
        """Take the next block."""
        if self._analyzer is None:
            self._held.append(block)
            self._held_s += len(block.xyz_g) / block.rate_hz
            if self._held_s < self._settle_s:
                return
            self._release_held()
            return
        self._analyse(block)

    def finish(self) -> None:
        """End the stream: everything still open becomes final."""
        if self._analyzer is None and self._held:
            self._release_held()
        self._close_analyzer()

    def _release_held(self) -> None:
        held, self._held = self._held, []
        held[0] = replace(held[0], start_s=_settled_start_s(held))
        for block in held:
            self._analyse(block, rate_hz=held[-1].rate_hz)

    def _analyse(self, block: Block, rate_hz: float | None = None) -> None:
        restarted = block.missing_before < 0
        back = block.start_s < self._next_s - 0.5 / block.rate_hz
        if self._analyzer is not None and restarted and (back or block.context):
            # A seek, a loop, a new clock: what came before is complete.
            self._close_analyzer()
        if self._analyzer is None:
            self._analyzer = dsp.Analyzer(
                rate_hz=rate_hz or block.rate_hz, placement=self.placement, side=self.side, keep_frames=False
            )
            self._next_s = block.start_s
            self._push(block, block.xyz_g, start_s=block.start_s)
        elif restarted or block.missing_before > LONGEST_FILL_S * block.rate_hz:
            self._next_s = max(block.start_s, self._next_s)
            self._push(block, block.xyz_g, start_s=self._next_s)
        else:
            xyz_g = block.xyz_g
            if block.missing_before:
                missing = np.full((block.missing_before, 3), np.nan, np.float32)
                xyz_g = np.concatenate([missing, xyz_g])
            self._push(block, xyz_g)

    def _push(self, block: Block, xyz_g: NDArray[np.float32], start_s: float | None = None) -> None:
        """Analyse the samples of a block, with the missing ones before it among them."""
        analyzer = self._analyzer
        assert analyzer is not None  # noqa: S101 - both callers have just made sure
        update = analyzer.push(xyz_g, start_s=start_s)
        self._spool.add(update.frames)
        begin_s = self._next_s
        self._next_s += len(xyz_g) / analyzer.rate_hz
        if block.context:
            return
        self._emit(
            SampleUpdate(
                sensor=self.label,
                start_s=begin_s,
                rate_hz=analyzer.rate_hz,
                xyz_g=xyz_g,
                motion_g=analyzer.last_motion_g,
                recorded_ahead_s=block.start_s + len(block.xyz_g) / block.rate_hz - self._next_s,
            )
        )
        self._tell(update, analyzer)

    def _tell(self, update: dsp.Update, analyzer: dsp.Analyzer) -> None:
        for event in analyzer.provisional_events:
            if event.onset_s not in self._provisional:
                self._provisional[event.onset_s] = event
                self._emit(EventUpdate(sensor=self.label, event=event))
        for event in update.events:
            self._provisional.pop(event.onset_s, None)
            self._emit(EventUpdate(sensor=self.label, event=event))
        self._withdraw(analyzer)
        if len(update.frames):
            self._emit(
                FramesUpdate(
                    sensor=self.label, frames=update.frames, freq_hz=analyzer.freq_hz, psd=analyzer.last_frames_psd
                )
            )
        for segment in update.segments:
            self._emit(SegmentUpdate(sensor=self.label, segment=segment))
        self._tell_live(analyzer)

    def _withdraw(self, analyzer: dsp.Analyzer) -> None:
        still = {e.onset_s for e in analyzer.provisional_events}
        for onset_s in [o for o in self._provisional if o not in still]:
            self._emit(EventUpdate(sensor=self.label, event=self._provisional.pop(onset_s), withdrawn=True))

    def _tell_live(self, analyzer: dsp.Analyzer) -> None:
        live = analyzer.live
        if live is None or live.time_s <= self._live_time_s:
            return
        self._live_time_s = live.time_s
        self._emit(LiveUpdate(sensor=self.label, live=live))
        hold = analyzer.current_hold
        if hold is not None and hold.start_s != self._hold_start_s:
            self._hold_start_s = hold.start_s
            self._emit(HoldUpdate(sensor=self.label, hold=hold))
        elif hold is None and self._hold_start_s is not None:
            self._hold_start_s = None
            if analyzer.holds:
                self._emit(HoldUpdate(sensor=self.label, hold=analyzer.holds[-1]))

    def _close_analyzer(self) -> None:
        if self._analyzer is None:
            return
        last = self._analyzer.finish()
        self._spool.add(last.frames)
        self._tell(last, self._analyzer)
        found = self._analyzer.result()
        if self.longest is None or found.duration_s > self.longest.duration_s:
            self.longest = self._spool.completed(found)
        self._spool.close()
        self._spool, self._analyzer = Spool(), None
        self._provisional.clear()
        self._hold_start_s = None
        self._live_time_s = -np.inf


def _settled_start_s(held: list[Block]) -> float:
    """Say when the first of several blocks began, by the time of the last one.

    The first guess of a sensor's clock rests on one packet, which may have come late.
    """
    if any(block.missing_before < 0 for block in held[1:]):
        return held[0].start_s
    samples = sum(len(block.xyz_g) for block in held[:-1]) + sum(block.missing_before for block in held[1:])
    return held[-1].start_s - samples / held[-1].rate_hz
