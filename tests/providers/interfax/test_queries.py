"""FaxQuery and FaxQuery2: answers in every shape, and what is not asked at all."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sniffio

from faxapi.errors import (
    ConfigurationError,
    DecodeError,
    InvalidRequest,
    PermissionDenied,
)
from faxapi.providers.interfax import FaxItemEx2, InterFax, QueryCondition, StatusCount
from faxapi.providers.interfax.queries import QueryVerb
from faxapi.wire.soap import SoapVersion
from tests.providers.interfax.peer import fax, interfax, shape, soap

pytestmark = pytest.mark.anyio

NIL = 'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"'


def found(*rows: str, result: int | str = 0) -> bytes:
    """Answer FaxQuery."""
    inner = f"<FaxQueryResult>{''.join(rows)}</FaxQueryResult><ResultCode>{result}</ResultCode>"
    return soap("FaxQuery", inner)


def row2(number: int, *, status: int = 0, **more: str) -> str:
    """Write one FaxItemEx2 row: the eight fields more come last."""
    last = {
        "LocaleID": "1033",
        "GMTBias": "-300",
        "RetriesInterval": "5",
        "UserData": "case 7",
        "DeleteAfterUsage": "False",
        "Mode": "Normal",
        "NumOfTransactions": "3",
        "MessageID": "m-1",
    }
    row = fax(number, status=status, **{**last, **more})
    return row.replace("FaxItemEx>", "FaxItemEx2>")


def answer2(*parts: str, version: str = "1.1") -> bytes:
    """Answer FaxQuery2 with what stands in its result."""
    inner = f"<FaxQuery2Result>{''.join(parts)}</FaxQuery2Result>"
    return soap("FaxQuery2", inner, version=version)


def items(*rows: str) -> str:
    return f"<FaxItems>{''.join(rows)}</FaxItems>"


def stats(*counts: tuple[object, object]) -> str:
    inner = "".join(
        f"<StatusCount><Status>{status}</Status><Count>{count}</Count></StatusCount>"
        for status, count in counts
    )
    return f"<Stats>{inner}</Stats>"


OK = "<ResultCode>0</ResultCode>"
TOTAL = "<TotalTransactionsNum>250</TotalTransactionsNum>"


def sent(body: bytes, name: str) -> list[str]:
    """Read the texts of a request's elements of a name."""
    return [node[2] for node in shape(body) if node[1].rpartition(" ")[2] == name]


async def test_the_faxes_of_a_query(anyio_backend: str) -> None:
    rows = fax(9), fax(8, Units="a lot"), fax(7, RemoteCSID="&#x2;X", Colour="red")
    with interfax(found(*rows), timezone="UTC") as (client, server):
        async with client:
            result = await client.outbound.fax_query(verb="IN", verb_data=iter([9, 8, 7]))
    assert sniffio.current_async_library() == anyio_backend
    assert [item.transaction_id for item in result.items] == [9, 7]
    assert (result.items[1].remote_csid, result.result_code) == ("\ufffdX", 0)
    assert [(each.code, each.gap) for each in result.notices] == [
        ("skipped_record", True),
        ("unknown_element", False),
    ]
    assert sent(server.requests[0].body, "VerbData") == ["9,8,7"]
    assert sent(server.requests[0].body, "MaxItems") == ["100"]


@pytest.mark.parametrize(
    ("data", "text"), [("", ""), (5, "5"), ("5,9", "5,9"), ((5, 9), "5,9"), ([], "")]
)
async def test_the_data_of_a_verb(data: str | int | Sequence[int], text: str) -> None:
    with interfax(found()) as (client, server):
        async with client:
            assert (await client.outbound.fax_query(verb="ACTIVE", verb_data=data)).items == ()
    assert sent(server.requests[0].body, "VerbData") == [text]


async def test_a_verb_that_interfax_refuses() -> None:
    with interfax(found(result=-1030)) as (client, _):
        async with client:
            with pytest.raises(InvalidRequest, match="Verb") as caught:
                await client.outbound.fax_query(verb="BETWEEN", verb_data=5)
    assert (caught.value.operation, caught.value.code) == ("outbound.FaxQuery", "-1030")


