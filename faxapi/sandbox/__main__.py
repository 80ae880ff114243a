"""`python -m faxapi.sandbox`: serve the simulated providers until Ctrl-C.

The first line on stdout is a JSON object with each provider's address and login; with --accounts,
`accounts` in it lists those of InterFax.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle

from faxapi.errors import ConfigurationError
from faxapi.providers.openfax.codes import ERROR_CODES
from faxapi.sandbox import Sandbox
from faxapi.sandbox.data import FAXES
from faxapi.sandbox.faults import require
from faxapi.sandbox.limits import RATE_LIMIT

# Enough of them are read in a minute: InterFax, for one, lists a hundred at a time.
_BROADCAST = 10_000


def _codes() -> Iterator[str]:
    """A broadcast's error codes: one fax in ten has failed, for each reason in turn."""
    failures = cycle([code for code in ERROR_CODES if int(code) > 0])
    for place in range(_BROADCAST):
        yield "0" if place % 10 else next(failures)


def main() -> int:
    """Serve until Ctrl-C.

    Returns:
        The exit code: 0; 1 if the port is taken, 2 if an argument cannot be.
    """
    parser = argparse.ArgumentParser(prog="python -m faxapi.sandbox", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 for a free one")
    parser.add_argument("--seed", type=int, default=1, help="what the data is made from")
    parser.add_argument(
        "--faxes", type=int, default=FAXES, help="faxes of each provider over the last 40 days"
    )
    parser.add_argument(
        "--rate-limit",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="whether InterFax allows 6 queries a minute, or any number",
    )
    parser.add_argument(
        "--accounts", type=int, default=0, help="further accounts at InterFax, of 20 faxes each"
    )
    parser.add_argument(
        "--broadcasts",
        type=int,
        default=0,
        help=f"further jobs at Openfax, an hour apart, of {_BROADCAST:,} faxes each",
    )
    given = parser.parse_args()
    try:
        sandbox = Sandbox(
            seed=given.seed,
            faxes=given.faxes,
            port=given.port,
            rate_limit=RATE_LIMIT if given.rate_limit else None,
        )
        sandbox.add_accounts(given.accounts)
        require(given.broadcasts >= 0, "broadcasts", given.broadcasts, "0 or more")
        for hours in range(given.broadcasts):
            completed = sandbox.now - timedelta(hours=hours)
            sandbox.openfax.add_job(error_codes=_codes(), completed=completed)
        with sandbox:
            shown: dict[str, object] = {**sandbox.credentials}
            if given.accounts:
                shown["accounts"] = sandbox.logins("interfax")
            sys.stdout.write(json.dumps(shown) + "\n")
            sys.stdout.flush()
            # Unlike an event's wait, this ends on Ctrl-C on every system.
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    except (ConfigurationError, OverflowError) as error:
        parser.error(str(error))
    except OSError as error:
        sys.stderr.write(f"port {given.port}: {error.strerror}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
