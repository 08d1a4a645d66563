"""`tremorscope protocol`: guided sessions in the terminal, and what they showed."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.checkin import ask
from tremorscope.cli.options import HomeOption, JsonOption, PlacementName, SideName
from tremorscope.cli.radio import VirtualOption

if TYPE_CHECKING:
    import guidance


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(help="Guided sessions: what to do, step by step.", no_args_is_help=True)
    group.command("list")(list_protocols)
    group.command("run")(run)
    group.command("show")(show)
    app.add_typer(group, name="protocol")


def list_protocols(as_json: JsonOption = False, home: HomeOption = None) -> int:
    """List the guided sessions with their steps.

    Example: tremorscope protocol list
    """
    del home
    import guidance
    import session
    from tremorscope.cli.analyze import print_json_line
    from tremorscope.cli.words import clock

    for protocol in guidance.load_knowledge().protocols.values():
        if as_json:
            print_json_line(session.plain(protocol))
            continue
        leader = guidance.Leader(protocol)
        typer.echo(f"{protocol.id}: {protocol.title} ({clock(leader.total_s)})\n    {protocol.about}")
        for turn in leader.turns:
            typer.echo(f"    {clock(turn.from_s):>6}  {turn.step.cue}")
    return 0


def run(
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="Which one; `protocol list` names them.")] = "stretch",
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="[SENSOR [SENSOR]]", help="One sensor, or one on each leg.")
    ] = None,
    placement: Annotated[
        PlacementName, typer.Option("--placement", "-p", help="Where it is worn.")
    ] = PlacementName.calf,
    side: Annotated[SideName, typer.Option("--side", help="The leg that begins.")] = SideName.left,
    speed: Annotated[float, typer.Option("--speed", min=0.0, help="Of the simulated limb.")] = 1.0,
    virtual: VirtualOption = False,
    checkin: Annotated[bool, typer.Option("--checkin", help="Ask twenty seconds of questions first.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Lead through a guided session, record it, and say what each step showed.

    Example: tremorscope protocol run stretch Polar
    """
    import guidance
    import session
    from dsp import Placement, Side
    from tremorscope.cli.live import make_sources, run_session

    protocol = guidance.find_protocol(name)
    names = wanted or ["simulated"]
    both = len(names) == 2
    first = Side(side.value)
    second = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(first, Side.UNKNOWN)
    labels = [first.value, second.value] if both else [names[0]]
    folder = session.find_home(home)
    if checkin:
        ask(folder)
    leader = guidance.Leader(protocol, first, both_worn=both)
    guided = session.GuidedRun(leader, lambda turn, at_s: _say(turn, at_s, as_json=as_json))
    with ExitStack() as radio:
        sources = make_sources(
            names, labels, radio, home=home, virtual=virtual, rate_hz=None, speed=speed, script=f"guided_{name}"
        )
        return run_session(
            sources,
            placement=Placement(placement.value),
            side=dict(zip(labels, (first, second), strict=False)),
            record_to=folder.make(folder.recordings),
            report_to=None if as_json else folder.make(folder.reports),
            as_json=as_json,
            guided=guided,
            folder=folder,
        )


def show(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The recording of a guided session.")],
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Say what the steps of a recorded guided session showed.

    Example: tremorscope protocol show session.mcap
    """
    del home
    import session
    from dsp import InputError
    from tremorscope.cli.analyze import print_json_line

    found = session.guided_findings_of(session.analyze_all_sensors(path))
    if found is None:
        msg = f"{path.name} holds no guided session; `tremorscope protocol run` records one"
        raise InputError(msg)
    if as_json:
        print_json_line(session.plain(found))
        return 0
    print_guided(found)
    return 0


def print_guided(found: "guidance.GuidedFindings") -> None:
    """Print what a guided session showed."""
    typer.echo(f"{found.title}")
    for sentence in found.sentences:
        typer.echo(f"  {sentence}")


def _say(turn: "guidance.Turn", at_s: float, *, as_json: bool) -> None:
    from tremorscope.cli.analyze import print_json_line
    from tremorscope.cli.words import clock

    side = "" if turn.side.value == "unknown" else f" ({turn.side.value} leg)"
    if as_json:
        print_json_line(
            {"type": "step", "step": turn.step.id, "side": turn.side.value, "cue": turn.step.cue, "time_s": at_s}
        )
        return
    typer.echo(f"{clock(at_s):>7}  ▶ {turn.step.cue}{side}  [{turn.step.seconds:.0f} s]")