async def test_a_page_of_faxes_and_how_many_there_are_of_each_status() -> None:
    parts = (
        OK,
        items(row2(9, status=-3), row2(8, RemoteCSID="A&#x1;B")),
        stats((-3, 1), (0, 249)),
        "<ErrorsDescriptionHTMLFormat>&lt;b&gt;acme.jane&lt;/b&gt;</ErrorsDescriptionHTMLFormat>",
        TOTAL,
    )
    with interfax(answer2(*parts), timezone="UTC") as (client, _):
        async with client:
            result = await client.outbound.fax_query2(return_stats=True)
    first, second = result.items
    assert isinstance(first, FaxItemEx2)
    assert (first.transaction_id, first.status, first.subject) == (9, -3, "Invoice")
    assert (first.locale_id, first.gmt_bias, first.retries_interval) == (1033, -300, 5)
    assert (first.user_data, first.delete_after_usage, first.mode) == ("case 7", "False", "Normal")
    assert (first.num_of_transactions, first.message_id) == (3, "m-1")
    assert len(FaxItemEx2.model_fields) == 35
    assert second.remote_csid == "A\ufffdB"
    assert result.stats == (StatusCount(status=-3, count=1), StatusCount(status=0, count=249))
    assert (result.total_transactions, result.result_code) == (250, 0)
    assert result.errors_html == "<b>acme.jane</b>"
    assert "jane" not in repr(result)
    assert "Invoice" not in repr(result)
    assert result.notices == ()


@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("first", [True, False], ids=["code-first", "code-last"])
@pytest.mark.parametrize("count", [0, 1, 3])
async def test_the_code_may_stand_on_either_side_of_the_faxes(
    count: int, version: SoapVersion, *, first: bool
) -> None:
    code = [OK, TOTAL]
    rows = [items(*(row2(number) for number in range(count, 0, -1)))]
    parts = code + rows if first else rows + code
    with interfax(answer2(*parts, version=version), soap_version=version) as (client, _):
        async with client:
            result = await client.outbound.fax_query2()
    assert [item.transaction_id for item in result.items] == list(range(count, 0, -1))
    assert (result.total_transactions, result.stats) == (250, ())


@pytest.mark.parametrize("first", [True, False], ids=["code-first", "code-last"])
@pytest.mark.parametrize("rows", [(), (row2(5),)], ids=["empty", "one"])
async def test_an_error_may_too(rows: tuple[str, ...], *, first: bool) -> None:
    code = ["<ResultCode>-710</ResultCode>"]
    parts = [*code, items(*rows)] if first else [items(*rows), *code]
    with interfax(answer2(*parts)) as (client, _):
        async with client:
            with pytest.raises(InvalidRequest, match="neither items nor statistics") as caught:
                await client.outbound.fax_query2(return_items=False)
    assert (caught.value.operation, caught.value.code) == ("outbound.FaxQuery2", "-710")


@pytest.mark.parametrize(
    "rows", ["", items(), f"<FaxItems {NIL} />", items(f"<FaxItemEx2 {NIL} />")]
)
async def test_no_faxes(rows: str) -> None:
    with interfax(answer2(OK, rows, "<TotalTransactionsNum>0</TotalTransactionsNum>")) as (
        client,
        _,
    ):
        async with client:
            result = await client.outbound.fax_query2()
    assert (result.items, result.total_transactions, result.errors_html) == ((), 0, None)


async def test_faxes_under_another_name_are_no_empty_list() -> None:
    with interfax(answer2(OK, items(fax(5)), TOTAL)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match=r"FaxItems holds <FaxItemEx> instead of"):
                await client.outbound.fax_query2()


async def test_without_its_code_an_answer_says_nothing() -> None:
    with interfax(answer2(items(row2(5)), TOTAL)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="no FaxQuery2Result/ResultCode"):
                await client.outbound.fax_query2()


async def test_a_bad_fax_or_count_costs_no_other() -> None:
    parts = OK, items(row2(9), row2(8, Units="much")), stats((0, "many"), (1, 2), ("", 3)), TOTAL
    with interfax(answer2(*parts), timezone="UTC") as (client, _):
        async with client:
            result = await client.outbound.fax_query2(return_stats=True)
    assert [item.transaction_id for item in result.items] == [9]
    assert [(each.status, each.count) for each in result.stats] == [(1, 2), (None, 3)]
    assert [(each.code, each.path, each.gap) for each in result.notices] == [
        ("skipped_record", "FaxItemEx2", True),
        ("skipped_record", "StatusCount", True),
    ]
    assert "many" not in str(result.notices)


async def test_an_unknown_element_is_told() -> None:
    parts = OK, items(row2(9, Colour="red")), "<Colour>red</Colour>", TOTAL
    with interfax(answer2(*parts), timezone="UTC") as (client, _):
        async with client:
            (notice,) = (await client.outbound.fax_query2()).notices
    assert (notice.code, notice.path) == ("unknown_element", "FaxItemEx2/Colour")


