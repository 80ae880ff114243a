"""`faxapi usage`: cost and pages by account, user and month."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum

from rich.text import Text

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode, UsageFormat
from faxapi.cli.consoles import Output, tell
from faxapi.cli.report import digested
from faxapi.cli.running import exit_code
from faxapi.errors import PermissionDenied
from faxapi.export.text import harmless
from faxapi.records import Direction, Kind
from faxapi.render import tables, words
from faxapi.render.digest import Payer, Total
from faxapi.report import Outcome, Summary
from faxapi.window import Window

SCHEMA = 1
"""Of the rows: it changes where a field goes or means something else, not where one is added."""


# What vendors and strangers wrote, which a spreadsheet could take for a formula.
_FREE_TEXTS = {"account", "user", "currency"}


class Source(StrEnum):
    """Where a row's figures come from."""

    PROVIDER = "provider"
    """The provider's own totals."""
    FAXES = "faxes"
    """Added up from the account's faxes."""


@dataclass(frozen=True, slots=True)
class Row:
    """What a user's faxes of a month and a direction came to; its fields are the machine formats'.

    Attributes:
        provider: The provider's registered name.
        account: The account's name.
        user: None where the provider names none.
        direction: `outbound` or `inbound`.
        month: `2026-10`, in this machine's zone, as far as it is in the window; None for faxes
            without a time.
        faxes: How many.
        pages: Pages that went through.
        cost: Exact; None where no price is named.
        currency: None where no price or no currency is named.
        source: Where the figures come from.
    """

    provider: str
    account: str
    user: str | None
    direction: Direction
    month: str | None
    faxes: int
    pages: int
    cost: Decimal | None
    currency: str | None
    source: Source


async def usage(
    api: FaxApi,
    *,
    window: Window,
    accounts: Sequence[str] | None,
    form: UsageFormat | None,
    quiet: bool,
) -> ExitCode:
    """Ask each account for its totals, or add its faxes up if it has none, and print them."""
    form = form or (UsageFormat.TABLE if sys.stdout.isatty() else UsageFormat.JSONL)
    rows, summary = await _rows(api, window, accounts, quiet=quiet)
    rows.sort(key=_order)
    match form:
        case UsageFormat.TABLE:
            _print_table(rows)
        case UsageFormat.JSONL:
            for row in rows:
                sys.stdout.write(f"{json.dumps(_values(row))}\n")
        case UsageFormat.JSON:
            _print_json(rows, summary, window)
        case UsageFormat.CSV:
            _print_csv(rows)
    sys.stdout.flush()
    if not summary.complete:
        tell(*tables.missing(summary))
    return exit_code(summary)


async def _rows(
    api: FaxApi, window: Window, accounts: Sequence[str] | None, *, quiet: bool
) -> tuple[list[Row], Summary]:
    # Refuses names that are not here, and accounts that report neither.
    api.stream(window, accounts=accounts, kinds=[Kind.USAGE, Kind.FAXES])
    kinds = {
        name: {feed.kind for feed, _ in api[name].feeds()}
        for name in api
        if accounts is None or name in accounts
    }
    rows: list[Row] = []
    outcomes: list[Outcome] = []
    asked = [name for name, reported in kinds.items() if Kind.USAGE in reported]
    adding = {name for name, reported in kinds.items() if Kind.FAXES in reported} - {*asked}
    # A total cannot be divided, so each month is asked for by itself.
    for month, part in _months(window):
        if not asked:
            break
        digest, summary = await digested(api, part, asked, [Kind.USAGE], quiet=quiet)
        rows += _made(digest.vendor_totals, Source.PROVIDER, month)
        outcomes += summary.outcomes
        denied = {each.account for each in summary.outcomes if _is_denied(each)}
        asked = [name for name in asked if name not in denied]
        adding |= {name for name in denied if Kind.FAXES in kinds[name]}
    if adding:
        # Of an account that was denied a later month, the whole window is added up.
        rows = [row for row in rows if row.account not in adding]
        outcomes = [outcome for outcome in outcomes if outcome.account not in adding]
        digest, summary = await digested(api, window, [*adding], [Kind.FAXES], quiet=quiet)
        rows += _made(digest.payers, Source.FAXES)
        outcomes += summary.outcomes
    return rows, Summary(outcomes=_merged(outcomes))


