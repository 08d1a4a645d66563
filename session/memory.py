"""Memory: what earlier sessions showed, and what the person said; all of it below the home folder."""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import guidance
import recordings
from dsp import Side, StorageError
from guidance import CheckIn, Part
from session.engine import SessionResult
from session.home import Home
from session.kept import findings_of

CHECKIN_HOURS = 12.0
"""Answers about today are no answers about tomorrow."""
WEEK_HOURS = 7.0 * 24.0
HOURS = {Part.TODAY: CHECKIN_HOURS, Part.WEEK: WEEK_HOURS}
CHECKIN_FILE = "checkin.json"
NS_PER_HOUR = 3_600_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known beside a recording.

    Attributes
    ----------
    checkin
        What the person said before it; None when nothing.
    history
        Their sessions before it, oldest first.
    week
        The seven days that end with it; None for a recording that is not in the library.
    """

    checkin: CheckIn | None = None
    history: tuple[guidance.SessionSummary, ...] = ()
    week: guidance.Week | None = None


def recall(home: Home, *, before_ns: int | None = None) -> list[guidance.SessionSummary]:
    """Give the summaries of earlier sessions, oldest first; sessions that were never analysed have none.

    Parameters
    ----------
    home
        The person's home.
    before_ns
        Only sessions that began before this time, UTC; None gives all.
    """
    with recordings.Library(home.root) as library:
        summaries = [_summary(r) for r in library.sessions() if r.findings]
    kept = (s for s in summaries if before_ns is None or s.start_ns < before_ns)
    return sorted(kept, key=lambda s: s.start_ns)


def background_of(home: Home, path: Path) -> Background:
    """Give what is known beside a recording of the library; nothing beside any other file, which may be of anyone."""
    if path.absolute().parent != home.recordings.absolute():
        return Background()
    with recordings.Library(home.root) as library:
        found = _record(library, path)
    if found is None:
        return Background()
    start_ns = found.start_ns or 0
    checkin = CheckIn.from_dict(found.checkin)
    week = guidance.weekly(recall(home), start_ns) if start_ns else None
    return Background(
        checkin=checkin if checkin.chosen else None, history=tuple(recall(home, before_ns=start_ns)), week=week
    )


def remember(home: Home, result: SessionResult, *, checkin: CheckIn | None = None, guided: str = "") -> None:
    """Keep findings, advice and check-in of a recorded session with its recording.

    Parameters
    ----------
    home
        The person's home; a recording outside of it is not remembered.
    result
        What the session left.
    checkin
        What the person said before it.
    guided
        The guided session that it was; empty when none.
    """
    if result.recording is None or not result.analyses or result.recording.parent != home.recordings:
        return
    advised = [a.id for a in result.advice.next_time] if result.advice is not None else []
    with recordings.Library(home.root) as library:
        found = _record(library, result.recording)
        if found is None:
            return
        library.set_findings(found.id, findings_of(result.analyses) | {"advised": advised, "guided": guided})
        if checkin is not None and checkin.chosen:
            library.set_checkin(found.id, checkin.to_dict())


def keep_checkin(
    home: Home, checkin: CheckIn, *, parts: Iterable[Part] = tuple(Part), now_ns: int | None = None
) -> None:
    """Keep answers for the sessions to come: those about today for half a day, the others for a week.

    Parameters
    ----------
    home
        The person's home.
    checkin
        The answers.
    parts
        What was asked; answers to the rest stay as they are.
    now_ns
        UTC; None is now.

    Raises
    ------
    StorageError
        When they cannot be written.
    """
    path = home.make(home.root) / CHECKIN_FILE
    kept = _kept(home)
    part_of = {q.id: q.part for q in guidance.load_knowledge().questions}
    for part in parts:
        chosen = {q: list(a) for q, a in checkin.chosen.items() if part_of.get(q) is part}
        kept[part.value] = {"time_ns": time.time_ns() if now_ns is None else now_ns, "chosen": chosen}
    try:
        path.write_text(json.dumps(kept), encoding="utf-8")
    except OSError as error:
        msg = f"your answers could not be kept: {error.strerror}; free some space or choose another home with --home"
        raise StorageError(msg) from error


def todays_checkin(home: Home, *, now_ns: int | None = None) -> CheckIn | None:
    """Give the answers that still hold; None without any, or when the file is not what it should be."""
    kept = _kept(home)
    chosen: dict[str, tuple[str, ...]] = {}
    for part in Part:
        if _holds(kept, part, now_ns):
            chosen |= CheckIn.from_dict(kept[part.value]["chosen"]).chosen
    return CheckIn(chosen=chosen) if chosen else None


def parts_due(home: Home, *, now_ns: int | None = None) -> tuple[Part, ...]:
    """Give the parts of the check-in that were not asked within their time."""
    kept = _kept(home)
    return tuple(part for part in Part if not _holds(kept, part, now_ns))


def _kept(home: Home) -> dict[str, Any]:
    try:
        kept = json.loads((home.root / CHECKIN_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _holds(kept: Mapping[str, Any], part: Part, now_ns: int | None) -> bool:
    try:
        said = kept[part.value]
        age_h = ((time.time_ns() if now_ns is None else now_ns) - int(said["time_ns"])) / NS_PER_HOUR
        return 0.0 <= age_h < HOURS[part] and isinstance(said["chosen"], dict)
    except (KeyError, TypeError, ValueError):
        return False


def _record(library: recordings.Library, path: Path) -> recordings.SessionRecord | None:
    return next((r for r in library.sessions() if Path(r.file).name == path.name), None)


def _summary(record: recordings.SessionRecord) -> guidance.SessionSummary:
    found: Mapping[str, Any] = record.findings
    checkin = CheckIn.from_dict(record.checkin)
    more = found.get("more")
    return guidance.SessionSummary(
        start_ns=record.start_ns or 0,
        tremor_rms_g=_number(found.get("tremor_rms_g"), float("nan")),
        tremor_s=_number(found.get("tremor_s"), 0.0),
        reflex_jerk_count=round(_number(found.get("reflex_jerk_count"), 0.0)),
        rest_rhythm_s=_number(found.get("rest_rhythm_s"), 0.0) if found.get("gravity_present", True) else 0.0,
        remedies=_tried(checkin, str(found.get("guided") or "")),
        which=checkin.which,
        more=Side(more) if more in set(Side) else Side.UNKNOWN,
    )


def _tried(checkin: CheckIn, guided: str) -> tuple[str, ...] | None:
    """Remedies that the person said they tried, or that the guided session tried with them; None when neither told."""
    said = checkin.tried()
    protocol = guidance.load_knowledge().protocols.get(guided)
    if protocol is None:
        return said
    return tuple(dict.fromkeys((*(said or ()), *((protocol.remedy,) if protocol.remedy else ()))))


def _number(value: object, otherwise: float) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else otherwise
