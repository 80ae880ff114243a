"""How far a collection is, drawn on stderr while it goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from faxapi.render.tables import plain
from faxapi.report import AccountProgress, Progress, Waiting

_BAR = 10
# Narrower than this, an account's line has room for its name, its records and its state.
_NARROW = 70
# The headings, the line of what does not fit, the totals, and the prompt's.
_OTHER_LINES = 4


@contextmanager
def drawn(*, quiet: bool = False) -> Iterator[Callable[[Progress], None] | None]:
    """Give what draws the progress; nothing if `quiet`, or if nobody looks at stderr.

    Lines that others write to stderr meanwhile stand above it. At the end it is wiped out.
    """
    console = Console(stderr=True)
    if quiet or sys.stderr is None or not sys.stderr.isatty() or console.is_dumb_terminal:
        yield None
        return
    with Live(console=console, auto_refresh=False, transient=True, redirect_stdout=False) as live:

        def draw(progress: Progress) -> None:
            width, height = console.size
            live.update(picture(progress, width, height, datetime.now(UTC)), refresh=True)

        yield draw


def picture(progress: Progress, width: int, height: int, now: datetime) -> RenderableType:
    """The progress in so many columns and lines: a line for each account, and one for all."""
    room = max(1, height - _OTHER_LINES)
    names = list(progress.by_account)
    if len(names) > room:
        # Who is still busy is of interest, and of them who was first.
        names.sort(key=lambda name: progress.by_account[name].done)
    shown, rest = names[:room], len(names) - room
    lines: list[RenderableType] = [_accounts(progress, shown, now, width)]
    if rest > 0:
        lines.append(Text(f"and {rest:,} more accounts", style="dim"))
    return Group(*lines, _total(progress))


def _accounts(progress: Progress, names: list[str], now: datetime, width: int) -> Table:
    wide = width >= _NARROW
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="dim")
    table.add_column("Account", no_wrap=True, max_width=width // 5)
    if wide:
        table.add_column("", width=_BAR)
    for name in ("Done", "Records", "Requests") if wide else ("Records",):
        table.add_column(name, justify="right", no_wrap=True, min_width=len(name))
    # What has no room is cut off here.
    table.add_column("", no_wrap=True)
    for name in names:
        account = progress.by_account[name]
        bar = ProgressBar(account.feeds, account.feeds_done, width=_BAR)
        done, requests = f"{account.feeds_done}/{account.feeds}", f"{account.requests:,}"
        records, state = f"{account.records:,}", _state(account, now)
        cells = (bar, done, records, requests, state) if wide else (records, state)
        table.add_row(plain(name), *cells)
    return table


def _state(account: AccountProgress, now: datetime) -> Text:
    if account.waits and not account.done:
        # The shortest wait is when something happens next.
        wait = account.waits[-1]
        return Text(f"waits {_left(wait, now)} s: {wait.reason}", style="yellow")
    if account.errors:
        errors = "error" if account.errors == 1 else "errors"
        return Text(f"{account.errors:,} {errors}", style="red")
    return Text("done", style="green") if account.done else Text("")


def _left(wait: Waiting, now: datetime) -> int:
    """Seconds that a wait still takes, counted down to 1."""
    return max(1, -((now - wait.until) // timedelta(seconds=1)))


def _total(progress: Progress) -> Text:
    minutes, seconds = divmod(int(progress.elapsed.total_seconds()), 60)
    return Text(
        f"{minutes}:{seconds:02}  {progress.accounts_done:,} of {progress.accounts:,} accounts "
        f"done, {sum(progress.records.values()):,} records, {progress.requests:,} requests",
        style="bold",
        no_wrap=True,
        overflow="ellipsis",
    )
