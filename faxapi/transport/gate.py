"""A login gate: several calls at once must not lock an account out by one wrong password."""

from __future__ import annotations

import copy
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio

from faxapi.errors import AccountBlocked, AuthenticationError, Conflict, NotFound, PermissionDenied

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class LoginGate:
    """Lets calls through one by one until a login is accepted; once rejected, lets none through.

    A lock-out opens again after the time the provider gave; a wrong password never does, since the
    same client would only send it again.
    """

    def __init__(self) -> None:
        self._lock = anyio.Lock()
        self._accepted = False
        self._rejection: AuthenticationError | None = None
        self._until: float | None = None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until a call may be made, and learn from how it ends.

        Raises:
            AuthenticationError: The login was rejected before; nothing is sent.
        """
        alone = await self._alone()
        try:
            yield
        except AuthenticationError as error:
            self._reject(error)
            raise
        except (PermissionDenied, NotFound, Conflict):
            # No other refusal proves the login good: it may come from before it was looked at.
            self._accepted = True
            raise
        else:
            self._accepted = True
        finally:
            if alone:
                self._lock.release()

    async def _alone(self) -> bool:
        """Take the lock while nobody knows whether the login is good; whether it was taken."""
        self._check()
        if self._accepted:
            return False
        await self._lock.acquire()
        try:
            self._check()
        except AuthenticationError:
            self._lock.release()
            raise
        if self._accepted:
            self._lock.release()
        return not self._accepted

    def _reject(self, error: AuthenticationError) -> None:
        if self._rejection is None:
            self._rejection = copy.copy(error)
            if isinstance(error, AccountBlocked) and error.retry_after is not None:
                self._until = anyio.current_time() + error.retry_after

    def _check(self) -> None:
        """Raise a copy of the rejection, since each is located and traced by its own call."""
        if self._rejection is None:
            return
        rejection = copy.copy(self._rejection)
        if isinstance(rejection, AccountBlocked) and self._until is not None:
            left = self._until - anyio.current_time()
            if left <= 0:
                self._rejection = self._until = None
                self._accepted = False
                return
            rejection.retry_after = left
        raise rejection
