"""Admin answers in every shape that InterFax's pages leave open, and its codes as errors."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from faxapi.errors import ConfigurationError, DecodeError, PermissionDenied, Unconfirmed
from faxapi.providers.interfax import (
    AttachmentFormat,
    FeedbackFormat,
    FeedbackType,
    InboundNode,
    InterFax,
    PageSize,
    RxEmail,
    TimeZoneElement,
    UserGeneral,
    UserInboundSummary,
    UserRx,
    UserTx,
)
from tests.providers.interfax.peer import code, interfax, soap
from tests.transport.server import reply

TX = """<GetUserTxPropertiesResult>0</GetUserTxPropertiesResult>
<U_tx>
  <Username>acme</Username><CheckPassword>true</CheckPassword>
  <FeedbackType>2</FeedbackType><FeedbackFormat>9</FeedbackFormat>
  <FeedbackWithTIF>false</FeedbackWithTIF>
  <DefaultPageSize>A4</DefaultPageSize><DefaultPageOrientation>Sideways</DefaultPageOrientation>
  <DefaultRetriesToPerform>3</DefaultRetriesToPerform>
</U_tx>"""
USER_1 = """<UserOutboundSummary>
  <Username>acme</Username><TotalFaxes>7</TotalFaxes><TotalPages>19</TotalPages>
  <TotalUnits>21.50</TotalUnits><TotalCost>2.3650</TotalCost>
  <MinTransactionID>1</MinTransactionID><MaxTransactionID>99</MaxTransactionID>
