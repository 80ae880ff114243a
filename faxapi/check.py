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
from faxapi.transport.meter import Meter

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


def _too_late(text: str, meter: Meter) -> DeadlineExceeded:
    if meter.requests or not meter.waited:
        return DeadlineExceeded(f"{text} before it was answered", hint="Allow more time")
    return DeadlineExceeded(
        f"{text} before it was sent: the account's own limit of calls was used up",
        hint="Nothing is known to be wrong: allow a minute more, or check again later",
    )


async def checked(accounts: Iterable[Provider], deadline: float | None) -> list[Check]:
    """Try every account at once, each by one cheap call; a result for each, in order."""
    ends_at = math.inf if deadline is None else anyio.current_time() + deadline

    async def check(account: Provider) -> Check:
        error: FaxApiError | None = None
        begun = anyio.current_time()
        meter = Meter()
        with anyio.CancelScope(deadline=ends_at) as scope:
            try:
                with meter.measured():
                    await account.check()
            except FaxApiError as wrong:
                error = wrong
        if scope.cancelled_caught:
            error = _too_late(f"the check's {deadline:g} s were over", meter)
        if error:
            error.locate(provider=account.provider, account=account.name)
        elapsed = timedelta(seconds=anyio.current_time() - begun)
        return Check(account.provider, account.name, error, elapsed)

    return await at_once(accounts, check)
