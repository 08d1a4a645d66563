"""Run: the analysis of one gap-free stretch of samples, whatever the chunks it comes in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import decision, features, kick_level, posture, spectra
from dsp.evidence import score
from dsp.grid import STEPS_PER_HOP, Grid, hann, psd_scaled
from dsp.growing import Growing
from dsp.jerks import JerkFinder
from dsp.kick import START_FLOOR_G, RunView, step_edges
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.plan import Plan, make_plan
from dsp.results import FRAME_DTYPE, NUMBERS, numbers_of
from dsp.sliding import Sliding, windows

Floats = NDArray[np.float32]
BATCH_HOPS = 1400
"""Hops worked on at once: so many that the calls do not count, so few that memory does not (measured)."""
LEVEL_BLOCK = 8192
"""Samples whose levels are computed at once, for the same reason."""
KEEP_S = 8.0
"""Samples behind the newest hop that events and windows may still look at."""
LOOK_BACK_STEPS = 600
"""Steps (60 s) behind the newest that are kept: the floor looks back 10 s, a frame 4 s, a kick 4 s before itself."""
FORGET_STEPS = 3000
"""Steps (5 min) that are forgotten at once, so that moving the rest costs nothing."""
COUNT_HOPS = 20
"""Hops (10 s) in which the size of the sensor's counts shows: each makes a change of one count likely (prior)."""
CLIP_FROM_G = 1.4
"""A value above this that repeats exactly stands at the end of the range (the smallest range in use is 1.5 g)."""
STATE_FIELDS = len(DECIDED)
"""The probabilities come first among the numbers of a frame, then the features."""
FEATURE_FIELDS = NUMBERS[STATE_FIELDS:-2]
"""All but the last two, which say how much is missing and clipped."""


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """Frames that became final, with their spectra."""

    frames: NDArray[np.void]
    psd: Floats


