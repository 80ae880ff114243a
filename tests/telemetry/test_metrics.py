"""The metrics' sums are the report's figures."""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta

import pytest

from faxapi import FaxApi, Pace, Window
from faxapi.observe import FIELDS
from faxapi.sandbox import Sandbox
from faxapi.telemetry import METRICS
from faxapi.transport import retry
from tests.sandbox.wire import NOW
from tests.telemetry.test_spans import BUSY, accounts
from tests.telemetry.told import Told
from tests.transport.paced import GOOD, Paced, Watch, ask, refused
from tests.transport.probe import Probe

pytestmark = pytest.mark.anyio


async def test_a_collections_sums_are_its_reports(told: Told) -> None:
    with Sandbox(seed=1, now=NOW, faxes=40, rate_limit=None) as sandbox:
        async with FaxApi(*accounts(sandbox), clock=lambda: NOW) as api:
            report = await api.collect(Window.last(timedelta(days=7), now=NOW))
    assert told.total("faxapi.requests") == report.requests
    assert told.total("http.client.request.duration") == report.requests
    assert told.by("faxapi.records", "faxapi.kind") == report.counts
    errors = Counter(type(error).__name__ for out in report.outcomes for error in out.errors)
    assert told.by("faxapi.errors", "error.type") == errors
    assert errors
    operations = [span for span in told.spans if not span.name.startswith(("faxapi", "POST"))]
    count = told.total("faxapi.operation.duration")
    assert count == len(operations) > 0
    assert told.total("faxapi.feeds.open") == 0
    assert told.points("faxapi.retries") == []


async def test_a_metric_is_told_apart_by_nothing_of_which_there_are_thousands(told: Told) -> None:
    with Watch(BUSY, GOOD) as server:
        async with FaxApi(Probe(server.url, retries=0)) as api:
            await api.collect(Window.last(timedelta(days=1)))
    for name, metric in METRICS.items():
        allowed = {FIELDS[field] for field in metric.fields}
        assert "faxapi.account" not in allowed
        assert all(set(point.attributes) <= allowed for point in told.points(name))


async def test_retries(told: Told, at_once: None, caplog: pytest.LogCaptureFixture) -> None:
    assert at_once is None
    caplog.set_level(logging.INFO)
    with Watch(BUSY, b"", GOOD) as server:
        async with Probe(server.url) as probe:
            await probe.ask()
    assert told.by("faxapi.retries", "error.type") == {"ServiceUnavailable": 1, "Disconnected": 1}
    told_of = [(each.name, each.getMessage()) for each in caplog.records]
    assert told_of == [("faxapi.transport", "request.repeated")] * 2


async def test_waits_for_the_accounts_own_pace(
    told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with Watch(GOOD) as server:
        async with Paced(server.url, pace=Pace(1, per=0.1)) as account:
            await ask(account, 3)
    waited = [each.attributes.get("faxapi.waited", 0) for each in told.named("probe probe.Ask")]
    assert sorted(map(bool, waited)) == [False, True, True]
    assert told.by("faxapi.wait.time", "faxapi.wait.reason") == {
        "rate limit": pytest.approx(sum(waited))
    }
    events = [record for record in caplog.records if record.getMessage() == "wait.started"]
    assert [record.levelname for record in events] == ["INFO"] * 2
    assert [vars(record)["faxapi.account"] for record in events] == ["probe"] * 2


async def test_waits_that_a_provider_asks_for(
    told: Told, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry, "_SHORTEST_PAUSE", 0.05)
    caplog.set_level(logging.INFO)
    with Watch(refused("429 Too Many Requests", "Retry-After: 0"), GOOD) as server:
        async with Paced(server.url, pace=None) as account:
            await account.ask()
    (wait,) = told.by("faxapi.wait.time", "faxapi.wait.reason").items()
    assert wait[0] == "refused by the provider"
    assert 0.04 < wait[1] < 5
    assert told.by("faxapi.retries", "error.type") == {"RateLimited": 1}
    said = [(each.levelname, each.getMessage()) for each in caplog.records]
    assert said == [("WARNING", "wait.started"), ("INFO", "request.repeated")]
