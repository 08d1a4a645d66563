"""Puts the page together: words, figures and tables into the template."""

import math
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import guidance
from dsp import InputError, StorageError
from session.analysis import AnalysedRecording, compare
from session.guided import guided_findings_of
from session.report.figures import average_spectra, spectrogram, timeline, trace
from session.report.palette import EVENT_MARKS, STATE_WORDS

MOST_EVENTS = 30
"""More rows fill pages that nobody reads; export has them all."""


def write_report(
    found: Sequence[AnalysedRecording],
    advice: guidance.Advice,
    path: Path,
    *,
    title: str = "Stretching session",
    settings: Mapping[str, str] | None = None,
    synthetic: bool = False,
    week: guidance.Week | None = None,
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
    week
        The last seven days; None leaves them out.

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
    html = _template().render(
        title=title,
        synthetic=synthetic or any(_is_synthetic(f) for f in found),
        advice=advice,
        sources=guidance.sources(),
        sensors=[_sensor(f) for f in found],
        comparison=compare({f.recording.sensor or str(i): f.analysis for i, f in enumerate(found)}),
        facts=_facts(found, settings or {}),
        guided=guided_findings_of(list(found)),
        week=week,
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        msg = f"cannot write the report to {path}: {error.strerror}; choose another place with -o"
        raise StorageError(msg) from error
    return path


def _template() -> Any:
    import jinja2  # noqa: PLC0415 - only a report needs it

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("session.report", package_path="."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"clock": _clock, "number": _number, "milli_g": _milli_g}
    return environment.get_template("page.html.j2")


def _sensor(found: AnalysedRecording) -> dict[str, Any]:
    recording, analysis = found.recording, found.analysis
    drawn = [timeline(found), trace(found) if recording.samples else None, spectrogram(found), average_spectra(found)]
    side = analysis.findings.side.value
    worn = f"{side} {analysis.placement.value}" if side != "unknown" else analysis.placement.value
    segments = sorted(analysis.segments, key=lambda s: -s.duration_s)
    return {
        "name": recording.sensor,
        "worn": worn,
        "figures": [f for f in drawn if f is not None],
        "findings": analysis.findings,
        "events": sorted(analysis.events, key=lambda e: -e.peak_g)[:MOST_EVENTS],
        "event_count": len(analysis.events),
        "rhythmic": [s for s in segments if s.label in ("tremor", "reflex_rhythm")][:8],
        "quality": [*recording.warnings, *analysis.quality],
        "state_words": {k.value: v for k, v in STATE_WORDS.items()},
        "event_words": {k: v[1] for k, v in EVENT_MARKS.items()},
    }


def _facts(found: Sequence[AnalysedRecording], settings: Mapping[str, str]) -> dict[str, str]:
    first = found[0]
    facts = {
        "Length": _clock(first.analysis.duration_s),
        "Rate": f"{first.analysis.rate_hz:.4g} Hz",
        "Format": first.recording.format,
        "Parameters": first.analysis.parameters_version,
        "Tremorscope": version("tremorscope"),
        "Python": platform.python_version(),
        "Window": first.analysis.spectra.window if first.analysis.spectra is not None else "not kept",
        "Page written": datetime.now(UTC).strftime("%Y-%m-%d"),
    }
    return facts | dict(settings)


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


def _number(value: float | None, digits: int = 1) -> str:
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def _milli_g(value_g: float | None) -> str:
    if value_g is None or not math.isfinite(value_g):
        return "–"
    return f"{value_g:.2f} g" if value_g >= 1.0 else f"{1000.0 * value_g:.3g} mg"
