"""Openfax's reports as records."""

from datetime import UTC, datetime, timedelta

import pytest
import sniffio

from faxapi.api import FaxApi
from faxapi.errors import AuthenticationError, ConnectFailed
from faxapi.providers.feed import Ask
from faxapi.providers.openfax import FaxTransmission, HistoryJob, Openfax, RealtimeJob
from faxapi.providers.openfax.activity import fax_record, job_record
from faxapi.providers.openfax.codes import ERROR_CODES
from faxapi.records import Direction, JobState, Kind, Reason, Status
from faxapi.window import Window
from tests.providers.openfax.service import (
    KEY,
    NOW,
    WEEK,
    YESTERDAY,
    account,
    cdr,
    collected,
    done,
    fault,
    job,
    job_of,
    notices,
    operation_of,
    reporting,
    row,
    rows,
)
from tests.providers.recorder import Gathered, answering, xml
from tests.transport.server import Request, Server, reply


def test_a_row_is_a_record() -> None:
    openfax = Openfax(KEY, name="east")
    transmission = FaxTransmission(
        transaction_id="5",
        completed_date=NOW,
        phone="+15551234567",
        reference="Ken",
        country="US",
        error_code="2",
        pages=0,
        duration=timedelta(seconds=30),
    )
    record = fax_record(openfax, "88001", transmission)
    said = record.model_dump(exclude_none=True)
    assert said == {
        "kind": Kind.FAXES,
        "provider": "openfax",
        "account": "east",
        "id": "88001:5",
        "direction": Direction.OUTBOUND,
        "status": Status.FAILED,
        "status_code": "2",
        "reason": Reason.BUSY,
        "reason_text": "Busy",
        "recipient_number": "+15551234567",
        "reference": "Ken",
        "job_id": "88001",
        "pages": 0,
        "completed_at": NOW,
        "duration": timedelta(seconds=30),
    }
    assert record.raw is transmission
    assert record.at == NOW


def test_raw_can_be_left_out() -> None:
    openfax = Openfax(KEY, keep_raw=False)
    assert fax_record(openfax, "1", FaxTransmission(transaction_id="5")).raw is None
    assert job_record(openfax, RealtimeJob(job_id="1")).raw is None


@pytest.mark.parametrize(
    ("code", "status", "reason"),
    [
        ("-1", "in_progress", None),
        ("0", "completed", None),
        ("1", "failed", "no_answer"),
        ("2", "failed", "busy"),
        ("3", "failed", "not_a_fax"),
        ("4", "failed", "congestion"),
        ("5", "failed", "bad_number"),
        ("6", "failed", "hangup"),
        ("7", "failed", "protocol"),
        ("8", "failed", "document"),
        ("9", "failed", "no_credit"),
        ("Successful", "completed", None),
        ("all circuits busy", "failed", "congestion"),
        ("Not Fax", "failed", "not_a_fax"),
        ("Bad Fax Number", "failed", "bad_number"),
        ("12", "unknown", None),
        ("gone", "unknown", None),
        ("", "unknown", None),
        (None, "unknown", None),
    ],
)
def test_an_error_code(code: str | None, status: str, reason: str | None) -> None:
    transmission = FaxTransmission(transaction_id="5", error_code=code)
    record = fax_record(Openfax(KEY), "1", transmission)
    assert (record.status, record.reason, record.status_code) == (status, reason, code or None)


def test_every_code_of_the_table_is_tested_above() -> None:
    assert set(ERROR_CODES) == {str(code) for code in range(-1, 10)}


@pytest.mark.parametrize(
    ("kind", "state"), [(RealtimeJob, JobState.RUNNING), (HistoryJob, JobState.COMPLETED)]
)
def test_a_job_is_a_record(kind: type[RealtimeJob | HistoryJob], state: JobState) -> None:
    vendors = kind(
        job_id="7", bill_code="march", total_destinations=9, total_successful=8, total_failed=1
    )
    record = job_record(Openfax(KEY, name="east"), vendors)
    assert record.model_dump() == {
        "kind": Kind.JOBS,
        "provider": "openfax",
        "account": "east",
        "id": "7",
        "bill_code": "march",
        "state": state,
        "destinations": 9,
        "successful": 8,
        "failed": 1,
    }
    assert record.raw is vendors


