"""The report: one page that a real browser opens without an error or a request, and that prints."""

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

import dsp
import recordings
import session
from dsp import InputError, StorageError
from sensor.simulated import SCRIPTS, simulate


@pytest.fixture(scope="module")
def found() -> session.AnalysedRecording:
    made = simulate(SCRIPTS["demo"], seed=0)
    recording = recordings.Recording(
        path=Path("simulated-demo.csv"), format="t", samples=[dsp.Samples(xyz_g=made.xyz_g, rate_hz=made.rate_hz)],
        rate_hz=made.rate_hz, warnings=["a note with <b>markup</b> & signs"],
    )  # fmt: skip
    return session.AnalysedRecording(
        recording=recording, analysis=session.analyze_recording(recording, placement="calf", side="left")
    )


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


def test_two_sensors_are_compared_on_one_page(found: session.AnalysedRecording, tmp_path: Path) -> None:
    calm = simulate(SCRIPTS["calm"], seed=1)
    analysis = dsp.analyze(calm.xyz_g, rate_hz=calm.rate_hz, placement="calf", side="right")
    other = session.live_only("right", analysis)
    path = session.write_report([found, other], session.make_advice({"": found.analysis}), tmp_path / "two.html")
    assert "Left and right" in path.read_text()


def test_a_report_needs_something_and_a_place(found: session.AnalysedRecording, tmp_path: Path) -> None:
    advice = session.make_advice({"": found.analysis})
    with pytest.raises(InputError, match="at least one"):
        session.write_report([], advice, tmp_path / "x.html")
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another place"):
        session.write_report([found], advice, tmp_path / "file" / "x.html")


def test_a_real_browser_opens_it_without_an_error_and_prints_it(page: Path, tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("needs a Chromium browser (Debian: chromium)")
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
        "--disable-background-networking", "--disable-component-update", "--enable-logging=stderr", "--v=0",
        f"--user-data-dir={tmp_path / 'profile'}",
    ]  # fmt: skip
    pdf = tmp_path / "r.pdf"
    run = subprocess.run(
        [browser, *options, f"--print-to-pdf={pdf}", page.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert not [line for line in run.stderr.splitlines() if "CONSOLE" in line]
    assert pdf.stat().st_size > 20_000
    assert len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes())) <= 2
    # On a phone nothing is wider than the screen: a frame of 390 px tells how wide its content is.
    frame = tmp_path / "frame.html"
    measure = "document.title = 'wide ' + this.contentDocument.documentElement.scrollWidth"
    frame.write_text(f'<iframe width="390" height="800" src="{page.as_uri()}" onload="{measure}"></iframe>')
    dumped = subprocess.run(
        [browser, *options, "--allow-file-access-from-files", "--dump-dom", frame.as_uri()],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    wide = re.search(r"<title>wide (\d+)</title>", dumped.stdout)
    assert wide is not None, dumped.stdout[:300]
    assert int(wide[1]) <= 390
