"""How far Openfax's jobs were read: what a cursor keeps of them. No I/O."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from faxapi.cursor import Mark
from faxapi.providers.feed import State
from faxapi.providers.openfax.models import HistoryJob, RealtimeJob

Job = RealtimeJob | HistoryJob

# A report's order is not documented, so a row may come after younger ones; this much later at most
# it is delivered at once, and else when the job has ended.
_LATE = timedelta(hours=2)


class OpenJob(State):
    """A job of whose report more is to come.

    Attributes:
        total: Its TotalDestinations when the report was read; None if a row was left for later.
        last: The newest CompletedDate in it that was of the window.
    """

    total: int | None = None
    last: Mark | None = None


class JobsState(State):
    """How far the feed was read: each job by its id.

    Attributes:
        done: The finished jobs that need no more reading, with their TotalDestinations.
        open: The others that were read.
    """

    done: Mapping[str, int | None] = {}
    open: Mapping[str, OpenJob] = {}


@dataclass(slots=True)
class Marks:
    """The state while a run moves it on."""

    done: dict[str, int | None]
    open: dict[str, OpenJob]

    @classmethod
    def of(cls, state: JobsState | None) -> Marks:
        """The marks that a run starts with."""
        state = state or JobsState()
        return cls(dict(state.done), dict(state.open))

    def state(self) -> JobsState:
        """What the next run is to start with."""
        return JobsState(done=self.done, open=self.open)

    def keep(self, finished: Container[str]) -> None:
        """Forget the done jobs that the history does not list; one that runs again is not done."""
        self.done = {job_id: total for job_id, total in self.done.items() if job_id in finished}

    def vanished(self, listed: Container[str]) -> list[str]:
        """Forget the open jobs that no list has; returns them."""
        gone = [job_id for job_id in self.open if job_id not in listed]
        for job_id in gone:
            del self.open[job_id]
        return gone

    def unread(self, jobs: Iterable[Job]) -> list[Job]:
        """The jobs to read: the finished ones first.

        Each of them is read once, so that runs which are always cut short get on.
        """
        to_read = [job for job in jobs if not self._is_read(job)]
        return sorted(to_read, key=lambda job: isinstance(job, RealtimeJob))

    def since(self, job: Job) -> datetime | None:
        """From when on a job's rows may be new; None for all of them."""
        known = self.open.get(job.job_id)
        if isinstance(job, HistoryJob) or known is None or known.last is None:
            return None
        return known.last - _LATE

    def read(self, job: Job, last: datetime | None, *, left: bool) -> None:
        """Note that a job's report was read to its end, and its rows delivered.

        Args:
            job: As it was listed before.
            last: The newest CompletedDate that was of the window.
            left: Whether a row was left for a later run.
        """
        self.done.pop(job.job_id, None)
        self.open.pop(job.job_id, None)
        if isinstance(job, HistoryJob) and not left:
            self.done[job.job_id] = job.total_destinations
        else:
            total = None if left else job.total_destinations
            self.open[job.job_id] = OpenJob(total=total, last=last)

    def _is_read(self, job: Job) -> bool:
        total = job.total_destinations
        if isinstance(job, HistoryJob):
            # A total that has moved means that the job was not at its end.
            return job.job_id in self.done and self.done[job.job_id] == total
        known = self.open.get(job.job_id)
        return known is not None and known.total is not None and known.total == total
