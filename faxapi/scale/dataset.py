"""A dataset of Parquet files in a folder, to which each share of a run adds its own.

They lie in `KIND/provider=PROVIDER/day=DAY/RUN-SHARE-PART.parquet`, and how accounts went in
`outcomes/RUN-SHARE.parquet`. A share's files are written aside and appear when all are whole; one
that is repeated first takes away what the lost one had let appear.
"""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from faxapi.errors import ConfigurationError
from faxapi.export.account import account_of
from faxapi.export.arrow import Parquet
from faxapi.export.schema import SCHEMA_VERSION
from faxapi.export.target import Target, opened
from faxapi.files import private_file, write_private
from faxapi.records import FaxRecord, Kind, Record, UsageRecord
from faxapi.report import Summary
from faxapi.scale import marks

# What is on its way. Readers of a dataset leave out what begins with a dot.
_DRAFTS = ".drafts"
_APPEARING = "appearing"
# Files that a share may have open: systems allow a program some hundreds.
_OPEN = 100
# So readers of partitions spell what is unknown.
_UNKNOWN = "__HIVE_DEFAULT_PARTITION__"

_NOTICES = pa.list_(
    pa.struct(
        {
            "code": pa.string(),
            "text": pa.string(),
            "direction": pa.string(),
            "since": pa.string(),
            "until": pa.string(),
            "count": pa.int64(),
        }
    )
)
_OUTCOMES = pa.schema(
    {
        "provider": pa.string(),
        "account": pa.string(),
        "kind": pa.string(),
        "state": pa.string(),
        "records": pa.int64(),
        "errors": pa.list_(pa.string()),
        "gaps": _NOTICES,
        "notices": _NOTICES,
        "run": pa.string(),
    }
)


def prepare(out: Path, run: str) -> None:
    """Make the folders that every worker must find, and clear away what earlier runs left aside.

    Raises:
        ConfigurationError: They cannot be made.
    """
    try:
        shutil.rmtree(out / _DRAFTS, ignore_errors=True)
        for folder in (out / marks.FOLDER, out / _DRAFTS / run):
            folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = error.strerror
    else:
        return
    raise ConfigurationError(
        f"the dataset cannot be written to {str(out)!r}: {problem}",
        hint="Name a folder that every worker may write to",
    )


def tidy(out: Path, run: str) -> None:
    """Take away what a run leaves aside."""
    shutil.rmtree(out / _DRAFTS / run, ignore_errors=True)


class Draft:
    """The files of one share, on their way; use it in `with`, and end with `publish`.

    Raises:
        ConfigurationError: The folder is not the one that was prepared.
    """

    def __init__(self, out: Path, run: str, share: int) -> None:
        self._out = out
        self._run = run
        self._name = f"{run}-{share:05}"
        self._attempts = out / _DRAFTS / run / f"{share:05}"
        self._folder = self._attempts
        self._files: list[Path] = []
        self._parts: Counter[Path] = Counter()
        # The one used last is the last one.
        self._open: dict[Path, _File] = {}

    def __enter__(self) -> Self:
        self._undo()
        try:
            self._attempts.mkdir()
            # A worker that is only taken for lost may still write into its own.
            self._folder = Path(tempfile.mkdtemp(dir=self._attempts))
        except FileNotFoundError:
            problem = f"{str(self._out)!r} is not the folder that this collection has begun in"
        else:
            return self
        raise ConfigurationError(
            problem,
            hint="Name a folder that all workers share, and let one collection run in it at a time",
        )

    def __exit__(self, *_: object) -> None:
        for file in self._open.values():
            file.close()
        self._open = {}

    def write(self, records: Iterable[Record]) -> None:
        """Write records, each to its kind, provider and day.

        Raises:
            ExportFailed: The disk is full, or a value does not fit its column.
        """
        for record in records:
            self._file(record).write(record)

    def publish(self, summary: Summary) -> None:
        """Let the records appear, and how the accounts went.

        Raises:
            ExportFailed: The disk is full, or a value does not fit its column.
            OSError: A file cannot be written.
        """
        for partition in list(self._open):
            self._finish(partition)
        outcomes = Path("outcomes", f"{self._name}.parquet")
        rows = account_of(summary, None, partial=False)["outcomes"]
        with private_file(self._place(outcomes)) as draft:
            table = pa.Table.from_pylist([{**row, "run": self._run} for row in rows], _OUTCOMES)
            pq.write_table(table, draft.file)
            draft.publish()
        self._files.append(outcomes)
        write_private(self._folder / _APPEARING, "\n".join(map(str, self._files)).encode())
        for file in self._files:
            (self._out / file).parent.mkdir(parents=True, exist_ok=True)
            (self._folder / file).replace(self._out / file)

    def clear(self) -> None:
        """Take away what is aside; what has appeared stays."""
        shutil.rmtree(self._attempts, ignore_errors=True)

    def _undo(self) -> None:
        """Take away what an attempt that was lost has left."""
        for appeared in self._attempts.glob(f"*/{_APPEARING}"):
            for name in appeared.read_text().splitlines():
                (self._out / name).unlink(missing_ok=True)
        self.clear()

    def _file(self, record: Record) -> _File:
        partition = self._partition(record)
        file = self._open.pop(partition, None) or self._new(partition, record.kind)
        self._open[partition] = file
        return file

    def _new(self, partition: Path, kind: Kind) -> _File:
        if len(self._open) >= _OPEN:
            self._finish(next(iter(self._open)))
        path = partition / f"{self._name}-{self._parts[partition]}.parquet"
        self._parts[partition] += 1
        self._files.append(path)
        return _File(self._place(path), kind)

    def _finish(self, partition: Path) -> None:
        self._open.pop(partition).finish({"run": self._run})

    def _partition(self, record: Record) -> Path:
        if isinstance(record, FaxRecord):
            day = f"{record.at:%Y-%m-%d}" if record.at else _UNKNOWN
        elif isinstance(record, UsageRecord):
            day = f"{record.since:%Y-%m-%d}" if record.since else _UNKNOWN
        else:
            # A job is what it was when it was asked for.
            day = f"{self._run[:4]}-{self._run[4:6]}-{self._run[6:8]}"
        provider = quote(record.provider, safe="")
        return Path(record.kind, f"provider={provider}", f"day={day}")

    def _place(self, file: Path) -> Path:
        place = self._folder / file
        place.parent.mkdir(parents=True, exist_ok=True)
        return place


class _File:
    """A Parquet file of one partition."""

    def __init__(self, path: Path, kind: Kind) -> None:
        self._kind = kind
        self._stack = ExitStack()
        self._target: Target = self._stack.enter_context(opened(path))
        self._writer = Parquet(self._target, kind)
        self._stack.callback(self._writer.abandon)

    def write(self, record: Record) -> None:
        self._writer.write([record])

    def finish(self, said: Mapping[str, Any]) -> None:
        with self._stack:
            self._writer.finish({"version": SCHEMA_VERSION, "kind": self._kind, **said})
            self._target.publish(partial=False)

    def close(self) -> None:
        self._stack.close()
