"""Translations: German is complete, and no sentence passes it by."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import gui
import session
from dsp import Analyzer, RateError
from dsp.parameters import load_parameters
from gui.i18n import HOLE, LANGUAGES, foreign, inside, load_catalogue, tr, use_language
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.words import worn
from guidance.listing import all_sentences
from guidance.numbers import LIMBS
from guidance.reading import load_knowledge
from tests.gui.helpers import SHORT

ROOT = Path(gui.__file__).parent
SHOWS = {
    "label", "quiet", "button", "Empty", "Sheet", "Card", "carded", "setText", "setToolTip", "setWindowTitle",
    "setPlaceholderText", "setAccessibleName", "setAccessibleDescription", "say", "complain", "wait", "addRow",
    "QCheckBox", "QRadioButton", "addMenu",
}  # fmt: skip
"""Calls that put their words before a person."""
NAMES = {"Tremorscope", "English", "Deutsch"}


def calls() -> Iterator[tuple[Path, str, ast.Call]]:
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                yield path, name, node


def marked() -> set[str]:
    texts = set()
    for _, name, call in calls():
        if name in ("tr", "mark") and call.args and isinstance(call.args[0], ast.Constant):
            texts.add(str(call.args[0].value))
    return texts


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    use_language("en")


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_text_has_its_words_and_no_word_is_left_over(language: str) -> None:
    known = load_catalogue(language)
    assert marked() - set(known) == set()
    assert set(known) - marked() == set()
    assert all(word.strip() for word in known.values())


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_what_is_filled_in_is_the_same_in_every_language(language: str) -> None:
    fields = re.compile(r"\{(\w+)\}")
    for english, word in load_catalogue(language).items():
        assert sorted(fields.findall(english)) == sorted(fields.findall(word)), english


def test_no_text_is_shown_past_the_catalogue() -> None:
    missed = []
    for path, name, call in calls():
        if name not in SHOWS:
            continue
        for arg in call.args:
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                text = arg.value
                if (
                    re.search(r"[A-Za-z]{3}", text)
                    and text not in NAMES
                    and not text.startswith(("QToolButton", "text-"))
                ):
                    missed.append(f"{path.name}:{call.lineno} {text!r}")
    assert not missed


def test_an_unknown_language_speaks_english() -> None:
    use_language("xx")
    assert tr("Quit") == "Quit"


def test_german_nouns_keep_their_capital_and_sides_follow_the_place() -> None:
    assert (inside("Reflex jerk"), worn("calf", "left")) == ("reflex jerk", "left calf")
    use_language("de")
    assert (inside(tr("Reflex jerk")), worn("calf", "left")) == ("Reflexruck", "Wade links")


def test_the_whole_window_speaks_german(qtbot: QtBot, qapp: QApplication, home: Path) -> None:
    use_language("de")
    window = MainWindow(session.find_home(home), Settings(language="de"))
    qtbot.addWidget(window)
    window.show()
    window.controller.start_simulated(script=SHORT, speed=0.0, loop=False)
    qtbot.waitUntil(lambda: bool(window.controller.model.ended), timeout=60_000)
    for page in ("show_live", "show_replay", "show_library", "show_guide", "show_keys", "show_settings", "check_in"):
        window.run_action(page)
        window.draw()
    english = {t for t, word in load_catalogue("de").items() if t != word}
    left = [w.text() for w in window.findChildren(QLabel) if w.text() in english]
    assert not left
    events = window.live.events.list
    assert "Reflexruck" in " ".join(events.item(i).text() for i in range(events.count()))
    window.close()


def test_sentences_of_rooms_below_are_translated_with_their_numbers_and_words() -> None:
    assert foreign("narrow peak at 6.8 Hz, 14 dB above background") == "narrow peak at 6.8 Hz, 14 dB above background"
    use_language("de")
    assert foreign("narrow peak at 6.8 Hz, 14 dB above background") == "schmale Spitze bei 6,8 Hz, 14 dB über dem Grund"
    verdict = foreign("This could be: a tired muscle. It could also be: your stretch reflex.")
    assert verdict == "Das könnte sein: ein müder Muskel. Es könnte auch sein: dein Dehnreflex."
    radio = foreign("Bluetooth is switched off; switch Bluetooth on (Linux: bluetoothctl power on)")
    assert radio == "Bluetooth ist ausgeschaltet; schalte Bluetooth ein (Linux: bluetoothctl power on)"
    seen = foreign("Short kicks after a stretch: 4. Short twitches at rest: 3.")
    assert seen == "Kurze Rucke nach einer Dehnung: 4. Kurze Zuckungen in Ruhe: 3."
    assert foreign("letter.txt says nothing known") == "letter.txt says nothing known"
    wrong = foreign("night.bin is of no known format; `docs/formats.md` lists what can be read")
    assert wrong == "night.bin hat kein bekanntes Format; `docs/formats.md` nennt, was gelesen werden kann"


def test_every_reason_that_the_analysis_gives_is_said_in_german() -> None:
    use_language("de")
    for term in load_parameters().terms:
        english = re.sub(r"\{[^}]*\}", "7", term.text)
        assert foreign(english) != english, english


@pytest.mark.parametrize("rate_hz", [1e6, 3.0, "fast"])
def test_a_rate_that_makes_no_analysis_is_refused_in_german(rate_hz: object) -> None:
    use_language("de")
    with pytest.raises(RateError) as raised:
        Analyzer(rate_hz)  # type: ignore[arg-type]
    assert not re.search(r"\b(the|rate of|samples|must)\b", foreign(str(raised.value)))


def test_a_pattern_has_as_many_holes_in_each_language() -> None:
    for english, word in load_catalogue("de", "foreign").items():
        assert english.count("#") == word.count("#"), english
        assert english.count("*") == word.count("*"), english


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_every_sentence_of_the_knowledge_base_has_its_words_with_the_same_numbers(language: str) -> None:
    sentences = {s.text for s in all_sentences(load_knowledge())}
    known = load_catalogue(language, "guidance")
    assert sentences - set(known) == set()
    assert set(known) - sentences == set()
    for english, words in known.items():
        assert words.strip(), english
        assert sorted(h[0] for h in HOLE.finditer(words)) == sorted(h[0] for h in HOLE.finditer(english)), english
        assert words.endswith((".", "?", ":")) == english.endswith((".", "?", ":")), english


class GermanFloat(float):
    """A number that is written with a comma."""

    def __format__(self, form: str) -> str:
        return super().__format__(form).replace(".", ",")


def test_every_sentence_of_the_knowledge_base_is_found_when_its_numbers_are_filled_in() -> None:
    use_language("de")
    for english, words in load_catalogue("de", "guidance").items():
        filled = {h["name"]: (float(at + 2) if h["form"] else f"Xx{at}") for at, h in enumerate(HOLE.finditer(english))}
        german = {name: GermanFloat(v) if isinstance(v, float) else v for name, v in filled.items()}
        assert foreign(english.format(**filled)) == words.format(**german)


def test_a_sentence_is_found_within_others_and_without_its_full_stop() -> None:
    use_language("de")
    two = "Twitches are very common and rarely a sign of trouble. They can come and go for years."
    german = foreign(two)
    assert german != two
    assert foreign(f"{two} Short twitches at rest: 4.") == f"{german} Kurze Zuckungen in Ruhe: 4."
    helped = 'With "Go into the stretch slowly" there was no clear change (6 sessions with it, 5 without).'
    assert foreign(helped).startswith("Mit „Geh langsam in die Dehnung“ hat sich nichts deutlich geändert (6 ")
    assert foreign("A calm session: your foot hardly shook.") == "Eine ruhige Sitzung: fast kein Zittern (Fuß)."


def test_each_cause_and_limb_has_its_words_within_a_sentence() -> None:
    use_language("de")
    for cause in load_knowledge().causes:
        inner = cause.title[0].lower() + cause.title[1:]
        assert foreign(inner) != inner, cause.id
        verdict = foreign(f"This looks most like: {inner}.")
        assert verdict == f"Das sieht am ehesten aus nach: {foreign(inner)}."
    for word in {*LIMBS.values(), "leg"}:
        assert word in load_catalogue("de", "foreign")


HOUSE = ROOT.parent
TELL_A_PERSON = (
    *("sensor/link/identity.py", "sensor/link/machine.py", "sensor/link/opening.py", "sensor/link/patience.py"),
    *("sensor/link/problems.py", "sensor/link/scanning.py", "session/choice.py", "recordings/store/writer.py"),
)
"""What goes wrong while a person streams and records is said by these."""
TO_PROGRAMS = ("samples must be (n, 3)", "Xyz Xyz")
SAYING = {"_say", "_say_first", "_stop", "NextTry", "GiveUp", "StorageError"}


def words_of(node: ast.AST) -> str | None:
    """A sentence with its holes filled: numbers where a format says so, words elsewhere."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return None
    holes = ("7" if v.format_spec is not None else "Xyz" for v in node.values if isinstance(v, ast.FormattedValue))
    return "".join(str(v.value) if isinstance(v, ast.Constant) else next(holes) for v in node.values)


