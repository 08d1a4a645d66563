"""Session model: one running or finished session, sensor by sensor, as the views show it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

import guidance
import session
from dsp import Placement, Side
from gui.model.guided import GuidedOver, GuidedTurn
from gui.model.past import Page, PageRequest, Past
from gui.model.stream import KEPT_S, TRACE_S, EventRow, StreamModel
from session import (
    AdviceUpdate,
    EndUpdate,
    LinkUpdate,
    RecordingUpdate,
    SessionMessage,
    StatusUpdate,
)

ModelMessage = SessionMessage | GuidedTurn | GuidedOver


@dataclass(slots=True, eq=False)
class SessionModel:
    """One running or finished session.

    Attributes
    ----------
    title, synthetic
        What is watched, and whether it comes from the simulated limb.
    streams
        Each sensor by its label.
    shown
        Label of the sensor that is shown large.
    guided
        The step of a guided session that is due; None outside of one.
    frozen_s
        Where the view stands still; None while it follows the newest sample.
    placement, side
        Where the sensors are worn, by label.
    past
        What can be read back of the recording.
    """

    title: str = ""
    synthetic: bool = False
    streams: dict[str, StreamModel] = field(default_factory=dict)
    shown: str = ""
    recording: session.RecordingUpdate | None = None
    advice: guidance.LiveAdvice | None = None
    guided: GuidedTurn | None = None
    ended: str = ""
    frozen_s: float | None = None
    placement: Mapping[str, Placement] = field(default_factory=dict)
    side: Mapping[str, Side] = field(default_factory=dict)
    past: Past = field(default_factory=Past)
    _nobody: StreamModel = field(default_factory=lambda: StreamModel(label=""))

    @property
    def stream(self) -> StreamModel:
        """The sensor that is shown; one that knows nothing before the first message."""
        return self.streams.get(self.shown) or self._nobody

    @property
    def other(self) -> StreamModel | None:
        """The sensor that is not shown large; None with one sensor."""
        return next((s for label, s in self.streams.items() if label != self.shown), None)

    @property
    def paused(self) -> bool:
        """Whether the view stands still."""
        return self.frozen_s is not None

    @property
    def view_end_s(self) -> float:
        """Right edge of the plots, seconds on the session's clock."""
        return self.stream.now_s if self.frozen_s is None else self.frozen_s

    @property
    def earliest_s(self) -> float:
        """From when on the session can be looked back on, seconds on its clock."""
        begun_s = self.stream.first_s or 0.0
        held_s = max(begun_s, self.stream.now_s - KEPT_S)
        return held_s if self.past.since_s is None else min(held_s, max(begun_s, self.past.since_s))

    def part(self, stream: StreamModel) -> StreamModel | Page | None:
        """Find what shows a sensor where the view is: what is held, or a page of the past, None while it is read."""
        if not self.looks_back(stream):
            return stream
        return self.past.page_at(stream, self.view_end_s)

    def looks_back(self, stream: StreamModel) -> bool:
        """Whether the view shows a time of a sensor that is not held any more."""
        return self.paused and bool(self.past.files) and not stream.reaches(self.view_end_s - TRACE_S)

    def wanted_page(self) -> PageRequest | None:
        """Say which page of the past to read next; None when all that is looked at is there."""
        looking = [s for s in (self.stream, self.other) if s is not None and self.looks_back(s)]
        return self.past.wanted(looking, self.view_end_s) if looking else None

    def of(self, label: str) -> StreamModel:
        """Find the sensor with a label; made when it is new."""
        if label not in self.streams:
            self.streams[label] = StreamModel(
                label=label,
                placement=self.placement.get(label, Placement.UNKNOWN),
                side=self.side.get(label, Side.UNKNOWN),
            )
        if not self.shown:
            self.shown = label
        return self.streams[label]

    def toggle_pause(self) -> None:
        """Freeze the view where it is, or follow again; the recording goes on either way."""
        self.frozen_s = self.stream.now_s if self.frozen_s is None else None
        self.past.try_again()

    def scroll(self, seconds: float) -> None:
        """Move the frozen view within what is held and what was recorded; scrolling freezes it."""
        now_s = self.stream.now_s
        first_s = self.earliest_s + TRACE_S
        self.frozen_s = float(np.clip(self.view_end_s + seconds, min(first_s, now_s), now_s))

    def show_next(self) -> None:
        """Show the next sensor."""
        labels = list(self.streams)
        if labels:
            self.shown = labels[(labels.index(self.shown) + 1) % len(labels)]

    def marked(self) -> None:
        """Note that a marker was dropped now."""
        self.stream.add_row(EventRow(time_s=self.stream.now_s, kind="marker"))

    def take(self, message: ModelMessage) -> None:
        """Take one message of the session."""
        match message:
            case LinkUpdate(link=link):
                self.of(link.sensor).link = message
            case StatusUpdate(status=status):
                self.of(status.sensor).status = message
            case AdviceUpdate(advice=advice):
                self.advice = advice
            case RecordingUpdate():
                self.recording = message
                self.past.take(message, self.stream.now_s)
            case GuidedTurn() | GuidedOver():
                self.guided = message if isinstance(message, GuidedTurn) else None
            case EndUpdate(reason=reason):
                self.ended, self.guided = reason, None
            case _:
                self.of(message.sensor).take(message)
