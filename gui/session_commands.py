"""Session commands: what the actions of a running session do."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import session
from dsp import Placement, Side, TremorscopeError
from gui.bridge import Background
from gui.devices import AS_THEY_ARE, Streaming
from gui.dialogs.guided import GuidedDialog
from gui.dialogs.picker import PickerDialog
from gui.i18n import foreign, tr
from gui.model.stream import KEPT_S
from gui.replay_commands import ReplayCommands
from gui.words import PLACEMENTS, clock, worn
from sensor import SensorInfo
from sensor.simulated import SCRIPTS, SIMULATED

if TYPE_CHECKING:
    from gui.main_window import MainWindow

LOOK_S = 5.0
"""Seconds that the live plots move by key."""
LEAST_S = 1.0
"""The beginning is reached when less than this is left."""


class SessionCommands(ReplayCommands):
    """One method an action of a session.

    Parameters
    ----------
    window
        The window they work on.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._ending = Background(window)
        self.stopping = False

    def choose_sensor(self) -> None:
        """Find sensors and begin."""
        PickerDialog(self.window).open()

    def start_simulated(self) -> None:
        """Begin a session on the simulated leg."""
        s = self.window.settings
        self.begin([SIMULATED], [Side(s.side)], placement=Placement(s.placement), record=s.record_always)

    def begin(
        self,
        infos: Sequence[SensorInfo],
        sides: Sequence[Side],
        *,
        placement: Placement,
        record: bool,
        how: Streaming = AS_THEY_ARE,
        folder: Path | None = None,
        then: Callable[[], object] | None = None,
    ) -> None:
        """Begin a session on one or two sensors; a running one ends first, without keeping the window waiting.

        A recording goes into the library, or into `folder`.
        """
        labels = [s.value for s in sides] if len(infos) == 2 else [infos[0].name]
        place = worn(placement.value, sides[0].value) if len(infos) == 1 else tr(PLACEMENTS[placement.value])
        title = " + ".join(dict.fromkeys(foreign(i.name) for i in infos)) + " · " + place
        w = self.window

        def start(_: object) -> None:
            w.controller.start(
                w.radio.sources(infos, labels, how),
                placement=dict.fromkeys(labels, placement),
                side=dict(zip(labels, sides, strict=True)),
                title=title,
                record=record,
                folder=folder,
            )
            w.controller.model.synthetic = any(i.family == SIMULATED.family for i in infos)
            w.show_page("show_live")
            if then is not None:
                then()

        self._after_the_running_one(start)

    def begin_named(
        self,
        names: Sequence[str],
        *,
        sides: Sequence[Side] = (),
        placement: Placement | None = None,
        record: bool = False,
        how: Streaming = AS_THEY_ARE,
        folder: Path | None = None,
    ) -> None:
        """Begin on the sensors of these names as soon as they have shown."""
        w, s = self.window, self.window.settings
        legs = list(sides) if len(sides) == len(names) else [Side.LEFT, Side.RIGHT]
        if len(names) == 1 and not sides:
            legs = [Side(s.side)]

        def go(infos: list[SensorInfo]) -> None:
            w.notice.hide()
            self.begin(
                infos,
                legs,
                placement=placement or Placement(s.placement),
                record=record or folder is not None or s.record_always,
                how=how,
                folder=folder,
            )

        if len(names) not in (1, 2):
            w.complain(tr("Choose one or two sensors."))
            return
        w.notice.wait(tr("Looking for {names} …", names=" + ".join(names)), cancel=w.background.cancel)
        w.background.run(lambda _: w.radio.find(names), then=go, failed=w.complain)

    def guided_session(self) -> None:
        """Choose a guided session."""
        GuidedDialog(self.window).open()

    def begin_guided(self, name: str, first: Side, *, simulated: bool) -> None:
        """Lead through a guided session, on the running session or on the simulated leg."""
        w = self.window
        if simulated:
            script = SCRIPTS.get(f"guided_{name}", SCRIPTS["demo"])
            w.controller.start_simulated(script=script, loop=True, side=first, record=w.settings.record_always)
        w.controller.guide(name, first)
        w.show_page("show_live")

    def end_guided(self) -> None:
        """Leave the guided session; what is running goes on."""
        self.window.controller.stop_guiding()

    def guided_over(self) -> None:
        """End the session when all steps are done, and show what they showed."""
        self.window.notice.say(tr("All steps are done."))
        self.stop_session()

    def mark(self) -> None:
        """Drop a marker."""
        self.window.controller.mark("marker")
        update = self.window.controller.model.recording
        if update is None or update.finished:
            self.window.notice.say(tr("Marked. Nothing is recorded, so the marker lasts as long as this session."))

    def mark_mine(self) -> None:
        """Mark that the person moved on purpose."""
        self.window.controller.mark("that was me")
        self.window.notice.say(tr("Noted: you moved on purpose just now."))

    def scroll(self, seconds: float) -> None:
        """Scroll the live plots."""
        model = self.window.controller.model
        before_s = model.view_end_s
        model.scroll(seconds)
        if seconds < 0 and model.view_end_s == before_s:
            self._say_how_far_back(model.earliest_s - LEAST_S)

    def scroll_to(self, time_s: float) -> None:
        """Scroll the live plots so that a time stands in their middle."""
        model = self.window.controller.model
        model.scroll(time_s + 15.0 - model.view_end_s)
        self._say_how_far_back(time_s)

    def _say_how_far_back(self, time_s: float) -> None:
        """Say why a time cannot be looked at, when it cannot."""
        model = self.window.controller.model
        earliest_s = model.earliest_s
        if time_s >= earliest_s or earliest_s <= (model.stream.first_s or 0.0):
            return
        if model.past.files:
            began = clock(earliest_s - (model.stream.first_s or 0.0))
            text = tr("The recording began at {time}; what came before it can no longer be looked at.", time=began)
        else:
            text = tr(
                "Nothing is recorded, so only the last {n} minutes can be looked back on; record to keep all.",
                n=round(KEPT_S / 60),
            )
        self.window.notice.say(text)

    def look_back(self) -> None:
        """Scroll the live plots back."""
        self.scroll(-LOOK_S)

    def look_on(self) -> None:
        """Scroll the live plots on."""
        self.scroll(LOOK_S)

    def toggle_pause(self) -> None:
        """Freeze or thaw the plots."""
        self.window.controller.model.toggle_pause()

    def toggle_record(self) -> None:
        """Begin or end a recording."""
        self.window.controller.toggle_record()

    def next_sensor(self) -> None:
        """Show the other sensor."""
        self.window.controller.model.show_next()

    def stop_session(self) -> None:
        """End the session and show what it looks like."""
        self._after_the_running_one(self._show_result)

    def _show_result(self, result: session.SessionResult | None) -> None:
        w = self.window
        if result is None or not result.analyses:
            w.notice.say(tr("No data came, so there is nothing to show. Choose a sensor, and wait for its signal."))
            return
        self.show_verdict(result.analyses, w.controller.model.title, guided=w.controller.guided_findings)
        w.show_page("show_guide")
        if result.recording is not None:
            path = result.recording
            w.notice.say(tr("Recorded as {name}.", name=path.name), verb=tr("Replay"), act=lambda: self.open_path(path))

    def show_verdict(
        self, analyses: Mapping[str, Any], title: str, *, guided: Any = None, path: Path | None = None
    ) -> None:
        """Show in the guide what analyses look like."""
        w = self.window
        w.attempt(lambda: w.guide.show_verdict(w.controller.judge(analyses, title, guided=guided, path=path)))

    def _after_the_running_one(self, then: Callable[[session.SessionResult | None], object]) -> None:
        """Do something once the running session has ended; a sensor may take seconds to say goodbye."""
        w = self.window
        if w.controller.running is None:
            w.attempt(lambda: then(w.controller.result))
            return
        if self.stopping:
            return
        self.stopping = True

        def work(_: object) -> tuple[session.SessionResult | None, str]:
            try:
                return w.controller.stop(), ""
            except TremorscopeError as error:
                return w.controller.result, str(error)

        def done(found: tuple[session.SessionResult | None, str]) -> None:
            self.stopping = False
            w.attempt(lambda: then(found[0]))
            if found[1]:
                w.complain(found[1])

        def failed(problem: str) -> None:
            self.stopping = False
            w.complain(problem)

        self._ending.run(work, then=done, failed=failed)

    def open_path(self, path: Any, *, play: bool = False, speed: float = 1.0) -> None:
        """Read a recording; `Commands` says how."""
        raise NotImplementedError
