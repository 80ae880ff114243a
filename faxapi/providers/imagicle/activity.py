"""Imagicle's faxes as records: the one crossing from its vocabulary to the common one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faxapi.providers.imagicle.codes import cause_of, status_of
from faxapi.providers.imagicle.models import Fax, Recipient
from faxapi.records import Direction, FaxRecord, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faxapi.providers.base import Provider


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
