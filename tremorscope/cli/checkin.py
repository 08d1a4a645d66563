"""`tremorscope checkin`: twenty seconds of questions about the day, all of them optional."""

from typing import Annotated

import typer

from tremorscope.cli.options import HomeOption, JsonOption


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("checkin")(checkin)
    app.command("week")(week)


def checkin(
    answer: Annotated[
        list[str] | None,
        typer.Option("--answer", metavar="QUESTION=ANSWER", help="Answer without being asked; may be repeated."),
    ] = None,
    questions: Annotated[bool, typer.Option("--questions", help="Only list questions and answers.")] = False,
    home: HomeOption = None,
) -> int:
    """Answer a few questions about today, for the advice of the next twelve hours. Everything may be skipped.

    Answers stay on this machine. Example: tremorscope checkin
    """
    import guidance
    import session

    k = guidance.load_knowledge()
    if questions:
        for q in k.questions:
            typer.echo(f"{q.id}: {q.text}")
            for a in q.answers:
                typer.echo(f"    {q.id}={a.id}  {a.text}")
        return 0
    chosen = _given(answer) if answer else _asked()
    answers = guidance.CheckIn(chosen=chosen)
    count = sum(1 for _ in answers.answers())
    session.keep_checkin(session.find_home(home), answers)
    typer.echo(f"{count} answers kept on this machine for the next {session.CHECKIN_HOURS:.0f} hours.")
    return 0


def _given(answers: list[str]) -> dict[str, tuple[str, ...]]:
    from dsp import InputError

    chosen: dict[str, tuple[str, ...]] = {}
    for each in answers:
        question, found, text = each.partition("=")
        if not found:
            msg = f"{each!r} is no answer; write QUESTION=ANSWER as `tremorscope checkin --questions` lists them"
            raise InputError(msg)
        chosen[question] = (*chosen.get(question, ()), text)
    return chosen


def _asked() -> dict[str, tuple[str, ...]]:
    import guidance

    chosen: dict[str, tuple[str, ...]] = {}
    for q in guidance.load_knowledge().questions:
        typer.echo(f"\n{q.text}")
        for i, a in enumerate(q.answers, 1):
            typer.echo(f"  {i}  {a.text}")
        said = typer.prompt("Numbers, or Enter to skip", default="", show_default=False)
        picked = [int(part) for part in said.replace(",", " ").split() if part.isdigit()]
        ids = tuple(q.answers[n - 1].id for n in picked if 1 <= n <= len(q.answers))
        if ids:
            chosen[q.id] = ids
    return chosen


def week(as_json: JsonOption = False, home: HomeOption = None) -> int:
    """Sum up the last seven days, and whether what you tried helped.

    Example: tremorscope week
    """
    import time

    import guidance
    import session
    from tremorscope.cli.analyze import print_json_line

    folder = session.find_home(home)
    folder.make(folder.recordings)
    summary = guidance.weekly(session.recall(folder), time.time_ns())
    if as_json:
        print_json_line(session.plain(summary))
        return 0
    typer.echo(guidance.load_knowledge().say("week", "title"))
    for sentence in summary.sentences:
        typer.echo(f"  {sentence}")
    return 0
