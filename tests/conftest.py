"""What every test shares: where the public recordings are, a home of its own, no screen."""

import os
from pathlib import Path

import hypothesis
import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Speed is measured in benchmarks; a busy machine must not fail a property. What CI says of a commit does not hang on luck:
# it looks at the same examples each time, every other run at new ones.
hypothesis.settings.register_profile(
    "any machine",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("any machine")


def data_dir() -> Path:
    """Folder of the public recordings, whether it exists or not."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    return Path(os.environ.get("TREMORSCOPE_DATA") or default)


@pytest.fixture
def data() -> Path:
    """Folder of the public recordings; skips the test where it is absent."""
    folder = data_dir()
    if not (folder / "shaker").is_dir():
        pytest.skip(f"public recordings not found at {folder}; set TREMORSCOPE_DATA")
    return folder


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Tremorscope home of the test's own, so that no test touches the person's."""
    folder = tmp_path / "home"
    monkeypatch.setenv("TREMORSCOPE_HOME", str(folder))
    return folder


EXPECTED_SKIPS = ("needs real Bluetooth hardware", "None never dies from Python 3.12 on")
"""Reasons for which a test may be skipped even in CI."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
    """List skips that CI does not expect: a test that silently never runs protects nothing."""
    for report in unexpected_skips(terminalreporter):
        terminalreporter.write_line(f"UNEXPECTED SKIP {report.nodeid}: {report.longrepr[2]}", red=True)


def unexpected_skips(reporter: pytest.TerminalReporter) -> list[pytest.TestReport]:
    """Skipped tests that CI has no excuse for."""
    if not os.environ.get("CI"):
        return []
    return [r for r in reporter.stats.get("skipped", []) if not any(e in str(r.longrepr) for e in EXPECTED_SKIPS)]


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Turn unexpected skips into a failure in CI."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and exitstatus == pytest.ExitCode.OK and unexpected_skips(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
