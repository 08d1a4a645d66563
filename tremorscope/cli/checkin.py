"""`tremorscope checkin` and `week`: twenty seconds of questions, all optional; and what the last days showed."""

import textwrap
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.arguments import arguments
from tremorscope.cli.options import HomeOption, JsonOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    import guidance
    import session

WIDTH = 100
"""Columns of the screen of chips; what is longer is folded."""

AnswerOption = Annotated[
    list[str] | None,
    typer.Option(
        "--answer", metavar="QUESTION=ANSWER", help="An answer of the check-in; may be repeated. `checkin --questions`."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("checkin")(checkin)
    app.command("week")(week)


def checkin(
    answer: AnswerOption = None,
    everything: Annotated[bool, typer.Option("--all", help="Ask what is asked once a week too.")] = False,
    questions: Annotated[bool, typer.Option("--questions", help="Only list questions and answers.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Only show what is kept.")] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Forget what is kept.")] = False,
    home: HomeOption = None,
) -> int:
    """Answer a few questions, for the advice of the next hours. Everything may be skipped.

    Answers stay on this machine: those about today for twelve hours, the others for a week.
    Example: tremorscope checkin
    """
    import guidance
    import session

    folder = session.find_home(home)
    if questions:
        return _list_questions()
    if clear:
        session.keep_checkin(folder, guidance.CheckIn())
        typer.echo("forgotten")
        return 0
    if not show:
        if answer:
            session.keep_checkin(folder, answers_in(answer))
        else:
            ask(folder, everything=everything)
    kept = session.todays_checkin(folder) or guidance.CheckIn()
    for question, each in kept.answers():
        typer.echo(f"  {question}: {each.text}")
    typer.echo(f"{sum(1 for _ in kept.answers())} answers kept on this machine.")
    return 0


def answers_in(answers: "Iterable[str]") -> "guidance.CheckIn":
    """Read answers written as QUESTION=ANSWER.

    Raises
    ------
    typer.BadParameter
        When one is not of this form, or not in the check-in.
    """
    import guidance

    chosen: dict[str, tuple[str, ...]] = {}
    for each in answers:
        question, found, text = each.partition("=")
        if not found:
            msg = f"{each!r} is no answer; write QUESTION=ANSWER as `tremorscope checkin --questions` lists them"
            raise typer.BadParameter(msg)
        chosen[question] = (*chosen.get(question, ()), text)
    with arguments():
        read = guidance.CheckIn(chosen=chosen)
        list(read.answers())
    return read


def ask(folder: "session.Home", *, everything: bool = False) -> None:
    """Ask on one screen, keep the answers; what is asked once a week only when its time has come."""
    import guidance
    import session

    k = guidance.load_knowledge()
    due = session.parts_due(folder)
    for part, heading in ((guidance.Part.TODAY, "title"), (guidance.Part.WEEK, "week")):
        if part is guidance.Part.WEEK and not (everything or part in due):
            continue
        typer.echo(f"\n{k.say('checkin', heading)}\n")
        chips = _print_chips([q for q in k.questions if q.part is part])
        said = typer.prompt(k.say("checkin", "prompt"), default="", show_default=False)
        chosen: dict[str, tuple[str, ...]] = {}
        for number in (int(word) for word in said.replace(",", " ").split() if word.isdigit()):
            if 1 <= number <= len(chips):
                question, answer = chips[number - 1]
                chosen[question] = (*chosen.get(question, ()), answer)
        # Skipping leaves what still holds; it also counts as asked, so that nobody is asked twice.
        if chosen or part in due:
            session.keep_checkin(folder, guidance.CheckIn(chosen=chosen), parts=[part])


def _print_chips(questions: "list[guidance.Question]") -> list[tuple[str, str]]:
    """Print every answer with its number; the numbers run on, so that one line answers all."""
    chips: list[tuple[str, str]] = []
    for q in questions:
        words = []
        for a in q.answers:
            chips.append((q.id, a.id))
            # A number must not part from its chip at the end of a line.
            words.append(f"{len(chips)} {a.text}".replace(" ", "\N{NO-BREAK SPACE}"))
        folded = textwrap.fill("   ".join(words), WIDTH, initial_indent="    ", subsequent_indent="    ")
        typer.echo(f"{q.text}\n{folded}".replace("\N{NO-BREAK SPACE}", " "))
    return chips


def _list_questions() -> int:
    import guidance

    for q in guidance.load_knowledge().questions:
        typer.echo(f"{q.id}: {q.text}" + ("  (once a week)" if q.part is guidance.Part.WEEK else ""))
        for a in q.answers:
            typer.echo(f"    {q.id}={a.id}  {a.text}")
    return 0


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
