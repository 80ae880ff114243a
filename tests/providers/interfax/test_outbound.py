"""FaxStatusEx answers, paging, and what a walk does with bad ones."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import sniffio

from faxapi.errors import (
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    NotFound,
    RateLimited,
)
from faxapi.providers.interfax import FaxItemEx
from tests.providers.interfax.peer import PASSWORD, fax, interfax, page, shape, soap


def starts(requests: list[bytes]) -> list[int]:
    """Read LastTransactionID from each request."""
    name = "http://www.interfax.cc LastTransactionID"
    return [int(node[2]) for body in requests for node in shape(body) if node[1] == name]


@pytest.mark.asyncio
async def test_a_page_with_all_27_fields() -> None:
    row = fax(
        667000001,
        "2026-03-10T12:00:00.1234567",
        status=3931,
        ParentTransactionID="667000000",
        PostponeTime="1980-01-01T00:00:00",
        CompletionTime="2026-03-10T12:01:30.5",
        RemoteCSID="&#x1;JANE",
    )
    with interfax(page(row, fax(667000000), total=812)) as (client, _):
        async with client:
            result = await client.outbound.fax_status_ex()
    assert [item.transaction_id for item in result.items] == [667000001, 667000000]
    assert (result.total_count, result.list_size, result.result_code) == (812, 2, 0)
    assert result.items[0] == FaxItemEx(
        parent_transaction_id=667000000,
        transaction_id=667000001,
        submit_time=datetime(2026, 3, 10, 12, 0, 0, 123456, UTC),
        postpone_time=datetime(1980, 1, 1, tzinfo=UTC),
        completion_time=datetime(2026, 3, 10, 12, 1, 30, 500000, UTC),
        user_id="acme",
        contact="Jane Doe",
        job_id="job-7",
        destination_fax="0012125550100",
        reply_email="acme@example.com",
        remote_csid="\ufffdJANE",
        pages_sent=2,
        status=3931,
        duration=timedelta(seconds=75),
        subject="Invoice",
        pages_submitted=3,
        sender_csid="ACME",
        priority=2,
        units=Decimal("2.00"),
        cost_per_unit=Decimal("0.1100"),
        page_size="A4",
        page_orientation="Portrait",
        page_resolution="Fine",
        rendering_quality="Standard",
        page_header="Y",
        retries_to_perform=3,
        trials_performed=1,
    )
    assert len(FaxItemEx.model_fields) == 27
    assert result.items[1].postpone_time is None
    assert [notice.code for notice in result.notices] == ["timezone_assumed"]


@pytest.mark.asyncio
@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize(
    "inner",
    [
        "<TotalCount>0</TotalCount><ResultCode>0</ResultCode>",
        "<FaxStatusExResult /><TotalCount>0</TotalCount><ResultCode>0</ResultCode>",
    ],
    ids=["absent", "empty"],
)
async def test_no_faxes(inner: str, version: str) -> None:
    with interfax(soap("FaxStatusEx", inner, version=version), soap_version=version) as (client, _):
        async with client:
            result = await client.outbound.fax_status_ex()
    assert result.items == []
    assert result.notices == ()


@pytest.mark.asyncio
async def test_a_bad_row_is_skipped_and_named_without_its_values() -> None:
    rows = (fax(9, Units="a lot", Subject="Divorce"), fax(8), fax(7, TransactionID=""))
    with interfax(page(*rows), timezone="UTC") as (client, _):
        async with client:
            result = await client.outbound.fax_status_ex()
    assert [item.transaction_id for item in result.items] == [8]
    assert [(notice.code, notice.gap) for notice in result.notices] == [
        ("skipped_record", True)
    ] * 2
    assert "TransactionID 9" in result.notices[0].text
    assert "Units" in result.notices[0].text
    assert "a lot" not in str(result.notices)
    assert "Divorce" not in str(result.notices)


def test_a_faxs_repr_shows_no_personal_data() -> None:
    item = FaxItemEx(transaction_id=5, status=0, subject="Divorce", destination_fax="0012125550100")
    assert repr(item) == "FaxItemEx(transaction_id=5, status=0)"
    assert str(item) == "transaction_id=5 status=0"


@pytest.mark.asyncio
@pytest.mark.parametrize("result", ["", "none"])
async def test_without_a_result_code_nobody_knows_whether_the_query_worked(result: str) -> None:
    with interfax(page(fax(5), result=result)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="no ResultCode"):
                await client.outbound.fax_status_ex()


@pytest.mark.asyncio
async def test_a_count_that_no_number_can_hold_is_none() -> None:
    answer = soap(
        "FaxStatusEx",
        f"<ResultCode>0</ResultCode><TotalCount>{'9' * 5000}</TotalCount><ListSize>0</ListSize>",
    )
    with interfax(answer) as (client, _):
        async with client:
            result = await client.outbound.fax_status_ex()
    assert (result.total_count, result.list_size) == (None, 0)


@pytest.mark.asyncio
async def test_the_result_code_is_the_querys_and_not_a_faxs() -> None:
    with interfax(page(fax(5, status=-1003))) as (client, _):
        async with client:
            (item,) = (await client.outbound.fax_status_ex()).items
    assert item.status == -1003


@pytest.mark.asyncio
async def test_a_wrong_password_is_sent_once_and_stands_in_no_error() -> None:
    with interfax(page(result=-1003)) as (client, server):
        async with client:
            for _ in range(3):
                with pytest.raises(AuthenticationError) as caught:
                    await client.outbound.fax_status_ex()
                assert (caught.value.provider, caught.value.account) == ("interfax", "interfax")
                assert (caught.value.operation, caught.value.code) == (
                    "outbound.FaxStatusEx",
                    "-1003",
                )
                assert PASSWORD not in str(caught.value)
    assert len(server.requests) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("size", [0, 101, -1])
async def test_a_size_that_interfax_does_not_serve_is_not_sent(size: int) -> None:
    with interfax(page()) as (client, server):
        async with client:
            for call in (
                lambda: client.outbound.fax_status_ex(max_items=size),
                lambda: anext(client.outbound.iter_fax_items(page_size=size)),
            ):
                with pytest.raises(ConfigurationError, match=r"FaxStatusEx.* 1 to 100"):
                    await call()
    assert server.requests == []


@pytest.mark.anyio
async def test_the_walk_goes_on_below_the_smallest_id(anyio_backend: str) -> None:
    answers = (page(fax(9), fax(7)), page(fax(6), fax(2)), page(fax(1)))
    with interfax(*answers, newest_transaction_id=1000) as (client, server):
        async with client:
            found = [
                fax.transaction_id async for fax in client.outbound.iter_fax_items(page_size=2)
            ]
    assert sniffio.current_async_library() == anyio_backend
    assert found == [9, 7, 6, 2, 1]
    assert starts([request.body for request in server.requests]) == [1000, 7, 2]


@pytest.mark.asyncio
async def test_the_walk_starts_at_the_largest_id_that_xml_schema_allows() -> None:
    with interfax(page()) as (client, server):
        async with client:
            assert [fax async for fax in client.outbound.iter_fax_items()] == []
    assert starts([request.body for request in server.requests]) == [2147483647]


@pytest.mark.asyncio
async def test_a_full_last_page_needs_one_more_look() -> None:
    with interfax(page(fax(9), fax(8)), page()) as (client, server):
        async with client:
            walk = client.outbound.iter_fax_items(page_size=2)
            assert [fax.transaction_id async for fax in walk] == [9, 8]
            assert await anext(walk, None) is None
    assert len(server.requests) == 2


@pytest.mark.asyncio
async def test_pages_shorter_than_asked_for_do_not_end_the_walk() -> None:
    ids = range(120, 0, -1)
    answers = [page(*map(fax, ids[at : at + 50]), total=120) for at in (0, 50, 100)]
    with interfax(*answers, timezone="UTC") as (client, server):
        async with client:
            walk = client.outbound.iter_fax_items()
            assert [fax.transaction_id async for fax in walk] == list(ids)
    assert walk.notices == []
    assert len(server.requests) == 3


@pytest.mark.asyncio
async def test_a_walk_that_starts_lower_ends_with_an_empty_page() -> None:
    with interfax(page(fax(9), fax(8), total=5), page(total=5)) as (client, server):
        async with client:
            walk = client.outbound.iter_fax_items(last_transaction_id=10)
            assert [fax.transaction_id async for fax in walk] == [9, 8]
    assert starts([request.body for request in server.requests]) == [10, 8]
    assert "empty_list" not in {notice.code for notice in walk.notices}


@pytest.mark.asyncio
async def test_a_short_page_of_bad_rows_is_no_end_where_more_are_counted() -> None:
    with interfax(page(fax(9, Units="?"), total=5)) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="no row of a page"):
                await anext(client.outbound.iter_fax_items())
    with interfax(page(fax(9), fax(8, Units="?"), total=5), page(fax(8, Units="?"), total=5)) as (
        client,
        server,
    ):
        async with client:
            walk = client.outbound.iter_fax_items()
            assert [fax.transaction_id async for fax in walk] == [9]
    assert len(server.requests) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize(("start", "found"), [(None, [900]), (5, [])])
async def test_a_walk_that_starts_too_low_is_told(start: int | None, found: list[int]) -> None:
    pages = page(total=1), page(fax(900), total=1)
    with interfax(*pages, timezone="UTC", newest_transaction_id=77) as (client, server):
        async with client:
            walk = client.outbound.iter_fax_items(last_transaction_id=start)
            assert [fax.transaction_id async for fax in walk] == found
    assert [notice.code for notice in walk.notices] == ["empty_list"] * len(found)
    assert len(server.requests) == 1 + len(found)


@pytest.mark.asyncio
async def test_a_fax_that_a_page_repeats_is_met_once() -> None:
    rows = (fax(9, Subject="first"), fax(8), fax(9, Subject="second"), fax(8))
    with interfax(page(*rows, total=2), timezone="UTC") as (client, _):
        async with client:
            walk = client.outbound.iter_fax_items()
            found = [(fax.transaction_id, fax.subject) async for fax in walk]
    assert found == [(9, "first"), (8, "Invoice")]
    assert [(notice.code, notice.count, notice.gap) for notice in walk.notices] == [
        ("repeated_record", 2, False)
    ]


@pytest.mark.asyncio
async def test_a_skipped_row_does_not_end_the_walk() -> None:
    answers = (page(fax(9), fax(8, Units="?")), page(fax(8, Units="?"), fax(5)), page(fax(3)))
    with interfax(*answers, timezone="UTC") as (client, _):
        async with client:
            walk = client.outbound.iter_fax_items(page_size=2)
            assert [fax.transaction_id async for fax in walk] == [9, 5, 3]
    assert [(notice.code, notice.gap) for notice in walk.notices] == [("skipped_record", True)]


@pytest.mark.asyncio
async def test_a_nil_row_does_not_end_the_walk() -> None:
    nil = '<FaxItemEx xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" />'
    with interfax(page(fax(9), nil, size=2), page(fax(5))) as (client, _):
        async with client:
            walk = client.outbound.iter_fax_items(page_size=2)
            assert [fax.transaction_id async for fax in walk] == [9, 5]


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("second", "why"),
    [
        (page(fax(9), fax(8)), "never end"),
        (page(fax(7), fax(8)), "never end"),
        (page(fax(8)), "never end"),
        (page(fax(7, Units="?"), fax(6, Units="?")), "no row of a page"),
    ],
    ids=["same", "overlap", "short", "unreadable"],
)
async def test_a_page_without_progress_ends_the_walk(second: bytes, why: str) -> None:
    with interfax(page(fax(9), fax(8)), second) as (client, server):
        async with client:
            walk = client.outbound.iter_fax_items(page_size=2)
            assert [(await anext(walk)).transaction_id for _ in range(2)] == [9, 8]
            with pytest.raises(DecodeError, match=why) as caught:
                await anext(walk)
    assert caught.value.operation == "outbound.FaxStatusEx"
    assert len(server.requests) == 2


@pytest.mark.asyncio
async def test_one_fax_is_asked_for_from_above_and_checked() -> None:
    with interfax(page(fax(41))) as (client, server):
        async with client:
            assert (await client.outbound.get_fax(41)).transaction_id == 41
            with pytest.raises(NotFound, match=r"no fax 42.* 30 days after the end of its month"):
                await client.outbound.get_fax(42)
    assert starts([request.body for request in server.requests]) == [42, 43]
    assert b"<MaxItems>1</MaxItems>" in server.requests[0].body


@pytest.mark.asyncio
async def test_one_fax_that_cannot_be_read_is_an_error() -> None:
    with interfax(page(fax(41, Units="?"))) as (client, _):
        async with client:
            with pytest.raises(DecodeError, match="Units"):
                await client.outbound.get_fax(41)


@pytest.mark.asyncio
async def test_too_many_queries_say_how_long_to_wait() -> None:
    with interfax(page(result=-1011), deadline=30) as (client, _):
        async with client:
            with pytest.raises(RateLimited) as caught:
                await client.outbound.fax_status_ex()
    assert (caught.value.retry_after, caught.value.retryable) == (60, True)
    assert "see what else uses this login" in str(caught.value)


@pytest.mark.asyncio
async def test_another_login_shares_the_connection() -> None:
    with interfax(page(fax(5))) as (client, server):
        async with client:
            other = client.with_credentials("acme.jane", "jane123")
            await client.outbound.fax_status_ex()
            await other.outbound.fax_status_ex()
            assert (client.username, other.username) == ("acme", "acme.jane")
    assert b"<Username>acme.jane</Username><Password>jane123<" in server.requests[1].body
    assert b"<Username>acme</Username>" in server.requests[0].body
    assert server.connections == 1
