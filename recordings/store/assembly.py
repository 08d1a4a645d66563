"""How the packets of one sensor are put together again."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp import Quality, Samples, TimeSource
from recordings.store.content import PacketAt
from recordings.store.timeline import Timeline

PACK_PIECES = 1024
"""Packets whose samples are copied together at once."""


@dataclass(slots=True, eq=False)
class Assembly:
    """One sensor while its packets are put together.

    Attributes
    ----------
    timeline
        Its runs.
    clipped
        Packets that hold samples at the end of the sensor's range.
    scale_g
        Weight of one count; 0 where the sensor gives g.
    """

    timeline: Timeline = field(default_factory=Timeline)
    clipped: int = 0
    scale_g: float = 0.0
    _parts: list[list[NDArray[np.float32]]] = field(default_factory=list)
    _sources: set[TimeSource] = field(default_factory=set)
    _pieces: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, at: PacketAt) -> None:
        """Take the next packet."""
        p = at.packet
        xyz_g = at.xyz_g
        begins = self.timeline.add(
            start_s=p.start_s, samples=len(xyz_g), rate_hz=p.rate_hz, missing_before=p.missing_before,
            sequence=at.sequence,
        )  # fmt: skip
        if begins:
            self._pack()
            self._parts.append([])
        self._pieces.append(xyz_g)
        if len(self._pieces) >= PACK_PIECES:
            self._pack()
        self._sources.add(p.time_source)
        self.clipped += p.clipped
        self.scale_g = p.scale_g or self.scale_g

    def add_time(self, at: PacketAt) -> None:
        """Take only the time of the next packet, where nobody wants the samples."""
        p = at.packet
        self.timeline.add(
            start_s=p.start_s, samples=p.samples, rate_hz=p.rate_hz, missing_before=p.missing_before,
            sequence=at.sequence,
        )  # fmt: skip

    def runs(self, label: str, *, origin_s: float, rate_hz: float, zero_ns: int) -> list[Samples]:
        """Give the gap-free runs.

        Parameters
        ----------
        label
            Of the sensor.
        origin_s
            Where the recording begins on the session's clock.
        rate_hz
            The rate that all runs share.
        zero_ns
            UTC of time 0 on the session's clock.
        """
        self._pack()
        source = next((s for s in (TimeSource.NOMINAL, TimeSource.HOST) if s in self._sources), TimeSource.DEVICE)
        runs: list[Samples] = []
        for planned, parts in zip(self.timeline.runs, self._parts, strict=True):
            start_s = planned.start_s - origin_s
            if runs:
                start_s = max(start_s, runs[-1].end_s)
            run = Samples(
                xyz_g=np.concatenate(parts),
                rate_hz=rate_hz,
                start_s=start_s,
                start_ns=zero_ns + round((start_s + origin_s) * 1e9),
                sensor=label,
                quality=Quality(time_source=source),
            )
            runs.append(run)
        return runs

    def _pack(self) -> None:
        # Pieces are views that keep whole chunks alive; a night of them would be four times its samples.
        if self._pieces:
            self._parts[-1].append(np.concatenate(self._pieces))
            self._pieces.clear()
