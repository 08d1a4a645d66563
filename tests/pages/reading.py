"""Reads what a page says: its text, the text that figures draw, and what is read aloud in their place."""

import re
from html.parser import HTMLParser

WITHIN_A_LINE = {"b", "i", "strong", "span", "br", "em"}
FORMULA = re.compile(r"\$\\mathdefault\{(.*)\}\$")


class Reader(HTMLParser):
    """Collects what each element says."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._line = ""
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)
        self._inside.append(tag)
        self.said += [value for name, value in attrs if name in ("aria-label", "title", "alt") and value]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._break(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break(tag)
        # An element that needs no end (meta, br) ends with the one around it.
        while self._inside and self._inside.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._inside:
            self._line += data

    def handle_comment(self, data: str) -> None:
        """Take the words of a figure, which are drawn as outlines with a comment beside them."""
        self._break("comment")
        self.said.append(FORMULA.sub(r"\1", data.strip()))

    def _break(self, tag: str) -> None:
        if tag not in WITHIN_A_LINE:
            if line := " ".join(self._line.split()):
                self.said.append(line)
            self._line = ""


def read_page(text: str) -> list[str]:
    """Everything that a page says, a line each."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    return reader.said
