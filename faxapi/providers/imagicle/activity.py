"""Imagicle's faxes as records: the one crossing from its vocabulary to the common one."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from typing import TYPE_CHECKING

from faxapi.errors import FaxApiError, NotFound
from faxapi.notice import Notice
from faxapi.providers.imagicle.codes import cause_of, status_of
from faxapi.providers.imagicle.models import Fax, Recipient
from faxapi.providers.imagicle.operations import (
    GET_INBOUND,
    GET_OUTBOUND,
    LIST_INBOUND,
    LIST_OUTBOUND,
)
from faxapi.providers.items import AT_ONCE, ItemFailures, unknown_code
from faxapi.records import Direction, FaxRecord, Reason, Status
from faxapi.window import Window
from faxapi.wire.scalars import format_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faxapi.providers.base import Ask, Out, Provider
    from faxapi.providers.rest import RestService
    from faxapi.wire.rest import RestOperation

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Side:
    """One direction's operations."""

    direction: Direction
    listing: RestOperation[Fax]
    details: RestOperation[Fax]


OUTBOUND = Side(Direction.OUTBOUND, LIST_OUTBOUND, GET_OUTBOUND)
INBOUND = Side(Direction.INBOUND, LIST_INBOUND, GET_INBOUND)


async def faxes(service: RestService, side: Side, ask: Ask, out: Out) -> None:
    """Push the faxes that were submitted in the window.

    A list without order or total cannot be paged safely while faxes arrive, so it is read whole, a
    day at a time; one more call brings each fax's details. It is not proven what time the server's
    filter goes by, and a summary's date, so a day on either side is read too.
    """
    failures = ItemFailures(out)
    near = Window(ask.window.since - _DAY, ask.window.until + _DAY)
    seen: set[str] = set()

    async def read_details(summary: Fax) -> None:
        fax = await _details(service, side, summary, out, failures)
        record = fax_record(service.provider, side.direction, fax)
        if not ask.holds(record.at):
            return
        if fax.status and record.status is Status.UNKNOWN:
            out.notice(unknown_code("Imagicle", "status", fax.status, "fax/status"))
        await out.record(record)

    for date in date_filters(service.provider.settings.zone, near, ask.now):
        rows = await service.items(side.listing, pageSize=0, date=date)
        for notice in (*rows.skipped, *service.provider.notices(rows.reading)):
            out.notice(notice)
        await out.each(_new(rows.items, near, seen, out), read_details, limit=AT_ONCE)


def date_filters(zone: tzinfo, span: Window, now: datetime) -> Iterator[str]:
    """The server's date filters for a span, each of at most a day; the present has no end.

    Equal parts, since a short one could run backwards on a clock that is set back.
    """
    whole = span.until - span.since
    parts = math.ceil(whole / _DAY)
    edges = [span.since + whole * part / parts for part in range(parts + 1)]
    for since, until in pairwise(edges):
        if until >= now:
            # Whether `after` includes its bound is not documented.
            yield f"after:{format_time(since - timedelta(seconds=1), zone)}"
            return
        yield f"between:{format_time(since, zone)};{format_time(until, zone)}"


def fax_record(account: Provider, direction: Direction, fax: Fax) -> FaxRecord:
    """A fax as a record, with or without its details."""
    sent = direction is Direction.OUTBOUND
    status = status_of(fax.status)
    reason, text = _reason(status, fax)
    sender = fax.sender or Recipient()
    return FaxRecord(
        provider=account.provider,
        account=account.name,
        id=fax.fax_id or "",
        direction=direction,
        status=status,
        status_code=fax.status or None,
        reason=reason,
        reason_text=text,
        user=fax.username or None,
        sender=sender.fax_number or sender.name or None,
        recipient_number=_joined(each.fax_number for each in fax.recipient),
        recipient_name=_joined(each.name for each in fax.recipient),
        subject=fax.subject or None,
        # The vendor counts the fax's pages, not those that went through.
        pages=fax.number_of_pages if status is Status.COMPLETED or not sent else None,
        pages_submitted=fax.number_of_pages if sent else None,
        # A summary's one time is the one that the list's filter goes by.
        submitted_at=fax.submit_time or fax.date,
        started_at=fax.start_time,
        completed_at=fax.end_time,
        duration=fax.end_time - fax.start_time if fax.start_time and fax.end_time else None,
        size=fax.size,
        raw=fax if account.settings.keep_raw else None,
    )


def _reason(status: Status, fax: Fax) -> tuple[Reason | None, str | None]:
    """Why a fax failed, and in whose words."""
    if status in {Status.COMPLETED, Status.QUEUED, Status.IN_PROGRESS}:
        return None, None
    cause, reason = cause_of(fax.q931_code)
    text = fax.failure_reason or cause or fax.detailed_status
    if status is Status.CANCELED:
        return Reason.CANCELED, text
    return reason or (Reason.OTHER if status is Status.FAILED else None), text


def _joined(texts: Iterable[str | None]) -> str | None:
    """The texts that say something; a fax has one recipient, as far as is known."""
    return ", ".join(text for text in texts if text) or None


def _new(summaries: Iterable[Fax], near: Window, seen: set[str], out: Out) -> Iterator[Fax]:
    """The faxes that were not met before and may lie in the window."""
    for fax in summaries:
        if fax.date is not None and fax.date not in near:
            continue
        if not fax.fax_id:
            text = "a listed fax has no id, so it cannot be told from others"
            gap = Notice("skipped_record", text, gap=True, since=fax.date, path="faxList/faxId")
            out.notice(gap)
        elif fax.fax_id not in seen:
            seen.add(fax.fax_id)
            yield fax


async def _details(
    service: RestService, side: Side, summary: Fax, out: Out, failures: ItemFailures
) -> Fax:
    """The fax with its details under the list's id; the summary alone where they fail."""
    reading = service.reading()
    text = "a fax's details could not be had, only its summary"
    gap = Notice("details_missing", text, gap=True, since=summary.date, until=summary.date)
    try:
        fax = await service.item(side.details, reading=reading, id=summary.fax_id or "")
    except NotFound:
        failures.answered()
        out.notice(gap)
        return summary
    except FaxApiError as error:
        failures.note(error, gap)
        return summary
    failures.answered()
    for notice in service.provider.notices(reading):
        out.notice(notice)
    missing = {name: value for name, value in summary if getattr(fax, name) in {None, ()}}
    return fax.model_copy(update={**missing, "fax_id": summary.fax_id})
