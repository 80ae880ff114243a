"""The feed of received faxes: those that came in since the last one that an earlier run delivered.

GetList2 names no order, and a page of it is found by its number alone: so nothing is known of what
came in between two times before the last page of it was read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from faxapi.cursor import Mark
from faxapi.errors import DecodeError
from faxapi.notice import Notice
from faxapi.providers.feed import State
from faxapi.providers.interfax.activity import to_inbound_fax
from faxapi.providers.interfax.codes import MESSAGE_STATUS
from faxapi.providers.interfax.inbound import received_between
from faxapi.providers.interfax.messages import MessageControl, MessageForm, MessageItem2
from faxapi.providers.interfax.operations import GET_LIST2
from faxapi.providers.interfax.queries import FIRST_RECORD
from faxapi.providers.interfax.readers import MOST_ITEMS, read_inbound
from faxapi.providers.interfax.users import in_turn, key_of, user_names

if TYPE_CHECKING:
    from faxapi.providers.feed import Ask, Out
    from faxapi.providers.rows import Rows
    from faxapi.providers.soap import SoapService

# A fax may be listed late, and the hour that a zone's clocks repeat has the same times twice.
_MARGIN = timedelta(hours=1)
_WALKS = 3
# B: InterFax, "System Limitations", http://www.interfax.net/en/help/limitations
_KEPT = timedelta(days=60)


class Walk(State):
    """How far a list was read: the next page begins with the last record of the one before.

    Attributes:
        until: The end of the time that is listed; its start follows from the mark.
        start: The number of the next page's first record.
        last: The MessageID of the last record that was read; None before the first page.
        met: How many records were read.
        fewest: The fewest that the service has counted meanwhile.
    """

    until: Mark
    start: int = FIRST_RECORD
    last: int | None = None
    met: int = 0
    fewest: int | None = None

    @property
    def whole(self) -> bool:
        """Whether as many were read as the service has counted."""
        return self.met >= (self.fewest or 0)

    def new(self, rows: Rows[MessageItem2]) -> list[MessageItem2] | None:
        """What a page has behind the last record; None without that: then the list has shifted."""
        if self.last is None:
            return rows.items
        ids = [item.message_id for item in rows.items]
        return rows.items[ids.index(self.last) + 1 :] if self.last in ids else None

    def ends_with(self, rows: Rows[MessageItem2]) -> bool:
        """Whether a page is the last one.

        A service may give less than it is asked for, and a full page may have more behind it.
        """
        found, total = len(rows.items) + len(rows.skipped), _total(rows)
        counted = found < MOST_ITEMS and total is not None and self.start + found >= total
        return counted or not self.new(rows)

    def after(self, rows: Rows[MessageItem2], met: int) -> Walk:
        """The walk behind a page on which so many records were met for the first time."""
        totals = [each for each in (self.fewest, _total(rows)) if each is not None]
        return Walk(
            until=self.until,
            # Any row that cannot be read may stand behind the last one that can.
            start=self.start + max(len(rows.items) - 1, 0),
            last=rows.items[-1].message_id if rows.items else self.last,
            met=self.met + met,
            fewest=min(totals, default=None),
        )


class UserState(State):
    """How far one user's received faxes were read.

    Attributes:
        mark: The ReceiveTime of the youngest one of all that was read whole.
        recent: The youngest that were delivered: when they came in, by MessageID.
        walk: What is being read since.
    """

    mark: Mark | None = None
    recent: Mapping[int, Mark] = {}
    walk: Walk | None = None


class InboundState(State):
    """How far the feed was read.

    Attributes:
        users: Each user by a digest of the name.
        last: The user that was read last, for the others to have their turn.
    """

    users: Mapping[str, UserState] = {}
    last: str | None = None


async def own_faxes(service: SoapService, ask: Ask, out: Out) -> None:
    """Report what the login's own user has received.

    Raises:
        FaxApiError: As `Inbound.get_list2`.
    """
    state = ask.restore(InboundState) or InboundState()
    await UserReader(service, ask, out, service.provider.username, state).read()
    _report_retention(ask, out)


async def account_faxes(service: SoapService, ask: Ask, out: Out) -> None:
    """Report what every user has received; needs a primary user's login, and a query for each.

    Raises:
        PermissionDenied: The login is not a primary user's.
        FaxApiError: As `Inbound.get_list2`.
    """
    state = ask.restore(InboundState) or InboundState()
    names = await user_names(service)
    keys = state.users.keys() & {key_of(name) for name in names}
    state = InboundState(users={key: state.users[key] for key in keys}, last=state.last)
    for name in in_turn(names, state.last):
        reader = UserReader(service, ask, out, name, state)
        await reader.read()
        state = reader.state().model_copy(update={"last": key_of(name)})
        out.checkpoint(state)
    _report_retention(ask, out)


class UserReader:
    """Reads what one user has received, and leaves a checkpoint behind each page.

    Args:
        service: The account's service.
        ask: What is asked for.
        out: Where the faxes go.
        user: The user's name.
        state: How far the feed was read so far.
    """

    def __init__(
        self, service: SoapService, ask: Ask, out: Out, user: str, state: InboundState
    ) -> None:
        self._service = service
        self._ask = ask
        self._out = out
        self._user = user
        self._key = key_of(user)
        self._before = state
        own = state.users.get(self._key, UserState())
        self._mark = own.mark
        self._recent = dict(own.recent)
        self._walk = own.walk
        self._delivered = set(own.recent)
        self._met: set[int] = set()
        self._unread: list[Notice] = []
        self._told: list[Notice] = []

    def state(self) -> InboundState:
        """How far the feed was read by now."""
        own = UserState(mark=self._mark, recent=self._recent, walk=self._walk)
        users = {**self._before.users, self._key: own}
        return InboundState(users=users, last=self._before.last)

    async def read(self) -> None:
        """Read what a run that was cut short has left, and then up to the window's end.

        Raises:
            DecodeError: The list is another one on every page, or a page cannot be read.
            FaxApiError: As `Inbound.get_list2`.
        """
        end = self._ask.window.until + _MARGIN
        if self._walk is not None and self._walk.until > end:
            self._drop_walk()
        if self._walk is not None and self._walk.until < end:
            await self._list(self._walk.until)
        if self._since < end - _MARGIN:
            await self._list(end)

    @property
    def _since(self) -> datetime:
        """The start of what is not known to be read whole."""
        since = self._ask.window.since
        return since if self._mark is None else max(since, self._mark)

    def _drop_walk(self) -> None:
        """Forget a walk to a later end than this run's, whose youngest faxes make no mark here."""
        self._walk = None
        mark = self._mark
        self._recent = {key: at for key, at in self._recent.items() if mark and at <= mark}

    async def _list(self, until: datetime) -> None:
        """Read all that came in up to a time, and move the mark."""
        for _ in range(_WALKS):
            self._met.clear()
            self._unread = []
            if await self._read_on(self._walk or Walk(until=until)):
                self._mark = max(self._settled(until), default=self._mark)
                self._walk = None
                self._out.checkpoint(self.state())
                return
            self._walk = None
        with self._service.provider.located(GET_LIST2.label):
            raise DecodeError(
                f"{_WALKS} times the list was another one before it was read to its end",
                hint="Collect again when fewer faxes come in or are deleted",
            )

    def _settled(self, until: datetime) -> list[datetime]:
        """When those came in that can be marks: before the run that began the walk.

        What is listed since may stand before the walk's place, an hour late at most.
        """
        return [at for at in self._recent.values() if at < until - _MARGIN]

    async def _read_on(self, walk: Walk) -> bool:
        """Read page after page; False if they are not all of one list."""
        while True:
            rows = await self._page(walk)
            new = walk.new(rows)
            if new is None:
                return False
            unread = self._tell(rows)
            await self._deliver(rows.items)
            self._forget(walk.until)
            new = [item for item in new if item.message_id not in self._met]
            self._met.update(item.message_id for item in new)
            ended = walk.ends_with(rows)
            walk = walk.after(rows, len(new) + unread)
            if ended:
                return walk.whole
            if not new:
                return False
            self._walk = walk
            self._out.checkpoint(self.state())

    async def _page(self, walk: Walk) -> Rows[MessageItem2]:
        received = received_between(self._since - _MARGIN, walk.until, self._ask.zone)
        form = MessageForm(user_id=self._user, receive_time=received)
        control = MessageControl(from_record_number=walk.start)
        return await read_inbound(self._service, form, control)

    def _tell(self, rows: Rows[MessageItem2]) -> int:
        """Say what was met while a page was read; how many of its rows could not be read."""
        unread = [notice for notice in rows.skipped if notice not in self._unread]
        new = [notice for notice in unread if notice not in self._told]
        self._unread = rows.skipped
        self._told += new
        for notice in [*new, *self._service.provider.notices(rows.reading)]:
            self._out.notice(notice)
        return len(unread)

    async def _deliver(self, items: Iterable[MessageItem2]) -> None:
        for item in items:
            record = to_inbound_fax(self._service.provider, item)
            if item.message_id in self._delivered or not self._ask.holds(record.at):
                continue
            status = item.message_status
            if status is not None and status not in MESSAGE_STATUS:
                text = f"message status {status} is not in InterFax's list, and counts as failed"
                self._out.notice(Notice("unknown_code", text, path="MessageItem2/MessageStatus"))
            await self._out.record(record)
            self._delivered.add(item.message_id)
            if item.receive_time is not None:
                self._recent[item.message_id] = item.receive_time

    def _forget(self, until: datetime) -> None:
        """Let go of what lies too far before the mark to be met again."""
        mark = max(self._settled(until), default=None)
        if mark is not None:
            since = mark - _MARGIN
            self._recent = {key: at for key, at in self._recent.items() if at >= since}


def _total(rows: Rows[MessageItem2]) -> int | None:
    return rows.number("TotalTransactionsNum")


def _report_retention(ask: Ask, out: Out) -> None:
    """Say what InterFax may have deleted."""
    if ask.older_than(_KEPT) and ask.unread_since < ask.window.until:
        out.notice(
            Notice(
                "retention",
                "InterFax keeps what it knows of a received fax for 60 days",
                gap=True,
                since=ask.unread_since,
                until=min(ask.now - _KEPT, ask.window.until),
            )
        )
