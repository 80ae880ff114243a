"""What an export says of the collection that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from faxapi.export.schema import SCHEMA_VERSION

if TYPE_CHECKING:
    from faxapi.errors import FaxApiError
    from faxapi.notice import Notice
    from faxapi.records import Kind


class Part(Protocol):
    """How one kind of one account went: an `Outcome`."""

    @property
    def provider(self) -> str:
        """The provider's registered name."""
        ...

    @property
    def account(self) -> str:
        """The account's name."""
        ...

    @property
    def kind(self) -> Kind:
        """What was collected."""
        ...

    @property
    def state(self) -> str:
        """Complete, partial or failed."""
        ...

    @property
    def records(self) -> int:
        """How many records were delivered."""
        ...

    @property
    def errors(self) -> Iterable[FaxApiError]:
        """What went wrong."""
        ...

    @property
    def notices(self) -> Iterable[Notice]:
        """Gaps and things worth knowing."""
        ...


class Collection(Protocol):
    """How a collection went: a `Summary` or a `Report`."""

    @property
    def outcomes(self) -> Sequence[Part]:
        """One for each account and kind."""
        ...


def account_of(summary: Collection, kind: Kind | None, *, partial: bool) -> dict[str, Any]:
    """What stands in a file beside the records, ready for JSON.

    Args:
        summary: How the collection went.
        kind: What the file holds; None for all kinds.
        partial: Whether the export ended before the collection did.
    """
    parts = [_part(outcome) for outcome in summary.outcomes if kind in {None, outcome.kind}]
    return {
        "version": SCHEMA_VERSION,
        "kind": kind,
        "partial": partial,
        "complete": not partial and all(part["state"] == "complete" for part in parts),
        "outcomes": parts,
    }


def utc(moment: datetime) -> str:
    """A time in UTC, as ISO 8601 has it; of one length, so that texts sort as times do."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _part(outcome: Part) -> dict[str, Any]:
    return {
        "provider": outcome.provider,
        "account": outcome.account,
        "kind": outcome.kind,
        "state": outcome.state,
        "records": outcome.records,
        "errors": [str(error) for error in outcome.errors],
        "gaps": [_notice(notice) for notice in outcome.notices if notice.gap],
        "notices": [_notice(notice) for notice in outcome.notices if not notice.gap],
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "code": notice.code,
        "text": notice.text,
        "direction": notice.feed.direction if notice.feed else None,
        "since": utc(notice.since) if notice.since else None,
        "until": utc(notice.until) if notice.until else None,
        "count": notice.count,
    }
