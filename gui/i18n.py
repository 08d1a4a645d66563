"""Languages: English texts stand in the code; a catalogue gives their words in another language."""

import re
import tomllib
from functools import cache
from importlib import resources

from PySide6.QtCore import QLocale

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Languages the app speaks, by code; English needs no catalogue."""

NOUNS_STAND_TALL = ("de",)
"""Languages whose nouns keep their capital within a sentence."""

HOLE = re.compile(r"(?P<sign>[#*])|\{(?P<name>\w+)(?P<form>:[^}]*)?\}")
NUMBER, WORDS = r"[+\-−]?\d+(?:\.\d+)?(?:e[+-]\d+)?", r".+?"
WITHIN = r"(?:(?!\. ).)+?"
"""Words within one sentence."""
FILES = {"texts": "{}.toml", "foreign": "{}.toml", "guidance": "{}-guidance.toml", "report": "{}-report.toml"}
"""Where each table of a language is kept."""

_catalogue: dict[str, str] = {}
_foreign: dict[str, str] = {}
_holed: dict[str, str] = {}
_spoken = ["en"]
_decimal_mark = ["."]


def tr(text: str, /, **values: object) -> str:
    """Give `text` in the chosen language, with `{name}` filled in; English where the catalogue has no word."""
    found = _catalogue.get(text, text)
    return found.format(**values) if values else found


def foreign(text: str) -> str:
    """Translate a sentence that a room below wrote: an evidence, a remedy, a question, an error.

    In the catalogue's patterns `#` stands for a number and `*` for words, in the order of the English; `{name:.0f}` for
    a number and `{name}` for words of the knowledge base, in any order. Words are translated themselves. Of several
    sentences the longest beginning that is known comes first; what is not known stays English.
    """
    if not _foreign or not text:
        return text
    if (known := _known(text)) is not None:
        return known
    for end in reversed([found.end() for found in re.finditer(r"\.(?= )", text)]):
        if (known := _known(text[:end])) is not None:
            return f"{known} {foreign(text[end + 1 :])}"
    for between in ("; ", ". ", ": "):
        head, _, tail = text.partition(between)
        if tail:
            # A sentence is known with its full stop, half of an error message without.
            stop = "." if between == ". " else ""
            return foreign(head + stop).removesuffix(stop) + between + foreign(tail)
    return text


def _known(text: str) -> str | None:
    """Words of a text that the catalogue knows whole: as it stands, without its full stop, or by a pattern."""
    if (exact := _foreign.get(text)) is not None:
        return exact
    if (stopped := _foreign.get(f"{text}.")) is not None:
        return stopped.removesuffix(".")
    for english, words in _holed.items():
        if (found := as_pattern(english).fullmatch(text)) is not None:
            return _filled(words, found)
    return None


def _filled(words: str, found: re.Match[str]) -> str:
    """Fill the holes of a pattern: numbers as the language writes them, words in the language."""
    left = iter(found.groups())

    def part(hole: re.Match[str]) -> str:
        said = found[hole["name"]] if hole["name"] else next(left)
        return said.replace(".", decimal_mark()) if hole["sign"] == "#" or hole["form"] else foreign(said)

    return HOLE.sub(part, words)


def spoken() -> str:
    """Code of the language that is spoken."""
    return _spoken[0]


def decimal_mark() -> str:
    """Give what stands between whole numbers and tenths."""
    return _decimal_mark[0]


def number(value: float, form: str = ".1f") -> str:
    """Write a number for a person: with the decimal mark of the language, and a minus that is no hyphen.

    Parameters
    ----------
    value
        The number.
    form
        How, as Python's `format` takes it.
    """
    return format(value, form).replace(".", decimal_mark()).replace("-", "−")


def mark(text: str) -> str:
    """Mark a text of a table for translation; it is translated where it is shown."""
    return text


def inside(text: str) -> str:
    """Write a heading as it stands within a sentence."""
    return text if _spoken[0] in NOUNS_STAND_TALL else text[:1].lower() + text[1:]


def load_catalogue(language: str, table: str = "texts") -> dict[str, str]:
    """Read the words of a language; empty for English and for a language that is not there.

    Parameters
    ----------
    language
        Its code.
    table
        ``texts`` of the app itself, ``foreign``: patterns of sentences that rooms below write, ``guidance``: the
        sentences of the knowledge base, or ``report``: what the report page alone says.
    """
    if language == "en" or language not in LANGUAGES:
        return {}
    return dict(_tables(FILES[table].format(language))[table])


@cache
def _tables(name: str) -> dict[str, dict[str, str]]:
    file = resources.files("gui").joinpath("translations").joinpath(name)
    return tomllib.loads(file.read_text(encoding="utf-8"))


def use_language(language: str) -> None:
    """Speak `language` from now on; what is already on the screen stays as it is."""
    _spoken[0] = language
    # Qt's own fields of numbers and its calendar follow too, on a machine of any language.
    QLocale.setDefault(QLocale(language))
    _decimal_mark[0] = QLocale(language).decimalPoint()
    for kept, tables in ((_catalogue, ("texts",)), (_foreign, ("foreign", "guidance"))):
        kept.clear()
        for table in tables:
            kept.update(load_catalogue(language, table))
    _holed.clear()
    _holed.update((english, words) for english, words in _foreign.items() if HOLE.search(english))


@cache
def as_pattern(english: str) -> re.Pattern[str]:
    """Turn a sentence with holes into an expression that recognises it; made when first needed, not at the start."""
    parts, at = [], 0
    for hole in HOLE.finditer(english):
        parts.append(re.escape(english[at : hole.start()]))
        if hole["name"]:
            parts.append(f"(?P<{hole['name']}>{NUMBER if hole['form'] else WITHIN})")
        else:
            parts.append(f"({NUMBER if hole['sign'] == '#' else WORDS})")
        at = hole.end()
    return re.compile("".join(parts) + re.escape(english[at:]))
