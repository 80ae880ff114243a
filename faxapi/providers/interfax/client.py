"""InterFax's client."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, Self, Unpack, get_args

from pydantic import SecretStr

from faxapi.errors import ConfigurationError
from faxapi.providers.base import Provider, to_secret
from faxapi.providers.interfax import inbound_feed, outbound_feed, usage_feed
from faxapi.providers.interfax.admin import Admin
from faxapi.providers.interfax.codes import RESULT_CODES
from faxapi.providers.interfax.inbound import Inbound
from faxapi.providers.interfax.outbound import NEWEST, Outbound
from faxapi.providers.settings import SoapOptions
from faxapi.providers.soap import SoapService, soap_version
from faxapi.records import Direction
from faxapi.transport.pace import Pace
from faxapi.wire.soap import SoapVersion

if TYPE_CHECKING:
    from faxapi.providers.feed import Ask, Out

BASE_URL = "https://ws.interfax.net"

Scope = Literal["user", "account"]


class InterFax(Provider, name="interfax"):
    """An InterFax login.

    Args:
        username: The login's name.
        password: Its password.
        scope: Whose activity is collected: the login's own, or every user's of the account.
        newest_transaction_id: Where a walk over the faxes starts; above every id.
        options: See `SoapOptions`.

    Raises:
        ConfigurationError: A setting is wrong.
    """

    # B: 6 requests a minute for each user name, over the operations that are `counted`.
    default_pace: ClassVar[Pace | None] = Pace(6, per=60)

    outbound: Outbound
    inbound: Inbound
    admin: Admin

    def __init__(
        self,
        username: str,
        password: str | SecretStr,
        *,
        scope: Scope = "user",
        newest_transaction_id: int = NEWEST,
        **options: Unpack[SoapOptions],
    ) -> None:
        secret = _hidden(password)
        del password  # A traceback that shows this frame must not show it.
        base_url = options.pop("base_url", BASE_URL)
        version = options.pop("soap_version", SoapVersion.V1_1)
        super().__init__(base_url, username, options, secret=secret)
        with self.located():
            _check(username, secret, scope)
            envelope = soap_version(version)
        self.scope: Scope = scope
        self.newest_transaction_id = newest_transaction_id
        self._bind(SoapService(self, secret, envelope, RESULT_CODES))

    def with_credentials(self, username: str, password: str | SecretStr) -> Self:
        """The same account's settings and connections with another login; open while this one is.

        Raises:
            ConfigurationError: User name or password are empty.
        """
        secret = _hidden(password)
        del password  # As above.
        with self.located():
            _check(username, secret, self.scope)
        other = self.with_identity(username, secret)
        service = SoapService(other, secret, self._service.version, RESULT_CODES)
        other._bind(service)  # noqa: SLF001 - a copy of this very client
        return other

    def _bind(self, service: SoapService) -> None:
        self._service = service
        self.outbound = Outbound(service, self.newest_transaction_id)
        self.inbound = Inbound(service)
        self.admin = Admin(service)

    async def check(self) -> None:
        """Ask for the newest fax, to see whether the login is good; it counts as a query.

        Raises:
            FaxApiError: As `outbound.fax_status_ex`.
        """
        await self.outbound.fax_status_ex(max_items=1)

    async def outbound_faxes(self, ask: Ask, out: Out) -> None:
        """Report the faxes submitted in the window, and those still open from before."""
        if self.scope == "account":
            await outbound_feed.account_faxes(self._service, ask, out)
        else:
            await outbound_feed.own_faxes(self._service, self.newest_transaction_id, ask, out)

    async def inbound_faxes(self, ask: Ask, out: Out) -> None:
        """Report the faxes received in the window."""
        if self.scope == "account":
            await inbound_feed.account_faxes(self._service, ask, out)
        else:
            await inbound_feed.own_faxes(self._service, ask, out)

    async def outbound_usage(self, ask: Ask, out: Out) -> None:
        """Report the totals by user of what was sent; needs a primary user's login."""
        await self._usage(Direction.OUTBOUND, ask, out)

    async def inbound_usage(self, ask: Ask, out: Out) -> None:
        """Report the totals by user and number of what came in; needs a primary user's login."""
        await self._usage(Direction.INBOUND, ask, out)

    async def _usage(self, direction: Direction, ask: Ask, out: Out) -> None:
        only_my_user = self.scope == "user"
        await usage_feed.usage(self._service, direction, ask, out, only_my_user=only_my_user)


def _hidden(password: str | SecretStr) -> SecretStr:
    """Whatever was given, not yet checked, as a value that no repr shows."""
    return password if isinstance(password, SecretStr) else SecretStr(password)


def _check(username: str, secret: SecretStr, scope: str) -> None:
    if not username:
        raise ConfigurationError("the user name is empty", hint="Check where it is read from")
    to_secret(secret, "password")
    if scope not in get_args(Scope):
        raise ConfigurationError(f"scope is {scope!r}", hint='Give "user" or "account"')
