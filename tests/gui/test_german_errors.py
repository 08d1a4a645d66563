"""What reading, keeping and exporting say is said in German: every error, every warning."""

import ast
import itertools
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import recordings
from dsp import FileFormatError, InputError, RateError, TremorscopeError, UnitError
from gui.i18n import foreign, use_language
from recordings.exporters.options import ExportOptions

ROOM = Path(recordings.__file__).parent
NOT_SAID = {
    "module 'recordings' has no attribute *": "a mistake of a program",
    "samples must be (n, 3) with a time and a rate, not * at * s and * Hz": "a mistake of a program",
    "only a recording with a file can be imported; export it first": "the app imports files",
    "a window must end after it begins, not from * to * s": "a mistake of a program",
    "the recorder's queue stayed full for %s s": "the log",
    "Acceleration of one worn sensor, exported by Tremorscope.\n": "stands in an exported file",
    "one-sided power spectral density, summed over the three axes": "stands in an exported file",
    "none: as the sensor gave it": "stands in an exported file",
    "not calibrated": "a mark",
}
"""Sentences that no person meets in the app, and why."""
PARTS = (
    "in it", "the end", "end of data", "no channels", "no sensor *", "several sensors like *", "one without a name",
    "* cannot be read", "calibrated *", "* sessions begin with", "no session begins with", "nothing above * Hz can be seen",
    "* to * s",
)  # fmt: skip
"""Parts of sentences, which are judged as a whole."""
WHOLE = {
    "* Hz is too low for tremor: *; set the sensor to 50 Hz or more": (
        "20 Hz is too low for tremor: nothing above 9.0 Hz can be seen; set the sensor to 50 Hz or more"
    ),
    "* has *; it has *": "a.csv has several sensors like 'lef'; it has left 1, left 2",
    "*: none of its * files is a recording*": "a.zip: none of its 2 files is a recording: b.txt is empty; choose another file",
    "no frequency lies between * and * Hz; the spectra reach from 0 to * Hz in steps of * Hz": (
        "no frequency lies between 60 and inf Hz; the spectra reach from 0 to 50 Hz in steps of 0.25 Hz"
    ),
    "no spectrum lies in that time range; they reach from * s": (
        "no spectrum lies in that time range; they reach from 2 s to 7.5 s"
    ),
    "the * ends before it begins: * to * *; swap the two": "the band ends before it begins: 8 to 4.5 Hz; swap the two",
    "the * must be made of numbers, not * to *": "the time range must be made of numbers, not nan to None",
    "to gravity (van Hees 2014): gain *; offset * g; rest was * mg from 1 g, is now * mg (* epochs of rest)": (
        "calibrated to gravity (van Hees 2014): gain 1.0010, 0.9990, 1.0000; offset 0.0010, -0.0020, 0.0000 g; "
        "rest was 2.1 mg from 1 g, is now 0.4 mg (31 epochs of rest)"
    ),
}
"""Sentences that are made of parts, with what they can become."""
ENGLISH = re.compile(
    r"\b(the|of|is|are|were|holds?|no|which|its|not|with|from|and|to|be|has|have|by|it|them|they|this|that|file)\b"
)
PICTURES = ("panels.py", "pictures.py")


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    use_language("de")
    yield
    use_language("en")


def sentences(path: Path) -> Iterator[str]:
    """Texts of a module as patterns: `*` for what is filled in; without docstrings, data and statements of SQL."""
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        nodes = list(ast.walk(function))
        passed = {id(n.value) for n in nodes if isinstance(n, ast.Expr)}
        passed |= {id(v) for n in nodes if isinstance(n, ast.JoinedStr) for v in ast.walk(n) if v is not n}
        for node in nodes:
            text = pattern_of(node) if id(node) not in passed else None
            if text and re.search(r"[a-z]{2,} [a-z]{2,}", text) and not text.lstrip().startswith(("SELECT", "INSERT")):
                yield text


def pattern_of(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "*" for v in node.values)
    return None


def fillings(text: str) -> Iterator[str]:
    """A sentence with words and with numbers in its holes, for the code does not say which."""
    first, *rest = text.split("*")
    for values in itertools.product(("Xyz", "7.5"), repeat=len(rest)):
        yield first + "".join(value + part for value, part in zip(values, rest, strict=True))


