from pathlib import Path

import pytest

import session
from dsp import StorageError


def test_the_chosen_home_wins_over_the_environment(tmp_path: Path) -> None:
    assert session.find_home(tmp_path / "mine").root == tmp_path / "mine"


def test_the_environment_names_the_home_when_nobody_chose_one(home: Path) -> None:
    assert session.find_home().root == home


def test_without_either_the_platform_names_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TREMORSCOPE_HOME")
    assert "tremorscope" in str(session.find_home().root).lower()


def test_a_folder_that_cannot_be_made_says_how_to_choose_another(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    home = session.find_home(tmp_path / "file")
    with pytest.raises(StorageError, match="--home"):
        home.make(home.recordings)
