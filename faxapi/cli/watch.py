"""`faxapi watch`: each account is asked again and again, for what is new and what is in process."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import anyio
from rich.live import Live

from faxapi.api import FaxApi
from faxapi.cli.board import Account, Board, Change
from faxapi.cli.changes import as_json, as_line
from faxapi.cli.common import ExitCode, WatchFormat
from faxapi.cli.consoles import Output, tell
from faxapi.cli.screen import picture
from faxapi.cli.signals import interruptible
from faxapi.collect.tasks import at_once
from faxapi.cursor import Cursor
from faxapi.errors import ConfigurationError
from faxapi.records import Kind
from faxapi.report import Progress
from faxapi.window import Window

_KINDS = {Kind.FAXES, Kind.JOBS}
_BATCH = 100
# Seconds between two pictures: a countdown of seconds needs no more.
_TICK = 0.5


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be watched, and how.

    Attributes:
        accounts: Names; None for all.
        interval: How long from one look at an account to the next, at least.
        since: How far back the first look goes.
        form: How it is shown; None for what fits.
    """

    accounts: Collection[str] | None
    interval: timedelta
    since: timedelta
    form: WatchFormat | None


async def watch(api: FaxApi, wanted: Wanted) -> ExitCode:
    """Watch the accounts until Ctrl-C; that is how it is meant to end, and so no failure."""
    console = Output()
    form = _form(wanted.form, console)
    board = Board(_watched(api, wanted), datetime.now(UTC))
    with interruptible():
        if form is WatchFormat.SCREEN:
            await _draw(api, board, wanted, console)
        else:
            await _write(api, board, wanted, as_json if form is WatchFormat.JSONL else as_line)
    if form is WatchFormat.SCREEN:
        minutes = (datetime.now(UTC) - board.since) // timedelta(minutes=1)
        tell(f"Watched for {minutes} min; ended meanwhile: {board.totals()}.")
    return ExitCode.COMPLETE


def _form(asked: WatchFormat | None, console: Output) -> WatchFormat:
    """The form that was asked for, or that fits where it goes.

    Raises:
        ConfigurationError: It does not fit.
    """
    if sys.stdout is None:
        raise ConfigurationError("stdout is closed", hint="Let it go somewhere")
    # A console may be told to take a pipe for a terminal, for its colours.
    on_screen = sys.stdout.isatty() and not console.is_dumb_terminal
    if asked is WatchFormat.SCREEN and not on_screen:
        raise ConfigurationError(
            "a screen needs a terminal, and the output is none", hint="Use --format lines"
        )
    return asked or (WatchFormat.SCREEN if on_screen else WatchFormat.LINES)


def _watched(api: FaxApi, wanted: Wanted) -> Iterator[str]:
    """The accounts that report faxes or jobs.

    Raises:
        ConfigurationError: One that was asked for is not here, or none reports anything of it.
    """
    names = [*api] if wanted.accounts is None else [*dict.fromkeys(wanted.accounts)]
    if unknown := [name for name in names if name not in [*api]]:
        raise ConfigurationError(
            f"no account is called {', '.join(map(repr, unknown))}",
            hint=f"Accounts here: {', '.join(api)}",
        )
    able = [name for name in names if any(feed.kind in _KINDS for feed, _ in api[name].feeds())]
    if not able:
        raise ConfigurationError("there is nothing to watch: no account reports faxes or jobs")
    return iter(able)


async def _draw(api: FaxApi, board: Board, wanted: Wanted, console: Output) -> None:
    """Fill the terminal, and give it back as it was."""
    with Live(console=console, screen=True, auto_refresh=False) as live:

        async def draw() -> None:
            while True:
                width, height = console.size
                live.update(picture(board, width, height, datetime.now(UTC)), refresh=True)
                await anyio.sleep(_TICK)

        followers = [partial(_follow, api, each, wanted, board.note) for each in board.accounts]
        await _all([draw, *followers])


async def _write(api: FaxApi, board: Board, wanted: Wanted, form: Callable[[Change], str]) -> None:
    """Write a line for each change."""

    def write(change: Change) -> None:
        sys.stdout.write(form(change) + "\n")
        sys.stdout.flush()

    await _all([partial(_follow, api, each, wanted, write) for each in board.accounts])


async def _all(works: Collection[Callable[[], Awaitable[None]]]) -> None:
    async def run(work: Callable[[], Awaitable[None]]) -> None:
        await work()

    await at_once(works, run)


async def _follow(
    api: FaxApi, account: Account, wanted: Wanted, told: Callable[[Change], None]
) -> None:
    """Ask one account for ever; whoever is slow or down keeps no other waiting."""
    cursor: Cursor | None = None

    def note(progress: Progress) -> None:
        account.waits = progress.waits

    while True:
        begun = datetime.now(UTC)
        account.begin()
        async with api.stream(
            Window.last(wanted.since),
            cursor=cursor,
            accounts=[account.name],
            kinds=_KINDS,
            on_progress=note,
        ) as activity:
            async for batch in activity.batches(_BATCH):
                for record in batch:
                    if change := account.take(record, datetime.now(UTC)):
                        told(change)
        cursor = activity.summary.cursor
        now = datetime.now(UTC)
        for change in account.end(activity.summary, now):
            told(change)
        account.next_at = max(now, begun + wanted.interval)
        await anyio.sleep((account.next_at - now).total_seconds())