@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
@pytest.mark.anyio
async def test_every_job_of_both_lists_is_read_once(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    reports = {
        "1": cdr(row(TransactionID="1", CompletedDate=YESTERDAY, ErrorCode="0")),
        "2": cdr(*(row(TransactionID=str(n), CompletedDate=YESTERDAY) for n in range(3))),
        "3": cdr(),
    }
    running = (job("RealtimeJob", "1"), job("RealtimeJob", "2"))
    script = reporting(reports, running, done("2", "3"))
    with Server(script) as server:
        async with FaxApi(account(server, timezone="UTC")) as api:
            report = await api.collect(WEEK)
    assert [record.id for record in report.faxes] == ["1:1", "2:0", "2:1", "2:2"]
    assert {record.id: record.state for record in report.jobs} == {
        "1": "running",
        "2": "completed",
        "3": "completed",
    }
    assert report.complete
    asked = [operation_of(request) for request in server.requests]
    reads = sorted(job_of(each) for each in server.requests if job_of(each))
    assert reads == ["1", "2", "3"]
    # Each of the two feeds asks for the running jobs before the finished ones.
    lists = [name for name in asked if name != "getCDRByJobID"]
    assert sorted(lists) == ["getRealtime"] * 2 + ["getRecentHistory"] * 2
    assert lists[0] == "getRealtime"
    assert lists[-1] == "getRecentHistory"


@pytest.mark.asyncio
async def test_only_the_windows_rows_and_those_without_a_time() -> None:
    old = (NOW - timedelta(days=9)).isoformat()
    report = await collected(
        reporting(
            {
                "1": cdr(
                    row(TransactionID="1", CompletedDate=old),
                    row(TransactionID="2", CompletedDate=YESTERDAY),
                    row(TransactionID="3"),
                    row(TransactionID="4", CompletedDate="0001-01-01T00:00:00"),
                )
            },
            finished=done("1"),
        )
    )
    assert [record.id for record in report.faxes] == ["1:2", "1:3", "1:4"]
    (notice,) = [each for each in notices(report) if each.code == "no_time"]
    assert (notice.count, notice.gap) == (2, False)
    assert report.complete


@pytest.mark.asyncio
async def test_the_feed_makes_no_records_for_what_the_window_leaves_out() -> None:
    rows_of = [row(TransactionID="1", CompletedDate=(NOW - timedelta(days=9)).isoformat())]
    rows_of += [row(TransactionID="2", CompletedDate=YESTERDAY)]
    out = Gathered()
    with Server(reporting({"1": cdr(*rows_of)}, finished=done("1"))) as server:
        async with account(server) as openfax:
            await openfax.outbound_faxes(Ask(WEEK), out)
    assert [each.id for each in out.records] == ["1:2"]


@pytest.mark.asyncio
async def test_a_report_that_cannot_be_read_costs_no_other() -> None:
    torn = rows("getCDRByJobID", row(TransactionID="1", CompletedDate=YESTERDAY))[:-40]
    reports = {
        "1": xml(torn),
        "2": fault("no such job"),
        "3": cdr(row(TransactionID="1", CompletedDate=YESTERDAY)),
    }
    report = await collected(reporting(reports, finished=done("1", "2", "3")))
    assert [record.id for record in report.faxes] == ["1:1", "3:1"]
    (outcome,) = [each for each in report.outcomes if each.kind is Kind.FAXES]
    assert outcome.state == "partial"
    assert sorted(type(error).__name__ for error in outcome.errors) == [
        "DecodeError",
        "ProviderFault",
    ]
    assert {error.operation for error in outcome.errors} == {"getCDRByJobID"}
    gaps = [each for each in outcome.gaps if each.code == "unread_job"]
    assert sorted(each.text.split()[4] for each in gaps) == ["1", "2"]


@pytest.mark.asyncio
async def test_bad_rows_are_gaps() -> None:
    reports = {
        "1": cdr(row(TransactionID="1", Pages="x"), row(TransactionID="2", CompletedDate=""))
    }
    running = (job("RealtimeJob", "1"), "<RealtimeJob><BillCode>x</BillCode></RealtimeJob>")
    report = await collected(reporting(reports, running))
    assert [record.id for record in report.faxes] == ["1:2"]
    assert [record.id for record in report.jobs] == ["1"]
    assert [each.path for each in notices(report) if each.code == "skipped_record"] == [
        "RealtimeJob",
        "FaxTransmission",
    ]
    assert [each.code for each in notices(report, Kind.JOBS)] == ["skipped_record"]
    assert len(report.failures) == 2


@pytest.mark.asyncio
async def test_a_zone_that_is_assumed_is_said_once() -> None:
    naive = (NOW - timedelta(days=1)).replace(tzinfo=None).isoformat()
    reports = {each: cdr(row(TransactionID="1", CompletedDate=naive)) for each in "12"}
    report = await collected(reporting(reports, finished=done("1", "2")))
    assert [each.code for each in notices(report)] == ["timezone_assumed"]
    assert report.complete


@pytest.mark.asyncio
async def test_a_window_before_the_history_is_a_gap() -> None:
    now = datetime.now(UTC)
    window = Window(now - timedelta(days=60), now)
    report = await collected(reporting({}), window)
    (gap,) = notices(report)
    assert (gap.code, gap.gap, gap.since) == ("retention", True, window.since)
    assert abs(gap.until - (now - timedelta(days=30))) < timedelta(minutes=1)
    old = Window(now - timedelta(days=60), now - timedelta(days=50))
    (gap,) = notices(await collected(reporting({}), old))
    assert (gap.since, gap.until) == (old.since, old.until)


@pytest.mark.asyncio
async def test_a_rejected_key_ends_the_account() -> None:
    with Server(answering(lambda _: fault("Invalid API Key"))) as server:
        async with FaxApi(account(server)) as api:
            report = await api.collect(WEEK)
    assert [type(each.error) for each in report.outcomes] == [AuthenticationError] * 2
    assert len(server.requests) == 1


@pytest.mark.asyncio
async def test_a_key_that_is_changed_meanwhile_ends_the_feed() -> None:
    def choose(request: Request) -> bytes:
        if operation_of(request) == "getRecentHistory":
            return xml(rows("getRecentHistory", *done(*map(str, range(40)))))
        return xml(rows("getRealtime")) if not job_of(request) else fault("Invalid API Key")

    with Server(answering(choose)) as server:
        async with FaxApi(account(server, kinds=["faxes"])) as api:
            report = await api.collect(WEEK)
    (outcome,) = report.outcomes
    assert [type(error) for error in outcome.errors] == [AuthenticationError]
    assert len(server.requests) <= 2 + 4


@pytest.mark.asyncio
async def test_a_service_that_falls_silent_ends_the_feed() -> None:
    """Forty reports, each of which fails on the network: nobody waits for all of them."""

    def choose(request: Request) -> bytes:
        if operation_of(request) == "getRecentHistory":
            return xml(rows("getRecentHistory", *done(*map(str, range(40)))))
        if operation_of(request) == "getRealtime":
            return xml(rows("getRealtime"))
        return reply(b"", status="503 Service Unavailable")

    with Server(answering(choose)) as server:
        async with FaxApi(account(server, kinds=["faxes"])) as api:
            report = await api.collect(WEEK)
    (outcome,) = report.outcomes
    assert outcome.state == "failed"
    assert len(server.requests) <= 2 + 8


@pytest.mark.asyncio
async def test_a_service_that_is_not_there_fails_both_kinds() -> None:
    with Server(reporting({})) as server:
        pass
    async with FaxApi(account(server)) as api:
        report = await api.collect(WEEK)
    assert {type(each.error) for each in report.outcomes} == {ConnectFailed}
