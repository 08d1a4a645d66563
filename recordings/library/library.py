"""Library: the sessions below one home folder."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dsp import InputError, Placement, StorageError
from recordings.exporters.options import ExportOptions
from recordings.library.companions import companions
from recordings.library.entry import SessionRecord, facts_of_recording
from recordings.library.folder import PARTIAL_ENDING, Folder
from recordings.library.index import Index
from recordings.library.kept import as_kept
from recordings.library.removal import remove
from recordings.library.sidecar import Aside, read_aside, write_aside
from recordings.library.stock import Stock
from recordings.recording import Recording

FOLDER, REPORTS = "recordings", "reports"


class Library:
    """The sessions below one home folder.

    Opening it takes in what is new in the folder and recovers what a crash left behind. The index is a cache: what the
    person adds lies in a small file beside each recording, so the folder can move to another machine, with the index or
    without. A folder that cannot be written is shown all the same; only nothing can be changed.

    Parameters
    ----------
    home
        Its ``recordings`` folder holds the files.
    progress
        Told the share done while new files are looked at, 0 to 1.

    Attributes
    ----------
    recovered
        Files that were recovered while opening.
    notices
        Sentences for the person: an index made afresh, a folder that is read-only.

    Raises
    ------
    StorageError
        When the folder can neither be made nor read, or another program holds the index for too long.
    """

    def __init__(self, home: Path, *, progress: Callable[[float], None] | None = None) -> None:
        self.home = Path(home)
        self.folder = self.home / FOLDER
        self._files = Folder(self.folder)
        self.notices: list[str] = []
        self.recovered: list[Path] = []
        try:
            with suppress(PermissionError):
                self.folder.mkdir(parents=True, exist_ok=True)
            self._index = Index(self.home)
            self._stock = Stock(self._files, self._index)
        except OSError as error:
            raise self._unopened(error) from error
        try:
            self._take_stock(progress)
        except OSError as error:
            self.close()
            raise self._unopened(error) from error
        except BaseException:
            self.close()
            raise

    def _unopened(self, error: OSError) -> StorageError:
        return StorageError(
            f"the library in {self.home} cannot be opened: {error.strerror}; choose another home with --home DIR"
        )

    def _take_stock(self, progress: Callable[[float], None] | None) -> None:
        if self._index.damaged:
            why = self._index.damaged
            self.notices.append(f"the index of the library was damaged ({why}); it was made afresh from the files")
        if not self._index.writable:
            self.notices.append(f"{self.home} cannot be written: sessions can be seen, but nothing can be changed")
        else:
            self.recovered = self.repair()
        self._stock.notice(progress)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the index."""
        self._index.close()

    def sessions(self) -> list[SessionRecord]:
        """Every session, newest first."""
        return self._stock.select()

    def search(self, word: str) -> list[SessionRecord]:
        """Find the sessions with `word` in name, device, placement, side, tag or note."""
        wanted = word.lower()
        return [
            s
            for s in self.sessions()
            if wanted in " ".join([s.title, s.device, s.placement, s.side, s.note, *s.tags]).lower()
        ]

    def show(self, wanted: str) -> SessionRecord:
        """Find one session by its id, its file, or a unique beginning of its id.

        Raises
        ------
        InputError
            When none or several match.
        """
        return self._stock.show(wanted)

    @property
    def refused(self) -> dict[str, str]:
        """Files of the folder that are no recordings, with the reason."""
        return self._stock.refused

    def path_of(self, wanted: str) -> Path:
        """File of a session."""
        return self._files.real(self.show(wanted).file)

    def read(self, wanted: str, *, sensor: str | None = None) -> Recording:
        """Read a session, as it was read when it was taken in: with unit, rate and placement that the person named."""
        from recordings.reading import read  # noqa: PLC0415 - reading needs every importer

        file = self.show(wanted).file
        return as_kept(read, self._files.real(file), read_aside(self._files.sidecar(file)), sensor=sensor)

    def reads_all(self, wanted: str) -> bool:
        """Whether a session is of every sensor of its file, not of the one that the person chose."""
        return read_aside(self._files.sidecar(self.show(wanted).file)).sensor is None

    def tag(self, wanted: str, tag: str, *, remove: bool = False) -> None:
        """Add a tag, or take it away."""
        added = () if remove else (tag,)
        self._stock.change(wanted, lambda aside: replace(aside, tags=(*(t for t in aside.tags if t != tag), *added)))

    def note(self, wanted: str, text: str) -> None:
        """Write the note of a session."""
        self._stock.change(wanted, lambda aside: replace(aside, note=text))

    def set_findings(self, wanted: str, findings: Mapping[str, Any]) -> None:
        """Store the numbers of an analysis."""
        self._stock.change(wanted, lambda aside: replace(aside, findings=dict(findings)))

    def set_checkin(self, wanted: str, answers: Mapping[str, Any]) -> None:
        """Store the answers of a check-in."""
        self._stock.change(wanted, lambda aside: replace(aside, checkin=dict(answers)))

    def add_file(self, path: Path) -> SessionRecord:
        """Take a file that lies in the library's folder into the index."""
        return self._stock.add_file(path)

    def add_import(
        self,
        recording: Recording,
        *,
        others: Sequence[Recording] = (),
        placement: Placement = Placement.UNKNOWN,
        unit: str | None = None,
        rate_hz: float | None = None,
    ) -> SessionRecord:
        """Copy a recording of any format into the library; one that is there already is not copied again.

        The original bytes are kept as they are, under a name of the library's own, with the files that belong to them.

        Parameters
        ----------
        recording
            As it was read.
        others
            The other sensors of the same file, as they were read: the session is of them all. Without them, a file of
            several sensors is a session of the one that was read.
        placement
            Where it was worn, when the file does not say so.
        unit, rate_hz
            What had to be named to read it; kept, so that it can be read again.
        """
        self._index.needs_writable()
        if recording.path is None:
            msg = "only a recording with a file can be imported; export it first"
            raise InputError(msg)
        one_of_several = len(recording.sensors) > 1 and not others
        aside = Aside(
            placement="" if placement is Placement.UNKNOWN else placement.value,
            sensor=recording.sensor if one_of_several and recording.sensor else None,
            unit=unit,
            rate_hz=rate_hz,
        )
        if (known := self._stock.same(recording.path, aside)) is not None:
            return known
        try:
            file = self._files.copy_in(recording.path)
        except OSError as error:
            msg = f"{recording.path.name} cannot be copied into the library: {error.strerror}; free some space"
            raise StorageError(msg) from error
        write_aside(self._files.sidecar(file), replace(aside, main=Path(file).name if "/" in file else ""))
        return self._stock.take_in(file, facts_of_recording(recording, others))

    def rebuild(self, *, progress: Callable[[float], None] | None = None) -> int:
        """Make the index afresh from the files; tags and notes come from their sidecars."""
        return self._stock.rebuild(progress=progress)

    def repair(self) -> list[Path]:
        """Recover what a crash left behind; what is still being recorded is left alone."""
        from recordings.store import repair  # noqa: PLC0415 - the store is only needed here

        self._index.needs_writable()
        recovered = repair(self.folder)
        for path in recovered:
            self.add_file(path)
        return recovered

    @property
    def left_behind(self) -> list[Path]:
        """Files that are being recorded, or that a crash left with nothing in them."""
        return sorted(self.folder.glob(f"*{PARTIAL_ENDING}"))

    def export(self, wanted: str, out: Path, *, options: ExportOptions | None = None) -> Path:
        """Copy a session's file elsewhere, with what belongs to it; another ending converts the samples."""
        source = self.path_of(wanted)
        if out.suffix.lower() == source.suffix.lower() and not companions(source):
            try:
                shutil.copyfile(source, out)
            except OSError as error:
                msg = f"cannot write {out}: {error.strerror}; choose another place"
                raise StorageError(msg) from error
            return out
        from recordings.exporters import export, holds_several_sensors  # noqa: PLC0415 - only a conversion needs them

        first = self.read(wanted)
        others = []
        if holds_several_sensors("samples", out):
            every = [self.read(wanted, sensor=name) for name in first.sensors if name != first.sensor]
            others = [(r, None) for r in every if r.samples]
        return export("samples", out, recording=first, options=options, others=others)

    def delete(self, wanted: str) -> list[Path]:
        """Delete a session for good: recording, notes, report, its rows, and the pages of the index that held them.

        Returns
        -------
        list of Path
            What was removed.
        """
        self._index.needs_writable()
        found = self.show(wanted)
        report = self.home / REPORTS / f"{self._files.real(found.file).stem}.html"
        removed = remove([*self._files.belongings(found.file), report])
        self._stock.forget(found)
        return removed
