"""What a reporting service may answer, and what becomes of it."""

from datetime import UTC, datetime, timedelta

import pytest

from faxapi.errors import DecodeError
from faxapi.providers.openfax import FaxTransmission, HistoryJob, RealtimeJob
from tests.providers.openfax.service import account, envelope, job, row, rows
from tests.providers.recorder import xml
from tests.transport.server import Server, always, reply

CDR = "getCDRByJobID"


async def report(answer: str, **options: object) -> list[FaxTransmission]:
    with Server(always(xml(answer))) as server:
        async with account(server, **options) as openfax:
            return await openfax.get_cdr_by_job_id(job_id="1")


async def only(timezone: str = "UTC", **fields: str) -> FaxTransmission:
    answer = rows(CDR, row(TransactionID="1", **fields))
    (transmission,) = await report(answer, timezone=timezone)
    return transmission


@pytest.mark.asyncio
async def test_a_whole_row() -> None:
    transmission = await only(
        CompletedDate="2010-04-05T19:44:12",
        Phone="+15551234567",
        Reference="Ken &amp; Co",
        Country="United States",
        ErrorCode="0",
        Pages="3",
        Duration="1.5",
    )
    assert transmission.transaction_id == "1"
    assert transmission.completed_date == datetime(2010, 4, 5, 19, 44, 12, tzinfo=UTC)
    assert transmission.phone == "+15551234567"
    assert transmission.reference == "Ken & Co"
    assert transmission.country == "United States"
    assert transmission.error_code == "0"
    assert transmission.pages == 3
    assert transmission.duration == timedelta(seconds=90)


@pytest.mark.asyncio
async def test_a_row_with_an_id_alone() -> None:
    transmission = await only()
    assert transmission.model_dump(exclude={"transaction_id"}) == {
        "completed_date": None,
        "phone": None,
        "reference": None,
        "country": None,
        "error_code": None,
        "pages": None,
        "duration": None,
    }


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("0001-01-01T00:00:00", None),
        ("0001-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00-05:00", None),
        ("", None),
        ("2010-04-05T19:44:12", datetime(2010, 4, 5, 23, 44, 12, tzinfo=UTC)),
        ("2010-04-05T19:44:12Z", datetime(2010, 4, 5, 19, 44, 12, tzinfo=UTC)),
        ("2010-04-05T19:44:12-05:00", datetime(2010, 4, 6, 0, 44, 12, tzinfo=UTC)),
        ("2010-04-05T19:44:12.1234567", datetime(2010, 4, 5, 23, 44, 12, 123456, tzinfo=UTC)),
        ("4/5/2010 7:44:12 PM", datetime(2010, 4, 5, 23, 44, 12, tzinfo=UTC)),
    ],
)
async def test_a_completed_date(text: str, moment: datetime | None) -> None:
    transmission = await only("America/New_York", CompletedDate=text)
    assert transmission.completed_date == moment


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        (".5", 30),
        ("1.1000", 66),
        ("1E-05", 0.0006),
        ("INF", None),
        ("NaN", None),
        ("", None),
        ("2:30", 150),
    ],
)
async def test_a_duration_is_minutes(text: str, seconds: float | None) -> None:
    transmission = await only(Duration=text)
    assert transmission.duration == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.asyncio
@pytest.mark.parametrize(("text", "code"), [("12", "12"), ("", ""), ("Busy", "Busy"), ("-1", "-1")])
async def test_an_error_code_stays_text(text: str, code: str) -> None:
    assert (await only(ErrorCode=text)).error_code == code


@pytest.mark.asyncio
async def test_numbers_may_be_blank() -> None:
    assert (await only(Pages="")).pages is None


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [
        envelope(f'<{CDR}Response xmlns="http://tempuri.org/" />'),
        envelope(f'<{CDR}Response xmlns="http://tempuri.org/"><{CDR}Result /></{CDR}Response>'),
        rows(CDR, '<FaxTransmission xsi:nil="true" />'),
        rows(CDR, "\n  "),
    ],
    ids=["null array", "empty array", "null item", "white space"],
)
async def test_an_empty_report(answer: str) -> None:
    assert await report(answer) == []


@pytest.mark.asyncio
async def test_a_null_item_among_others_is_left_out() -> None:
    answer = rows(CDR, '<FaxTransmission xsi:nil="true" />', row(TransactionID="2"))
    assert [each.transaction_id for each in await report(answer)] == ["2"]


@pytest.mark.asyncio
async def test_prefix_and_namespace_do_not_matter() -> None:
    answer = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
        '<o:getCDRByJobIDResponse xmlns:o="urn:elsewhere"><o:getCDRByJobIDResult>'
        "<o:FaxTransmission><o:TransactionID>9</o:TransactionID></o:FaxTransmission>"
        "</o:getCDRByJobIDResult></o:getCDRByJobIDResponse></s:Body></s:Envelope>"
    )
    assert [each.transaction_id for each in await report(answer)] == ["9"]


@pytest.mark.asyncio
async def test_a_control_character_of_a_stranger() -> None:
    assert (await only(Reference="a&#x1;b")).reference == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("operation", "element"),
    [("getRealtime", "RealtimeJob"), ("getRecentHistory", "HistoryJob")],
)
async def test_jobs(operation: str, element: str) -> None:
    full = job(
        element,
        "88001",
        BillCode="march",
        TotalDestinations="10",
        TotalSuccessful="7",
        TotalFailed="3",
    )
    answer = rows(operation, full, job(element, "88002"), f'<{element} xsi:nil="true" />')
    with Server(always(xml(answer))) as server:
        async with account(server) as openfax:
            found: list[RealtimeJob] | list[HistoryJob] = (
                await openfax.get_realtime()
                if element == "RealtimeJob"
                else await openfax.get_recent_history()
            )
    first, second = found
    assert first.model_dump() == {
        "job_id": "88001",
        "bill_code": "march",
        "total_destinations": 10,
        "total_successful": 7,
        "total_failed": 3,
    }
    assert (second.job_id, second.bill_code, second.total_destinations) == ("88002", None, None)
    assert {type(each).__name__ for each in found} == {element}


@pytest.mark.asyncio
async def test_a_bad_row_is_an_error_of_the_whole_report() -> None:
    answer = rows(CDR, row(TransactionID="1"), row(TransactionID="2", Pages="many"))
    with pytest.raises(DecodeError) as caught:
        await report(answer)
    assert "1 of 2 rows are bad" in str(caught.value)
    assert "TransactionID 2" in str(caught.value)
    assert "FaxTransmission/Pages" in str(caught.value)
    assert "iter_cdr" in (caught.value.hint or "")
    assert "many" not in str(caught.value)
    assert caught.value.operation == "getCDRByJobID"


@pytest.mark.asyncio
async def test_a_bad_row_of_the_stream_is_skipped_and_named() -> None:
    answer = rows(CDR, row(Pages="1"), row(TransactionID="2"), row(TransactionID=""))
    with Server(always(xml(answer))) as server:
        async with account(server) as openfax, openfax.iter_cdr(job_id="1") as stream:
            found = [each.transaction_id async for each in stream]
    assert found == ["2"]
    assert [notice.code for notice in stream.decoder.skipped] == ["skipped_record"] * 2
    assert all(notice.gap for notice in stream.decoder.skipped)


@pytest.mark.asyncio
async def test_an_element_that_nobody_knows_is_counted() -> None:
    answer = rows(CDR, row(TransactionID="1", Colour="red"), row(TransactionID="2", Colour="blue"))
    with Server(always(xml(answer))) as server:
        async with account(server) as openfax, openfax.iter_cdr(job_id="1") as stream:
            assert len([each async for each in stream]) == 2
            assert stream.decoder.reading.unknown == {"FaxTransmission/Colour": 2}


@pytest.mark.asyncio
async def test_a_report_is_handed_on_while_it_arrives() -> None:
    text = rows(CDR, *(row(TransactionID=str(number)) for number in range(1000))).encode()
    cut = reply(text[: len(text) // 2], kind="text/xml", length=len(text))
    with Server(always(cut)) as server:
        async with account(server, timeout=5) as openfax, openfax.iter_cdr(job_id="1") as stream:
            first = [(await anext(stream)).transaction_id for _ in range(400)]
    assert first == [str(number) for number in range(400)]


def test_a_repr_shows_no_number_and_no_name() -> None:
    transmission = FaxTransmission(transaction_id="1", phone="+1555", reference="Ken")
    assert "1555" not in repr(transmission)
    assert "Ken" not in repr(transmission)
    assert "transaction_id='1'" in repr(transmission)


def test_minutes_go_out_as_minutes() -> None:
    transmission = FaxTransmission(transaction_id="1", duration=timedelta(seconds=90))
    assert str(transmission.wire_value("duration")) == "1.5"
