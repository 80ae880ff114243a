"""What an Imagicle server may answer, and what becomes of it."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from faxapi.errors import DecodeError, ServiceUnavailable
from faxapi.providers.imagicle import Fax, Imagicle, Recipient
from faxapi.providers.imagicle.operations import GET_OUTBOUND
from tests.providers.imagicle.server import EXAMPLE, account, answer
from tests.providers.recorder import answering
from tests.transport.server import Request, Server, always, reply


async def details(content: Any, *, inbound: bool = False, timezone: str = "Europe/Rome") -> Fax:  # noqa: ANN401 - any JSON value
    with Server(always(answer(content))) as server:
        async with account(server, timezone=timezone) as imagicle:
            get = imagicle.get_inbound_fax if inbound else imagicle.get_outbound_fax
            return await get("asked-for")


async def listed(content: Any, *, inbound: bool = False) -> list[Fax]:  # noqa: ANN401 - any JSON value
    with Server(always(answer(content))) as server:
        async with account(server) as imagicle:
            return await (
                imagicle.list_inbound_faxes() if inbound else imagicle.list_outbound_faxes()
            )


@pytest.mark.asyncio
async def test_the_vendors_example() -> None:
    fax = await details(EXAMPLE.encode())
    assert fax.model_dump() == {
        # Not the id that was asked for: it is opaque, and never compared.
        "fax_id": "IAS-N1_6a504a1d-12d6-44a7-a249-db6c4389f413_0",
        "username": "user1",
        "subject": "The fax subject",
        "recipient": ({"name": "Mario Rossi", "fax_number": "10002"},),
        "sender": None,
        "status": "Completed",
        "detailed_status": None,
        "number_of_pages": 1,
        "server_name": "IAS-N1",
        "submit_time": datetime(2016, 11, 25, 14, 56, 56, tzinfo=UTC),
        "start_time": datetime(2016, 11, 25, 14, 57, 12, tzinfo=UTC),
        "end_time": datetime(2016, 11, 25, 14, 57, 40, tzinfo=UTC),
        "failure_reason": None,
        "q931_code": None,
        "size": 2897,
        "date": None,
    }


@pytest.mark.asyncio
async def test_details_may_be_wrapped() -> None:
    fax = await details({"fax": json.loads(EXAMPLE)})
    assert fax == await details(EXAMPLE.encode())


@pytest.mark.asyncio
@pytest.mark.parametrize("member", ["faxList", "faxlist", "FaxList"])
async def test_a_list_in_any_case(member: str) -> None:
    faxes = await listed({"total": 2, member: [{"faxId": "1"}, {"faxId": "2"}], "more": None})
    assert [fax.fax_id for fax in faxes] == ["1", "2"]


@pytest.mark.asyncio
@pytest.mark.parametrize("content", [{"faxList": []}, {"faxlist": None}, {"faxList": [], "x": [1]}])
async def test_an_empty_list(content: Any) -> None:  # noqa: ANN401 - any JSON value
    assert await listed(content) == []


@pytest.mark.asyncio
async def test_a_summary_of_a_received_fax() -> None:
    (fax,) = await listed(
        {
            "faxList": [
                {
                    "faxId": "N1_7",
                    "username": "user1",
                    "recipient": [{"name": "Anna", "faxNumber": "200"}],
                    "sender": {"name": "Bob", "faxNumber": "+39055"},
                    "subject": "",
                    "status": "Completed",
                    "date": "2016-11-25T15:56:56.0000000",
                }
            ]
        },
        inbound=True,
    )
    assert fax.sender == Recipient(name="Bob", fax_number="+39055")
    assert fax.recipient == (Recipient(name="Anna", fax_number="200"),)
    assert fax.date == datetime(2016, 11, 25, 15, 56, 56, tzinfo=UTC)
    assert (fax.submit_time, fax.number_of_pages) == (None, None)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ({"faxNumber": "1"}, ["1"]),
        ([{"faxNumber": "1"}], ["1"]),
        ([{"faxNumber": "1"}, None, {"faxNumber": "2"}], ["1", "2"]),
        ({"faxNumber": None}, [None]),
        ([], []),
        (None, []),
    ],
)
async def test_recipients(written: Any, numbers: list[str | None]) -> None:  # noqa: ANN401 - any JSON value
    fax = await details({"faxId": "1", "recipient": written})
    assert [each.fax_number for each in fax.recipient] == numbers


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ('"2016-11-25T15:57:40.0000000"', datetime(2016, 11, 25, 14, 57, 40, tzinfo=UTC)),
        ('"2016-07-25T15:57:40.1234567"', datetime(2016, 7, 25, 13, 57, 40, 123456, tzinfo=UTC)),
        ('"2016-11-25T15:57:40Z"', datetime(2016, 11, 25, 15, 57, 40, tzinfo=UTC)),
        ('"2016-11-25T15:57:40.5+03:00"', datetime(2016, 11, 25, 12, 57, 40, 500000, tzinfo=UTC)),
        (r'"/Date(1480089460000+0100)/"', datetime(2016, 11, 25, 15, 57, 40, tzinfo=UTC)),
        (r'"\/Date(1480089460000+0100)\/"', datetime(2016, 11, 25, 15, 57, 40, tzinfo=UTC)),
        (r'"\/Date(-62135596800000)\/"', None),
        ('"0001-01-01T00:00:00"', None),
        ('"0001-01-01T00:00:00.0000000"', None),
        ("null", None),
        ('""', None),
    ],
)
async def test_a_time(written: str, moment: datetime | None) -> None:
    fax = await details(f'{{"faxId": "1", "endTime": {written}}}'.encode())
    assert fax.end_time == moment


@pytest.mark.asyncio
async def test_a_running_fax_has_no_times() -> None:
    fax = await details({"faxId": "1", "status": "InProgress", "startTime": None})
    assert (fax.start_time, fax.end_time, fax.submit_time) == (None, None, None)


@pytest.mark.asyncio
async def test_a_word_and_a_member_that_are_not_documented() -> None:
    with Server(always(answer({"faxId": "1", "status": "Held", "colour": "x"}))) as server:
        async with account(server) as imagicle:
            fax = await imagicle.get_outbound_fax("1")
    assert fax.status == "Held"


@pytest.mark.asyncio
@pytest.mark.parametrize("first", [True, False])
async def test_the_serializers_hint_is_ignored_wherever_it_stands(first: bool) -> None:  # noqa: FBT001 - a parameter of the test
    hint, rest = {"__type": "OutboundFax:StoneFax.Faxes"}, {"faxId": "1"}
    content = {**hint, **rest} if first else {**rest, **hint}
    with Server(always(answer(content))) as server:
        async with account(server) as imagicle:
            reading = imagicle._service.reading()
            await imagicle._service.item(GET_OUTBOUND, reading=reading, id="1")
    assert not reading.unknown


@pytest.mark.asyncio
async def test_a_byte_order_mark() -> None:
    mark = b"\xef\xbb\xbf"
    assert (await details(mark + b'{"faxId": "1"}')).fax_id == "1"
    assert [fax.fax_id for fax in await listed(mark + b'{"faxList": [{"faxId": "1"}]}')] == ["1"]


@pytest.mark.asyncio
async def test_numbers_may_be_text_and_blank() -> None:
    fax = await details({"faxId": 12, "size": "2897", "numberOfPages": "", "Q931Code": "16"})
    assert (fax.fax_id, fax.size, fax.number_of_pages, fax.q931_code) == ("12", 2897, None, 16)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "empty"),
        (b"{}", "no fax"),
        (b"[]", "no fax"),
        (b'{"fax": null}', "no fax"),
        (b'{"reason": "x"}', "no fax"),
        (b'{"faxId": "1"', "not JSON: line 1"),
        (b"\xff\xfe{", "not UTF-8"),
        (b"[" * 200_000, "too deeply"),
        (b'{"faxId": "1", "size": "large"}', "fax/size"),
    ],
)
async def test_details_that_are_none(body: bytes, text: str) -> None:
    with pytest.raises(DecodeError, match=text) as caught:
        await details(body)
    assert caught.value.operation == "outbound.Details"
    assert "large" not in str(caught.value)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", "empty"),
        (b"{}", "no list faxList"),
        (b"[]", "no list faxList"),
        (b'{"faxList": {"faxId": "1"}}', "no list faxList"),
        (b'{"other": {"faxList": []}}', "no list faxList"),
        (b'{"faxList": [{"faxId": "1"}, {"faxId"', "after 1 items"),
        (b'{"faxList": [{"faxId": "1"}', "after 0 items"),
        (b'{"faxList": [{"faxId": "1"}]', "not JSON"),
        (b'{"faxList": [{"faxId": "1"} {"faxId": "2"}]}', "after 0 items"),
        (b'{"faxList": [\xff]}', "not UTF-8"),
        (b'{"faxList": [' + b"[" * 200_000, "too deeply"),
        (b'{"faxList": [{"a": "' + b"x" * 3_000_000, "characters"),
        (b'{"faxList": [{"faxId": "1"}, {"faxId": "2", "size": "large"}]}', "faxList/size"),
        (b'{"faxList": [7]}', "faxList"),
    ],
)
async def test_a_list_that_is_none(body: bytes, text: str) -> None:
    with pytest.raises(DecodeError, match=text) as caught:
        await listed(body)
    assert caught.value.operation == "outbound.Mine"
    assert "large" not in str(caught.value)


@pytest.mark.asyncio
async def test_a_list_of_many_chunks() -> None:
    items = [{"faxId": str(each), "subject": "é" * (each % 40)} for each in range(5000)]
    faxes = await listed(json.dumps({"faxList": items}, ensure_ascii=False).encode())
    assert [fax.fax_id for fax in faxes] == [item["faxId"] for item in items]
    assert [fax.subject for fax in faxes] == [item["subject"] for item in items]


def pages(*contents: list[str]) -> Any:  # noqa: ANN401 - a script
    """A server that gives these ids page by page, and the last page's for every later one."""

    def choose(request: Request) -> bytes:
        number = int(request.target.partition("page=")[2].partition("&")[0])
        return answer({"faxList": [{"faxId": each} for each in contents[number - 1]]})

    return answering(choose)


