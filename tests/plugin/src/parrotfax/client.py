"""ParrotFax's public methods."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal, Unpack

from pydantic import SecretStr

from faxapi import AuthenticationError, DecodeError, Direction
from faxapi.providers import HostedOptions, Pace, Provider, RestService, calls, to_secret
from parrotfax import activity
from parrotfax.models import Account, Fax
from parrotfax.operations import GET_ACCOUNT, GET_FAX, LIST_FAXES

if TYPE_CHECKING:
    from faxapi.providers import Ask, Out

BASE_URL = "https://api.parrotfax.example"


class ParrotFax(Provider, name="parrotfax"):
    """One ParrotFax account.

    Args:
        token: Its token.
        options: See `HostedOptions`.

    Raises:
        ConfigurationError: A setting is wrong.
    """

    # ParrotFax API reference, "Requests".
    default_pace: ClassVar[Pace | None] = Pace(120, per=60)

    def __init__(self, token: str | SecretStr, **options: Unpack[HostedOptions]) -> None:
        secret = token if isinstance(token, SecretStr) else SecretStr(token)
        del token  # A traceback that shows this frame must not show it.
        base_url = options.pop("base_url", BASE_URL)
        super().__init__(base_url, "", options, secret=secret)
        with self.located():
            secret = to_secret(secret, "token")
        self._service = RestService(
            self,
            secret,
            scheme="Bearer",
            hints={AuthenticationError: "Make a new token on ParrotFax's account page"},
        )

    async def check(self) -> None:
        """Ask whose token it is, which costs no more than any other call."""
        await self.get_account()

    @calls(GET_ACCOUNT)
    async def get_account(self) -> Account:
        """Whose token it is.

        Raises:
            FaxApiError: ParrotFax refuses, or the network fails.
        """
        return await self._service.item(GET_ACCOUNT)

    @calls(GET_FAX)
    async def get_fax(self, fax_id: int) -> Fax:
        """One fax, sent or received.

        Raises:
            NotFound: There is no such fax, or none any more.
            FaxApiError: ParrotFax refuses otherwise, or the network fails.
        """
        return await self._service.item(GET_FAX, id=str(fax_id))

    @calls(LIST_FAXES)
    async def list_faxes(
        self,
        direction: Literal["sent", "received"] = "sent",
        *,
        since: datetime | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> list[Fax]:
        """One page of faxes, lowest id first.

        Args:
            direction: Which faxes.
            since: The earliest time of creation, aware.
            after: Ids from the next one on.
            limit: 1 to 100.

        Raises:
            DecodeError: A fax cannot be read.
            FaxApiError: ParrotFax refuses, or the network fails.
        """
        rows = await self._service.items(
            LIST_FAXES,
            direction=direction,
            since=since and since.isoformat(),
            after=after,
            limit=limit,
        )
        if rows.skipped:
            with self.located(LIST_FAXES.name):
                raise DecodeError(rows.skipped[0].text)
        return rows.items

    async def outbound_faxes(self, ask: Ask, out: Out) -> None:
        """Report the sent faxes of the window."""
        await activity.FeedReader(self._service, Direction.OUTBOUND, ask, out).read()

    async def inbound_faxes(self, ask: Ask, out: Out) -> None:
        """Report the received faxes of the window."""
        await activity.FeedReader(self._service, Direction.INBOUND, ask, out).read()
