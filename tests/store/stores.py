"""A store under test, and what is in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio

from faxapi import FaxApi, Report, Window
from faxapi.records import Record
from faxapi.sandbox import Sandbox
from faxapi.store.database import database
from faxapi.store.stored import Stored

STRUCK = [sys.executable, "-m", "tests.store.struck"]
FAXAPI = [sys.executable, "-m", "faxapi"]
ACCOUNTS: dict[str, dict[str, Any]] = {
    "acme": {"provider": "interfax", "pace": False, "timezone": "UTC", "currency": "USD"},
    "east": {"provider": "openfax", "timezone": "UTC"},
    "ucx": {"provider": "imagicle", "timezone": "Europe/Rome"},
}


@dataclass
class Target:
    """A store, and the sandbox and the configuration that it is filled from.

    Attributes:
        address: Where it is.
        sandbox: Who is asked.
        config: The accounts.
        since: From when on it has faxes.
    """

    address: str
    sandbox: Sandbox
    config: Path
    since: datetime

    @property
    def command(self) -> list[str]:
        """What brings it up to date, without the program."""
        since = self.since.isoformat()
        config = str(self.config)
        return ["sync", "-c", config, "--to", self.address, "--since", since, "--quiet"]

    def start(self, program: Sequence[str] = FAXAPI) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*program, *self.command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "XDG_STATE_HOME": str(self.config.parent / "state")},
        )

    def sync(self) -> None:
        """Run it to its end."""
        running = self.start()
        _, said = running.communicate(timeout=120)
        assert (running.returncode, said) == (0, ""), said

    def query(self, query: str) -> list[tuple[Any, ...]]:
        found = database(self.address)
        try:
            return list(found.rows(query))
        finally:
            found.close()

    def send_faxes(self) -> None:
        """Let something happen at each provider."""
        for _ in range(3):
            self.sandbox.interfax.add_fax()
            self.sandbox.imagicle.add_fax()
        self.sandbox.openfax.add_job(error_codes=[0, 0])

    def check(self) -> None:
        """Compare it with a full collection: record by record, and in counts and sums."""
        now = datetime.now(UTC)
        window = Window(self.since, now)
        report = anyio.run(_collected, self.config, window)
        with Stored(self.address) as stored:
            records = sorted(stored.records(window), key=key_of)
            assert stored.summary(window).outcomes
        expected: list[Record] = sorted([*report.faxes, *report.jobs], key=key_of)
        assert [*map(key_of, records)] == [*map(key_of, expected)]
        assert records == expected
        totals = "select count(*), count(distinct key), sum(cost), sum(pages) from faxapi.faxes"
        assert self.query(totals) == [
            (
                len(report.faxes),
                len(report.faxes),
                sum(fax.cost for fax in report.faxes if fax.cost is not None),
                sum(fax.pages for fax in report.faxes if fax.pages is not None),
            )
        ]
        for table in ("usage", "jobs", "outcomes"):
            query = f"select count(*), count(distinct key) from faxapi.{table}"  # noqa: S608 - of ours
            ((rows, keys),) = self.query(query)
            assert rows == keys > 0


def key_of(record: Record) -> tuple[str, ...]:
    return tuple(map(str, record.key))


async def _collected(config: Path, window: Window) -> Report:
    async with FaxApi.from_config(config) as api:
        report = await api.collect(window, kinds=["faxes", "jobs"])
    report.raise_for_failures()
    return report
