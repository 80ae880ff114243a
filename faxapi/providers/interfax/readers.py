"""One call of each of InterFax's queries, with what was met while its answer was read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from faxapi.errors import ConfigurationError
from faxapi.providers.interfax.messages import MessageItem, MessageItem2
from faxapi.providers.interfax.models import FaxItemEx, FaxItemEx2
from faxapi.providers.interfax.operations import (
    FAX_QUERY,
    FAX_QUERY2,
    FAX_STATUS_EX,
    GET_LIST,
    GET_LIST2,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faxapi.providers.interfax.messages import ListType, MessageControl, MessageForm
    from faxapi.providers.interfax.queries import FaxQueryVerb, QueryControl, QueryForm
    from faxapi.providers.rows import Rows
    from faxapi.providers.soap import SoapService
    from faxapi.wire.soap import SoapOperation

MOST_ITEMS = 100
"""The most faxes of one query (InterFax, FaxStatusEx and GetList reference pages)."""


async def read_page(
    service: SoapService, start: int, size: int, *, strict: bool = False
) -> Rows[FaxItemEx]:
    """One page of FaxStatusEx: the user's faxes below an id, newest first.

    Raises:
        ConfigurationError: The size is out of its range.
        FaxApiError: As `Outbound.fax_status_ex`.
    """
    _check_size(service, FAX_STATUS_EX, size)
    return await service.rows(
        FAX_STATUS_EX, FaxItemEx, strict=strict, LastTransactionID=start, MaxItems=size
    )


async def read_query(
    service: SoapService,
    verb: FaxQueryVerb,
    data: str | int | Iterable[int] = "",
    size: int = MOST_ITEMS,
) -> Rows[FaxItemEx]:
    """What FaxQuery finds: `read_query(service, "IN", open_ids)`.

    Raises:
        ConfigurationError: The size is out of its range.
        FaxApiError: As `Outbound.fax_query`.
    """
    _check_size(service, FAX_QUERY, size)
    text = str(data) if isinstance(data, str | int) else ",".join(map(str, data))
    return await service.rows(FAX_QUERY, FaxItemEx, Verb=verb, VerbData=text, MaxItems=size)


async def read_query2(
    service: SoapService, form: QueryForm, control: QueryControl
) -> Rows[FaxItemEx2]:
    """One page of what FaxQuery2 finds; TotalTransactionsNum stands beside it.

    Raises:
        ConfigurationError: The size is out of its range, or a time has no zone.
        FaxApiError: As `Outbound.fax_query2`.
    """
    _check_size(service, FAX_QUERY2, control.num_of_results)
    return await service.rows(FAX_QUERY2, FaxItemEx2, QueryForm=form, QueryControl=control)


async def read_messages(
    service: SoapService, ltype: ListType, size: int = MOST_ITEMS
) -> Rows[MessageItem]:
    """What GetList lists.

    Raises:
        ConfigurationError: The size is out of its range.
        FaxApiError: As `Inbound.get_list`.
    """
    _check_size(service, GET_LIST, size)
    return await service.rows(GET_LIST, MessageItem, LType=ltype, MaxItems=size)


async def read_inbound(
    service: SoapService, form: MessageForm, control: MessageControl
) -> Rows[MessageItem2]:
    """One page of what GetList2 finds; TotalTransactionsNum stands beside it.

    Raises:
        ConfigurationError: The size is out of its range.
        FaxApiError: As `Inbound.get_list2`.
    """
    _check_size(service, GET_LIST2, control.max_chunk_size)
    return await service.rows(GET_LIST2, MessageItem2, QueryForm=form, QueryControl=control)


def check_choice(
    service: SoapService,
    operation: SoapOperation[Any],
    name: str,
    value: str,
    choices: Any,  # noqa: ANN401 - no type names the literal types
) -> None:
    """Do nothing if a value is one of a literal type's.

    Raises:
        ConfigurationError: It is not.
    """
    if value not in get_args(choices):
        with service.provider.located(operation.label):
            raise ConfigurationError(
                f"{name} is {value!r}", hint=f"Give one of {', '.join(get_args(choices))}"
            )


def _check_size(service: SoapService, operation: SoapOperation[Any], size: int | None) -> None:
    if size is None or not 1 <= size <= MOST_ITEMS:
        with service.provider.located(operation.label):
            raise ConfigurationError(
                f"{size} faxes were asked for in one call",
                hint=f"InterFax answers with 1 to {MOST_ITEMS} a call",
            )
