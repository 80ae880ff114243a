"""What a collection brought, and a truthful account of what it could not bring."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from io import BytesIO
from typing import TYPE_CHECKING

from faxapi.cursor import Cursor
from faxapi.errors import CollectionFailed, FaxApiError, Incomplete
from faxapi.export import Format, open_export, to_arrow
from faxapi.notice import Feed, Notice
from faxapi.records import FaxRecord, JobRecord, Kind, Record, UsageRecord

if TYPE_CHECKING:
    import pyarrow as pa


class OutcomeState(StrEnum):
    """How an outcome ended."""

    COMPLETE = "complete"
    """No error and no gap."""
    PARTIAL = "partial"
    """Something was delivered, and something is missing."""
    FAILED = "failed"
    """An error, and nothing was delivered."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one kind of one account went.

    Attributes:
        provider: The provider's registered name.
        account: The account's name.
        kind: What was collected.
        records: How many records were delivered.
        errors: What went wrong, over all its feeds.
        notices: Gaps and things worth knowing.
        elapsed: From the first feed's start to the last one's end.
    """

    provider: str
    account: str
    kind: Kind
    records: int
    errors: tuple[FaxApiError, ...] = ()
    notices: tuple[Notice, ...] = ()
    elapsed: timedelta = timedelta()

    @property
    def state(self) -> OutcomeState:
        """Complete, partial or failed."""
        if not self.errors and not self.gaps:
            return OutcomeState.COMPLETE
        return OutcomeState.PARTIAL if self.records or not self.errors else OutcomeState.FAILED

    @property
    def complete(self) -> bool:
        """Whether everything that was asked for is here."""
        return self.state is OutcomeState.COMPLETE

    @property
    def error(self) -> FaxApiError | None:
        """The first error."""
        return self.errors[0] if self.errors else None

    @property
    def gaps(self) -> tuple[Notice, ...]:
        """The notices that speak of something missing."""
        return tuple(notice for notice in self.notices if notice.gap)

    def problems(self) -> tuple[FaxApiError, ...]:
        """Its errors, and where it has gaps, one `Incomplete` that names them."""
        if not self.gaps:
            return self.errors
        error = Incomplete(
            f"{self.kind} are not complete: {self._missing()}",
            hint="The outcome's gaps say since when and until when, where that is known",
        )
        return (*self.errors, error.locate(provider=self.provider, account=self.account))

    def _missing(self) -> str:
        """The gaps' texts, each once."""
        return "; ".join(dict.fromkeys(notice.text for notice in self.gaps))

    def __str__(self) -> str:
        place = (
            self.provider if self.account == self.provider else f"{self.provider} {self.account}"
        )
        text = f"{place} {self.kind}: {self.state}, {self.records} records"
        if self.gaps:
            text += f"; missing: {self._missing()}"
        if self.errors:
            more = f" (and {len(self.errors) - 1} more errors)" if len(self.errors) > 1 else ""
            text += f"; {self.error}{more}"
        return text


