"""Simulated providers on a local port, for tests, demonstrations and programs in any language.

Needs the extra `faxapi[sandbox]`.
"""

from __future__ import annotations

import threading
from datetime import datetime
from typing import TYPE_CHECKING, Self

import anyio.to_thread

from faxapi.errors import ConfigurationError
from faxapi.providers.imagicle import Imagicle
from faxapi.providers.interfax import InterFax
from faxapi.providers.interfax.operations import ADMIN, OUTBOUND
from faxapi.providers.openfax import Openfax
from faxapi.providers.openfax.operations import DEFAULT as OPENFAX

try:
    from faxapi.sandbox import imagicle, interfax, openfax
    from faxapi.sandbox.admin import Admin
    from faxapi.sandbox.app import Asked, Desk, application
    from faxapi.sandbox.asmx import Asmx
    from faxapi.sandbox.data import FAXES, Maker, utc_now
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
    from types import TracebackType

__all__ = ["Asked", "Sandbox"]


class Sandbox:
    """InterFax, Openfax and Imagicle, simulated on a port of this machine.

    Use it as a context manager, `with` or `async with`. It serves from a thread of its own, so
    that programs on asyncio, on Trio and without an event loop can use it alike. The same `seed`
    and `now` give the same data.

    `interfax.add_fax(status=3931)`, `openfax.add_job(…)` and `imagicle.add_fax(…)` add to it, while
    it runs or before.

    Args:
        seed: What the data set is made from.
        now: The present, aware; it stands still then, and an api that is to share it takes
            `clock=lambda: now`. The real present unless given.
        faxes: How many outbound faxes each provider has over the last 40 days at the start.
        port: The port on the loopback address; 0 for any free one.

    Raises:
        ConfigurationError: `now` is naive, or `faxes` below 0.
    """

    def __init__(
        self, *, seed: int = 1, now: datetime | None = None, faxes: int = FAXES, port: int = 0
    ) -> None:
        if now is not None and now.tzinfo is None:
            text = "now has no time zone"
            raise ConfigurationError(text, hint="Give an aware datetime")
        if faxes < 0:
            text = f"faxes is {faxes}, and must be 0 or more"
            raise ConfigurationError(text)
        begun = now or utc_now()

        def clock() -> datetime:
            return now or utc_now()

        lock = threading.RLock()

        def world(provider: str) -> World:
            return World(Maker(seed, provider, begun), faxes, clock, lock)

        self.interfax = interfax.InterFaxSandbox(world("interfax"))
        self.openfax = openfax.OpenfaxSandbox(world("openfax"))
        self.imagicle = imagicle.ImagicleSandbox(world("imagicle"))
        self._desk = Desk(lock)
        self._app = application(
            self._desk,
            soap={
                "interfax": [
                    Asmx(OUTBOUND, self.interfax.methods()),
                    Asmx(ADMIN, Admin(self.interfax).methods()),
                ],
                "openfax": [
                    Asmx(OPENFAX.get_realtime.service, self.openfax.methods()),
                ],
            },
            rest={"imagicle": self.imagicle.methods()},
        )
        self._server = Server(port)

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
        return {
            "interfax": {
                "base_url": self.url,
                "username": interfax.PRIMARY,
                "password": interfax.PASSWORD,
            },
            "openfax": {"base_url": self.url, "api_key": openfax.API_KEY},
            "imagicle": {
                "base_url": self.url,
                "username": imagicle.USERNAME,
                "password": imagicle.PASSWORD,
            },
        }

    def accounts(self) -> tuple[InterFax, Openfax, Imagicle]:
        """New clients, one for each provider.

        Raises:
            RuntimeError: It is not running.
        """
        return (
            InterFax(
                interfax.PRIMARY,
                interfax.PASSWORD,
                base_url=self.url,
                timezone="UTC",
                currency="USD",
            ),
            Openfax(openfax.API_KEY, base_url=self.url, timezone="UTC"),
            Imagicle(self.url, imagicle.USERNAME, imagicle.PASSWORD, timezone=imagicle.TIMEZONE),
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