class Run:
    """One gap-free stretch of samples.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    start_s
        Time of the first sample.
    plan
        Of the grid; made when it is not given.
    alone
        Parameters for a run that is shorter than the window; `parameters` when they are not given.
    multitaper
        Whether to use multi-taper spectra.
    """

    def __init__(
        self,
        grid: Grid,
        parameters: Parameters,
        start_s: float,
        plan: Plan | None = None,
        *,
        alone: Parameters | None = None,
        multitaper: bool = False,
    ) -> None:
        self.grid, self.parameters, self.start_s = grid, parameters, start_s
        self.weighed_by = parameters
        self._alone = parameters if alone is None else alone
        self._multitaper = multitaper
        self._plan = plan if plan is not None else make_plan(grid, parameters)
        self.count = 0
        self._transformer = spectra.Transformer(grid, grid.psd_taper, self._plan.band)
        self._samples = Sliding(3, np.float32)
        self._centred = Sliding(3, np.float32)
        self._centre = np.zeros((3, 1), np.float32)
        self._filled = Sliding(1, bool)
        self._clipped = Sliding(1, bool)
        self._energy = Sliding(1, np.float32)
        self._slow = Sliding(1, np.float32)
        self._level = Sliding(1, np.float32)
        self._least_change_g = np.inf
        self._last_step = np.zeros((2, 1), np.float32)
        self._steps = 0
        self._hops = 0
        self._frames = 0
        self._step_energy = Growing((), np.float32)
        self._step_level = Growing((), np.float32)
        self._step_loud = Growing((), np.float32)
        self._step_mean = Growing((3,), np.float32)
        self._hop_floor = Growing((), np.float32)
        self._hop_least = Growing((), np.float32)
        self._hop_mean = Growing((3,), np.float32)
        self._hop_tilt = Growing((), np.float32)
        self._alpha = Growing((4,), np.float64)
        self._likelihood = Growing((4,), np.float64)
        self._emitted = 0
        self.rule = decision.make_filter(parameters, grid.hop / grid.rate_hz)
        self.jerks = JerkFinder(parameters, grid, start_s)
        self.holds = posture.HoldFinder(parameters, start_s, grid.hop / grid.rate_hz)
        self._view = RunView(parameters, grid, start_s)
        self._raw = Growing((len(FEATURE_FIELDS) + 2,), np.float32)
        self._waiting_psd = np.empty((0, len(grid.freq_hz)), np.float32)
        self._new_steps = (0, 0)

    def hold_start_at(self, time_s: float) -> float | None:
        """Start of the hold that was going on at `time_s`, as it was known then; None outside a hold."""
        return self.holds.start_at(int((time_s - self.start_s) * self.grid.rate_hz / self.grid.hop))

    # -- samples in -------------------------------------------------------------------------------------------------

    def append(self, axes_g: Floats, filled: NDArray[np.bool_] | None) -> None:
        """Take samples, an axis a row; `filled` marks interpolated ones (None: none). Analysis follows in `advance`."""
        known, n = self.count, axes_g.shape[1]
        if not n:
            return
        if not known:
            self._centre = axes_g[:, :1].copy()
        self._samples.grow(n)[:] = axes_g
        np.subtract(axes_g, self._centre, out=self._centred.grow(n))
        self._filled.grow(n)[0] = False if filled is None else filled
        self._clipped.grow(n)[0] = self._at_end(known, axes_g)
        self.count += n
        for at in range(known, self.count, LEVEL_BLOCK):
            self._update_levels(at, min(at + LEVEL_BLOCK, self.count))

    def _at_end(self, known: int, axes_g: Floats) -> NDArray[np.bool_] | bool:
        """Which new samples repeat one before them exactly, beyond what a limb at rest shows."""
        if axes_g.max() < CLIP_FROM_G and axes_g.min() > -CLIP_FROM_G:
            return False
        before = max(known - 1, 0)
        recent = self._samples.part(before, known + axes_g.shape[1])
        same = (recent[:, 1:] == recent[:, :-1]) & (np.abs(recent[:, 1:]) >= CLIP_FROM_G)
        at_end: NDArray[np.bool_] = same[0] | same[1] | same[2]
        # The very first sample has nothing before it.
        return at_end if known else np.concatenate([[False], at_end])

    def _update_levels(self, known: int, upto: int) -> None:
        """Bring energy and level, aligned with the samples, from sample `known` to before `upto`."""
        reach, need = 3 * self.grid.lag - 1, self.grid.smooth - 1
        rows = self._samples.part(max(0, known - reach), upto)
        if known < reach:
            # Before the first sample the limb is taken to have rested there.
            rows = np.concatenate([np.repeat(rows[:, :1], reach - known, axis=1), rows], axis=1)
        energy, slow = kick_level.difference_energies(rows, self.grid.lag)
        self._energy.grow(upto - known)[0] = energy
        self._slow.grow(upto - known)[0] = slow
        window = self._energy.part(max(0, known - need), upto)[0]
        if known < need:
            # Before the first sample nothing changed.
            window = np.concatenate([np.zeros(need - known, np.float32), window])
        self._level.grow(upto - known)[0] = kick_level.smoothed(window, self.grid.smooth)

    # -- what the live view asks --------------------------------------------------------------------------------------

    @property
    def steps(self) -> int:
        """Steps analysed."""
        return self._steps

    @property
    def candidate_step(self) -> int | None:
        """Step at which a burst that may become an event began; None without one."""
        step = self.jerks.candidate_step
        return None if step is None else step + self._view.first_step

    def highest_level_since(self, step: int) -> float:
        """Largest level of the jerk path from a step on, g."""
        return float(self._step_level.part(step).max())

    def recent_step_rms(self, steps: int) -> Floats:
        """Level of the jerk path in the newest steps, g."""
        return np.asarray(np.sqrt(self._step_energy.newest(steps)))

    @property
    def frame_count(self) -> int:
        """Frames analysed, final or not."""
        return self._frames

    @property
    def newest_frame(self) -> dict[str, float]:
        """Features of the newest frame."""
        row = self._raw.newest(1)[0]
        return {name: float(row[i]) for i, name in enumerate(FEATURE_FIELDS)}

    @property
    def newest_probabilities(self) -> NDArray[np.float64]:
        """Forward probabilities of the newest frame, (4,)."""
        return np.asarray(decision.sharpened(self._alpha.newest(1).astype(np.float64), self.parameters)[0])

    @property
    def newest_floor(self) -> float:
        """Newest floor of the jerk path, g."""
        return float(self._hop_floor.newest(1)[0]) if len(self._hop_floor) else START_FLOOR_G

    @property
    def newest_psd(self) -> Floats | None:
        """Spectrum of the newest frame; None before the first."""
        return self._waiting_psd[-1] if len(self._waiting_psd) else None

    def newest_second(self) -> Floats | None:
        """Give the samples of the last second before the newest step, (3, n); None before there is one."""
        end = self.edge(self._steps)
        begin = end - self.grid.fast_window
        return self._samples.part(begin, end) if begin >= self._samples.first else None

    # -- steps ------------------------------------------------------------------------------------------------------

    def edge(self, step: int) -> int:
        """First sample of a step."""
        hop, rest = divmod(step, STEPS_PER_HOP)
        return hop * self.grid.hop + int(self.grid.step_edges[rest])

    @property
    def complete_steps(self) -> int:
        """Steps whose samples are all there."""
        hop, rest = divmod(self.count, self.grid.hop)
        return hop * STEPS_PER_HOP + int(np.searchsorted(self.grid.step_edges[1:], rest, side="right"))

    def advance(self) -> list[FrameBatch]:
        """Analyse what the samples allow, hop by hop in batches; the frames that became final."""
        out = []
        while True:
            target = min(self.complete_steps, (self._hops + BATCH_HOPS) * STEPS_PER_HOP)
            if target <= self._steps:
                break
            self._do_steps(target)
            hops = self._steps // STEPS_PER_HOP
            if hops > self._hops:
                self._do_hops(hops)
            self._do_events()
            out += self._do_frames()
            self._trim()
        return out

    def _do_steps(self, target: int) -> None:
        edges = step_edges(np.arange(self._steps, target + 1), self.grid)
        begin, end = int(edges[0]), int(edges[-1])
        starts = edges[:-1] - begin
        sizes = np.diff(edges).astype(np.float32)
        energy = np.add.reduceat(self._energy.part(begin, end)[0], starts)
        energy /= sizes
        both = (np.sqrt(np.maximum.reduceat(part.part(begin, end)[0], starts)) for part in (self._level, self._slow))
        fast, slow = (np.concatenate([before, new]) for before, new in zip(self._last_step, both, strict=True))
        self._last_step = np.stack([fast[-1:], slow[-1:]])
        mean = np.add.reduceat(self._samples.part(begin, end), starts, axis=1)
        mean /= sizes
        self._step_energy.extend(energy)
        self._step_loud.extend(fast[1:])
        self._step_level.extend(kick_level.kick_level(fast, slow, self.parameters))
        self._step_mean.extend(mean.T)
        self._new_steps = (self._steps, target)
        self._steps = target

    def _do_hops(self, hops: int) -> None:
        first = self._hops
        means = self._step_mean.part(first * STEPS_PER_HOP, hops * STEPS_PER_HOP).reshape(-1, STEPS_PER_HOP, 3)
        hop_mean = (((means[:, 0] + means[:, 1]) + means[:, 2]) + means[:, 3]) + means[:, 4]
        self._hop_mean.extend(hop_mean * np.float32(1.0 / STEPS_PER_HOP))
        gravity = self._hop_mean.part(first, hops)
        back = np.maximum(np.arange(first, hops) - posture.RATE_HOPS, 0)
        seconds = posture.RATE_HOPS * self.grid.hop / self.grid.rate_hz
        tilt = posture.tilt_deg(gravity, self._hop_mean.kept[back - self._hop_mean.first]) / np.float32(seconds)
        self._hop_tilt.extend(tilt)
        forgotten = self._step_energy.first // STEPS_PER_HOP
        floor = kick_level.floors(self._step_energy.kept, first - forgotten, hops - first, self.parameters)
        floor = np.maximum(floor, self._count_floors(first, hops))
        self._hop_floor.extend(floor)
        self._hop_least.extend(np.minimum.accumulate(np.concatenate([self._hop_least.newest(1), floor]))[-len(floor) :])
        self.holds.follow(gravity, tilt)
        self._hops = hops

    def _count_floors(self, first: int, hops: int) -> Floats:
        """Floor from the sensor's own counts for each of these hops: what the first seconds have shown by then."""
        known = []
        for h in range(first, min(hops, COUNT_HOPS)):
            part = self._samples.part(max(0, h * self.grid.hop - 1), (h + 1) * self.grid.hop)
            self._least_change_g = min(self._least_change_g, kick_level.smallest_change(part))
            known.append(kick_level.count_floor(self._least_change_g, self.parameters))
        out = np.full(hops - first, kick_level.count_floor(self._least_change_g, self.parameters), np.float32)
        out[: len(known)] = known
        return out

    def _do_events(self) -> None:
        floor_at = self._floors(np.arange(*self._new_steps))
        # The jerk path counts its steps from the first that is kept.
        self._view.first_step = self._step_level.first
        first, last = (step - self._view.first_step for step in self._new_steps)
        level = self._step_level.kept
        self._view.xyz_g, self._view.first = self._samples.kept.T, self._samples.first
        self._view.level, self._view.slow = self._level.kept[0], self._slow.kept[0]
        self._view.hop_least = self._hop_least.kept
        self._view.step_gravity, self._view.step_loud = self._step_mean.kept, self._step_loud.kept
        thresholds = self.jerks.thresholds(floor_at)
        above = (first + np.nonzero(level[first:last] > thresholds)[0]).tolist()
        at = first
        while at < last:
            ahead = self.jerks.quiet_until(at, level, self._view.step_loud, thresholds[at - first :], above)
            if ahead > at:
                at = ahead
                continue
            self.jerks.step(at, level, self._view.step_loud, float(floor_at[at - first]), self._view)
            at += 1

    def _floors(self, steps: NDArray[np.int64]) -> Floats:
        """Floor of the last complete hop before each step: what was known when the step came."""
        hops = steps // STEPS_PER_HOP - 1
        out = np.full(len(steps), START_FLOOR_G, np.float32)
        out[hops >= 0] = self._hop_floor.kept[hops[hops >= 0] - self._hop_floor.first]
        return out

    # -- frames -----------------------------------------------------------------------------------------------------

    def _do_frames(self) -> list[FrameBatch]:
        ready = (self._hops * self.grid.hop - self.grid.window) // self.grid.hop + 1
        if ready > self._frames:
            self._add_frames(ready)
        return self._finalise(self._frames - int(self.parameters.decision["lag_hops"]))

    def _add_frames(self, ready: int) -> None:
        """Analyse the frames up to `ready`, whose samples are all there."""
        g, first = self.grid, self._frames
        begin, end = first * g.hop, (ready - 1) * g.hop + g.window
        frames = ready - first
        windows_g = windows(self._centred.part(begin, end), g.window, g.hop, frames)
        psd = self._room_for_psd(frames)
        if self._multitaper:
            spectrum = spectra.multitaper(windows_g, g, psd)
        else:
            spectrum = self._transformer.power(windows_g, psd)
        values = features.spectral_features(spectrum, g, self._plan, self.parameters, g.taper)
        hops = g.window // g.hop
        steps = STEPS_PER_HOP * hops
        blocks = windows(self._step_energy.part(first * STEPS_PER_HOP), steps, STEPS_PER_HOP, frames)
        values |= features.burst_features(blocks)
        turns = hops - posture.RATE_HOPS
        turning = windows(self._hop_tilt.part(first + posture.RATE_HOPS), turns, 1, frames)
        values["tilt_rate_deg_per_s"] = np.add.reduce(turning, axis=1) / np.float32(turns)
        missing, clipped = (self._share(flags.part(begin, end)[0]) for flags in (self._filled, self._clipped))
        self._store(values, missing, clipped)
        self._frames = ready

    def _room_for_psd(self, frames: int) -> Floats:
        """Make room for the spectra of new frames after those that wait, without moving them again."""
        waiting = len(self._waiting_psd)
        psd = np.empty((waiting + frames, len(self.grid.freq_hz)), np.float32)
        psd[:waiting] = self._waiting_psd
        self._waiting_psd = psd
        return psd[waiting:]

    def _share(self, flags: NDArray[np.bool_]) -> Floats:
        """Share of each window that is flagged."""
        frames = (len(flags) - self.grid.window) // self.grid.hop + 1
        if not flags.any():
            return np.zeros(frames, np.float32)
        counts = np.concatenate([[0], np.cumsum(flags)])
        at = np.arange(frames) * self.grid.hop
        return np.asarray((counts[at + self.grid.window] - counts[at]) / self.grid.window, np.float32)

    def _store(self, values: dict[str, Floats], missing: Floats, clipped: Floats) -> None:
        values["wander_hz"] = self._wander(values["peak_hz"])
        values["rest_db"] = features.rest_between(values["crest"], values["middle_g"], self.parameters)
        scores = score(values, self.weighed_by)
        too_much = missing > self.parameters.gaps["most_missing"]
        if too_much.any():
            scores[too_much] = 0.0
        likelihood = decision.likelihoods(scores, self.parameters)
        self._alpha.extend(self.rule.run(likelihood))
        self._likelihood.extend(likelihood)
        self._raw.extend(np.array([*(values[name] for name in FEATURE_FIELDS), missing, clipped], np.float32).T)

    def _wander(self, peak_hz: Floats) -> Floats:
        """Give the standard deviation of the peak over each frame and the two before it."""
        before = self._raw.newest(2)[:, FEATURE_FIELDS.index("peak_hz")]
        peaks = np.concatenate([before, peak_hz])
        out = np.full(len(peak_hz), np.nan, np.float32)
        if len(peaks) >= 3:
            a, b, c = peaks[:-2], peaks[1:-1], peaks[2:]
            mean = (a + b + c) / np.float32(3.0)
            spread = ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / np.float32(3.0)
            out[len(out) - len(spread) :] = np.sqrt(spread)
        return out

    def _finalise(self, upto: int) -> list[FrameBatch]:
        """Frames before `upto` become final; the frames after them are what the smoother looks at."""
        n = upto - self._emitted
        if n <= 0:
            return []
        first, lag = self._emitted, min(int(self.parameters.decision["lag_hops"]), self._frames - upto)
        # A run's last frames have fewer frames after them; each is smoothed with what there is.
        alpha, likelihood = (part.part(first, upto + lag) for part in (self._alpha, self._likelihood))
        p = decision.smooth(alpha, likelihood, self.rule, lag)
        frames = self._frame_rows(first, upto, p)
        psd, self._waiting_psd = self._waiting_psd[:n], self._waiting_psd[n:]
        self._emitted = upto
        return [FrameBatch(frames, psd)]

    def _frame_rows(self, first: int, upto: int, p: NDArray[np.float64]) -> NDArray[np.void]:
        g, n = self.grid, upto - first
        out = np.zeros(n, FRAME_DTYPE)
        out["time_s"] = self.start_s + (np.arange(first, upto) * g.hop + 0.5 * min(self.count, g.window)) / g.rate_hz
        raw, numbers = self._raw.part(first, upto), numbers_of(out)
        p = decision.sharpened(p, self.parameters)
        numbers[:, :STATE_FIELDS] = p
        numbers[:, STATE_FIELDS:] = raw
        out["label"] = decision.labels(p, self.parameters)
        out["live_label"] = decision.labels(
            decision.sharpened(self._alpha.part(first, upto), self.parameters), self.parameters
        )
        invalid = raw[:, -2] > self.parameters.gaps["most_missing"]
        if invalid.any():
            out["label"][invalid] = State.NO_DATA.value
            out["live_label"][invalid] = State.NO_DATA.value
            numbers[invalid, :STATE_FIELDS] = 0.0
        return out

    def finish(self) -> list[FrameBatch]:
        """End the run: a run shorter than the window is analysed whole, and what waits becomes final."""
        g = self.grid
        shortest = round(self.parameters.spectrum["shortest_s"] * g.rate_hz)
        if self._frames == 0 and shortest <= self.count < g.window:
            self._add_short_frame()
        elif self._frames == 0 and self.count >= g.window:
            # The window is full but its last hop is not (window and hop need not divide).
            self._add_frames(1)
        out = []
        while self._emitted < self._frames:
            out += self._finalise(max(self._emitted + 1, self._frames - int(self.parameters.decision["lag_hops"])))
        self.holds.finish(self._hops)
        self.jerks.finish()
        return out

    def _add_short_frame(self) -> None:
        g = self.grid
        taper, scaled = hann(self.count), np.zeros(g.window, np.float32)
        scaled[: self.count] = psd_scaled(hann(self.count), g.rate_hz)
        padded = np.zeros((3, 1, g.window), np.float32)
        padded[:, 0, : self.count] = self._centred.part(0, self.count)
        spectrum = spectra.Transformer(g, scaled, self._plan.band).power(padded, self._room_for_psd(1))
        values = features.spectral_features(spectrum, g, self._plan, self.parameters, taper)
        self.weighed_by = self._alone
        energy = self._step_energy.part(0, max(3, self._steps))[None]
        values |= features.burst_features(energy)
        tilt = self._hop_tilt.part(posture.RATE_HOPS)
        mean_tilt = tilt.mean() if len(tilt) else np.nan
        values["tilt_rate_deg_per_s"] = np.array([mean_tilt], np.float32)
        missing, clipped = (
            np.array([flags.part(0, self.count).mean()], np.float32) for flags in (self._filled, self._clipped)
        )
        self._store(values, missing, clipped)
        self._frames = 1

    def _trim(self) -> None:
        keep = round(KEEP_S * self.grid.rate_hz)
        oldest = min(self.edge(self._steps), self._frames * self.grid.hop + self.grid.window) - keep
        for part in (
            self._samples,
            self._centred,
            self._filled,
            self._clipped,
            self._energy,
            self._slow,
            self._level,
        ):
            part.drop(oldest)
        self._forget()

    def _forget(self) -> None:
        """Forget, a large block at a time, the steps, hops and frames that nothing reads any more."""
        kept = self._view.first_step
        oldest = min(self._steps - LOOK_BACK_STEPS, self._frames * STEPS_PER_HOP)
        if oldest - kept < FORGET_STEPS:
            return
        begun = self.jerks.oldest_step
        if begun is not None:
            oldest = min(oldest, kept + begun - LOOK_BACK_STEPS)
        hops = oldest // STEPS_PER_HOP
        steps = hops * STEPS_PER_HOP
        if steps <= kept:
            return
        for part in (self._step_energy, self._step_level, self._step_loud, self._step_mean):
            part.drop(steps)
        for part in (self._hop_floor, self._hop_least, self._hop_mean, self._hop_tilt):
            part.drop(hops)
        for part in (self._alpha, self._likelihood, self._raw):
            part.drop(min(self._emitted, self._frames - 2))
        self.jerks.forget(steps - kept)
        self._view.first_step = steps
