"""Text of a file: its encoding, and its lines a block at a time."""

import codecs
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

HEAD_BYTES = 65536
BINARY_SHARE = 0.05
"""More control bytes than this, and it is no text."""
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
BLOCK_CHARS = 4 << 20


def encoding_of(head: bytes) -> str | None:
    """Find the encoding of text; None when the bytes are no text.

    Without a byte order mark, zeros at every other place are UTF-16; everything else is read as UTF-8 with damaged
    letters replaced, for numbers are ASCII.
    """
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding
    pairs = len(head) // 2
    if pairs:
        even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
        if odd > 0.8 * pairs and even < 0.05 * pairs:
            return "utf-16-le"
        if even > 0.8 * pairs and odd < 0.05 * pairs:
            return "utf-16-be"
    control = sum(b < 9 or 13 < b < 32 for b in head)
    return None if control > BINARY_SHARE * len(head) else "utf-8"


def decode_head(head: bytes) -> str:
    """Text of the first bytes; empty when they are no text."""
    encoding = encoding_of(head)
    return "" if encoding is None else head.decode(encoding, errors="replace")


@contextmanager
def open_text(path: Path) -> Iterator[TextIO]:
    """Open a text file with its own encoding; line ends of every system become one."""
    with path.open("rb") as raw:
        encoding = encoding_of(raw.read(HEAD_BYTES)) or "utf-8"
        raw.seek(0)
        with io.TextIOWrapper(raw, encoding=encoding, errors="replace", newline=None) as text:
            yield text


def blocks_of_lines(text: TextIO) -> Iterator[list[str]]:
    """Lines, about four million letters at a time."""
    while lines := text.readlines(BLOCK_CHARS):
        yield [line.rstrip("\n") for line in lines]
