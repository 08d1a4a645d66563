"""Drawing for the report: one style, and canvases turned into inline SVG that stands on a page with others."""

import io
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from session.report.palette import INK, LINE, QUIET
from session.report.wording import Wording

WIDE_IN, THIRD_IN = 7.2, 3.2
"""Across the page, and a third of it (drawn larger, so that its type stays readable)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One word of a key, with the CSS background that stands for it."""

    word: str
    css: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure.

    Attributes
    ----------
    title
        Heading.
    svg
        Inline SVG.
    alternative
        What it shows, in a sentence.
    key
        What its colours and hatches stand for.
    """

    title: str
    svg: str
    alternative: str
    key: tuple[Key, ...] = ()


@contextmanager
def drawing(words: Wording, *, height_in: float, width_in: float = WIDE_IN) -> Iterator[tuple[Any, Any]]:
    """Canvas and axes in the style and the language of the report; sizes in inch, of which the page keeps the ratio."""
    import matplotlib as mpl  # noqa: PLC0415 - 0.3 s that only a report needs
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - as above

    style: Any = {
        "font.family": "sans-serif",
        "font.size": 9,
        "axes.edgecolor": LINE,
        "axes.labelcolor": QUIET,
        "text.color": INK,
        "xtick.color": QUIET,
        "ytick.color": QUIET,
        "hatch.linewidth": 0.5,
    }
    with mpl.rc_context(style):
        wide = width_in == WIDE_IN
        figure = Canvas(figsize=(width_in, height_in), layout=None if wide else "constrained")
        axes = figure.add_subplot()
        if wide:
            # The same margins in every wide figure, so that their time axes stand above each other.
            figure.subplots_adjust(left=0.095, right=0.965, bottom=0.3 / height_in, top=0.97)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        axes.tick_params(length=2)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(_formatter(words))
        yield figure, axes


def _formatter(words: Wording) -> Any:
    """Write the numbers of an axis as the library does, with the decimal mark of the language."""
    from matplotlib.ticker import ScalarFormatter  # noqa: PLC0415 - as above

    class Formatter(ScalarFormatter):
        def __call__(self, x: float, pos: int | None = None) -> str:
            return str(super().__call__(x, pos)).replace(".", words.decimal_mark)

    return Formatter()


TICK_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)
MOST_TICKS = 8


def as_clock(axes: Any, duration_s: float) -> None:
    """Make a time axis in minutes that reads as minutes and seconds, with steps that a clock has."""
    from matplotlib.ticker import FuncFormatter, MultipleLocator  # noqa: PLC0415 - as above

    step_s = next((s for s in TICK_STEPS_S if duration_s / s <= MOST_TICKS), TICK_STEPS_S[-1])
    axes.set_xlim(0, max(duration_s, 1.0) / 60)
    axes.xaxis.set_major_locator(MultipleLocator(step_s / 60))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda minutes, _: _clock(round(60 * minutes))))


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes // 60}:{minutes % 60:02d} h" if minutes >= 60 else f"{minutes}:{rest:02d}"


def as_svg(figure: Any) -> str:
    """Inline SVG of a canvas: scales with the page, names nothing outside of it."""
    import matplotlib as mpl  # noqa: PLC0415 - as above

    out = io.StringIO()
    # A salt of its own each time would make every page of the same session another one.
    with mpl.rc_context({"svg.hashsalt": "tremorscope"}):
        figure.savefig(out, format="svg", transparent=True, dpi=110, metadata={"Date": None, "Creator": None})
    text = out.getvalue()
    text = text[text.index("<svg") :]
    # The page scales the picture; a fixed size in points would overflow a phone. Metadata names outside addresses.
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    # Ids repeat between figures of one page, and clip paths would then cut the wrong picture.
    unique = f"f{zlib.crc32(text.encode())}-"
    text = re.sub(r'id="([^"]+)"', rf'id="{unique}\1"', text)
    text = re.sub(r"url\(#([^)]+)\)", rf"url(#{unique}\1)", text)
    text = re.sub(r'xlink:href="#([^"]+)"', rf'xlink:href="#{unique}\1"', text)
    return text.replace("<svg", '<svg aria-hidden="true"', 1)
