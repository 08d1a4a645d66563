"""Languages: English texts stand in the code; a catalogue gives their words in another language."""

import tomllib
from importlib import resources

LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Languages the app speaks, by code; English needs no catalogue."""

NOUNS_STAND_TALL = ("de",)
"""Languages whose nouns keep their capital within a sentence."""

_catalogue: dict[str, str] = {}
_spoken = ["en"]


def tr(text: str, /, **values: object) -> str:
    """Give `text` in the chosen language, with `{name}` filled in; English where the catalogue has no word."""
    found = _catalogue.get(text, text)
    return found.format(**values) if values else found


def mark(text: str) -> str:
    """Mark a text of a table for translation; it is translated where it is shown."""
    return text


def inside(text: str) -> str:
    """Write a heading as it stands within a sentence."""
    return text if _spoken[0] in NOUNS_STAND_TALL else text[:1].lower() + text[1:]


def load_catalogue(language: str) -> dict[str, str]:
    """Read the words of a language; empty for English and for a language that is not there."""
    if language == "en" or language not in LANGUAGES:
        return {}
    file = resources.files("gui").joinpath("translations").joinpath(f"{language}.toml")
    return {english: str(word) for english, word in tomllib.loads(file.read_text(encoding="utf-8"))["texts"].items()}


def use_language(language: str) -> None:
    """Speak `language` from now on; what is already on the screen stays as it is."""
    _spoken[0] = language
    _catalogue.clear()
    _catalogue.update(load_catalogue(language))
