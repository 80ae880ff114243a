"""`python -m faxapi.sandbox`: serve the simulated providers until Ctrl-C.

The first line on stdout is a JSON object with each provider's address and login; with --accounts,
`accounts` in it lists those of InterFax.
"""

from __future__ import annotations

import argparse
import sys

from faxapi.errors import ConfigurationError
from faxapi.sandbox.data import FAXES
from faxapi.sandbox.serve import BROADCAST, serving, tell_logins, wait


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
        help=f"further jobs at Openfax, an hour apart, of {BROADCAST:,} faxes each",
    )
    parser.add_argument(
        "--traffic", action="store_true", help="send faxes, and let them end, while it runs"
    )
    given = parser.parse_args()
    try:
        with serving(**vars(given)) as sandbox:
            tell_logins(sandbox)
            wait()
    except (ConfigurationError, OverflowError) as error:
        parser.error(str(error))
    except OSError as error:
        sys.stderr.write(f"port {given.port}: {error.strerror}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
