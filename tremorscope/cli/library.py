"""`tremorscope library ...` and `tremorscope import`: the person's own sessions."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.files import recordings_in
from tremorscope.cli.options import (
    CalibrateOption,
    HomeOption,
    JsonOption,
    PlacementOption,
    RateOption,
    SensorOption,
    UnitOption,
)
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
    group.command("analyze")(analyze_sessions)
    group.command("rebuild")(rebuild)
    group.command("repair")(repair)
    group.command("export")(export_session)
    group.command("delete")(delete)
    app.add_typer(group, name="library")
    app.command("import")(import_files)


@contextmanager
def opened(home: Path | None) -> "Iterator[Library]":
    """Open the library and tell what a person should know about it."""
    import recordings
    import session

    with progress_bar("looking at new files") as progress:
        library = recordings.Library(session.find_home(home).root, progress=progress)
    with library:
        for notice in library.notices:
            typer.echo(f"note: {notice}", err=True)
        for path in library.recovered:
            typer.echo(f"note: recovered {path.name} after a crash", err=True)
        yield library


def list_sessions(
    search: Annotated[str, typer.Argument(metavar="[WORD]", help="Only sessions with this in name, tag or note.")] = "",
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """List the sessions, newest first; --json prints one object a line.

    Example: tremorscope library list evening
    """
    import session
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library:
        sessions = library.search(search) if search else library.sessions()
        empty = not sessions and not library.sessions()
    if as_json:
        for each in sessions:
            print_json_line(session.plain(each))
        return 0
    if empty:
        typer.echo("no sessions yet; `tremorscope live --record` records one, `tremorscope import` takes files in")
    elif not sessions:
        typer.echo(f"no session with {search!r}; `tremorscope library list` shows them all")
    else:
        from tremorscope.cli.tables import print_sessions

        print_sessions(sessions)
    return 0


def show(wanted: SessionArgument, as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Show everything the library knows of a session.

    Example: tremorscope library show 2026-11-22
    """
    import json

    import session
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library:
        record = library.show(wanted)
        found = session.plain(record) | {"path": str(library.path_of(record.id))}
    if as_json:
        print_json_line(found)
        return 0
    for name, value in found.items():
        typer.echo(f"{name:<12} {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")
    return 0


def tag(
    wanted: SessionArgument,
    tags: Annotated[list[str], typer.Argument(metavar="TAG...", help="Put - before a tag to take it away.")],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Tag a session, or take tags away (after -- , so that the minus sign is no option).

    Example: tremorscope library tag 2026-11-22 evening -- -tired
    """
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library:
        found = library.show(wanted)
        for each in tags:
            library.tag(found.id, each.removeprefix("-"), remove=each.startswith("-"))
        kept = library.show(found.id).tags
    if as_json:
        print_json_line({"id": found.id, "tags": list(kept)})
    else:
        typer.echo(" ".join(kept))
    return 0


def note(
    wanted: SessionArgument,
    text: Annotated[str, typer.Argument(help="The note; empty takes it away.")],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Write a note to a session.

    Example: tremorscope library note 2026-11-22 "after a long run"
    """
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library:
        found = library.show(wanted)
        library.note(found.id, text)
    if as_json:
        print_json_line({"id": found.id, "note": text})
    return 0


def analyze_sessions(
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="[SESSION...]", help="Which; default: all without findings.")
    ] = None,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Analyse sessions and keep what they show, for the list and the trends.

    Example: tremorscope library analyze
    """
    import session
    from dsp import TremorscopeError
    from tremorscope.cli.analyze import print_json_line

    failed = 0
    with opened(home) as library, progress_bar("analysing") as progress:
        chosen = [library.show(w) for w in wanted] if wanted else [s for s in library.sessions() if not s.findings]
        for i, each in enumerate(chosen):
            try:
                findings = session.analyze_kept(library, each.id)
            except TremorscopeError as error:
                failed += 1
                typer.echo(f"tremorscope: {error}", err=True)
                continue
            if as_json:
                print_json_line({"id": each.id, "findings": findings})
            progress((i + 1) / len(chosen))
    if not as_json:
        typer.echo(f"{len(chosen) - failed} sessions analysed")
    return 1 if failed else 0


def rebuild(as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Make the index afresh from the recordings; tags, notes and findings are kept.

    Example: tremorscope library rebuild
    """
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library, progress_bar("reading the recordings") as progress:
        count = library.rebuild(progress=progress)
        refused = library.refused
    if as_json:
        print_json_line({"sessions": count, "refused": refused})
        return 0
    typer.echo(f"{count} session{'s' if count != 1 else ''}")
    for reason in refused.values():
        typer.echo(f"note: left out: {reason}", err=True)
    return 0


