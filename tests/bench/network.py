"""What requests cost: many at once, of many accounts, cancelled, and before they are sent."""

from __future__ import annotations

import gc
import math
import random
import ssl
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import aiohttp
import anyio
import httpx
import trustme
import zeep
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr
from zeep.wsdl.utils import etree_to_string

from faxapi import FaxApi, observe
from faxapi.observe import OPERATION, Span
from faxapi.providers.interfax.operations import FAX_STATUS_EX
from faxapi.sandbox import Sandbox
from faxapi.telemetry import Telemetry
from faxapi.transport.http import Call, Exchange, Transport
from faxapi.transport.tls import Tls
from faxapi.wire.soap import encode_request
from tests.bench.many_accounts import Run, accounts, collect, served
from tests.bench.program import running
from tests.bench.result import Result, at_most, faster, in_turns, span, tell, timed

_SERVER = "tests.bench.slow_server"

_REQUESTS = 900
_CONNECTIONS = 100
_LATENCY = 0.2

_CANCELLED = 1500
_PLACES = 20

_ENCODED = 1000


def rows() -> Iterator[Result]:
    """Measure one after the other."""
    yield from _at_once()
    yield from _accounts()
    yield from _watched()
    yield from _stuck()
    yield _encoding()


@dataclass(frozen=True, slots=True)
class _Cost:
    """Seconds that all the requests took, by the clock and of this process's CPU."""

    wall: float
    processor: float


def _at_once() -> Iterator[Result]:
    what = f"{_REQUESTS} requests of {_LATENCY * 1000:.0f} ms over {_CONNECTIONS} connections"
    ideal = math.ceil(_REQUESTS / _CONNECTIONS) * _LATENCY
    with running(_SERVER) as port:
        url = f"http://127.0.0.1:{int(port)}/{_LATENCY}"
        turns = [(anyio.run(_faxapi, url), anyio.run(_aiohttp, url)) for _ in range(3)]
        trio = anyio.run(_faxapi, url, backend="trio")
        plain = anyio.run(_httpx, url)
    ours, peer = (_median(costs) for costs in zip(*turns, strict=True))
    yield at_most(what, ours.wall, ideal, "the ideal", most=1.25)
    yield at_most(f"{what}, on Trio", trio.wall, ideal, "the ideal", most=1.25)
    yield faster(what, ours.wall, plain.wall, "httpx", least=5)
    yield faster(what, ours.wall, peer.wall, "aiohttp")
    each = [cost.processor / _REQUESTS * 1000 for cost in (ours, plain, peer)]
    yield Result(
        "CPU time of each",
        f"{each[0]:.2f} ms",
        f"httpx {each[1]:.2f} ms, aiohttp {each[2]:.2f} ms",
        f"{each[0] / each[1]:.2f} ×, {each[0] / each[2]:.2f} ×",
    )


def _median(costs: tuple[_Cost, ...]) -> _Cost:
    return _Cost(
        statistics.median(cost.wall for cost in costs),
        statistics.median(cost.processor for cost in costs),
    )


async def _faxapi(url: str) -> _Cost:
    call = Call("GET", url, idempotent=True)
    # Loaded once in a process, whatever the number of requests; the peers load theirs here, too.
    call.tls.context()
    async with aclosing(Transport(max_connections=_CONNECTIONS)) as transport:
        return await _all_at_once(partial(transport.perform, call, Exchange.body))


async def _httpx(url: str) -> _Cost:
    async with _plain(_CONNECTIONS) as client:
        return await _all_at_once(partial(client.get, url))


def _plain(places: int, tls: ssl.SSLContext | bool = True) -> httpx.AsyncClient:  # noqa: FBT001, FBT002 - httpx's default
    """As anybody makes it, for requests that wait for a connection as long as it takes."""
    limits = httpx.Limits(max_connections=places, max_keepalive_connections=places)
    timeout = httpx.Timeout(60, pool=None)
    return httpx.AsyncClient(limits=limits, timeout=timeout, verify=tls, trust_env=False)


