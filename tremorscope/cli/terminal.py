"""A session in the terminal: one live line, then the verdict; or JSON lines for programs."""

import json
import threading
import time
from typing import Any, TextIO

import dsp
import session
from session import (
    AdviceUpdate,
    EndUpdate,
    EventUpdate,
    HoldUpdate,
    LinkUpdate,
    LiveUpdate,
    RecordingUpdate,
    SegmentUpdate,
    SessionMessage,
    StatusUpdate,
)
from tremorscope.cli.output import Output
from tremorscope.cli.words import STATE_WORDS, amount, clock, event_word, milli_g

FRAME_EVERY_S = 0.5
"""A `frame` line each hop, and one at once when the state changes."""
REDRAW_EVERY_S = 0.5
"""Values that change more than twice a second cannot be read."""


class JsonLines:
    """Prints every message of a session as one JSON object a line."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.output = Output(out)
        self._lock = threading.Lock()
        self._last: dict[str, tuple[float, str]] = {}

    def __call__(self, message: SessionMessage) -> None:
        """Print one message."""
        if (record := self._record(message)) is None:
            return
        with self._lock:
            self.output.write(json.dumps(session.plain(record)) + "\n")

    def _record(self, message: SessionMessage) -> dict[str, Any] | None:
        match message:
            case LiveUpdate():
                return self._frame(message)
            case LinkUpdate(link=link):
                fields = {
                    "state": link.state,
                    "reason": link.reason,
                    "next_step": link.next_step,
                    "time_s": link.time_s,
                }
                return {"type": "link", "sensor": link.sensor, **fields}
            case StatusUpdate(status=status):
                return {"type": "status", **session.plain(status), "battery": status.battery_percent}
            case EventUpdate(sensor=name, event=event, withdrawn=withdrawn):
                return {"type": "event", "sensor": name, "withdrawn": withdrawn, **session.plain(event)}
            case SegmentUpdate(sensor=name, segment=segment):
                return {"type": "segment", "sensor": name, **session.plain(segment)}
            case HoldUpdate(sensor=name, hold=hold):
                return {"type": "hold", "sensor": name, **session.plain(hold)}
            case AdviceUpdate(sensor=name, advice=advice):
                return {"type": "advice", "sensor": name, **session.plain(advice)}
            case RecordingUpdate():
                return {"type": "recording", **session.plain(message)}
            case EndUpdate(reason=reason):
                return {"type": "end", "reason": reason}
            case _:
                return None

    def _frame(self, message: LiveUpdate) -> dict[str, Any] | None:
        live = message.live
        last_s, last_label = self._last.get(message.sensor, (-1e9, ""))
        if live.time_s - last_s < FRAME_EVERY_S - 1e-6 and live.label == last_label:
            return None
        self._last[message.sensor] = (live.time_s, live.label)
        return {
            "type": "frame",
            "sensor": message.sensor,
            "time_s": live.time_s,
            "label": live.label,
            "confidence": live.confidence,
            "peak_hz": live.peak_hz,
            "rms_g": live.rms_g,
            "displacement_mm": live.displacement_mm,
            "since_s": live.since_s,
            "holding": live.holding,
            "tiring": live.tiring,
            "evidence": live.evidence,
        }


class LiveLine:
    """Shows a session to a person: one line that renews itself, and a line that stays for what matters.

    Without a terminal behind the output, only the lines that stay are printed.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self.output = Output(out)
        self._renew = self.output.is_terminal
        self._lock = threading.Lock()
        self._status: dict[str, session.StatusUpdate] = {}
        self._label: dict[str, str] = {}
        self._time_s = 0.0
        self._drawn_at = 0.0
        self._problem = ""

    def __call__(self, message: SessionMessage) -> None:
        """Take one message."""
        with self._lock:
            self._show(message)

    def _show(self, message: SessionMessage) -> None:
        match message:
            case LiveUpdate():
                self._time_s = message.live.time_s
                self._show_live(message)
            case LinkUpdate(link=link):
                step = f"; {link.next_step}" if link.next_step else ""
                reason = f": {link.reason}" if link.reason else ""
                self._stay(f"{link.sensor} {link.state.value}{reason}{step}")
            case StatusUpdate(status=status):
                self._status[status.sensor] = message
            case EventUpdate(event=event, withdrawn=False) if not event.provisional:
                after = "" if event.stretch_delay_s is None else f", {event.stretch_delay_s:.1f} s after the stretch"
                self._stay(f"▲ {event_word(event)} {milli_g(event.peak_g)}{after}", at_s=event.onset_s)
            case HoldUpdate(hold=hold) if not hold.released:
                speed = "fast" if hold.fast else "slow"
                self._stay(f"stretch of {hold.stretch_deg:.0f}°, {speed}; holding", at_s=hold.start_s)
            case HoldUpdate(hold=hold):
                self._stay(f"released after {hold.end_s - hold.start_s:.0f} s", at_s=hold.end_s)
            case AdviceUpdate(advice=advice):
                self._stay(f"→ {advice.text}", at_s=advice.since_s)
            case RecordingUpdate(problem=problem, path=path) if problem and problem != self._problem:
                self._problem = problem
                self._stay(f"recording {path.name}: {problem}")
            case RecordingUpdate(finished=True, path=path):
                self._stay(f"recorded to {path}")
            case EndUpdate(reason=reason):
                self._stay(f"end: {reason}")
            case _:
                pass

    def _show_live(self, message: LiveUpdate) -> None:
        live, name = message.live, message.sensor
        changed = self._label.get(name) != live.label
        self._label[name] = live.label
        word = "fatigue tremor" if live.tiring else STATE_WORDS[live.label]
        rhythm = ""
        if live.label in ("tremor", "reflex_rhythm"):
            rhythm = f"  {amount(live.peak_hz, 'Hz')}  {milli_g(live.rms_g)}"
        reason = live.evidence[0].text if live.evidence else ""
        sure = "" if live.label is dsp.State.NO_DATA else f"{dsp.percent_sure(live.confidence)} %"
        text = f"{word:<15}{sure:>4}{rhythm}  {reason}"
        if changed and not self._renew:
            self._stay(text.rstrip(), at_s=live.time_s)
        if self._renew and (changed or time.monotonic() - self._drawn_at > REDRAW_EVERY_S):
            self._drawn_at = time.monotonic()
            self.output.write("\r\x1b[2K" + f"{clock(live.time_s):>7}  {text}{self._link_text(name)}"[:160])

    def _link_text(self, name: str) -> str:
        update = self._status.get(name)
        if update is None:
            return ""
        s = update.status
        battery = "" if s.battery_percent is None else f", battery {s.battery_percent} %"
        bad = "" if not s.bad_frames else f", {s.bad_frames} bad frames"
        return f"  [{s.rate_hz:.1f} Hz, loss {100 * s.loss:.1f} %, data {s.data_age_s:.1f} s old{battery}{bad}]"

    def _stay(self, text: str, at_s: float | None = None) -> None:
        when = clock(self._time_s if at_s is None else at_s)
        clear = "\r\x1b[2K" if self._renew else ""
        self.output.write(f"{clear}{when:>7}  {text}\n")
