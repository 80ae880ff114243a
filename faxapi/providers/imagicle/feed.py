"""What a collection asks an Imagicle server for, in one direction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

from faxapi.errors import FaxApiError, NotFound
from faxapi.notice import Notice
from faxapi.providers.imagicle.activity import fax_record
from faxapi.providers.imagicle.models import Fax
from faxapi.providers.imagicle.operations import (
    GET_INBOUND,
    GET_OUTBOUND,
    LIST_INBOUND,
    LIST_OUTBOUND,
)
from faxapi.providers.imagicle.state import FOLLOWED, FaxesState, Progress
from faxapi.providers.items import AT_ONCE, ItemFailures, unknown_code
from faxapi.records import Direction, FaxRecord, Status
from faxapi.wire.scalars import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from faxapi.providers.feed import Ask, Out
    from faxapi.providers.rest import RestService
    from faxapi.wire.rest import RestOperation

# How many faxes are delivered before the state is left again: it takes as long as some calls.
_STEP = 100

_NO_DETAILS = Notice(
    "details_missing", "a fax's details could not be had, only its summary", gap=True
)
_UNREAD = Notice(
    "unread_fax", "a fax could not be looked at again, so it may have changed since", gap=True
)
_GIVEN_UP = Notice(
    "unread_fax",
    f"a fax has no documented status and no end after {FOLLOWED.days} days, so how it ends will "
    "not be known",
    gap=True,
)
_VANISHED = Notice(
    "vanished",
    "a fax that was to be looked at again is in no list, and the server does not know it",
    gap=True,
)
_NAMELESS = Notice(
    "skipped_record",
    "a listed fax has no id, so it cannot be told from others",
    gap=True,
    path="faxList/faxId",
)


@dataclass(frozen=True, slots=True)
class Side:
    """One direction's operations."""

    direction: Direction
    listing: RestOperation[Fax]
    details: RestOperation[Fax]


OUTBOUND = Side(Direction.OUTBOUND, LIST_OUTBOUND, GET_OUTBOUND)
INBOUND = Side(Direction.INBOUND, LIST_INBOUND, GET_INBOUND)


async def faxes(service: RestService, side: Side, ask: Ask, out: Out) -> None:
    """Push the faxes that were submitted in the window, as far as earlier runs have not.

    A list without order or total cannot be paged safely while faxes arrive, so it is read whole, a
    day at a time; one more call brings each fax's details. It is not proven what time the server's
    filter goes by, and a summary's date, so a day on either side is read too. Faxes of earlier
    runs that may have changed since are pushed again.
    """
    await _Run(service, side, ask, out).read()


def date_filters(
    zone: tzinfo, edges: Sequence[datetime], now: datetime
) -> Iterator[tuple[str, datetime]]:
    """The server's date filter from each edge to the next, and up to when it has read.

    The one that reaches the present has no end.
    """
    for since, until in pairwise(edges):
        if until >= now:
            # Whether `after` includes its bound is not documented.
            yield f"after:{format_time(since - timedelta(seconds=1), zone)}", now
            return
        yield f"between:{format_time(since, zone)};{format_time(until, zone)}", until


