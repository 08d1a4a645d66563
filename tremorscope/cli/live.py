"""`tremorscope live` and `demo`."""

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.checkin import ask
from tremorscope.cli.options import HomeOption, JsonOption, PlacementName, SideName
from tremorscope.cli.radio import VirtualOption

if TYPE_CHECKING:
    import guidance
    import sensor
    import session
    from dsp import Placement, Side

MOST_SENSORS = 2
RADIO_DEMO_S = 60.0
"""Of streaming, in real time: long enough for a stretch, jerks and a rhythm of the demo script."""
DEMO_SPEED = 20.0
"""Three minutes of the simulated limb in nine seconds."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("live")(live)
    app.command("demo")(demo)


def live(  # noqa: PLR0917 - typer passes by name
    wanted: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SENSOR [SENSOR]]", help="A name, an address or a unique part of one; or `simulated`."),
    ] = None,
    no_gui: Annotated[bool, typer.Option("--no-gui", help="In the terminal, without the app.")] = False,
    record: Annotated[bool, typer.Option("--record", help="Record the raw samples.")] = False,
    out: Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="Folder to record into.")] = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Stop after this long of streaming.")] = None,
    rate: Annotated[float | None, typer.Option("--rate", metavar="HZ", help="Ask the sensor for this rate.")] = None,
    speed: Annotated[
        float, typer.Option("--speed", min=0.0, help="Of the simulated limb; 0 is as fast as possible.")
    ] = 1.0,
    placement: Annotated[
        PlacementName, typer.Option("--placement", "-p", help="Where it is worn.")
    ] = PlacementName.calf,
    side: Annotated[
        list[SideName] | None, typer.Option("--side", help="Left or right; once for each sensor, in their order.")
    ] = None,
    virtual: VirtualOption = False,
    checkin: Annotated[bool, typer.Option("--checkin", help="Ask twenty seconds of questions first.")] = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Stream, analyse and record one or two sensors. Ctrl-C stops the sensor and closes the file.

    Example: tremorscope live simulated --no-gui --record --seconds 60
    """
    import session
    from dsp import Placement, Side, TremorscopeError
    from tremorscope.cli.analyze import print_json_line

    if not no_gui and not as_json and seconds is None:
        from tremorscope.cli.open_app import has_display, open_window

        if has_display():
            return open_window(
                home=home,
                sensors=wanted or [],
                sides=[Side(s.value) for s in side or []],
                placement=Placement(placement.value),
                record=record,
                folder=out,
                rate_hz=rate,
                sensor_speed=speed,
                check_in=checkin,
                virtual=virtual,
            )

    names = wanted or ["simulated"]
    labels = _labels(names, side or [])
    folder = session.find_home(home)
    if checkin:
        ask(folder)
    with ExitStack() as radio:
        try:
            sources = make_sources(names, labels, radio, home=home, virtual=virtual, rate_hz=rate, speed=speed)
        except TremorscopeError as error:
            if as_json:
                # Whoever reads lines waits for one that ends.
                print_json_line({"type": "end", "reason": str(error)})
            raise
        return run_session(
            sources,
            placement=Placement(placement.value),
            side={label: Side(s.value) for label, s in zip(labels, side or [], strict=False)},
            record_to=(out or folder.make(folder.recordings)) if record or out else None,
            seconds=seconds,
            as_json=as_json,
            folder=folder,
        )


