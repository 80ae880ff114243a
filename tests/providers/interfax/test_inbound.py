"""GetList and GetList2: answers in every shape."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sniffio

from faxapi.errors import DecodeError, InvalidRequest, PermissionDenied
from faxapi.providers.interfax import MessageItem, MessageItem2
from faxapi.wire.soap import SoapVersion
from tests.providers.interfax.peer import interfax, shape, soap

pytestmark = pytest.mark.anyio


def message(number: int, **more: str) -> str:
    """Write the fields of one MessageItem, in the order of the operation page."""
    values = {
        "MessageID": str(number),
        "PhoneNumber": "12125550100",
        "RemoteCSID": "JANES FAX",
        "MessageStatus": "0",
        "Pages": "2",
        "MessageSize": "40000",
        "MessageType": "1",
        "ReceiveTime": "2026-03-10T12:00:00.25",
        "CallerID": "12125550143",
        "MessageRecordingDuration": "75",
        **more,
    }
    return "".join(f"<{name}>{value}</{name}>" for name, value in values.items())


def listed(*rows: str, result: int | str = 0) -> bytes:
    """Answer GetList: the code before the messages."""
    items = "".join(f"<MessageItem>{row}</MessageItem>" for row in rows)
    inner = f"<GetListResult>{result}</GetListResult><objMessageItem>{items}</objMessageItem>"
    return soap("GetList", inner)


def row2(number: int, **more: str) -> str:
    """Write one MessageItem2."""
    last = {"ImageStatus": "READ", "NumOfEmails": "2", "NumOfFailedEmails": "1"}
    return (
        f"<MessageItem2><UserID>acme</UserID>{message(number, **{**last, **more})}</MessageItem2>"
    )


def items(*rows: str) -> str:
    return f"<MessageItems>{''.join(rows)}</MessageItems>"


def listed2(*parts: str, version: str = "1.1") -> bytes:
    """Answer GetList2 with what stands in its result."""
    inner = f"<GetList2Result>{''.join(parts)}</GetList2Result>"
    return soap("GetList2", inner, version=version)


OK = "<ResultCode>0</ResultCode>"
TOTAL = "<TotalTransactionsNum>250</TotalTransactionsNum>"


def sent(body: bytes, name: str) -> list[str]:
    """Read the texts of a request's elements of a name."""
    return [node[2] for node in shape(body) if node[1].rpartition(" ")[2] == name]


async def test_a_list_of_messages(anyio_backend: str) -> None:
    rows = message(9, RemoteCSID="&#x1;JANE"), message(8, Pages="two"), message(7, Colour="red")
    with interfax(listed(*rows), timezone="UTC") as (client, _):
        async with client:
            result = await client.inbound.get_list()
    assert sniffio.current_async_library() == anyio_backend
    assert result.items[0] == MessageItem(
        message_id=9,
        phone_number="12125550100",
        remote_csid="\ufffdJANE",
        message_status=0,
        pages=2,
        message_size=40000,
        message_type=1,
        receive_time=datetime(2026, 3, 10, 12, 0, 0, 250_000, UTC),
        caller_id="12125550143",
        message_recording_duration=timedelta(seconds=75),
    )
    assert (len(MessageItem.model_fields), result.result_code) == (10, 0)
    assert [item.message_id for item in result.items] == [9, 7]
    assert [(each.code, each.gap) for each in result.notices] == [
        ("skipped_record", True),
        ("unknown_element", False),
    ]
    assert "MessageID 8" in result.notices[0].text
    assert result.notices[0].since == datetime(2026, 3, 10, 12, 0, 0, 250_000, UTC)
    assert repr(result.items[0]) == "MessageItem(message_id=9, message_status=0)"


@pytest.mark.parametrize("inner", ["", "<objMessageItem />"], ids=["absent", "empty"])
async def test_no_messages(inner: str) -> None:
    with interfax(soap("GetList", f"<GetListResult>0</GetListResult>{inner}")) as (client, _):
        async with client:
            assert (await client.inbound.get_list()).items == ()


