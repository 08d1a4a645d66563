"""`tremorscope library ...` and `tremorscope import`: the person's own sessions."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.files import recordings_in
from tremorscope.cli.options import HomeOption, JsonOption, PlacementOption, SensorOption, UnitOption
from tremorscope.cli.progress import progress_bar
from tremorscope.cli.words import clock

if TYPE_CHECKING:
    from recordings import Library

SessionArgument = Annotated[str, typer.Argument(metavar="SESSION", help="Its id, or a unique beginning of it.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(help="The sessions recorded or imported on this machine.", no_args_is_help=True)
    group.command("list")(list_sessions)
    group.command("show")(show)
    group.command("tag")(tag)
    group.command("note")(note)
    group.command("rebuild")(rebuild)
    group.command("repair")(repair)
    group.command("export")(export_session)
    group.command("delete")(delete)
    app.add_typer(group, name="library")
    app.command("import")(import_files)


def _library(home: Path | None) -> "Library":
    import recordings
    import session

    folder = session.find_home(home)
    folder.make(folder.recordings)
    return recordings.Library(folder.root)


def list_sessions(
    search: Annotated[str, typer.Argument(metavar="[WORD]", help="Only sessions with this in name, tag or note.")] = "",
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """List the sessions, newest first.

    Example: tremorscope library list evening
    """
    import session
    from tremorscope.cli.analyze import print_json_line

    with _library(home) as library:
        sessions = library.search(search) if search else library.sessions()
    if as_json:
        for each in sessions:
            print_json_line(session.plain(each))
        return 0
    if not sessions:
        typer.echo("no sessions yet; `tremorscope live --record` records one, `tremorscope import` takes files in")
    for each in sessions:
        tags = " ".join(f"#{t}" for t in each.tags)
        typer.echo(
            f"{each.id}  {each.when}  {clock(each.duration_s):>8}  {each.placement:<8} {each.title}  {tags}".rstrip()
        )
    return 0


def show(wanted: SessionArgument, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Show everything the library knows of a session.

    Example: tremorscope library show 2026-11-22
    """
    import json

    import session

    with _library(home) as library:
        found = session.plain(library.show(wanted))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        for name, value in found.items():
            typer.echo(f"{name:<14} {json.dumps(value, ensure_ascii=False)}")
    return 0


def tag(
    wanted: SessionArgument,
    tags: Annotated[list[str], typer.Argument(metavar="TAG...", help="Put - before a tag to take it away.")],
    home: HomeOption = None,
) -> int:
    """Tag a session, or take tags away.

    Example: tremorscope library tag 2026-11-22 evening
    """
    with _library(home) as library:
        for each in tags:
            library.tag(wanted, each.removeprefix("-"), remove=each.startswith("-"))
        typer.echo(" ".join(library.show(wanted).tags))
    return 0


def note(
    wanted: SessionArgument,
    text: Annotated[str, typer.Argument(help="The note; empty takes it away.")],
    home: HomeOption = None,
) -> int:
    """Write a note to a session.

    Example: tremorscope library note 2026-11-22 "after a long run"
    """
    with _library(home) as library:
        library.note(wanted, text)
    return 0


def rebuild(home: HomeOption = None) -> int:
    """Make the index afresh from the recordings.

    Example: tremorscope library rebuild
    """
    with _library(home) as library:
        typer.echo(f"{library.rebuild()} sessions")
    return 0


def repair(home: HomeOption = None) -> int:
    """Make readable what a crash left behind.

    Example: tremorscope library repair
    """
    with _library(home) as library:
        recovered = library.repair()
    for path in recovered:
        typer.echo(f"recovered {path}")
    if not recovered:
        typer.echo("nothing to repair")
    return 0


def export_session(
    wanted: SessionArgument,
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="Where to copy it.")],
    home: HomeOption = None,
) -> int:
    """Copy the recording of a session, notes included, to another place.

    Example: tremorscope library export 2026-11-22 -o /media/stick/session.mcap
    """
    with _library(home) as library:
        typer.echo(str(library.export(wanted, out)))
    return 0


def delete(
    wanted: SessionArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    home: HomeOption = None,
) -> int:
    """Delete a session for good: recording, notes, and its place in the index.

    Example: tremorscope library delete 2026-11-22
    """
    with _library(home) as library:
        found = library.show(wanted)
        if not yes:
            typer.confirm(f"Delete {found.title} ({clock(found.duration_s)}) for good?", abort=True)
        library.delete(found.id)
    typer.echo("deleted")
    return 0


def import_files(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Recordings, or folders of them.")],
    placement: PlacementOption = None,
    sensor: SensorOption = None,
    unit: UnitOption = None,
    home: HomeOption = None,
) -> int:
    """Take recordings of any supported format into the library.

    Example: tremorscope import ~/Downloads/phyphox/
    """
    import recordings
    from dsp import Placement, TremorscopeError

    failed = 0
    with _library(home) as library, progress_bar("importing") as progress:
        files = recordings_in(paths)
        for i, path in enumerate(files):
            try:
                recording = recordings.read(path, sensor=sensor, unit=unit)
                worn = Placement(placement.value) if placement else recording.placement
                added = library.add_import(recording, placement=worn)
                typer.echo(f"{added.id}  {path.name}  {clock(recording.duration_s)}")
            except TremorscopeError as error:
                failed += 1
                typer.echo(f"tremorscope: {error}", err=True)
            progress((i + 1) / len(files))
    return 1 if failed else 0
