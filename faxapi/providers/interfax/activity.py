"""InterFax's models to records, and what a collection asks for to get them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from faxapi.notice import Notice
from faxapi.providers.interfax.codes import FAILED, FAX_STATUS, IN_PROCESS, FaxState
from faxapi.providers.interfax.operations import GET_INBOUND_ACTIVITY, GET_OUTBOUND_ACTIVITY
from faxapi.providers.interfax.outbound import Pages
from faxapi.records import Direction, FaxRecord, Status, UsageRecord

if TYPE_CHECKING:
    from collections.abc import Iterable
    from decimal import Decimal

    from faxapi.providers.base import Ask, Out, Provider
    from faxapi.providers.interfax.models import (
        FaxItemEx,
        InboundActivity,
        OutboundActivity,
        UserInboundSummary,
        UserOutboundSummary,
    )
    from faxapi.providers.soap import SoapService
    from faxapi.window import Window
    from faxapi.wire.soap import SoapOperation

ActivityT = TypeVar("ActivityT", "OutboundActivity", "InboundActivity")

OTHER_USERS = Notice(
    "scope", "only the login's own faxes are collected, not those of other users", gap=True
)

# Ids are not proven to follow the time of submission.
_MARGIN = timedelta(hours=1)
# InterFax, GetOutboundActivity reference page and code -2041; the minute is for the way there.
_OLDEST_TOTALS = timedelta(days=60) - timedelta(minutes=1)
# InterFax keeps a fax's data for about this long after the end of its month.
_KEPT = timedelta(days=30)


async def outbound_faxes(service: SoapService, newest: int, ask: Ask, out: Out) -> None:
    """Report the faxes submitted in the window: newest first, until a page is all too old."""
    pages = Pages(service, newest)
    skipped: list[Notice] = []
    while (page := await pages.next()) is not None:
        # A page starts below the last row that was read, so it repeats a bad row at its start.
        fresh = [notice for notice in page.skipped if notice not in skipped]
        skipped = page.skipped
        for notice in (*fresh, *service.provider.notices(page.reading)):
            out.notice(notice)
        for item in page.items:
            await _report_fax(service.provider, item, ask.window, out)
        if _all_before(page.items, ask.window.since - _MARGIN):
            return
    _report_retention(ask, out)


async def _report_fax(provider: Provider, item: FaxItemEx, window: Window, out: Out) -> None:
    record = to_fax(provider, item)
    if record.at is not None and record.at not in window:
        return
    if item.status is not None and item.status > 0 and item.status not in FAX_STATUS:
        text = f"fax status {item.status} is not in InterFax's list, and counts as failed"
        out.notice(Notice("unknown_code", text, path="FaxItemEx/Status"))
    await out.record(record)


def _all_before(items: Iterable[FaxItemEx], moment: datetime) -> bool:
    times = [item.submit_time for item in items if item.submit_time is not None]
    return bool(times) and max(times) < moment


def _report_retention(ask: Ask, out: Out) -> None:
    """Say what InterFax may have deleted, where its list ended before the window's start."""
    window = ask.window
    kept = ask.now - _KEPT
    oldest = kept.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if window.since < oldest:
        out.notice(
            Notice(
                "retention",
                "InterFax deletes a fax's data about 30 days after the end of its month",
                gap=True,
                since=window.since,
                until=min(oldest, window.until),
            )
        )


async def outbound_usage(service: SoapService, ask: Ask, out: Out, *, only_my_user: bool) -> None:
    """Report the totals by user of what was sent."""
    answer = await _totals(service, GET_OUTBOUND_ACTIVITY, ask, out, only_my_user=only_my_user)
    if answer is not None:
        for user in answer.users:
            await out.record(to_usage(service.provider, Direction.OUTBOUND, answer, user))


async def inbound_usage(service: SoapService, ask: Ask, out: Out, *, only_my_user: bool) -> None:
    """Report the totals by user and number of what came in."""
    answer = await _totals(service, GET_INBOUND_ACTIVITY, ask, out, only_my_user=only_my_user)
    if answer is not None:
        for user in answer.users:
            await out.record(to_usage(service.provider, Direction.INBOUND, answer, user))


async def _totals(
    service: SoapService,
    operation: SoapOperation[ActivityT],
    ask: Ask,
    out: Out,
    *,
    only_my_user: bool,
) -> ActivityT | None:
    """What InterFax answers for the part of the window that is young enough; None if none is."""
    window = ask.window
    since = max(window.since, ask.now - _OLDEST_TOTALS)
    if since > window.since:
        out.notice(
            Notice(
                "retention",
                "InterFax gives totals of the last 60 days only",
                gap=True,
                since=window.since,
                until=min(since, window.until),
            )
        )
    if since >= window.until:
        return None
    reading = service.reading()
    answer = await service.call(
        operation,
        reading=reading,
        TimeFrom=since,
        TimeUntil=window.until,
        OnlyMyUser=only_my_user,
    )
    for notice in service.provider.notices(reading):
        out.notice(notice)
    return answer


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
    return item.units * item.cost_per_unit


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
