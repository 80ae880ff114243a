"""Openfax's reports as records: the one crossing from its vocabulary to the common one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import chain, count
from typing import TYPE_CHECKING

from faxapi.errors import FaxApiError
from faxapi.notice import Notice
from faxapi.providers.items import AT_ONCE, ItemFailures, unknown_code
from faxapi.providers.openfax.codes import UNKNOWN, meaning_of
from faxapi.providers.openfax.models import FaxTransmission, HistoryJob, RealtimeJob
from faxapi.providers.openfax.state import Job, JobsState, Marks
from faxapi.records import Direction, FaxRecord, JobRecord, JobState
from faxapi.window import Window

if TYPE_CHECKING:
    from faxapi.providers.base import Provider
    from faxapi.providers.feed import Ask, Out
    from faxapi.providers.openfax.operations import Operations
    from faxapi.providers.rows import RowDecoder, RowStream
    from faxapi.providers.soap import SoapService

HISTORY = timedelta(days=30)
"""How long a finished job stays in the history, by the vendor's page."""

# A checkpoint holds every job of thirty days, so not one after each report.
_JOBS = 25
# No window ends later.
_NEVER = datetime(9000, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


async def outbound_faxes(service: SoapService, operations: Operations, ask: Ask, out: Out) -> None:
    """Push the faxes of running and finished jobs that were completed in the window.

    Of every job that is listed, or with a cursor of those that have moved.
    """
    marks = Marks.of(ask.restore(JobsState))
    if ask.older_than(HISTORY):
        text = f"Openfax lists the jobs of the last {HISTORY.days} days only"
        until = min(ask.now - HISTORY, ask.window.until)
        out.notice(Notice("retention", text, gap=True, since=ask.unread_since, until=until))
    failures = ItemFailures(out)
    reads = count(1)

    async def read_report(job: Job) -> None:
        report = _Report(service.provider, job, marks.since(job), ask, out)
        call = operations.report_of(job.job_id)
        try:
            await report.read(service.stream(operations.get_cdr_by_job_id, FaxTransmission, **call))
        except FaxApiError as error:
            text = f"the report of job {job.job_id} could not be read to its end"
            failures.note(error, Notice("unread_job", text, gap=True))
            return
        failures.answered()
        marks.read(job, report.last, left=report.left)
        if next(reads) % _JOBS == 0:
            out.checkpoint(marks.state())

    listed = await _list(service, operations, out)
    _forget(marks, listed, out)
    try:
        await out.each(marks.unread(listed.jobs.values()), read_report, limit=AT_ONCE)
    finally:
        out.checkpoint(marks.state())


class _Report:
    """A job's report while it is read.

    Args:
        account: Whose.
        job: As it was listed.
        since: What was completed before was delivered by an earlier run; None for nothing.
        ask: What the feed is asked for.
        out: Where the faxes go.

    Attributes:
        last: The newest CompletedDate that is of the window.
        left: Whether there is something left for a later run.
    """

    def __init__(
        self, account: Provider, job: Job, since: datetime | None, ask: Ask, out: Out
    ) -> None:
        self.last: datetime | None = None
        self.left = False
        self._account = account
        self._job = job
        self._since = since
        self._ask = ask
        self._later = replace(ask, window=Window(ask.window.until, _NEVER))
        self._out = out

    async def read(self, stream: RowStream[FaxTransmission]) -> None:
        """Push the rows that are wanted, each once.

        Raises:
            FaxApiError: The report cannot be read to its end.
        """
        seen: set[str] = set()
        empty = True
        try:
            async with stream:
                async for row in stream:
                    empty = False
                    # Most of thirty days, usually, is not: not worth a record each.
                    if self._wants(row.completed_date):
                        await self._push(row, seen)
        finally:
            self._tell(stream.decoder)
        if empty and not stream.decoder.skipped and (self._job.total_destinations or 0) > 0:
            self._out.notice(_EMPTY)
            self.left = True

    async def _push(self, row: FaxTransmission, seen: set[str]) -> None:
        if row.transaction_id in seen:
            self._out.notice(_REPEATED)
            return
        seen.add(row.transaction_id)
        if row.error_code and meaning_of(row.error_code) is UNKNOWN:
            path = "FaxTransmission/ErrorCode"
            self._out.notice(unknown_code("Openfax", "error code", row.error_code, path))
        await self._out.record(fax_record(self._account, self._job.job_id, row))

    def _wants(self, moment: datetime | None) -> bool:
        """Whether a row of that time is for this run; takes note of the time."""
        if moment is None:
            return True
        if not self._ask.holds(moment):
            self.left = self.left or self._later.holds(moment)
            return False
        self.last = moment if self.last is None else max(self.last, moment)
        return self._since is None or moment >= self._since

    def _tell(self, decoder: RowDecoder[FaxTransmission]) -> None:
        """Pass on what was met while reading, each bad row with the run that wanted it."""
        for notice in decoder.skipped:
            if self._wants(notice.since):
                self._out.notice(notice)
        for notice in self._account.notices(decoder.reading):
            self._out.notice(notice)


async def jobs(service: SoapService, operations: Operations, out: Out) -> None:
    """Push the running and the finished jobs, as they stand now."""
    listed = await _list(service, operations, out)
    for job in listed.jobs.values():
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


def job_record(account: Provider, job: Job) -> JobRecord:
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


@dataclass(frozen=True, slots=True)
class _Listed:
    """The two lists as one.

    Attributes:
        jobs: Every job by id; one that both lists have is finished.
        whole: Whether every row of them could be read.
    """

    jobs: Mapping[str, Job]
    whole: bool


async def _list(service: SoapService, operations: Operations, out: Out) -> _Listed:
    """List the jobs; running ones first, so that a job that ends meanwhile is met twice."""
    running = await service.rows(operations.get_realtime, RealtimeJob)
    finished = await service.rows(operations.get_recent_history, HistoryJob)
    skipped = [*running.skipped, *finished.skipped]
    met = (service.provider.notices(each.reading) for each in (running, finished))
    for notice in (*skipped, *chain.from_iterable(met)):
        out.notice(notice)
    listed: list[Job] = [*running.items, *finished.items]
    return _Listed({job.job_id: job for job in listed}, whole=not skipped)


def _forget(marks: Marks, listed: _Listed, out: Out) -> None:
    """Let go of the jobs that are listed no more."""
    marks.keep({job.job_id for job in listed.jobs.values() if isinstance(job, HistoryJob)})
    if not listed.whole:
        # A row that could not be read may be that job's.
        return
    for job_id in marks.vanished(listed.jobs):
        text = f"job {job_id} is no longer listed, and was not read to its end"
        out.notice(Notice("vanished", text, gap=True))
