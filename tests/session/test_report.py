"""The report: one page that a real browser opens without an error or a request, and that prints."""

import html
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import dsp
import guidance
import recordings
import session
from dsp import InputError, StorageError
from tests.pages import sessions
from tests.pages.browser import find_browser, run_browser, width_on_a_phone
from tests.pages.reading import read_page


@pytest.fixture(scope="module")
def found() -> session.AnalysedRecording:
    return sessions.demo()


@pytest.fixture(scope="module")
def page(found: session.AnalysedRecording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    advice = session.make_advice({"": found.analysis})
    return session.write_report([found], advice, tmp_path_factory.mktemp("report") / "r.html")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_page_stands_alone(page: Path) -> None:
    tags = Tags()
    tags.feed(page.read_text())
    assert not [t for t, _ in tags.seen if t in ("script", "iframe", "object", "embed")]
    links = [a.get(k) for _, a in tags.seen for k in ("src", "href", "xlink:href") if a.get(k)]
    assert all(str(x).startswith(("#", "data:")) for x in links)
    assert "@import" not in page.read_text()


def test_every_figure_has_a_text_alternative(page: Path) -> None:
    tags = Tags()
    tags.feed(page.read_text())
    figures = [a for t, a in tags.seen if t == "figure"]
    assert len(figures) == 5
    assert all(a.get("role") == "img" and len(a.get("aria-label") or "") > 30 for a in figures)


def test_ids_are_unique_so_that_clip_paths_cut_the_right_picture(page: Path) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page.read_text())
    assert len(ids) == len(set(ids))


def test_the_verdict_its_evidence_the_advice_and_the_versions_are_there(
    page: Path, found: session.AnalysedRecording
) -> None:
    text = page.read_text()
    advice = session.make_advice({"": found.analysis})
    for wanted in (
        advice.verdict, advice.causes[0].terms[0].text, advice.now[0].text, "Synthetic", found.analysis.parameters_version,
        "is not a medical device", "Stretches", "stretch", "left calf",
    ):  # fmt: skip
        assert wanted in text


def test_markup_in_a_warning_is_shown_not_run(page: Path) -> None:
    assert "a note with &lt;b&gt;markup&lt;/b&gt; &amp; signs" in page.read_text()


