"""The report speaks the language of the app: German is complete, fits, and leaves English as it was."""

import ast
import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import dsp
import session
from dsp import Placement, Side
from gui.i18n import LANGUAGES, foreign, load_catalogue, tr, use_language
from gui.main_window import MainWindow
from gui.report_words import report_words, wording_in
from session.report.palette import EVENT_MARKS, STATE_WORDS, STEP_WORDS
from tests.pages import sessions
from tests.pages.browser import find_browser, printed_pages, width_on_a_phone
from tests.pages.reading import read_page

REPORT = Path(session.__file__).parent / "report"
ASKED_FOR = re.compile(r'words\.(?:text|say)\("((?:[^"\\]|\\.)+)"')
OTHERS = [code for code in LANGUAGES if code != "en"]
A_WORD = re.compile(r"[^\W\d_]{2,}²?(?:/Hz)?")
SOURCES = re.compile(r"<h3>(?:Sources|Quellen)</h3><p.*?</p>", re.DOTALL)


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    use_language("en")


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return session.write_report(**sessions.crowded(sessions.demo()), path=tmp_path_factory.mktemp("en") / "r.html")


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Path:
    page = tmp_path_factory.mktemp("de") / "r.html"
    session.write_report(**sessions.crowded(sessions.demo()), path=page, wording=wording_in("de"))
    use_language("en")
    return page


def words_of_the_page() -> set[str]:
    """Every English text that the report asks the wording for."""
    asked = set(ASKED_FOR.findall((REPORT / "page.html.j2").read_text(encoding="utf-8")))
    for path in REPORT.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name(id="words" | "wording"), attr="text" | "say"),
                    args=[ast.Constant(value=str(text)), *_],
                ):
                    asked.add(text)
    places = {p.value for p in Placement}
    worn = {f"{side} {place}" for side in ("left", "right") for place in places - {"unknown"}}
    tables = {*STATE_WORDS.values(), *STEP_WORDS.values(), *(word for _, word in EVENT_MARKS.values())}
    return asked | places | worn | tables | {s.value for s in Side}


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_of_the_page_has_its_words_and_no_word_is_left_over(language: str) -> None:
    own, of_the_app = load_catalogue(language, "report"), load_catalogue(language)
    asked = words_of_the_page() | {"Stretching session"}
    assert len(asked) > 90
    assert asked - set(own) - set(of_the_app) == set()
    assert set(own) - asked == set()
    assert not {text for text in own if of_the_app.get(text) == own[text]}, "the app says the same already"


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_the_same_in_every_language(language: str) -> None:
    holes = re.compile(r"\{(\w+)\}")
    for text, word in load_catalogue(language, "report").items():
        assert word.strip()
        assert sorted(holes.findall(text)) == sorted(holes.findall(word)), text


def test_the_page_says_states_and_events_as_the_app_does() -> None:
    text = wording_in("de").text
    words = ("reflex jerk", "twitch", "movement", "reflex rhythm", "tremor", "unclear", "no data", "fatigue tremor")
    for word in words:
        assert text(word).lower() == tr(word.capitalize()).lower(), word
    assert text("still") == tr("Still")


def said_on(page: Path) -> list[str]:
    """What a page says, but for the titles of its sources, which keep the language they were written in."""
    return read_page(SOURCES.sub("", page.read_text()))


def test_nothing_english_is_left_on_a_german_page(english: Path, german: Path) -> None:
    said, meant = said_on(german), said_on(english)
    assert min(len(said), len(meant)) > 400
    # Names, units, a word that both languages share, and what the recording itself says.
    alike = {"Tremorscope", "Python", "Rate", "Format", "t", "g", "mg", "mm", "Hz", "mg²/Hz"}
    assert {text for text in set(said) & set(meant) if set(A_WORD.findall(text)) - alike} == {"a note"}
    use_language("de")
    own = {**load_catalogue("de"), **load_catalogue("de", "report")}
    assert not [text for text in said if (text in own and text not in own.values()) or foreign(text) != text]


