"""Which calls are tried again, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import anyio
import stamina

from faxapi.errors import FaxApiError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from faxapi.transport.http import Call

ResultT = TypeVar("ResultT")


async def attempts(call: Call, attempt: Callable[[], Awaitable[ResultT]]) -> ResultT:
    """Run `attempt`, and again where the call is a read and its error says that may help.

    Waits grow from a fifth of a second with jitter; a provider's `retry_after` is kept, unless the
    time left is shorter.
    """
    most = call.retries + 1 if call.idempotent else 1
    async for trial in stamina.retry_context(
        on=_wait, attempts=most, timeout=None, wait_initial=0.2, wait_jitter=0.5
    ):
        with trial:
            return await attempt()
    message = "unreachable: the last attempt returns or raises"
    raise AssertionError(message)


def _wait(error: Exception) -> bool | float:
    if not isinstance(error, FaxApiError) or not error.retryable:
        return False
    after: float | None = getattr(error, "retry_after", None)
    if after is None:
        return True
    left = anyio.current_effective_deadline() - anyio.current_time()
    return after if after < left else False
