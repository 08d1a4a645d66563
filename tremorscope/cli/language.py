"""The language of a page that a command writes."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    import session


class LanguageName(StrEnum):
    """Languages of the report; mirrors `gui.i18n.LANGUAGES`, which costs Qt to import."""

    en = "en"
    de = "de"


LanguageOption = Annotated[LanguageName, typer.Option("--language", help="Language of the page.")]


def words_in(language: LanguageName) -> "session.Wording":
    """Give the words of a page in a language.

    Raises
    ------
    MissingExtraError
        Where Qt, which the words of other languages than English come with, cannot be loaded.
    """
    import session

    if language is LanguageName.en:
        return session.Wording()
    try:
        from gui.report_words import wording_in
    except ImportError as error:
        from dsp import MissingExtraError

        msg = (
            f"only English needs no Qt, which cannot be loaded here ({error}): "
            "pip install PySide6-Essentials, or leave --language out"
        )
        raise MissingExtraError(msg) from error
    return wording_in(language.value)
