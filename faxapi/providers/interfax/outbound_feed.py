"""The feed of sent faxes: new ones, those still in process, and what an earlier run left.

A window that reaches up to now is walked with FaxStatusEx from the newest fax down; one that ended
before is asked for with FaxQuery2, and so are other users' faxes, which FaxStatusEx does not list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from faxapi.errors import DecodeError, InvalidRequest, PermissionDenied
from faxapi.notice import Notice
from faxapi.providers.interfax.activity import to_fax
from faxapi.providers.interfax.codes import FAX_STATUS
from faxapi.providers.interfax.models import FaxItemEx, FaxItemEx2
from faxapi.providers.interfax.operations import FAX_QUERY2
from faxapi.providers.interfax.outbound import Page, Pages
from faxapi.providers.interfax.queries import QueryCondition, QueryControl, QueryForm
from faxapi.providers.interfax.readers import MOST_ITEMS, read_query, read_query2
from faxapi.providers.interfax.state import Gap, Marks, OutboundState, UserState, vanished
from faxapi.providers.interfax.users import in_turn, key_of, user_names

if TYPE_CHECKING:
    from faxapi.providers.feed import Ask, Out
    from faxapi.providers.rows import Rows
    from faxapi.providers.soap import SoapService

# Ids are not proven to follow the time of submission.
_MARGIN = timedelta(hours=1)
# InterFax keeps a fax's data for about this long after the end of its month.
_KEPT = timedelta(days=30)
# Whoever may not use FaxQuery2, or meets another form of it, can still walk.
_REFUSED = (DecodeError, InvalidRequest, PermissionDenied)


async def own_faxes(service: SoapService, newest: int, ask: Ask, out: Out) -> None:
    """Report the login's own faxes, by the route that costs the fewest queries.

    Args:
        service: The account's service.
        newest: Where a walk starts; above every id.
        ask: What to report.
        out: Where to.

    Raises:
        FaxApiError: As `Outbound.fax_status_ex`.
    """
    state = ask.restore(OutboundState) or OutboundState()
    reader = UserReader(service, ask, out, service.provider.username, state)
    if ask.window.until < ask.now - _MARGIN and await reader.query_if_allowed():
        await reader.look_again()
        return
    await reader.walk(newest)
    await reader.look_again()
    for gap in tuple(reader.marks.gaps):
        await reader.read_gap(gap)


async def account_faxes(service: SoapService, ask: Ask, out: Out) -> None:
    """Report every user's faxes; needs a primary user's login, and a query or more for each user.

    Raises:
        PermissionDenied: The login is not a primary user's.
        FaxApiError: As `Outbound.fax_query2`.
    """
    state = ask.restore(OutboundState) or OutboundState()
    names = await user_names(service)
    keys = {key_of(name) for name in names}
    left = [user for key, user in state.users.items() if key not in keys]
    if still_open := [fax for user in left for fax in user.open]:
        out.notice(vanished(still_open))
    users = {key: state.users[key] for key in state.users.keys() & keys}
    state = OutboundState(users=users, last=state.last)
    for name in in_turn(names, state.last):
        reader = UserReader(service, ask, out, name, state)
        await reader.query()
        await reader.look_again_as_primary()
        state = reader.state().model_copy(update={"last": key_of(name)})
        out.checkpoint(state)


class UserReader:
    """Reads one user's faxes, and leaves a checkpoint behind each page.

    Args:
        service: The account's service.
        ask: What is asked for.
        out: Where the faxes go.
        user: The user's name.
        state: How far the feed was read so far.
    """

    def __init__(
        self, service: SoapService, ask: Ask, out: Out, user: str, state: OutboundState
    ) -> None:
        self._service = service
        self._ask = ask
        self._out = out
        self._user = user
        self._key = key_of(user)
        self._before = state
        self.marks = Marks(state.users.get(self._key, UserState()), ask)

    def state(self) -> OutboundState:
        """How far the feed was read by now."""
        users = {**self._before.users, self._key: self.marks.state()}
        return OutboundState(users=users, last=self._before.last)

    async def walk(self, newest: int) -> None:
        """Read from the newest fax down to what was read before, or to the window's start."""
        floor = self.marks.top
        pages = Pages(self._service, newest, from_newest=True)
        if not await self._descend(pages, floor):
            self._report_retention()
        self.marks.end_walk()
        self._save()

    async def read_gap(self, gap: Gap) -> None:
        """Read what a run that was cut short has left out."""
        pages = Pages(self._service, gap.below)
        if not await self._descend(pages, gap.above, gap):
            self._report_retention()
        self._save()

    async def _descend(self, pages: Pages, floor: int, gap: Gap | None = None) -> bool:
        """Read pages down to a fax; False if the list ended before."""
        reached = False
        while (page := await pages.next()) is not None:
            self._tell(page.notices)
            above = [item for item in page.items if item.transaction_id > floor]
            known = [item for item in page.items if item.transaction_id in self.marks.open]
            await self._deliver({item.transaction_id: item for item in [*above, *known]}.values())
            if above and gap is not None:
                gap = self.marks.read_gap(gap, above)
            elif above:
                self.marks.read_down(above, floor)
            self._save()
            reached = reached or self._reaches_start(page)
            if len(above) < len(page.items) or self._is_too_old(page):
                reached = True
                break
        if gap:
            self.marks.end_gap(gap)
        return reached

    async def query_if_allowed(self) -> bool:
        """Read upwards, unless InterFax does not answer the query as its pages say."""
        try:
            first = await self._read_up(self._start())
        except _REFUSED:
            return False
        await self._query(first)
        return True

    async def query(self) -> None:
        """Read upwards from what was read before, with one query after the other.

        Each asks for what lies above the last fax of the one before, so that nothing is passed over
        where faxes come or go meanwhile.

        Raises:
            FaxApiError: As `Outbound.fax_query2`.
        """
        await self._query(await self._read_up(self._start()))

    def _start(self) -> int:
        """Where a query starts, which knows no gaps: at the lowest."""
        return min([self.marks.top, *(gap.above for gap in self.marks.gaps)])

    async def _query(self, rows: Rows[FaxItemEx2]) -> None:
        self.marks.widen()
        unread: list[Notice] = []
        while True:
            # A query starts above the last row that was read, so it repeats a bad one behind that.
            new = [notice for notice in rows.skipped if notice not in unread]
            unread = rows.skipped
            self._tell([*new, *self._service.provider.notices(rows.reading)])
            await self._deliver(rows.items)
            self.marks.read_up(rows.items)
            self._save()
            found = len(rows.items) + len(rows.skipped)
            # A full page may have more behind it, whatever is counted.
            if not found or (found < MOST_ITEMS and found == rows.number("TotalTransactionsNum")):
                break
            if not rows.items:
                with self._service.provider.located(FAX_QUERY2.label):
                    raise DecodeError("no row of a page could be read, so the next is not known")
            rows = await self._read_up(rows.items[-1].transaction_id)
        self._report_retention()

    async def _read_up(self, above: int) -> Rows[FaxItemEx2]:
        """The user's next faxes above an id, by FaxQuery2.

        Raises:
            DecodeError: They are not in the order that was asked for.
            FaxApiError: As `Outbound.fax_query2`.
        """
        window = self._ask.window
        form = QueryForm(
            user_id=QueryCondition.of("Equals", self._user),
            transaction_id=QueryCondition.of("GreaterThan", above),
            date_from=window.since - _MARGIN,
            date_to=window.until + _MARGIN,
        )
        rows = await read_query2(self._service, form, QueryControl())
        ids = [above, *(item.transaction_id for item in rows.items)]
        if any(first >= second for first, second in pairwise(ids)):
            with self._service.provider.located(FAX_QUERY2.label):
                raise DecodeError("the faxes do not come in the order of their ids")
        return rows

    async def look_again(self) -> None:
        """Read the open faxes that were not met, a hundred with each query."""
        for ids in _hundreds(self.marks.unmet()):
            rows = await read_query(self._service, "IN", ids)
            await self._look(ids, rows)

    async def look_again_as_primary(self) -> None:
        """Read another user's open faxes that were not met."""
        for ids in _hundreds(self.marks.unmet()):
            form = QueryForm(
                user_id=QueryCondition.of("Equals", self._user),
                transaction_id=QueryCondition.of("IncludedIn", *ids),
            )
            rows = await read_query2(self._service, form, QueryControl())
            await self._look(ids, rows)

    async def _look(self, ids: Sequence[int], rows: Rows[FaxItemEx] | Rows[FaxItemEx2]) -> None:
        self._tell([*rows.skipped, *self._service.provider.notices(rows.reading)])
        found = {item.transaction_id: item for item in rows.items}
        await self._deliver(found[number] for number in ids if number in found)
        # A row that cannot be read may be any of those that are missing.
        if not rows.skipped and (
            gone := self.marks.missed(number for number in ids if number not in found)
        ):
            self._out.notice(vanished(gone))
        self._save()

    async def _deliver(self, items: Iterable[FaxItemEx]) -> None:
        for item in items:
            record = to_fax(self._service.provider, item)
            # An open fax may lie in a gap too.
            if item.transaction_id in self.marks.met or not self._ask.holds(record.at):
                continue
            if item.status is not None and item.status not in FAX_STATUS:
                meaning = "in process" if item.status < 0 else "failed"
                text = (
                    f"fax status {item.status} is not in InterFax's list, and counts as {meaning}"
                )
                self._out.notice(Notice("unknown_code", text, path="FaxItemEx/Status"))
            await self._out.record(record)
            self.marks.note(item)

    def _tell(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            self._out.notice(notice)

    def _save(self) -> None:
        self._out.checkpoint(self.state())

    def _is_too_old(self, page: Page) -> bool:
        """Whether a whole page lies before the window."""
        times = [item.submit_time for item in page.items if item.submit_time is not None]
        return bool(times) and max(times) < self._ask.window.since - _MARGIN

    def _reaches_start(self, page: Page) -> bool:
        times = [item.submit_time for item in page.items if item.submit_time is not None]
        return bool(times) and min(times) < self._ask.window.since

    def _report_retention(self) -> None:
        """Say what InterFax may have deleted, where its list ended before the window's start."""
        ask = self._ask
        kept = ask.now - _KEPT
        oldest = kept.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        if ask.older_than(ask.now - oldest):
            self._out.notice(
                Notice(
                    "retention",
                    "InterFax deletes a fax's data about 30 days after the end of its month",
                    gap=True,
                    since=ask.unread_since,
                    until=min(oldest, ask.window.until),
                )
            )


def _hundreds(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + MOST_ITEMS] for start in range(0, len(ids), MOST_ITEMS))
