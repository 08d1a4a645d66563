"""Wording: how the report says words and numbers in the language of who reads it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """Words of one language for a page whose words stand in English in the code; the default leaves them so.

    Attributes
    ----------
    language
        Its code, as HTML names it.
    decimal_mark
        What stands between whole numbers and tenths.
    text
        Gives the page's own words, with their ``{holes}``.
    sentence
        Gives what other rooms wrote, whole and with its numbers: advice, evidence, notes.
    """

    language: str = "en"
    decimal_mark: str = "."
    text: Callable[[str], str] = str
    sentence: Callable[[str], str] = str

    def say(self, english: str, /, **values: object) -> str:
        """Give the page's own words with their holes filled; numbers with a fraction come in by `number`."""
        return self.text(english).format(**values)

    def number(self, value: float, form: str) -> str:
        """Write a number as `format` does, with the decimal mark of the language."""
        return format(value, form).replace(".", self.decimal_mark)


ENGLISH = Wording()
