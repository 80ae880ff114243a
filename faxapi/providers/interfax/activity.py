"""InterFax's models to records, and what a collection asks for to get them."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import TYPE_CHECKING, Any

from faxapi.errors import PermissionDenied
from faxapi.notice import Notice
from faxapi.providers.interfax.codes import FAILED, FAX_STATUS, IN_PROCESS, NOT_PRIMARY, FaxState
from faxapi.providers.interfax.operations import GET_INBOUND_ACTIVITY, GET_OUTBOUND_ACTIVITY
from faxapi.providers.interfax.outbound import Pages
from faxapi.records import Direction, FaxRecord, Status, UsageRecord

if TYPE_CHECKING:
    from faxapi.providers.base import Ask, Out, Provider
    from faxapi.providers.interfax.models import (
        FaxItemEx,
        InboundActivity,
        OutboundActivity,
        UserInboundSummary,
        UserOutboundSummary,
    )
    from faxapi.providers.soap import SoapService
    from faxapi.wire.soap import SoapOperation

OTHER_USERS = Notice(
    "scope", "only the login's own faxes are collected, not those of other users", gap=True
)

# Ids are not proven to follow the time of submission.
_MARGIN = timedelta(hours=1)
# InterFax, GetOutboundActivity reference page and code -2041.
_TOTALS_KEPT = timedelta(days=60)
_ON_THE_WAY = timedelta(minutes=1)
# InterFax keeps a fax's data for about this long after the end of its month.
_KEPT = timedelta(days=30)
# Amounts have at most 38 digits, so that no product of two is rounded, whatever context is set.
_EXACT = Context(prec=76, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])

_TOTALS: dict[Direction, SoapOperation[Any]] = {
    Direction.OUTBOUND: GET_OUTBOUND_ACTIVITY,
    Direction.INBOUND: GET_INBOUND_ACTIVITY,
}
_NO_USAGE = 'kinds=["faxes"] leaves usage out'
NEEDS_PRIMARY = Notice(
    "needs_primary", f"usage totals need the login of a primary user; {_NO_USAGE}"
)


async def outbound_faxes(service: SoapService, newest: int, ask: Ask, out: Out) -> None:
    """Report the faxes submitted in the window: newest first, until a page is all too old."""
    pages = Pages(service, newest, from_newest=True)
    reached = False
    while (page := await pages.next()) is not None:
        for notice in page.notices:
            out.notice(notice)
        for item in page.items:
            await _report_fax(service.provider, item, ask, out)
        times = [item.submit_time for item in page.items if item.submit_time is not None]
        reached = reached or min(times, default=ask.now) < ask.window.since
        if times and max(times) < ask.window.since - _MARGIN:
            return
    if not reached:
        _report_retention(ask, out)


async def _report_fax(provider: Provider, item: FaxItemEx, ask: Ask, out: Out) -> None:
    record = to_fax(provider, item)
    if not ask.holds(record.at):
        return
    if item.status is not None and item.status not in FAX_STATUS:
        meaning = "in process" if item.status < 0 else "failed"
        text = f"fax status {item.status} is not in InterFax's list, and counts as {meaning}"
        out.notice(Notice("unknown_code", text, path="FaxItemEx/Status"))
    await out.record(record)


def _report_retention(ask: Ask, out: Out) -> None:
    """Say what InterFax may have deleted, where its list ended before the window's start."""
    window = ask.window
    kept = ask.now - _KEPT
    oldest = kept.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if ask.older_than(ask.now - oldest):
        out.notice(
            Notice(
                "retention",
                "InterFax deletes a fax's data about 30 days after the end of its month",
                gap=True,
                since=window.since,
                until=min(oldest, window.until),
            )
        )


