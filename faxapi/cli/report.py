"""`faxapi report`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode
from faxapi.cli.consoles import tell
from faxapi.cli.progress import drawn
from faxapi.cli.running import exit_code
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
    with ExitStack() as files:
        # Opened first, so that nobody waits for what cannot be written.
        draft = files.enter_context(private_file(file)) if file else None
        digest, summary = await digested(api, window, accounts, None, quiet=quiet)
        page = to_html(digest, summary, window, show_recipients=show_recipients)
        if draft:
            draft.file.write(page.encode())
            draft.publish()
        else:
            sys.stdout.write(page)
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
