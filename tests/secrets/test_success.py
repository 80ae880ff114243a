"""No operation and no collection that goes well lets a secret out."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from faxapi import Cursor, FaxApi, Pace, Progress, Window
from tests.sandbox.cases import Case, Clients, name_of
from tests.sandbox.wire import NOW
from tests.secrets.logins import clients, running
from tests.secrets.test_failures import CASES, in_turn
from tests.secrets.witness import Witness

pytestmark = pytest.mark.anyio


def parts(made: Clients) -> Iterator[object]:
    """Every object of the library's that a client is made of."""
    waiting: list[object] = [*made.accounts]
    met: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in met or not type(each).__module__.startswith("faxapi."):
            continue
        met.add(id(each))
        yield each
        waiting += getattr(each, "__dict__", {}).values()
        waiting += [getattr(each, name) for name in getattr(each, "__slots__", ())]


async def perform(case: Case, version: str, witness: Witness) -> None:
    with running() as sandbox:
        made = clients(sandbox, version)
        async with made.interfax, made.openfax, made.imagicle:
            result: Any = await case.call(made)
            whole = list(parts(made))
            witness.shown(*whole)
        assert len(whole) > 10
        assert case.check(made, result)
    for each in result if isinstance(result, list) else [result]:
        witness.shown(each)
        if isinstance(each, BaseModel):
            witness.shown(each.model_dump(), each.model_dump_json())


@pytest.mark.parametrize("case", CASES, ids=name_of)
async def test_an_operation(case: Case, witness: Witness, anyio_backend: str) -> None:
    for each, version in in_turn(CASES, anyio_backend):
        if each is case:
            await perform(case, version, witness)
    assert {"httpcore.connection", "httpcore.http11"} <= witness.loggers
    assert {"request.ended", "operation.ended"} <= witness.events
    assert witness.heard["span"] > 1


async def test_a_collection(witness: Witness, tmp_path: Path, anyio_backend: str) -> None:
    if anyio_backend == "asyncio":
        asyncio.get_running_loop().set_debug(True)
    seen: list[Progress] = []
    with running() as sandbox:
        made = clients(sandbox)
        api = FaxApi(*made.accounts, clock=lambda: NOW)
        async with api:
            checks = await api.check()
            found = await made.openfax.discover()
            report = await api.collect(Window.last(NOW - NOW.replace(day=1), now=NOW))
            stream = api.stream(cursor=report.cursor, on_progress=seen.append)
            async with stream:
                batches = stream.batches(7)
                async for batch in batches:
                    witness.shown(batch, stream.summary)
            witness.shown(stream, batches, stream.cursor, stream.summary)
            witness.shown(api, *parts(made))
    assert report.complete, report.failures
    assert len(report.faxes) > 50
    assert all(check.ok for check in checks)
    assert seen
    witness.shown(*checks, found, found.settings(), *seen, Pace(6), report, *report.outcomes)
    witness.shown(*report.faxes, *report.usage, *report.jobs)
    witness.shown(*(record.model_dump_json() for record in report.faxes))
    witness.pickled((report, checks, seen, stream.summary))
    report.cursor.save(tmp_path / "cursor")
    witness.hears("file", (tmp_path / "cursor").read_text())
    witness.shown(Cursor.load(tmp_path / "cursor"), report.cursor.model_dump_json())
