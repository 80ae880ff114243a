"""What the feeds of a collection come to: outcomes, and how far it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from faxapi.collect.crosscheck import CrossCheck
from faxapi.collect.feedout import FeedOut
from faxapi.notice import Notice
from faxapi.records import Kind
from faxapi.report import AccountProgress, Outcome, Progress, Waiting

if TYPE_CHECKING:
    from faxapi.collect.plan import Task


def outcomes(outs: Iterable[FeedOut], checks: Mapping[str, CrossCheck]) -> list[Outcome]:
    """One for each account and kind."""
    accounts: dict[str, dict[Kind, list[FeedOut]]] = {}
    for out in outs:
        feed = out.task.feed
        accounts.setdefault(feed.account, {}).setdefault(feed.kind, []).append(out)
    found = []
    for account, kinds in accounts.items():
        for kind, parts in kinds.items():
            outcome = _outcome(parts)
            check = checks.get(account) if kind is Kind.USAGE else None
            if check and all(_is_whole(out) for part in kinds.values() for out in part):
                differences = _differences(check, parts, kinds[Kind.FAXES])
                outcome = replace(outcome, notices=(*outcome.notices, *differences))
            found.append(outcome)
    return found


def cross_checks(tasks: Iterable[Task]) -> dict[str, CrossCheck]:
    """For each account that is asked for faxes and totals of one window, a comparison of both."""
    accounts: dict[str, list[Task]] = {}
    for task in tasks:
        accounts.setdefault(task.feed.account, []).append(task)
    return {
        account: CrossCheck(own[0].ask.window)
        for account, own in accounts.items()
        if {Kind.FAXES, Kind.USAGE} <= {task.feed.kind for task in own} and _is_of_one_window(own)
    }


def _is_of_one_window(tasks: Sequence[Task]) -> bool:
    """Whether all of them ask for the same time; what goes on from a cursor is no whole window."""
    asks = [task.ask for task in tasks]
    goes_on = any(ask.through is not None or ask.state is not None for ask in asks)
    return not goes_on and len({ask.window for ask in asks}) == 1


def progress(outs: Sequence[FeedOut], elapsed: timedelta) -> Progress:
    """How far a collection is."""
    feeds: Counter[Kind] = Counter()
    done: Counter[Kind] = Counter()
    records: Counter[Kind] = Counter()
    accounts: dict[str, list[FeedOut]] = {}
    for out in outs:
        feed = out.task.feed
        feeds[feed.kind] += 1
        done[feed.kind] += out.done
        records[feed.kind] += out.records
        accounts.setdefault(feed.account, []).append(out)
    by_account = {account: _account(parts) for account, parts in accounts.items()}
    return Progress(
        accounts=len(by_account),
        accounts_done=sum(account.done for account in by_account.values()),
        kinds={kind: (feeds[kind], done[kind]) for kind in feeds},
        records=dict(records),
        requests=sum(account.requests for account in by_account.values()),
        bytes=sum(out.meter.bytes for out in outs),
        waits=_longest_first(wait for account in by_account.values() for wait in account.waits),
        elapsed=elapsed,
        by_account=by_account,
    )


def _account(outs: Sequence[FeedOut]) -> AccountProgress:
    done = records = requests = errors = 0
    waits: list[Waiting] = []
    for out in outs:
        done += out.done
        records += out.records
        requests += out.meter.requests
        errors += len(out.errors)
        waits += [Waiting(out.task.feed, wait.reason, wait.until) for wait in out.meter.waits]
    return AccountProgress(len(outs), done, records, requests, errors, _longest_first(waits))


def _longest_first(waits: Iterable[Waiting]) -> tuple[Waiting, ...]:
    return tuple(sorted(waits, key=lambda wait: wait.until, reverse=True))


def _outcome(outs: Sequence[FeedOut]) -> Outcome:
    task = outs[0].task
    elapsed = max(out.ended for out in outs) - min(out.started for out in outs)
    return Outcome(
        provider=task.provider.provider,
        account=task.feed.account,
        kind=task.feed.kind,
        records=sum(out.records for out in outs),
        errors=tuple(error for out in outs for error in out.all_errors()),
        notices=tuple(notice for out in outs for notice in out.notices),
        elapsed=timedelta(seconds=elapsed),
    )


def _is_whole(out: FeedOut) -> bool:
    return out.done and not out.errors and not any(notice.gap for notice in out.notices)


def _differences(
    check: CrossCheck, usage: Iterable[FeedOut], faxes: Iterable[FeedOut]
) -> list[Notice]:
    # A feed without a direction has both.
    listed = {out.task.feed.direction for out in faxes}
    found = []
    for out in usage:
        feed = out.task.feed
        if feed.direction is None or listed.isdisjoint({feed.direction, None}):
            continue
        if notice := check.notice(feed.direction):
            found.append(replace(notice, feed=feed))
    return found
