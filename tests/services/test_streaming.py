"""The service of the page "A streaming endpoint", over real sockets."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from faxapi import FaxApi, FaxRecord, Report, Window
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Delay, Reply
from tests.cli.accounts import configured
from tests.services.served import Service, served, settled, wait_until

APP = "tests.services.streaming:app"
PAGES_OF_100 = 20
PAGES = "/faxes.jsonl?days=25"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """With one list of many pages, and one of few."""
    with Sandbox(seed=1, faxes=40, rate_limit=None) as running:
        for _ in range(PAGES_OF_100 * 100):
            running.interfax.add_fax()
        yield running


@pytest.fixture(scope="module")
def config(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return configured(
        tmp_path_factory.mktemp("config"),
        sandbox,
        acme={"provider": "interfax", "pace": False, "timezone": "UTC"},
        east={"provider": "openfax", "timezone": "UTC"},
    )


@pytest.fixture(scope="module")
def service(config: Path) -> Iterator[Service]:
    with served(APP, config) as running:
        yield running
    assert "Traceback" not in running.said


def under_way(sandbox: Sandbox) -> int:
    """How many answers the providers are giving."""
    server = sandbox._server._server
    assert server
    return len(server.server_state.tasks)


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


async def collected(config: Path) -> Report:
    async with FaxApi.from_config(config) as api:
        return await api.collect(Window.last(timedelta(days=25)), kinds=["faxes"])


def test_every_fax_is_a_line_and_the_last_line_says_that_this_is_all(
    service: Service, config: Path
) -> None:
    *faxes, end = lines(service.get(PAGES))
    assert end == {"kind": "end", "complete": True, "missing": []}
    report = asyncio.run(collected(config))
    assert {FaxRecord.model_validate(fax).key for fax in faxes} == {fax.key for fax in report.faxes}
    assert len(faxes) == len(report.faxes)


def test_an_account_that_fails_is_in_the_last_line(service: Service, sandbox: Sandbox) -> None:
    sandbox.faults.add(Reply(403), provider="openfax", times=None)
    *faxes, end = lines(service.get(PAGES))
    sandbox.faults.clear()
    assert {fax["account"] for fax in faxes} == {"acme"}
    assert not end["complete"]
    assert [text.split(":")[0] for text in end["missing"]] == ["openfax east faxes"]


def test_a_question_that_makes_no_sense_is_told_by_the_status(service: Service) -> None:
    with service.asked("/faxes.jsonl?days=0") as response:
        assert response.status == 422


def test_a_slow_reader_slows_the_collection_down(service: Service, sandbox: Sandbox) -> None:
    before = len(sandbox.requests)
    with service.asked(PAGES) as response:
        first = response.readline()
        asked = settled(lambda: len(sandbox.requests))
        rest = response.read()
    assert before < asked < len(sandbox.requests)
    assert lines(first + rest)[-1]["complete"]


def test_a_client_that_leaves_ends_the_collection(service: Service, sandbox: Sandbox) -> None:
    with service.asked(PAGES) as response:
        response.readline()
        asked = settled(lambda: len(sandbox.requests))
    assert settled(lambda: len(sandbox.requests)) == asked
    assert lines(service.get(PAGES))[-1]["complete"]
    assert len(sandbox.requests) > asked


def test_a_client_that_leaves_ends_what_is_asked_of_a_provider(
    service: Service, sandbox: Sandbox
) -> None:
    sandbox.faults.add(Delay(100), provider="interfax", skip=2, times=None)
    for _ in range(3):
        with service.asked(PAGES) as response:
            response.readline()
            wait_until(lambda: under_way(sandbox) > 0)
        # The connection to the provider is closed, or its answer would still be on its way.
        wait_until(lambda: under_way(sandbox) == 0)
    sandbox.faults.clear()
    assert lines(service.get(PAGES))[-1]["complete"]


def test_the_server_stops_while_a_client_reads(config: Path, sandbox: Sandbox) -> None:
    with served(APP, config, "--timeout-graceful-shutdown", "1") as stopped:
        with stopped.asked(PAGES) as response:
            response.readline()
            settled(lambda: len(sandbox.requests))
            stopped.stop()
            with pytest.raises(http.client.IncompleteRead):
                response.read()
        wait_until(lambda: under_way(sandbox) == 0)
    assert "Application shutdown complete." in stopped.said
    # What uvicorn logs of any answer that it cancels.
    assert re.findall(r"^[\w.]*(?:Error|Exception|Group)\b.*", stopped.said, re.MULTILINE) == [
        "asyncio.exceptions.CancelledError: Task cancelled, timeout graceful shutdown exceeded"
    ]
