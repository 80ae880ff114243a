"""The sandbox as a program: `python -m faxapi.sandbox` and `faxapi sandbox`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from itertools import cycle

from faxapi.providers.openfax.codes import ERROR_CODES
from faxapi.sandbox import Sandbox
from faxapi.sandbox.data import FAXES
from faxapi.sandbox.faults import require
from faxapi.sandbox.limits import RATE_LIMIT
from faxapi.sandbox.traffic import Traffic

BROADCAST = 10_000
"""How many faxes a broadcast has: such jobs are read much faster than InterFax's pages of 100."""


@contextmanager
def serving(
    *,
    port: int = 0,
    seed: int = 1,
    faxes: int = FAXES,
    accounts: int = 0,
    broadcasts: int = 0,
    rate_limit: bool = True,
    traffic: bool = False,
) -> Iterator[Sandbox]:
    """A sandbox that serves; Ctrl-C ends it quietly.

    Args:
        port: On the loopback address; 0 for any free one.
        seed: What the data is made from.
        faxes: How many each provider has over the last 40 days.
        accounts: How many more there are at InterFax, of 20 faxes each.
        broadcasts: How many large jobs there are at Openfax besides, an hour apart.
        rate_limit: Whether InterFax keeps its users from too many queries.
        traffic: Whether faxes are sent, and end, while it runs.

    Raises:
        ConfigurationError: A number is too low.
        OSError: The port is taken.
        OverflowError: There is no such port.
    """
    try:
        limit = RATE_LIMIT if rate_limit else None
        sandbox = Sandbox(seed=seed, faxes=faxes, port=port, rate_limit=limit)
        sandbox.add_accounts(accounts)
        _add_broadcasts(sandbox, broadcasts)
        with sandbox, Traffic(sandbox, seed=seed) if traffic else nullcontext():
            yield sandbox
    except KeyboardInterrupt:
        # That is how it is meant to end.
        return


def _add_broadcasts(sandbox: Sandbox, count: int) -> None:
    require(count >= 0, "broadcasts", count, "0 or more")
    for hours in range(count):
        completed = sandbox.now - timedelta(hours=hours)
        sandbox.openfax.add_job(error_codes=_codes(), completed=completed)


def _codes() -> Iterator[str]:
    """A broadcast's error codes: one fax in ten has failed, for each reason in turn."""
    failures = cycle([code for code in ERROR_CODES if int(code) > 0])
    for place in range(BROADCAST):
        yield "0" if place % 10 else next(failures)


def tell_logins(sandbox: Sandbox) -> None:
    """Write each provider's address and login to stdout, as a line of JSON."""
    shown: dict[str, object] = {**sandbox.credentials}
    accounts = sandbox.logins("interfax")
    if len(accounts) > 1:
        shown["accounts"] = accounts
    sys.stdout.write(json.dumps(shown) + "\n")
    sys.stdout.flush()


def wait() -> None:
    """Wait for Ctrl-C, for which an event's wait would be deaf on some systems.

    Raises:
        KeyboardInterrupt: It came.
    """
    while True:
        time.sleep(3600)
