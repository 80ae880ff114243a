"""What the pictures show."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from faxapi.sandbox import Sandbox

_SETTINGS = {
    "INTERFAX_CURRENCY": "USD",
    "INTERFAX_TIMEZONE": "UTC",
    "OPENFAX_TIMEZONE": "UTC",
    "IMAGICLE_TIMEZONE": "Europe/Rome",
    "TZ": "UTC",
}


@contextmanager
def one_account_fails() -> Iterator[dict[str, str]]:
    """The environment of a program that uses the sandbox, with a wrong key for one account."""
    with Sandbox(seed=1, rate_limit=None) as sandbox:
        logins = {
            f"{provider}_{keyword}".upper(): text
            for provider, login in sandbox.credentials.items()
            for keyword, text in login.items()
        }
        yield {**os.environ, **_SETTINGS, **logins, "OPENFAX_API_KEY": "before-the-change"}
