"""Whole recordings through the one analyzer, and the advice that follows from what it found."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import dsp
import guidance
import recordings
from dsp import Placement, Side
from session.country import country_here

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AnalysedRecording:
    """A recording with what was found in it.

    Attributes
    ----------
    recording
        What was read.
    analysis
        What was found.
    """

    recording: recordings.Recording
    analysis: dsp.Analysis


def analyze_recording(
    recording: recordings.Recording,
    *,
    placement: Placement | str | None = None,
    side: Side | str | None = None,
    keep_spectra: bool = True,
    multitaper: bool = False,
    progress: Progress | None = None,
) -> dsp.Analysis:
    """Analyse one sensor of a recording.

    Parameters
    ----------
    recording
        What to analyse.
    placement, side
        Where it was worn; None takes what the recording says.
    keep_spectra
        Whether the result carries the spectra (0.8 kB a hop at 100 Hz).
    multitaper
        Whether to use multi-taper spectra.
    progress
        Called with the share done, 0 to 1.

    Raises
    ------
    dsp.InputError, dsp.RateError
        When there is nothing to analyse or the rate is absurd.
    """
    if not recording.samples:
        msg = f"{_name(recording)} holds no samples; nothing can be analysed"
        raise dsp.InputError(msg)
    return dsp.analyze(
        recording.samples,
        rate_hz=recording.rate_hz,
        placement=Placement(placement) if placement is not None else recording.placement,
        side=Side(side) if side is not None else recording.side,
        keep_spectra=keep_spectra,
        multitaper=multitaper,
        progress=progress,
    )


def analyze_file(
    path: Path | str,
    *,
    sensor: str | None = None,
    placement: Placement | str | None = None,
    unit: str | None = None,
    rate_hz: float | None = None,
    calibrate: bool = False,
    keep_spectra: bool = True,
    progress: Progress | None = None,
) -> AnalysedRecording:
    """Read one sensor of a file, calibrated to gravity if wanted, and analyse it; reading is half of the progress."""
    halves = _halves(progress)
    recording = recordings.read(
        Path(path), sensor=sensor, unit=unit, rate_hz=rate_hz, calibrate=calibrate, progress=halves[0]
    )
    analysis = analyze_recording(recording, placement=placement, keep_spectra=keep_spectra, progress=halves[1])
    return AnalysedRecording(recording=recording, analysis=analysis)


def analyze_all_sensors(
    path: Path | str,
    *,
    placement: Placement | str | None = None,
    unit: str | None = None,
    rate_hz: float | None = None,
    calibrate: bool = False,
    keep_spectra: bool = True,
    progress: Progress | None = None,
) -> list[AnalysedRecording]:
    """Analyse every sensor of a file, in the file's order; the parameters are those of `analyze_file`."""

    def read(name: str | None) -> recordings.Recording:
        return recordings.read(Path(path), sensor=name, unit=unit, rate_hz=rate_hz, calibrate=calibrate)

    first = read(None).among_all()
    found = []
    for i, name in enumerate(first.sensors):
        if progress is not None:
            progress(i / len(first.sensors))
        recording = first if name == first.sensor else read(name)
        if recording.samples:
            analysis = analyze_recording(recording, placement=placement, keep_spectra=keep_spectra)
            found.append(AnalysedRecording(recording=recording, analysis=analysis))
    return found


def make_advice(
    analyses: Mapping[str, dsp.Analysis],
    *,
    checkin: guidance.CheckIn | None = None,
    history: Sequence[guidance.SessionSummary] = (),
) -> guidance.Advice:
    """Advice for a session: on the sensor that shook most, with the comparison of the sides when there are two.

    Raises
    ------
    dsp.InputError
        Without any analysis.
    """
    if not analyses:
        msg = "there is no analysis to advise on; record or open a session first"
        raise dsp.InputError(msg)
    main = max(analyses.values(), key=_shaking)
    return guidance.advise(
        main.findings, checkin=checkin, history=history, comparison=compare(analyses), country=country_here()
    )


def compare(analyses: Mapping[str, dsp.Analysis]) -> dsp.SideComparison | None:
    """Compare left with right; None unless exactly one sensor was worn on each side."""
    by_side: dict[Side, list[dsp.Analysis]] = {}
    for analysis in analyses.values():
        by_side.setdefault(analysis.findings.side, []).append(analysis)
    left, right = by_side.get(Side.LEFT, []), by_side.get(Side.RIGHT, [])
    if len(left) == 1 and len(right) == 1:
        return dsp.compare_sides(left[0], right[0])
    return None


def _shaking(analysis: dsp.Analysis) -> tuple[float, int]:
    f = analysis.findings
    return (f.tremor_s + f.reflex_rhythm_s, f.reflex_jerk_count + f.rest_twitch_count)


def _halves(progress: Progress | None) -> tuple[Progress | None, Progress | None]:
    if progress is None:
        return None, None
    report = progress
    return lambda share: report(0.5 * share), lambda share: report(0.5 + 0.5 * share)


def _name(recording: recordings.Recording) -> str:
    return str(recording.path) if recording.path else "the recording"


def live_only(label: str, analysis: dsp.Analysis) -> AnalysedRecording:
    """Give the analysis of a session that was not recorded the shape of an analysed recording, without samples."""
    recording = recordings.Recording(
        path=None, format="live", samples=[], rate_hz=analysis.rate_hz, sensor=label, sensors=(label,)
    )
    return AnalysedRecording(recording=recording, analysis=analysis)
