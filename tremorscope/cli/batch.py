"""`tremorscope batch`: a cohort, resumable, on this machine or a Dask cluster."""

from pathlib import Path
from typing import Annotated

import typer

from tremorscope.cli.files import recordings_in
from tremorscope.cli.options import HomeOption, JsonOption, PlacementOption
from tremorscope.cli.progress import progress_bar


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("batch")(batch)


def batch(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Recordings, or folders of them.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the results.")],
    scheduler: Annotated[
        str | None,
        typer.Option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster (needs the extra `cluster`)."),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", min=1, help="Processes on this machine.")] = None,
    placement: PlacementOption = None,
    spectra: Annotated[bool, typer.Option("--spectra", help="Also save the average spectrum of each state.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Analyse a cohort of recordings; a second run does only what is missing, and no file stops the others.

    In DIR: cohort.csv, cohort.jsonl and cohort.parquet (with the extra) with a row a recording, errors.csv, and all
    that was found in each recording in sessions/.

    Example: tremorscope batch cohort/ --out results/
    """
    del home
    from tremorscope.batch import run_batch

    # A second run must not take the results of the first for recordings.
    files = [f for f in recordings_in(paths) if not f.absolute().is_relative_to(out.absolute())]
    with progress_bar(f"{len(files)} recordings") as progress:
        summary = run_batch(
            files,
            out,
            placement=placement.value if placement else None,
            scheduler=scheduler,
            workers=workers,
            keep_spectra=spectra,
            progress=progress,
        )
    if as_json:
        import session
        from tremorscope.cli.analyze import print_json_line

        print_json_line(session.plain(summary))
        return 1 if summary.failed else 0
    typer.echo(
        f"{summary.done} analysed, {summary.skipped} were done before, {summary.failed} failed; table: {summary.table}"
    )
    if summary.failed:
        typer.echo(f"tremorscope: what failed, and why, is in {summary.errors}", err=True)
    return 1 if summary.failed else 0
