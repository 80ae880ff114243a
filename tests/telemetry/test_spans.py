"""The spans of collections, operations and requests: whole, ended, and in nobody else's way."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import anyio
import pytest
from opentelemetry import baggage, context, trace

from faxapi import FaxApi, InterFax, Openfax, Window
from faxapi.errors import AuthenticationError, ServiceUnavailable
from faxapi.sandbox import Sandbox
from tests.engine.pushing import WEEK as PUSHED
from tests.engine.pushing import Pushing, fax, pushes
from tests.sandbox.wire import NOW
from tests.telemetry.told import Told, unended
from tests.transport.paced import GOOD, LISTING, Watch, refused
from tests.transport.probe import Probe
from tests.transport.server import Peer, Server

pytestmark = pytest.mark.anyio

WEEK = Window.last(timedelta(days=7), now=NOW)
BUSY = refused("503 Service Unavailable")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, now=NOW, faxes=40, rate_limit=None) as sandbox:
        yield sandbox


def accounts(sandbox: Sandbox) -> tuple[InterFax, Openfax, Openfax]:
    login = sandbox.credentials["interfax"]
    base = sandbox.url
    return (
        InterFax(login["username"], login["password"], base_url=base, name="acme", timezone="UTC"),
        Openfax(sandbox.credentials["openfax"]["api_key"], base_url=base, timezone="UTC"),
        Openfax("wrong", base_url=base, name="east", timezone="UTC"),
    )


async def test_the_tree_of_a_run_with_one_failing_account(told: Told, sandbox: Sandbox) -> None:
    async with FaxApi(*accounts(sandbox), clock=lambda: NOW) as api:
        report = await api.collect(WEEK, kinds=["usage", "jobs"])
    assert [outcome.account for outcome in report.failures] == ["east"]
    assert told.tree() == (Path(__file__).parent / "tree.txt").read_text().rstrip()


async def test_every_try_is_a_span_of_its_operation(told: Told, at_once: None) -> None:
    assert at_once is None
    with Watch(BUSY, b"", GOOD) as server:
        async with Probe(server.url) as probe:
            await probe.ask()
    (operation,) = told.named("probe probe.Ask")
    assert not operation.failed
    assert operation.attributes["faxapi.requests"] == 3
    assert [
        span.attributes.get(name)
        for span in told.named("POST")
        for name in ("http.request.resend_count", "error.type", "http.response.status_code")
    ] == [None, "ServiceUnavailable", 503, 1, "Disconnected", None, 2, None, 200]
    assert [span.parent for span in told.named("POST")] == [operation.id] * 3


async def test_an_operation_that_fails(told: Told) -> None:
    with Watch(BUSY) as server:
        async with Probe(server.url, retries=0) as probe:
            with pytest.raises(ServiceUnavailable):
                await probe.ask()
    assert {span.attributes["error.type"] for span in told.spans} == {"ServiceUnavailable"}
    assert all(span.failed for span in told.spans)


async def test_the_programs_own_span_is_the_parent(told: Told, sandbox: Sandbox) -> None:
    async with FaxApi(*accounts(sandbox), clock=lambda: NOW) as api:
        with told.tracer.start_as_current_span("job") as job:
            await api.collect(WEEK, kinds=["jobs"])
            assert trace.get_current_span() is job
    (collection,) = told.named("faxapi collection")
    assert collection.parent == job.get_span_context().span_id
    assert len({span.trace for span in told.spans}) == 1


async def test_nothing_leaks_into_the_reader_of_a_stream(told: Told, sandbox: Sandbox) -> None:
    account, *others = accounts(sandbox)
    async with FaxApi(account, *others, clock=lambda: NOW) as api:
        async with api.stream(WEEK) as activity:
            assert not trace.get_current_span().is_recording()
            async for _ in activity:
                assert not trace.get_current_span().is_recording()
                with told.tracer.start_as_current_span("reader"):
                    await account.check()
                break
        assert not trace.get_current_span().is_recording()
    (reader,) = told.named("reader")
    assert [span.parent for span in told.spans].count(reader.id) == 1
    # It was left early, and all that was begun has ended.
    assert len(told.named("faxapi collection")) == 1
    assert unended(told.spans) == []
    assert told.total("faxapi.feeds.open") == 0


async def test_a_collection_that_is_cancelled(told: Told) -> None:
    async def forever(_ask: object, _out: object) -> None:
        await anyio.sleep_forever()

    async with FaxApi(Pushing("a", faxes=forever), Pushing("b", pushes(fax(1)))) as api:
        with anyio.move_on_after(0.05) as scope:
            await api.collect(PUSHED)
    assert scope.cancelled_caught
    assert {
        span.attributes["faxapi.account"]: span.attributes.get("error.type")
        for span in told.named("faxapi feed outbound faxes")
    } == {"a": "cancelled", "b": None}
    assert len(told.named("faxapi collection")) == 1
    assert told.total("faxapi.feeds.open") == 0


async def test_a_bug_in_a_feed(told: Told) -> None:
    async def broken(_ask: object, _out: object) -> None:
        raise ZeroDivisionError("very private")

    async with FaxApi(Pushing("a", faxes=broken)) as api:
        with pytest.raises(ZeroDivisionError):
            await api.collect(PUSHED)
    for name in ("faxapi feed outbound faxes", "faxapi collection"):
        (span,) = told.named(name)
        assert span.attributes["error.type"] == "ZeroDivisionError"
    assert not any("private" in span.text for span in told.spans)


async def test_a_call_that_is_given_up(told: Told) -> None:
    def silent(peer: Peer) -> None:
        peer.request()
        peer.gone()

    with Server(silent) as server:
        async with Probe(server.url) as probe:
            with anyio.move_on_after(0.05):
                await probe.ask()
    assert [span.attributes["error.type"] for span in told.spans] == ["cancelled"] * 2


async def test_a_list_that_is_read_as_it_comes(told: Told) -> None:
    with Watch(LISTING) as server:
        async with Probe(server.url) as probe, probe.rows() as rows:
            await anext(rows)
            assert told.spans == []
            assert not trace.get_current_span().is_recording()
            async for _ in rows:
                pass
            request, operation = told.spans
    assert operation.name == "probe probe.List"
    assert operation.attributes["faxapi.rows"] == 9
    assert request.parent == operation.id
    assert request.attributes["http.response.body.size"] > 100


async def test_a_list_that_nobody_closes_ends_with_its_client(told: Told) -> None:
    with Watch(LISTING) as server:
        async with Probe(server.url) as probe:
            rows = probe.rows()
            await anext(rows)
            assert told.spans == []
        assert [span.name for span in told.spans] == ["POST", "probe probe.List"]
        await rows.aclose()
    assert len(told.spans) == 2


async def test_a_list_that_breaks(told: Told) -> None:
    def half(peer: Peer) -> None:
        peer.request()
        peer.send(LISTING[:-60])

    with Server(half) as server:
        async with Probe(server.url, retries=0) as probe:
            with pytest.raises(Exception, match="broke the connection"):
                _ = [row async for row in probe.rows()]
    assert [span.attributes["error.type"] for span in told.spans] == ["Disconnected"] * 2


async def test_what_the_gate_rejects_is_no_request(told: Told) -> None:
    with Watch(refused("401 Unauthorized")) as server:
        async with Probe(server.url) as probe:
            for _ in range(2):
                with pytest.raises(AuthenticationError):
                    await probe.ask()
    requests = [s.attributes["faxapi.requests"] for s in told.named("probe probe.Ask")]
    assert requests == [1, 0]
    assert len(told.named("POST")) == 1


def test_each_thread_has_a_trace_of_its_own(told: Told, anyio_backend: str) -> None:
    async def work(number: int) -> None:
        with told.tracer.start_as_current_span(f"thread {number}"):
            async with FaxApi(Pushing(f"a{number}", pushes(fax(1)))) as api:
                for _ in range(5):
                    await api.collect(PUSHED)

    def run(number: int) -> None:
        anyio.run(work, number, backend=anyio_backend)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    feeds = told.named("faxapi feed outbound faxes")
    traces = {(span.trace, span.attributes["faxapi.account"]) for span in feeds}
    assert sorted(account for _, account in traces) == ["a0", "a1", "a2", "a3"]
    assert len({trace for trace, _ in traces}) == 4


async def test_a_provider_learns_of_the_trace_only_where_the_account_says_so(told: Told) -> None:
    token = context.attach(baggage.set_baggage("user", "very-private"))
    try:
        with Watch(GOOD) as server:
            for options in ({}, {"trace_context": True}):
                async with Probe(server.url, **options) as probe:  # type: ignore[arg-type]
                    await probe.ask()
    finally:
        context.detach(token)
    silent, telling = server.requests
    assert not silent.header("traceparent")
    request = told.named("POST")[1]
    (sent,) = telling.header("traceparent")
    ids = trace.format_trace_id(request.trace), trace.format_span_id(request.id)
    assert sent.split("-")[1:3] == [*ids]
    assert not silent.header("baggage")
    assert not telling.header("baggage")
