"""`tremorscope scan`: what is around, with signal, battery and family."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.options import HomeOption, JsonOption
from tremorscope.cli.radio import VirtualOption

if TYPE_CHECKING:
    import sensor

DEFAULT_S = 6.0
WIDE = 160


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("scan")(scan)


def scan(
    seconds: Annotated[float, typer.Option("--seconds", min=0.5, max=300.0, help="How long to look.")] = DEFAULT_S,
    everything: Annotated[bool, typer.Option("--all", help="Devices that are no known sensor, too.")] = False,
    battery: Annotated[
        bool, typer.Option("--battery", help="Connect to each known sensor for a moment and ask for its battery.")
    ] = False,
    virtual: VirtualOption = False,
    as_json: JsonOption = False,
    home: HomeOption = None,
) -> int:
    """Look for sensors around: name, family, signal, battery, address.

    Example: tremorscope scan
    """
    import session
    from tremorscope.cli.analyze import print_json_line
    from tremorscope.cli.radio import open_radio

    with open_radio(home, virtual=virtual) as radio:
        titles = {family.name: family.title for family in radio.families}
        found = radio.scan(seconds, everything=everything)
        if battery:
            found = [radio.ask(info) if info.family else info for info in found]
    if as_json:
        for info in found:
            print_json_line(session.plain(info))
        return 0
    if not found:
        typer.echo(
            f"No acceleration sensor was heard in {seconds:g} s. Wear it or press its button, close the maker's app, "
            "bring it nearer, then scan again. `tremorscope doctor` looks at this machine's radio."
        )
        return 0
    _print(found, titles)
    return 0


def _print(found: "list[sensor.SensorInfo]", titles: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("Sensor", "Family", "Signal", "Battery", "Address"):
        table.add_column(name, justify="right" if name in ("Signal", "Battery") else "left", no_wrap=True)
    table.add_column("")
    for info in found:
        signal = "" if info.signal_dbm is None else f"{info.signal_dbm} dBm"
        charge = "" if info.battery_percent is None else f"{info.battery_percent} %"
        family = titles.get(info.family, "not known")
        table.add_row(info.name or "(no name)", family, signal, charge, info.key, info.warning)
    # A pipe has no width of its own: nothing is to be cut there.
    # Names come from strangers: what looks like markup in one is text.
    Console(highlight=False, markup=False, width=None if sys.stdout.isatty() else WIDE).print(table)
    typer.echo("Stream from one with: tremorscope live NAME (a unique part of the name or address will do)")
