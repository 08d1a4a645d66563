"""Settings: typed, versioned, migrated; whatever is wrong with the file, the app begins."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gui.settings import VERSION, RememberedSensor, Settings, load_settings, save_settings


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    chosen = Settings(theme="light", scale_percent=150, sensors=(RememberedSensor(key="k", name="n", family="polar"),))
    assert save_settings(path, chosen) == ""
    assert load_settings(path) == (chosen, "")


def test_without_a_file_the_defaults_come_without_a_word(tmp_path: Path) -> None:
    assert load_settings(tmp_path / "settings.json") == (Settings(), "")


def test_an_old_file_is_migrated(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"version": 1, "dark": False, "language": "de"}))
    found, note = load_settings(path)
    assert (found.version, found.theme, found.language, note) == (VERSION, "light", "de", "")


def test_a_damaged_file_is_kept_aside_and_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "da')
    found, note = load_settings(path)
    assert found == Settings()
    assert "settings.damaged.json" in note
    assert (tmp_path / "settings.damaged.json").read_text() == '{"theme": "da'


def test_single_values_of_another_version_fall_back(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(
        json.dumps(
            {
                "version": 2,
                "theme": "pink",
                "language": "xx",
                "scale_percent": 3,
                "window": [1, 2],
                "placement": "nose",
                "side": "top",
                "new": 1,
            }
        )
    )
    assert load_settings(path) == (Settings(), "")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=60),
        st.recursive(
            st.none() | st.integers() | st.text(max_size=5), lambda x: st.lists(x, max_size=3), max_leaves=5
        ).map(lambda v: json.dumps(v).encode()),
        st.dictionaries(
            st.sampled_from(["version", "theme", "language", "scale_percent", "window", "sensors", "folder", "side"]),
            st.none() | st.integers(-5, 500) | st.text(max_size=5) | st.lists(st.integers(), max_size=5),
        ).map(lambda v: json.dumps(v).encode()),
    )
)
def test_no_file_whatever_keeps_the_app_from_starting(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    found, _ = load_settings(path)
    assert found.theme in ("dark", "light")
    assert len(found.window) in (0, 4)


@pytest.mark.skipif(os.name == "nt", reason="folders of Windows have other rights")
def test_settings_that_cannot_be_saved_are_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "could not be saved" in save_settings(tmp_path / "file" / "settings.json", Settings())
