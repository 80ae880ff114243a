"""The plug-in's own tests: what the contract of all providers cannot know of its vendor."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest

import faxapi
import faxapi.providers
from faxapi import (
    ConfigurationError,
    Direction,
    FaxApi,
    FaxRecord,
    Feed,
    Incomplete,
    Kind,
    NotFound,
    Notice,
    Pace,
    Reason,
    Report,
    Status,
    Window,
)
from parrotfax import ParrotFax
from parrotfax.activity import FaxState
from tests.plugin.server import TOKEN, Vendor, serving
from tests.transport.server import Server, always, reply

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
WEEK = Window.last(timedelta(days=7), now=NOW)
YESTERDAY = NOW - timedelta(days=1)


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def vendor() -> Vendor:
    return Vendor()


@pytest.fixture
def server(vendor: Vendor) -> Iterator[Server]:
    with serving(vendor) as server:
        yield server


async def collect(server: Server, earlier: Report | None = None, window: Window = WEEK) -> Report:
    api = FaxApi(ParrotFax(TOKEN, base_url=server.url, retries=0), clock=lambda: NOW)
    async with api:
        return await api.collect(window, cursor=earlier.cursor if earlier else None)


def gaps(report: Report) -> list[Notice]:
    return [gap for outcome in report.outcomes for gap in outcome.gaps]


def imported() -> Iterator[tuple[str, str]]:
    """Each name that the plug-in imports, with its module."""
    for file in (Path(__file__).parent / "src/parrotfax").glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom):
                yield from ((node.module or "", alias.name) for alias in node.names)
            elif isinstance(node, ast.Import):
                yield from ((alias.name, "") for alias in node.names)


def test_it_uses_what_is_public_and_nothing_else() -> None:
    public = {"faxapi": faxapi.__all__, "faxapi.providers": faxapi.providers.__all__}
    others = {"parrotfax", "pydantic", *sys.stdlib_module_names}
    used = {(module, name) for module, name in imported() if module.split(".")[0] not in others}
    assert {(module, name) for module, name in used if name not in public.get(module, ())} == set()
    assert {module for module, _ in used} == set(public)


async def test_what_is_sent(vendor: Vendor, server: Server) -> None:
    number = vendor.add(YESTERDAY)
    async with ParrotFax(TOKEN, base_url=server.url) as parrotfax:
        assert (await parrotfax.get_account()).account_id == "acc-1"
        assert (await parrotfax.get_fax(number)).duration == timedelta(seconds=95)
        (fax,) = await parrotfax.list_faxes(since=WEEK.since, limit=5)
        with pytest.raises(NotFound):
            await parrotfax.get_fax(7)
    assert fax.fax_id == number
    assert [request.target for request in server.requests] == [
        "/v1/account",
        f"/v1/faxes/{number}",
        "/v1/faxes?direction=sent&since=2026-03-07T12:00:00%2B00:00&after=0&limit=5",
        "/v1/faxes/7",
    ]
    logins = [request.header("authorization") for request in server.requests]
    assert logins == [[f"Bearer {TOKEN}"]] * 4


async def test_a_fax_in_the_common_vocabulary(vendor: Vendor, server: Server) -> None:
    sent = vendor.add(YESTERDAY, state="failed", finished_at="2026-03-13T13:02:00+01:00")
    got = vendor.add(YESTERDAY + timedelta(minutes=1), state="received", price=None)
    odd = vendor.add(YESTERDAY + timedelta(minutes=2), state="failed", problem="moonlight")
    gone = vendor.add(YESTERDAY + timedelta(minutes=3), state="cancelled")
    report = await collect(server)
    faxes = {fax.id: fax for fax in report.faxes}
    assert faxes[str(sent)] == FaxRecord.model_validate(
        {
            "provider": "parrotfax",
            "account": "parrotfax",
            "id": str(sent),
            "direction": "outbound",
            "status": "failed",
            "status_code": "failed",
            "reason": "busy",
            "reason_text": "busy",
            "user": "bob",
            "sender": "+12125550100",
            "recipient_number": "+12125550143",
            "recipient_name": "Ada Example",
            "remote_id": "EXAMPLE LTD",
            "subject": "Order 4711",
            "pages": 3,
            "pages_submitted": 3,
            "submitted_at": YESTERDAY,
            "completed_at": "2026-03-13T12:02:00Z",
            "duration": timedelta(seconds=95),
            "cost": "0.33",
            "currency": "EUR",
        }
    )
    received = faxes[str(got)]
    assert (received.status, received.pages, received.pages_submitted) == (
        Status.COMPLETED,
        3,
        None,
    )
    assert (received.submitted_at, received.completed_at) == (None, received.at)
    assert received.cost is None
    assert (faxes[str(odd)].reason, faxes[str(odd)].reason_text) == (Reason.OTHER, "moonlight")
    assert faxes[str(gone)].reason is Reason.CANCELED
    (notice,) = report.outcomes[0].notices
    assert "'moonlight' is not in ParrotFax's list" in notice.text


async def test_open_faxes_are_asked_for_again_and_others_are_not(
    vendor: Vendor, server: Server
) -> None:
    vendor.add(YESTERDAY)
    waiting, sending = (
        vendor.add(YESTERDAY, state="waiting"),
        vendor.add(YESTERDAY, state="sending"),
    )
    first = await collect(server)
    vendor.finish(waiting)
    second = await collect(server, first)
    assert {(fax.id, fax.status) for fax in second.faxes} == {
        (str(waiting), Status.COMPLETED),
        (str(sending), Status.IN_PROGRESS),
    }
    del server.requests[:]
    third = await collect(server, second)
    assert [fax.id for fax in third.faxes] == [str(sending)]
    assert [each.target for each in server.requests if str(waiting) in each.target] == []


async def test_an_open_fax_that_ends_beyond_a_window_is_for_the_next_run(
    vendor: Vendor, server: Server
) -> None:
    sending = vendor.add(YESTERDAY, state="sending")
    first = await collect(server)
    vendor.finish(sending)
    earlier = await collect(server, first, Window(WEEK.since, YESTERDAY))
    assert (earlier.complete, earlier.faxes) == (True, [])
    (fax,) = (await collect(server, earlier)).faxes
    assert (fax.id, fax.status) == (str(sending), Status.COMPLETED)


async def test_a_fax_without_a_time_of_creation_is_not_lost_beyond_the_windows_end(
    vendor: Vendor, server: Server
) -> None:
    odd = vendor.add(YESTERDAY, finished_at=(NOW - timedelta(hours=1)).isoformat())
    vendor.faxes[odd]["created_at"] = None
    behind = vendor.add(YESTERDAY)
    earlier = await collect(server, window=Window(WEEK.since, NOW - timedelta(hours=2)))
    assert [fax.id for fax in earlier.faxes] == [str(behind)]
    assert [fax.id for fax in (await collect(server, earlier)).faxes] == [str(odd)]


async def test_an_open_fax_that_is_gone_is_a_gap_once(vendor: Vendor, server: Server) -> None:
    first_id = vendor.add(YESTERDAY, state="waiting")
    first = await collect(server)
    del vendor.faxes[first_id]
    second = await collect(server, first)
    assert [gap.code for gap in gaps(second)] == ["vanished"]
    assert gaps(await collect(server, second)) == []


async def test_an_open_fax_that_cannot_be_read_stays_open(vendor: Vendor, server: Server) -> None:
    number = vendor.add(YESTERDAY, state="waiting")
    first = await collect(server)
    good = vendor.faxes[number]["pages"]
    vendor.faxes[number]["pages"] = "many"
    second = await collect(server, first)
    assert [gap.code for gap in gaps(second)] == ["unread_fax"]
    with pytest.raises(ExceptionGroup) as caught:
        second.raise_for_failures()
    assert any(isinstance(error, Incomplete) for error in caught.value.exceptions)
    vendor.faxes[number]["pages"] = good
    third = await collect(server, second)
    assert [fax.id for fax in third.faxes] == [str(number)]


async def test_a_fax_whose_delivery_the_deadline_cuts_is_not_forgotten(
    vendor: Vendor, server: Server
) -> None:
    """The reader is too slow, so the feed waits in the middle of a page when its time is up."""
    for _ in range(1100):
        vendor.add(YESTERDAY, state="waiting")
    found: set[int] = set()
    api = FaxApi(ParrotFax(TOKEN, base_url=server.url, pace=None), clock=lambda: NOW)
    async with api, api.stream(WEEK, deadline=0.4) as activity:
        await anyio.sleep(0.5)
        async for record in activity:
            assert isinstance(record, FaxRecord)
            found.add(int(record.id))
    assert 0 < len(found) < 1100
    known = activity.cursor.feed(Feed("parrotfax", Kind.FAXES, Direction.OUTBOUND))
    assert known is not None
    state = FaxState.model_validate(known.state)
    assert {number for number in found if number <= state.after} == set(state.open)
    assert len(state.open) >= len(found) - 1


async def test_what_is_kept_no_longer_is_a_gap_once(server: Server) -> None:
    year = Window(NOW - timedelta(days=365), NOW)
    report = await collect(server, window=year)
    (gap, received) = gaps(report)
    assert gap.code == received.code == "retention"
    assert (gap.since, gap.until) == (year.since, NOW - timedelta(days=90))
    assert gaps(await collect(server, report, year)) == []


@pytest.mark.parametrize(
    "content",
    [b'{"faxes": [], "next": 0}', b'{"faxes": [{"id": 5}, {"id": 4}], "next": null}'],
    ids=["a next page that is this one", "faxes in another order"],
)
async def test_a_walk_that_does_not_go_on_is_an_error(content: bytes) -> None:
    with Server(always(reply(content, kind="application/json"))) as server:
        report = await collect(server)
        assert len(server.requests) == 2
    (outcome,) = report.outcomes
    assert "a page does not go on" in str(outcome.error)
    assert outcome.records == 0


def test_its_settings() -> None:
    assert ParrotFax(TOKEN).settings.pace == Pace(120, per=60)
    with pytest.raises(ConfigurationError, match="the token is empty"):
        ParrotFax("")


async def test_it_is_configured_like_the_others(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "faxapi.toml"
    file.write_text(
        f'[[account]]\nprovider = "parrotfax"\nname = "polly"\nbase_url = "{server.url}"\n'
        'token = {env = "POLLY"}\n'
    )
    monkeypatch.setenv("POLLY", TOKEN)
    async with FaxApi.from_config(file) as api:
        (check,) = await api.check()
    assert check.ok
    assert (check.provider, check.account) == ("parrotfax", "polly")
    monkeypatch.setenv("PARROTFAX_TOKEN", TOKEN)
    assert "parrotfax" in FaxApi.from_config()
