"""`faxapi sync`."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode, leave
from faxapi.cli.consoles import tell
from faxapi.cli.progress import drawn
from faxapi.cli.running import exit_code
from faxapi.errors import ConfigurationError
from faxapi.render import tables
from faxapi.report import Summary
from faxapi.window import Window

try:
    from faxapi.store import sync as bring
except ImportError as error:
    raise ConfigurationError(str(error)) from error

_PASSWORD = re.compile(r"://[^/@]*:[^/@]+@|[?&]password=")


def sync(
    config: Path | None,
    to: str,
    *,
    sandbox: bool,
    window: Window,
    accounts: Sequence[str] | None,
    deadline: timedelta | None,
    quiet: bool,
) -> ExitCode:
    """Bring a store up to date, and tell what is missing."""
    _warn_of_password(to)
    # Ctrl-C has its handler already; this ends in order too.
    before = signal.signal(signal.SIGTERM, leave)
    try:
        with _makers(config, sandbox=sandbox) as make, drawn(quiet=quiet) as draw:
            summary = bring(make, to, window, only=accounts, deadline=deadline, on_progress=draw)
    finally:
        signal.signal(signal.SIGTERM, before)
    if not summary.complete:
        tell(*tables.missing(summary))
    if not quiet:
        tell(_said(summary))
    return exit_code(summary)


@contextmanager
def _makers(config: Path | None, *, sandbox: bool) -> Iterator[Callable[[], FaxApi]]:
    """What makes the api of the accounts in a file, in the environment, or of the sandbox."""
    if not sandbox:
        yield partial(FaxApi.from_config, config)
        return
    try:
        from faxapi.sandbox import Sandbox  # noqa: PLC0415 - an extra of its own
    except ImportError as error:
        raise ConfigurationError(str(error)) from error
    with Sandbox(seed=1) as running:
        yield lambda: FaxApi(*running.accounts())


def _warn_of_password(to: str) -> None:
    if to != os.environ.get("FAXAPI_STORE") and _PASSWORD.search(to):
        tell(
            "Everyone on this machine can read the password on a command line: "
            "put it into ~/.pgpass or PGPASSWORD, or the address into FAXAPI_STORE."
        )


def _said(summary: Summary) -> str:
    counts = ", ".join(f"{count:,} {kind}" for kind, count in summary.counts.items())
    return (
        f"{counts or 'nothing'} new or changed; {summary.requests:,} requests, "
        f"{summary.elapsed.total_seconds():.1f} s"
    )
