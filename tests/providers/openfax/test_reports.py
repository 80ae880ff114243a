"""A job's report: what it must hold, and what is made of its rows."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from faxapi.providers.feed import Ask
from faxapi.window import Window
from tests.providers.openfax.service import (
    NOW,
    YESTERDAY,
    account,
    cdr,
    collected,
    done,
    job,
    job_of,
    notices,
    operation_of,
    reporting,
    row,
    rows,
)
from tests.providers.recorder import Gathered, xml
from tests.transport.server import Peer, Server


@pytest.mark.asyncio
async def test_an_empty_report_of_a_job_that_has_sent_something_is_a_gap() -> None:
    """So looks a service that calls the job id otherwise, and reads ours as null."""
    finished = (
        job("HistoryJob", "1", TotalDestinations="3"),
        job("HistoryJob", "2", TotalDestinations="9"),
        job("HistoryJob", "3", TotalDestinations="0"),
        job("HistoryJob", "4", TotalDestinations="2"),
        job("HistoryJob", "5", TotalDestinations="1"),
        job("HistoryJob", "6"),
    )
    null = xml(rows("getCDRByJobID").replace("<getCDRByJobIDResult></getCDRByJobIDResult>", ""))
    old = (NOW - timedelta(days=9)).isoformat()
    reports = {
        "1": cdr(),
        "2": null,
        "3": cdr(),
        # The totals count attempts, so they say nothing about how many rows there must be.
        "4": cdr(row(TransactionID="1", CompletedDate=old)),
        "5": cdr(row(TransactionID="1", Pages="x")),
        "6": cdr(),
    }
    report = await collected(reporting(reports, finished=finished), kinds=["faxes"])
    gaps = {gap.code: gap for gap in notices(report)}
    assert gaps.keys() == {"empty_report", "skipped_record"}
    assert (gaps["empty_report"].count, gaps["empty_report"].gap) == (2, True)
    assert "discover()" in gaps["empty_report"].text
    assert not report.complete


@pytest.mark.asyncio
async def test_a_row_that_comes_twice_is_one_fax() -> None:
    first = row(TransactionID="1", CompletedDate=YESTERDAY, Pages="1")
    again = row(TransactionID="1", CompletedDate=YESTERDAY, Pages="2")
    other = row(TransactionID="2", CompletedDate=YESTERDAY)
    reports = {"7": cdr(first, other, again, again), "8": cdr(first)}
    report = await collected(
        reporting(reports, finished=done("7", "8")), kinds=["faxes"], timezone="UTC"
    )
    assert [(record.id, record.pages) for record in report.faxes] == [
        ("7:1", 1),
        ("7:2", None),
        ("8:1", 1),
    ]
    (notice,) = notices(report)
    assert (notice.code, notice.count, notice.gap) == ("repeated_record", 2, False)
    assert report.complete


@pytest.mark.asyncio
async def test_a_code_that_nobody_knows_is_said() -> None:
    codes = ["77", "77", "0", "", "a b@c.example \u202e 5551234567"]
    reports = {
        "1": cdr(
            *(
                row(TransactionID=str(number), CompletedDate=YESTERDAY, ErrorCode=code)
                for number, code in enumerate(codes)
            ),
            row(
                TransactionID="old",
                CompletedDate=(NOW - timedelta(days=9)).isoformat(),
                ErrorCode="78",
            ),
        )
    }
    report = await collected(reporting(reports, finished=done("1")), kinds=["faxes"])
    known, strange = notices(report)
    assert (known.code, known.count, known.gap) == ("unknown_code", 2, False)
    assert known.text == "error code '77' is not in Openfax's list, and counts as unknown"
    # Several words are no code, and may be about somebody: the record has them.
    assert strange.text == "error code is not in Openfax's list, and counts as unknown"
    assert report.complete


@pytest.mark.asyncio
async def test_a_time_in_an_hour_that_the_clocks_repeat_may_be_of_either() -> None:
    zone = ZoneInfo("America/New_York")
    # That zone's clocks went from 2 back to 1 on this day, at 6 UTC.
    turn = datetime(2025, 11, 2, 6, tzinfo=UTC)
    reports = {"1": cdr(row(TransactionID="1", CompletedDate="2025-11-02T01:30:00"))}
    for hour in (0, 1):
        since = turn - timedelta(hours=hour)
        out = Gathered()
        with Server(reporting(reports, finished=done("1"))) as server:
            async with account(server, timezone="America/New_York") as openfax:
                ask = Ask(Window(since, since + timedelta(hours=1)), zone=zone)
                await openfax.outbound_faxes(ask, out)
        assert [record.id for record in out.faxes] == ["1:1"]


@pytest.mark.asyncio
async def test_a_report_that_breaks_off_before_its_first_row_is_read_again() -> None:
    whole = cdr(row(TransactionID="1", CompletedDate=YESTERDAY))
    broken: list[str] = []

    def script(peer: Peer) -> None:
        while request := peer.request():
            if operation_of(request) == "getRecentHistory":
                peer.send(xml(rows("getRecentHistory", *done("1"))))
            elif operation_of(request) == "getRealtime":
                peer.send(xml(rows("getRealtime")))
            elif broken:
                peer.send(whole)
            else:
                broken.append(job_of(request))
                peer.send(whole.partition(b"<CompletedDate>")[0])
                return

    report = await collected(script, kinds=["faxes"], retries=1, timezone="UTC")
    assert [record.id for record in report.faxes] == ["1:1"]
    assert broken == ["1"]
    assert report.complete