async def walked(script: Any, page_size: int) -> tuple[list[str | None], int]:  # noqa: ANN401 - a script
    with Server(script) as server:
        async with account(server) as imagicle:
            found = [fax.fax_id async for fax in imagicle.iter_outbound_faxes(page_size=page_size)]
    return found, len(server.requests)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("contents", "found", "asked"),
    [
        ([["1", "2"], ["3"]], ["1", "2", "3"], 2),
        ([["1", "2"], ["3", "4"], []], ["1", "2", "3", "4"], 3),
        ([[]], [], 1),
        # A fax arrived meanwhile and pushed another to the next page.
        ([["1", "2"], ["2", "3"], []], ["1", "2", "3"], 3),
        # The server knows no pages, and gives everything.
        ([["1", "2", "3"]], ["1", "2", "3"], 1),
    ],
)
async def test_pages(contents: list[list[str]], found: list[str], asked: int) -> None:
    assert await walked(pages(*contents), 2) == (found, asked)


@pytest.mark.asyncio
async def test_a_server_that_does_not_turn_pages_is_an_error_not_a_loop() -> None:
    with Server(always(answer({"faxList": [{"faxId": "1"}, {"faxId": "2"}]}))) as server:
        async with account(server) as imagicle:
            walk = imagicle.iter_inbound_faxes(page_size=2)
            assert [(await anext(walk)).fax_id, (await anext(walk)).fax_id] == ["1", "2"]
            with pytest.raises(DecodeError, match="page 2 holds nothing new"):
                await anext(walk)
    assert len(server.requests) == 2


@pytest.mark.asyncio
async def test_a_page_that_fails_is_asked_for_again() -> None:
    failed: list[str] = []

    def choose(request: Request) -> bytes:
        number = request.target.partition("page=")[2].partition("&")[0]
        if number == "2" and not failed:
            failed.append(number)
            return reply(b"", status="503 Service Unavailable")
        ids = {"1": ["1", "2"], "2": ["3", "4"], "3": ["5"]}[number]
        return answer({"faxList": [{"faxId": each} for each in ids]})

    with Server(answering(choose)) as server:
        async with account(server) as imagicle:
            walk = imagicle.iter_outbound_faxes(page_size=2)
            assert [(await anext(walk)).fax_id for _ in range(2)] == ["1", "2"]
            with pytest.raises(ServiceUnavailable):
                await anext(walk)
            assert [fax.fax_id async for fax in walk] == ["3", "4", "5"]
    assert failed == ["2"]


@pytest.mark.asyncio
async def test_a_compressed_list() -> None:
    body = gzip.compress(b'{"faxList": [{"faxId": "1"}]}')
    script = always(reply(body, "Content-Encoding: gzip", kind="application/json"))
    with Server(script) as server:
        async with account(server) as imagicle:
            assert [fax.fax_id for fax in await imagicle.list_outbound_faxes()] == ["1"]


def test_a_repr_shows_no_number_and_no_subject() -> None:
    fax = Fax(fax_id="N1_7", subject="Secret plan", recipient=(Recipient(fax_number="+1555"),))
    assert "N1_7" in repr(fax)
    assert "Secret" not in repr(fax)
    assert "1555" not in repr(fax)
    assert "1555" not in repr(fax.recipient)


def test_an_accounts_repr_names_no_password() -> None:
    imagicle = Imagicle("https://ucx.example", "user1", "s3cret", name="rome")
    assert repr(imagicle) == "Imagicle('rome', username='user1')"
    assert "s3cret" not in repr(imagicle._service)
