"""What every test shares: where the public recordings are, a home of its own, no screen."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def data_dir() -> Path:
    """Folder of the public recordings, whether it exists or not."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("TREMORSCOPE_DATA", default))


@pytest.fixture
def data() -> Path:
    """Folder of the public recordings; skips the test where it is absent."""
    folder = data_dir()
    if not folder.is_dir():
        pytest.skip(f"public recordings not found at {folder}; set TREMORSCOPE_DATA")
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Tremorscope home of the test's own, so that no test touches the person's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TREMORSCOPE_HOME", str(folder))
    return folder
