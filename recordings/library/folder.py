"""The folder of the recordings: which files are there, where what belongs to them lies, how copies come in."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from recordings.library.companions import companions
from recordings.library.names import printable
from recordings.library.sidecar import SIDECAR, read_aside

PARTIAL_ENDING = ".part"
NOT_SESSIONS = (SIDECAR, PARTIAL_ENDING, ".tmp")


@dataclass(frozen=True, slots=True)
class Folder:
    """Files of a library, by their names below `path`.

    A recording that is one file lies in the folder itself; one of several files has a folder of its own, whose sidecar
    says which of them is read.
    """

    path: Path

    def present(self) -> dict[str, str]:
        """Find the recordings and what they look like from outside, by their printable names."""
        found = {}
        try:
            entries = sorted(self.path.iterdir())
        except FileNotFoundError:
            return {}
        for entry in entries:
            if entry.name.startswith(".") or entry.name.endswith(NOT_SESSIONS):
                continue
            if entry.is_file():
                found[printable(entry.name)] = self.stamp(entry)
            elif main := read_aside(self.path / (entry.name + SIDECAR)).main:
                found[f"{printable(entry.name)}/{main}"] = self.stamp(entry / main)
        return found

    def stamp(self, path: Path) -> str:
        """Say what tells a file and its sidecar from what they were before."""
        parts = []
        for each in (path, self.sidecar(path.relative_to(self.path).as_posix())):
            try:
                status = each.stat()
                parts.append(f"{status.st_size}:{status.st_mtime_ns}")
            except OSError:
                parts.append("-")
        return " ".join(parts)

    def sidecar(self, file: str) -> Path:
        """Where what the person added to a recording lies."""
        return self.path / (self.real(file).relative_to(self.path).parts[0] + SIDECAR)

    def real(self, file: str) -> Path:
        """Find a file by its printable name."""
        path = self.path / file
        if "\\" not in file or path.exists():
            return path
        return next((p for p in self.path.iterdir() if printable(p.name) == file), path)

    def belongings(self, file: str) -> tuple[Path, ...]:
        """Everything that belongs to a recording here, whether it is there or not."""
        path = self.real(file)
        own = path.parent if path.parent != self.path else path
        return own, self.sidecar(file), path.with_name(path.name + PARTIAL_ENDING)

    def copy_in(self, path: Path) -> str:
        """Copy a recording and what belongs to it; its name in the folder.

        Raises
        ------
        OSError
            When that fails.
        """
        beside = companions(path)
        if not beside:
            target = self._free(f"imported-{path.stem}", path.suffix)
            partial = target.with_name(target.name + ".tmp")
            shutil.copyfile(path, partial)
            partial.replace(target)
            return target.name
        folder = self._free(f"imported-{path.stem}", "")
        folder.mkdir()
        for each in (path, *beside):
            shutil.copyfile(each, folder / each.name)
        return f"{folder.name}/{path.name}"

    def _free(self, stem: str, suffix: str) -> Path:
        n = 1
        while (path := self.path / f"{stem}{'' if n == 1 else f'-{n}'}{suffix}").exists():
            n += 1
        return path
