"""A job that collects from the simulated server again and again, each time from its cursor on."""

from collections import Counter
from datetime import datetime, timedelta

from faxapi.api import FaxApi
from faxapi.cursor import Cursor
from faxapi.providers.imagicle import Imagicle
from faxapi.records import FaxRecord
from faxapi.report import Outcome, Report
from faxapi.sandbox import Sandbox
from faxapi.sandbox.imagicle import PASSWORD, TIMEZONE, USERNAME
from faxapi.window import Window


class Job:
    """Runs against a sandbox, whose present is its own.

    Attributes:
        cursor: Where it goes on.
        faxes: What it has been given, by id, the last state of each.
    """

    def __init__(self, sandbox: Sandbox, since: datetime) -> None:
        self.sandbox = sandbox
        self.since = since
        self.cursor: Cursor | None = None
        self.faxes: dict[str, FaxRecord] = {}

    def api(self) -> FaxApi:
        account = Imagicle(self.sandbox.url, USERNAME, PASSWORD, timezone=TIMEZONE, retries=0)
        return FaxApi(account, clock=lambda: self.sandbox.now)

    async def run(self, until: datetime | None = None) -> Report:
        """Collect up to a moment, or the present, and keep the cursor as a file would."""
        async with self.api() as api:
            window = Window(self.since, until or self.sandbox.now)
            report = await api.collect(window, cursor=self.cursor)
        self.take(report.faxes)
        self.keep(report.cursor)
        return report

    def take(self, faxes: list[FaxRecord]) -> None:
        """Note what a run has delivered."""
        ids = [fax.id for fax in faxes]
        assert len(ids) == len(set(ids))
        self.faxes.update(zip(ids, faxes, strict=True))

    def keep(self, cursor: Cursor) -> None:
        """Keep a cursor as text, as a file does."""
        self.cursor = Cursor.model_validate_json(cursor.model_dump_json())

    def advance(self, **by: float) -> None:
        self.sandbox.advance(timedelta(**by))

    def calls(self) -> dict[str, int]:
        """How many calls of each operation there were since this was last asked."""
        asked = Counter(each.operation for each in self.sandbox.requests)
        self.sandbox.requests.clear()
        return dict(asked)


def states(report: Report) -> dict[str, str]:
    return {fax.id: fax.status.value for fax in report.faxes}


def outcome(report: Report) -> Outcome:
    (only,) = report.outcomes
    return only


def gaps(report: Report) -> list[tuple[str, int]]:
    return [(gap.code, gap.count) for gap in outcome(report).gaps]
