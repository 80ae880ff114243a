"""The outbound service: faxes that were sent or are being sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faxapi.errors import ConfigurationError, DecodeError, NotFound
from faxapi.notice import Notice
from faxapi.providers.interfax.models import FaxItemEx, FaxStatusExResult
from faxapi.providers.interfax.operations import FAX_STATUS_EX
from faxapi.providers.paging import Paged

if TYPE_CHECKING:
    from faxapi.providers.rows import Rows
    from faxapi.providers.soap import SoapService

NEWEST = 2_147_483_647
"""Above every transaction id: the largest xs:int.

InterFax's pages say 999999999, which ids that grow by some hundred million a year will pass.
"""

DOCUMENTED_START = 999_999_999
"""Where InterFax's pages start a walk."""

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
            ConfigurationError: `page_size` is not 1 to 100.
            DecodeError: A page repeats what came before.
            FaxApiError: As `fax_status_ex`.
        """
        start, from_newest = self._start(last_transaction_id), last_transaction_id is None
        return FaxItems(Pages(self._service, start, page_size, from_newest=from_newest))

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
            raise NotFound(
                f"there is no fax {transaction_id}",
                hint="Look for it under the login that sent it; InterFax keeps a fax's data until "
                "about 30 days after the end of its month",
            )

    def _start(self, last_transaction_id: int | None) -> int:
        return self._newest if last_transaction_id is None else last_transaction_id


@dataclass(frozen=True, slots=True)
class Page:
    """One step of a walk: its faxes, and what was met while reading it."""

    items: list[FaxItemEx]
    notices: list[Notice]


@dataclass(slots=True)
class Pages:
    """A walk over the user's faxes, from a transaction id downwards.

    Attributes:
        service: The outbound service.
        start: Above the first fax of the next page.
        size: Faxes a page.
        from_newest: Whether `start` is meant to lie above every fax.
        ended: Whether the last page was read.
        met: How many rows were met so far.
        skipped: The unreadable rows of the last page.
    """

    service: SoapService
    start: int
    size: int = MOST_ITEMS
    from_newest: bool = False
    ended: bool = False
    met: int = 0
    skipped: list[Notice] = field(default_factory=list)

    async def next(self) -> Page | None:
        """The next page; None after the last one.

        Raises:
            DecodeError: The page does not lie below the one before: the walk would never end.
            FaxApiError: As `Outbound.fax_status_ex`.
        """
        if self.ended:
            return None
        rows = await read_page(self.service, self.start, self.size)
        notices = []
        if self.from_newest and not self.met and _counts_more(rows):
            # Either the start lies too low or too high, or all that is counted was deleted.
            rows = await read_page(self.service, DOCUMENTED_START, self.size)
            if rows.items or rows.skipped:
                notices.append(_started_wrong(self.start))
                self.start = DOCUMENTED_START
        # A page starts below the last row that was read, so it repeats a bad row at its start.
        skipped = [notice for notice in rows.skipped if notice not in self.skipped]
        self.skipped = rows.skipped
        first: dict[int, FaxItemEx] = {}
        for item in rows.items:
            first.setdefault(item.transaction_id, item)
        items = list(first.values())
        notices += [*skipped, *self.service.provider.notices(rows.reading)]
        if repeated := len(rows.items) - len(items):
            notices.append(_repeated(repeated))
        total = _number(rows, "TotalCount")
        self.met += len(items) + len(skipped)
        self.ended = self._is_last(rows, len(items) + len(skipped), total)
        with self.service.provider.located(FAX_STATUS_EX.label):
            self._advance([item.transaction_id for item in items])
        return Page(items, notices)

    def _is_last(self, rows: Rows[FaxItemEx], fresh: int, total: int | None) -> bool:
        # A skipped row counts, else one that is unreadable would end the walk.
        found = len(rows.items) + len(rows.skipped)
        short = max(found, _number(rows, "ListSize") or 0) < self.size
        # A service may give less than it is asked for, so a short page alone is no end.
        return not found or (short and (not fresh or (total is not None and self.met >= total)))

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
        self.notices += [notice for notice in page.notices if notice not in self.notices]
        return page.items


def _repeated(count: int) -> Notice:
    text = "a page holds the same TransactionID more than once; the first of each was taken"
    return Notice("repeated_record", text, count=count, path="FaxItemEx/TransactionID")


def _counts_more(rows: Rows[FaxItemEx]) -> bool:
    """Whether a page is empty, though the user has faxes by the service's own count."""
    return not (rows.items or rows.skipped) and (_number(rows, "TotalCount") or 0) > 0


def _started_wrong(start: int) -> Notice:
    text = (
        f"InterFax lists no fax below id {start}, but some below {DOCUMENTED_START}: set "
        "newest_transaction_id to an id a little above the newest fax, or newer ones are missed"
    )
    return Notice("empty_list", text, gap=True)


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
