"""`tremorscope export`."""

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from tremorscope.cli.arguments import arguments
from tremorscope.cli.options import HomeOption, PlacementOption, RateOption, SensorOption, UnitOption
from tremorscope.cli.progress import progress_bar


class Kind(StrEnum):
    """What can be exported."""

    spectra = "spectra"
    frames = "frames"
    events = "events"
    holds = "holds"
    segments = "segments"
    samples = "samples"
    picture = "picture"
    trace = "trace"
    spectrogram = "spectrogram"
    spectrum = "spectrum"


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("export")(export)


def export(  # noqa: PLR0917 - typer passes by name
    kind: Annotated[
        Kind,
        typer.Argument(
            metavar="KIND",
            help="samples, spectra, frames, events, holds, segments; pictures: picture (all on a sheet), trace, "
            "spectrogram, spectrum.",
        ),
    ],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The recording.")],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="Its ending decides: csv, tsv, json, npz, mat, parquet, h5; samples also edf, bdf, hea (WFDB), "
            "tsv (BIDS-motion), bids (a data set in a folder); pictures png, svg, pdf.",
        ),
    ],
    start: Annotated[float | None, typer.Option("--from", metavar="SECONDS", help="Begin here.")] = None,
    end: Annotated[float | None, typer.Option("--to", metavar="SECONDS", help="End here.")] = None,
    low: Annotated[float | None, typer.Option("--low", metavar="HZ", help="Lowest frequency of spectra.")] = None,
    high: Annotated[float | None, typer.Option("--high", metavar="HZ", help="Highest frequency of spectra.")] = None,
    every: Annotated[int, typer.Option("--decimate", metavar="N", min=1, help="Keep every Nth sample, filtered.")] = 1,
    multitaper: Annotated[
        bool, typer.Option("--multitaper", help="Smoother spectra with wider peaks (Thomson), for band power.")
    ] = False,
    identify: Annotated[
        bool, typer.Option("--identify", help="Keep date, device and sensor names; by default they are left out.")
    ] = False,
    all_sensors: Annotated[
        bool, typer.Option("--all-sensors", help="Every sensor of the file, told apart by a column `sensor`.")
    ] = False,
    placement: PlacementOption = None,
    sensor: SensorOption = None,
    unit: UnitOption = None,
    rate: RateOption = None,
    home: HomeOption = None,
) -> int:
    """Export what was measured or found, for other programs.

    Tables of samples hold every sensor of a file; name one with --sensor for it alone.

    Example: tremorscope export spectra night.cwa -o spectra.csv
    """
    del home
    import recordings
    import session
    from dsp import Placement
    from recordings.exporters import holds_several_sensors, needs_analysis

    if all_sensors and sensor is not None:
        msg = "--all-sensors and --sensor exclude each other; leave one out"
        raise typer.BadParameter(msg)
    with arguments():
        options = recordings.ExportOptions(
            start_s=start, end_s=end, low_hz=low, high_hz=high, decimate=every, identify=identify
        )
    recordings.check_export(kind.value, out, options=options)
    several = holds_several_sensors(kind.value, out) and sensor is None and (all_sensors or kind is Kind.samples)
    if all_sensors and not several:
        msg = f"{kind.value} as {out.suffix} hold one sensor; choose it with --sensor"
        raise typer.BadParameter(msg)
    worn = Placement(placement.value) if placement else None
    # What an analysis says of a part depends on the rest, and every Nth sample counts from the first.
    part = not needs_analysis(kind.value, out) and every == 1 and (start is not None or end is not None)

    def read(name: str | None) -> recordings.Recording:
        found = recordings.read_span(path, options.first_s, options.last_s, sensor=name) if part else None
        if found is None:
            return recordings.read(path, sensor=name, unit=unit, rate_hz=rate, placement=worn)
        return found if worn is None else replace(found, placement=worn)

    with progress_bar(path.name) as progress:
        first = read(sensor)
        names = first.sensors if several else (first.sensor,)
        parts = []
        for i, name in enumerate(names):
            recording = first
            if name != first.sensor:
                recording = read(name)
            analysis = None
            if needs_analysis(kind.value, out) and recording.samples:
                analysis = _analysis(session, recording, needed=kind is not Kind.samples, multitaper=multitaper)
            if recording.samples or len(names) == 1:
                parts.append((recording, analysis))
            progress((i + 0.8) / len(names))
        (recording, analysis), *others = parts
        written = recordings.export(
            kind.value, out, recording=recording, analysis=analysis, options=options, others=others
        )
    for note in _notes(parts, several=several):
        typer.echo(f"note: {note}", err=True)
    typer.echo(str(written))
    return 0


def _analysis(session: Any, recording: Any, *, needed: bool, multitaper: bool) -> Any:
    """Analyse; signals whose annotations are a bonus are exported without when that fails."""
    from dsp import TremorscopeError

    try:
        return session.analyze_recording(recording, multitaper=multitaper)
    except TremorscopeError:
        if needed:
            raise
        return None


def _notes(parts: Any, *, several: bool) -> list[str]:
    """Give what a person should know of the files read; that a sensor was chosen only when it was."""
    notes = [w for recording, _ in parts for w in recording.warnings]
    return list(dict.fromkeys(n for n in notes if not (several and n.startswith("several sensors"))))
