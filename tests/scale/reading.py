"""A dataset as its readers see it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from faxapi import FaxRecord, Report, UsageRecord
from faxapi.records import Record


def files(out: Path, kind: str) -> list[Path]:
    return sorted(out.joinpath(kind).rglob("*.parquet"))


def rows(out: Path, kind: str) -> list[dict[str, Any]]:
    """Every row of a kind, run by run."""
    found = []
    for path in sorted(files(out, kind), key=lambda path: path.name):
        # Not read_table, which would add what the folders are called.
        with pq.ParquetFile(path) as file:
            found += file.read().to_pylist()
    return found


def records(out: Path, kind: str = "faxes") -> dict[object, Record]:
    """Every record of a kind by its key; the last run's wins."""
    record = {"faxes": FaxRecord, "usage": UsageRecord}[kind]
    read = [record(**{k: v for k, v in row.items() if k != "at"}) for row in rows(out, kind)]
    return {each.key: each for each in read}


def held(report: Report, kind: str = "faxes") -> dict[object, Record]:
    """The same of a collection in one process."""
    return {record.key: record for record in getattr(report, kind)}
