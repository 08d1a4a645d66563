"""Languages: English texts stand in the code; a catalogue gives their words in another language."""

import re
import tomllib
from importlib import resources

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Languages the app speaks, by code; English needs no catalogue."""

NOUNS_STAND_TALL = ("de",)
"""Languages whose nouns keep their capital within a sentence."""

HOLE = re.compile(r"[#*]")
NUMBER, WORDS = r"([+\-−]?\d+(?:\.\d+)?(?:e[+-]\d+)?)", r"(.+?)"

_catalogue: dict[str, str] = {}
_foreign: dict[str, str] = {}
_patterns: list[tuple[re.Pattern[str], str]] = []
_spoken = ["en"]


def tr(text: str, /, **values: object) -> str:
    """Give `text` in the chosen language, with `{name}` filled in; English where the catalogue has no word."""
    found = _catalogue.get(text, text)
    return found.format(**values) if values else found


def foreign(text: str) -> str:
    """Translate a sentence that a room below wrote: an evidence, a remedy, a question, an error.

    In the catalogue's patterns `#` stands for a number and `*` for words, which are translated themselves; both keep
    their order. What no pattern knows is translated sentence by sentence, else it stays English.
    """
    if not _foreign or not text:
        return text
    if (exact := _foreign.get(text)) is not None:
        return exact
    for pattern, words in _patterns:
        if (found := pattern.fullmatch(text)) is not None:
            return _filled(words, found.groups())
    for between in ("; ", ". ", ": "):
        head, _, tail = text.partition(between)
        if tail:
            # A sentence is known with its full stop, half of an error message without.
            stop = "." if between == ". " else ""
            return foreign(head + stop).removesuffix(stop) + between + foreign(tail)
    return text


def _filled(words: str, parts: tuple[str, ...]) -> str:
    """Fill the holes of a pattern: a number as it stands, words in the language."""
    left = iter(parts)
    return HOLE.sub(lambda hole: next(left) if hole[0] == "#" else foreign(next(left)), words)


def spoken() -> str:
    """Code of the language that is spoken."""
    return _spoken[0]


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
        ``texts`` of the app itself, or ``foreign``: patterns of sentences that rooms below write.
    """
    if language == "en" or language not in LANGUAGES:
        return {}
    file = resources.files("gui").joinpath("translations").joinpath(f"{language}.toml")
    return {english: str(word) for english, word in tomllib.loads(file.read_text(encoding="utf-8"))[table].items()}


def use_language(language: str) -> None:
    """Speak `language` from now on; what is already on the screen stays as it is."""
    _spoken[0] = language
    for kept, table in ((_catalogue, "texts"), (_foreign, "foreign")):
        kept.clear()
        kept.update(load_catalogue(language, table))
    _patterns[:] = [(as_pattern(english), word) for english, word in _foreign.items() if HOLE.search(english)]


def as_pattern(english: str) -> re.Pattern[str]:
    """Turn a sentence with `#` and `*` into an expression that recognises it."""
    return re.compile(
        "".join({"#": NUMBER, "*": WORDS}.get(part, re.escape(part)) for part in re.split(r"([#*])", english))
    )