</UserOutboundSummary>"""
USER_2 = USER_1.replace("acme", "acme.jane").replace("<TotalCost>2.3650", "<TotalCost>")
EASTERN = TimeZoneElement(name="Eastern & co", gmt_offset=-300)


def activity(users: str) -> bytes:
    return soap(
        "GetOutboundActivity",
        "<GetOutboundActivityResult><Status>0</Status><TimeFrom>2026-03-01T00:00:00</TimeFrom>"
        f"<TimeUntil>2026-04-01T00:00:00</TimeUntil>{users}</GetOutboundActivityResult>",
    )


async def outbound_activity(client: InterFax) -> Any:  # noqa: ANN401 - each test looks at its own part
    return await client.admin.get_outbound_activity(
        time_from=date(2026, 3, 1), time_until=date(2026, 4, 1)
    )


@pytest.mark.asyncio
@pytest.mark.parametrize("balance", ["12.3400", " 12.3400 "])
async def test_the_balance_comes_back_beside_the_code(balance: str) -> None:
    inner = "<GetAccountPPCardsBalanceResult>0</GetAccountPPCardsBalanceResult>"
    answer = soap("GetAccountPPCardsBalance", f"{inner}<Balance>{balance}</Balance>")
    with interfax(answer) as (client, _):
        async with client:
            found = await client.admin.get_account_pp_cards_balance()
    assert found == Decimal("12.3400")
    assert isinstance(found, Decimal)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "balance", ["", "<Balance />", "<Balance>INF</Balance>", "<Balance>x</Balance>"]
)
async def test_a_balance_that_is_no_number_is_an_error(balance: str) -> None:
    inner = "<GetAccountPPCardsBalanceResult>0</GetAccountPPCardsBalanceResult>"
    with interfax(soap("GetAccountPPCardsBalance", inner + balance)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="Balance"):
                await client.admin.get_account_pp_cards_balance()


@pytest.mark.asyncio
async def test_a_user_comes_back_by_reference() -> None:
    user = (
        "<Username>acme</Username><Password>s3cret</Password><CSID /><TimeZone>Eastern</TimeZone>"
    )
    inner = f"<GetUserPropertiesResult>0</GetUserPropertiesResult><User>{user}</User>"
    with interfax(soap("GetUserProperties", inner)) as (client, _):
        async with client:
            found = await client.admin.get_user_properties()
    assert found == UserGeneral(
        username="acme", password=SecretStr("s3cret"), csid="", time_zone="Eastern"
    )
    assert "s3cret" not in f"{found!r} {found} {found.model_dump()} {found.model_dump_json()}"


@pytest.mark.asyncio
async def test_an_outbound_service_with_values_that_nobody_knows() -> None:
    with interfax(soap("GetUserTxProperties", TX)) as (client, _):
        async with client:
            found = await client.admin.get_user_tx_properties()
    assert found == UserTx(
        username="acme",
        check_password=True,
        feedback_type=FeedbackType.ON_FAILURE,
        feedback_format=9,
        feedback_with_tif=False,
        default_page_size=PageSize.A4,
        default_page_orientation="Sideways",
        default_retries_to_perform=3,
    )
    assert isinstance(found.feedback_type, FeedbackType)
    assert isinstance(found.default_page_size, PageSize)
    assert not isinstance(found.feedback_format, FeedbackFormat)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "inner",
    [
        "<GetRxServicePropertiesResult>0</GetRxServicePropertiesResult><U_Rx>{}</U_Rx>",
        "<U_Rx>{}</U_Rx>",
        "<GetRxServicePropertiesResult><U_Rx>{}</U_Rx></GetRxServicePropertiesResult>",
        "<GetRxServicePropertiesResult>{}</GetRxServicePropertiesResult>",
    ],
    ids=["beside the code", "alone", "inside", "as the result"],
)
async def test_an_inbound_service_wherever_it_stands(inner: str) -> None:
    fields = "<Username>acme</Username><AttachmentFormat>PDF</AttachmentFormat>"
    with interfax(soap("GetRxServiceProperties", inner.format(fields))) as (client, _):
        async with client:
            found = await client.admin.get_rx_service_properties()
    assert found == UserRx(username="acme", attachment_format=AttachmentFormat.PDF)


@pytest.mark.asyncio
async def test_an_inbound_service_that_is_not_there() -> None:
    with interfax(code("GetRxServiceProperties", 0)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="no U_Rx"):
                await client.admin.get_rx_service_properties()


JANE = "<EmailAddress>jane@example.com</EmailAddress><SendSigned>true</SendSigned>"
JOHN = "<EmailAddress>john@example.com</EmailAddress><SendSigned>0</SendSigned>"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("inner", "addresses"),
    [
        ("", []),
        ("<GetRxEmailPropertiesResult>0</GetRxEmailPropertiesResult>", []),
        ("<GetRxEmailPropertiesResult>0</GetRxEmailPropertiesResult><URxE />", []),
        (f"<URxE><RxEmail>{JANE}</RxEmail></URxE>", ["jane@example.com"]),
        (
            f"<URxE><User_RxEmail>{JANE}</User_RxEmail><User_RxEmail>{JOHN}</User_RxEmail></URxE>",
            ["jane@example.com", "john@example.com"],
        ),
        (
            f"<GetRxEmailPropertiesResult><E>{JANE}</E><E>{JOHN}</E></GetRxEmailPropertiesResult>",
            ["jane@example.com", "john@example.com"],
        ),
        (f"<URxE>{JANE}</URxE><URxE>{JOHN}</URxE>", ["jane@example.com", "john@example.com"]),
    ],
)
async def test_forwarding_addresses_whatever_their_element(
    inner: str, addresses: list[str]
) -> None:
    with interfax(soap("GetRxEmailProperties", inner)) as (client, _):
        async with client:
            found = await client.admin.get_rx_email_properties()
    assert [each.email_address for each in found] == addresses
    assert [each.send_signed for each in found] == [True, False][: len(addresses)]


@pytest.mark.asyncio
async def test_inbound_nodes() -> None:
    node = "<ID>{}</ID><Description>New York</Description><CountryCode>1</CountryCode><Prefix />"
    inner = "".join(f"<InboundNode>{node.format(number)}</InboundNode>" for number in (3, 4))
    answer = soap("GetInboundNodes", f"<GetInboundNodesResult>{inner}</GetInboundNodesResult>")
    with interfax(answer) as (client, server):
        async with client:
            found = await client.admin.get_inbound_nodes("US", "EN")
    assert found == [
        InboundNode(id=number, description="New York", country_code=1) for number in (3, 4)
    ]
    assert b"acme" not in server.requests[0].body


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "zones",
    [
        # As the vendor's page has it: GMTOffset is never closed.
        """<TimeZones>
             <Name>Eastern &amp; co</Name>
             <GMTOffset>-300<GMTOffset>
             <Name>GMT</Name>
             <GMTOffset>0<GMTOffset>
           </TimeZones>""",
        """<TimeZones>
             <Name>Eastern &amp; co</Name><GMTOffset>-300</GMTOffset>
             <Name>GMT</Name><GMTOffset>0</GMTOffset>
           </TimeZones>""",
        """<TimeZones>
             <TimeZone><Name>Eastern &amp; co</Name><GMTOffset>-300</GMTOffset></TimeZone>
             <TimeZone id="2"><Name>GMT</Name><GMTOffset>0</GMTOffset></TimeZone>
           </TimeZones>""",
    ],
    ids=["documented", "flat", "nested"],
)
async def test_time_zones_in_a_text(zones: str) -> None:
    text = zones.replace("&", "&amp;").replace("<", "&lt;")
    inner = f"<GetTimeZonesXMLResult>{text}</GetTimeZonesXMLResult>"
    with interfax(soap("GetTimeZonesXML", inner)) as (client, server):
        async with client:
            found = await client.admin.get_time_zones_xml()
    assert found == [EASTERN, TimeZoneElement(name="GMT", gmt_offset=0)]
    assert len(server.requests) == 1


HALF_A_LIST = """<GetTimeZonesXMLResult>
  &lt;Name&gt;Eastern&lt;/Name&gt;
  &lt;Name&gt;GMT&lt;/Name&gt;&lt;GMTOffset&gt;0&lt;/GMTOffset&gt;