def told_by(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        said: list[ast.AST] = []
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") in ("msg", "_TEXTS") for t in node.targets):
            said = [n for n in ast.walk(node.value) if not isinstance(node.value, ast.JoinedStr)] or [node.value]
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            said = [*node.args, *(k.value for k in node.keywords)] if name in SAYING else []
        yield from (text for each in said if (text := words_of(each)) is not None and text.count(" ") >= 2)


def test_what_goes_wrong_while_streaming_and_recording_is_said_in_german() -> None:
    use_language("de")
    seen = {text for name in TELL_A_PERSON for text in told_by(HOUSE / name) if not text.startswith(TO_PROGRAMS)}
    assert len(seen) > 40
    halves = {half for text in seen for half in text.split("; ") if re.search("[a-z]{3} [a-z]", half)}
    assert not sorted(half for half in halves if foreign(half) == half and not half.startswith("sudo "))
    lost = foreign("the link to the sensor was lost; bring it nearer; trying again in 4 s")
    assert lost == "die Verbindung zum Sensor riss ab; bring ihn näher heran; neuer Versuch in 4 s"


def test_a_sensor_that_turns_is_on_no_leg_of_its_own() -> None:
    use_language("de")
    try:
        for english in (
            "the limb turns at 21 deg/s",
            "the limb turned by 34° with it",
            "began as the limb turned at 9 deg/s",
        ):
            german = foreign(english)
            assert "Sensor" in german
            assert not {"Bein", "Glied"} & set(german.split())
    finally:
        use_language("en")
