"""Memory: what earlier sessions showed, and what the person said today; all of it below the home folder."""

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

import dsp
import guidance
import recordings
from dsp import StorageError
from session.encode import plain
from session.engine import SessionResult
from session.home import Home

CHECKIN_HOURS = 12.0
"""Answers about today are no answers about tomorrow."""
CHECKIN_FILE = "checkin.json"
NS_PER_HOUR = 3_600_000_000_000


def recall(home: Home) -> list[guidance.SessionSummary]:
    """Give the summaries of earlier sessions, oldest first; sessions that were never analysed have none."""
    with recordings.Library(home.root) as library:
        records = [r for r in library.sessions() if r.findings]
    return sorted((_summary(r) for r in records), key=lambda s: s.start_ns)


def remember(home: Home, result: SessionResult, *, checkin: guidance.CheckIn | None = None) -> None:
    """Keep findings, advice and check-in of a recorded session with its recording.

    Parameters
    ----------
    home
        The person's home; a recording outside of it is not remembered.
    result
        What the session left.
    checkin
        What the person said before it.
    """
    if result.recording is None or not result.analyses or result.recording.parent != home.recordings:
        return
    main = max(result.analyses.values(), key=lambda a: a.findings.tremor_s + a.findings.reflex_rhythm_s)
    remedies = [a.id for a in result.advice.next_time] if result.advice is not None else []
    with recordings.Library(home.root) as library:
        found = next((r for r in library.sessions() if r.file.endswith(result.recording.name)), None)
        if found is None:
            return
        library.set_findings(found.id, _findings(main.findings) | {"remedies": remedies})
        if checkin is not None and checkin.chosen:
            library.set_checkin(found.id, checkin.to_dict())


def keep_checkin(home: Home, checkin: guidance.CheckIn, *, now_ns: int | None = None) -> None:
    """Keep today's answers for the sessions of the next hours.

    Raises
    ------
    StorageError
        When they cannot be written.
    """
    path = home.make(home.root) / CHECKIN_FILE
    kept = {"time_ns": time.time_ns() if now_ns is None else now_ns, "chosen": checkin.to_dict()}
    try:
        path.write_text(json.dumps(kept), encoding="utf-8")
    except OSError as error:
        msg = f"your answers could not be kept: {error.strerror}; free some space or choose another home with --home"
        raise StorageError(msg) from error


def todays_checkin(home: Home, *, now_ns: int | None = None) -> guidance.CheckIn | None:
    """Give the answers of the last hours; None without any, or when the file is not what it should be."""
    try:
        kept = json.loads((home.root / CHECKIN_FILE).read_text(encoding="utf-8"))
        age_h = ((time.time_ns() if now_ns is None else now_ns) - int(kept["time_ns"])) / NS_PER_HOUR
        checkin = guidance.CheckIn.from_dict(kept["chosen"])
        list(checkin.answers())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, dsp.InputError):
        return None
    return checkin if 0.0 <= age_h < CHECKIN_HOURS and checkin.chosen else None


def _summary(record: recordings.SessionRecord) -> guidance.SessionSummary:
    found: Mapping[str, Any] = record.findings
    remedies: Sequence[Any] = found.get("remedies") or ()
    return guidance.SessionSummary(
        start_ns=record.start_ns or 0,
        tremor_rms_g=_number(found.get("tremor_rms_g"), float("nan")),
        tremor_s=_number(found.get("tremor_s"), 0.0),
        reflex_jerk_count=round(_number(found.get("reflex_jerk_count"), 0.0)),
        rest_rhythm_s=_number(found.get("rest_rhythm_s"), 0.0),
        remedies=tuple(str(r) for r in remedies),
    )


def _findings(findings: dsp.Findings) -> dict[str, Any]:
    kept: dict[str, Any] = plain(findings)
    return kept


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise
