"""Imagicle's faxes as records."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest
import sniffio

from faxapi.api import FaxApi
from faxapi.errors import AuthenticationError
from faxapi.providers.feed import Ask
from faxapi.providers.imagicle import Fax, Imagicle
from faxapi.providers.imagicle.activity import fax_record
from faxapi.providers.imagicle.feed import date_filters
from faxapi.providers.imagicle.state import edges
from faxapi.records import Direction, Reason, Status
from faxapi.report import Outcome, Report
from faxapi.window import Window
from tests.providers.imagicle.server import (
    RECEIVED,
    ROME,
    Choose,
    account,
    answer,
    fax,
    local,
    service,
)
from tests.providers.recorder import Gathered, answering
from tests.transport.server import Request, Server, reply

NOW = datetime.now(UTC).replace(microsecond=0)
WEEK = Window(NOW - timedelta(days=7), NOW)


def filters(since: datetime, until: datetime, now: datetime = NOW) -> list[str]:
    return [date for date, _ in date_filters(ROME, edges(since, since, until), now)]


def test_date_filters_of_a_time_long_past() -> None:
    # Rome's clocks went forward on the 25th at 2.
    assert filters(datetime(2018, 3, 24, tzinfo=UTC), datetime(2018, 3, 26, tzinfo=UTC)) == [
        "between:2018-03-24T01:00:00;2018-03-25T01:00:00",
        "between:2018-03-25T01:00:00;2018-03-26T02:00:00",
    ]


def test_date_filters_up_to_now_leave_the_end_open() -> None:
    now = datetime(2018, 3, 10, 12, tzinfo=UTC)
    assert filters(now - timedelta(days=2), now + timedelta(days=1), now) == [
        "between:2018-03-08T13:00:00;2018-03-09T13:00:00",
        "after:2018-03-09T12:59:59",
    ]


@pytest.mark.parametrize("hours", [48, 50, 71, 24 * 9 + 1])
def test_date_filters_leave_no_hole_and_are_a_day_at_most(hours: int) -> None:
    since = datetime(2018, 10, 26, 5, 30, tzinfo=UTC)
    until = since + timedelta(hours=hours)
    cuts = [
        [datetime.fromisoformat(text) for text in each.removeprefix("between:").split(";")]
        for each in filters(since, until)
    ]
    for (start, end), (following, _) in pairwise(cuts):
        assert end == following
        assert timedelta(hours=15) < end - start <= timedelta(hours=25)
    assert cuts[0][0] == datetime(2018, 10, 26, 7, 30)  # noqa: DTZ001 - the server's clock
    assert cuts[-1][1] == until.astimezone(ROME).replace(tzinfo=None)


def detailed(_identity: str) -> bytes:
    return answer({"fax": {"faxId": "another", "numberOfPages": 2, "submitTime": None}})


async def collected(choose: Choose, window: Window = WEEK) -> tuple[Report, list[Request]]:
    with Server(answering(choose)) as server:
        async with FaxApi(account(server, timezone="Europe/Rome")) as api:
            return await api.collect(window), server.requests


def only(report: Report) -> Outcome:
    (outcome,) = report.outcomes
    return outcome


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.anyio
async def test_each_fax_of_the_window_once_with_its_details(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    sent = [
        fax("before", WEEK.since - timedelta(seconds=1)),
        fax("first", WEEK.since),
        fax("last", WEEK.until - timedelta(seconds=1), recipient={"faxNumber": "1"}),
        fax("after", WEEK.until),
        fax("long before", WEEK.since - timedelta(days=3)),
    ]
    received = (fax("in", WEEK.since + timedelta(days=3), sender={"faxNumber": "2"}),)
    with Server(answering(service(sent, detailed, received))) as server:
        async with FaxApi(account(server, timezone="Europe/Rome")) as api:
            report = await api.collect(WEEK)
    assert [(record.id, record.direction) for record in report.faxes] == [
        ("first", "outbound"),
        ("in", "inbound"),
        ("last", "outbound"),
    ]
    assert report.complete
    assert report.outcomes[0].notices == ()
    # The details fill the summary up: they have pages, and it has recipient, sender and time.
    assert [record.pages for record in report.faxes] == [2, 2, 2]
    assert report.faxes[1].sender == "2"
    assert report.faxes[2].recipient_number == "1"
    assert report.faxes[2].submitted_at == WEEK.until - timedelta(seconds=1)
    assert {record.raw.fax_id for record in report.faxes} == {"first", "in", "last"}
    asked = [each.target.rpartition("/")[2] for each in server.requests]
    # What a summary's date means is not proven, so the details decide for a day on either side.
    details = sorted(each for each in asked if "Mine" not in each)
    assert details == ["after", "before", "first", "in", "last"]


@pytest.mark.asyncio
async def test_the_time_of_submission_decides_where_the_lists_date_is_another() -> None:
    sent = [fax("1", WEEK.until + timedelta(minutes=2))]

    def details(_identity: str) -> bytes:
        moment = WEEK.until - timedelta(minutes=2)
        return answer({"faxId": "1", "submitTime": local(moment), "status": "Completed"})

    report, _ = await collected(service(sent, details))
    assert [record.id for record in report.faxes] == ["1"]
    assert report.complete


@pytest.mark.asyncio
async def test_details_decide_where_the_list_has_no_date() -> None:
    sent = [{"faxId": each, "date": None} for each in ("young", "old")]

    def details(identity: str) -> bytes:
        moment = NOW - timedelta(days=2 if identity == "young" else 30)
        return answer({"faxId": "x", "submitTime": local(moment), "status": "Failed"})

    report, _ = await collected(service(sent, details))
    assert [(record.id, record.status) for record in report.faxes] == [("young", "failed")]
    assert report.complete


@pytest.mark.asyncio
async def test_what_lies_beside_the_window_is_no_trouble() -> None:
    beside = WEEK.since - timedelta(hours=1)
    sent = [fax("1", beside, status="Asleep"), fax("2", beside, size="large")]
    sent += [{"date": local(beside)}, fax("3", WEEK.since + timedelta(hours=1))]

    def details(identity: str) -> bytes:
        return detailed(identity) if identity == "3" else reply(b"", status="404 Not Found")

    report, _ = await collected(service(sent, details))
    assert [record.id for record in report.faxes] == ["3"]
    assert report.complete
    assert only(report).notices == ()


@pytest.mark.asyncio
async def test_a_time_in_an_hour_that_the_clocks_repeat_may_be_of_either() -> None:
    # Rome's clocks went from 3 back to 2 on this day, at 1 UTC.
    window = Window(datetime(2018, 10, 28, 1, tzinfo=UTC), datetime(2018, 10, 28, 2, tzinfo=UTC))
    moment = "2018-10-28T02:30:00.0000000"
    sent = [{"faxId": "1", "status": "Completed", "date": moment}]
    report, _ = await collected(
        service(sent, lambda _: answer({"faxId": "1", "submitTime": moment})), window
    )
    assert [record.id for record in report.faxes] == ["1"]


@pytest.mark.asyncio
async def test_a_status_that_nobody_knows_is_said() -> None:
    moment = NOW - timedelta(days=1)
    sent = [fax("1", moment, status="Sleeping"), fax("2", moment, status="Sleeping")]
    report, _ = await collected(service([*sent, fax("3", moment)], detailed))
    found = {record.id: record.status for record in report.faxes}
    assert found == {"1": "unknown", "2": "unknown", "3": "completed"}
    (notice,) = only(report).notices
    assert (notice.code, notice.count, notice.gap) == ("unknown_code", 2, False)
    assert "'Sleeping'" in notice.text
    assert report.complete


@pytest.mark.asyncio
async def test_the_feed_itself_keeps_to_the_window() -> None:
    out = Gathered()
    sent = [fax("1", WEEK.until + timedelta(hours=1)), fax("2", NOW - timedelta(days=1))]
    with Server(answering(service(sent, detailed))) as server:
        async with account(server, timezone="Europe/Rome") as imagicle:
            await imagicle.outbound_faxes(Ask(WEEK), out)
    assert [each.id for each in out.records] == ["2"]


@pytest.mark.asyncio
async def test_a_fax_that_two_slices_list_is_one() -> None:
    """A server that ignores the filter lists everything each time."""

    def choose(request: Request) -> bytes:
        if urlsplit(request.target).path == RECEIVED:
            return answer({"faxList": []})
        if "Mine" in request.target:
            old = fax("old", NOW - timedelta(days=40))
            return answer({"faxList": [fax("1", NOW - timedelta(days=1)), old]})
        return detailed("1")

    report, requests = await collected(choose)
    assert [record.id for record in report.faxes] == ["1"]
    assert sum("Mine" not in each.target for each in requests) == 1
    assert report.complete


@pytest.mark.asyncio
async def test_a_fax_without_a_time_is_delivered() -> None:
    sent = [{"faxId": "1", "status": "Queued", "date": None}]
    report, _ = await collected(service(sent, lambda _: answer({"faxId": "1"})))
    assert [(record.id, record.at) for record in report.faxes] == [("1", None)]


@pytest.mark.asyncio
async def test_details_that_fail_keep_the_summary_and_are_a_gap() -> None:
    moments = [NOW - timedelta(days=1, hours=each) for each in range(4)]
    sent = [fax(str(each), moment, subject="s") for each, moment in enumerate(moments)]

    def details(identity: str) -> bytes:
        return {
            "0": reply(b"", status="404 Not Found"),
            "1": reply(b"<html>", status="400 Bad Request", kind="text/html"),
            "2": answer(b"{"),
            "3": detailed("3"),
        }[identity]

    report, _ = await collected(service(sent, details))
    assert [(record.id, record.pages) for record in report.faxes] == [
        ("3", 2),
        ("2", None),
        ("1", None),
        ("0", None),
    ]
    assert {record.subject for record in report.faxes} == {"s"}
    outcome = only(report)
    assert outcome.state == "partial"
    # A fax that was deleted meanwhile is nobody's fault: a gap, and no error.
    assert sorted(type(each).__name__ for each in outcome.errors) == [
        "DecodeError",
        "ProviderError",
    ]
    (gap,) = outcome.gaps
    assert (gap.code, gap.count) == ("details_missing", 3)


@pytest.mark.asyncio
async def test_bad_items_of_a_list_are_gaps() -> None:
    moment = NOW - timedelta(days=1)
    nameless = {"status": "Completed", "date": local(moment)}
    sent = [nameless, fax("IAS-N1_6a50_0", moment, size="large")]
    sent += [fax("2", moment, colour="red"), {"faxId": "+39 055", "date": "soon"}]
    report, _ = await collected(service(sent, detailed))
    assert [record.id for record in report.faxes] == ["2"]
    outcome = only(report)
    bad, timeless, anonymous = sorted(outcome.gaps, key=lambda gap: (gap.path or "", gap.text))
    assert bad.text.startswith("a record (faxId IAS-N1_6a50_0) could not be read: faxList/size")
    assert timeless.text.startswith("a record could not be read: faxList/date")
    assert anonymous.path == "faxList/faxId"
    assert "large" not in str(outcome.gaps)
    assert [each.path for each in outcome.notices if not each.gap] == ["faxList/colour"]


@pytest.mark.asyncio
async def test_a_rejected_login_ends_the_account() -> None:
    report, requests = await collected(lambda _: reply(b"", status="401 Unauthorized"))
    assert {type(error) for error in only(report).errors} == {AuthenticationError}
    assert only(report).state == "failed"
    assert len(requests) == 1


@pytest.mark.asyncio
async def test_a_login_that_is_revoked_meanwhile_ends_the_feed() -> None:
    sent = [fax(str(each), NOW - timedelta(days=1)) for each in range(40)]
    report, requests = await collected(
        service(sent, lambda _: reply(b"", status="401 Unauthorized"))
    )
    assert AuthenticationError in {type(error) for error in only(report).errors}
    assert sum("Mine" not in each.target for each in requests) <= 4


@pytest.mark.asyncio
async def test_a_server_that_falls_silent_ends_the_feed() -> None:
    sent = [fax(str(each), NOW - timedelta(days=1)) for each in range(40)]
    report, requests = await collected(service(sent, lambda _: reply(b"", status="503 x")))
    assert only(report).errors
    assert sum("Mine" not in each.target for each in requests) <= 8


@pytest.mark.asyncio
async def test_an_undeclared_zone_is_said() -> None:
    sent = [fax("1", NOW - timedelta(days=1))]
    with Server(answering(service(sent, detailed))) as server:
        async with FaxApi(account(server)) as api:
            report = await api.collect(WEEK)
    assert [each.code for each in only(report).notices] == ["timezone_assumed"]
    assert report.complete


@pytest.mark.asyncio
async def test_no_more_than_four_details_at_a_time() -> None:
    sent = [fax(str(each), NOW - timedelta(days=1)) for each in range(30)]
    with Server(answering(service(sent, detailed))) as server:
        async with FaxApi(account(server, timezone="Europe/Rome")) as api:
            report = await api.collect(WEEK)
    assert len(report.faxes) == 30
    # The two directions are two feeds; the other one has nothing to ask for in detail.
    assert server.most_open <= 5


@pytest.mark.parametrize(
    ("fields", "reason", "text"),
    [
        ({"detailed_status": "Failed", "q931_code": 17}, Reason.BUSY, "User busy"),
        ({"failure_reason": "Line cut", "q931_code": 17}, Reason.BUSY, "Line cut"),
        # Normal clearing explains nothing.
        ({"detailed_status": "No carrier", "q931_code": 16}, Reason.OTHER, "No carrier"),
        ({"q931_code": 0}, Reason.OTHER, None),
        ({}, Reason.OTHER, None),
    ],
)
def test_why_a_fax_failed(fields: dict[str, Any], reason: Reason, text: str | None) -> None:
    imagicle = Imagicle("https://fax.invalid", "user1", "x")
    fax = Fax(fax_id="1", status="Failed", **fields)
    record = fax_record(imagicle, Direction.OUTBOUND, fax)
    assert (record.status, record.reason, record.reason_text) == (Status.FAILED, reason, text)
