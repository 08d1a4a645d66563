"""Past of a running session: pages of half a minute's views, read back from its recording."""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import dsp
import recordings
import session
from dsp import Placement, Samples, Side
from gui.model.drift import recorded_s, shown_s
from gui.model.rings import SpectrogramRing, TraceRing
from gui.model.stream import COLUMN_S, TOP_HZ, TRACE_S, WINDOW_S, StreamModel
from session import RecordingUpdate

PAGE_S = 120.0
LEAD_S = 30.0
"""Read before a page, so that the analysis has settled where it begins."""
TAIL_S = 2.0 * WINDOW_S
"""Read behind it, so that its last windows are whole and its last events confirmed."""
MOST_PAGES = 8
"""Two sensors, the page in view, those beside it, and where one came from; 0.7 MB each at 100 Hz."""


class PageKey(NamedTuple):
    """Which page: of a sensor, since its clock began, by number."""

    label: str
    begun_s: float
    number: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page:
    """Part of the past, with what the plots ask of a stream.

    Attributes
    ----------
    label
        The sensor's label.
    trace, spectrogram
        None where nothing was recorded.
    problem
        Why it could not be read; empty when it could.
    """

    label: str
    trace: TraceRing | None = None
    spectrogram: SpectrogramRing | None = None
    events: tuple[dsp.Event, ...] = ()
    bin_hz: float = 1.0 / WINDOW_S
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PageRequest:
    """All that reading a page takes, so that another thread can do it."""

    key: PageKey
    files: tuple[Path, ...]
    rate_hz: float
    placement: Placement
    side: Side
    drift: NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Past:
    """What can be looked back on beyond the newest minutes.

    Attributes
    ----------
    files
        Every file that the session has been recorded into, by its final name.
    since_s
        From when on it was recorded, seconds on the session's clock; None while nothing is.
    pages
        Those looked at last.
    """

    files: list[Path] = field(default_factory=list)
    since_s: float | None = None
    pages: OrderedDict[PageKey, Page] = field(default_factory=OrderedDict)

    def take(self, update: RecordingUpdate, now_s: float) -> None:
        """Take note of a file."""
        path = recordings.final_name(update.path)
        if path.suffix and path not in self.files:
            self.files.append(path)
            if self.since_s is None:
                self.since_s = now_s

    def page_at(self, stream: StreamModel, end_s: float) -> Page | None:
        """Find the page that shows the half minute before a time; None while it has not been read."""
        key = key_at(stream, end_s)
        if key in self.pages:
            self.pages.move_to_end(key)
        return self.pages.get(key)

    def wanted(self, streams: Iterable[StreamModel], end_s: float) -> PageRequest | None:
        """Say which page to read next: what is in view first, then what lies beside it."""
        streams = [s for s in streams if s.trace is not None]
        for step in (0, -1, 1):
            if step and any(self.pages[key_at(s, end_s)].problem for s in streams):
                return None  # what lies beside it cannot be read either, and once is enough to say so
            for stream in streams:
                key = key_at(stream, end_s + step * PAGE_S)
                # Not before it has all happened, and not before anything did.
                whole = key.begun_s < (key.number + 1) * PAGE_S and (key.number + 1) * PAGE_S + TAIL_S < stream.now_s
                if key not in self.pages and (whole or step == 0):
                    assert stream.trace is not None  # noqa: S101 - chosen so
                    return PageRequest(
                        key=key,
                        files=tuple(self.files),
                        rate_hz=stream.trace.rate_hz,
                        placement=stream.placement,
                        side=stream.side,
                        drift=stream.drift.table(),
                    )
        return None

    def put(self, key: PageKey, page: Page) -> None:
        """Keep a page; the one that nobody has looked at for longest makes room."""
        self.pages[key] = page
        while len(self.pages) > MOST_PAGES:
            self.pages.popitem(last=False)

    def try_again(self) -> None:
        """Forget the pages that could not be read."""
        for key in [k for k, page in self.pages.items() if page.problem]:
            del self.pages[key]


def key_at(stream: StreamModel, end_s: float) -> PageKey:
    """Name the page that shows the half minute before a time."""
    return PageKey(stream.label, stream.first_s or 0.0, int(end_s // PAGE_S))


def read_page(asked: PageRequest, read: Callable[[Path, str, float, float], list[Samples]]) -> Page:
    """Read a page and analyse it.

    Parameters
    ----------
    asked
        Which one.
    read
        Reads the samples of a sensor from a file, between two times of the recording.
    """
    label, begun_s, number = asked.key
    begin_s, end_s = max(begun_s, number * PAGE_S - TRACE_S - LEAD_S), (number + 1) * PAGE_S + TAIL_S
    from_s, until_s = recorded_s(asked.drift, begin_s), recorded_s(asked.drift, end_s)
    runs = [_as_shown(run, asked.drift) for path in asked.files for run in read(path, label, from_s, until_s)]
    found = session.look_back(runs, rate_hz=asked.rate_hz, placement=asked.placement, side=asked.side)
    if found is None:
        return Page(label=label)
    trace = TraceRing(len(found.motion_g) / asked.rate_hz, asked.rate_hz)
    trace.add(found.start_s, found.motion_g)
    bin_hz = float(found.freq_hz[1] - found.freq_hz[0])
    bins = min(int(TOP_HZ / bin_hz) + 1, len(found.freq_hz))
    spectrogram = SpectrogramRing(end_s - begin_s, COLUMN_S, bins)
    for time_s, psd in zip(found.time_s.tolist(), found.psd, strict=True):
        spectrogram.add(time_s, psd)
    return Page(label=label, trace=trace, spectrogram=spectrogram, events=found.events, bin_hz=bin_hz)


def _as_shown(run: Samples, drift: NDArray[np.float64]) -> Samples:
    return Samples(
        xyz_g=run.xyz_g, rate_hz=run.rate_hz, start_s=shown_s(drift, run.start_s), sensor=run.sensor,
        quality=run.quality,
    )  # fmt: skip