def demo(
    terminal: Annotated[
        bool, typer.Option("--terminal", help="In the terminal even where there is a display.")
    ] = False,
    speed: Annotated[
        float, typer.Option("--speed", min=0.0, help="How much faster than life, in the terminal.")
    ] = DEMO_SPEED,
    script: Annotated[str, typer.Option("--script", metavar="NAME", help="Which simulated session.")] = "demo",
    radio: Annotated[
        bool, typer.Option("--radio", help="Over Bluetooth, from two virtual sensors in this program, in real time.")
    ] = False,
    seconds: Annotated[
        float, typer.Option("--seconds", min=5.0, help="How long the demonstration over Bluetooth streams.")
    ] = RADIO_DEMO_S,
    play: Annotated[
        Path | None, typer.Option("--play", metavar="FILE", help="With --radio: a recording that both sensors feel.")
    ] = None,
    home: HomeOption = None,
) -> int:
    """Show everything on the simulated limb: in the app, or without a display in the terminal, then a report.

    Example: tremorscope demo
    """
    from tremorscope.cli.open_app import has_display, open_window

    if radio:
        return _demo_over_radio(home, seconds, play)
    if has_display() and not terminal:
        return open_window(home=home, demo=True)
    import session
    from dsp import Placement, Side

    typer.echo(f"A scripted stretching session of the simulated limb, played at {speed:g}x (synthetic data).")
    folder = session.find_home(home)
    source = _simulated("simulated", script=script, speed=speed)
    return run_session(
        [source],
        placement=Placement.CALF,
        side={source.label: Side.LEFT},
        record_to=folder.make(folder.recordings),
        report_to=folder.make(folder.reports),
        folder=folder,
    )


def _demo_over_radio(home: Path | None, seconds: float, play: Path | None) -> int:
    """Stream from a virtual sensor on each leg over the whole Bluetooth path, then write a report."""
    import session
    from dsp import Placement, Side

    legs = "the simulated legs" if play is None else play.name
    typer.echo(f"Two virtual Bluetooth sensors on {legs}, {seconds:g} s in real time (synthetic data).")
    folder = session.find_home(home)
    with ExitStack() as stack:
        return run_session(
            make_sources(
                ["Polar Sense", "Polar H10"],
                ["left", "right"],
                stack,
                home=home,
                virtual=True,
                rate_hz=None,
                speed=1.0,
                play=play,
            ),
            placement=Placement.CALF,
            side={"left": Side.LEFT, "right": Side.RIGHT},
            record_to=folder.make(folder.recordings),
            seconds=seconds,
            report_to=folder.make(folder.reports),
            folder=folder,
        )


def run_session(
    sources: "list[sensor.Source]",
    *,
    placement: "Placement",
    side: "dict[str, Side]",
    record_to: Path | None,
    seconds: float | None = None,
    as_json: bool = False,
    report_to: Path | None = None,
    guided: "session.GuidedRun | None" = None,
    folder: "session.Home | None" = None,
) -> int:
    """Run a session in the terminal to its end and print the verdict.

    With `folder`, today's check-in and earlier sessions count for the advice, and this one is remembered. `guided`
    leads through its steps and ends with them.

    Returns
    -------
    int
        Exit code: 1 when no sample ever came.
    """
    import session
    from tremorscope.cli.analyze import print_json_line
    from tremorscope.cli.interruption import Interruption
    from tremorscope.cli.limit import StreamingLimit
    from tremorscope.cli.protocol import print_guided
    from tremorscope.cli.terminal import JsonLines, LiveLine

    show = JsonLines() if as_json else LiveLine()
    limit = StreamingLimit(seconds, show)
    checkin = session.todays_checkin(folder) if folder is not None else None
    _mention_checkin(None if as_json else folder)
    if guided is not None:
        guided.watch_with(limit)
    running = session.LiveSession(
        sources,
        sink=limit if guided is None else guided,
        placement=placement,
        side=side,
        record_to=record_to,
        live_advice=guided is None,  # the steps of a guided session are the one sentence to follow
        checkin=checkin,
        history=session.recall(folder) if folder is not None and record_to is not None else (),
    )
    if guided is not None:
        guided.mark_with(running.mark)
    with Interruption() as interruption:
        running.start()
        reason = ""
        while not reason and not running.join(0.1):
            ends = (
                (limit.reached, f"{seconds or 0:g} s of streaming are over"),
                (guided is not None and guided.done, "all steps are done"),
                (show.output.gone, "nobody reads the output any more"),
            )
            reason = next((why for is_so, why in ends if is_so), interruption.reason)
        result = running.stop(reason)
    if not result.analyses:
        typer.echo(f"tremorscope: no data came: {result.reason}", err=True)
        return 1
    if folder is not None:
        session.remember(folder, result, checkin=checkin, guided=guided.leader.protocol.id if guided else "")
    shown = guided.findings(result.analyses) if guided is not None else None
    if show.output.gone:
        return 0
    if as_json:
        if shown is not None:
            print_json_line({"type": "guided", **session.plain(shown)})
        return 0
    _print_verdict(result, report_to, folder, checkin)
    if shown is not None:
        print_guided(shown)
    return 0


