"""`tremorscope guidance`: every cause, remedy and sentence with its source."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from tremorscope.cli.options import HomeOption, JsonOption

if TYPE_CHECKING:
    import guidance

NUMBER = r"\{[^}]*\}"
"""Where a sentence takes a number of the session."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    group = typer.Typer(help="The knowledge behind the advice.", no_args_is_help=True)
    group.command("list")(list_sentences)
    group.command("show")(show)
    group.command("sources")(list_sources)
    app.add_typer(group, name="guidance")


def list_sentences(
    as_json: JsonOption = False,
    only: Annotated[str, typer.Option("--about", metavar="WORD", help="Only what has this word.")] = "",
    home: HomeOption = None,
) -> int:
    """List every cause, remedy and sentence that can appear, with its source and what it weighs.

    Example: tremorscope guidance list --about water
    """
    del home
    import guidance
    import session
    from tremorscope.cli.analyze import print_json_line

    k = guidance.load_knowledge()
    terms = {c.id: c.term for c in k.causes}
    families = {r.id: r.family for r in k.remedies.values()}
    for sentence in guidance.sentences():
        if only.lower() not in f"{sentence.id} {sentence.text}".lower():
            continue
        titles = [k.sources[key] for key in sentence.sources]
        if not as_json:
            typer.echo(f"{sentence.id}{_weights(sentence)}\n    {sentence.text}\n    source: {'; '.join(titles)}")
            continue
        record = session.plain(sentence) | {"source": "; ".join(titles)}
        if sentence.kind in ("cause", "fact", "sign"):
            record |= {"cause": sentence.about, "term": terms[sentence.about]}
        if sentence.kind == "remedy":
            record |= {"remedy": sentence.about, "family": families[sentence.about]}
        print_json_line(record)
    return 0


def show(
    name: Annotated[str, typer.Argument(metavar="[CAUSE]", help="Which cause; without it, all are named.")] = "",
    home: HomeOption = None,
) -> int:
    """Show everything known about a cause: signs with their weights, answers, remedies in order, when to seek help.

    Example: tremorscope guidance show stretch_reflex
    """
    del home
    import guidance
    from dsp import InputError

    k = guidance.load_knowledge()
    named = {c.id: c for c in k.causes}
    if not name:
        for c in k.causes:
            typer.echo(f"{c.id:<15} {c.title}")
        return 0
    if name not in named:
        msg = f"there is no cause {name!r}; choose one of {', '.join(named)}"
        raise InputError(msg)
    for line in _page(named[name], k):
        typer.echo(line)
    return 0


def list_sources(as_json: JsonOption = False, home: HomeOption = None) -> int:
    """List the sources, and when the knowledge was last read through.

    Example: tremorscope guidance sources
    """
    del home
    import guidance
    from tremorscope.cli.analyze import print_json_line

    k = guidance.load_knowledge()
    if as_json:
        print_json_line({"version": k.version, "reviewed": k.reviewed, "sources": dict(k.sources)})
        return 0
    typer.echo(f"Knowledge {k.version}, last read through on {k.reviewed}")
    for key, title in k.sources.items():
        typer.echo(f"  {key:<12} {title}")
    return 0


def _page(c: "guidance.Cause", k: "guidance.Knowledge") -> list[str]:
    def sourced(text: str, keys: tuple[str, ...]) -> str:
        return f"{re.sub(NUMBER, '…', text)} [{', '.join(keys)}]"

    lines = [c.title, ""]
    lines += [sourced(s.text, s.sources) for s in (c.feels_like, c.how_common)]
    lines += [sourced(f.text, f.sources) for f in c.facts]
    lines += ["", "What the sensor may show" if c.signs else "Never read from the sensor."]
    lines += [f"  {s.weight:+.1f}  {sourced(f'{s.text}. {s.why}', s.sources)}" for s in c.signs]
    lines += ["", "What your answers may say"]
    for a in (a for q in k.questions for a in q.answers if a.weights.get(c.id)):
        lines.append(f"  {a.weights[c.id]:+.1f}  {sourced(f'{a.said}. {a.why}', a.sources)}")
    lines += ["", "What to try, in this order"]
    for i, r in enumerate((k.remedies[name] for name in c.remedies), 1):
        keys = tuple(dict.fromkeys((*r.text.sources, *r.how_long.sources, *r.expect.sources)))
        lines.append(f"  {i}. {r.text.text} {r.how_long.text}")
        helped = f"If it helps: {r.expect.text} {k.say('sure', r.sure)}"
        lines.append(f"     {sourced(helped, keys)}")
    return [*lines, "", sourced(c.help.text, c.help.sources)]


def _weights(sentence: "guidance.Sentence") -> str:
    return "  (" + ", ".join(f"{c} {w:+.1f}" for c, w in sentence.weights.items()) + ")" if sentence.weights else ""