def _months(window: Window) -> Iterator[tuple[date, Window]]:
    """The window's months in this machine's zone, each as far as it is in the window."""
    first = window.since.astimezone().date().replace(day=1)
    while (start := max(window.since, _midnight(first))) < window.until:
        after = (first + timedelta(days=31)).replace(day=1)
        yield first, Window(start, min(window.until, _midnight(after)))
        first = after


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time()).astimezone(UTC)


def _is_denied(outcome: Outcome) -> bool:
    """Whether its login may not ask for totals: its faxes can be added up all the same."""
    return not outcome.records and isinstance(outcome.error, PermissionDenied)


def _merged(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One for each account and kind."""
    found: dict[tuple[str, Kind], Outcome] = {}
    for outcome in outcomes:
        key = (outcome.account, outcome.kind)
        before = found.get(key)
        found[key] = (
            replace(
                outcome,
                records=before.records + outcome.records,
                errors=(*before.errors, *outcome.errors),
                notices=(*before.notices, *outcome.notices),
            )
            if before
            else outcome
        )
    return list(found.values())


def _made(
    totals: Mapping[Payer, Total], source: Source, month: date | None = None
) -> Iterator[Row]:
    for payer, total in totals.items():
        when = payer.month or month
        yield Row(
            provider=payer.provider,
            account=payer.account,
            user=payer.user,
            direction=payer.direction,
            month=f"{when:%Y-%m}" if when else None,
            faxes=total.faxes,
            pages=total.pages,
            cost=total.costs.get(payer.currency),
            currency=payer.currency,
            source=source,
        )


def _order(row: Row) -> tuple[str, ...]:
    texts = (row.account, row.month, row.user, row.direction, row.currency)
    return tuple(text or "" for text in texts)


def _values(row: Row) -> dict[str, object]:
    """The row for programs: money is a text, since JSON's readers round numbers."""
    return {**asdict(row), "cost": None if row.cost is None else f"{row.cost:f}"}


def _print_json(rows: Iterable[Row], summary: Summary, window: Window) -> None:
    whole = {
        "schema": SCHEMA,
        "since": window.since.isoformat(),
        "until": window.until.isoformat(),
        "complete": summary.complete,
        "problems": [str(outcome) for outcome in summary.failures],
        "rows": [_values(row) for row in rows],
    }
    sys.stdout.write(f"{json.dumps(whole, indent=1)}\n")


def _print_csv(rows: Iterable[Row]) -> None:
    lines = csv.writer(sys.stdout, lineterminator="\r\n")
    lines.writerow(field.name for field in fields(Row))
    for row in rows:
        lines.writerow(
            harmless(value) if isinstance(value, str) and name in _FREE_TEXTS else value
            for name, value in _values(row).items()
        )


def _print_table(rows: Sequence[Row]) -> None:
    texts = ("Account", "User", "Month", "Direction", "Source")
    table = tables.new_table(*texts, numbers=("Faxes", "Pages", "Cost"))
    for row in rows:
        cost = words.NOTHING if row.cost is None else words.price(row.cost, row.currency)
        table.add_row(
            *map(tables.plain, (row.account, row.user, row.month, row.direction, row.source)),
            *map(words.count, (row.faxes, row.pages)),
            tables.plain(cost),
        )
    whole = Total()
    for row in rows:
        whole.add(row.faxes, row.pages, row.cost, row.currency)
    table.add_section()
    costs = Text("\n").join(map(tables.plain, words.money(whole.costs) or [words.NOTHING]))
    counts = map(words.count, (whole.faxes, whole.pages))
    table.add_row("all", *[""] * (len(texts) - 1), *counts, costs, style="bold")
    Output().print(table)
