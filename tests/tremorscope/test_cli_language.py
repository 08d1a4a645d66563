"""The language of a page on the command line."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.i18n import LANGUAGES, use_language
from tremorscope.cli import main
from tremorscope.cli.language import LanguageName

FATIGUE = Path(__file__).resolve().parents[2] / "recordings" / "samples" / "simulated-fatigue-calf.csv"


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    use_language("en")


def test_the_command_line_knows_the_languages_of_the_app() -> None:
    assert [name.value for name in LanguageName] == list(LANGUAGES)


def test_a_report_is_written_in_the_language_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "r.html"
    assert main(["report", str(FATIGUE), "-o", str(out), "--language", "de"]) == 0
    text = out.read_text()
    assert '<html lang="de">' in text
    assert "Was der Sensor sah" in text
    assert "What the sensor saw" not in text


def test_a_language_that_the_app_does_not_speak_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(FATIGUE), "-o", str(tmp_path / "r.html"), "--language", "fr"]) == 2
    assert "'fr' is not one of 'en', 'de'" in capsys.readouterr().err
    assert not list(tmp_path.glob("*.html"))


def test_where_qt_is_missing_german_says_what_to_install_and_english_needs_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in [name for name in sys.modules if name == "gui" or name.startswith(("gui.", "PySide6"))]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "PySide6", None)
    out = tmp_path / "r.html"
    assert main(["report", str(FATIGUE), "-o", str(out), "--language", "de"]) == 1
    assert "pip install PySide6-Essentials" in capsys.readouterr().err
    assert not out.exists()
    assert main(["report", str(FATIGUE), "-o", str(out)]) == 0
    assert '<html lang="en">' in out.read_text()


@pytest.mark.parametrize(("language", "loaded"), [("en", []), ("de", ["PySide6.QtCore"])], ids=["english", "german"])
def test_a_page_loads_no_more_of_qt_than_it_needs(language: str, loaded: list[str], tmp_path: Path) -> None:
    program = (
        "import sys; from tremorscope.cli import main; "
        f"assert main(['report', {str(FATIGUE)!r}, '-o', {str(tmp_path / 'r.html')!r}, '--language', {language!r}]) == 0; "
        "print([name for name in sys.modules if name.startswith('PySide6.Qt')])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120)
    assert run.stdout.splitlines()[-1] == str(loaded)
