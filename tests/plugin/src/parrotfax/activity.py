"""ParrotFax's faxes as records: the one crossing from its vocabulary to the common one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from faxapi import (
    DecodeError,
    Direction,
    FaxApiError,
    FaxRecord,
    NotFound,
    Notice,
    Reason,
    Status,
)
from faxapi.providers import AT_ONCE, ItemFailures, State, unknown_code
from parrotfax.codes import FINAL, PROBLEMS, STATES
from parrotfax.operations import GET_FAX, LIST_FAXES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from faxapi.providers import Ask, Out, Provider, RestService, Rows
    from parrotfax.models import Fax

# ParrotFax API reference, "List of faxes".
KEPT = timedelta(days=90)
PAGE = 100
DIRECTIONS = {Direction.OUTBOUND: "sent", Direction.INBOUND: "received"}


class FaxState(State):
    """How far the faxes of one direction were read.

    Attributes:
        after: Every fax up to this id was delivered, or is a gap that was told.
        open: Of those, the ones that were not final when they were last seen, and those whose time
            no window has reached yet.
    """

    after: int = 0
    open: tuple[int, ...] = ()


class FeedReader:
    """Reads one direction's faxes from where the last run stopped, and the open ones again.

    Args:
        service: The account's service.
        direction: Which faxes.
        ask: What is asked for.
        out: Where they go.
    """

    def __init__(self, service: RestService, direction: Direction, ask: Ask, out: Out) -> None:
        state = ask.restore(FaxState) or FaxState()
        self._service = service
        self._direction = direction
        self._ask = ask
        self._out = out
        self._after = state.after
        self._open = set(state.open)

    async def read(self) -> None:
        """Deliver everything; whatever ends it early, what was done is kept.

        Raises:
            FaxApiError: ParrotFax refuses, or the network fails.
        """
        self._report_retention()
        try:
            await self._look_again()
            await self._read_on()
        finally:
            self._save()

    async def _look_again(self) -> None:
        failures = ItemFailures(self._out)

        async def look(fax_id: int) -> None:
            text = "a fax that was on the way could not be looked at again"
            gap = Notice("unread_fax", text, gap=True)
            reading = self._service.reading()
            try:
                fax = await self._service.item(GET_FAX, reading=reading, id=str(fax_id))
            except NotFound:
                failures.answered()
                self._open.discard(fax_id)
                self._out.notice(_VANISHED)
                return
            except FaxApiError as error:
                failures.note(error, gap)
                return
            failures.answered()
            self._tell(self._service.provider.notices(reading))
            await self._deliver(fax)

        await self._out.each(sorted(self._open), look, limit=AT_ONCE)
        self._save()

    async def _read_on(self) -> None:
        while True:
            rows = await self._page()
            for fax in rows.items:
                if self._is_later(fax.created_at):
                    # The next run's, and so is everything behind it.
                    return
                await self._deliver(fax)
                self._after = fax.fax_id
            end = rows.number("next")
            if end is None:
                return
            self._after = end
            self._save()

    async def _page(self) -> Rows[Fax]:
        """The faxes behind the mark.

        Raises:
            DecodeError: They are not behind it: to go on would never end.
            FaxApiError: ParrotFax refuses, or the network fails.
        """
        rows = await self._service.items(
            LIST_FAXES,
            direction=DIRECTIONS[self._direction],
            since=self._ask.window.since.isoformat(),
            after=self._after,
            limit=PAGE,
        )
        self._tell([*rows.skipped, *self._service.provider.notices(rows.reading)])
        end = rows.number("next")
        ids = [self._after, *(fax.fax_id for fax in rows.items)]
        if ids != sorted(set(ids)) or (end is not None and not self._after < end >= ids[-1]):
            with self._service.provider.located(LIST_FAXES.name):
                raise DecodeError("a page does not go on where the one before it ended")
        return rows

    async def _deliver(self, fax: Fax) -> None:
        record = fax_record(self._service.provider, self._direction, fax)
        if self._is_later(record.at):
            # The engine does not deliver it, so it is not done, even if it has ended.
            self._open.add(fax.fax_id)
            return
        if fax.state and record.status is Status.UNKNOWN:
            self._out.notice(unknown_code("ParrotFax", "state", fax.state, "faxes/state"))
        if fax.problem and fax.problem not in PROBLEMS:
            self._out.notice(unknown_code("ParrotFax", "problem", fax.problem, "faxes/problem"))
        await self._out.record(record)
        # Behind the delivery, since either may be where the run is cut.
        if record.status in FINAL:
            self._open.discard(fax.fax_id)
        else:
            self._open.add(fax.fax_id)

    def _is_later(self, moment: datetime | None) -> bool:
        """Whether a time is for a later run; a window may end earlier than the one before it."""
        return moment is not None and moment >= self._ask.window.until

    def _tell(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            self._out.notice(notice)

    def _save(self) -> None:
        self._out.checkpoint(FaxState(after=self._after, open=tuple(sorted(self._open))))

    def _report_retention(self) -> None:
        ask = self._ask
        if ask.older_than(KEPT):
            text = f"ParrotFax keeps faxes for {KEPT.days} days"
            until = min(ask.now - KEPT, ask.window.until)
            self._out.notice(
                Notice("retention", text, gap=True, since=ask.unread_since, until=until)
            )


_VANISHED = Notice(
    "vanished",
    "a fax that was on the way is not there any more, and how it ended is not known",
    gap=True,
)


def fax_record(account: Provider, direction: Direction, fax: Fax) -> FaxRecord:
    """A fax as a record."""
    sent = direction is Direction.OUTBOUND
    status = STATES.get(fax.state or "", Status.UNKNOWN)
    reason = PROBLEMS.get(fax.problem, Reason.OTHER) if fax.problem else None
    return FaxRecord(
        provider=account.provider,
        account=account.name,
        id=str(fax.fax_id),
        direction=direction,
        status=status,
        status_code=fax.state,
        reason=Reason.CANCELED if status is Status.CANCELED else reason,
        reason_text=fax.problem,
        user=fax.user,
        sender=fax.sender,
        recipient_number=fax.recipient,
        recipient_name=fax.recipient_name,
        remote_id=fax.machine,
        subject=fax.subject,
        pages=fax.pages_sent if sent else fax.pages,
        pages_submitted=fax.pages if sent else None,
        submitted_at=fax.created_at if sent else None,
        completed_at=fax.finished_at if sent else fax.created_at,
        duration=fax.duration,
        cost=fax.price,
        currency=fax.currency or account.settings.currency,
        raw=fax if account.settings.keep_raw else None,
    )
