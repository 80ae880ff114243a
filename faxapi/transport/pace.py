"""How many calls a provider allows in a time, kept by everyone in the process who shares a login.

The calls of a login are logged together, whichever task, client, event loop or thread makes them:
so the books are kept under a lock, by a clock that all threads share, and never across an `await`.
"""

from __future__ import annotations

import hashlib
import logging
import math
import secrets
import threading
import time
from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field

import anyio
from anyio.lowlevel import EventLoopToken, current_token

from faxapi import observe
from faxapi.errors import ConfigurationError, RateLimited
from faxapi.transport.meter import waiting

OWN_LIMIT = "rate limit"
REFUSED = "refused by the provider"

# What a refusal that names no time closes a login for, where no rule names one either.
_PAUSE = 60.0
# Longer than any process runs, and short enough for every clock.
_LONGEST_SPAN = 1e9
# Another event loop cannot be woken from here, so its waiters look again by themselves.
_LOOK_AGAIN = 5.0
_PURGE_FROM = 64


class Paused(Exception):
    """The provider's pause began while a call was on its way; nothing was sent."""


@dataclass(frozen=True, slots=True)
class Pace:
    """At most so many calls in so many seconds.

    A call counts from when it goes out until `per` seconds after its answer has ended: a provider
    may count it at any moment in between. Accounts of one login share its calls; if their rules
    differ, each call keeps all that are in use.

    Attributes:
        calls: How many calls.
        per: In how many seconds.

    Raises:
        ConfigurationError: `calls` is no whole number of 1 or more, or `per` not more than 0.
    """

    calls: int
    per: float = 60.0

    def __post_init__(self) -> None:
        if type(self.calls) is not int or self.calls < 1:
            raise ConfigurationError(f"pace: calls is {self.calls!r}, not a whole number above 0")
        if type(self.per) not in {int, float} or not 0 < self.per <= _LONGEST_SPAN:
            raise ConfigurationError(f"pace: per is {self.per!r}, not a number of seconds above 0")


_SALT = secrets.token_bytes(16)


def digest(secret: str) -> str:
    """What stands for a login that has no user name; it means nothing outside this process."""
    return hashlib.blake2b(secret.encode(), key=_SALT, digest_size=16).hexdigest()


@dataclass(slots=True, eq=False)
class _Waiter:
    """A call that waits for its slot, and the event loop that it waits in."""

    loop: EventLoopToken
    woken: anyio.Event


@dataclass(slots=True)
class _Bucket:
    """The calls of one login that count, or its others.

    Attributes:
        waiters: In order of arrival.
        in_flight: How many calls are under way.
        ended: When calls ended, oldest first, as far back as a rule looks.
        rules: The rules in use, and when each was last: so long their calls are kept.
        closed_until: Until when the provider wants no call.
    """

    waiters: list[_Waiter] = field(default_factory=list)
    in_flight: int = 0
    ended: list[float] = field(default_factory=list)
    rules: dict[Pace, float] = field(default_factory=dict)
    closed_until: float = -math.inf

    def settle(self, now: float) -> None:
        """Forget what no rule looks at any more."""
        if not (self.rules or self.ended):
            return
        self.rules = {rule: used for rule, used in self.rules.items() if used + rule.per > now}
        longest = max((rule.per for rule in self.rules), default=0.0)
        del self.ended[: bisect_right(self.ended, now - longest)]

    def idle(self, now: float) -> bool:
        """Whether there is nothing to remember."""
        self.settle(now)
        return not (self.waiters or self.in_flight or self.ended or self.closed_until > now)

    def free_at(self, place: int, now: float) -> float:
        """When there will be a slot, at the earliest, for the waiter with `place` others before it.

        A call under way, and one that has yet to begin, cannot free its slot before `per` seconds
        from now.
        """
        return max((_free_at(rule, place, now, self) for rule in self.rules), default=now)


def _free_at(rule: Pace, place: int, now: float, bucket: _Bucket) -> float:
    counted = bucket.ended[bisect_right(bucket.ended, now - rule.per) :]
    rounds, place = divmod(place, rule.calls)
    index = place + len(counted) + bucket.in_flight - rule.calls
    if index < 0:
        at = now
    elif index < len(counted):
        at = counted[index] + rule.per
    else:
        at = now + rule.per
    return at + rounds * rule.per


_LOCK = threading.Lock()
_BUCKETS: dict[Hashable, _Bucket] = {}
_purge_at = _PURGE_FROM


