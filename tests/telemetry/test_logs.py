"""One line an event, with fixed names; and what others log of our work."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import timedelta

import httpx
import pytest

from faxapi import FaxApi, Window
from faxapi.observe import FIELDS
from faxapi.sandbox import Sandbox
from tests.engine.pushing import WEEK, Pushing, fax, pushes
from tests.sandbox.wire import NOW
from tests.telemetry.test_spans import BUSY, accounts
from tests.transport.paced import GOOD, Watch
from tests.transport.probe import Probe

pytestmark = pytest.mark.anyio


def told(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str, str]]:
    return [(each.levelname, each.name, each.getMessage()) for each in caplog.records]


async def test_a_collection_with_one_failing_account(caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox(seed=1, now=NOW, faxes=40, rate_limit=None) as sandbox:
        caplog.set_level(logging.INFO)
        async with FaxApi(*accounts(sandbox), clock=lambda: NOW) as api:
            report = await api.collect(Window.last(timedelta(days=7), now=NOW), kinds=["jobs"])
        found = [record for record in caplog.records if not record.name.startswith("uvicorn")]
    first, *feeds, last = found
    assert (first.levelname, first.getMessage()) == ("INFO", "collection.started")
    assert (last.levelname, last.getMessage()) == ("INFO", "collection.ended")
    assert vars(last)["faxapi.records"] == len(report.jobs)
    assert {(each.levelname, vars(each)["faxapi.account"]) for each in feeds} == {
        ("INFO", "openfax"),
        ("WARNING", "east"),
    }
    (bad,) = [vars(each) for each in feeds if each.levelname == "WARNING"]
    assert bad["error.type"] == "AuthenticationError"
    assert bad["faxapi.error.text"] == str(report.failures[0].error)
    assert {each.name for each in found} == {"faxapi.collect"}


async def test_every_field_is_one_of_the_table(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="faxapi")
    plain = vars(logging.makeLogRecord({}))
    with Watch(BUSY, GOOD) as server:
        async with FaxApi(Probe(server.url, retries=1)) as api:
            await api.collect(Window.last(timedelta(days=1)), kinds=["jobs"])
    fields = {name for each in caplog.records for name in vars(each).keys() - plain.keys()}
    assert fields - {"message", "taskName"} <= set(FIELDS.values())
    assert {"faxapi.provider", "http.response.status_code", "faxapi.seconds"} <= fields
    assert {each.getMessage() for each in caplog.records} == {
        "collection.started",
        "request.ended",
        "request.repeated",
        "operation.ended",
        "feed.ended",
        "collection.ended",
    }


async def test_a_program_with_fields_of_its_own(caplog: pytest.LogCaptureFixture) -> None:
    """A log record that had a field of ours already would be an error in the collection."""
    before = logging.getLogRecordFactory()

    def factory(*args: object, **kwargs: object) -> logging.LogRecord:
        record = before(*args, **kwargs)
        for name in FIELDS:
            setattr(record, name, "the program's")
        return record

    logging.setLogRecordFactory(factory)
    try:
        caplog.set_level(logging.DEBUG, logger="faxapi")
        async with FaxApi(Pushing("a", pushes(fax(1)))) as api:
            assert (await api.collect(WEEK)).complete
    finally:
        logging.setLogRecordFactory(before)


@pytest.mark.usefixtures("at_once")
async def test_httpx_and_stamina_say_nothing_of_our_requests(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    with Watch(BUSY, GOOD) as server:
        async with Probe(server.url) as probe:
            await probe.ask()
        assert told(caplog) == [("INFO", "faxapi.transport", "request.repeated")]
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(server.url)
    assert [name for _, name, _ in told(caplog)][1:] == ["httpx"]


PROGRAM = """
import anyio, sys
from datetime import timedelta
from faxapi import FaxApi, Imagicle, Window

async def main():
    account = Imagicle("http://127.0.0.1:9", "user1", "secret", retries=1)
    async with FaxApi(account) as api:
        report = await api.collect(Window.last(timedelta(days=1)))
    assert report.failures
    assert not any(name.startswith("opentelemetry") for name in sys.modules)

anyio.run(main)
"""


def test_a_program_that_sets_nothing_up_hears_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=50
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
