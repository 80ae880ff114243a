"""Imagicle Digital Fax (StoneFax), its Product Integration API."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypedDict, Unpack

from pydantic import SecretStr

from faxapi.errors import (
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    PermissionDenied,
)
from faxapi.providers.base import Provider, to_secret
from faxapi.providers.imagicle import feed
from faxapi.providers.imagicle.models import Fax
from faxapi.providers.imagicle.operations import (
    GET_INBOUND,
    GET_OUTBOUND,
    LIST_INBOUND,
    LIST_OUTBOUND,
)
from faxapi.providers.methods import calls
from faxapi.providers.paging import Paged
from faxapi.providers.rest import RestService
from faxapi.providers.settings import Options
from faxapi.window import Window
from faxapi.wire.scalars import format_time

if TYPE_CHECKING:
    from faxapi.providers.feed import Ask, Out
    from faxapi.wire.rest import RestOperation

# Imagicle knowledge base, article 520.
_LOGIN_HINT = (
    "Check user name and password. A user who signs in by single sign-on may use this API only "
    "where the server has AllowBasicAuthForSsoUsersViaWebApi=1, from release 2024.Spring.1 on"
)
_LEVEL_HINT = "The user's privilege level is too low: ask the server's administrator"


class When(TypedDict, total=False):
    """When a fax was submitted; at most one of these."""

    submitted: Window
    """From the window's start, up to its end."""
    submitted_after: datetime
    """Aware."""
    submitted_before: datetime
    """Aware."""


