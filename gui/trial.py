"""Trial: listens to one or two sensors for a moment, so that a tap shows which one is which."""

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

from dsp import TremorscopeError
from sensor import Block, LinkChange, LinkState, SourceMessage, Status
from session import Source

if TYPE_CHECKING:
    from sensor import TapDetector


class TapTrial(QObject):
    """Runs sources that nobody records.

    Signals
    -------
    tapped
        Label of the sensor that was tapped.
    told
        Label and `Status` of a sensor: its battery, and that it is awake.
    failed
        Reason and what to do.
    """

    tapped = Signal(str)
    told = Signal(str, object)
    failed = Signal(str, str)
    _heard = Signal(object)
    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sources: tuple[Source, ...] = ()
        self._detector: TapDetector | None = None
        self._heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(lambda then: then(), Qt.ConnectionType.QueuedConnection)

    @property
    def listening(self) -> bool:
        """Whether it runs."""
        return bool(self._sources)

    def start(self, sources: Sequence[Source]) -> None:
        """Begin to listen.

        Raises
        ------
        TremorscopeError
            When a source cannot start.
        """
        from sensor import TapDetector  # noqa: PLC0415 - with bleak behind it, which the start need not wait for

        self._detector = TapDetector([s.label for s in sources])
        self._sources = tuple(sources)
        try:
            for source in sources:
                source.start(self._heard.emit)
        except TremorscopeError:
            self.stop()
            raise

    def stop(self, then: Callable[[], object] | None = None) -> None:
        """End; `then` is called in Qt's thread when every sensor has said goodbye, which may take seconds."""
        sources, self._sources, self._detector = self._sources, (), None
        if not sources:
            if then is not None:
                then()
            return

        def work() -> None:
            for source in sources:
                source.stop()
            if then is not None:
                self._ended.emit(then)

        threading.Thread(target=work, name="end of the tap check", daemon=True).start()

    def _hear(self, message: SourceMessage) -> None:
        if self._detector is None:
            return
        match message:
            case Block():
                tap = self._detector.add(message)
                if tap is not None:
                    self.tapped.emit(tap.sensor)
            case Status(sensor=label):
                self.told.emit(label, message)
            case LinkChange(state=LinkState.FAILED):
                self.failed.emit(message.reason, message.next_step)
            case _:
                pass
