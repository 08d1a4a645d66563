"""`tremorscope export`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

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


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("export")(export)


def export(  # noqa: PLR0917 - typer passes by name
    kind: Annotated[
        Kind, typer.Argument(metavar="KIND", help="spectra, frames, events, holds, segments, samples, picture")
    ],
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The recording.")],
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            metavar="FILE",
            help="Its ending decides: csv, parquet, npz, edf, bdf, h5, json, mat, png ...",
        ),
    ],
    start: Annotated[float | None, typer.Option("--from", metavar="SECONDS", help="Begin here.")] = None,
    end: Annotated[float | None, typer.Option("--to", metavar="SECONDS", help="End here.")] = None,
    low: Annotated[float | None, typer.Option("--low", metavar="HZ", help="Lowest frequency of spectra.")] = None,
    high: Annotated[float | None, typer.Option("--high", metavar="HZ", help="Highest frequency of spectra.")] = None,
    every: Annotated[int, typer.Option("--decimate", metavar="N", min=1, help="Keep every Nth sample, filtered.")] = 1,
    identify: Annotated[
        bool, typer.Option("--identify", help="Keep date and device; by default they are left out.")
    ] = False,
    placement: PlacementOption = None,
    sensor: SensorOption = None,
    unit: UnitOption = None,
    rate: RateOption = None,
    home: HomeOption = None,
) -> int:
    """Export what was measured or found, for other programs.

    Example: tremorscope export spectra night.cwa -o spectra.csv
    """
    del home
    import recordings
    import session
    from dsp import Placement

    options = recordings.ExportOptions(
        start_s=start, end_s=end, low_hz=low, high_hz=high, decimate=every, identify=identify
    )
    recordings.check_export(kind.value, out)
    worn = Placement(placement.value) if placement else None
    with progress_bar(path.name) as progress:
        recording = recordings.read(path, sensor=sensor, unit=unit, rate_hz=rate, progress=lambda s: progress(0.3 * s))
        analysis = None
        if kind is not Kind.samples:
            analysis = session.analyze_recording(recording, placement=worn, progress=lambda s: progress(0.3 + 0.6 * s))
        written = recordings.export(kind.value, out, recording=recording, analysis=analysis, options=options)
    typer.echo(str(written))
    return 0
