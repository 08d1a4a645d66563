"""Puts the page together: words, figures and tables into the template."""

import math
import platform
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import guidance
from dsp import InputError, Placement, Side, SideComparison, StorageError, percent_sure
from session.analysis import AnalysedRecording, compare
from session.guided import guided_findings_of
from session.report.figures import average_spectra, holds, spectrogram, timeline, trace
from session.report.palette import EVENT_MARKS, STATE_WORDS, STEP_WORDS
from session.report.trends import trends
from session.report.wording import ENGLISH, Wording

MOST_EVENTS = 30
"""More rows fill pages that nobody reads; export has them all."""
MOST_HOLDS = 20
MOST_RHYTHMIC = 8
PLACES = {place.value for place in (*Side, *Placement)}
"""Words that name a sensor by where it is worn, in many files and in sessions with two."""
LEAST_S = 1.0
"""Shorter shaking is the edge of something else."""
PRINTED_ROWS = 6
"""Rows of each table on paper, where the page ends; the screen has the others too."""
PRINTED_ROWS_OF_TWO = 3
"""The same with two sensors."""
SHORT_CAUSES, SHORT_ROWS = 2, 9
"""With no more to say than that, paper has room for larger type."""


def write_report(
    found: Sequence[AnalysedRecording],
    advice: guidance.Advice,
    path: Path,
    *,
    title: str = "Stretching session",
    settings: Mapping[str, str] | None = None,
    synthetic: bool = False,
    history: Sequence[guidance.SessionSummary] = (),
    week: guidance.Week | None = None,
    wording: Wording = ENGLISH,
) -> Path:
    """Write one self-contained HTML page: no script, no request, prints on two A4 pages.

    Parameters
    ----------
    found
        The analysed sensors of one session.
    advice
        What guidance says of it.
    path
        Where to write.
    title
        Heading of the page.
    settings
        Further settings to state, by name.
    synthetic
        Whether the data come from the simulated limb; found out from the recordings too.
    history
        Earlier sessions, oldest first, for the trends; none leaves them out.
    week
        The last seven days; None leaves them out.
    wording
        The language of the page.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    InputError
        Without anything analysed.
    StorageError
        When the page cannot be written.
    """
    if not found:
        msg = "a report needs at least one analysed sensor"
        raise InputError(msg)
    comparison = compare({f.recording.sensor or str(i): f.analysis for i, f in enumerate(found)})
    main = max(found, key=lambda f: f.analysis.findings.tremor_s + f.analysis.findings.reflex_rhythm_s)
    sensors = [_sensor(f, wording) for f in found]
    guided = guided_findings_of(list(found))
    html = _template(wording).render(
        words=wording,
        title=wording.text(title),
        when=_when(found[0]),
        say=guidance.load_knowledge().say,
        synthetic=synthetic or any(_is_synthetic(f) for f in found),
        advice=advice,
        sources=_cited(advice),
        sensors=sensors,
        printed_rows=PRINTED_ROWS if len(found) == 1 else PRINTED_ROWS_OF_TWO,
        sides=_sides(comparison, found),
        step_words=STEP_WORDS,
        roomy=guided is None and not history and _is_short(advice, sensors),
        facts=_facts(found, settings or {}, wording),
        guided=guided,
        guided_legs=_by_leg(guided.sentences, wording) if guided is not None else [],
        trends=trends(history, main.analysis.findings, wording) if history else None,
        week=week,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        msg = f"cannot write the report to {path}: {error.strerror}; choose another place with -o"
        raise StorageError(msg) from error
    return path


def _template(words: Wording) -> Any:
    import jinja2  # noqa: PLC0415 - only a report needs it

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("session.report", package_path="."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "said": words.sentence,
        "clock": _clock,
        "number": partial(_number, words),
        "milli_g": partial(_milli_g, words),
        "signed": partial(_signed, words),
        "sure": percent_sure,
    }
    return environment.get_template("page.html.j2")


def _sensor(found: AnalysedRecording, words: Wording) -> dict[str, Any]:
    recording, analysis = found.recording, found.analysis
    side = analysis.findings.side.value
    known = [part for part in (side, analysis.placement.value) if part != "unknown"]
    worn = " ".join(known)
    wide = [timeline(found, words), trace(found, words) if recording.samples else None]
    half = [spectrogram(found, words), average_spectra(found, words), holds(found, words)]
    segments = sorted(analysis.segments, key=lambda s: -s.duration_s)
    return {
        "name": words.text(recording.sensor) if recording.sensor in PLACES else recording.sensor,
        "worn": words.text(worn) if worn else "",
        "wide": [f for f in wide if f is not None],
        "half": [f for f in half if f is not None],
        "holds": list(enumerate(analysis.findings.holds, 1))[:MOST_HOLDS],
        "hold_count": len(analysis.findings.holds),
        "events": sorted(analysis.events, key=lambda e: -e.peak_g)[:MOST_EVENTS],
        "event_count": len(analysis.events),
        "rhythmic": [s for s in segments if s.label in ("tremor", "reflex_rhythm") and s.duration_s >= LEAST_S][
            :MOST_RHYTHMIC
        ],
        "quality": list(dict.fromkeys((*recording.warnings, *analysis.quality))),
        "state_words": {k.value: words.text(v) for k, v in STATE_WORDS.items()},
        "event_words": {k: words.text(v) for k, (_, v) in EVENT_MARKS.items()},
    }


def _is_short(advice: guidance.Advice, sensors: Sequence[Mapping[str, Any]]) -> bool:
    """Whether the page has so little to say that larger type still prints on two pages."""
    tables = [s[name] for s in sensors for name in ("holds", "rhythmic", "events", "quality")]
    rows = sum(min(len(table), PRINTED_ROWS) for table in tables)
    return len(sensors) == 1 and rows <= SHORT_ROWS and len(advice.causes) <= SHORT_CAUSES


def _cited(advice: guidance.Advice) -> dict[str, str]:
    """Titles of the sources that the page names, in the order of the list."""
    parts: Iterable[tuple[str, ...]] = (
        *(t.sources for c in advice.causes for t in c.terms),
        *(c.sources for c in advice.causes),
        *(a.sources for a in (*advice.now, *advice.next_time)),
        *(c.sources for c in advice.help_cards),
    )
    named = {key for keys in parts for key in keys}
    return {key: title for key, title in guidance.sources().items() if key in named}


def _sides(comparison: SideComparison | None, found: Sequence[AnalysedRecording]) -> list[str]:
    if comparison is None:
        return []
    k = guidance.load_knowledge()
    by_side = {f.analysis.findings.side: f.analysis.findings for f in found}
    left, right = by_side[Side.LEFT], by_side[Side.RIGHT]
    numbers = k.say(
        "sides",
        "seconds",
        left_s=left.tremor_s + left.reflex_rhythm_s,
        right_s=right.tremor_s + right.reflex_rhythm_s,
        left_kicks=left.reflex_jerk_count,
        right_kicks=right.reflex_jerk_count,
    )
    return [guidance.side_sentence(comparison, k), numbers]


def _by_leg(sentences: Sequence[str], words: Wording) -> list[tuple[str, list[str]]]:
    """Sort the sentences of a guided session below their headings, which end in a colon."""
    legs: list[tuple[str, list[str]]] = []
    for sentence in sentences:
        if sentence.endswith(":"):
            legs.append((words.sentence(sentence).rstrip(":"), []))
        elif legs:
            legs[-1][1].append(sentence)
        else:
            legs.append(("", [sentence]))
    return legs


def _facts(found: Sequence[AnalysedRecording], settings: Mapping[str, str], words: Wording) -> dict[str, str]:
    first = found[0]
    k = guidance.load_knowledge()
    spectra = first.analysis.spectra
    facts = {
        words.text("Length"): _clock(first.analysis.duration_s),
        words.text("Missing"): f"{words.number(first.analysis.findings.gap_s, '.1f')} s",
        words.text("Rate"): f"{words.number(first.analysis.rate_hz, '.4g')} Hz",
        words.text("Format"): first.recording.format,
        words.text("Device"): words.sentence(first.recording.device) or words.text("not named"),
        words.text("Window"): words.sentence(spectra.window) if spectra is not None else words.text("not kept"),
        words.text("Parameters"): first.analysis.parameters_version,
        words.text("Knowledge"): words.say("{version}, read through {day}", version=k.version, day=k.reviewed),
        "Tremorscope": version("tremorscope"),
        "Python": platform.python_version(),
        words.text("Page written"): datetime.now(UTC).strftime("%Y-%m-%d"),
    }
    return facts | dict(settings)


def _when(found: AnalysedRecording) -> str:
    start_ns = found.recording.start_ns
    return datetime.fromtimestamp(start_ns / 1e9).astimezone().strftime("%Y-%m-%d %H:%M") if start_ns else ""


def _is_synthetic(found: AnalysedRecording) -> bool:
    recording = found.recording
    named = recording.path is not None and recording.path.name.startswith("simulated")
    return named or recording.details.get("family") == "simulated" or recording.device.lower().startswith("simulated")


def _clock(seconds: float) -> str:
    whole = max(0, round(seconds))
    return (
        f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
        if whole >= 3600
        else f"{whole // 60}:{whole % 60:02d}"
    )


def _number(words: Wording, value: float | None, digits: int = 1) -> str:
    if value is None or not math.isfinite(value):
        return "–"
    return words.number(value, f".{digits}f").replace("-", "\N{MINUS SIGN}")


def _signed(words: Wording, value: float) -> str:
    return words.number(value, "+.1f").replace("-", "\N{MINUS SIGN}")


def _milli_g(words: Wording, value_g: float | None) -> str:
    if value_g is None or not math.isfinite(value_g):
        return "–"
    # Three digits of 999.6 mg would be written as a power of ten.
    return f"{words.number(value_g, '.2f')} g" if value_g >= 0.9995 else f"{words.number(1000.0 * value_g, '.3g')} mg"
