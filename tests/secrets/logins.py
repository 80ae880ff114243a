"""The sandbox's accounts with passwords that are hard to hide, and clients of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import quote

from faxapi import Imagicle, InterFax, Openfax
from faxapi.sandbox import Sandbox
from tests.sandbox.cases import Clients
from tests.sandbox.wire import NOW
from tests.secrets.witness import Planted

PLANTED = {
    "InterFax's password": Planted("Hk7vQw2", "Tz4pLx9"),
    "Openfax's key": Planted("Jm3rYc8", "Wd6nBs1"),
    "Imagicle's password": Planted("Gf9tXe5", "Vq2hRk7"),
    "a wrong password": Planted("Nb8wZu4", "Cy5jDp3"),
    "a proxy's password": Planted("Xr6mYb3", "Kd8vNf1"),
    "another user's password": Planted("bobSecret1", "bobSecret1", ""),
    "a new user's password": Planted("zoe1239x", "zoe1239x", ""),
}
PASSWORD, API_KEY, OTHER_PASSWORD, WRONG, PROXY_PASSWORD = (
    planted.text for planted in [*PLANTED.values()][:5]
)
PROXY_LOGIN = f"bob:{quote(PROXY_PASSWORD, safe='')}"


@contextmanager
def running(**options: Any) -> Iterator[Sandbox]:  # noqa: ANN401 - the sandbox's own keywords
    given: dict[str, Any] = {
        "seed": 1,
        "now": NOW,
        "faxes": 100,
        "rate_limit": None,
        "lock_out_after": None,
    }
    with Sandbox(**{**given, **options}) as sandbox:
        sandbox.interfax.users["acme"].password = PASSWORD
        sandbox.openfax._api_key = API_KEY
        sandbox.imagicle._users["user1"] = OTHER_PASSWORD
        yield sandbox


def clients(
    sandbox: Sandbox,
    version: str = "1.1",
    *,
    url: str = "",
    scope: Literal["user", "account"] = "user",
    secrets: tuple[str, str, str] = (PASSWORD, API_KEY, OTHER_PASSWORD),
    **options: Any,  # noqa: ANN401 - any keyword of an account
) -> Clients:
    """Clients of the sandbox's accounts, at another address perhaps, or with wrong logins."""
    password, key, other = secrets
    url = url or sandbox.url
    given: dict[str, Any] = {"base_url": url, "timezone": "UTC", "pace": None, **options}
    rome: dict[str, Any] = {**given, "timezone": "Europe/Rome"}
    return Clients(
        sandbox,
        InterFax("acme", password, soap_version=version, scope=scope, **given),
        Openfax(key, soap_version=version, **given),
        Imagicle(username="user1", password=other, **rome),
    )