def _bucket(key: Hashable, now: float) -> _Bucket:
    """The bucket of a key, for as long as the lock is held: an idle one may be dropped after."""
    global _purge_at  # noqa: PLW0603 - the registry is the process's
    if key not in _BUCKETS and len(_BUCKETS) >= _purge_at:
        for other in [other for other, bucket in _BUCKETS.items() if bucket.idle(now)]:
            del _BUCKETS[other]
        _purge_at = max(_PURGE_FROM, 2 * len(_BUCKETS))
    bucket = _BUCKETS.setdefault(key, _Bucket())
    bucket.settle(now)
    return bucket


class Lane:
    """Where the calls of one login queue, under one account's rule.

    Args:
        key: Whose calls are counted together; by itself unless given.
        rule: What this account wants kept; None wants nothing but a provider's pauses kept, and
            what another account of the same login wants.
    """

    def __init__(self, key: Hashable = None, rule: Pace | None = None) -> None:
        self._key = self if key is None else key
        self._rule = rule

    async def opened(self, most: float) -> None:
        """Wait until the provider's pause, if there is one, is over.

        Raises:
            RateLimited: It takes longer than `most` seconds.
        """
        while (left := self._closed_for()) > 0:
            if left > most:
                raise RateLimited(
                    "the provider has asked for a pause that is not over, so nothing was sent",
                    retry_after=left,
                    hint=f"Ask again in {left:.0f} s",
                )
            observe.wait_begins(REFUSED, left, logging.WARNING)
            with waiting(REFUSED, left):
                await anyio.sleep(left)

    def check(self) -> None:
        """See that a call may go out.

        Raises:
            Paused: The provider wants none now.
        """
        if self._closed_for() > 0:
            raise Paused

    async def take(self) -> None:
        """Wait for a slot, first come first served, and take it.

        Raises:
            Paused: The provider wants no call now; `opened` waits for that, or refuses to.
        """
        if (seconds := self._ask()) is None:
            return
        observe.wait_begins(OWN_LIMIT, seconds, logging.INFO)
        waiter = _Waiter(current_token(), anyio.Event())
        with _LOCK:
            _bucket(self._key, time.monotonic()).waiters.append(waiter)
        try:
            while (seconds := self._ask(waiter)) is not None:
                with waiting(OWN_LIMIT, seconds), anyio.move_on_after(min(seconds, _LOOK_AGAIN)):
                    await waiter.woken.wait()
        except BaseException:
            self._leave(waiter)
            raise

    def give_back(self, *, spent: bool) -> None:
        """Give a slot back: it is free again at once, or `per` seconds from now if it was spent."""
        now = time.monotonic()
        with _LOCK:
            bucket = _bucket(self._key, now)
            bucket.in_flight -= 1
            if spent:
                bucket.ended.append(now)
                self._use_rule(bucket, now)
            else:
                _wake(bucket)

    def close(self, seconds: float | None) -> float:
        """Let no call out for so long, or for as long as the rule says; return how long."""
        if seconds is None:
            seconds = self._rule.per if self._rule else _PAUSE
        now = time.monotonic()
        with _LOCK:
            bucket = _bucket(self._key, now)
            bucket.closed_until = max(bucket.closed_until, now + seconds)
            _wake(bucket)
        return seconds

    def _closed_for(self) -> float:
        now = time.monotonic()
        with _LOCK:
            return _bucket(self._key, now).closed_until - now

    def _ask(self, waiter: _Waiter | None = None) -> float | None:
        """Take the slot, or say how long to wait at least; without a waiter, behind all others."""
        now = time.monotonic()
        with _LOCK:
            bucket = _bucket(self._key, now)
            if bucket.closed_until > now:
                raise Paused
            self._use_rule(bucket, now)
            place = bucket.waiters.index(waiter) if waiter else len(bucket.waiters)
            at = bucket.free_at(place, now)
            if at > now:
                if waiter:
                    waiter.woken = anyio.Event()
                return at - now
            if waiter:
                bucket.waiters.remove(waiter)
            bucket.in_flight += 1
            return None

    def _leave(self, waiter: _Waiter) -> None:
        with _LOCK:
            bucket = _bucket(self._key, time.monotonic())
            bucket.waiters.remove(waiter)
            _wake(bucket)

    def _use_rule(self, bucket: _Bucket, now: float) -> None:
        if self._rule:
            bucket.rules[self._rule] = now


def _wake(bucket: _Bucket) -> None:
    """Let the waiters of this event loop look again: they may go earlier, or not at all for now."""
    loop = current_token()
    for waiter in bucket.waiters:
        if waiter.loop == loop:
            waiter.woken.set()
