"""Openfax's state and its reporting service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from faxapi.errors import ConfigurationError
from faxapi.providers.openfax.operations import DEFAULT as OPERATIONS
from faxapi.sandbox.data import Row, openfax_jobs, openfax_row
from faxapi.sandbox.world import World

if TYPE_CHECKING:
    from faxapi.sandbox.asmx import Method
    from faxapi.wire.soap import SoapOperation

API_KEY = "api-key"

# getRecentHistory's reach (Openfax, Broadcast Fax Reporting API Documentation).
_HISTORY = timedelta(days=30)


class OpenfaxSandbox:
    """A simulated Openfax account.

    Args:
        world: What it lives in; its `faxes` are its jobs' transmissions.
        api_key: What opens it.
    """

    def __init__(self, world: World, api_key: str = API_KEY) -> None:
        self._world = world
        self._api_key = api_key
        self._jobs = {job["JobID"]: job for job in openfax_jobs(world.maker, world.faxes)}

    def add_job(
        self,
        *,
        error_codes: Iterable[int | str] = (0,),
        bill_code: str | None = None,
        running: bool = False,
        completed: datetime | None = None,
    ) -> str:
        """Add a job and return its JobID.

        Args:
            error_codes: One for each transmission; 0 is success.
            bill_code: What the submitter wrote on it.
            running: Whether it is still running.
            completed: When its transmissions completed, aware; now unless given.
        """
        with self._world.lock:
            identity = str(1 + max(map(int, self._jobs), default=88000))
            moment = completed or self._world.clock()
            self._jobs[identity] = {
                "JobID": identity,
                "BillCode": bill_code,
                "running": running,
                "rows": [],
            }
            self._send(self._jobs[identity], error_codes, moment)
            return identity

    def add_transmissions(
        self,
        job_id: str,
        *,
        error_codes: Iterable[int | str] = (0,),
        completed: datetime | None = None,
    ) -> None:
        """Let a job go on, by transmissions that come last in its report.

        Args:
            job_id: Which job.
            error_codes: One for each transmission; 0 is success.
            completed: When they completed, aware; now unless given.

        Raises:
            ConfigurationError: There is no such job.
        """
        with self._world.lock:
            self._send(self._job(job_id), error_codes, completed or self._world.clock())

    def finish_job(self, job_id: str) -> None:
        """Let a running job end.

        Raises:
            ConfigurationError: There is no such job.
        """
        with self._world.lock:
            self._job(job_id)["running"] = False

    def running(self) -> list[tuple[str, int]]:
        """The JobIDs of the running jobs, and how many transmissions each has had."""
        with self._world.lock:
            jobs = [job for job in self._jobs.values() if job["running"]]
            return [(job["JobID"], len(job["rows"])) for job in jobs]

    def remove_job(self, job_id: str) -> None:
        """Forget a job and its report.

        Raises:
            ConfigurationError: There is no such job.
        """
        with self._world.lock:
            del self._jobs[self._job(job_id)["JobID"]]

    def methods(self) -> Mapping[SoapOperation[Any], Method]:
        """What the service answers."""
        return {
            OPERATIONS.get_cdr_by_job_id: self._guarded(self._get_cdr_by_job_id),
            OPERATIONS.get_realtime: self._guarded(self._get_realtime),
            OPERATIONS.get_recent_history: self._guarded(self._get_recent_history),
        }

    def _guarded(self, run: Callable[[Row], Row]) -> Method:
        def method(values: Row) -> Row:
            if values["APIKey"] != self._api_key:
                message = "Invalid API Key"
                raise PermissionError(message)
            return run(values)

        return method

    def _job(self, job_id: str) -> Row:
        if job_id not in self._jobs:
            raise ConfigurationError(f"there is no job {job_id}")
        return self._jobs[job_id]

    def _send(self, job: Row, error_codes: Iterable[int | str], completed: datetime) -> None:
        first = 1 + len(job["rows"])
        job["rows"] += [
            openfax_row(self._world.maker, str(row), str(code), completed)
            for row, code in enumerate(error_codes, first)
        ]

    def _get_cdr_by_job_id(self, values: Row) -> Row:
        job = self._jobs.get(values["JobID"] or "", {"rows": None})
        return {"getCDRByJobIDResult": job["rows"] or None}

    def _get_realtime(self, _values: Row) -> Row:
        jobs = [_totals(job) for job in self._jobs.values() if job["running"]]
        return {"getRealtimeResult": jobs or None}

    def _get_recent_history(self, _values: Row) -> Row:
        oldest = self._world.clock() - _HISTORY
        jobs = [
            _totals(job)
            for job in self._jobs.values()
            if not job["running"] and _completed(job, oldest) >= oldest
        ]
        return {"getRecentHistoryResult": jobs or None}


def _completed(job: Row, default: datetime) -> datetime:
    """When a job's last transmission was; a job without any is never too old."""
    moment: datetime = max((row["CompletedDate"] for row in job["rows"]), default=default)
    return moment


def _totals(job: Row) -> Row:
    successful = sum(row["ErrorCode"] == "0" for row in job["rows"])
    return {
        "JobID": job["JobID"],
        "BillCode": job["BillCode"],
        "TotalDestinations": len(job["rows"]),
        "TotalSuccessful": successful,
        "TotalFailed": len(job["rows"]) - successful,
    }
