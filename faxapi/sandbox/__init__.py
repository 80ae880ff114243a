"""Simulated providers on a local port, for tests, demonstrations and programs in any language.

Needs the extra `faxapi[sandbox]`.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, Self, overload

import anyio.to_thread

from faxapi.errors import ConfigurationError
from faxapi.providers.base import Provider
from faxapi.providers.imagicle import Imagicle
from faxapi.providers.interfax import InterFax
from faxapi.providers.openfax import Openfax
from faxapi.transport.pace import Pace

try:
    from faxapi.sandbox import imagicle
    from faxapi.sandbox.accounts import Fleet, Login
    from faxapi.sandbox.app import Asked, Desk, application
    from faxapi.sandbox.asmx import services
    from faxapi.sandbox.data import FAXES, Maker, utc_now
    from faxapi.sandbox.faults import require
    from faxapi.sandbox.imagicle import ImagicleSandbox
    from faxapi.sandbox.interfax import InterFaxSandbox
    from faxapi.sandbox.limits import RATE_LIMIT, WRONG_PASSWORDS, LockOut, RateLimit
    from faxapi.sandbox.openfax import OpenfaxSandbox
    from faxapi.sandbox.rules import Faults
    from faxapi.sandbox.server import Server
    from faxapi.sandbox.world import World
except ModuleNotFoundError as missing:
    package = (missing.name or "").partition(".")[0]
    if package not in {"starlette", "uvicorn"}:
        raise
    message = (
        f'faxapi.sandbox needs {package}, which is not installed: pip install "faxapi[sandbox]"'
    )
    raise ImportError(message, name=package) from None

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

__all__ = ["Asked", "Sandbox"]


class Sandbox:
    """InterFax, Openfax and Imagicle, simulated on a port of this machine.

    Use it as a context manager, `with` or `async with`. It serves from a thread of its own, so
    that programs on asyncio, on Trio and without an event loop can use it alike. The same `seed`
    and `now` give the same data.

    `interfax.add_fax(status=3931)`, `openfax.add_job(…)` and `imagicle.add_fax(…)` add to it, while
    it runs or before; `faults.add(…)` lets calls go wrong.

    Args:
        seed: What the data set is made from.
        now: The present, aware; it stands still then, but for `advance`, and an api that is to
            share it takes `clock=lambda: sandbox.now`. The real present unless given.
        faxes: How many outbound faxes each provider has over the last 40 days at the start.
        port: The port on the loopback address; 0 for any free one.
        rate_limit: How many queries a user of InterFax may make in which time, in real time; the
            next ones get -1011. None for no limit.
        lock_out_after: How many wrong passwords in a row shut a user of InterFax out, with -1876,
            for an hour of the sandbox's time; None for no number. InterFax does not publish its.

    Raises:
        ConfigurationError: `now` is naive, or a number is too low.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        now: datetime | None = None,
        faxes: int = FAXES,
        port: int = 0,
        rate_limit: Pace | None = RATE_LIMIT,
        lock_out_after: int | None = WRONG_PASSWORDS,
    ) -> None:
        if now is not None and now.tzinfo is None:
            text = "now has no time zone"
            raise ConfigurationError(text, hint="Give an aware datetime")
        require(faxes >= 0, "faxes", faxes, "0 or more")
        self._still = now
        self._ahead = timedelta(0)
        self._rate_limit = rate_limit
        begun = self.now
        lock = threading.RLock()

        def world(part: str, faxes: int) -> World:
            return World(Maker(seed, part, begun), faxes, lambda: self.now, lock)

        limit = RateLimit(rate_limit)
        self._fleet = Fleet(world, faxes, limit, LockOut(lock_out_after, lambda: self.now))
        self.interfax = self._fleet.interfax
        self.openfax = self._fleet.openfax
        self.imagicle = self._fleet.imagicle
        soap, rest = self._fleet.soap(), self._fleet.rest()
        self.faults = Faults({**soap, **rest}, lock)
        self._desk = Desk(lock, self.faults, limit)
        self._app = application(
            self._desk, {provider: services(methods) for provider, methods in soap.items()}, rest
        )
        self._server = Server(port)

    @property
    def now(self) -> datetime:
        """The present of the providers."""
        return (self._still or utc_now()) + self._ahead

    def advance(self, by: timedelta) -> None:
        """Move the present on; the rate limit takes no notice of it."""
        self._ahead += by

    @property
    def url(self) -> str:
        """Where it is served, such as `http://127.0.0.1:40123`.

        Raises:
            RuntimeError: It is not running.
        """
        return self._server.url

    @property
    def requests(self) -> list[Asked]:
        """Every call that was answered, in order."""
        return self._desk.requests

    @property
    def credentials(self) -> dict[str, dict[str, str]]:
        """Address and login of each provider, for programs of any kind.

        Raises:
            RuntimeError: It is not running.
        """
        return {provider: self.logins(provider)[0] for provider in self._fleet.logins}

    def logins(self, provider: str) -> list[dict[str, str]]:
        """Address and login of each account at a provider, that of `credentials` first.

        Raises:
            ConfigurationError: There is no such provider.
            RuntimeError: It is not running.
        """
        return [
            {"base_url": self.url, **login.values()} for login in self._fleet.logins_of(provider)
        ]

    def accounts(self) -> tuple[InterFax, Openfax, Imagicle]:
        """New clients, one for each provider.

        Raises:
            RuntimeError: It is not running.
        """
        logins = self._fleet.logins
        return (
            self._interfax(logins["interfax"][0]),
            self._openfax(logins["openfax"][0]),
            self._imagicle(logins["imagicle"][0]),
        )

    def accounts_of(self, provider: str) -> tuple[Provider, ...]:
        """New clients, one for each account at a provider, that of `accounts` first.

        Raises:
            ConfigurationError: There is no such provider.
            RuntimeError: It is not running.
        """
        logins = self._fleet.logins_of(provider)
        clients: dict[str, Callable[[Login], Provider]] = {
            "interfax": self._interfax,
            "openfax": self._openfax,
            "imagicle": self._imagicle,
        }
        return tuple(map(clients[provider], logins))

    @overload
    def add_accounts(
        self, count: int, *, provider: Literal["interfax"] = "interfax", faxes: int = 20
    ) -> list[InterFaxSandbox]: ...

    @overload
    def add_accounts(
        self, count: int, *, provider: Literal["openfax"], faxes: int = 20
    ) -> list[OpenfaxSandbox]: ...

    @overload
    def add_accounts(
        self, count: int, *, provider: Literal["imagicle"], faxes: int = 20
    ) -> list[ImagicleSandbox]: ...

    def add_accounts(
        self, count: int, *, provider: str = "interfax", faxes: int = 20
    ) -> list[InterFaxSandbox] | list[OpenfaxSandbox] | list[ImagicleSandbox]:
        """Add accounts with one user each, and return them; `accounts_of` has their clients.

        Args:
            count: How many.
            provider: Where: `interfax`, `openfax` or `imagicle`.
            faxes: How many each has, as the sandbox's own number is counted.

        Raises:
            ConfigurationError: There is no such provider, or a number is below 0.
        """
        require(count >= 0, "count", count, "0 or more")
        require(faxes >= 0, "faxes", faxes, "0 or more")
        self._fleet.logins_of(provider)
        match provider:
            case "interfax":
                return [self._fleet.add_interfax(faxes) for _ in range(count)]
            case "openfax":
                return [self._fleet.add_openfax(faxes) for _ in range(count)]
            case _:
                return [self._fleet.add_imagicle(faxes) for _ in range(count)]

    def _interfax(self, login: Login) -> InterFax:
        return InterFax(
            login.username,
            login.secret,
            base_url=self.url,
            name=login.name or "interfax",
            timezone="UTC",
            currency="USD",
            pace=self._rate_limit,
        )

    def _openfax(self, login: Login) -> Openfax:
        name = login.name or "openfax"
        return Openfax(login.secret, base_url=self.url, name=name, timezone="UTC")

    def _imagicle(self, login: Login) -> Imagicle:
        name = login.name or "imagicle"
        return Imagicle(
            self.url, login.username, login.secret, name=name, timezone=imagicle.TIMEZONE
        )

    def __enter__(self) -> Self:
        self._server.start(self._app)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.stop()

    async def __aenter__(self) -> Self:
        # It takes some milliseconds, and done here no cancellation can leave it half done.
        return self.__enter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._server.stop)
