"""Which files a command is about: paths, folders and wildcards become a list."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import typer

SKIPPED = frozenset({".md", ".py", ".html", ".sqlite", ".sqlite-wal", ".sqlite-shm", ".part"})
"""Endings that a folder may hold beside recordings; naming such a file by itself still opens it."""


def recordings_in(paths: Iterable[Path]) -> list[Path]:
    """Files named by `paths`; a folder stands for the files below it, in order of name.

    Raises
    ------
    typer.BadParameter
        When a path does not exist or a folder is empty.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir() and not is_recording_folder(path):
            inside = sorted(_walk(path))
            if not inside:
                msg = f"the folder {path} holds no recordings"
                raise typer.BadParameter(msg)
            found += _without_companions(inside)
        elif path.exists():
            found.append(path)
        else:
            msg = f"{path} does not exist"
            raise typer.BadParameter(msg)
    return found


def _without_companions(files: list[Path]) -> list[Path]:
    """Leave out the files that are read with another one: signals beside their header, descriptions of a table."""
    from recordings.library.companions import companions

    read_along = {c for f in files for c in companions(f)}
    return [f for f in files if f not in read_along]


def is_recording_folder(path: Path) -> bool:
    """Whether a folder is one recording by itself (TSDF metadata beside binary files)."""
    return path.is_dir() and len(list(path.glob("*_meta.json"))) == 1


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.suffix.lower() not in SKIPPED and not path.name.endswith(
            (".annotations.json", ".truth.json", ".notes.json")
        ):
            yield path
