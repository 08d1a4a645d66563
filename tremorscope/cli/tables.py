"""What `analyze` and the end of a session print for people."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

import dsp
import guidance
from recordings import SessionRecord
from session import AnalysedRecording
from tremorscope.cli.words import STATE_WORDS, amount, clock, event_word, milli_g

WIDEST = 240
MOST_ROWS = 40
"""More rows scroll the verdict off the screen; --json and export have them all."""


def print_analysis(found: AnalysedRecording, advice: guidance.Advice) -> None:
    """Print one analysed sensor: what it is, segments, events, holds, verdict."""
    console = Console(highlight=False, soft_wrap=True)
    recording, analysis = found.recording, found.analysis
    name = str(recording.path) if recording.path else "recording"
    console.print(f"[bold]{name}[/bold]" + (f"  sensor {recording.sensor}" if recording.sensor else ""))
    console.print(
        f"{recording.format}, {analysis.rate_hz:.4g} Hz, {clock(analysis.duration_s)} long, worn on: "
        f"{analysis.placement.value}, parameters {analysis.parameters_version}"
    )
    for sentence in dict.fromkeys((*recording.warnings, *analysis.quality)):
        console.print(f"[yellow]note:[/yellow] {sentence}")
    console.print(segment_table(analysis))
    if analysis.events:
        console.print(event_table(analysis))
    if analysis.holds:
        console.print(hold_table(analysis))
    print_advice(advice, console)
    console.print()


def segment_table(analysis: dsp.Analysis) -> Table:
    """Segments in order of time; the longest `MOST_ROWS` when there are many."""
    shown = sorted(analysis.segments, key=lambda s: -s.duration_s)[:MOST_ROWS]
    left_out = len(analysis.segments) - len(shown)
    title = f"segments (the {MOST_ROWS} longest of {len(analysis.segments)})" if left_out else "segments"
    table = _table(title, "from", "to", "state", "sure", "peak", "amplitude", "evidence")
    for s in sorted(shown, key=lambda s: s.start_s):
        word = STATE_WORDS[s.label]
        if s.fatigue is not None and s.fatigue.is_fatigue:
            word = "fatigue tremor"
        rhythmic = s.label in (dsp.State.TREMOR, dsp.State.REFLEX_RHYTHM)
        table.add_row(
            clock(s.start_s),
            clock(s.end_s),
            word,
            "" if s.label is dsp.State.NO_DATA else f"{dsp.percent_sure(s.confidence)} %",
            amount(s.peak_hz, "Hz", 2) if rhythmic else "",
            milli_g(s.rms_g) if rhythmic else "",
            "; ".join(t.text for t in s.evidence[:2]),
        )
    return table


def event_table(analysis: dsp.Analysis) -> Table:
    """Events in order of time, the strongest `MOST_ROWS` when there are many."""
    shown = sorted(analysis.events, key=lambda e: -e.peak_g)[:MOST_ROWS]
    title = (
        "events"
        if len(shown) == len(analysis.events)
        else f"events (the {MOST_ROWS} strongest of {len(analysis.events)})"
    )
    table = _table(title, "at", "event", "sure", "peak", "after the stretch", "evidence")
    for e in sorted(shown, key=lambda e: e.onset_s):
        table.add_row(
            clock(e.onset_s),
            event_word(e),
            f"{dsp.percent_sure(e.confidence)} %",
            milli_g(e.peak_g),
            "" if e.stretch_delay_s is None else f"{e.stretch_delay_s:.2f} s",
            "; ".join(t.text for t in e.evidence[:2]),
        )
    return table


def hold_table(analysis: dsp.Analysis) -> Table:
    """Stretches with what happened in each."""
    table = _table("stretches", "from", "held", "stretch", "jerks", "tremor after", "tremor")
    for h in analysis.findings.holds[:MOST_ROWS]:
        speed = "fast" if h.fast else "slow"
        table.add_row(
            clock(h.start_s),
            f"{h.end_s - h.start_s:.0f} s",
            f"{h.stretch_deg:.0f}° {speed}, {h.stretch_rate_deg_per_s:.0f}°/s",
            str(h.jerk_count),
            "" if h.tremor_after_s is None else f"{h.tremor_after_s:.0f} s",
            "" if h.tremor_after_s is None else f"{amount(h.tremor_hz, 'Hz')}, {milli_g(h.tremor_rms_g)}",
        )
    return table


def print_advice(advice: guidance.Advice, console: Console) -> None:
    """Print what was seen, what it looks like, and what to do."""
    console.print(f"[bold]{advice.verdict}[/bold]")
    console.print(advice.seen)
    for card in advice.help_cards:
        console.print(f"[yellow]{card.text}[/yellow] {card.show}")
    for cause in advice.causes:
        console.print(f"  {cause.certainty}: [bold]{cause.title}[/bold]")
        for term in cause.terms[:4]:
            console.print(f"    {term}")
        console.print(f"    [dim]{cause.help}[/dim]")
    for heading, actions in (("now", advice.now), ("next time", advice.next_time)):
        if actions:
            console.print(f"[green]What to do {heading}[/green]")
        for action in actions:
            console.print(f"  - {action.text} {action.how_long}")
            console.print(f"    [dim]If it helps: {action.expect} {action.sure} \\[{', '.join(action.sources)}][/dim]")
    for sentence in (*advice.history, *advice.limits):
        console.print(f"[dim]{sentence}[/dim]")


def print_sessions(sessions: Sequence[SessionRecord]) -> None:
    """Print the sessions of the library, a row each."""
    table = _table("sessions", "id", "when", "long", "worn", "sensor", "gaps", "shook", "jerks", "tags")
    for s in sessions:
        side = "" if s.side == "unknown" else f"{s.side} "
        shook = s.findings.get("tremor_s"), s.findings.get("reflex_rhythm_s")
        seconds = sum(v for v in shook if isinstance(v, int | float))
        jerks = s.findings.get("reflex_jerk_count")
        table.add_row(
            s.id + (" (recovered)" if s.recovered else ""),
            s.when,
            clock(s.duration_s),
            side + s.placement,
            s.device + (f" + {len(s.sensors) - 1}" if len(s.sensors) > 1 else ""),
            f"{s.gaps} ({amount(s.gap_s, 's')})" if s.gaps else "",
            f"{seconds:.0f} s" if s.findings else "",
            str(jerks) if jerks is not None else "",
            " ".join(f"#{t}" for t in s.tags),
        )
    # Ids are for copying: wider than the window is better than broken in two.
    Console(highlight=False, markup=False, width=WIDEST).print(table)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, show_edge=False)
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in ("from", "to", "at", "sure", "held"))
    return table
