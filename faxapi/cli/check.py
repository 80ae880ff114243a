"""`faxapi check`."""

from __future__ import annotations

import json
import sys
from collections.abc import Collection
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from faxapi.cli.common import CheckFormat, ExitCode
from faxapi.cli.consoles import Output
from faxapi.errors import (
    AuthenticationError,
    DecodeError,
    PermissionDenied,
    ProviderError,
    RedirectRefused,
    TransportError,
)
from faxapi.records import Direction
from faxapi.render.tables import new_table, plain

if TYPE_CHECKING:
    from faxapi.api import FaxApi
    from faxapi.check import Check
    from faxapi.errors import FaxApiError
    from faxapi.providers.base import Provider

_WORDS = {True: ("yes", "green"), False: ("no", "red"), None: ("unknown", "yellow")}

_WAYS = {Direction.OUTBOUND: "out", Direction.INBOUND: "in"}


async def check(
    api: FaxApi, *, accounts: Collection[str] | None, form: CheckFormat, deadline: timedelta
) -> ExitCode:
    """Try the accounts, all at once, and show what came of it."""
    console = Output(stderr=True)
    waiting = console.status(f"Trying {len(accounts or api)} accounts …")
    with waiting if console.is_terminal else nullcontext():
        checks = await api.check(accounts=accounts, deadline=deadline)
    if form is CheckFormat.JSON:
        facts = [_facts(each, api[each.account]) for each in checks]
        sys.stdout.write(json.dumps(facts, indent=1) + "\n")
    else:
        _show(checks, api)
    if all(each.ok for each in checks):
        return ExitCode.COMPLETE
    return ExitCode.PARTIAL if any(each.ok for each in checks) else ExitCode.FAILED


def _show(checks: Collection[Check], api: FaxApi) -> None:
    table = new_table("Account", "Provider", "Reached", "Logged in", numbers=("Seconds",))
    table.add_column("Can report", overflow="fold")
    for each in checks:
        table.add_row(
            plain(each.account),
            plain(each.provider),
            Text(*_WORDS[_reached(each.error)]),
            Text(*_WORDS[_logged_in(each.error)]),
            f"{each.elapsed.total_seconds():.2f}",
            "\n".join(_reports(api[each.account])),
        )
    console = Output(highlight=False)
    console.print(table)
    for error in (each.error for each in checks if each.error):
        what, hint = _told(error)
        console.print(Text("failed: ", "red").append_text(plain(what)))
        if hint:
            console.print(Padding(plain(hint), (0, 0, 0, 2)))


def _facts(check: Check, account: Provider) -> dict[str, Any]:
    error = check.error
    return {
        "account": check.account,
        "provider": check.provider,
        "ok": check.ok,
        "reached": _reached(error),
        "logged_in": _logged_in(error),
        "seconds": round(check.elapsed.total_seconds(), 3),
        "reports": [feed.name for feed, _ in account.feeds()],
        "error": error
        and {
            "type": type(error).__name__,
            "message": error.message,
            "operation": error.operation,
            "code": error.code,
            "http_status": error.http_status,
            "hint": error.hint,
        },
    }


def _reached(error: FaxApiError | None) -> bool | None:
    """Whether somebody answered; None where nobody can tell."""
    match error:
        case None | ProviderError() | DecodeError() | RedirectRefused():
            return True
        case TransportError():
            return False
    return None


def _logged_in(error: FaxApiError | None) -> bool | None:
    """Whether the login was accepted; None where nobody can tell."""
    match error:
        case None | PermissionDenied():
            return True
        case AuthenticationError():
            return False
    return None


def _reports(account: Provider) -> list[str]:
    """What an account can report, a line for each kind."""
    found: dict[str, list[str]] = {}
    for feed, _ in account.feeds():
        ways = found.setdefault(feed.kind, [])
        if feed.direction:
            ways.append(_WAYS[feed.direction])
    return [f"{kind} ({', '.join(ways)})" if ways else kind for kind, ways in found.items()]


def _told(error: FaxApiError) -> tuple[str, str | None]:
    """An error's text, and apart from it what to do next."""
    return str(error).removesuffix(f". {error.hint}"), error.hint