async def test_what_is_not_asked_for_is_sent_as_no_condition() -> None:
    with interfax(answer2(OK, TOTAL)) as (client, server):
        async with client:
            await client.outbound.fax_query2()
    body = server.requests[0].body
    assert sent(body, "Verb") == ["Equals"] * 7
    assert sent(body, "VerbData") == [""] * 7
    assert sent(body, "DateFrom") == ["1999-01-01T00:00:00"]
    assert sent(body, "DateTo") == ["2999-12-31T00:00:00"]
    assert sent(body, "ShowHiddenTransactions") == ["true"]
    assert [sent(body, name)[0] for name in ("NumOfResults", "StartingRecord", "OrderBy")] == [
        "100",
        "0",
        "TransactionID",
    ]


async def test_only_a_primary_user_sees_others() -> None:
    with interfax(answer2("<ResultCode>-310</ResultCode>")) as (client, _):
        async with client:
            with pytest.raises(PermissionDenied, match="primary user"):
                await client.outbound.fax_query2(user_id=QueryCondition.of("Equals", "acme.bob"))


NAIVE = datetime(2026, 3, 1)  # noqa: DTZ001 - the mistake itself
BAD: dict[str, Any] = {
    "verb": lambda fax: fax.outbound.fax_query(verb="in"),
    "max_items": lambda fax: fax.outbound.fax_query(verb="ACTIVE", max_items=101),
    "no max_items": lambda fax: fax.outbound.fax_query(verb="ACTIVE", max_items=-1),
    "order_by": lambda fax: fax.outbound.fax_query2(order_by="Contact"),
    "num_of_results": lambda fax: fax.outbound.fax_query2(num_of_results=0),
    "date_from": lambda fax: fax.outbound.fax_query2(date_from=NAIVE),
    "ltype": lambda fax: fax.inbound.get_list(ltype="Messages"),
    "list size": lambda fax: fax.inbound.get_list(max_items=0),
    "chunk": lambda fax: fax.inbound.get_list2(max_chunk_size=101),
    "since": lambda fax: fax.inbound.get_list2(since=NAIVE),
    "received_verb": lambda fax: fax.inbound.get_list2(received_verb="LIKE"),
    "twice": lambda fax: fax.inbound.get_list2(received_verb="<", since=date(2026, 3, 1)),
}


@pytest.mark.parametrize("call", BAD)
async def test_what_interfax_does_not_know_is_not_sent(call: str) -> None:
    with interfax(found()) as (client, server):
        async with client:
            with pytest.raises(ConfigurationError, match=r"(Fax|Get)(Query|List)") as caught:
                await BAD[call](client)
    assert caught.value.hint
    assert caught.value.account == "interfax"
    assert server.requests == []


@pytest.mark.parametrize(
    ("verb", "values"),
    [
        ("equals", ("a",)),
        ("Equals", ()),
        ("Like", ("a", "b")),
        ("Between", (1,)),
        ("Between", (1, 2, 3)),
        ("IncludedIn", ()),
        ("IncludedIn", ("a", "Smith, Jane")),
    ],
)
def test_a_condition_that_says_nothing(verb: QueryVerb, values: tuple[str | int, ...]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        QueryCondition.of(verb, *values)
    assert "Smith" not in str(caught.value)
    assert caught.value.hint


def test_a_condition_may_hold_a_comma_where_nothing_follows_it() -> None:
    one = QueryCondition.of("Equals", "Smith, Jane")
    assert (one.verb, one.verb_data) == ("Equals", "Smith, Jane")
    assert "Smith" not in repr(one)


async def test_a_dates_midnight_is_on_the_accounts_clock() -> None:
    with interfax(answer2(OK, TOTAL), timezone="Europe/Rome") as (client, server):
        async with client:
            await client.outbound.fax_query2(
                date_from=date(2026, 3, 1), date_to=datetime(2026, 3, 2, tzinfo=UTC)
            )
    assert sent(server.requests[0].body, "DateFrom") == ["2026-03-01T00:00:00"]
    assert sent(server.requests[0].body, "DateTo") == ["2026-03-02T01:00:00"]


def test_the_services_are_the_logins() -> None:
    with interfax(found()) as (client, _):
        other: InterFax = client.with_credentials("acme.jane", "jane123")
    assert other.inbound is not client.inbound
