"""A login gate: several calls at once must not lock an account out by one wrong password."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Self

import anyio

from faxapi.errors import AccountBlocked, AuthenticationError, ProviderError

if TYPE_CHECKING:
    from types import TracebackType


class LoginGate:
    """Lets the first call through alone; once a login is rejected, every later call is too.

    A lock-out opens again after the time the provider gave; a wrong password never does, since the
    same client would only send it again.
    """

    def __init__(self) -> None:
        self._lock = anyio.Lock()
        self._accepted = False
        self._rejection: AuthenticationError | None = None
        self._until: float | None = None

    async def __aenter__(self) -> Self:
        self._raise_rejection()
        if not self._accepted:
            await self._lock.acquire()
            if self._known():
                self._lock.release()
                self._raise_rejection()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, AuthenticationError):
            self._reject(error)
        elif error is None or isinstance(error, ProviderError):
            self._accepted = True
        if self._holds_lock():
            self._lock.release()

    def _known(self) -> bool:
        return self._accepted or self._rejection is not None

    def _holds_lock(self) -> bool:
        return self._lock.statistics().owner == anyio.get_current_task()

    def _reject(self, error: AuthenticationError) -> None:
        if self._rejection is None:
            self._rejection = copy.copy(error)
            if isinstance(error, AccountBlocked) and error.retry_after is not None:
                self._until = anyio.current_time() + error.retry_after

    def _raise_rejection(self) -> None:
        if self._rejection is None:
            return
        if self._until is not None and anyio.current_time() >= self._until:
            self._rejection = self._until = None
            self._accepted = False
            return
        raise copy.copy(self._rejection)
