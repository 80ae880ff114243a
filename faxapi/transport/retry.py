"""Which calls are tried again, when, and for how long."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import anyio
import stamina

from faxapi.errors import DeadlineExceeded, FaxApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from faxapi.transport.http import Call

ResultT = TypeVar("ResultT")


class Budget:
    """Seconds that may be spent on the network, waits between tries included.

    A cancel scope must not span a `yield`, so a stream spends its time await by await.

    Args:
        seconds: How many there are; None for no limit.

    Attributes:
        failure: Why the last try failed.
    """

    def __init__(self, seconds: float | None) -> None:
        self.failure: FaxApiError | None = None
        self._seconds = seconds
        self._left = seconds

    async def spend(self, waiting: Awaitable[ResultT]) -> ResultT:
        """Await within what is left.

        Raises:
            DeadlineExceeded: Nothing is left.
        """
        begun = anyio.current_time()
        try:
            with anyio.move_on_after(self._left):
                return await waiting
        finally:
            if self._left is not None:
                self._left -= anyio.current_time() - begun
        last = f"; the last try: {self.failure.message}" if self.failure else ""
        raise DeadlineExceeded(
            f"no whole answer within {self._seconds:g} s{last}",
            retryable=True,
            hint="Raise deadline=… if the provider needs longer",
        )


async def attempts(
    call: Call, budget: Budget, attempt: Callable[[], Awaitable[ResultT]]
) -> ResultT:
    """Run `attempt`, and again where the call is a read and its error says that may help.

    Waits grow from a fifth of a second with jitter. A provider's `retry_after` is kept; if it is
    longer than what is left of the budget, the error is raised at once.
    """

    def wait(error: Exception) -> bool | float:
        if not isinstance(error, FaxApiError) or not error.retryable:
            return False
        budget.failure = error
        after: float | None = getattr(error, "retry_after", None)
        if after is None:
            return True
        left = anyio.current_effective_deadline() - anyio.current_time()
        return after if after < left else False

    async for trial in stamina.retry_context(
        on=wait,
        attempts=call.retries + 1 if call.idempotent else 1,
        timeout=None,
        wait_initial=0.2,
        wait_jitter=0.5,
    ):
        with trial:
            return await attempt()
    raise AssertionError("unreachable: the last attempt returns or raises")
