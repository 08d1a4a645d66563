"""Analysed sessions that have something to say in every place of the report."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import dsp
import guidance
import recordings
import session
from sensor.simulated import SCRIPTS, simulate


def demo() -> session.AnalysedRecording:
    """The simulated limb's session of three minutes, on the left calf."""
    made = simulate(SCRIPTS["demo"], seed=0)
    recording = recordings.Recording(
        path=Path("simulated-demo.csv"), format="t", samples=[dsp.Samples(xyz_g=made.xyz_g, rate_hz=made.rate_hz)],
        rate_hz=made.rate_hz, warnings=["a note with <b>markup</b> & signs"],
    )  # fmt: skip
    return session.AnalysedRecording(
        recording=recording, analysis=session.analyze_recording(recording, placement="calf", side="left")
    )


def full(found: session.AnalysedRecording) -> dict[str, Any]:
    """What `write_report` takes for the longest page: two sensors, earlier sessions, a week, help cards, many causes."""
    made = simulate(SCRIPTS["reflex"], seed=1)
    samples = [dsp.Samples(xyz_g=made.xyz_g, rate_hz=made.rate_hz)]
    recording = recordings.Recording(
        path=Path("simulated-b.csv"), format="t", samples=samples, rate_hz=made.rate_hz, sensor="right",
        side=dsp.Side.RIGHT, placement=dsp.Placement.CALF, warnings=["a note"] * 9,
    )  # fmt: skip
    other = session.AnalysedRecording(recording=recording, analysis=session.analyze_recording(recording))
    said = guidance.CheckIn(
        chosen={"load": ("hard_exercise",), "mood": ("tense",), "hands": ("yes",), "signs": ("numb", "worse_weeks"),
                "food": ("over_5h",), "tried": ("slow_entry", "sleep"), "medicine": ("changed",)}
    )  # fmt: skip
    history = [
        guidance.SessionSummary(
            start_ns=1_800_000_000_000_000_000 + i * 86_400_000_000_000, tremor_rms_g=0.02, tremor_s=60.0 - 5 * i,
            reflex_jerk_count=i % 3, remedies=("slow_entry",) if i % 2 else (),
        )
        for i in range(9)
    ]  # fmt: skip
    return {
        "found": [found, other],
        "advice": session.make_advice({"l": found.analysis, "r": other.analysis}, checkin=said, history=history),
        "history": history,
        "week": guidance.weekly(history, history[-1].start_ns),
    }


def crowded(found: session.AnalysedRecording) -> dict[str, Any]:
    """The longest page with the steps of a guided session, long tables and notes of the analysis on it besides."""
    kwargs = full(found)
    first, other = kwargs["found"]
    leader = guidance.Leader(guidance.find_protocol("stretch"), dsp.Side.LEFT)
    markers = [
        recordings.Marker(start_s=at_s, end_s=at_s, text=leader.mark(turn))
        for at_s in range(0, 170, 2)
        for turn in leader.advance(float(at_s))
    ]
    analysis = first.analysis
    notes = (
        "axis x is cut off at +8.00 g: set the sensor to a larger range",
        "12 samples are missing (0.1 s), 2 gaps",
    )
    many = replace(analysis, holds=analysis.holds * 9, events=analysis.events * 12, quality=(*analysis.quality, *notes))
    many = replace(many, findings=replace(many.findings, holds=many.findings.holds * 9))
    noted = replace(first.recording, markers=markers, warnings=["3 gaps, 2.5 s in all"], device="Simulated limb")
    kwargs["found"] = [session.AnalysedRecording(recording=noted, analysis=many), other]
    return kwargs
