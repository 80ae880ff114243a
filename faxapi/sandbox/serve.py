"""The sandbox as a program: `python -m faxapi.sandbox` and `faxapi sandbox`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from faxapi.sandbox import Sandbox
from faxapi.sandbox.data import FAXES
from faxapi.sandbox.limits import RATE_LIMIT
from faxapi.sandbox.traffic import Traffic


@contextmanager
def serving(
    *,
    port: int = 0,
    seed: int = 1,
    faxes: int = FAXES,
    accounts: int = 0,
    rate_limit: bool = True,
    traffic: bool = False,
) -> Iterator[Sandbox]:
    """A sandbox that serves; Ctrl-C ends it quietly.

    Args:
        port: On the loopback address; 0 for any free one.
        seed: What the data is made from.
        faxes: How many each provider has over the last 40 days.
        accounts: How many more there are at InterFax, of 20 faxes each.
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
        with sandbox, Traffic(sandbox, seed=seed) if traffic else nullcontext():
            yield sandbox
    except KeyboardInterrupt:
        # That is how it is meant to end.
        return


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
