"""The results of a cohort as one table, a row a recording: CSV, JSON lines, and Parquet where its library is there."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

TABLE = "cohort"
ERRORS = "errors.csv"


def write_tables(out: Path, records: Sequence[Mapping[str, Any]]) -> tuple[Path, Path]:
    """Write every table; the CSV's path, and that of the failures."""
    rows = [row_of(r) for r in records]
    table = out / f"{TABLE}.csv"
    _write_csv(table, rows)
    _write_lines(out / f"{TABLE}.jsonl", rows)
    _write_parquet(out / f"{TABLE}.parquet", rows)
    errors = out / ERRORS
    _write_csv(errors, [{"file": r["file"], "error": r["error"]} for r in records if "error" in r], ("file", "error"))
    return table, errors


def row_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """Flatten a record: what a cohort is compared by; a failed one has its error and nothing else."""
    if "error" in record:
        return {"file": record["file"], "error": record["error"]}
    findings = {k: v for k, v in record["findings"].items() if not isinstance(v, list | dict)}
    causes = (record.get("guidance") or {}).get("causes") or [{}]
    return {
        "file": record["file"],
        "sensor": record["sensor"],
        "format": record.get("format", ""),
        "device": record.get("device", ""),
        **findings,
        "segments": len(record["segments"]),
        "events": len(record["events"]),
        "holds": len(record["holds"]),
        "looks_most_like": causes[0].get("id", ""),
        "quality": " | ".join(record["quality"]),
        "parameters_version": record["parameters_version"],
        "error": "",
    }


def _names(rows: Sequence[Mapping[str, Any]], always: Sequence[str]) -> list[str]:
    """Columns in the order of the fullest row."""
    fullest = max(rows, key=len, default=dict.fromkeys(always))
    return list(dict.fromkeys([*fullest, *always]))


def _write_csv(path: Path, rows: Sequence[Mapping[str, Any]], always: Sequence[str] = ("file", "error")) -> None:
    with path.open("w", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, fieldnames=_names(rows, always), restval="")
        writer.writeheader()
        writer.writerows(rows)


def _write_lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def _write_parquet(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra
    except ImportError:
        # The other two tables hold the same; an old one must not be taken for this run's.
        path.unlink(missing_ok=True)
        return
    names = _names(rows, ("file", "error"))
    table = pa.table({name: pa.array([_text(row.get(name)) for row in rows]) for name in names})
    with path.open("wb") as file:
        pq.write_table(table, file)


def _text(value: Any) -> Any:
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
