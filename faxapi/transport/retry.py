"""Which calls are tried again, when, and for how long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeVar

import anyio
import stamina

from faxapi.errors import DeadlineExceeded, FaxApiError, RateLimited, ServiceUnavailable
from faxapi.transport.pace import Paused
from faxapi.transport.quiet import Quiet

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from faxapi.transport.http import Call

ResultT = TypeVar("ResultT")

_MOST_REFUSALS = 3
# The longest pause that a call without a deadline of its own waits for.
_LONGEST_PAUSE = 300.0
# "At once", from a provider that has just refused, would use up all tries in one breath.
_SHORTEST_PAUSE = 1.0


class Budget:
    """Seconds that may be spent on the network, waits between tries included.

    A cancel scope must not span a `yield`, so a stream spends its time await by await.

    Args:
        seconds: How many there are; None for no limit.

    Attributes:
        failure: Why the last try failed.
        sent: Whether a change has begun to go out.
    """

    def __init__(self, seconds: float | None) -> None:
        self.failure: FaxApiError | None = None
        self.sent = False
        self._seconds = self._left = math.inf if seconds is None else seconds
        self._scope: anyio.CancelScope | None = None

    async def spend(self, waiting: Awaitable[ResultT]) -> ResultT:
        """Await within what is left.

        Raises:
            DeadlineExceeded: Nothing is left.
        """
        if self._left == math.inf:
            return await waiting
        with anyio.move_on_after(self._left) as scope:
            self._scope = scope
            try:
                return await waiting
            finally:
                self._left = scope.deadline - anyio.current_time()
        last = f"; the last try: {self.failure.message}" if self.failure else ""
        raise DeadlineExceeded(
            f"no whole answer within {self._seconds:g} s{last}",
            retryable=True,
            hint="Raise deadline=… if the provider needs longer",
        )

    async def uncharged(self, waiting: Awaitable[ResultT]) -> ResultT:
        """Await, inside of `spend`, what is faxapi's own wait and not the network's."""
        scope, begun = self._scope, anyio.current_time()
        if scope is None:
            return await waiting
        deadline, scope.deadline = scope.deadline, math.inf
        try:
            return await waiting
        finally:
            scope.deadline = deadline + anyio.current_time() - begun


async def repeated(call: Call, run: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Run `run`, and again after the pause where the provider refuses a read for now.

    The pause is the provider's, a second at least; else, where it names none, as long as the
    account's rule looks back. It is kept by every call of the login, those that queue already
    among them, and one longer than the call's deadline by none: the error is raised at once. Three
    refusals in a row are raised, too.

    Raises:
        RateLimited: Somebody else's call was told to pause for longer than this one would wait.
        FaxApiError: What `run` raised; its `retry_after` is filled in.
    """
    most = _LONGEST_PAUSE if call.deadline is None else call.deadline
    refusals = 0
    while True:
        await call.lane.opened(most)
        try:
            return await run()
        except Paused:
            continue
        except (RateLimited, ServiceUnavailable) as error:
            if not _asks_for_pause(error):
                raise
            refusals += 1
            named = error.retry_after
            pause = None if named is None else max(named, _SHORTEST_PAUSE)
            error.retry_after = call.lane.close(pause)
            # A change that is refused was not made; but a change is sent once, without exception.
            if not call.idempotent or refusals == _MOST_REFUSALS or error.retry_after > most:
                raise


def _asks_for_pause(error: Exception) -> bool:
    """Whether a whole login is to wait, rather than this call to be tried again shortly."""
    named = isinstance(error, ServiceUnavailable) and bool(error.retry_after)
    return isinstance(error, RateLimited) or named


async def attempts(
    call: Call, budget: Budget, attempt: Callable[[], Awaitable[ResultT]]
) -> ResultT:
    """Run `attempt`, and again where the call is a read and its error says that may help.

    Waits grow from a fifth of a second with jitter. What asks for a pause is not for here.
    """

    def may_help(error: Exception) -> bool:
        if not isinstance(error, FaxApiError) or not error.retryable or _asks_for_pause(error):
            return False
        budget.failure = error
        return True

    # Most calls need no second try, and should not pay for stamina's preparations for one.
    try:
        return await attempt()
    except FaxApiError as error:
        if not may_help(error):
            raise
    with Quiet():
        async for trial in stamina.retry_context(
            on=may_help,
            attempts=call.retries + 1 if call.idempotent else 1,
            timeout=None,
            wait_initial=0.2,
            wait_jitter=0.5,
        ):
            with trial:
                # The first is over, but stamina counts tries and waits from it.
                if trial.num == 1 and budget.failure:
                    raise budget.failure
                return await attempt()
    raise AssertionError("unreachable: the last attempt returns or raises")