def notes_of_bad_signals() -> set[str]:
    """What the analysis notes of sensors that are dead, cut off, slow, or without gravity, values or time."""
    rng = np.random.default_rng(0)
    good = rng.normal((0.0, 0.0, 1.0), 0.05, (3000, 3)).astype(np.float32)
    dead_axis, clipped, infinite, gap, late_axis = (good.copy() for _ in range(5))
    dead_axis[:, 0] = 0.0
    clipped[:, 1] = np.clip(40.0 * clipped[:, 1], -2.0, 2.0)
    infinite[100:110] = np.inf
    gap[1000:1300] = np.nan
    late_axis[:500, 2] = np.nan
    signals = [
        (np.ones_like(good), 100.0), (dead_axis, 100.0), (clipped, 100.0), (infinite, 100.0), (gap, 100.0),
        (late_axis, 100.0), (good - np.float32([0, 0, 1]), 100.0), (good, 20.0), (good[:40], 100.0),
    ]  # fmt: skip
    return {note for xyz_g, rate_hz in signals for note in dsp.analyze(xyz_g, rate_hz=rate_hz).quality}


def test_every_note_of_the_analysis_is_said_in_german() -> None:
    notes = notes_of_bad_signals()
    use_language("de")
    assert len({re.sub(r"\d", "", note) for note in notes}) >= 8, notes
    assert not [note for note in notes if any(half in foreign(note) for half in note.split("; "))]


def test_numbers_of_a_german_page_have_the_comma_also_in_its_figures(german: Path) -> None:
    page = german.read_text()
    said = read_page(page[: page.index("<h3>Quellen</h3>")])
    assert "−0,2" in said, "the axis of a figure"
    assert "6,5 Hz, 18,2 mg" in said
    assert sum(bool(re.search(r"\d,\d", text)) for text in said) > 100
    assert not [text for text in said if re.search(r"\d\.\d", text)]


def test_a_german_page_tells_guided_steps_trends_notes_and_settings(german: Path) -> None:
    text = html.unescape(german.read_text())
    for wanted in (
        "Geführte Sitzung: Langsame und schnelle Dehnung", "schnelle Dehnung", "Zittern in früheren Sitzungen (9)",
        "Deine letzten sieben Tage", "3 Lücken, zusammen 2,5 s", "12 Messwerte fehlen (0,1 s), 2 Lücken",
        "die Achse x ist bei +8,00 g abgeschnitten", "Simuliertes Bein", "Hann, 4 s, alle 0,5 s", "Dehnsitzung", "Wade links",
        "Was der Sensor sah: rechts", "Auf Papier endet jede Tabelle nach 3 Zeilen", "die ersten 20 von 27", "Synthetisch",
        "ermüdend", "Links und rechts", "Reflexruck",
    ):  # fmt: skip
        assert wanted in text, wanted


def test_the_longest_german_page_prints_on_two_sheets_and_fits_a_phone(tmp_path: Path) -> None:
    browser = find_browser()
    kwargs = sessions.full(sessions.demo())
    page = session.write_report(**kwargs, path=tmp_path / "r.html", wording=wording_in("de"))
    assert printed_pages(browser, tmp_path, page) == 2
    assert width_on_a_phone(browser, tmp_path, page) <= 390


def test_the_app_writes_its_report_in_its_language(window: MainWindow, open_sample: Callable[[str], None]) -> None:
    open_sample("simulated-reflex-calf.csv")
    assert window.document is not None
    assert '<html lang="en">' in window.controller.report_of(window.document).read_text()
    use_language("de")
    text = window.controller.report_of(window.document).read_text()
    assert '<html lang="de">' in text
    assert "Was der Sensor sah" in text


def test_in_english_the_words_of_the_page_stay_as_they_stand_in_the_code() -> None:
    words = report_words()
    assert (words.language, words.decimal_mark) == ("en", ".")
    for text in words_of_the_page():
        assert words.text(text) == text
    assert words.sentence("peak at 6.5 Hz") == "peak at 6.5 Hz"
