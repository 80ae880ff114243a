"""What `faxapi watch` knows of the accounts: what is in process, and what became of the rest.

Its memory does not grow with time: what has ended is remembered by a number alone, and of these the
oldest are forgotten.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, TypeVar

from faxapi.errors import FaxApiError
from faxapi.records import FaxRecord, JobKey, JobRecord, JobState, Kind, Record, Status
from faxapi.report import Summary, Waiting

RecordT = TypeVar("RecordT", FaxRecord, JobRecord)

# Each is some 100 bytes. Providers list what has ended again for a while, and jobs for a month.
_REMEMBERED = 100_000
# Changes that a screen may have room for.
_SHOWN = 200
# A fax that is missing from one list may be on its way to another.
_LOOKS = 2


class What(StrEnum):
    """What changed."""

    FOUND = "found"
    """A fax was in process, or a job running, before the watching began."""
    OPENED = "opened"
    """A new one is."""
    MOVED = "moved"
    """It is still that, and stands elsewhere."""
    ENDED = "ended"
    GONE = "gone"
    """The provider does not list it any more."""
    TROUBLE = "trouble"
    """An account could not be asked for everything."""
    RECOVERED = "recovered"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened.

    Attributes:
        at: When it was seen.
        account: Where.
        what: Of which kind it is.
        record: The fax or the job; None where it is about the account.
        problem: What is wrong with the account.
    """

    at: datetime
    account: str
    what: What
    record: FaxRecord | JobRecord | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an account could not be asked for everything.

    Attributes:
        text: For people.
        error: The error; None where it is a gap.
    """

    text: str
    error: FaxApiError | None = None


class Shelf(Generic[RecordT]):
    """The faxes of an account that are in process, or its running jobs.

    Attributes:
        current: By key.
    """

    def __init__(self) -> None:
        self.current: dict[Hashable, RecordT] = {}
        self._met: set[Hashable] = set()
        self._missed: Counter[Hashable] = Counter()

    def begin(self) -> None:
        """Begin to look."""
        self._met.clear()

    def put(self, record: RecordT) -> What | None:
        """Put in what is in process; what has changed by it."""
        key = record.key
        self._met.add(key)
        before = self.current.get(key)
        self.current[key] = record
        if before is None:
            return What.OPENED
        return What.MOVED if _stand(before) != _stand(record) else None

    def take_out(self, key: Hashable) -> bool:
        """Take out what has ended; whether it was there."""
        return self.current.pop(key, None) is not None

    def take_gone(self) -> list[RecordT]:
        """Take out what was not met again."""
        missed = {key: self._missed[key] + 1 for key in self.current if key not in self._met}
        self._missed = Counter(missed)
        return [self.current.pop(key) for key, looks in missed.items() if looks >= _LOOKS]


class Account:
    """One account.

    Args:
        name: The account's.
        since: When the watching began.

    Attributes:
        faxes: Those in process.
        jobs: The running ones.
        problem: What is wrong with it.
        waits: What it waits for now, the longest wait first.
        looked_at: When it was last asked, and answered.
        next_at: When it will be asked again; None while it is being asked.
    """

    def __init__(self, name: str, since: datetime) -> None:
        self.name = name
        self.faxes: Shelf[FaxRecord] = Shelf()
        self.jobs: Shelf[JobRecord] = Shelf()
        self.problem: Problem | None = None
        self.waits: tuple[Waiting, ...] = ()
        self.looked_at: datetime | None = None
        self.next_at: datetime | None = None
        self._since = since
        self._known: set[Kind] = set()
        self._ended: dict[int, None] = {}

    def begin(self) -> None:
        """Begin to ask it."""
        self.next_at = None
        self.faxes.begin()
        self.jobs.begin()

    def take(self, record: Record, now: datetime) -> Change | None:
        """Take a record; what has changed by it."""
        # Without the vendor's own model, which is large.
        record = record.model_copy(update={"raw": None})
        match record:
            case FaxRecord(status=Status.QUEUED | Status.IN_PROGRESS):
                what = self.faxes.put(record)
            case JobRecord(state=JobState.RUNNING):
                what = self.jobs.put(record)
            case FaxRecord():
                what = self._end(record, was_open=self.faxes.take_out(record.key))
            case JobRecord():
                what = self._end(record, was_open=self.jobs.take_out(record.key))
            case _:
                return None
        if what is What.OPENED and record.kind not in self._known:
            what = What.FOUND
        return Change(now, self.name, what, record) if what else None

    def _end(self, record: FaxRecord | JobRecord, *, was_open: bool) -> What | None:
        number = hash(record.key)
        is_new = number not in self._ended
        # What is listed again is remembered for longer.
        self._ended.pop(number, None)
        self._ended[number] = None
        if len(self._ended) > _REMEMBERED:
            del self._ended[next(iter(self._ended))]
        return What.ENDED if was_open or (is_new and self._is_news(record)) else None

    def _is_news(self, record: FaxRecord | JobRecord) -> bool:
        """Whether what has ended unseen has ended since the watching began."""
        if record.kind in self._known:
            return True
        ended = record.completed_at or record.at if isinstance(record, FaxRecord) else None
        return ended is not None and ended >= self._since

    def has_job(self, key: JobKey) -> bool:
        """Whether a job is running, or has ended."""
        return key in self.jobs.current or hash(key) in self._ended

    def end(self, summary: Summary, now: datetime) -> Iterator[Change]:
        """Note how asking it went; what has changed by that."""
        self.waits = ()
        whole = {outcome.kind for outcome in summary.outcomes if not outcome.errors}
        self._known |= whole
        gone: list[FaxRecord | JobRecord] = []
        if Kind.FAXES in whole:
            gone += self.faxes.take_gone()
        if Kind.JOBS in whole:
            gone += self.jobs.take_gone()
        for record in gone:
            yield Change(now, self.name, What.GONE, record)
        before, self.problem = self.problem, _problem(summary)
        failed = self.problem and self.problem.error
        if not failed:
            self.looked_at = now
        if self.problem and (before is None or before.text != self.problem.text):
            yield Change(now, self.name, What.TROUBLE, problem=self.problem)
        if before and before.error and not failed:
            yield Change(now, self.name, What.RECOVERED)


class Board:
    """All accounts.

    Args:
        names: Of the accounts.
        now: The present.

    Attributes:
        accounts: In the order of their names.
        since: When the watching began.
        latest: The newest changes, oldest first.
    """

    def __init__(self, names: Iterable[str], now: datetime) -> None:
        self.accounts = [Account(name, now) for name in names]
        self.since = now
        self.latest: deque[Change] = deque(maxlen=_SHOWN)
        self._ended: Counter[Status] = Counter()

    def note(self, change: Change) -> None:
        """Note a change; what a job has sent well is counted, and stands in the job's own line."""
        fax = change.record if change.what is What.ENDED else None
        if isinstance(fax, FaxRecord):
            self._ended[fax.status] += 1
            if fax.status is Status.COMPLETED and self._is_of_a_job(fax):
                return
        self.latest.append(change)

    def _is_of_a_job(self, fax: FaxRecord) -> bool:
        """Whether its job is listed by itself."""
        if fax.job_id is None:
            return False
        key = JobKey(fax.provider, fax.account, fax.job_id)
        return any(each.has_job(key) for each in self.accounts if each.name == fax.account)

    def totals(self) -> str:
        """How many faxes have ended since the watching began."""
        counts = [f"{count:,} {status}" for status, count in sorted(self._ended.items())]
        return ", ".join(counts) or "no fax"


def _stand(record: FaxRecord | JobRecord) -> tuple[object, ...]:
    """Where it stands; the rest of a record may change without anybody's interest."""
    if isinstance(record, FaxRecord):
        return record.status, record.status_code
    return record.destinations, record.successful, record.failed


def _problem(summary: Summary) -> Problem | None:
    for outcome in summary.failures:
        if outcome.error:
            return Problem(str(outcome.error), outcome.error)
        gaps = "; ".join(gap.text for gap in outcome.gaps)
        return Problem(f"{outcome.account} {outcome.kind}: {gaps}")
    return None
