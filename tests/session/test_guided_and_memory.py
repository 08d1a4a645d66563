"""Guided sessions through the live engine, and what is kept from one session to the next."""

import json
from pathlib import Path

import pytest

import guidance
import recordings
import session
from dsp import InputError, Placement, Side, StorageError
from guidance import CheckIn, Part
from sensor.simulated import SCRIPTS, SimulatedSource
from session import Home
from session.country import country_here
from session.memory import _tried
from tremorscope.cli import main
from tremorscope.cli.live import _mention_checkin

HOUR_NS = 3_600_000_000_000


@pytest.fixture(scope="module")
def guided_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home in which a guided session has been recorded on the simulated limb."""
    home = Home(root=tmp_path_factory.mktemp("home"))
    leader = guidance.Leader(guidance.find_protocol("stretch"), Side.LEFT)
    turns: list[guidance.Turn] = []
    guided = session.GuidedRun(leader, lambda turn, at_s: turns.append(turn))
    seen: list[object] = []
    guided.watch_with(seen.append)
    source = SimulatedSource(script=SCRIPTS["guided_stretch"], speed=0, label="leg")
    folder = home.make(home.recordings)
    running = session.LiveSession([source], sink=guided, placement=Placement.CALF, side=Side.LEFT, record_to=folder)
    guided.mark_with(running.mark)
    running.start()
    assert running.join(120)
    result = running.stop()
    assert len(turns) == len(leader.turns)
    assert seen
    live = guided.findings(result.analyses)
    assert live is not None
    assert live.finished
    session.remember(
        home, result, checkin=CheckIn(chosen={"load": ("feet_4h",), "tried": ("slow_entry",), "which": ("calf",)})
    )
    return home


def test_the_steps_stand_in_the_recording_and_are_found_again(guided_home: Home) -> None:
    (path,) = guided_home.recordings.glob("*.mcap")
    markers = [m for m in recordings.read(path).markers if m.text.startswith("guided stretch")]
    assert len(markers) == len(guidance.Leader(guidance.find_protocol("stretch")).turns)
    found = session.guided_findings_of(session.analyze_all_sensors(path))
    assert found is not None
    assert found.finished
    assert any("shaking came after" in s for s in found.sentences)
    assert session.guided_findings_of([]) is None


def test_the_report_of_a_guided_session_has_its_steps(guided_home: Home, tmp_path: Path) -> None:
    (path,) = guided_home.recordings.glob("*.mcap")
    found = session.analyze_all_sensors(path)
    week = guidance.weekly(session.recall(guided_home), found[0].recording.start_ns or 0 + 10**12)
    advice = session.make_advice({f.recording.sensor: f.analysis for f in found})
    page = session.write_report(found, advice, tmp_path / "guided.html", week=week).read_text()
    assert "Guided session: Slow and quick stretch" in page
    assert "fast stretch" in page
    assert "Synthetic" in page


def test_a_session_is_remembered_with_its_advice_and_answers(guided_home: Home) -> None:
    (summary,) = session.recall(guided_home)
    assert summary.tremor_s > 5
    assert summary.reflex_jerk_count >= 2
    assert summary.remedies == ("slow_entry",)
    assert summary.which == "calf"
    with recordings.Library(guided_home.root) as library:
        (record,) = library.sessions()
        assert record.checkin["load"] == ["feet_4h"]
        assert "advised" in record.findings


def test_a_guided_session_with_a_warm_up_counts_as_one_and_without_as_none() -> None:
    assert _tried(CheckIn(), "") is None
    assert _tried(CheckIn(), "stretch") == ()
    assert _tried(CheckIn(), "warm_up") == ("warm_up",)
    assert _tried(CheckIn(chosen={"tried": ("sleep", "warm_up")}), "warm_up") == ("sleep", "warm_up")
    assert _tried(CheckIn(chosen={"mood": ("calm",)}), "") == ()


def test_a_recording_elsewhere_or_none_is_not_remembered(guided_home: Home, tmp_path: Path) -> None:
    result = session.SessionResult(analyses={}, advice=None, recording=None, reason="")
    session.remember(guided_home, result)
    other = Home(root=tmp_path)
    other.make(other.recordings)
    assert session.recall(other) == []


def test_todays_answers_hold_for_half_a_day_and_the_others_for_a_week(tmp_path: Path) -> None:
    home = Home(root=tmp_path / "home")
    assert session.todays_checkin(home) is None
    assert session.parts_due(home) == tuple(Part)
    said = CheckIn(chosen={"load": ("feet_4h",), "kinds": ("lithium",)})
    session.keep_checkin(home, said, now_ns=100 * HOUR_NS)
    assert session.todays_checkin(home, now_ns=111 * HOUR_NS) == said
    assert session.parts_due(home, now_ns=111 * HOUR_NS) == ()
    assert session.todays_checkin(home, now_ns=113 * HOUR_NS) == CheckIn(chosen={"kinds": ("lithium",)})
    assert session.parts_due(home, now_ns=113 * HOUR_NS) == (Part.TODAY,)
    assert session.todays_checkin(home, now_ns=(100 + 7 * 24) * HOUR_NS) is None
    assert session.todays_checkin(home, now_ns=99 * HOUR_NS) is None


def test_what_was_not_asked_stays_as_it_was(tmp_path: Path) -> None:
    home = Home(root=tmp_path / "home")
    session.keep_checkin(home, CheckIn(chosen={"load": ("feet_4h",), "kinds": ("lithium",)}), now_ns=HOUR_NS)
    session.keep_checkin(home, CheckIn(chosen={"mood": ("calm",)}), parts=[Part.TODAY], now_ns=2 * HOUR_NS)
    kept = session.todays_checkin(home, now_ns=3 * HOUR_NS)
    assert kept == CheckIn(chosen={"mood": ("calm",), "kinds": ("lithium",)})


def test_only_classes_of_medicines_are_kept(tmp_path: Path) -> None:
    home = Home(root=tmp_path / "home")
    session.keep_checkin(home, CheckIn(chosen={"kinds": ("lithium", "water")}))
    kept = (home.root / "checkin.json").read_text()
    assert "lithium" in kept
    kinds = next(q for q in guidance.load_knowledge().questions if q.id == "kinds")
    # No name of a product, no dose: every chip is a kind.
    assert not any(char.isdigit() for a in kinds.answers for char in a.text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"today": 3}',
        '{"today": {"time_ns": "x", "chosen": {}}}',
        '{"today": {"time_ns": 1, "chosen": {"a": ["b"]}}}',
        '{"today": {"time_ns": 1, "chosen": []}}',
    ],
)
def test_damaged_answers_are_no_answers(tmp_path: Path, text: str) -> None:
    (tmp_path / "checkin.json").write_text(text)
    assert session.todays_checkin(Home(root=tmp_path), now_ns=2) is None


def test_answers_that_cannot_be_kept_are_told(tmp_path: Path) -> None:
    (tmp_path / "checkin.json").mkdir()
    with pytest.raises(StorageError, match="could not be kept"):
        session.keep_checkin(Home(root=tmp_path), CheckIn(chosen={}))


def test_the_terminal_leads_lists_shows_and_sums_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path)]
    assert main(["protocol", "list"]) == 0
    listed = capsys.readouterr().out
    assert "stretch: Slow and quick stretch (4:" in listed
    assert main(["checkin", "--answer", "load=feet_4h", *home]) == 0
    assert "1 answers kept" in capsys.readouterr().out
    assert main(["protocol", "run", "stretch", "--speed", "0", *home]) == 0
    shown = capsys.readouterr().out
    assert "▶ Hold it there. Stop if it hurts. (left leg)  [30 s]" in shown
    assert "On the right leg:" in shown
    (path,) = (tmp_path / "recordings").glob("*.mcap")
    assert main(["protocol", "show", str(path)]) == 0
    assert "kicked more often" in capsys.readouterr().out
    assert main(["week", *home]) == 0
    assert "Sessions: 1." in capsys.readouterr().out
    assert main(["week", "--json", *home]) == 0
    assert '"sessions": 1' in capsys.readouterr().out


def test_the_check_in_asks_on_one_screen_and_everything_may_be_skipped(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home = ["--home", str(tmp_path)]
    said = iter(["1, 2 999 x", "1", "", "19"])
    prompts: list[str] = []
    monkeypatch.setattr("typer.prompt", lambda text, **k: (prompts.append(text), next(said))[1])
    assert main(["checkin", *home]) == 0
    out = capsys.readouterr().out
    assert "3 answers kept" in out
    assert "load: Hard leg exercise" in out
    k = guidance.load_knowledge()
    for name in ("title", "week"):
        assert k.say("checkin", name) in out
    assert set(prompts) == {k.say("checkin", "prompt")}
    # The week's questions were answered just now, so only today's come again; skipping them keeps the first answers.
    assert main(["checkin", *home]) == 0
    assert "3 answers kept" in capsys.readouterr().out
    assert len(prompts) == 3
    # From `live` and from a guided session the same questions can be asked first.
    said = iter(["1", "2"])
    monkeypatch.setattr("tremorscope.cli.live.run_session", lambda *a, **kw: 0)
    assert main(["live", "simulated", "--no-gui", "--checkin", *home]) == 0
    assert main(["protocol", "run", "stretch", "--checkin", *home]) == 0
    assert len(prompts) == 5
    assert session.todays_checkin(Home(root=tmp_path)) == CheckIn(
        chosen={"load": ("hard_exercise",), "since": ("today",)}
    )


def test_the_check_in_can_be_listed_shown_forgotten_and_answered_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(tmp_path)]
    assert main(["checkin", "--questions"]) == 0
    listed = capsys.readouterr().out
    assert "load=feet_4h" in listed
    assert "(once a week)" in listed
    assert main(["checkin", "--answer", "load=feet_4h", "--answer", "load=sore", *home]) == 0
    assert "2 answers kept" in capsys.readouterr().out
    assert main(["checkin", "--show", *home]) == 0
    assert "Sore from the last days" in capsys.readouterr().out
    assert main(["checkin", "--clear", *home]) == 0
    assert main(["checkin", "--show", *home]) == 0
    assert "0 answers kept" in capsys.readouterr().out
    assert main(["checkin", "--answer", "nonsense", *home]) == 2
    assert main(["checkin", "--answer", "load=nonsense", *home]) == 2


def test_a_session_mentions_the_check_in_until_it_was_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home, hint = Home(root=tmp_path), guidance.load_knowledge().say("checkin", "hint")
    _mention_checkin(home)
    assert capsys.readouterr().out.count(hint) == 1
    session.keep_checkin(home, CheckIn())
    _mention_checkin(home)
    _mention_checkin(None)
    assert hint not in capsys.readouterr().out


def test_a_report_of_the_library_knows_the_answers_and_the_sessions_before(
    guided_home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (path,) = guided_home.recordings.glob("*.mcap")
    known = session.background_of(guided_home, path)
    assert known.checkin is not None
    assert known.checkin.which == "calf"
    assert known.history == ()
    assert known.week is not None
    assert known.week.sessions == 1
    assert session.background_of(guided_home, tmp_path / path.name) == session.Background()
    out = tmp_path / "r.html"
    assert main(["report", str(path), "-o", str(out), "--home", str(guided_home.root)]) == 0
    assert "you said: you were on your feet for 4 hours or more" in out.read_text()
    assert main(["analyze", str(path), "--json", "--home", str(guided_home.root)]) == 0
    assert "on your feet" in capsys.readouterr().out


def test_answers_given_with_a_file_count_for_its_advice(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(str(recordings.__path__[0])) / "samples" / "simulated-calm-calf.csv"
    assert main(["analyze", str(path), "--json", "--answer", "signs=numb"]) == 0
    advice = json.loads(capsys.readouterr().out)["guidance"]
    assert advice["causes"][0]["id"] == "nerve"
    assert advice["help_cards"][0]["level"] == "appointment"
    assert main(["analyze", str(path), "--json", "--answer", "signs=flying"]) == 2
    assert main(["analyze", str(path), "--answer", "mood=tense", "--answer", "hands=yes"]) == 0
    printed = capsys.readouterr().out
    assert "This looks most like: tension or worry." in printed
    assert "[NHS_BR, BEN23, inference]" in printed


@pytest.mark.parametrize(
    ("environment", "country"),
    [
        ({"LANG": "en_GB.UTF-8"}, "GB"),
        ({"LANG": "de_DE", "LC_ALL": "en_US.UTF-8"}, "US"),
        ({"LANG": "C"}, ""),
        ({}, ""),
    ],
)
def test_the_country_of_the_emergency_number_is_the_machines(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], country: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert country_here() == country


def test_a_recording_without_steps_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    from recordings import samples

    path = Path(str(samples.__path__[0])) / "simulated-calm-calf.csv"
    assert main(["protocol", "show", str(path)]) == 1
    assert "holds no guided session" in capsys.readouterr().err
    with pytest.raises(InputError):
        guidance.find_protocol("")
