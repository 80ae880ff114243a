"""What every provider makes of a vendor that cannot be reached, or does not answer as it should."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import pytest

from faxapi import (
    AuthenticationError,
    ClientClosed,
    DecodeError,
    Direction,
    FaxApi,
    Outcome,
)
from faxapi.providers import registered
from tests.contract.harness import NOW
from tests.contract.proxy import Answer, Ask, straight
from tests.contract.scene import (
    PAGED,
    WEEK,
    Scene,
    complete,
    everything_said,
    ids,
    only,
    partial,
)
from tests.contract.trouble import TROUBLES, WRONG, Trouble, html_page
from tests.providers.recorder import variables
from tests.transport.server import Request

pytestmark = pytest.mark.anyio


def basic(username: str) -> str:
    return base64.b64encode(f"{username}:{WRONG}".encode()).decode().rstrip("=")


@pytest.fixture(params=TROUBLES, ids=lambda trouble: trouble.__name__)
def trouble(request: pytest.FixtureRequest) -> Iterator[Trouble]:
    return request.param  # type: ignore[no-any-return]


async def test_trouble_is_a_typed_error_that_says_what_to_do(
    scene: Scene, trouble: Trouble
) -> None:
    kind, hint = TROUBLES[trouble]
    with trouble(scene.harness) as url:
        account = scene.harness.account(url, WRONG, name="one", retries=0)
        assert type(account) is registered()[scene.harness.name]
        async with FaxApi(account, clock=lambda: NOW) as api:
            (check,) = await api.check()
        again = scene.harness.account(url, WRONG, name="one", retries=0)
        async with FaxApi(again, clock=lambda: NOW) as api:
            report = await api.collect(WEEK)
    assert report.outcomes
    assert {outcome.records for outcome in report.outcomes} == {0}
    assert not check.ok
    for error in (check.error, *(outcome.error for outcome in report.outcomes)):
        assert isinstance(error, kind)
        assert (error.provider, error.account) == (scene.harness.name, "one")
        assert error.operation
        wanted = scene.harness.login_hint if hint is None else hint
        assert re.search(wanted, error.hint or "")
    place = re.escape(f"{scene.harness.name} one: failed, ")
    assert re.fullmatch(rf"{place}\d\.\d\d s; {scene.harness.name} 'one' .*", str(check))
    said = everything_said(report) + scene.caplog.text
    said += f"{check} {check!r} {variables(check.error)}"
    assert WRONG not in said
    assert basic(account.username) not in said


async def test_a_wrong_login_is_sent_once_for_all_feeds_together(scene: Scene) -> None:
    scene.harness.add()
    async with FaxApi(scene.account(WRONG), clock=lambda: NOW) as api:
        report = await api.collect(WEEK)
        again = await api.collect(WEEK)
        (check,) = await api.check()
    assert len(scene.server.requests) == 1
    outcomes: list[Outcome] = [*report.outcomes, *again.outcomes]
    errors = [error for outcome in outcomes for error in outcome.errors]
    assert {type(error) for error in (*errors, check.error)} == {AuthenticationError}
    assert {re.search(scene.harness.login_hint, error.hint or "") is None for error in errors} == {
        False
    }


async def test_a_fault_is_an_error_and_the_cursor_goes_on(scene: Scene) -> None:
    expected = scene.harness.add(scene.harness.several)

    def choose(request: Request, ask: Ask) -> Answer | bytes:
        return scene.harness.fault if scene.harness.is_page(request) else ask()

    scene.choose = choose
    report = await scene.collect(retries=0)
    outcome = only(report)
    assert isinstance(outcome.error, scene.harness.fault_error)
    assert (outcome.error.provider, outcome.error.http_status) == (scene.harness.name, 500)
    assert not outcome.complete
    scene.choose = straight
    rest = complete(await scene.collect(None, cursor=report.cursor))
    assert ids(report.faxes) | ids(rest.faxes) == expected


@pytest.mark.parametrize("scene", PAGED, indirect=True)
async def test_a_page_that_repeats_is_an_error_and_no_loop(scene: Scene) -> None:
    scene.harness.add(scene.harness.several)
    pages: list[Answer] = []

    def choose(request: Request, ask: Ask) -> Answer:
        if not scene.harness.is_page(request):
            return ask()
        pages.append(ask() if not pages else pages[0])
        return pages[0]

    scene.choose = choose
    report = await scene.collect()
    outcome = partial(report)
    assert isinstance(outcome.error, DecodeError)
    assert sum(fax.direction is Direction.OUTBOUND for fax in report.faxes) == 100
    assert len(pages) == 2


async def test_an_account_in_trouble_leaves_the_others_whole(scene: Scene) -> None:
    expected = scene.harness.add(3)
    with html_page() as page:
        broken = scene.harness.account(page, WRONG, name="broken")
        async with FaxApi(broken, scene.account(), clock=lambda: NOW) as api:
            report = await api.collect(WEEK)
    assert {outcome.account for outcome in report.failures} == {"broken"}
    assert ids(report.faxes) == expected


async def test_check_is_one_request(scene: Scene) -> None:
    scene.harness.add(3)
    async with scene.api() as api:
        (check,) = await api.check()
    assert check.ok
    assert check.error is None
    assert len(scene.server.requests) == 1
    async with scene.account(WRONG) as account:
        with pytest.raises(AuthenticationError):
            await account.check()


async def test_a_client_that_is_not_open_says_so(scene: Scene) -> None:
    account = scene.account()
    with pytest.raises(ClientClosed, match="not open yet"):
        await account.check()
    async with account:
        await account.check()
    with pytest.raises(ClientClosed, match="closed"):
        await account.check()
    assert len(scene.server.requests) == 1
