"""Companions: the other files of a recording that is more than one file."""

import json
from pathlib import Path

HEADER, MOTION, META = ".hea", "_motion.tsv", "_meta.json"


def companions(path: Path) -> list[Path]:
    """List the files that belong to a recording beside its main one: WFDB, BIDS-motion, TSDF.

    Only files of the same folder; those that are missing are left out, reading will tell.
    """
    if path.suffix.lower() == HEADER:
        named = _in_header(path) | {f"{path.stem}.atr"}
    elif path.name.endswith(MOTION):
        stem = path.name.removesuffix(MOTION)
        named = {f"{stem}_motion.json", f"{stem}_channels.tsv", f"{stem}_events.tsv"}
    elif path.name.endswith(META):
        named = _in_meta(path)
    else:
        return []
    found = {path.parent / Path(name).name for name in named}
    return sorted(p for p in found if p != path and p.is_file())


def _in_header(path: Path) -> set[str]:
    lines = path.read_text(encoding="latin-1").splitlines()
    return {line.split()[0] for line in lines[1:] if line.strip() and not line.startswith("#")}


def _in_meta(path: Path) -> set[str]:
    try:
        return set(_file_names(json.loads(path.read_text(encoding="utf-8"))))
    except ValueError:
        return set()


def _file_names(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [v for k, v in value.items() if k == "file_name" and isinstance(v, str)]
        return own + [n for v in value.values() for n in _file_names(v)]
    if isinstance(value, list):
        return [n for v in value for n in _file_names(v)]
    return []