async def test_the_whole_account_is_a_primary_users() -> None:
    with interfax(listed(result=-3007)) as (client, _):
        async with client:
            with pytest.raises(PermissionDenied, match="primary user") as caught:
                await client.inbound.get_list(ltype="AccountAllMessages")
    assert (caught.value.operation, caught.value.code) == ("inbound.GetList", "-3007")


async def test_a_page_of_messages() -> None:
    with interfax(listed2(items(row2(9), row2(8)), OK, TOTAL), timezone="UTC") as (client, _):
        async with client:
            result = await client.inbound.get_list2()
    first = result.items[0]
    assert (first.user_id, first.message_id, first.pages) == ("acme", 9, 2)
    assert (first.image_status, first.num_of_emails, first.num_of_failed_emails) == ("READ", 2, 1)
    assert len(MessageItem2.model_fields) == 14
    assert (result.total_transactions, result.result_code, result.notices) == (250, 0, ())
    assert repr(first) == "MessageItem2(message_id=9, message_status=0)"


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("first", [True, False], ids=["code-first", "code-last"])
@pytest.mark.parametrize("count", [0, 1, 3])
async def test_the_code_may_stand_on_either_side_of_the_messages(
    count: int, version: SoapVersion, *, first: bool
) -> None:
    rows = [items(*map(row2, range(count)))]
    parts = [OK, TOTAL, *rows] if first else [*rows, OK, TOTAL]
    with interfax(listed2(*parts, version=version), soap_version=version) as (client, _):
        async with client:
            result = await client.inbound.get_list2()
    assert [item.message_id for item in result.items] == list(range(count))
    assert result.total_transactions == 250


async def test_a_bad_message_costs_no_other() -> None:
    rows = row2(9, ReceiveTime="soon"), row2(8, MessageID=""), row2(7)
    with interfax(listed2(items(*rows), OK, TOTAL), timezone="UTC") as (client, _):
        async with client:
            result = await client.inbound.get_list2()
    assert [item.message_id for item in result.items] == [7]
    assert [each.code for each in result.notices] == ["skipped_record"] * 2
    assert "soon" not in str(result.notices)


async def test_a_condition_that_interfax_refuses() -> None:
    with interfax(listed2("<ResultCode>-1030</ResultCode>")) as (client, _):
        async with client:
            with pytest.raises(InvalidRequest, match="Verb"):
                await client.inbound.get_list2(received_verb="=", received_data="tomorrow")


async def test_without_its_code_an_answer_says_nothing() -> None:
    with interfax(listed2(items(row2(5)), TOTAL)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="no GetList2Result/ResultCode"):
                await client.inbound.get_list2()


MARCH = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("given", "verb", "data"),
    [
        ({}, ">=", "1999-01-01"),
        ({"since": MARCH}, ">=", "2026-03-01 13:30:00"),
        ({"until": MARCH}, "<=", "2026-03-01 13:30:00"),
        (
            {"since": date(2026, 3, 1), "until": MARCH},
            "BETWEEN",
            "2026-03-01 00:00:00,2026-03-01 13:30:00",
        ),
        ({"received_verb": "<", "received_data": "2026-03-01"}, "<", "2026-03-01"),
    ],
)
async def test_the_time_of_reception_is_on_the_accounts_clock(
    given: dict[str, object], verb: str, data: str
) -> None:
    with interfax(listed2(OK), timezone="Europe/Rome") as (client, server):
        async with client:
            await client.inbound.get_list2(**given)  # type: ignore[arg-type]
    body = server.requests[0].body
    assert (sent(body, "Verb"), sent(body, "VerbData")) == ([verb], [data])


async def test_the_messages_are_the_logins_own_unless_a_user_is_named() -> None:
    with interfax(listed2(OK)) as (client, server):
        async with client:
            await client.inbound.get_list2()
            await client.inbound.get_list2(user_id="acme.jane", transaction_id=7)
            await client.with_credentials("acme.bob", "bobs").inbound.get_list2()
    users = [sent(request.body, "UserID") for request in server.requests]
    assert users == [["acme"], ["acme.jane"], ["acme.bob"]]
    assert [sent(each.body, "TransactionID") for each in server.requests] == [["0"], ["7"], ["0"]]
    assert sent(server.requests[2].body, "Password") == ["bobs"]