SAID = sorted(
    {
        text
        for path in ROOM.rglob("*.py")
        if path.name not in PICTURES
        for text in sentences(path)
        if text not in NOT_SAID and text not in PARTS and ENGLISH.search(text)
    }
)


def test_the_sentences_were_found() -> None:
    assert len(SAID) > 150


@pytest.mark.parametrize("english", SAID)
def test_every_error_and_warning_of_a_file_has_german_words(english: str) -> None:
    said = [foreign(filled) for filled in ([WHOLE[english]] if english in WHOLE else fillings(english))]
    assert any(not ENGLISH.search(words) for words in said), said[0]


def table(rows: str, head: str = "time_s,x,y,z") -> str:
    return f"{head}\n{rows}"


STILL = "\n".join(f"{i / 100},0.1,0.2,{5 + i % 3}" for i in range(300))
BROKEN: dict[str, tuple[str | bytes, type[TremorscopeError]]] = {
    "empty.csv": ("", FileFormatError),
    "letter.txt": ("Dear Anna,\nhow are you?\n" * 30, FileFormatError),
    "bytes.bin": (bytes(range(128, 256)) * 40, FileFormatError),
    "axes.csv": ("\n".join(["time_s,x_g,y_g", *(f"{i / 100},0,1" for i in range(300))]), FileFormatError),
    "unit.csv": (table(STILL), UnitError),
    "rate.csv": ("\n".join(["x_g,y_g,z_g", *("0,0,1.0" for _ in range(300))]), FileFormatError),
    "equal.csv": ("\n".join(["time_s,x_g,y_g,z_g", *("1.0,0,0,1" for _ in range(300))]), FileFormatError),
    "words.json": ('{"what": "no acceleration"}', FileFormatError),
    "half.json": ('{"what": [1, 2', FileFormatError),
    "packed.gz": (b"\x1f\x8b\x08\x00" + bytes(40), FileFormatError),
    "sound.wav": (b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes(40), FileFormatError),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_in_german(name: str, tmp_path: Path) -> None:
    content, kind = BROKEN[name]
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(kind) as refused:
        recordings.read(path)
    assert_german(str(refused.value))


def test_a_rate_that_cannot_be_is_refused_in_german(tmp_path: Path) -> None:
    path = tmp_path / "rate.csv"
    path.write_text("\n".join(["x_g,y_g,z_g", *("0,0,1.0" for _ in range(300))]))
    with pytest.raises(RateError) as refused:
        recordings.read(path, rate_hz=-1.5)
    assert foreign(str(refused.value)) == "eine Rate von -1,5 Hz ergibt keine Zeitachse; nenne die Rate mit --rate"


def test_an_archive_without_recordings_says_why_in_german(tmp_path: Path) -> None:
    path = tmp_path / "letters.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("letter.txt", "Dear Anna,\nhow are you?\n" * 30)
        packed.writestr("other.txt", "Dear Ben,\nhow are you?\n" * 30)
    with pytest.raises(FileFormatError) as refused:
        recordings.read(path)
    assert_german(str(refused.value))


def test_warnings_of_a_file_with_faults_are_german(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    time_s = np.delete(np.arange(3000) / 20.0, slice(1000, 1200))
    xyz_g = rng.normal(size=(len(time_s), 3)) * 0.01 + [0, 0, 1]
    rows = [f"{t:.3f},{x:.4f},{y:.4f},{z:.4f}" for t, (x, y, z) in zip(time_s, xyz_g, strict=True)]
    rows[50] = "2.5,n/a?,0,1"
    path = tmp_path / "faults.csv"
    path.write_text("\n".join(["time_s,x,y,z", *rows]))
    warnings = recordings.read(path).warnings
    assert len(warnings) >= 3
    for warning in warnings:
        assert_german(warning)


def test_wrong_options_of_an_export_are_refused_in_german() -> None:
    with pytest.raises(InputError) as refused:
        ExportOptions(low_hz=8.5, high_hz=4.0)
    assert foreign(str(refused.value)) == "das Band endet, ehe es beginnt: 8,5 bis 4 Hz; vertausche die beiden"


def assert_german(english: str) -> None:
    german = foreign(english)
    assert german != english
    assert not ENGLISH.search(re.sub(r"`[^`]*`|\([^)]*\)", "", german)), german
