"""Output that nobody reads any more."""

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest

import recordings
import tremorscope as ts
from tremorscope.cli import main
from tremorscope.cli.output import Output
from tremorscope.cli.words import event_word

REFLEX = Path(ts.__file__).parents[1] / "recordings" / "samples" / "simulated-reflex-calf.csv"


class Pipe(io.StringIO):
    """Takes a few lines, then its reader has gone."""

    def __init__(self, lines: int, error: Exception) -> None:
        super().__init__()
        self._left, self._error = lines, error

    def write(self, text: str) -> int:
        if self._left <= 0:
            raise self._error
        self._left -= 1
        return super().write(text)


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(5, "input/output error"), ValueError("closed file")])
def test_output_keeps_silent_once_its_reader_has_gone(error: Exception) -> None:
    pipe = Pipe(1, error)
    output = Output(pipe)
    output.write("one\n")
    assert not output.gone
    output.write("two\n")
    assert output.gone
    output.write("three\n")
    assert pipe.getvalue() == "one\n"
    assert not output.is_terminal


def test_a_session_whose_reader_has_gone_closes_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Pipe(4, BrokenPipeError()))
    assert (
        main(["live", "simulated", "--json", "--record", "--speed", "20", "--seconds", "600", "-o", str(tmp_path)]) == 0
    )
    (path,) = tmp_path.glob("*.mcap")
    assert recordings.read(path).samples
    assert not list(tmp_path.glob("*.part"))


def test_the_list_of_events_tells_an_impact_from_a_kick() -> None:
    kick = ts.analyze(ts.read(REFLEX)).events[0]
    assert event_word(kick) == "reflex jerk"
    assert event_word(replace(kick, flags=("impact",))) == "impact"