class Imagicle(Provider, name="imagicle"):
    """One Imagicle user's own faxes, sent and received.

    Args:
        base_url: The server, `"https://ucx.example.com"`; the API's path stays.
        username: An Imagicle user's name.
        password: That user's password.
        options: See `Options`; `timezone` is the server's, whose times name none.

    Raises:
        ConfigurationError: A setting is wrong.
    """

    def __init__(
        self, base_url: str, username: str, password: str | SecretStr, **options: Unpack[Options]
    ) -> None:
        secret = password if isinstance(password, SecretStr) else SecretStr(password)
        del password  # A traceback that shows this frame must not show it.
        super().__init__(base_url, username, options, secret=secret)
        with self.located():
            secret = to_secret(secret, "password")
            if not username or ":" in username:
                raise ConfigurationError(
                    "the user name is empty" if not username else "the user name has a ':'",
                    hint="HTTP Basic ends the user name at its first colon (RFC 7617, section 2)",
                )
        self._service = RestService(
            self,
            secret,
            hints={AuthenticationError: _LOGIN_HINT, PermissionDenied: _LEVEL_HINT},
            # A hint of .NET's serializer, such as "OutboundFax:StoneFax.Faxes".
            ignored=frozenset({"__type"}),
        )

    @calls(GET_OUTBOUND)
    async def get_outbound_fax(self, fax_id: str) -> Fax:
        """A sent fax with all its details.

        Raises:
            NotFound: The user has no such fax.
            FaxApiError: The server refuses otherwise, or the network fails.
        """
        return await self._service.item(GET_OUTBOUND, id=fax_id)

    @calls(GET_INBOUND)
    async def get_inbound_fax(self, fax_id: str) -> Fax:
        """A received fax with all its details.

        Raises:
            NotFound: The user has no such fax.
            FaxApiError: The server refuses otherwise, or the network fails.
        """
        return await self._service.item(GET_INBOUND, id=fax_id)

    @calls(LIST_OUTBOUND)
    async def list_outbound_faxes(
        self,
        *,
        page: int | None = None,
        page_size: int | None = None,
        **when: Unpack[When],
    ) -> list[Fax]:
        """Summaries of the user's sent faxes, in no documented order.

        Args:
            page: Which page, from 1.
            page_size: Faxes on a page; unless given, or 0, everything.
            when: Only faxes of a time: one of `submitted`, `submitted_after`, `submitted_before`.

        Raises:
            ConfigurationError: More than one time is given, or a page without a size.
            FaxApiError: The server refuses, the network fails, or an item cannot be read.
        """
        date = self._date(when)
        return await self._list(LIST_OUTBOUND, page, page_size, date)

    @calls(LIST_INBOUND)
    async def list_inbound_faxes(
        self,
        *,
        page: int | None = None,
        page_size: int | None = None,
        **when: Unpack[When],
    ) -> list[Fax]:
        """Summaries of the user's received faxes; see `list_outbound_faxes`.

        Raises:
            ConfigurationError: More than one time is given, or a page without a size.
            FaxApiError: The server refuses, the network fails, or an item cannot be read.
        """
        date = self._date(when)
        return await self._list(LIST_INBOUND, page, page_size, date)

    @calls(LIST_OUTBOUND)
    def iter_outbound_faxes(
        self,
        *,
        page_size: int = 100,
        **when: Unpack[When],
    ) -> Paged[Fax]:
        """Summaries of the user's sent faxes, page by page, each once.

        The list has no order and no total: a fax that arrives meanwhile can push another from a
        page not yet read to one read already. `list_outbound_faxes` reads all at once.

        Raises:
            ConfigurationError: More than one time is given, or a page size under 1.
            DecodeError: A page repeats what was read before: the server does not turn pages.
            FaxApiError: The server refuses, the network fails, or an item cannot be read.
        """
        date = self._date(when)
        return self._iter(LIST_OUTBOUND, page_size, date)

    @calls(LIST_INBOUND)
    def iter_inbound_faxes(
        self,
        *,
        page_size: int = 100,
        **when: Unpack[When],
    ) -> Paged[Fax]:
        """Summaries of the user's received faxes; see `iter_outbound_faxes`.

        Raises:
            ConfigurationError: More than one time is given, or a page size under 1.
            DecodeError: A page repeats what was read before: the server does not turn pages.
            FaxApiError: The server refuses, the network fails, or an item cannot be read.
        """
        date = self._date(when)
        return self._iter(LIST_INBOUND, page_size, date)

    async def check(self) -> None:
        """Ask for one sent fax, to see whether the login is good.

        Raises:
            FaxApiError: The server refuses, or the network fails.
        """
        await self._service.items(LIST_OUTBOUND, page=1, pageSize=1)

    async def outbound_faxes(self, ask: Ask, out: Out) -> None:
        """Report the sent faxes that were submitted in the window, one details call each."""
        await feed.faxes(self._service, feed.OUTBOUND, ask, out)

    async def inbound_faxes(self, ask: Ask, out: Out) -> None:
        """Report the received faxes of the window, one details call each."""
        await feed.faxes(self._service, feed.INBOUND, ask, out)

    async def _list(
        self,
        operation: RestOperation[Fax],
        page: int | None,
        page_size: int | None,
        date: str | None,
    ) -> list[Fax]:
        with self.located(operation.name):
            if (page_size or 0) < 0 or (page is not None and (page < 1 or not page_size)):
                raise ConfigurationError(
                    f"page {page} of page_size {page_size}",
                    hint="Pages count from 1 and need a page_size; 0 is everything",
                )
        rows = await self._service.items(operation, page=page, pageSize=page_size, date=date)
        with self.located(operation.name):
            if rows.skipped:
                raise DecodeError(
                    f"{len(rows.skipped)} items are bad; the first: {rows.skipped[0].text}"
                )
        return rows.items

    def _iter(self, operation: RestOperation[Fax], page_size: int, date: str | None) -> Paged[Fax]:
        if page_size < 1:
            with self.located(operation.name):
                raise ConfigurationError(f"page_size is {page_size}, and must be 1 or more")
        seen: set[str] = set()
        page = 1
        ended = False

        async def next_page() -> list[Fax] | None:
            nonlocal page, ended
            if ended:
                return None
            faxes = await self._list(operation, page, page_size, date)
            new = [fax for fax in faxes if not fax.fax_id or fax.fax_id not in seen]
            ids = {fax.fax_id for fax in new if fax.fax_id}
            if faxes and not ids:
                with self.located(operation.name):
                    raise DecodeError(
                        f"page {page} holds nothing new, so the server does not turn pages",
                        hint="Read all at once: list_…_faxes()",
                    )
            seen.update(ids)
            page += 1
            # A longer page is a server that knows no pages, and this is everything.
            ended = len(faxes) != page_size
            return new

        return Paged(next_page)

    def _date(self, when: When) -> str | None:
        """The server's date filter, in its own clock's time and in whole seconds."""
        with self.located():
            if len(when) > 1:
                raise ConfigurationError(
                    f"{' and '.join(when)} are both given",
                    hint="For a start and an end, give a Window",
                )
            if window := when.get("submitted"):
                return f"between:{self._clock(window.since)};{self._clock(_up(window.until))}"
            if after := when.get("submitted_after"):
                return f"after:{self._clock(after)}"
            before = when.get("submitted_before")
            return f"before:{self._clock(_up(before))}" if before else None

    def _clock(self, moment: datetime) -> str:
        return format_time(moment, self.settings.zone)


def _up(moment: datetime) -> datetime:
    """The next whole second: an upper bound is not in the answer."""
    return (
        moment if not moment.microsecond else moment.replace(microsecond=0) + timedelta(seconds=1)
    )
