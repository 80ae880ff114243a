"""The progress of several collections as one: each kind is a collection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from threading import Lock

from faxapi.records import Kind
from faxapi.report import AccountProgress, Progress, Waiting


class Merged:
    """Hands on how far the collections are together, whenever one of them tells.

    Args:
        on_progress: Who is told.
    """

    def __init__(self, on_progress: Callable[[Progress], None]) -> None:
        self._on_progress = on_progress
        self._parts: dict[frozenset[Kind], Progress] = {}
        self._lock = Lock()

    def add(self, progress: Progress) -> None:
        """Take one collection's progress."""
        with self._lock:
            self._parts[frozenset(progress.kinds)] = progress
            self._on_progress(_merged([*self._parts.values()]))


def _merged(parts: list[Progress]) -> Progress:
    accounts = _by_account([part.by_account for part in parts])
    return Progress(
        accounts=len(accounts),
        accounts_done=sum(account.done for account in accounts.values()),
        kinds=reduce(or_, (dict(part.kinds) for part in parts)),
        records=reduce(or_, (dict(part.records) for part in parts)),
        requests=sum(part.requests for part in parts),
        bytes=sum(part.bytes for part in parts),
        waits=tuple(sorted((wait for part in parts for wait in part.waits), key=_latest)),
        elapsed=max(part.elapsed for part in parts),
        by_account=accounts,
    )


def _by_account(
    parts: Iterable[Mapping[str, AccountProgress]],
) -> dict[str, AccountProgress]:
    merged: dict[str, AccountProgress] = {}
    for part in parts:
        for name, account in part.items():
            merged[name] = _sum(merged[name], account) if name in merged else account
    return merged


def _sum(one: AccountProgress, other: AccountProgress) -> AccountProgress:
    return AccountProgress(
        feeds=one.feeds + other.feeds,
        feeds_done=one.feeds_done + other.feeds_done,
        records=one.records + other.records,
        requests=one.requests + other.requests,
        errors=one.errors + other.errors,
        waits=tuple(sorted((*one.waits, *other.waits), key=_latest)),
    )


def _latest(wait: Waiting) -> float:
    return -wait.until.timestamp()
