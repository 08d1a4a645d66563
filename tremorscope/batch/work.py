"""What is done with one recording, in whatever process or machine."""

import logging
from pathlib import Path
from typing import Any

import dsp
import session
from dsp import TremorscopeError

log = logging.getLogger(__name__)


def analyse_one(file: str, placement: str | None, *, keep_spectra: bool) -> dict[str, Any]:
    """Analyse one recording into a record of plain values; whatever goes wrong becomes its ``error``.

    Parameters
    ----------
    file
        Path, as the machine that works on it sees it.
    placement
        Where it was worn; None takes what the file says.
    keep_spectra
        Whether the record carries the average spectrum of each state.
    """
    record: dict[str, Any] = {"file": file}
    try:
        found = session.analyze_file(Path(file), placement=placement, keep_spectra=keep_spectra)
        advice = session.make_advice({found.recording.sensor: found.analysis})
        record |= session.analysis_record(
            found.analysis,
            file=file,
            sensor=found.recording.sensor,
            warnings=tuple(found.recording.warnings),
            advice=advice,
        )
        record |= {"format": found.recording.format, "device": found.recording.device}
        if keep_spectra:
            record["spectra"] = session.plain(state_spectra(found.analysis))
    except TremorscopeError as error:
        record["error"] = str(error)
    except Exception as error:
        # A fault of ours in one file must not cost the cohort the others.
        log.exception("analysing a recording of a cohort failed")
        record["error"] = f"the analysis failed because of a fault of the program: {type(error).__name__}: {error}"
    return record


def state_spectra(analysis: dsp.Analysis) -> dict[str, Any]:
    """Average power spectral density of the frames of each state, g^2/Hz."""
    if analysis.spectra is None:
        return {}
    labels = analysis.frames["label"]
    found: dict[str, Any] = {"freq_hz": analysis.spectra.freq_hz, "window": analysis.spectra.window, "unit": "g^2/Hz"}
    for state in dsp.State:
        rows = labels == state.value
        if rows.any() and state is not dsp.State.NO_DATA:
            found[state.value] = analysis.spectra.psd[rows].mean(axis=0)
    return found
