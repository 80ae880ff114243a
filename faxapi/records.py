"""The vocabulary that every provider's records share.

Every field always exists. What a provider does not say is None, never a guess.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from pydantic import AwareDatetime, BaseModel, Field


class Kind(StrEnum):
    """What can be collected."""

    FAXES = "faxes"
    USAGE = "usage"
    JOBS = "jobs"


class Direction(StrEnum):
    """Which way a fax went, seen from the account."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"


class Status(StrEnum):
    """Where a fax stands; a vendor's value that faxapi does not know is `unknown`."""

    QUEUED = "queued"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why a fax failed; a vendor's value that faxapi does not know is `other`."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NOT_A_FAX = "not_a_fax"
    BAD_NUMBER = "bad_number"
    REJECTED = "rejected"
    CONGESTION = "congestion"
    NETWORK = "network"
    HANGUP = "hangup"
    PROTOCOL = "protocol"
    DOCUMENT = "document"
    NO_CREDIT = "no_credit"
    NOT_PERMITTED = "not_permitted"
    UNREACHABLE = "unreachable"
    INCOMPATIBLE = "incompatible"
    CANCELED = "canceled"
    OTHER = "other"


class JobState(StrEnum):
    """Where a broadcast job stands."""

    RUNNING = "running"
    COMPLETED = "completed"


class FaxKey(NamedTuple):
    """What identifies a fax over all runs."""

    provider: str
    account: str
    direction: Direction
    id: str


class UsageKey(NamedTuple):
    """What identifies a usage total over all runs."""

    provider: str
    account: str
    direction: Direction
    user: str | None
    phone_number: str | None
    since: datetime | None
    until: datetime | None


class JobKey(NamedTuple):
    """What identifies a job over all runs."""

    provider: str
    account: str
    id: str


_Shown = list[tuple[str | None, Any]]


class _Record(
    BaseModel,
    frozen=True,
    extra="forbid",
    hide_input_in_errors=True,
    # The columns of exports are described by the fields' docstrings.
    use_attribute_docstrings=True,
):
    """A frozen record; `raw` is carried along, and is no part of what the record says."""

    raw: Any = Field(default=None, exclude=True)
    """The vendor's own model: its names and values are not unified."""

    def _said(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "raw"}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._said() == other._said()

    def __hash__(self) -> int:
        return hash((type(self), *self._said().values()))

    def __getstate__(self) -> dict[Any, Any]:
        state = super().__getstate__()
        return {**state, "__dict__": {**state["__dict__"], "raw": None}}


class FaxRecord(_Record, frozen=True):
    """One fax, sent or received; its repr shows key, status and `at` only."""

    kind: Literal[Kind.FAXES] = Kind.FAXES
    """What the record is."""
    provider: str
    """The provider's registered name."""
    account: str
    """The account's name."""
    id: str
    """The vendor's id of the fax."""
    direction: Direction
    """Which way it went."""
    status: Status
    """Where it stands."""
    status_code: str | None = None
    """The vendor's own status, as it came."""
    reason: Reason | None = None
    """Why it failed; None where it did not."""
    reason_text: str | None = None
    """The same in words."""
    user: str | None = None
    """Whose fax it is at the vendor."""
    sender: str | None = None
    """Who sent it, as the vendor has it."""
    recipient_number: str | None = None
    """The number that it went to."""
    recipient_name: str | None = None
    """Who it is for."""
    remote_id: str | None = None
    """The other machine's CSID: written by a stranger."""
    subject: str | None = None
    """What the sender wrote on it."""
    reference: str | None = None
    """The sender's own reference."""
    job_id: str | None = None
    """The broadcast job that it is part of."""
    parent_id: str | None = None
    """The first fax of the same broadcast."""
    pages: int | None = None
    """Pages that went through."""
    pages_submitted: int | None = None
    """Pages that were to be sent."""
    submitted_at: AwareDatetime | None = None
    """When it was handed to the vendor."""
    started_at: AwareDatetime | None = None
    """When the transmission began."""
    completed_at: AwareDatetime | None = None
    """When it ended."""
    duration: timedelta | None = None
    """How long the transmission took."""
    units: Decimal | None = None
    """The vendor's charge units."""
    cost: Decimal | None = None
    """Money, in `currency`."""
    currency: str | None = None
    """Of `cost`, as the account is configured."""
    attempts: int | None = None
    """How often it was tried."""
    size: int | None = None
    """Bytes."""

    @property
    def key(self) -> FaxKey:
        """Provider, account, direction and id: unique, and the same in every run."""
        return FaxKey(self.provider, self.account, self.direction, self.id)

    @property
    def at(self) -> datetime | None:
        """When it happened: submitted, else completed, else started."""
        return self.submitted_at or self.completed_at or self.started_at

    def __repr_args__(self) -> _Shown:
        """Key, status and time: records are logged, and the rest is personal data."""
        return [
            ("key", "/".join(self.key)),
            ("status", str(self.status)),
            ("at", _iso(self.at)),
        ]


class UsageRecord(_Record, frozen=True):
    """A user's or a number's totals over a time, as the vendor adds them up."""

    kind: Literal[Kind.USAGE] = Kind.USAGE
    """What the record is."""
    provider: str
    """The provider's registered name."""
    account: str
    """The account's name."""
    direction: Direction
    """Which way the faxes went."""
    user: str | None = None
    """Whose faxes they are."""
    phone_number: str | None = None
    """The number that they came in on."""
    since: AwareDatetime | None = None
    """As the vendor echoes it."""
    until: AwareDatetime | None = None
    """As the vendor echoes it."""
    faxes: int | None = None
    """How many faxes."""
    pages: int | None = None
    """How many pages."""
    units: Decimal | None = None
    """The vendor's charge units."""
    cost: Decimal | None = None
    """Money, in `currency`."""
    currency: str | None = None
    """Of `cost`, as the account is configured."""

    @property
    def key(self) -> UsageKey:
        """Everything that tells one total from another."""
        return UsageKey(
            self.provider,
            self.account,
            self.direction,
            self.user,
            self.phone_number,
            self.since,
            self.until,
        )

    def __repr_args__(self) -> _Shown:
        """The key without user and number: records are logged, and those are personal data."""
        return [
            ("key", f"{self.provider}/{self.account}/{self.direction}"),
            ("since", _iso(self.since)),
            ("until", _iso(self.until)),
        ]


class JobRecord(_Record, frozen=True):
    """A broadcast job, as it stood when it was asked for."""

    kind: Literal[Kind.JOBS] = Kind.JOBS
    """What the record is."""
    provider: str
    """The provider's registered name."""
    account: str
    """The account's name."""
    id: str
    """The vendor's id of the job."""
    bill_code: str | None = None
    """What the submitter wrote on it."""
    state: JobState
    """Where it stands."""
    destinations: int | None = None
    """Attempts completed so far; for a completed job, all of them."""
    successful: int | None = None
    """Of them, those that went through."""
    failed: int | None = None
    """Of them, those that failed."""

    @property
    def key(self) -> JobKey:
        """Provider, account and id."""
        return JobKey(self.provider, self.account, self.id)

    def __repr_args__(self) -> _Shown:
        """Key and state."""
        return [("key", "/".join(self.key)), ("state", str(self.state))]


Record = FaxRecord | UsageRecord | JobRecord


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
