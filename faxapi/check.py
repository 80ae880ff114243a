"""Whether accounts can be reached and logged into."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import anyio

from faxapi.collect.tasks import at_once
from faxapi.errors import DeadlineExceeded, FaxApiError

if TYPE_CHECKING:
    from faxapi.providers.base import Provider


@dataclass(frozen=True, slots=True)
class Check:
    """What became of trying an account.

    Attributes:
        provider: The provider's registered name.
        account: The account's name.
        error: What is wrong; None if the account was reached and logged into.
        elapsed: How long it took to know.
    """

    provider: str
    account: str
    error: FaxApiError | None = None
    elapsed: timedelta = timedelta()

    @property
    def ok(self) -> bool:
        """Whether the account was reached and logged into."""
        return self.error is None

    def __str__(self) -> str:
        place = (
            self.provider if self.account == self.provider else f"{self.provider} {self.account}"
        )
        seconds = f"{self.elapsed.total_seconds():.2f} s"
        return f"{place}: ok, {seconds}" if self.ok else f"{place}: failed, {seconds}; {self.error}"


async def checked(accounts: Iterable[Provider], deadline: float | None) -> list[Check]:
    """Try every account at once, each by one cheap call; a result for each, in order."""
    ends_at = math.inf if deadline is None else anyio.current_time() + deadline

    async def check(account: Provider) -> Check:
        error: FaxApiError | None = None
        begun = anyio.current_time()
        with anyio.CancelScope(deadline=ends_at) as scope:
            try:
                await account.check()
            except FaxApiError as wrong:
                error = wrong
        if scope.cancelled_caught:
            text = f"the check's {deadline:g} s were over before it was answered"
            error = DeadlineExceeded(text, hint="Allow more time")
        if error:
            error.locate(provider=account.provider, account=account.name)
        elapsed = timedelta(seconds=anyio.current_time() - begun)
        return Check(account.provider, account.name, error, elapsed)

    return await at_once(accounts, check)
