"""Fails when a room that people's data goes through is covered less than its floor.

The floor counts with the public recordings at hand: without them the readers of vendor files are not exercised.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

from coverage import Coverage

FLOORS_PERCENT = {"dsp": 95.0, "sensor": 95.0, "recordings": 95.0, "guidance": 95.0}


def with_recordings() -> bool:
    """Whether the tests had the public recordings; CI always has to."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("TREMORSCOPE_DATA") or default)
    return bool(os.environ.get("CI")) or (folder / "shaker").is_dir()


def main() -> int:
    """Print the coverage of every room; return 1 when one is below its floor."""
    coverage = Coverage()
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "coverage.json"
        coverage.json_report(outfile=str(out), ignore_errors=True)
        files = json.loads(out.read_text())["files"]
    rooms: dict[str, list[int]] = {}
    for name, entry in files.items():
        s = entry["summary"]
        counted = rooms.setdefault(Path(name).parts[0], [0, 0])
        counted[0] += s["covered_lines"] + s.get("covered_branches", 0)
        counted[1] += s["num_statements"] + s.get("num_branches", 0)
    below = False
    print("coverage of lines and branches:")
    for room, (covered, total) in sorted(rooms.items()):
        percent = 100.0 * covered / total if total else 100.0
        floor = FLOORS_PERCENT.get(room)
        failed = floor is not None and percent < floor
        below = below or failed
        print(
            f"  {room:<12} {percent:5.1f} %"
            + (f"  (floor {floor:.0f} %{', NOT HELD' if failed else ''})" if floor else "")
        )
    if below and not with_recordings():
        print("  (the floors count only with the public recordings; set TREMORSCOPE_DATA)")
        return 0
    return int(below)


if __name__ == "__main__":
    sys.exit(main())
