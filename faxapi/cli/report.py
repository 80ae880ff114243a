"""`faxapi report`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode
from faxapi.cli.consoles import tell
from faxapi.cli.progress import drawn
from faxapi.cli.running import exit_code
from faxapi.cli.times import window as window_of
from faxapi.errors import ConfigurationError
from faxapi.files import private_file
from faxapi.records import Kind
from faxapi.render import tables
from faxapi.render.digest import Digest
from faxapi.render.html import to_html
from faxapi.report import Summary
from faxapi.window import Window

_BATCH = 1000


async def report(
    api: FaxApi,
    *,
    window: Window,
    accounts: Sequence[str] | None,
    file: Path | None,
    show_recipients: bool,
    quiet: bool,
) -> ExitCode:
    """Collect a window, and write what it comes to as an HTML page; None for stdout."""
    with _page(file) as write:
        digest, summary = await digested(api, window, accounts, None, quiet=quiet)
        write(to_html(digest, summary, window, show_recipients=show_recipients))
    return _told(summary, file, quiet=quiet)


def report_stored(
    store: str,
    *,
    since: datetime | None,
    until: datetime | None,
    accounts: Sequence[str] | None,
    file: Path | None,
    show_recipients: bool,
    quiet: bool,
) -> ExitCode:
    """Write what a store holds of a time as an HTML page; up to its last sync unless told."""
    try:
        from faxapi.store.stored import Stored  # noqa: PLC0415 - an extra of its own
    except ImportError as error:
        raise ConfigurationError(str(error)) from error

    with _page(file) as write, Stored(store, accounts) as stored:
        asked = window_of(since, until or stored.through)
        digest = Digest.of(stored.records(asked))
        summary = stored.summary(asked)
        write(to_html(digest, summary, asked, show_recipients=show_recipients))
    return _told(summary, file, quiet=quiet)


@contextmanager
def _page(file: Path | None) -> Iterator[Callable[[str], object]]:
    """Give what writes the page; None for stdout."""
    if not file:
        yield sys.stdout.write
        return
    # Opened first, so that nobody waits for what cannot be written.
    with private_file(file) as draft:
        yield lambda page: draft.file.write(page.encode())
        draft.publish()


def _told(summary: Summary, file: Path | None, *, quiet: bool) -> ExitCode:
    if not summary.complete:
        tell(*tables.missing(summary))
    if file and not quiet:
        tell(f"{file}: {'complete' if summary.complete else 'not complete, as it says at its top'}")
    return exit_code(summary)


async def digested(
    api: FaxApi,
    window: Window,
    accounts: Sequence[str] | None,
    kinds: Sequence[Kind] | None,
    *,
    quiet: bool,
) -> tuple[Digest, Summary]:
    """Collect, and add up what comes; no record is kept."""
    digest = Digest()
    with drawn(quiet=quiet) as draw:
        activity = api.stream(window, accounts=accounts, kinds=kinds, on_progress=draw)
        async with activity:
            async for batch in activity.batches(_BATCH):
                for record in batch:
                    digest.add(record)
    return digest, activity.summary
