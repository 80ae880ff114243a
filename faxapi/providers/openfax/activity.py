"""Openfax's reports as records: the one crossing from its vocabulary to the common one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from faxapi.errors import FaxApiError
from faxapi.notice import Notice
from faxapi.providers.items import AT_ONCE, ItemFailures, unknown_code
from faxapi.providers.openfax.codes import UNKNOWN, meaning_of
from faxapi.providers.openfax.models import FaxTransmission, HistoryJob, RealtimeJob
from faxapi.records import Direction, FaxRecord, JobRecord, JobState

if TYPE_CHECKING:
    from faxapi.providers.base import Ask, Out, Provider
    from faxapi.providers.openfax.operations import Operations
    from faxapi.providers.rows import RowDecoder, Rows, RowStream
    from faxapi.providers.soap import SoapService

HISTORY = timedelta(days=30)
"""How long a finished job stays in the history, by the vendor's page."""


async def outbound_faxes(service: SoapService, operations: Operations, ask: Ask, out: Out) -> None:
    """Push the faxes of every running and finished job that were completed in the window."""
    if ask.older_than(HISTORY):
        text = f"Openfax lists the jobs of the last {HISTORY.days} days only"
        until = min(ask.now - HISTORY, ask.window.until)
        out.notice(Notice("retention", text, gap=True, since=ask.window.since, until=until))
    failures = ItemFailures(out)

    async def read_report(job: RealtimeJob | HistoryJob) -> None:
        stream = service.stream(
            operations.get_cdr_by_job_id, FaxTransmission, **operations.report_of(job.job_id)
        )
        try:
            async with stream:
                await _report(service.provider, job, stream, ask, out)
            failures.answered()
        except FaxApiError as error:
            text = f"the report of job {job.job_id} could not be read to its end"
            failures.note(error, Notice("unread_job", text, gap=True))
        finally:
            _tell(service.provider, out, stream.decoder)

    await out.each((await _jobs(service, operations, out)).values(), read_report, limit=AT_ONCE)


async def _report(
    account: Provider,
    job: RealtimeJob | HistoryJob,
    stream: RowStream[FaxTransmission],
    ask: Ask,
    out: Out,
) -> None:
    """Push the rows of a job's report that are of the window, each once."""
    seen: set[str] = set()
    empty = True
    async for row in stream:
        empty = False
        if not ask.holds(row.completed_date):
            # Most of thirty days, usually: not worth a record each.
            continue
        if row.transaction_id in seen:
            out.notice(_REPEATED)
            continue
        seen.add(row.transaction_id)
        if row.error_code and meaning_of(row.error_code) is UNKNOWN:
            path = "FaxTransmission/ErrorCode"
            out.notice(unknown_code("Openfax", "error code", row.error_code, path))
        await out.record(fax_record(account, job.job_id, row))
    if empty and not stream.decoder.skipped and (job.total_destinations or 0) > 0:
        out.notice(_EMPTY)


async def jobs(service: SoapService, operations: Operations, out: Out) -> None:
    """Push the running and the finished jobs, as they stand now."""
    for job in (await _jobs(service, operations, out)).values():
        await out.record(job_record(service.provider, job))


def fax_record(account: Provider, job_id: str, row: FaxTransmission) -> FaxRecord:
    """A report's row as a record."""
    meaning = meaning_of(row.error_code)
    return FaxRecord(
        provider=account.provider,
        account=account.name,
        # A transaction id is unique in its job's report only.
        id=f"{job_id}:{row.transaction_id}",
        direction=Direction.OUTBOUND,
        status=meaning.status,
        status_code=row.error_code or None,
        reason=meaning.reason,
        reason_text=meaning.label if meaning.reason else None,
        recipient_number=row.phone or None,
        reference=row.reference or None,
        job_id=job_id,
        pages=row.pages,
        completed_at=row.completed_date,
        duration=row.duration,
        raw=row if account.settings.keep_raw else None,
    )


def job_record(account: Provider, job: RealtimeJob | HistoryJob) -> JobRecord:
    """A job as a record."""
    return JobRecord(
        provider=account.provider,
        account=account.name,
        id=job.job_id,
        bill_code=job.bill_code or None,
        state=JobState.COMPLETED if isinstance(job, HistoryJob) else JobState.RUNNING,
        destinations=job.total_destinations,
        successful=job.total_successful,
        failed=job.total_failed,
        raw=job if account.settings.keep_raw else None,
    )


_REPEATED = Notice("repeated_record", "a report lists a fax more than once; its first row counts")
# ASP.NET reads a parameter that it does not know as null, without a word.
_EMPTY = Notice(
    "empty_report",
    "a job has completed transactions and its report is empty: the service may call the job id "
    "otherwise, see discover()",
    gap=True,
)


async def _jobs(
    service: SoapService, operations: Operations, out: Out
) -> dict[str, RealtimeJob | HistoryJob]:
    """Every job by id; running ones first, so that a job that ends meanwhile is met twice.

    Then it is a finished one.
    """
    running = await service.rows(operations.get_realtime, RealtimeJob)
    finished = await service.rows(operations.get_recent_history, HistoryJob)
    _tell(service.provider, out, running)
    _tell(service.provider, out, finished)
    return {
        **{job.job_id: job for job in running.items},
        **{job.job_id: job for job in finished.items},
    }


def _tell(
    account: Provider,
    out: Out,
    read: Rows[RealtimeJob] | Rows[HistoryJob] | RowDecoder[FaxTransmission],
) -> None:
    """Pass on what was met while reading."""
    for notice in (*read.skipped, *account.notices(read.reading)):
        out.notice(notice)
