"""The outbound service: faxes that were sent or are being sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from faxapi.errors import ConfigurationError, DecodeError, NotFound
from faxapi.providers.base import Paged
from faxapi.providers.interfax.models import FaxItemEx, FaxStatusExResult
from faxapi.providers.interfax.operations import FAX_STATUS_EX

if TYPE_CHECKING:
    from faxapi.notice import Notice
    from faxapi.providers.rows import Rows
    from faxapi.providers.soap import SoapService

NEWEST = 2_147_483_647
"""Above every transaction id: the largest xs:int.

InterFax's pages say 999999999, which ids that grow by some hundred million a year will pass.
"""

MOST_ITEMS = 100
"""The most faxes of one call (InterFax, FaxStatusEx reference page)."""


class Outbound:
    """`interfax.outbound`: InterFax's dfs.asmx.

    InterFax allows each user 6 queries a minute; one more raises `RateLimited`.
    """

    def __init__(self, service: SoapService, newest: int) -> None:
        self._service = service
        self._newest = newest

    async def fax_status_ex(
        self, *, last_transaction_id: int | None = None, max_items: int = MOST_ITEMS
    ) -> FaxStatusExResult:
        """The user's faxes with ids strictly below `last_transaction_id`, newest first.

        A row that cannot be read is left out and named in the result's `notices`.

        Args:
            last_transaction_id: Where to start; at the newest unless given.
            max_items: 1 to 100.

        Raises:
            ConfigurationError: `max_items` is out of its range.
            RateLimited: More than 6 queries in a minute.
            FaxApiError: The login was rejected, or what happened on the way.

        Source: InterFax, FaxStatusEx operation and reference pages.
        """
        page = await read_page(self._service, self._start(last_transaction_id), max_items)
        return FaxStatusExResult(
            items=page.items,
            total_count=_number(page, "TotalCount"),
            list_size=_number(page, "ListSize"),
            result_code=_number(page, "ResultCode") or 0,
            notices=(*page.skipped, *self._service.provider.notices(page.reading)),
        )

    def iter_fax_items(
        self, *, last_transaction_id: int | None = None, page_size: int = MOST_ITEMS
    ) -> FaxItems:
        """All of the user's faxes below `last_transaction_id`, newest first, a query a page.

        A row that cannot be read is left out and named in the iterator's `notices`.

        Raises:
            DecodeError: A page repeats what came before.
            FaxApiError: As `fax_status_ex`.
        """
        return FaxItems(Pages(self._service, self._start(last_transaction_id), page_size))

    async def get_fax(self, transaction_id: int) -> FaxItemEx:
        """One fax.

        Raises:
            NotFound: The user has no such fax, or no longer.
            FaxApiError: As `fax_status_ex`.
        """
        page = await read_page(self._service, transaction_id + 1, 1, strict=True)
        # An absent id is answered with the next older fax.
        for item in page.items:
            if item.transaction_id == transaction_id:
                return item
        with self._service.provider.located(FAX_STATUS_EX.label):
            raise NotFound(f"there is no fax {transaction_id}")

    def _start(self, last_transaction_id: int | None) -> int:
        return self._newest if last_transaction_id is None else last_transaction_id


@dataclass(slots=True)
class Pages:
    """A walk over the user's faxes, from a transaction id downwards.

    Attributes:
        service: The outbound service.
        start: Above the first fax of the next page.
        size: Faxes a page.
        ended: Whether the last page was read.
    """

    service: SoapService
    start: int
    size: int = MOST_ITEMS
    ended: bool = False

    async def next(self) -> Rows[FaxItemEx] | None:
        """The next page; None after the last one.

        Raises:
            DecodeError: The page does not lie below the one before: the walk would never end.
            FaxApiError: As `Outbound.fax_status_ex`.
        """
        if self.ended:
            return None
        page = await read_page(self.service, self.start, self.size)
        # A skipped row counts, else one that is unreadable would end the walk.
        found = len(page.items) + len(page.skipped)
        self.ended = not found or max(found, _number(page, "ListSize") or 0) < self.size
        with self.service.provider.located(FAX_STATUS_EX.label):
            self._advance([item.transaction_id for item in page.items])
        return page

    def _advance(self, ids: list[int]) -> None:
        if ids and max(ids) >= self.start:
            raise DecodeError(
                f"fax {max(ids)} was answered where only those below {self.start} belong, so the "
                "pages would never end"
            )
        if not ids and not self.ended:
            raise DecodeError("no row of a page could be read, so nobody knows where the next is")
        self.start = min(ids, default=self.start)


class FaxItems(Paged[FaxItemEx]):
    """The faxes of a walk, as an async iterator.

    Attributes:
        notices: What was met so far: rows that could not be read, an assumed time zone.
    """

    def __init__(self, pages: Pages) -> None:
        super().__init__(self._next)
        self.notices: list[Notice] = []
        self._pages = pages

    async def _next(self) -> list[FaxItemEx] | None:
        page = await self._pages.next()
        if page is None:
            return None
        met = [*page.skipped, *self._pages.service.provider.notices(page.reading)]
        self.notices += [notice for notice in met if notice not in self.notices]
        return page.items


async def read_page(
    service: SoapService, start: int, size: int, *, strict: bool = False
) -> Rows[FaxItemEx]:
    """One page of faxes below an id, with what was met while reading it.

    Raises:
        ConfigurationError: The size is out of its range.
        FaxApiError: As `Outbound.fax_status_ex`.
    """
    if not 1 <= size <= MOST_ITEMS:
        with service.provider.located(FAX_STATUS_EX.label):
            raise ConfigurationError(
                f"{size} faxes were asked for in one call",
                hint=f"InterFax answers with 1 to {MOST_ITEMS} a call",
            )
    return await service.rows(
        FAX_STATUS_EX, FaxItemEx, strict=strict, LastTransactionID=start, MaxItems=size
    )


def _number(page: Rows[FaxItemEx], name: str) -> int | None:
    text = (page.siblings.get(name) or "").strip()
    return int(text) if text.removeprefix("-").isdecimal() else None
