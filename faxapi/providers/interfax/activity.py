"""InterFax's models to records: the single crossing."""

from __future__ import annotations

from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import TYPE_CHECKING

from faxapi.providers.interfax.codes import (
    FAILED,
    FAX_STATUS,
    IN_PROCESS,
    MESSAGE_STATUS,
    FaxState,
)
from faxapi.records import Direction, FaxRecord, Status, UsageRecord

if TYPE_CHECKING:
    from faxapi.providers.base import Provider
    from faxapi.providers.interfax.messages import MessageItem2
    from faxapi.providers.interfax.models import (
        FaxItemEx,
        InboundActivity,
        OutboundActivity,
        UserInboundSummary,
        UserOutboundSummary,
    )

# Amounts have at most 38 digits, so that no product of two is rounded, whatever context is set.
_EXACT = Context(prec=76, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])


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


def to_inbound_fax(provider: Provider, item: MessageItem2) -> FaxRecord:
    """A received fax in the common vocabulary.

    ReceiveTime is its end: InterFax lists what has come in, and does not know when it was sent.
    """
    state = message_state(item.message_status)
    own = provider.settings
    return FaxRecord(
        provider=provider.provider,
        account=provider.name,
        id=str(item.message_id),
        direction=Direction.INBOUND,
        status=state.status,
        status_code=None if item.message_status is None else str(item.message_status),
        reason=state.reason,
        reason_text=state.text,
        user=item.user_id or None,
        sender=item.caller_id or None,
        recipient_number=item.phone_number or None,
        remote_id=item.remote_csid or None,
        pages=item.pages,
        completed_at=item.receive_time,
        duration=item.message_recording_duration,
        size=item.message_size,
        raw=item if own.keep_raw else None,
    )


def message_state(status: int | None) -> FaxState:
    """What a received fax's status means: 0 is received, anything else is an error's code."""
    if status is None:
        return FaxState(Status.UNKNOWN)
    return MESSAGE_STATUS.get(status, FAILED)


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