async def usage(
    service: SoapService, direction: Direction, ask: Ask, out: Out, *, only_my_user: bool
) -> None:
    """Report the totals by user, and by number of what came in, where they are young enough.

    Raises:
        PermissionDenied: The login is not a primary user, and usage was asked for by name.
        FaxApiError: What happened on the way.
    """
    since = _report_totals_kept(ask, out)
    if since >= ask.window.until:
        return
    try:
        answer, notices = await _totals(service, direction, since, ask, only_my_user=only_my_user)
    except PermissionDenied as error:
        if error.code != str(NOT_PRIMARY):
            raise
        if ask.explicit:
            error.hint = f"{error.hint}; {_NO_USAGE}"
            raise
        out.notice(NEEDS_PRIMARY)
        return
    for notice in notices:
        out.notice(notice)
    for user in answer.users:
        await out.record(to_usage(service.provider, direction, answer, user))


def _report_totals_kept(ask: Ask, out: Out) -> datetime:
    """The start of what InterFax has totals of; says what is missing before it."""
    window = ask.window
    since = max(window.since, ask.now - _TOTALS_KEPT + _ON_THE_WAY)
    if ask.older_than(_TOTALS_KEPT) or since >= window.until:
        out.notice(
            Notice(
                "retention",
                "InterFax gives totals of the last 60 days only",
                gap=True,
                since=window.since,
                until=min(since, window.until),
            )
        )
    return since


async def _totals(
    service: SoapService, direction: Direction, since: datetime, ask: Ask, *, only_my_user: bool
) -> tuple[OutboundActivity | InboundActivity, list[Notice]]:
    """What InterFax answers for the time from `since`, and what was met in it."""
    reading = service.reading()
    answer: OutboundActivity | InboundActivity = await service.call(
        _TOTALS[direction],
        reading=reading,
        TimeFrom=since,
        TimeUntil=ask.window.until,
        OnlyMyUser=only_my_user,
    )
    return answer, service.provider.notices(reading)


def to_fax(provider: Provider, item: FaxItemEx) -> FaxRecord:
    """A fax in the common vocabulary."""
    state = fax_state(item.status)
    own = provider.settings
    in_process = state.status in {Status.QUEUED, Status.IN_PROGRESS}
    return FaxRecord(
        provider=provider.provider,
        account=provider.name,
        id=str(item.transaction_id),
        direction=Direction.OUTBOUND,
        status=state.status,
        status_code=None if item.status is None else str(item.status),
        reason=state.reason,
        reason_text=state.text,
        user=item.user_id or None,
        sender=item.sender_csid or None,
        recipient_number=item.destination_fax or None,
        recipient_name=item.contact or None,
        remote_id=item.remote_csid or None,
        subject=item.subject or None,
        job_id=item.job_id or None,
        parent_id=str(item.parent_transaction_id) if item.parent_transaction_id else None,
        pages=item.pages_sent,
        pages_submitted=item.pages_submitted,
        submitted_at=item.submit_time,
        completed_at=None if in_process else item.completion_time,
        duration=item.duration,
        units=item.units,
        cost=_cost(item),
        currency=own.currency,
        attempts=item.trials_performed,
        raw=item if own.keep_raw else None,
    )


def _cost(item: FaxItemEx) -> Decimal | None:
    if item.units is None or item.cost_per_unit is None:
        return None
    return _EXACT.multiply(item.units, item.cost_per_unit)


def fax_state(status: int | None) -> FaxState:
    """What a fax's status means: by the vendor's list, else by its sign."""
    if status is None:
        return FaxState(Status.UNKNOWN)
    return FAX_STATUS.get(status, IN_PROCESS if status < 0 else FAILED)


def to_usage(
    provider: Provider,
    direction: Direction,
    activity: OutboundActivity | InboundActivity,
    user: UserOutboundSummary | UserInboundSummary,
) -> UsageRecord:
    """A user's totals in the common vocabulary."""
    own = provider.settings
    return UsageRecord(
        provider=provider.provider,
        account=provider.name,
        direction=direction,
        user=user.username or None,
        phone_number=getattr(user, "phone_number", None) or None,
        since=activity.time_from,
        until=activity.time_until,
        faxes=user.total_faxes,
        pages=user.total_pages,
        units=user.total_units,
        cost=user.total_cost,
        currency=own.currency,
        raw=user if own.keep_raw else None,
    )
