"""The `tremorscope` command: its sub-commands, exit codes, and how errors look."""

import io
import sys
from typing import Annotated, Any

import typer

from tremorscope.cli import analyze, batch, checkin, doctor, export, guide, library, live, open_app, protocol, scan
from tremorscope.cli.options import HomeOption

DONE, FAILED, WRONG_ARGUMENTS = 0, 1, 2
# typer carries a copy of click of its own, whose errors it does not name; a bad parameter is one of each.
USAGE_ERROR: Any = typer.BadParameter.__mro__[1]
CLICK_ERROR: Any = typer.BadParameter.__mro__[2]

app = typer.Typer(
    name="tremorscope",
    add_completion=False,
    no_args_is_help=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        import tremorscope

        typer.echo(f"tremorscope {tremorscope.__version__}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def tremorscope(
    context: typer.Context,
    home: HomeOption = None,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print it.")] = False,  # noqa: ARG001 - the callback uses it
) -> None:
    """Why do my legs shake when I stretch? Shows it live, with the evidence and what to do about it.

    Without a command the app opens. It is a wellness instrument, never a diagnosis.

    Example: [bold]tremorscope demo[/bold]
    """
    context.obj = home
    if context.invoked_subcommand is None:
        raise typer.Exit(open_app.open_window(home=home))


analyze.register(app)
batch.register(app)
checkin.register(app)
doctor.register(app)
export.register(app)
guide.register(app)
library.register(app)
live.register(app)
open_app.register(app)
protocol.register(app)
scan.register(app)


def main(arguments: list[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments
        Without the program's name; None takes ``sys.argv``.

    Returns
    -------
    int
        0 done, 1 failed, 2 wrong arguments.
    """
    _print_any_name()
    try:
        result = app(args=arguments, standalone_mode=False)
    except typer.Exit as leave:
        return leave.exit_code
    except typer.Abort:
        typer.echo("stopped", err=True)
        return FAILED
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
        return FAILED
    except BrokenPipeError:
        # The reader (head, less) has had enough; Python would complain again at exit while flushing.
        sys.stderr.close()
        return DONE
    except Exception as error:  # noqa: BLE001 - the last place an error can become a sentence
        return _report(error)
    return result if isinstance(result, int) else DONE


def _print_any_name() -> None:
    """Let names that are no text be printed with their bytes, instead of failing over them."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")


def _report(error: Any) -> int:
    if isinstance(error, CLICK_ERROR):
        error.show()
        return WRONG_ARGUMENTS if isinstance(error, USAGE_ERROR) else FAILED
    from dsp.errors import TremorscopeError

    if isinstance(error, TremorscopeError):
        typer.echo(f"tremorscope: {error}", err=True)
        return FAILED
    raise error
