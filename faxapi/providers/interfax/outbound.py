"""The outbound service: faxes that were sent or are being sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from typing import TYPE_CHECKING

from faxapi.errors import DecodeError, NotFound
from faxapi.notice import Notice
from faxapi.providers.interfax.models import FaxItemEx, FaxStatusExResult
from faxapi.providers.interfax.operations import FAX_QUERY, FAX_QUERY2, FAX_STATUS_EX
from faxapi.providers.interfax.queries import (
    ANY,
    EARLIEST,
    FIRST_RECORD,
    LATEST,
    FaxQuery2Result,
    FaxQueryResult,
    FaxQueryVerb,
    OrderBy,
    QueryCondition,
    QueryControl,
    QueryForm,
    StatusCount,
)
from faxapi.providers.interfax.readers import (
    MOST_ITEMS,
    check_choice,
    read_page,
    read_query,
    read_query2,
)
from faxapi.providers.methods import calls
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


class Outbound:
    """`interfax.outbound`: InterFax's dfs.asmx.

    InterFax allows each user 6 queries a minute, those of the inbound service among them; one more
    waits for its turn.
    """

    def __init__(self, service: SoapService, newest: int) -> None:
        self._service = service
        self._newest = newest

    @calls(FAX_STATUS_EX)
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
            RateLimited: InterFax has refused it three times, each after a pause.
            FaxApiError: The login was rejected, or what happened on the way.

        Source: InterFax, FaxStatusEx operation and reference pages.
        """
        page = await read_page(self._service, self._start(last_transaction_id), max_items)
        return FaxStatusExResult(
            items=page.items,
            total_count=page.number("TotalCount"),
            list_size=page.number("ListSize"),
            result_code=page.number("ResultCode") or 0,
            notices=(*page.skipped, *self._service.provider.notices(page.reading)),
        )

    @calls(FAX_STATUS_EX)
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

    @calls(FAX_QUERY)
    async def fax_query(
        self,
        *,
        verb: FaxQueryVerb,
        verb_data: str | int | Iterable[int] = "",
        max_items: int = MOST_ITEMS,
    ) -> FaxQueryResult:
        """The user's faxes that meet a condition on their ids: `verb="IN", verb_data=[7, 9]`.

        A row that cannot be read is left out and named in the result's `notices`.

        Args:
            verb: IN, BETWEEN, EQ, LT, LE, GT, GE; PARENT for a broadcast by its first fax; ACTIVE
                for every fax in process.
            verb_data: An id, or several; nothing for ACTIVE.
            max_items: 1 to 100.

        Raises:
            ConfigurationError: There is no such verb, or `max_items` is out of its range.
            InvalidRequest: `verb_data` does not go with the verb.
            RateLimited: InterFax has refused it three times, each after a pause.
            FaxApiError: The login was rejected, or what happened on the way.

        Source: InterFax, FaxQuery operation and reference pages.
        """
        check_choice(self._service, FAX_QUERY, "verb", verb, FaxQueryVerb)
        page = await read_query(self._service, verb, verb_data, max_items)
        return FaxQueryResult(
            items=tuple(page.items),
            result_code=page.number("ResultCode") or 0,
            notices=(*page.skipped, *self._service.provider.notices(page.reading)),
        )

    @calls(FAX_QUERY2)
    async def fax_query2(
        self,
        *,
        subject: QueryCondition = ANY,
        fax_number: QueryCondition = ANY,
        date_from: date | None = None,
        date_to: date | None = None,
        user_id: QueryCondition = ANY,
        reply_address: QueryCondition = ANY,
        transaction_id: QueryCondition = ANY,
        parent_transaction_id: QueryCondition = ANY,
        status: QueryCondition = ANY,
        show_hidden_transactions: bool = True,
        only_parents: bool = False,
        num_of_results: int = MOST_ITEMS,
        starting_record: int = FIRST_RECORD,
        order_by: OrderBy = "TransactionID",
        ascending: bool = True,
        return_items: bool = True,
        return_stats: bool = False,
    ) -> FaxQuery2Result:
        """One page of the faxes that meet every condition given.

        A row that cannot be read is left out and named in the result's `notices`.

        Args:
            subject: A condition such as `QueryCondition.of("Like", "Order %")`; case is ignored.
            fax_number: On the number the fax was sent to.
            date_from: The earliest time of submission, in whole seconds: an aware datetime, or a
                date for its midnight on the account's clock.
            date_to: The latest, likewise.
            user_id: On the sender; only a primary user's query finds other users' faxes.
            reply_address: On the address that a confirmation goes to.
            transaction_id: On the fax's id.
            parent_transaction_id: On the id of its broadcast's first fax.
            status: On its status: below 0 in process, 0 sent, above 0 failed.
            show_hidden_transactions: Whether faxes count that were taken off the user's list.
            only_parents: Whether only the first fax of each broadcast counts.
            num_of_results: 1 to 100.
            starting_record: How many faxes, in the order asked for, come before this page.
            order_by: What to sort by.
            ascending: Whether the smallest comes first.
            return_items: Whether to answer the faxes.
            return_stats: Whether to answer how many there are of each status.

        Raises:
            ConfigurationError: A value is out of its range, or a datetime has no zone.
            InvalidRequest: A condition cannot be read, or neither items nor stats were asked for.
            PermissionDenied: Only a primary user may look for these faxes.
            RateLimited: InterFax has refused it three times, each after a pause.
            FaxApiError: The login was rejected, or what happened on the way.

        Source: InterFax, FaxQuery2 operation and reference pages.
        """
        check_choice(self._service, FAX_QUERY2, "order_by", order_by, OrderBy)
        zone = self._service.provider.settings.zone
        form = QueryForm(
            subject=subject,
            fax_number=fax_number,
            date_from=_moment(date_from, zone) or EARLIEST,
            date_to=_moment(date_to, zone) or LATEST,
            user_id=user_id,
            reply_address=reply_address,
            transaction_id=transaction_id,
            parent_transaction_id=parent_transaction_id,
            status=status,
            show_hidden_transactions=show_hidden_transactions,
        )
        control = QueryControl(
            only_parents=only_parents,
            num_of_results=num_of_results,
            starting_record=starting_record,
            order_by=order_by,
            asc_order_direction=ascending,
            return_items=return_items,
            return_stats=return_stats,
        )
        page = await read_query2(self._service, form, control)
        stats, unread = page.decode_beside(StatusCount, "StatusCount")
        return FaxQuery2Result(
            items=tuple(page.items),
            stats=tuple(stats),
            total_transactions=page.number("TotalTransactionsNum"),
            result_code=page.number("ResultCode") or 0,
            errors_html=page.siblings.get("ErrorsDescriptionHTMLFormat") or None,
            notices=(*page.skipped, *unread, *self._service.provider.notices(page.reading)),
        )

    @calls(FAX_STATUS_EX)
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


def _moment(day: date | None, zone: tzinfo) -> datetime | None:
    """A plain date's midnight in the account's zone; a datetime as it is."""
    if day is None or isinstance(day, datetime):
        return day
    return datetime.combine(day, time(), zone)


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
        total = rows.number("TotalCount")
        self.met += len(items) + len(skipped)
        self.ended = self._is_last(rows, len(items) + len(skipped), total)
        with self.service.provider.located(FAX_STATUS_EX.label):
            self._advance([item.transaction_id for item in items])
        return Page(items, notices)

    def _is_last(self, rows: Rows[FaxItemEx], fresh: int, total: int | None) -> bool:
        # A skipped row counts, else one that is unreadable would end the walk.
        found = len(rows.items) + len(rows.skipped)
        short = max(found, rows.number("ListSize") or 0) < self.size
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
    return not (rows.items or rows.skipped) and (rows.number("TotalCount") or 0) > 0


def _started_wrong(start: int) -> Notice:
    text = (
        f"InterFax lists no fax below id {start}, but some below {DOCUMENTED_START}: set "
        "newest_transaction_id to an id a little above the newest fax, or newer ones are missed"
    )
    return Notice("empty_list", text, gap=True)
