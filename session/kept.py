"""Kept sessions: what the library holds and nobody has analysed yet."""

from collections.abc import Mapping
from typing import Any

import dsp
import recordings
from dsp import InputError, Side
from session.analysis import Progress, analyze_recording, compare
from session.encode import plain


def analyze_kept(library: recordings.Library, wanted: str, *, progress: Progress | None = None) -> dict[str, Any]:
    """Analyse every sensor of a session of the library, and keep with it what they show.

    Parameters
    ----------
    library
        Reads each sensor as the person said when they took it in.
    wanted
        The session.
    progress
        Told the share done, 0 to 1.

    Returns
    -------
    dict
        The findings that were kept.

    Raises
    ------
    InputError
        When no sensor holds a sample.
    """
    first = library.read(wanted)
    names = first.sensors if library.reads_all(wanted) else (first.sensor,)
    analyses = {}
    for i, name in enumerate(names):

        def part(share: float, done: int = i) -> None:
            if progress is not None:
                progress((done + share) / len(names))

        recording = first if name == first.sensor else library.read(wanted, sensor=name)
        if recording.samples or len(names) == 1:
            analyses[name] = analyze_recording(recording, keep_spectra=False, progress=part)
    if not analyses:
        msg = f"{library.show(wanted).title} holds no samples; nothing can be analysed"
        raise InputError(msg)
    findings = findings_of(analyses)
    library.set_findings(wanted, findings)
    return findings


def findings_of(analyses: Mapping[str, dsp.Analysis]) -> dict[str, Any]:
    """Give what is kept of a session: the findings of the sensor that shook longest, and which side shook more."""
    main = max(analyses.values(), key=lambda a: a.findings.tremor_s + a.findings.reflex_rhythm_s)
    sides = compare(analyses)
    kept: dict[str, Any] = plain(main.findings)
    return kept | {"more": (sides.more if sides is not None else Side.UNKNOWN).value}
