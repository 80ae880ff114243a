"""What is missing from a collection and why, told once for all parts that have it in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from faxapi.errors import FaxApiError
from faxapi.notice import Notice
from faxapi.report import Outcome, OutcomeState


@dataclass(frozen=True, slots=True)
class Saying:
    """What an error or a notice says, without saying where.

    Attributes:
        text: What happened.
        facts: Operation, code and HTTP status.
        hint: What to do next.
        since: Start of the time that is concerned, where known.
        until: End of the time that is concerned, where known.
    """

    text: str
    facts: tuple[str, ...] = ()
    hint: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of_error(cls, error: FaxApiError) -> Saying:
        """What an error says."""
        facts = (
            error.operation,
            error.code and f"code {error.code}",
            error.http_status and f"HTTP {error.http_status}",
        )
        return cls(error.message, tuple(fact for fact in facts if fact), error.hint)

    @classmethod
    def of_notice(cls, notice: Notice) -> Saying:
        """What a notice says; its code is explained in the documentation."""
        return cls(notice.text, (notice.code,), None, notice.since, notice.until)


@dataclass(slots=True)
class Problem:
    """Something that is said, with all that it is said of.

    Attributes:
        saying: What is said.
        places: The parts of each account that it is said of.
        states: How these ended.
        count: How many records, elements or calls the notices speak of.
    """

    saying: Saying
    places: dict[str, list[str]] = field(default_factory=dict)
    states: set[OutcomeState] = field(default_factory=set)
    count: int = 0

    def add(self, outcome: Outcome, part: str, count: int = 0) -> None:
        """Say it of one more part of an account."""
        parts = self.places.setdefault(outcome.account, [])
        if part not in parts:
            parts.append(part)
        self.states.add(outcome.state)
        self.count += count


def problems(outcomes: Iterable[Outcome]) -> list[Problem]:
    """Every error and every gap: first what failed whole, then what concerns most accounts."""
    found: dict[Saying, Problem] = {}
    for outcome in outcomes:
        for error in outcome.errors:
            _problem(found, Saying.of_error(error)).add(outcome, outcome.kind)
        for notice in outcome.gaps:
            _add_notice(found, outcome, notice)
    return sorted(
        found.values(),
        key=lambda each: (OutcomeState.FAILED not in each.states, -len(each.places)),
    )


def remarks(outcomes: Iterable[Outcome]) -> list[Problem]:
    """The notices that are no gaps."""
    found: dict[Saying, Problem] = {}
    for outcome in outcomes:
        for notice in outcome.notices:
            if not notice.gap:
                _add_notice(found, outcome, notice)
    return list(found.values())


def _problem(found: dict[Saying, Problem], saying: Saying) -> Problem:
    return found.setdefault(saying, Problem(saying))


def _add_notice(found: dict[Saying, Problem], outcome: Outcome, notice: Notice) -> None:
    part = notice.feed.name if notice.feed else outcome.kind
    _problem(found, Saying.of_notice(notice)).add(outcome, part, notice.count)