@pytest.fixture(scope="module")
def full_page(found: session.AnalysedRecording, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return session.write_report(**sessions.full(found), path=tmp_path_factory.mktemp("full") / "r.html")


def test_two_sensors_are_compared_on_one_page(full_page: Path) -> None:
    text = full_page.read_text()
    assert "Left and right" in text
    assert re.search(r"Left: \d+ s of shaking, 2 kicks. Right: 0 s of shaking, 5 kicks.", text)


def test_trends_help_cards_and_the_effect_of_a_remedy_are_on_the_page(full_page: Path) -> None:
    text = full_page.read_text()
    assert "Shaking in 9 earlier sessions: usually" in text
    assert "Make an appointment about numb or tingling feet" in text
    assert "Ask a pharmacist" in text
    assert text.count("It is too early to tell if") == 1
    assert "Your last seven days" in text


def test_what_only_answers_raise_has_no_share_on_the_page(full_page: Path) -> None:
    text = full_page.read_text()
    for title in ("A nerve that needs a check", "A medicine"):
        assert re.search(rf'{title} <span class="quiet">worth asking about</span>', text)


def test_every_source_that_the_page_names_stands_in_its_list_and_no_other(full_page: Path) -> None:
    text = full_page.read_text()
    named = {key for keys in re.findall(r"\[((?:[A-Z][A-Z0-9_]+|inference)(?:, (?:[A-Z][A-Z0-9_]+|inference))*)\]", text)
             for key in keys.split(", ")}  # fmt: skip
    listed = set(re.findall(r"<strong>([A-Z][A-Z0-9_]+|inference)</strong>", text))
    assert named == listed
    assert len(named) > 10


def test_its_fixed_sentences_are_those_of_the_knowledge(full_page: Path) -> None:
    text = html.unescape(full_page.read_text())
    for sentence in guidance.sentences():
        if sentence.id.startswith("report."):
            assert sentence.text in text, sentence.id


def test_a_session_too_short_to_read_still_makes_a_page(tmp_path: Path) -> None:
    samples = [dsp.Samples(xyz_g=np.tile(np.float32([0, 0, 1]), (40, 1)), rate_hz=50.0)]
    recording = recordings.Recording(path=None, format="t", samples=samples, rate_hz=50.0)
    short = session.AnalysedRecording(recording=recording, analysis=session.analyze_recording(recording))
    text = session.write_report([short], session.make_advice({"": short.analysis}), tmp_path / "s.html").read_text()
    assert "There was too little to look at." in text
    assert "<h3>This session</h3>" not in text


def test_an_impact_is_called_one_and_a_g_is_written_as_one(found: session.AnalysedRecording, tmp_path: Path) -> None:
    hit = replace(found.analysis.events[0], peak_g=0.9998, flags=("impact",))
    struck = replace(found, analysis=replace(found.analysis, events=(hit,)))
    page = session.write_report([struck], session.make_advice({"": struck.analysis}), tmp_path / "i.html").read_text()
    assert "; one brief event;" in page
    assert "<td>impact</td>" in page
    assert "\N{BLACK DIAMOND} impact" in page, "the timeline's key"
    assert "reflex jerk</" not in page
    assert "1.00 g</td>" in page


def test_a_side_without_a_place_stands_alone(found: session.AnalysedRecording, tmp_path: Path) -> None:
    nowhere = replace(found, analysis=replace(found.analysis, placement=dsp.Placement.UNKNOWN))
    page = session.write_report([nowhere], session.make_advice({"": nowhere.analysis}), tmp_path / "s.html").read_text()
    heading = page[page.index("<h1>") : page.index("</h1>")]
    assert heading.endswith("· left")


def test_the_same_session_makes_the_same_page(found: session.AnalysedRecording, page: Path, tmp_path: Path) -> None:
    again = session.write_report([found], session.make_advice({"": found.analysis}), tmp_path / "again.html")
    assert again.read_bytes() == page.read_bytes()


@pytest.mark.parametrize(("seconds", "size_g"), [(1.0, 0.05), (2.0, 0.05), (4.0, 0.05), (10.0, 0.0)])
def test_what_has_no_spectrum_to_average_makes_a_page_without_that_figure(
    seconds: float, size_g: float, tmp_path: Path
) -> None:
    xyz_g = np.random.default_rng(0).normal((0.0, 0.0, 1.0), size_g, (int(100 * seconds), 3)).astype(np.float32)
    recording = recordings.Recording(
        path=None, format="t", samples=[dsp.Samples(xyz_g=xyz_g, rate_hz=100.0)], rate_hz=100.0
    )
    brief = session.AnalysedRecording(recording=recording, analysis=session.analyze_recording(recording))
    assert len(brief.analysis.frames)
    text = session.write_report([brief], session.make_advice({"": brief.analysis}), tmp_path / "s.html").read_text()
    assert "Spectrogram" in text
    assert "Average spectra" not in text


BRACKETED = re.compile(r"«[^«»]*»")
UNITS = {"s", "g", "mg", "mg²", "mm", "Hz", "dB", "min", "x", "y", "z"}
"""What every language writes alike."""


def test_no_word_of_the_page_passes_the_wording_by(found: session.AnalysedRecording, tmp_path: Path) -> None:
    bracketing = session.Wording(language="xx", text=lambda text: f"«{text}»", sentence=lambda said: f"«{said}»")
    page = session.write_report(**sessions.crowded(found), path=tmp_path / "r.html", wording=bracketing).read_text()
    assert '<html lang="xx">' in page
    said = read_page(page[: page.index("<h3>«Sources»")] + page[page.index("<h3>«Settings and versions»") :])
    assert sum("«" in line for line in said) > 150
    named = {"Tremorscope", "Python", "native", "t", *guidance.sources()}
    missed = set()
    for line in said:
        rest = line
        while rest != (rest := BRACKETED.sub(" ", rest)):
            pass
        missed |= set(re.findall(r"[^\W\d_]\w*", rest)) - UNITS - named
    assert not missed


def test_the_decimal_mark_of_the_wording_stands_in_every_number(
    found: session.AnalysedRecording, tmp_path: Path
) -> None:
    marked = session.Wording(decimal_mark="·", sentence=lambda _: "said")
    page = session.write_report(**sessions.crowded(found), path=tmp_path / "r.html", wording=marked).read_text()
    said = read_page(page[: page.index("<h3>Sources</h3>")])
    assert sum("·" in line for line in said) > 50
    assert "−0·2" in said, "the axis of a figure"
    assert not [line for line in said if re.search(r"\d\.\d", line)]


def test_a_report_needs_something_and_a_place(found: session.AnalysedRecording, tmp_path: Path) -> None:
    advice = session.make_advice({"": found.analysis})
    with pytest.raises(InputError, match="at least one"):
        session.write_report([], advice, tmp_path / "x.html")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another place"):
        session.write_report([found], advice, tmp_path / "file" / "x.html")


@pytest.fixture(scope="module")
def browser() -> str:
    return find_browser()


@pytest.mark.parametrize("which", ["page", "full_page"])
def test_a_real_browser_opens_it_without_an_error_and_prints_it_on_two_pages(
    which: str, browser: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    page: Path = request.getfixturevalue(which)
    pdf = tmp_path / "r.pdf"
    run = run_browser(browser, tmp_path, f"--print-to-pdf={pdf}", page.as_uri())
    assert not [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    assert pdf.stat().st_size > 20_000
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) == 2


def test_on_a_phone_nothing_is_wider_than_the_screen(full_page: Path, browser: str, tmp_path: Path) -> None:
    assert width_on_a_phone(browser, tmp_path, full_page) <= 390


def test_it_asks_nothing_of_any_network(full_page: Path, browser: str, tmp_path: Path) -> None:
    log = tmp_path / "net.json"
    run_browser(browser, tmp_path, f"--log-net-log={log}", "--dump-dom", full_page.as_uri())
    asked = set(re.findall(r'"url":"((?:https?|wss?):[^"]+)"', log.read_text()))
    # The browser's own housekeeping is none of the page's doing: it asks the same with an empty page.
    blank = tmp_path / "blank.json"
    empty = tmp_path / "blank.html"
    empty.write_text("<!doctype html><title>blank</title>")
    run_browser(browser, tmp_path, f"--log-net-log={blank}", "--dump-dom", empty.as_uri())
    housekeeping = {u.split("/")[2] for u in re.findall(r'"url":"((?:https?|wss?):[^"]+)"', blank.read_text())}
    assert {u.split("/")[2] for u in asked} <= housekeeping


def test_of_sensors_that_are_all_read_none_was_chosen(tmp_path: Path) -> None:
    sensors = [recordings.StreamMeta(label=label, nominal_hz=50.0) for label in ("left", "right")]
    recorder = recordings.Recorder(tmp_path, sensors=sensors)
    for sensor in sensors:
        lying_g = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (500, 1))
        recorder.add_samples(sensor.label, xyz_g=lying_g, start_s=0.0, rate_hz=50.0)
    path = recorder.close()
    assert any("was chosen" in warning for warning in session.analyze_file(path).recording.warnings)
    every = session.analyze_all_sensors(path)
    assert [f.recording.sensor for f in every] == ["left", "right"]
    assert not any("was chosen" in warning for f in every for warning in f.recording.warnings)
