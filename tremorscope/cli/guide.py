"""`tremorscope guidance`: every cause, remedy and sentence with its source."""

from typing import Annotated

import typer

from tremorscope.cli.options import HomeOption, JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(help="The knowledge behind the advice.", no_args_is_help=True)
    group.command("list")(list_sentences)
    app.add_typer(group, name="guidance")


def list_sentences(
    as_json: JsonOption = False,
    only: Annotated[str, typer.Option("--about", metavar="WORD", help="Only what has this word.")] = "",
    home: HomeOption = None,
) -> int:
    """List every cause, remedy and sentence that can appear, with its source.

    Example: tremorscope guidance list --about water
    """
    del home
    import guidance
    import session
    from tremorscope.cli.analyze import print_json_line

    for sentence in guidance.sentences():
        if only.lower() not in f"{sentence.id} {sentence.text}".lower():
            continue
        if as_json:
            print_json_line(session.plain(sentence))
        else:
            typer.echo(f"{sentence.id}\n    {sentence.text}\n    source: {', '.join(sentence.sources)}")
    return 0
