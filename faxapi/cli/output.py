"""Where `faxapi collect` puts its records: a table for people, or an export for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, Protocol

from rich.console import RenderableType
from rich.rule import Rule

from faxapi.cli.common import CollectFormat
from faxapi.cli.consoles import Output
from faxapi.errors import ConfigurationError, FaxApiError, Incomplete
from faxapi.export import Export, open_export
from faxapi.records import Kind, Record
from faxapi.render import tables
from faxapi.render.listing import Listing
from faxapi.report import Outcome, Summary

_ONE_KIND = {CollectFormat.CSV, CollectFormat.PARQUET}
_SUFFIXES = {
    ".jsonl": CollectFormat.JSONL,
    ".ndjson": CollectFormat.JSONL,
    ".json": CollectFormat.JSON,
    ".csv": CollectFormat.CSV,
    ".parquet": CollectFormat.PARQUET,
}


class Sink(Protocol):
    """Takes the records as they come."""

    def write(self, records: Iterable[Record]) -> None:
        """Take some more."""

    def finish(self, summary: Summary, *, partial: bool) -> Path | None:
        """Let it be seen; return the file, if it is one."""


def chosen_format(asked: CollectFormat | None, file: Path | None) -> CollectFormat:
    """The format that was asked for, or that fits where it goes.

    Raises:
        ConfigurationError: A file's name does not tell it.
        FaxApiError: Stdout is closed.
    """
    if asked is not None:
        return asked
    if file is None:
        _require_stdout()
        return CollectFormat.TABLE if sys.stdout.isatty() else CollectFormat.JSONL
    try:
        return _SUFFIXES[file.suffix.lower()]
    except KeyError:
        text = f"the name {file.name!r} does not say what format it is to have"
    raise ConfigurationError(text, hint=f"Give --format, or end it in {', '.join(_SUFFIXES)}")


@contextmanager
def opened_output(
    form: CollectFormat, file: Path | None, *, kinds: list[Kind], limit: int
) -> Iterator[Sink]:
    """Open a file or stdout for records; what is not finished leaves no file.

    Raises:
        ConfigurationError: The format does not fit the kinds, or where it goes.
        FaxApiError: Stdout is closed.
    """
    _check(form, file, kinds)
    if form is CollectFormat.TABLE:
        yield _Table(kinds, limit)
        return
    kind = kinds[0] if len(kinds) == 1 else None
    if file and not _is_special(file):
        with open_export(file, form, kind=kind) as export:
            yield _Exported(export)
        return
    with _stream(file) as stream, open_export(stream, form, kind=kind) as export:
        yield _Exported(export)


def was_left(outcome: Outcome) -> bool:
    """Whether it was stopped before its end."""
    return any(isinstance(error, Incomplete) for error in outcome.errors)


def problems_of(summary: Summary) -> list[RenderableType]:
    """What is missing and why; that all was stopped is said once, and not here."""
    outcomes = [
        replace(each, errors=tuple(e for e in each.errors if not isinstance(e, Incomplete)))
        for each in summary.outcomes
    ]
    return [*tables.missing(replace(summary, outcomes=outcomes))]


def _check(form: CollectFormat, file: Path | None, kinds: list[Kind]) -> None:
    if form in _ONE_KIND and len(kinds) > 1:
        raise ConfigurationError(
            f"a file in {form} holds one kind of records, and {len(kinds)} are asked for",
            hint="Give --kind once, or use jsonl or json",
        )
    if file is None:
        _require_stdout()
    if form is CollectFormat.TABLE and file:
        raise ConfigurationError(
            "a table is for people at a terminal, and not for a file",
            hint="Use another --format, or leave out -o",
        )


def _require_stdout() -> None:
    if sys.stdout is None:
        raise FaxApiError("stdout is closed", hint="Give -o FILE")


def _is_special(file: Path) -> bool:
    """Whether it is a pipe, or a device such as /dev/null: no file can take its place."""
    return file.exists() and not file.is_file() and not file.is_dir()


@contextmanager
def _stream(file: Path | None) -> Iterator[BinaryIO]:
    if file is None:
        yield sys.stdout.buffer
        return
    with file.open("wb") as stream:
        yield stream


class _Exported:
    def __init__(self, export: Export) -> None:
        self._export = export

    def write(self, records: Iterable[Record]) -> None:
        self._export.write(records)

    def finish(self, summary: Summary, *, partial: bool) -> Path | None:
        self._export.finish(summary, partial=partial)
        return self._export.path


class _Table:
    def __init__(self, kinds: list[Kind], limit: int) -> None:
        self._listing = Listing(limit, kinds)

    def write(self, records: Iterable[Record]) -> None:
        for record in records:
            self._listing.add(record)

    def finish(self, summary: Summary, *, partial: bool) -> None:
        del partial
        console = Output()
        for part in self._listing.parts(console.width):
            console.print(part)
        if problems := problems_of(summary):
            console.print(Rule("Missing"), *problems)
        sys.stdout.flush()
