"""Analyzer: samples in, in any chunks; frames, segments and events out, as soon as they are final."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dsp.errors import InputError
from dsp.fatigue import RestBaseline, fatigue_evidence
from dsp.findings import Findings
from dsp.findings_builder import build_findings
from dsp.grid import TREMOR_RATE_HZ, make_grid
from dsp.growing import Growing
from dsp.intake import Intake, Piece, checked_rows
from dsp.labels import Placement, Side, State
from dsp.live import LiveTracker, provisional_event
from dsp.motion import Motion
from dsp.parameters import load_worn_at
from dsp.plan import make_plan
from dsp.quality import ChannelWatch
from dsp.results import (
    FRAME_DTYPE,
    RAW_FRAME,
    Analysis,
    Event,
    FatigueEvidence,
    Hold,
    LiveState,
    Segment,
    Spectra,
    Term,
    joined,
)
from dsp.run import FrameBatch, Run
from dsp.segments import make_segment

TIRING_REASONS = 2
"""Of the three reasons that a screen has room for."""
HOLD_KNOWN_S = 1.5
"""So long after its start a hold is known; evidence looks at what was known then, whatever came later."""
LONGEST_PUSH = 65536
"""Rows worked on at once, so that the memory for a long recording does not grow with it."""


class Update(NamedTuple):
    """What became final.

    Attributes
    ----------
    frames
        Rows of `dsp.FRAME_DTYPE`.
    segments
        Segments that ended.
    events
        Confirmed events.
    """

    frames: NDArray[np.void]
    segments: tuple[Segment, ...]
    events: tuple[Event, ...]


class Analyzer:
    """Analyses one sensor, live or from a file: the same samples give the same bits, however they are cut.

    Parameters
    ----------
    rate_hz
        Samples per second.
    placement
        Where it is worn: ``foot``, ``ankle``, ``calf``, ``thigh``, ``wrist``, ``trunk``, ``unknown``.
    side
        ``left``, ``right`` or ``unknown``.
    keep_spectra
        Whether `result` carries the spectra.
    multitaper
        Use multi-taper spectra (offline study of band power; no envelope and beat features).

    Raises
    ------
    RateError
        Below 5 Hz, or when the rate is not a number.
    """

    def __init__(
        self,
        rate_hz: float,
        placement: Placement | str = Placement.UNKNOWN,
        *,
        side: Side | str = Side.UNKNOWN,
        keep_spectra: bool = True,
        multitaper: bool = False,
    ) -> None:
        self.placement, self.side = _placement(placement), Side(side)
        self._parameters = load_worn_at(self.placement)
        self._grid = make_grid(float(rate_hz), self._parameters)
        self._plan = make_plan(self._grid, self._parameters)
        self._alone = load_worn_at(self.placement, alone=True)
        self._keep_spectra, self._multitaper = keep_spectra, multitaper
        self._intake = Intake(self._grid.rate_hz, self._parameters)
        self._watch = ChannelWatch()
        self._motion = Motion()
        self._tracker = LiveTracker(self._parameters)
        self._origin_s = 0.0
        self._run: Run | None = None
        self._finished = False
        self._frames = Growing((), RAW_FRAME)
        self._psd: list[NDArray[np.float32]] = []
        self._open_first = 0
        self._open_start_s = 0.0
        self._segments: list[Segment] = []
        self._rest = RestBaseline()
        self._events: list[Event] = []
        self._holds: list[Hold] = []
        self._tiring: tuple[Term, ...] = ()
        self._tiring_frames = (0, 0)
        self._taken_events = 0
        self._covered_s = 0.0
        self._fresh_frames: list[NDArray[np.void]] = []
        self._fresh_psd: list[NDArray[np.float32]] = []
        self._fresh_segments: list[Segment] = []
        self._fresh_events: list[Event] = []
        self._last_psd: list[NDArray[np.float32]] = []

    # -- what is asked of it ------------------------------------------------------------------------------------------

    @property
    def rate_hz(self) -> float:
        """Rate that windows and frequencies rest on."""
        return self._grid.rate_hz

    @property
    def freq_hz(self) -> NDArray[np.float64]:
        """Frequencies of the main spectra, (m,)."""
        return self._grid.freq_hz

    @property
    def last_motion_g(self) -> NDArray[np.float32]:
        """The samples pushed last without posture, (n, 3), g, for drawing."""
        return self._motion.newest

    @property
    def last_frames_psd(self) -> NDArray[np.float32]:
        """Spectra of the frames that became final last, (frames, m), g^2/Hz."""
        return np.concatenate(self._last_psd) if self._last_psd else np.empty((0, len(self.freq_hz)), np.float32)

    @property
    def holds(self) -> tuple[Hold, ...]:
        """Holds that have ended."""
        running = self._run.holds.holds if self._run is not None else []
        return (*self._holds, *running)

    @property
    def current_hold(self) -> Hold | None:
        """The hold that is going on; None outside a hold."""
        return self._run.holds.current if self._run is not None else None

    @property
    def provisional_events(self) -> tuple[Event, ...]:
        """The event that has begun and is not confirmed yet; at most one."""
        event = provisional_event(self._run) if self._run is not None else None
        return () if event is None else (event,)

    @property
    def live(self) -> LiveState | None:
        """What is happening now; None before the first second is there."""
        if self._run is None:
            return None
        state = self._tracker.state(self._run, self._events[-1] if self._events else None)
        if state is None or state.label is not State.TREMOR:
            return state
        reasons = self._tiring_reasons()
        # What makes it a fatigue tremor comes before what makes it a tremor.
        return replace(state, tiring=True, evidence=(*reasons, *state.evidence)) if reasons else state

    def _tiring_reasons(self) -> tuple[Term, ...]:
        """Fatigue evidence for the open segment, strongest first, none unless it is enough; looked at once a hop."""
        place = (self._open_first, len(self._frames))
        if place != self._tiring_frames:
            self._tiring_frames = place
            frames = self._open_frames()
            shaking = len(frames) > 0 and frames["label"][0] == State.TREMOR.value
            fatigue = self._fatigue(frames, self._open_start_s) if shaking else None
            terms = fatigue.terms if fatigue is not None and fatigue.is_fatigue else ()
            self._tiring = tuple(t for t in terms if t.value > 0)[:TIRING_REASONS]
        return self._tiring

    def push(self, xyz_g: ArrayLike, *, start_s: float | None = None) -> Update:
        """Take samples.

        Parameters
        ----------
        xyz_g
            float (n, 3), g, gravity in it or not; rows of NaN are missing samples.
        start_s
            Time of the first row, seconds; None follows on. A later time is a gap.

        Returns
        -------
        Update
            What became final.

        Raises
        ------
        InputError
            Wrong shape or type, time going backwards, or after `finish`.
        """
        if self._finished:
            msg = "this analysis is finished; make a new Analyzer for more samples"
            raise InputError(msg)
        rows = checked_rows(xyz_g)
        if start_s is not None:
            self._jump(start_s)
        self._motion.take(rows)
        for at in range(0, len(rows), LONGEST_PUSH):
            axes_g = self._intake.usable(np.ascontiguousarray(rows[at : at + LONGEST_PUSH].T))
            self._watch.take(axes_g)
            for piece in self._intake.take(axes_g):
                self._feed(piece)
        return self._drain()

    def finish(self) -> Update:
        """End the analysis: everything still open becomes final. A second call returns nothing new."""
        if not self._finished:
            self._finished = True
            self._end_run()
            self._note_gap(self._end_s())
        return self._drain()

    def result(self) -> Analysis:
        """Everything found so far; complete after `finish`."""
        frames = self._frames.kept.view(FRAME_DTYPE).copy()
        spectra = None
        if self._keep_spectra:
            psd = np.concatenate(self._psd) if self._psd else np.empty((0, len(self.freq_hz)), np.float32)
            kind = "multi-taper (NW 2, K 3)" if self._multitaper else "Hann"
            window = f"{kind}, {self._grid.window / self.rate_hz:.3g} s, every {self._grid.hop / self.rate_hz:.3g} s"
            spectra = Spectra(freq_hz=self.freq_hz, psd=psd, time_s=frames["time_s"].copy(), window=window)
        return Analysis(
            rate_hz=self.rate_hz,
            duration_s=self._intake.position / self.rate_hz,
            placement=self.placement,
            frames=frames,
            segments=tuple(self._segments),
            events=tuple(self._events),
            holds=self.holds,
            spectra=spectra,
            findings=self.findings(),
            quality=self._quality(),
            parameters_version=self._parameters.version,
        )

    def findings(self) -> Findings:
        """Give what the session has shown so far, in numbers."""
        return build_findings(
            segments=self._segments,
            events=self._events,
            holds=self.holds,
            duration_s=self._intake.position / self.rate_hz,
            gap_s=self._intake.missing / self.rate_hz,
            rate_hz=self.rate_hz,
            placement=self.placement,
            side=self.side,
            gravity_present=self._watch.gravity_present,
        )

    # -- how it works -------------------------------------------------------------------------------------------------

    def _jump(self, start_s: float) -> None:
        if self._intake.position == 0:
            self._origin_s = self._covered_s = start_s
            return
        behind = round((start_s - self._end_s()) * self.rate_hz)
        if behind < 0:
            msg = (
                f"samples from {start_s:.3f} s come after {self._end_s():.3f} s: time went backwards; "
                "sort the samples, or make a new Analyzer"
            )
            raise InputError(msg)
        self._intake.skip(behind)

    def _end_s(self) -> float:
        return self._origin_s + self._intake.position / self.rate_hz

    def _feed(self, piece: Piece) -> None:
        start_s = self._origin_s + piece.index / self.rate_hz
        if piece.new_run:
            self._end_run()
            self._note_gap(start_s)
        if self._run is None:
            self._run = Run(
                self._grid, self._parameters, start_s, self._plan, alone=self._alone, multitaper=self._multitaper
            )
            self._open_start_s = start_s
        self._run.append(piece.axes_g, piece.filled)
        self._absorb(self._run.advance())

    def _end_run(self) -> None:
        if self._run is None:
            return
        run = self._run
        self._absorb(run.finish())
        self._holds += run.holds.holds
        end_s = run.start_s + run.count / self.rate_hz
        if self._open_first < len(self._frames):
            self._close_segment(len(self._frames), end_s)
        else:
            self._add_segment(self._no_data(run.start_s, end_s, "too short to analyse"))
        self._covered_s = end_s
        self._run = None
        self._taken_events = 0

    def _note_gap(self, until_s: float) -> None:
        if until_s - self._covered_s > 0.5 / self.rate_hz:
            self._add_segment(self._no_data(self._covered_s, until_s, "no samples"))
        self._covered_s = until_s

    def _absorb(self, batches: list[FrameBatch]) -> None:
        """Take final frames: they extend the open segment or close it."""
        self._pull_events()
        for batch in batches:
            frames, known = batch.frames, len(self._frames)
            open_ = self._open_frames()
            self._frames.extend(frames.view(RAW_FRAME))
            self._fresh_frames.append(frames)
            self._fresh_psd.append(batch.psd)
            if self._keep_spectra:
                self._psd.append(batch.psd)
            labels, half_hop_s = frames["label"], 0.5 * self._grid.hop / self.rate_hz
            edges = (np.nonzero(labels[1:] != labels[:-1])[0] + 1).tolist()
            if len(open_) and open_["label"][-1] != labels[0]:
                edges = [0, *edges]
            for at in edges:
                self._close_segment(known + at, float(frames["time_s"][at]) - half_hop_s)

    def _open_frames(self, end: int | None = None) -> NDArray[np.void]:
        """Frames of the open segment, up to frame `end`; a view, good until the next frame."""
        return self._frames.part(self._open_first, end).view(FRAME_DTYPE)

    def _close_segment(self, end: int, end_s: float) -> None:
        """End the open segment before frame `end`."""
        frames = self._open_frames(end)
        start_s, self._open_first, self._open_start_s = self._open_start_s, end, end_s
        assert self._run is not None  # noqa: S101 - segments close before their run ends
        fatigue = self._fatigue(frames, start_s) if frames["label"][0] == State.TREMOR.value else None
        self._add_segment(
            make_segment(
                frames, start_s, end_s, self._run.weighed_by, fatigue=fatigue, flags=self._watch.flags(self.rate_hz)
            )
        )

    def _fatigue(self, frames: NDArray[np.void], start_s: float) -> FatigueEvidence:
        assert self._run is not None  # noqa: S101 - segments close before their run ends
        return fatigue_evidence(
            frames,
            start_s=start_s,
            hold_start_s=self._run.hold_start_at(start_s + HOLD_KNOWN_S),
            rest_rms_g=self._rest.rms_g,
            parameters=self._parameters,
        )

    def _add_segment(self, segment: Segment) -> None:
        self._segments.append(segment)
        self._rest.add(segment)
        self._fresh_segments.append(segment)

    def _no_data(self, start_s: float, end_s: float, why: str) -> Segment:
        nan = float("nan")
        return Segment(
            start_s=start_s,
            end_s=end_s,
            label=State.NO_DATA,
            confidence=1.0,
            runner_up=None,
            peak_hz=nan,
            peak_spread_hz=nan,
            rms_g=nan,
            displacement_mm=nan,
            flags=(why,),
        )

    def _pull_events(self) -> None:
        if self._run is None:
            return
        fresh = self._run.jerks.events[self._taken_events :]
        self._taken_events += len(fresh)
        self._events += fresh
        self._fresh_events += fresh

    def _drain(self) -> Update:
        frames = self._fresh_frames
        self._last_psd = self._fresh_psd
        segments, events = tuple(self._fresh_segments), tuple(self._fresh_events)
        self._fresh_frames, self._fresh_psd, self._fresh_segments, self._fresh_events = [], [], [], []
        return Update(frames[0] if len(frames) == 1 else joined(frames), segments, events)

    def _quality(self) -> tuple[str, ...]:
        notes = list(self._watch.notes())
        if self.rate_hz < TREMOR_RATE_HZ:
            notes.append(
                f"{self.rate_hz:g} Hz is too low for tremor: nothing above {self._grid.top_hz:.1f} Hz can be seen; "
                "set the sensor to 50 Hz or more"
            )
        if self._intake.missing:
            notes.append(
                f"{self._intake.missing} samples are missing ({self._intake.missing / self.rate_hz:.1f} s), "
                f"{len(self._intake.gaps)} gaps"
            )
        if self._intake.bad_values:
            notes.append(f"{self._intake.bad_values} samples were infinite or impossibly large and count as missing")
        if self._intake.zeroed:
            notes.append(
                f"{self._intake.zeroed} samples lack an axis that had held no value by then; it counts as zero there, "
                "and amplitudes are too small"
            )
        if not self._frames:
            notes.append("too short to analyse: at least a second without a gap is needed")
        return tuple(notes)


def _placement(placement: Placement | str) -> Placement:
    try:
        return Placement(placement)
    except ValueError:
        msg = f"{placement!r} is no placement; choose one of {', '.join(p.value for p in Placement)}"
        raise InputError(msg) from None
