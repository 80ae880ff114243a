"""A provider of the tests' own that needs no network: it runs what a test gives it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from faxapi.providers.base import Provider
from faxapi.providers.feed import Ask, Out
from faxapi.providers.settings import Options
from faxapi.records import Direction, FaxRecord, JobRecord, Status
from faxapi.window import Window

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)
Work = Callable[[Ask, Out], Awaitable[None]]


async def nothing(_ask: Ask, _out: Out) -> None:
    pass


class Pushing(Provider, name="pushing"):
    """Runs what a test gives it as its feeds."""

    def __init__(
        self,
        name: str,
        faxes: Work = nothing,
        jobs: Work = nothing,
        options: Options | None = None,
    ) -> None:
        super().__init__("https://fax.invalid", name, {"name": name, **(options or {})})
        self._faxes, self._jobs = faxes, jobs

    async def outbound_faxes(self, ask: Ask, out: Out) -> None:
        await self._faxes(ask, out)

    async def jobs(self, ask: Ask, out: Out) -> None:
        await self._jobs(ask, out)


def fax(
    number: int, *, account: str = "a", at: datetime | None = NOW - timedelta(hours=1)
) -> FaxRecord:
    return FaxRecord(
        provider="pushing",
        account=account,
        id=str(number),
        direction=Direction.OUTBOUND,
        status=Status.COMPLETED,
        submitted_at=at,
    )


def pushes(*records: FaxRecord | JobRecord) -> Work:
    async def work(_ask: Ask, out: Out) -> None:
        for record in records:
            await out.record(record)

    return work