def repair(as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Make readable what a crash left behind.

    Example: tremorscope library repair
    """
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library:
        # Opening it has recovered already whatever could be.
        recovered = [*library.recovered, *library.repair()]
        left = library.left_behind
    if as_json:
        print_json_line({"recovered": [str(p) for p in recovered], "left": [str(p) for p in left]})
        return 0
    for path in recovered:
        typer.echo(f"recovered {path}")
    for path in left:
        typer.echo(f"left alone {path}: it is being recorded, or there is nothing in it")
    if not recovered and not left:
        typer.echo("nothing to repair")
    return 0


def export_session(
    wanted: SessionArgument,
    out: Annotated[
        Path, typer.Option("-o", "--out", metavar="FILE", help="Where to; another ending converts the samples.")
    ],
    identify: Annotated[
        bool, typer.Option("--identify", help="When converting: keep date, device and sensor names.")
    ] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Copy the recording of a session to another place, as it is or converted.

    Example: tremorscope library export 2026-11-22 -o /media/stick/session.mcap
    """
    import recordings
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library:
        found = library.show(wanted)
        written = library.export(found.id, out, options=recordings.ExportOptions(identify=identify))
    if as_json:
        print_json_line({"id": found.id, "file": str(written)})
    else:
        typer.echo(str(written))
    return 0


def delete(
    wanted: SessionArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Delete a session for good: recording, notes, report, and its place in the index. Asks first.

    Example: tremorscope library delete 2026-11-22
    """
    from tremorscope.cli.analyze import print_json_line

    with opened(home) as library:
        found = library.show(wanted)
        if not yes:
            typer.confirm(f"Delete {found.title} ({clock(found.duration_s)}) for good?", abort=True, err=True)
        removed = library.delete(found.id)
    if as_json:
        print_json_line({"id": found.id, "deleted": [str(p) for p in removed]})
    else:
        typer.echo(f"deleted {found.title}: {len(removed)} file{'s' if len(removed) != 1 else ''}")
    return 0


def import_files(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Recordings, or folders of them.")],
    placement: PlacementOption = None,
    sensor: SensorOption = None,
    unit: UnitOption = None,
    rate: RateOption = None,
    calibrate: CalibrateOption = False,
    home: HomeOption = None,
) -> int:
    """Take recordings of any supported format into the library, every file as it is.

    A file of several sensors becomes one session of them all; --sensor takes one of them. A file that cannot be read is
    named with the reason, and the others are taken all the same. --calibrate tells how far each is from gravity; the
    bytes stay as they are, and `analyze --calibrate` uses it.

    Example: tremorscope import ~/Downloads/phyphox/
    """
    import recordings
    from dsp import Placement, TremorscopeError

    failed = 0
    with opened(home) as library, progress_bar("importing") as progress:
        files = recordings_in(paths)
        for i, path in enumerate(files):
            try:
                recording, *others = (
                    recordings.read_every(path, unit=unit, rate_hz=rate, calibrate=calibrate)
                    if sensor is None
                    else [recordings.read(path, sensor=sensor, unit=unit, rate_hz=rate, calibrate=calibrate)]
                )
                # What the file says of each sensor stands; one place for all was named by the person.
                worn = Placement.UNKNOWN if others else recording.placement
                if placement is not None:
                    worn = Placement(placement.value)
                added = library.add_import(recording, others=others, placement=worn, unit=unit, rate_hz=rate)
                sensors = f"  {', '.join(s.label for s in added.sensors)}" if others else ""
                typer.echo(f"{added.id}  {path.name}  {clock(recording.duration_s)}  {recording.format}{sensors}")
                warnings = [w for r in (recording, *others) for w in r.warnings]
                for warning in dict.fromkeys(w for w in warnings if not (others and w.startswith("several sensors"))):
                    typer.echo(f"note: {path.name}: {warning}", err=True)
            except TremorscopeError as error:
                failed += 1
                which = "" if path.name in str(error) else f"{path.name}: "
                typer.echo(f"tremorscope: {which}{error}", err=True)
            progress((i + 1) / len(files))
    if len(files) > 1:
        typer.echo(f"{len(files) - failed} of {len(files)} files imported", err=True)
    return 1 if failed else 0