async def _aiohttp(url: str) -> _Cost:
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_CONNECTIONS)) as client:

        async def get() -> None:
            async with client.get(url) as answer:
                await answer.read()

        return await _all_at_once(get)


async def _all_at_once(get: Callable[[], Coroutine[Any, Any, object]]) -> _Cost:
    gc.collect()
    begun, processed = time.perf_counter(), time.process_time()
    async with anyio.create_task_group() as group:
        for _ in range(_REQUESTS):
            group.start_soon(get)
    return _Cost(time.perf_counter() - begun, time.process_time() - processed)


def _accounts() -> Iterator[Result]:
    fewest = 0.0
    for count in (10, 100, 1000):
        # Ten accounts take a tenth of a second, and the very first run pays for late imports.
        runs = sorted((_first_run(count) for _ in range(max(1, 100 // count))), key=_processor)
        run = runs[len(runs) // 2]
        each = _processor(run)
        fewest = fewest or each
        yield Result(
            f"{count:,} accounts: the first 30 days",
            f"{run.seconds:.1f} s, {run.summary.requests:,} requests of {each * 1000:.2f} ms CPU",
            f"with 10 accounts {fewest * 1000:.2f} ms",
            f"{each / fewest:.2f} ×",
        )


def _processor(run: Run) -> float:
    """Seconds of CPU time for each request."""
    return run.processor / run.summary.requests


def _first_run(count: int) -> Run:
    with served(count) as logins:
        return anyio.run(_collected, logins)


async def _collected(logins: list[dict[str, str]]) -> Run:
    async with FaxApi(*accounts(logins)) as api:
        gc.collect()
        return await collect(api)


def _watched() -> Iterator[Result]:
    """The same collection with nobody who listens, and with OpenTelemetry in its parts."""
    tracers = TracerProvider(shutdown_on_exit=False)
    tracers.add_span_processor(BatchSpanProcessor(InMemorySpanExporter(1000)))
    meters = MeterProvider([InMemoryMetricReader()], shutdown_on_exit=False)
    watchers = {
        "no OpenTelemetry": None,
        "its interface without an SDK": Telemetry(),
        "its SDK, in memory": Telemetry(tracers, meters),
    }
    costs: dict[str, list[float]] = {name: [] for name in watchers}
    with served(100) as logins:
        anyio.run(_collected, logins)
        for _ in range(5):
            for name, watcher in watchers.items():
                with mock.patch.object(observe, "_telemetry", lambda watcher=watcher: watcher):
                    costs[name].append(_processor(anyio.run(_collected, logins)))
    tracers.shutdown()
    nobody, *others = ((name, min(each)) for name, each in costs.items())
    for name, each in others:
        yield Result(
            f"CPU time of a request of a collection, with {name}",
            f"{each * 1e6:.0f} µs",
            f"{nobody[0]} {nobody[1] * 1e6:.0f} µs",
            f"{each / nobody[1]:.2f} ×",
        )
    yield _told_to_nobody(nobody[1])


def _told_to_nobody(request: float) -> Result:
    """What an operation and its request cost of it, beside all that they cost themselves."""

    def note() -> None:
        for _ in range(_ENCODED):
            with Span(OPERATION, provider="interfax", account="acme", operation="a", requests=0):
                tried = observe.request("POST", "localhost", 443)
                tried.set(status=200)
                tried.add(size=1000)
                tried.end()

    with mock.patch.object(observe, "_telemetry", return_value=None):
        each = min(timed(note) for _ in range(5)) / _ENCODED
    share = each / request
    return Result(
        "spans and log lines of a request that nobody listens to",
        span(each),
        f"the request {request * 1e6:.0f} µs of CPU",
        f"{share:.1%}",
        "≤ 2 %",
        share <= 0.02,
    )


_Get = Callable[[float], Coroutine[Any, Any, object]]
"""Asks the server for an answer after so many seconds."""


def _stuck() -> Iterator[Result]:
    with _tls_server() as (url, tls):
        for name, backend in (("asyncio", "asyncio"), ("Trio", "trio")):
            ours = anyio.run(_stuck_in_faxapi, url, tls, backend=backend)
            plain = anyio.run(_stuck_in_httpx, url, tls, backend=backend)
            yield Result(
                f"stuck connections after {_CANCELLED:,} TLS requests cancelled at random, {name}",
                f"{ours} of {_PLACES}",
                f"httpx {plain} of {_PLACES}",
                f"{ours}",
                "0",
                ours == 0,
            )


@contextmanager
def _tls_server() -> Iterator[tuple[str, ssl.SSLContext]]:
    authority = trustme.CA()
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with tempfile.TemporaryDirectory() as folder:
        pem = Path(folder, "server.pem")
        authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(pem)
        with running(_SERVER, str(pem)) as port:
            yield f"https://127.0.0.1:{int(port)}", trusting


async def _stuck_in_faxapi(url: str, tls: ssl.SSLContext) -> int:
    async with aclosing(Transport(max_connections=_PLACES)) as transport:

        async def get(seconds: float) -> None:
            trusting = Tls(ssl_context=tls)
            call = Call("GET", f"{url}/{seconds}", idempotent=True, tls=trusting)
            await transport.perform(call, Exchange.body)

        await _cancel_at_random(get)
        lost = _PLACES - transport._slots.value
        return max(lost, await _unusable(get))


async def _stuck_in_httpx(url: str, tls: ssl.SSLContext) -> int:
    async with _plain(_PLACES, tls) as client:

        async def get(seconds: float) -> None:
            await client.get(f"{url}/{seconds}")

        await _cancel_at_random(get)
        return await _unusable(get)


async def _cancel_at_random(get: _Get) -> None:
    """Three times as many tasks as places, so that some are cancelled in the queue as well."""
    dice = random.Random(7)  # noqa: S311 - it picks moments, not secrets
    tasks = 3 * _PLACES

    async def ask() -> None:
        for _ in range(_CANCELLED // tasks):
            with anyio.move_on_after(dice.random() * 0.2):
                await get(0.005)

    async with anyio.create_task_group() as group:
        for _ in range(tasks):
            group.start_soon(ask)


async def _unusable(get: _Get) -> int:
    """Ask for as many slow answers as there are places: who must wait for a place is too late."""
    came = 0

    async def ask() -> None:
        nonlocal came
        await get(2.5)
        came += 1

    with anyio.move_on_after(4.9):
        async with anyio.create_task_group() as group:
            for _ in range(_PLACES):
                group.start_soon(ask)
    return _PLACES - came


def _encoding() -> Result:
    values = {
        "Username": "acme",
        "Password": "secret & more",
        "LastTransactionID": 999_999_999,
        "MaxItems": 500,
        "TotalCount": 0,
        "ListSize": 0,
        "ResultCode": 0,
    }
    with Sandbox() as sandbox:
        address = sandbox.credentials["interfax"]["base_url"]
        client: Any = zeep.Client(f"{address}{FAX_STATUS_EX.service.path}?WSDL")
    # As an account holds it.
    hidden = {**values, "Password": SecretStr("secret & more")}

    def ours() -> None:
        for _ in range(_ENCODED):
            encode_request(FAX_STATUS_EX, hidden)

    def peer() -> None:
        for _ in range(_ENCODED):
            message = client.create_message(client.service, FAX_STATUS_EX.name, **values)
            etree_to_string(message)

    took = in_turns(5, ours=ours, peer=peer)
    each = [took[name] / _ENCODED for name in ("ours", "peer")]
    return faster(f"encode a request of {FAX_STATUS_EX.name}", each[0], each[1], "zeep")


if __name__ == "__main__":
    tell(rows())
