"""`tremorscope analyze` and `tremorscope report`."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tremorscope.cli.checkin import AnswerOption, answers_in
from tremorscope.cli.files import recordings_in
from tremorscope.cli.language import LanguageName, LanguageOption, words_in
from tremorscope.cli.options import (
    CalibrateOption,
    HomeOption,
    JsonOption,
    PlacementName,
    PlacementOption,
    RateOption,
    SensorOption,
    UnitOption,
)
from tremorscope.cli.progress import progress_bar

if TYPE_CHECKING:
    import guidance
    import session
    from session import AnalysedRecording


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("analyze")(analyze)
    app.command("report")(report)


def analyze(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Recordings, or folders of them.")],
    placement: PlacementOption = None,
    sensor: SensorOption = None,
    unit: UnitOption = None,
    rate: RateOption = None,
    calibrate: CalibrateOption = False,
    as_json: JsonOption = False,
    all_sensors: Annotated[
        bool, typer.Option("--all-sensors", help="Every sensor of each file, not just one.")
    ] = False,
    answer: AnswerOption = None,
    home: HomeOption = None,
) -> int:
    """Analyse recordings: a table for people, or one JSON object a file on a line.

    Example: tremorscope analyze night.cwa --placement calf
    """
    import session

    said, folder = answers_in(answer) if answer else None, session.find_home(home)
    failed = 0
    for path in recordings_in(paths):
        for name in _sensors(path, all_sensors=all_sensors, sensor=sensor, unit=unit):
            failed += not _analyze_one(
                path,
                name,
                placement=placement,
                unit=unit,
                rate_hz=rate,
                calibrate=calibrate,
                as_json=as_json,
                said=said,
                folder=folder,
            )
    return 1 if failed else 0


def _sensors(path: Path, *, all_sensors: bool, sensor: str | None, unit: str | None) -> list[str | None]:
    if not all_sensors:
        return [sensor]
    import recordings
    from dsp import TremorscopeError

    try:
        return list(recordings.read(path, unit=unit).sensors)
    except TremorscopeError:
        return [None]  # the analysis will meet the same error and report it


def _analyze_one(
    path: Path,
    sensor: str | None,
    *,
    placement: PlacementName | None,
    unit: str | None,
    rate_hz: float | None,
    calibrate: bool,
    as_json: bool,
    said: "guidance.CheckIn | None",
    folder: "session.Home",
) -> bool:
    import session
    from dsp import TremorscopeError

    try:
        with progress_bar(path.name) as progress:
            found = session.analyze_file(
                path,
                sensor=sensor,
                placement=placement,
                unit=unit,
                rate_hz=rate_hz,
                calibrate=calibrate,
                keep_spectra=False,  # half a gigabyte for a week, and nobody looks at them here
                progress=progress,
            )
    except TremorscopeError as error:
        if as_json:
            print(json.dumps({"file": str(path), "error": str(error)}), flush=True)  # noqa: T201 - this is the output
        typer.echo(f"tremorscope: {error}", err=True)
        return False
    known = session.background_of(folder, path)
    advice = session.make_advice(
        {found.recording.sensor: found.analysis}, checkin=said or known.checkin, history=known.history
    )
    if as_json:
        record = session.analysis_record(
            found.analysis,
            file=str(path),
            sensor=found.recording.sensor,
            warnings=tuple(found.recording.warnings),
            advice=advice,
        )
        print(json.dumps(record), flush=True)  # noqa: T201 - this is the output
    else:
        from tremorscope.cli.tables import print_analysis

        print_analysis(found, advice)
    return True


def report(  # noqa: PLR0917 - typer passes by name
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The recording.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="HTML", help="Where to write the page.")] = None,
    placement: PlacementOption = None,
    sensor: SensorOption = None,
    unit: UnitOption = None,
    rate: RateOption = None,
    calibrate: CalibrateOption = False,
    answer: AnswerOption = None,
    language: LanguageOption = LanguageName.en,
    open_it: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
    home: HomeOption = None,
) -> int:
    """Write one self-contained HTML page about a recording.

    Example: tremorscope report night.cwa -o night.html
    """
    import session

    wording = words_in(language)
    said = answers_in(answer) if answer else None
    asked: dict[str, Any] = {"placement": placement, "unit": unit, "rate_hz": rate, "calibrate": calibrate}
    with progress_bar(path.name) as progress:
        every = []
        if sensor is None:
            every = session.analyze_all_sensors(path, **asked, progress=progress)
        # A file without samples says so itself.
        if sensor is not None or not every:
            every = [session.analyze_file(path, sensor=sensor, **asked, progress=progress)]
    folder = session.find_home(home)
    target = out or folder.make(folder.reports) / f"{path.stem}.html"
    written = write_report_of(every, target, known=session.background_of(folder, path), checkin=said, wording=wording)
    print(written)  # noqa: T201 - this is the output
    if open_it:
        typer.launch(str(written))
    return 0


def write_report_of(
    found: "list[AnalysedRecording]",
    target: Path,
    *,
    known: "session.Background",
    checkin: "guidance.CheckIn | None" = None,
    wording: "session.Wording | None" = None,
) -> Path:
    """Write the report of the sensors of one session, with what is known beside it; None writes it in English."""
    import session

    analyses = {f.recording.sensor or str(i): f.analysis for i, f in enumerate(found)}
    advice = session.make_advice(analyses, checkin=checkin or known.checkin, history=known.history)
    return session.write_report(
        found, advice, target, history=known.history, week=known.week, wording=wording or session.Wording()
    )


def print_json_line(value: object) -> None:
    """Print one JSON object on a line of its own, at once."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()
