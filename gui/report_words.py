"""Words of the report page in the language that is spoken; no widgets, so that the command line can have them too."""

import session
from gui.i18n import decimal_mark, foreign, load_catalogue, spoken, tr, use_language


def report_words() -> session.Wording:
    """Give the words of the page as they are spoken now."""
    own = load_catalogue(spoken(), "report")

    def text(english: str) -> str:
        return own[english] if english in own else tr(english)

    return session.Wording(language=spoken(), decimal_mark=decimal_mark(), text=text, sentence=foreign)


def wording_in(language: str) -> session.Wording:
    """Speak a language from now on, and give the words of the page in it.

    Parameters
    ----------
    language
        Its code, one of `gui.i18n.LANGUAGES`.
    """
    use_language(language)
    return report_words()