class _Run:
    """A run over one direction's faxes."""

    def __init__(self, service: RestService, side: Side, ask: Ask, out: Out) -> None:
        self._service = service
        self._side = side
        self._ask = ask
        self._out = out
        self._failures = ItemFailures(out)
        self._progress = Progress.of(ask.restore(FaxesState) or FaxesState(), ask.window)
        self._delivered = 0

    async def read(self) -> None:
        """Read the lists, and then the faxes to look at again that are in none of them."""
        progress, out = self._progress, self._out
        zone = self._service.provider.settings.zone
        try:
            for date, edge in date_filters(zone, progress.edges, self._ask.now):
                rows = await self._service.items(self._side.listing, pageSize=0, date=date)
                for notice in (*rows.skipped, *self._service.provider.notices(rows.reading)):
                    out.notice(notice)
                await out.each(self._wanted(rows.items), self._read_listed, limit=AT_ONCE)
                progress.read_to(edge)
                out.checkpoint(progress.state())
            await out.each(progress.unmet(self._ask.holds), self._read_again, limit=AT_ONCE)
            progress.end()
        finally:
            out.checkpoint(progress.state())

    def _wanted(self, summaries: Iterable[Fax]) -> Iterator[Fax]:
        """The faxes that were not met before and may lie in the window."""
        for fax in summaries:
            if not self._progress.shows(fax.date):
                continue
            if not fax.fax_id:
                self._out.notice(replace(_NAMELESS, since=fax.date))
            elif self._progress.meet(fax.fax_id, fax.date):
                yield fax

    async def _read_listed(self, summary: Fax) -> None:
        gap = _of(_NO_DETAILS, summary)
        answer = await self._details(summary, gap)
        if not isinstance(answer, FaxApiError):
            await self._deliver(summary, answer)
        elif isinstance(answer, NotFound):
            self._out.notice(gap)
            await self._deliver(summary, summary)
        else:
            lacks_details = self._is_worth_another(summary, answer)
            await self._deliver(summary, summary, lacks_details=lacks_details)

    async def _read_again(self, known: Fax) -> None:
        """Look at a fax of an earlier run, of which no more is known than id and time."""
        self._progress.postpone(known)
        answer = await self._details(known, _of(_UNREAD, known))
        if not isinstance(answer, FaxApiError):
            await self._deliver(known, answer)
        elif isinstance(answer, NotFound):
            self._out.notice(_of(_VANISHED, known))
            self._progress.forget(known)
        elif not self._is_worth_another(known, answer):
            self._progress.forget(known)

    def _is_worth_another(self, fax: Fax, error: FaxApiError) -> bool:
        """Whether a fax's details are to be asked for by the next run too.

        What does not pass by itself is given a second try, and no third.
        """
        return error.retryable or fax.fax_id not in self._progress.owed

    async def _deliver(self, listed: Fax, fax: Fax, *, lacks_details: bool = False) -> None:
        """Push a fax if it is of the window, and note what the next run has to know of it."""
        record = fax_record(self._service.provider, self._side.direction, fax)
        if not self._ask.holds(record.at):
            if self._is_before(record.at) and not lacks_details:
                self._progress.settle(listed)
            elif not lacks_details:
                self._progress.put_off(listed, record.at)
            return
        if fax.status and record.status is Status.UNKNOWN:
            self._out.notice(unknown_code("Imagicle", "status", fax.status, "fax/status"))
        await self._out.record(record)
        may_change = _may_change(record)
        if may_change and not lacks_details and self._is_given_up(record):
            self._out.notice(replace(_GIVEN_UP, since=record.at, until=record.at))
            may_change = False
        self._progress.deliver(
            listed, record.at, may_change=may_change, lacks_details=lacks_details
        )
        self._delivered += 1
        if not self._delivered % _STEP:
            self._out.checkpoint(self._progress.state())

    def _is_given_up(self, record: FaxRecord) -> bool:
        """Whether nobody can tell that a fax has ended, and it is too old to be followed."""
        return record.status is Status.UNKNOWN and self._progress.is_long_past(record.at)

    def _is_before(self, moment: datetime | None) -> bool:
        """Whether a time lies before the window, of whichever of two repeated hours."""
        return moment is not None and self._ask.latest(moment) < self._ask.window.since

    async def _details(self, listed: Fax, gap: Notice) -> Fax | FaxApiError:
        """The fax with its details under the list's id; or why they cannot be had.

        Raises:
            FaxApiError: The error itself, where it is the feed's.
        """
        reading = self._service.reading()
        try:
            fax = await self._service.item(
                self._side.details, reading=reading, id=listed.fax_id or ""
            )
        except NotFound as error:
            self._failures.answered()
            return error
        except FaxApiError as error:
            self._failures.note(error, gap)
            return error
        self._failures.answered()
        for notice in self._service.provider.notices(reading):
            self._out.notice(notice)
        missing = {name: value for name, value in listed if getattr(fax, name) in {None, ()}}
        return fax.model_copy(update={**missing, "fax_id": listed.fax_id})


def _may_change(record: FaxRecord) -> bool:
    """Whether a fax has not ended.

    That one which has ended changes no more is inferred. A status that is not documented has
    ended if the fax has an end, "the time when the fax sending was concluded" (article 413).
    """
    if record.status is Status.UNKNOWN:
        return record.completed_at is None
    return record.status in {Status.QUEUED, Status.IN_PROGRESS}


def _of(gap: Notice, fax: Fax) -> Notice:
    """The gap with a fax's time."""
    return replace(gap, since=fax.date, until=fax.date)
