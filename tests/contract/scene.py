"""An account at a vendor that can be made to misbehave, and what a collection from it said."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from faxapi import (
    Cursor,
    FaxApi,
    FaxRecord,
    Outcome,
    OutcomeState,
    Pace,
    Report,
    Window,
)
from faxapi.providers import Provider
from faxapi.sandbox import Sandbox
from tests.contract.harness import NOW, Harness, Ids
from tests.contract.imagicle import ImagicleHarness
from tests.contract.interfax import InterFaxHarness
from tests.contract.openfax import OpenfaxHarness
from tests.contract.parrotfax import ParrotFaxHarness
from tests.contract.proxy import Proxy, before
from tests.providers.recorder import variables

HARNESSES: dict[str, type[Harness]] = {
    harness.name: harness
    for harness in (InterFaxHarness, OpenfaxHarness, ImagicleHarness, ParrotFaxHarness)
}
PAGED = [name for name, harness in HARNESSES.items() if harness.paged]

WEEK = Window.last(timedelta(days=7), now=NOW)

# As the vendors' own, but a minute takes a fifth of a second.
PACE = Pace(1000, per=0.2)


@dataclass
class Scene(Proxy):
    """An account with its vendor, and the proxy between them.

    Attributes:
        harness: The account at its vendor.
    """

    harness: Harness = field(kw_only=True)
    caplog: pytest.LogCaptureFixture = field(kw_only=True)

    @property
    def pages(self) -> list[tuple[str, bytes]]:
        """What was asked for in the requests for faxes."""
        return [(each.target, each.body) for each in self.server.requests if self._is_page(each)]

    def _is_page(self, request: Any) -> bool:  # noqa: ANN401 - handed on
        return self.harness.is_page(request)

    def account(self, secret: str | None = None, **options: Any) -> Provider:  # noqa: ANN401 - any keyword of an account
        given = {"pace": PACE, **options}
        return self.harness.account(self.url, secret or self.harness.secret, **given)

    def api(self, **options: Any) -> FaxApi:  # noqa: ANN401 - any keyword of an account
        return FaxApi(self.account(**options), clock=lambda: NOW)

    async def collect(
        self,
        window: Window | None = WEEK,
        *,
        cursor: Cursor | None = None,
        within: float | None = None,
        kinds: str | None = "faxes",
        **options: Any,  # noqa: ANN401 - any keyword of an account
    ) -> Report:
        """Run one collection; whatever happens, no key comes twice and no secret is said."""
        async with self.api(**options) as api:
            report = await api.collect(window, cursor=cursor, deadline=within, kinds=kinds)
            said = f"{report!r} {api!r}"
        keys = [record.key for record in report.faxes]
        assert len(set(keys)) == len(keys)
        assert self.harness.secret not in said + everything_said(report) + self.caplog.text
        return report


def only(report: Report) -> Outcome:
    """The outcome of a collection of one kind."""
    (outcome,) = report.outcomes
    return outcome


def complete(report: Report) -> Report:
    """A report that must be complete."""
    assert [str(outcome) for outcome in report.failures] == []
    return report


def partial(report: Report) -> Outcome:
    """The outcome of a report that must be partial."""
    outcome = only(report)
    assert outcome.state is OutcomeState.PARTIAL, str(outcome)
    return outcome


def ids(faxes: list[FaxRecord]) -> Ids:
    return {(fax.direction, fax.id) for fax in faxes}


def merged(*reports: Report) -> dict[Any, FaxRecord]:
    """The faxes of several runs, by key; the last one wins."""
    return {fax.key: fax for report in reports for fax in report.faxes}


def everything_said(report: Report) -> str:
    """What a report's outcomes and cursor can tell, in any form."""
    return report.cursor.model_dump_json() + "".join(map(_said, report.outcomes))


def _said(outcome: Outcome) -> str:
    texts = [repr(outcome), str(outcome)]
    for error in outcome.errors:
        texts += [str(error), repr(error), variables(error)]
        texts.append(pickle.dumps(error).decode("latin-1"))
    return "\n".join(texts)


@contextmanager
def set_up(
    harness: type[Harness], sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> Iterator[Scene]:
    """A fresh account, before a proxy."""
    with (
        harness.serve(sandbox) as account,
        before(account.url, lambda server: Scene(server, harness=account, caplog=caplog)) as scene,
    ):
        yield scene
