"""What is told of a collection and of its feeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from faxapi import observe
from faxapi.observe import FEED, Span
from faxapi.report import Outcome, OutcomeState

if TYPE_CHECKING:
    from faxapi.collect.feedout import FeedOut


def begun(outs: Sequence[FeedOut]) -> Span:
    """A collection's span; its reader has it not as the current one."""
    accounts = {out.task.feed.account for out in outs}
    return observe.collection(accounts=len(accounts), feeds=len(outs))


@contextmanager
def feed(collection: Span, out: FeedOut) -> Iterator[None]:
    """A feed at work."""
    with collection.current(), Span(FEED, **out.place) as span:
        try:
            yield
        finally:
            span.set(records=out.found, **_costs([out]))
        span.set(state=_state(out))
        span.end(out.errors[0] if out.errors else None)


def ended(
    span: Span, outs: Sequence[FeedOut], outcomes: Sequence[Outcome], bug: BaseException | None
) -> None:
    """Tell of a collection that has ended, or was left."""
    states = {str(outcome.state) for outcome in outcomes}
    state = states.pop() if len(states) == 1 else str(OutcomeState.PARTIAL)
    span.set(state=state, records=sum(outcome.records for outcome in outcomes), **_costs(outs))
    if bug is None and state == OutcomeState.FAILED:
        span.set(error="CollectionFailed")
    span.end(bug)


def _state(out: FeedOut) -> str:
    task = out.task
    outcome = Outcome(
        provider=task.provider.provider,
        account=task.feed.account,
        kind=task.feed.kind,
        records=out.found,
        errors=tuple(out.errors),
        notices=tuple(out.notices),
    )
    return str(outcome.state)


def _costs(outs: Sequence[FeedOut]) -> dict[str, float | None]:
    meters = [out.meter for out in outs]
    return {
        "requests": sum(meter.requests for meter in meters),
        "bytes": sum(meter.bytes for meter in meters),
        "waited": sum(meter.waited for meter in meters) or None,
    }
