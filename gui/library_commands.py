"""Library commands: what takes its time with many recordings, off Qt's thread."""

from pathlib import Path
from typing import TYPE_CHECKING

import recordings
import session
from dsp import TremorscopeError
from gui.bridge import Background, Progress
from gui.dialogs.base import Sheet
from gui.i18n import tr
from gui.words import clock

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def analyse_library(window: "MainWindow") -> None:
    """Analyse the sessions that have no findings yet; with progress, and a way to end it."""
    root = window.home.root

    def work(progress: Progress) -> tuple[int, list[str]]:
        problems: list[str] = []
        with recordings.Library(root) as library:
            missing = [r for r in library.sessions() if not r.findings]
            for i, record in enumerate(missing):

                def part(share: float, done: int = i) -> None:
                    progress((done + share) / len(missing))

                try:
                    session.analyze_kept(library, record.id, progress=part)
                except TremorscopeError as error:
                    problems.append(str(error))
        return len(missing) - len(problems), problems

    def done(found: tuple[int, list[str]]) -> None:
        count, problems = found
        window.attempt(window.library.refresh)
        nothing = tr("Every session is analysed already.")
        window.notice.say(tr("{n} sessions were analysed.", n=count) if count or problems else nothing)
        if problems:
            window.complain(problems[0])

    window.notice.wait(tr("Analysing the sessions …"), cancel=window.background.cancel)
    window.background.run(work, then=done, failed=window.complain)


def keep_in_library(window: "MainWindow") -> None:
    """Take the open recording into the library: the file as it is, with every sensor that it holds."""
    document, root = window.document, window.home.root
    assert document is not None  # noqa: S101 - the action needs a document
    recording = document.recording
    path = recording.path
    if path is None or path.absolute().parent == window.home.recordings.absolute():
        window.notice.say(tr("This recording is in the library already."))
        return

    def work(_: Progress) -> str:
        names = [n for n in recording.sensors if n != recording.sensor]
        others = [recordings.read(path, sensor=name) for name in names]
        with recordings.Library(root) as library:
            return library.add_import(recording, others=others, placement=recording.placement).title

    def done(title: str) -> None:
        if window.page == "show_library":
            window.attempt(window.library.refresh)
        window.notice.say(
            tr("Kept as {name}.", name=title), verb=tr("Library"), act=lambda: window.run_action("show_library")
        )

    window.notice.wait(tr("Copying {name} …", name=path.name), cancel=window.background.cancel)
    window.background.run(work, then=done, failed=window.complain)


def delete_session(window: "MainWindow") -> None:
    """Ask, and delete the session that is chosen in the library."""
    record = window.library.chosen if window.page == "show_library" else None
    if record is None:
        window.notice.say(tr("Choose a session in the library first."))
        return
    about = tr("{name} ({time}): the recording, its notes and its report go for good.", name=record.title,
               time=clock(record.duration_s))  # fmt: skip
    sheet = Sheet(window, tr("Delete this session?"), about)
    go = sheet.add_foot(tr("Delete"))
    # Enter must not delete what cannot be brought back.
    go.setAutoDefault(False)
    go.setDefault(False)

    def delete() -> None:
        sheet.accept()
        with recordings.Library(window.home.root) as library:
            library.delete(record.id)
        window.library.refresh()
        window.notice.say(tr("{name} was deleted.", name=record.title))

    go.clicked.connect(lambda: window.attempt(delete))
    sheet.open()


def repair_library(window: "MainWindow") -> None:
    """Recover what a crash left behind."""
    root = window.home.root

    def work(progress: Progress) -> int:
        del progress
        with recordings.Library(root) as library:
            return len(library.repair())

    def done(count: int) -> None:
        window.attempt(window.library.refresh)
        window.notice.say(tr("{n} sessions were recovered.", n=count) if count else tr("Nothing needs repair."))

    window.notice.wait(tr("Looking for what a crash left behind …"), cancel=window.background.cancel)
    window.background.run(work, then=done, failed=window.complain)


def look_after_library(window: "MainWindow", background: Background) -> None:
    """Take in what is new and recover what a crash left behind, before anybody waits for it."""
    if not window.home.recordings.exists():
        return
    root = window.home.root

    def work(progress: Progress) -> tuple[list[Path], list[str]]:
        with recordings.Library(root, progress=progress) as library:
            return library.recovered, library.notices

    def done(found: tuple[list[Path], list[str]]) -> None:
        recovered, notices = found
        if recovered:
            path = recovered[-1]
            window.notice.say(
                tr("A session was recovered after a crash: {name}.", name=path.name),
                verb=tr("Replay"),
                act=lambda: window.commands.open_path(path),
            )
        for notice in notices:
            window.complain(notice)

    background.run(work, then=done, failed=window.complain)