@dataclass(frozen=True, kw_only=True)
class Summary:
    """How a collection went, without its records.

    Attributes:
        outcomes: One for each account and kind.
        cursor: Where the next collection goes on.
        elapsed: Wall time of the whole collection.
        requests: How many requests were sent, those tried again too.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    elapsed: timedelta = timedelta()
    requests: int = 0

    @property
    def counts(self) -> dict[Kind, int]:
        """How many records of each kind were delivered."""
        counts: dict[Kind, int] = {}
        for outcome in self.outcomes:
            counts[outcome.kind] = counts.get(outcome.kind, 0) + outcome.records
        return counts

    @property
    def complete(self) -> bool:
        """True only if every outcome is complete."""
        return not self.failures

    @property
    def failures(self) -> list[Outcome]:
        """The outcomes that are not complete, partial ones too."""
        return [outcome for outcome in self.outcomes if not outcome.complete]

    def raise_for_failures(self) -> None:
        """Do nothing if everything is complete.

        Raises:
            CollectionFailed: Holds each part's errors, and an `Incomplete` for its gaps.
        """
        failures = self.failures
        if failures:
            raise CollectionFailed(
                f"{len(failures)} of {len(self.outcomes)} parts are not complete",
                [error for outcome in failures for error in outcome.problems()],
            )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {', '.join([*self._holdings(), self._state()])}>"

    def _holdings(self) -> list[str]:
        return [f"{count} {kind}" for kind, count in self.counts.items()]

    def _state(self) -> str:
        return "complete" if self.complete else f"{len(self.failures)} parts not complete"


@dataclass(frozen=True, kw_only=True, repr=False)
class Report(Summary):
    """Everything that a collection brought.

    Attributes:
        faxes: Every provider's faxes, sorted by `(at is None, at, account, direction, id)`.
        usage: Totals by account and user.
        jobs: Running and finished jobs, as they stood when asked for.
    """

    faxes: list[FaxRecord] = field(default_factory=list)
    usage: list[UsageRecord] = field(default_factory=list)
    jobs: list[JobRecord] = field(default_factory=list)

    def to_arrow(self, kind: Kind | str = Kind.FAXES) -> pa.Table:
        """Its records of one kind as an Arrow table, which pandas, Polars and DuckDB read.

        Needs the extra `faxapi[arrow]`. Columns and types are those of a Parquet file, and its
        `schema.metadata[b"faxapi"]` says in JSON what is complete.

        Args:
            kind: `faxes`, `usage` or `jobs`.

        Raises:
            ConfigurationError: There is no such kind, or pyarrow is not installed.
            ExportFailed: A value does not fit its column.
        """
        records = [record for record in self._records() if record.kind == kind]
        return to_arrow(records, self, kind)

    def to_json(self) -> str:
        """Its records, and what is complete, as one JSON object."""
        buffer = BytesIO()
        with open_export(buffer, Format.JSON) as export:
            export.write(self._records())
            export.finish(self)
        return buffer.getvalue().decode()

    def _records(self) -> Iterator[Record]:
        yield from self.faxes
        yield from self.usage
        yield from self.jobs

    def _holdings(self) -> list[str]:
        return [
            f"{len(self.faxes)} faxes",
            f"{len(self.usage)} usage totals",
            f"{len(self.jobs)} jobs",
        ]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A wait of a feed.

    Attributes:
        feed: Who waits.
        reason: What for.
        until: When it will go on, in UTC.
    """

    feed: Feed
    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class AccountProgress:
    """How far one account is.

    Attributes:
        feeds: How many feeds it is asked for.
        feeds_done: How many of them have ended.
        records: How many records it has delivered.
        requests: How many requests were sent to it.
        errors: How many errors there were so far.
        waits: Its feeds that are held up by its provider's limits now, the longest wait first.
    """

    feeds: int
    feeds_done: int
    records: int
    requests: int
    errors: int
    waits: tuple[Waiting, ...]

    @property
    def done(self) -> bool:
        """Whether it was asked for everything."""
        return self.feeds_done == self.feeds


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a collection is.

    Attributes:
        accounts: How many accounts are asked.
        accounts_done: How many of them were asked for everything.
        kinds: How many feeds of each kind there are, and how many of them have ended.
        records: How many records of each kind were delivered.
        requests: How many requests were sent.
        bytes: How many bytes of answers came in.
        waits: Feeds that are held up by a provider's limits now, the longest wait first.
        elapsed: Time since the start.
        by_account: How far each account is, by its name, in the order of the api.
    """

    accounts: int
    accounts_done: int
    kinds: Mapping[Kind, tuple[int, int]]
    records: Mapping[Kind, int]
    requests: int
    bytes: int
    waits: tuple[Waiting, ...]
    elapsed: timedelta
    by_account: Mapping[str, AccountProgress] = field(default_factory=dict)
