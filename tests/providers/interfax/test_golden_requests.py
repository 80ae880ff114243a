"""What goes over the wire is what InterFax's pages say, element by element."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from faxapi.providers.interfax import (
    AttachmentFormat,
    FeedbackFormat,
    FeedbackType,
    InterFax,
    Language,
    PageOrientation,
    PageResolution,
    PageSize,
    QueryCondition,
    RenderingQuality,
    RxEmail,
    UserGeneral,
    UserRx,
    UserTx,
)
from faxapi.providers.interfax.operations import OPERATIONS
from faxapi.providers.settings import SoapOptions
from tests.providers.interfax.golden import (
    ADMIN_REQUESTS,
    CONTENT_TYPES,
    ENVELOPES,
    QUERIES,
    request_of,
)
from tests.providers.interfax.peer import interfax, shape, soap

JANE = UserGeneral(
    username="acme.jane", password=SecretStr("jane123"), csid="Jane & Co", time_zone="Eastern"
)
RX = UserRx(
    username="acme",
    phone_number="12125550100",
    attachment_format=AttachmentFormat.TIFF,
    delete_after_usage="No",
    emails="jane@example.com",
    time_zone="Eastern",
    number_format="International",
)
TX = UserTx(
    username="acme.jane",
    check_password=True,
    conversion="none",
    feedback_type=FeedbackType.ON_FAILURE,
    feedback_format=FeedbackFormat.CSV,
    feedback_with_tif=False,
    allowed_senders="*@example.com",
    allowed_ip_addresses="192.0.2.1",
    default_page_size=PageSize.B4,
    default_page_orientation=PageOrientation.LANDSCAPE,
    default_page_resolution=PageResolution.FINE,
    default_rendering_quality=RenderingQuality.STANDARD,
    default_page_header="Y",
    default_retries_to_perform=3,
    default_reply_address="jane@example.com",
    authenticate_by_signature=False,
    authenticate_by_tickets=True,
    default_delete_after_usage=False,
    dialing_area_code="212",
    dialing_country_iso_code="US",
)
SMALL_TX = UserTx(
    username="acme",
    check_password=False,
    feedback_type=FeedbackType.NEVER,
    feedback_format=FeedbackFormat.PLAIN_TEXT,
    feedback_with_tif=False,
    default_retries_to_perform=0,
    authenticate_by_signature=False,
    authenticate_by_tickets=False,
    default_delete_after_usage=True,
)
SIGNED = RxEmail(
    email_address="jane@example.com",
    send_signed=True,
    send_encrypted=False,
    digital_id=SecretStr("certificate"),
)
ENCRYPTED = RxEmail(email_address="jane@example.com", send_signed=False, send_encrypted=True)

# How each operation is called, and the shortest answer that it takes for a yes.
CALLS: dict[str, tuple[Callable[[InterFax], Awaitable[Any]], str]] = {
    "FaxStatusEx": (
        lambda fax: fax.outbound.fax_status_ex(last_transaction_id=667_000_000, max_items=25),
        "<ResultCode>0</ResultCode>",
    ),
    "FaxQuery": (
        lambda fax: fax.outbound.fax_query(
            verb="IN", verb_data=[667_000_001, 667_000_007], max_items=50
        ),
        "<ResultCode>0</ResultCode>",
    ),
    "FaxQuery2": (
        lambda fax: fax.outbound.fax_query2(
            subject=QueryCondition.of("Like", "Smith & Sons%"),
            fax_number=QueryCondition.of("Equals", "0012125550100"),
            date_from=datetime(2026, 3, 1, tzinfo=UTC),
            date_to=date(2026, 3, 31),
            user_id=QueryCondition.of("IncludedIn", "acme", "acme.jane"),
            transaction_id=QueryCondition.of("Between", 1, 667_000_000),
            parent_transaction_id=QueryCondition.of("GreaterThan", 5),
            status=QueryCondition.of("LessThan", 0),
            show_hidden_transactions=False,
            only_parents=True,
            num_of_results=25,
            starting_record=50,
            order_by="SubmitTime",
            ascending=False,
            return_items=False,
            return_stats=True,
        ),
        "<FaxQuery2Result><ResultCode>0</ResultCode></FaxQuery2Result>",
    ),
    "GetList": (
        lambda fax: fax.inbound.get_list(ltype="AccountNewMessages", max_items=7),
        "<GetListResult>0</GetListResult>",
    ),
    "GetList2": (
        lambda fax: fax.inbound.get_list2(
            user_id="acme.jane",
            only_new_messages=True,
            since=datetime(2026, 3, 1, tzinfo=UTC),
            max_chunk_size=25,
            from_record_number=99,
        ),
        "<GetList2Result><ResultCode>0</ResultCode></GetList2Result>",
    ),
    "GetAccountPPCardsBalance": (
        lambda fax: fax.admin.get_account_pp_cards_balance(),
        "<GetAccountPPCardsBalanceResult>0</GetAccountPPCardsBalanceResult><Balance>1</Balance>",
    ),
    "OpenUser": (lambda fax: fax.admin.open_user(JANE), "<OpenUserResult>0</OpenUserResult>"),
    "CloseUser": (
        lambda fax: fax.admin.close_user("acme.jane"),
        "<CloseUserResult>0</CloseUserResult>",
    ),
    "SetUserProperties": (
        lambda fax: fax.admin.set_user_properties(
            JANE.model_copy(update={"password": None, "csid": "Jane"})
        ),
        "<SetUserPropertiesResult>0</SetUserPropertiesResult>",
    ),
    "GetUserProperties": (
        lambda fax: fax.admin.get_user_properties("acme.jane"),
        "<GetUserPropertiesResult>0</GetUserPropertiesResult><User />",
    ),
    "GetInboundNodes": (lambda fax: fax.admin.get_inbound_nodes("DE", Language.JAPANESE), ""),
    "AddRxService": (
        lambda fax: fax.admin.add_rx_service(
            "acme.jane",
            country_iso_code="US",
            prefix="212",
            emails=["jane@example.com", "john@example.com"],
        ),
        "<AddRxServiceResult>0</AddRxServiceResult>",
    ),
    "RemoveRxService": (
        lambda fax: fax.admin.remove_rx_service("acme.jane"),
        "<RemoveRxServiceResult>0</RemoveRxServiceResult>",
    ),
    "SetRxServiceProperties": (
        lambda fax: fax.admin.set_rx_service_properties(RX),
        "<SetRxServicePropertiesResult>0</SetRxServicePropertiesResult>",
    ),
    "GetRxServiceProperties": (lambda fax: fax.admin.get_rx_service_properties(), "<U_Rx />"),
    "AddRxEmailProperties": (
        lambda fax: fax.admin.add_rx_email_properties(SIGNED),
        "<AddRxEmailPropertiesResult>0</AddRxEmailPropertiesResult>",
    ),
    "SetRxEmailProperties": (
        lambda fax: fax.admin.set_rx_email_properties(ENCRYPTED),
        "<SetRxEmailPropertiesResult>0</SetRxEmailPropertiesResult>",
    ),
    "GetRxEmailProperties": (lambda fax: fax.admin.get_rx_email_properties(), ""),
    "RemoveRxEmail": (
        lambda fax: fax.admin.remove_rx_email("jane@example.com"),
        "<RemoveRxEmailResult>0</RemoveRxEmailResult>",
    ),
    "AddTxService": (
        lambda fax: fax.admin.add_tx_service(TX),
        "<AddTxServiceResult>0</AddTxServiceResult>",
    ),
    "RemoveTxService": (
        lambda fax: fax.admin.remove_tx_service("acme.jane"),
        "<RemoveTxServiceResult>0</RemoveTxServiceResult>",
    ),
    "SetUserTxProperties": (
        lambda fax: fax.admin.set_user_tx_properties(SMALL_TX),
        "<SetUserTxPropertiesResult>0</SetUserTxPropertiesResult>",
    ),
    "GetUserTxProperties": (
        lambda fax: fax.admin.get_user_tx_properties(),
        "<GetUserTxPropertiesResult>0</GetUserTxPropertiesResult><U_tx />",
    ),
    "GetAccountUsers": (
        lambda fax: fax.admin.get_account_users(),
        "<GetAccountUsersResult><Users /></GetAccountUsersResult>",
    ),
    "GetTimeZones": (lambda fax: fax.admin.get_time_zones(), ""),
    "GetTimeZonesXML": (
        lambda fax: fax.admin.get_time_zones_xml(),
        "<GetTimeZonesXMLResult>&lt;Name&gt;A&lt;/Name&gt;&lt;GMTOffset&gt;0&lt;</GetTimeZonesXMLResult>",
    ),
    "GetOutboundActivity": (
        lambda fax: fax.admin.get_outbound_activity(
            time_from=datetime(2026, 3, 1, tzinfo=UTC),
            time_until=datetime(2026, 4, 1, 0, 30, 5, 999_999, tzinfo=UTC),
        ),
        "<GetOutboundActivityResult><Status>0</Status></GetOutboundActivityResult>",
    ),
    "GetInboundActivity": (
        lambda fax: fax.admin.get_inbound_activity(
            time_from=date(2026, 3, 1), time_until=date(2026, 3, 1), only_my_user=True
        ),
        "<GetInboundActivityResult><Status>0</Status></GetInboundActivityResult>",
    ),
}


def test_every_operation_has_a_golden_request() -> None:
    names = [operation.name for operation in OPERATIONS]
    assert sorted(names) == sorted([*QUERIES, *ADMIN_REQUESTS]) == sorted(CALLS)
    assert len(ADMIN_REQUESTS) == 23


@pytest.mark.asyncio
@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("operation", CALLS)
async def test_the_request_is_the_vendors(operation: str, version: str) -> None:
    call, response = CALLS[operation]
    path, namespace, body = request_of(operation)
    # New York: the clock of the account's zone is what a time is written on.
    options: SoapOptions = {"soap_version": version, "timezone": "America/New_York"}
    with interfax(soap(operation, response, version=version), **options) as (client, server):
        async with client:
            await call(client)
    (request,) = server.requests
    assert (request.method, request.target) == ("POST", path)
    assert request.header("content-type") == [CONTENT_TYPES[version]]
    action = [f'"{namespace}/{operation}"'] if version == "1.1" else []
    assert request.header("soapaction") == action
    assert shape(request.body) == shape(ENVELOPES[version].format(body).encode())
