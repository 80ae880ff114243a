"""`faxapi collect`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from faxapi.api import FaxApi
from faxapi.cli.common import CollectFormat, ExitCode
from faxapi.cli.consoles import tell
from faxapi.cli.output import Sink, chosen_format, opened_output, problems_of, was_left
from faxapi.cli.progress import drawn
from faxapi.cli.running import exit_code
from faxapi.cli.signals import interruptible
from faxapi.cursor import Cursor
from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.records import FaxRecord, Kind, Record
from faxapi.report import Progress, Summary
from faxapi.window import Window

_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be collected, and where it goes.

    Attributes:
        window: The time to look at.
        accounts: Names; None for all.
        kinds: What to ask for.
        statuses: The faxes to put out; empty for all.
        cursor: The file that says where to go on, and is told where it ended.
        form: The format; None for the one that fits.
        file: Where the records go; None for stdout.
        overwrite: Whether a file with records that the cursor will not bring again may be replaced.
        limit: How many records a table shows.
        deadline: How long it may take.
        quiet: Whether to say nothing but what is wrong.
    """

    window: Window
    accounts: list[str] | None
    kinds: list[Kind]
    statuses: list[str]
    cursor: Path | None
    form: CollectFormat | None
    file: Path | None
    overwrite: bool
    limit: int
    deadline: timedelta | None
    quiet: bool


@dataclass(frozen=True, kw_only=True)
class _Result:
    """How it went.

    Attributes:
        summary: The collection's own account.
        records: How many records were put out.
        stopped: Whether Ctrl-C ended it before its end.
    """

    summary: Summary
    records: int
    stopped: bool

    @property
    def code(self) -> ExitCode:
        return ExitCode.INTERRUPTED if self.stopped else exit_code(self.summary)

    @property
    def is_worth_a_file(self) -> bool:
        """Whether there are records, or it is certain that there are none."""
        return self.records > 0 or self.code in {ExitCode.COMPLETE, ExitCode.PARTIAL}


async def collect(api: FaxApi, wanted: Wanted) -> ExitCode:
    """Collect records and put them out; if it is stopped, what has come is put out all the same."""
    form = chosen_format(wanted.form, wanted.file)
    before = _cursor_of(wanted)
    file = None
    # Opened first, so that nobody waits for what cannot be written.
    with opened_output(form, wanted.file, kinds=wanted.kinds, limit=wanted.limit) as output:
        with drawn(quiet=wanted.quiet or _scrolls(form, wanted.file)) as draw:
            result = await _read(api, wanted, before, output, draw)
        if wanted.file is None or result.is_worth_a_file:
            file = output.finish(result.summary, partial=result.stopped)
    # After the records: a cursor must never lead what can be read.
    if wanted.cursor:
        _save(result.summary.cursor, wanted.cursor)
    _tell(result, wanted, form, file)
    return result.code


async def _read(
    api: FaxApi,
    wanted: Wanted,
    before: Cursor | None,
    output: Sink,
    draw: Callable[[Progress], None] | None,
) -> _Result:
    records = 0

    def put(batch: list[Record]) -> None:
        nonlocal records
        chosen = [record for record in batch if _is_wanted(record, wanted.statuses)]
        output.write(chosen)
        records += len(chosen)

    activity = api.stream(
        wanted.window,
        cursor=before,
        accounts=wanted.accounts,
        kinds=wanted.kinds,
        deadline=wanted.deadline,
        on_progress=draw,
    )
    # The outer one is for what Ctrl-C meets when all is read, and the connections are closed.
    with interruptible():
        async with activity:
            with interruptible():
                async for batch in activity.batches(_BATCH):
                    put(batch)
            while batch := activity.take_received(_BATCH):
                put(batch)
    stopped = any(map(was_left, activity.summary.outcomes))
    return _Result(summary=activity.summary, records=records, stopped=stopped)


def _is_wanted(record: Record, statuses: Collection[str]) -> bool:
    return not (statuses and isinstance(record, FaxRecord)) or record.status in statuses


def _scrolls(form: CollectFormat, file: Path | None) -> bool:
    """Whether records run over the terminal, where nothing can be drawn then."""
    return file is None and sys.stdout.isatty() and form is not CollectFormat.TABLE


def _cursor_of(wanted: Wanted) -> Cursor | None:
    """The cursor to go on from; None where there is none yet.

    Raises:
        ConfigurationError: It could not be saved in the end, or records would be lost.
    """
    if wanted.cursor is None:
        return None
    if wanted.file and wanted.file.is_file() and not wanted.overwrite:
        raise ConfigurationError(
            f"{str(wanted.file)!r} is there, and the cursor would not bring its records again",
            hint="Name another file, or give --overwrite",
        )
    if not wanted.cursor.parent.is_dir():
        raise ConfigurationError(
            f"the cursor cannot be saved: there is no folder {str(wanted.cursor.parent)!r}"
        )
    return Cursor.load(wanted.cursor)


def _save(cursor: Cursor, file: Path) -> None:
    """Save the cursor.

    Raises:
        FaxApiError: It cannot be saved.
    """
    try:
        cursor.save(file)
    except OSError as error:
        problem = error.strerror
    else:
        return
    raise FaxApiError(
        f"the cursor {str(file)!r} cannot be saved: {problem}",
        hint="The records are there, and the next run will bring them again",
    )


def _tell(result: _Result, wanted: Wanted, form: CollectFormat, file: Path | None) -> None:
    """Say on stderr what a reader of the records must know, and at a terminal that all is well."""
    records = f"{result.records:,} records"
    where = f"in {place}" if (place := file or wanted.file) else "put out"
    # A table at a terminal says itself what is missing.
    problems = [] if _is_shown(form) else problems_of(result.summary)
    if result.stopped:
        some = f"{records} are {where}" if result.records else "no record had come"
        tell(f"Interrupted: {some}.")
    elif problems:
        failed = result.code is ExitCode.FAILED
        tell(
            "Nothing was collected:" if failed else f"{records} are {where}, and some are missing:"
        )
    elif not wanted.quiet and sys.stderr and sys.stderr.isatty():
        tell(f"{records} are {where}; it took {result.summary.elapsed.total_seconds():.1f} s.")
    tell(*problems)
    if result.stopped:
        tell(_how_to_go_on(wanted.cursor))


def _is_shown(form: CollectFormat) -> bool:
    return form is CollectFormat.TABLE and sys.stdout.isatty()


def _how_to_go_on(cursor: Path | None) -> str:
    if cursor:
        return f"Run the same command again: it goes on where {cursor} says that this one stopped."
    return "Run it again from the start; with --cursor FILE, it would go on where it stopped."
