"""The inbound service: faxes that were received."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from faxapi.errors import ConfigurationError
from faxapi.providers.interfax.messages import (
    GetList2Result,
    GetListResult,
    ListType,
    MessageControl,
    MessageForm,
    ReceiveCondition,
    ReceiveVerb,
)
from faxapi.providers.interfax.operations import GET_LIST, GET_LIST2
from faxapi.providers.interfax.queries import FIRST_RECORD
from faxapi.providers.interfax.readers import (
    MOST_ITEMS,
    check_choice,
    read_inbound,
    read_messages,
)
from faxapi.providers.methods import calls
from faxapi.wire.scalars import format_time

if TYPE_CHECKING:
    from datetime import tzinfo

    from faxapi.providers.soap import SoapService


class Inbound:
    """`interfax.inbound`: InterFax's inbound.asmx.

    InterFax allows each user 6 queries a minute, those of the outbound service among them; one more
    waits for its turn.
    """

    def __init__(self, service: SoapService) -> None:
        self._service = service

    @calls(GET_LIST)
    async def get_list(
        self, *, ltype: ListType = "AllMessages", max_items: int = MOST_ITEMS
    ) -> GetListResult:
        """Received faxes whose image InterFax still has; there is no next page.

        A row that cannot be read is left out and named in the result's `notices`.

        Args:
            ltype: AllMessages or NewMessages of the user, AccountAllMessages or AccountNewMessages
                of every user; new ones are those that nobody has read.
            max_items: 1 to 100.

        Raises:
            ConfigurationError: There is no such list, or `max_items` is out of its range.
            PermissionDenied: Only a primary user may list the whole account.
            RateLimited: InterFax has refused it three times, each after a pause.
            FaxApiError: The login was rejected, or what happened on the way.

        Source: InterFax, GetList operation and reference pages.
        """
        check_choice(self._service, GET_LIST, "ltype", ltype, ListType)
        page = await read_messages(self._service, ltype, max_items)
        return GetListResult(
            items=tuple(page.items),
            result_code=page.number("GetListResult") or 0,
            notices=(*page.skipped, *self._service.provider.notices(page.reading)),
        )

    @calls(GET_LIST2)
    async def get_list2(
        self,
        *,
        transaction_id: int = 0,
        user_id: str | None = None,
        only_new_messages: bool = False,
        since: date | None = None,
        until: date | None = None,
        received_verb: ReceiveVerb | None = None,
        received_data: str = "",
        max_chunk_size: int = MOST_ITEMS,
        from_record_number: int = FIRST_RECORD,
    ) -> GetList2Result:
        """One page of a user's received faxes.

        A row that cannot be read is left out and named in the result's `notices`.

        Args:
            transaction_id: One message, whatever else is given; 0 for all that the rest names.
            user_id: Whose; the login's own unless given.
            only_new_messages: Whether only messages count that nobody has read.
            since: The earliest time of reception, in whole seconds: an aware datetime, or a date
                for its midnight on the account's clock.
            until: The latest, likewise.
            received_verb: InterFax's own comparison of the time, instead of `since` and `until`.
            received_data: A date by the account's clock, or two with a comma for BETWEEN.
            max_chunk_size: 1 to 100.
            from_record_number: How many messages come before this page.

        Raises:
            ConfigurationError: A value is out of its range, a datetime has no zone, or the time is
                given twice.
            InvalidRequest: The condition cannot be read.
            PermissionDenied: Only a primary user may list another user's messages.
            RateLimited: InterFax has refused it three times, each after a pause.
            FaxApiError: The login was rejected, or what happened on the way.

        Source: InterFax, GetList2 operation and reference pages.
        """
        provider = self._service.provider
        if received_verb is not None:
            check_choice(self._service, GET_LIST2, "received_verb", received_verb, ReceiveVerb)
        with provider.located(GET_LIST2.label):
            received = received_within(since, until, provider.settings.zone)
            if received_verb is not None:
                if received is not None:
                    raise ConfigurationError(
                        "the time of reception is given twice",
                        hint="Give since and until, or received_verb and received_data",
                    )
                received = ReceiveCondition(verb=received_verb, verb_data=received_data)
        form = MessageForm(
            transaction_id=transaction_id,
            user_id=provider.username if user_id is None else user_id,
            only_new_messages=only_new_messages,
            receive_time=received or ReceiveCondition(),
        )
        control = MessageControl(
            max_chunk_size=max_chunk_size, from_record_number=from_record_number
        )
        page = await read_inbound(self._service, form, control)
        return GetList2Result(
            items=tuple(page.items),
            total_transactions=page.number("TotalTransactionsNum"),
            result_code=page.number("ResultCode") or 0,
            notices=(*page.skipped, *provider.notices(page.reading)),
        )


def received_within(
    since: date | None, until: date | None, zone: tzinfo
) -> ReceiveCondition | None:
    """GetList2's condition on the time of reception, both ends included; None without any.

    Raises:
        ConfigurationError: A datetime has no zone.
    """
    if since is not None and until is not None:
        return received_between(since, until, zone)
    if since is not None:
        return ReceiveCondition(verb=">=", verb_data=_wall_clock(since, zone, "since"))
    if until is not None:
        return ReceiveCondition(verb="<=", verb_data=_wall_clock(until, zone, "until"))
    return None


def received_between(since: date, until: date, zone: tzinfo) -> ReceiveCondition:
    """GetList2's condition on the time of reception, with both ends.

    Raises:
        ConfigurationError: A datetime has no zone.
    """
    first, last = _wall_clock(since, zone, "since"), _wall_clock(until, zone, "until")
    return ReceiveCondition(verb="BETWEEN", verb_data=f"{first},{last}")


def _wall_clock(moment: date, zone: tzinfo, name: str) -> str:
    """A time as GetList2 reads it: `yyyy-MM-dd HH:mm:ss` (GetList2 reference page)."""
    return format_time(moment, zone, name).replace("T", " ")