</GetTimeZonesXMLResult>"""
ZONES = soap(
    "GetTimeZones",
    "<GetTimeZonesResult><TimeZoneElement><Name>Eastern &amp; co</Name>"
    "<GMTOffset>-300</GMTOffset></TimeZoneElement></GetTimeZonesResult>",
)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "result",
    [
        "",
        "<GetTimeZonesXMLResult>none</GetTimeZonesXMLResult>",
        "<GetTimeZonesXMLResult>&lt;Name&gt;GMT&lt;/Name&gt;</GetTimeZonesXMLResult>",
        HALF_A_LIST,
        "<GetTimeZonesXMLResult><TimeZones><Name>GMT</Name></TimeZones></GetTimeZonesXMLResult>",
        "<GetTimeZonesXMLResult><GMTOffset>0<GMTOffset></GetTimeZonesXMLResult>",
    ],
    ids=["absent", "text", "a name alone", "half", "elements", "broken"],
)
async def test_time_zones_that_cannot_be_read_so_are_asked_for_otherwise(result: str) -> None:
    with interfax(soap("GetTimeZonesXML", result), ZONES) as (client, server):
        async with client:
            assert await client.admin.get_time_zones_xml() == [EASTERN]
    actions = [request.header("soapaction")[0].strip('"') for request in server.requests]
    assert [action.rpartition("/")[2] for action in actions] == ["GetTimeZonesXML", "GetTimeZones"]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("users", "names"),
    [
        (f"<Users>{USER_1}{USER_2}</Users>", ["acme", "acme.jane"]),
        (f"{USER_1}{USER_2}", ["acme", "acme.jane"]),
        (f"<Users>{USER_2}</Users>", ["acme.jane"]),
        (USER_2, ["acme.jane"]),
        ("<Users />", []),
        ("", []),
    ],
    ids=["wrapped", "direct", "one wrapped", "one direct", "empty", "absent"],
)
async def test_totals_by_user_in_both_shapes(users: str, names: list[str]) -> None:
    with interfax(activity(users)) as (client, _):
        async with client:
            found = await outbound_activity(client)
    assert found.status == 0
    assert found.time_until - found.time_from == timedelta(days=31)
    assert [user.username for user in found.users] == names
    assert [user.total_cost for user in found.users] == [
        Decimal("2.3650") if name == "acme" else None for name in names
    ]
    assert all(user.total_faxes == 7 and user.max_transaction_id == 99 for user in found.users)


@pytest.mark.asyncio
async def test_inbound_totals_name_the_number() -> None:
    inner = (
        "<GetInboundActivityResult><Status>0</Status><Users><UserInboundSummary>"
        "<Username>acme</Username><PhoneNumber>12125550100</PhoneNumber>"
        "<TotalFaxes>3</TotalFaxes></UserInboundSummary></Users></GetInboundActivityResult>"
    )
    with interfax(soap("GetInboundActivity", inner)) as (client, _):
        async with client:
            found = await client.admin.get_inbound_activity(
                time_from=date(2026, 3, 1), time_until=date(2026, 3, 2)
            )
    assert found.users == (
        UserInboundSummary(username="acme", phone_number="12125550100", total_faxes=3),
    )


@pytest.mark.asyncio
async def test_the_status_inside_the_totals_is_their_code() -> None:
    inner = "<GetOutboundActivityResult><Status>-310</Status></GetOutboundActivityResult>"
    with interfax(soap("GetOutboundActivity", inner)) as (client, _):
        async with client:
            with pytest.raises(PermissionDenied) as caught:
                await outbound_activity(client)
    assert caught.value.code == "-310"
    assert "primary user" in str(caught.value)
    assert "kinds=" not in str(caught.value)


@pytest.mark.asyncio
async def test_totals_without_a_status_are_unreadable() -> None:
    inner = "<GetOutboundActivityResult><Users /></GetOutboundActivityResult>"
    with interfax(soap("GetOutboundActivity", inner)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="GetOutboundActivityResult/Status"):
                await outbound_activity(client)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [soap("CloseUser", ""), soap("CloseUser", "<CloseUserResult />"), reply(b"", status="200 OK")],
    ids=["absent", "blank", "empty"],
)
async def test_a_change_without_a_code_may_or_may_not_have_been_made(answer: bytes) -> None:
    with interfax(answer, retries=2) as (client, server):
        async with client:
            with pytest.raises(Unconfirmed) as caught:
                await client.admin.close_user("acme.jane")
    assert (caught.value.operation, len(server.requests)) == ("admin.CloseUser", 1)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("user", "rule"),
    [
        (UserGeneral(username="acme.jane", password=SecretStr("ab")), "3 to 16"),
        (UserGeneral(username="acme.jane", password=SecretStr("a" * 17)), "3 to 16"),
        (UserGeneral(username="acme.jane", password=SecretStr("pass word")), "0-9, a-z and A-Z"),
        (UserGeneral(username="acme.jane", password=SecretStr("ümlaut")), "0-9, a-z and A-Z"),
        (UserGeneral(username="acme." + "j" * 16, password=SecretStr("abc")), "20 characters"),
    ],
)
async def test_a_user_that_breaks_the_vendors_rule_is_not_sent(
    user: UserGeneral, rule: str
) -> None:
    with interfax(code("OpenUser", 0)) as (client, server):
        async with client:
            for method in (client.admin.open_user, client.admin.set_user_properties):
                with pytest.raises(ConfigurationError, match=rule) as caught:
                    await method(user)
                assert user.password is not None
                assert user.password.get_secret_value() not in str(caught.value).split()
    assert server.requests == []


@pytest.mark.asyncio
async def test_what_would_be_read_as_zero_or_false_is_not_sent() -> None:
    with interfax(code("SetUserTxProperties", 0)) as (client, server):
        async with client:
            with pytest.raises(ConfigurationError, match="CheckPassword is not given"):
                await client.admin.set_user_tx_properties(UserTx(username="acme"))
            with pytest.raises(ConfigurationError, match="SendSigned is not given"):
                await client.admin.add_rx_email_properties(RxEmail(email_address="a@example.com"))
            with pytest.raises(ConfigurationError, match=r"DefaultRetriesToPerform is 10.*0 to 9"):
                await client.admin.add_tx_service(UserTx(default_retries_to_perform=10))
    assert server.requests == []


@pytest.mark.asyncio
async def test_a_range_that_ends_before_it_starts_is_not_sent() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    ranges = [(noon, noon - timedelta(seconds=1)), (date(2026, 3, 3), noon), (noon, noon.date())]
    with interfax(activity("")) as (client, server):
        async with client:
            for since, until in ranges:
                for method in (
                    client.admin.get_outbound_activity,
                    client.admin.get_inbound_activity,
                ):
                    with pytest.raises(ConfigurationError, match="must not be after TimeUntil"):
                        await method(time_from=since, time_until=until)
            with pytest.raises(
                ConfigurationError, match="TimeFrom is a datetime without a time zone"
            ):
                await client.admin.get_outbound_activity(
                    time_from=noon.replace(tzinfo=None), time_until=noon
                )
    assert server.requests == []
