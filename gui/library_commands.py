"""Library commands: what takes its time with many recordings, off Qt's thread."""

from pathlib import Path
from typing import TYPE_CHECKING

import recordings
import session
from dsp import TremorscopeError
from gui.bridge import Background, Progress
from gui.i18n import tr

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
