"""Analyzer: samples in, in any chunks; frames, segments and events out, as soon as they are final."""

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dsp.errors import InputError
from dsp.extremes import extremes_of
from dsp.findings import Findings
from dsp.findings_builder import build_findings
from dsp.frames import FrameBatch
from dsp.grid import checked_rate, make_grid
from dsp.intake import Intake, Piece, checked_rows, checked_start
from dsp.labels import Placement, Side, State
from dsp.live import LiveTracker, provisional_event, without_data
from dsp.motion import Motion
from dsp.notes import quality_notes
from dsp.open_segment import Flags, OpenSegment
from dsp.packed import Packed
from dsp.parameters import load_worn_at
from dsp.plan import make_plan
from dsp.quality import ChannelWatch
from dsp.results import Analysis, Event, Hold, LiveState, Spectra
from dsp.run import Run
from dsp.segments import no_data
from dsp.spectra_room import SpectraRoom
from dsp.stuck import StuckWatch
from dsp.update import Handed, Update

LONGEST_PUSH = 589824
"""Rows worked on at once, so that the memory for a long recording does not grow with it."""
FLAGS_KNOWN_S = 2.0
"""So long after its end a segment is flagged with what was known then, whatever came later; the frame that ends it
lasts longer."""


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
    keep_frames
        Whether `result` carries the frames, and with them the spectra. Without them memory grows by segments, events
        and holds alone, and these are packed: the frames of the segment that is going on are held until it ends
        (1.5 MB an hour of it).
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
        keep_frames: bool = True,
        multitaper: bool = False,
    ) -> None:
        self.placement, self.side = Placement(placement), Side(side)
        self._parameters = load_worn_at(self.placement)
        self._grid = make_grid(checked_rate(rate_hz), self._parameters)
        self._plan = make_plan(self._grid, self._parameters)
        self._alone = load_worn_at(self.placement, alone=True)
        self._keep_spectra, self._keep_frames = keep_spectra and keep_frames, keep_frames
        self._multitaper = multitaper
        self._intake = Intake(self._grid.rate_hz, self._parameters)
        self._watch = ChannelWatch()
        self._stuck = StuckWatch(self._grid.rate_hz)
        self._motion = Motion()
        self._tracker = LiveTracker(self._grid, self._parameters)
        self._origin_s = 0.0
        self._run: Run | None = None
        self._finished = False
        self._open = OpenSegment(self._grid, self._parameters, keep_frames=keep_frames)
        self._events: Packed[Event] = Packed(pack=not keep_frames)
        self._newest_event: Event | None = None
        self._before: list[Event] = []
        self._holds: list[Hold] = []
        self._spectra = SpectraRoom(len(self._grid.freq_hz), keep=self._keep_spectra)
        self._covered_s = 0.0
        self._handed = Handed()
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
        psd = self._last_psd
        return np.concatenate(psd) if psd else np.empty((0, len(self.freq_hz)), np.float32)

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
        """What waits for the frames to name it or not, and the kick that has begun: none is confirmed yet."""
        if self._run is None:
            return ()
        event, jerks = provisional_event(self._run), self._run.jerks
        waiting = (*jerks.volleys.provisional, *jerks.swells.provisional)
        return waiting if event is None else (*waiting, event)

    @property
    def live(self) -> LiveState | None:
        """What is happening now; None before the first second is there."""
        if self._run is None:
            return None
        state = self._tracker.state(self._run, self._newest_event)
        if state is not None and self._intake.losing:
            # Nothing new comes by which the state could change.
            return without_data(state)
        if state is None or state.label is not State.TREMOR:
            return state
        reasons = self._open.tiring_reasons(self._run)
        # What makes it a fatigue tremor comes before what makes it a tremor.
        return replace(state, tiring=True, evidence=(*reasons, *state.evidence)) if reasons else state

    def expect(self, samples: int) -> None:
        """Make room for the result of so many samples at once; without this it grows as they come."""
        frames = samples // self._grid.hop + 1
        self._open.reserve(frames)
        self._spectra.reserve(frames)

    def push(self, xyz_g: ArrayLike, *, start_s: float | None = None) -> Update:
        """Take samples.

        Parameters
        ----------
        xyz_g
            float (n, 3), g, gravity in it or not; rows of NaN, or masked, are missing samples.
        start_s
            Time of the first row, seconds; None follows on. A later time is a gap.

        Returns
        -------
        Update
            What became final.

        Raises
        ------
        InputError
            Wrong shape or type, a time that is none or goes backwards, or after `finish`.
        """
        if self._finished:
            msg = "this analysis is finished; make a new Analyzer for more samples"
            raise InputError(msg)
        rows = checked_rows(xyz_g)
        if start_s is not None:
            self._jump(checked_start(start_s))
        self._motion.take(rows)
        for at in range(0, len(rows), LONGEST_PUSH):
            pushed_g = np.ascontiguousarray(rows[at : at + LONGEST_PUSH].T)
            extremes = extremes_of(pushed_g)
            axes_g = self._intake.usable(pushed_g, extremes)
            if axes_g is not pushed_g:
                extremes = extremes_of(axes_g)
            self._watch.take(axes_g, extremes)
            if releases := self._stuck.take(axes_g, self._intake.position):
                self._intake.begin_anew(releases)
            if self._intake.lacking:
                self._stuck.lack(self._intake.lacking)
            for piece in self._intake.take(axes_g, extremes):
                self._feed(piece)
        return self._hand_over()

    def finish(self) -> Update:
        """End the analysis: everything still open becomes final. A second call returns nothing new."""
        if not self._finished:
            self._finished = True
            self._end_run()
            self._note_gap(self._end_s())
        return self._hand_over()

    def result(self) -> Analysis:
        """Everything found so far; complete after `finish`."""
        frames = self._open.kept_frames(final=self._finished)
        spectra = None
        if self._keep_spectra:
            kind = "multi-taper (NW 2, K 3)" if self._multitaper else "Hann"
            window = f"{kind}, {self._grid.window / self.rate_hz:.3g} s, every {self._grid.hop / self.rate_hz:.3g} s"
            psd = self._spectra.result(last=self._finished)
            spectra = Spectra(freq_hz=self.freq_hz, psd=psd, time_s=frames["time_s"].copy(), window=window)
        return Analysis(
            rate_hz=self.rate_hz,
            duration_s=self._intake.position / self.rate_hz,
            placement=self.placement,
            frames=frames,
            frames_kept=self._keep_frames,
            segments=tuple(self._open.segments),
            events=tuple(sorted(self._events, key=_onset)),
            holds=self.holds,
            spectra=spectra,
            findings=self.findings(),
            quality=quality_notes(
                self._watch, self._stuck, self._intake, self._grid, self._origin_s, self._open.frame_count
            ),
            parameters_version=self._parameters.version,
        )

    def findings(self) -> Findings:
        """Give what the session has shown so far, in numbers."""
        return build_findings(
            segments=tuple(self._open.segments),
            events=tuple(sorted(self._events, key=_onset)),
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
                self._grid,
                self._parameters,
                start_s,
                self._plan,
                alone=self._alone,
                multitaper=self._multitaper,
                spectra=self._spectra,
                stuck=partial(self._stuck.shares, piece.index),
                ends=self._watch.ends,
                before=self._before,
            )
            self._open.start_s = start_s
        self._run.append(piece.axes_g, piece.filled, piece.extremes)
        self._absorb(self._run, self._run.advance())

    def _end_run(self) -> None:
        if self._run is None:
            return
        run, self._run = self._run, None
        self._absorb(run, run.finish())
        self._before = run.jerks.events
        self._holds += run.holds.holds
        end_s = run.start_s + run.stream.count / self.rate_hz
        self._open.end(end_s, run, self._flags_in(run))
        self._covered_s = end_s

    def _note_gap(self, until_s: float) -> None:
        if until_s - self._covered_s > 0.5 / self.rate_hz:
            self._open.add(no_data(self._covered_s, until_s, "no samples"))
        self._covered_s = until_s

    def _absorb(self, run: Run, batches: list[FrameBatch]) -> None:
        """Take what became final in a run."""
        if run.jerks.told:
            told = sorted(run.jerks.told, key=_onset)
            self._events.extend(told)
            # One that was held back is told after younger ones.
            self._newest_event = max((*told, *filter(None, [self._newest_event])), key=_onset, default=None)
            run.jerks.told.clear()
        # The newest two are still looked at: what bounces after an impact belongs to it.
        del run.jerks.events[:-2]
        for batch in batches:
            self._open.take(batch.frames, run, self._flags_in(run))
            self._handed.batches.append(batch)

    def _flags_in(self, run: Run) -> Flags:
        """Give what flags the segments of a run; of what its sensor gave after it they know nothing."""
        run_end, usual = self._row_at(run.start_s) + run.stream.count, self._watch.flags(self.rate_hz)
        if not self._stuck.suspects:
            return lambda _start_s, _end_s: usual

        def flags(start_s: float, end_s: float) -> tuple[str, ...]:
            known_by = min(self._row_at(end_s + FLAGS_KNOWN_S), run_end)
            return (*usual, *self._stuck.flags(self._row_at(start_s), self._row_at(end_s), known_by))

        return flags

    def _row_at(self, time_s: float) -> int:
        return round((time_s - self._origin_s) * self.rate_hz)

    def _hand_over(self) -> Update:
        update, self._last_psd = self._handed.over(self._open.segments, self._events)
        return update


def _onset(event: Event) -> float:
    return event.onset_s