def _mention_checkin(folder: "session.Home | None") -> None:
    import guidance
    import session

    if folder is not None and guidance.Part.TODAY in session.parts_due(folder):
        typer.echo(guidance.load_knowledge().say("checkin", "hint"))


def _print_verdict(
    result: "session.SessionResult",
    report_to: Path | None,
    folder: "session.Home | None",
    checkin: "guidance.CheckIn | None",
) -> None:
    import session
    from tremorscope.cli.analyze import write_report_of
    from tremorscope.cli.tables import print_analysis

    # The session's own advice knows the check-in and the sessions before; a new one from the numbers alone would not.
    advice = result.advice or session.make_advice(result.analyses)
    if result.recording is None:
        for label, analysis in result.analyses.items():
            print_analysis(session.live_only(label, analysis), advice)
        return
    found = session.analyze_all_sensors(result.recording)
    for each in found:
        print_analysis(each, advice)
    if report_to is not None:
        page = report_to / (result.recording.stem + ".html")
        known = session.background_of(folder, result.recording) if folder is not None else session.Background()
        typer.echo(f"Report: {write_report_of(found, page, known=known, checkin=checkin)}")


def _labels(names: list[str], sides: list[SideName]) -> list[str]:
    """Label of each sensor: its side where sides are given and differ, else its name, numbered when equal."""
    if len(sides) == len(names) and len(set(sides)) == len(sides):
        return [s.value for s in sides]
    if len(set(names)) == len(names):
        return list(names)
    return [f"{name}-{i}" for i, name in enumerate(names, 1)]


def make_sources(
    names: list[str],
    labels: list[str],
    radio_stack: ExitStack,
    *,
    home: Path | None,
    virtual: bool,
    rate_hz: float | None,
    speed: float,
    script: str = "demo",
    play: Path | None = None,
) -> "list[sensor.Source]":
    """Make a source of each sensor named; the radio that some of them need closes with `radio_stack`."""
    import session
    from dsp import InputError

    if len(names) > MOST_SENSORS:
        msg = f"{len(names)} sensors were named; a session takes one or two"
        raise InputError(msg)
    real = [n for n in names if not _is_simulated(n)]
    if not real:
        return [
            _simulated(label, script=script, speed=speed, seed=i, rate_hz=rate_hz) for i, label in enumerate(labels)
        ]
    from sensor import BleSource
    from tremorscope.cli.radio import open_radio

    session.warm_up()
    radio = radio_stack.enter_context(open_radio(home, virtual=virtual, play=play))
    infos = dict(zip(real, session.find_sensors(radio, real), strict=True))
    # One zero for all, so that both legs lie on one clock.
    epoch_ns = radio.now_ns()
    return [
        _simulated(label, script=script, speed=speed, seed=i, rate_hz=rate_hz)
        if name not in infos
        else BleSource(radio, infos[name], label=label, rate_hz=rate_hz, epoch_ns=epoch_ns)
        for i, (name, label) in enumerate(zip(names, labels, strict=True))
    ]


def _is_simulated(name: str) -> bool:
    return name.lower() in ("simulated", "simulated limb")


def _simulated(
    label: str, *, script: str = "demo", speed: float = 1.0, seed: int = 0, rate_hz: float | None = None
) -> "sensor.Source":
    from dsp import InputError
    from sensor.simulated import SCRIPTS, SIMULATED_HZ, SimulatedSource

    if script not in SCRIPTS:
        msg = f"there is no simulated session {script!r}; choose one of {', '.join(SCRIPTS)}"
        raise InputError(msg)
    return SimulatedSource(script=SCRIPTS[script], speed=speed, label=label, seed=seed, rate_hz=rate_hz or SIMULATED_HZ)
