"""Whether accounts can be reached and logged into: at one call each, all at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from datetime import timedelta
from typing import Any

import anyio
import pytest

from faxapi import (
    AuthenticationError,
    Check,
    ClientClosed,
    ConfigurationError,
    DeadlineExceeded,
    DecodeError,
    FaxApi,
    FaxApiError,
    Imagicle,
    InterFax,
    Openfax,
    Pace,
    Window,
)
from faxapi.providers.base import Provider
from faxapi.sandbox import Sandbox
from tests.contract.trouble import WRONG as SECRET
from tests.contract.trouble import html_page
from tests.providers.imagicle.server import MINE
from tests.providers.interfax.peer import fax, page
from tests.providers.openfax.service import job, operation_of, rows
from tests.providers.recorder import xml
from tests.transport.probe import Probe
from tests.transport.server import Peer, Server, always, reply

pytestmark = pytest.mark.anyio


def silent(peer: Peer) -> None:
    """Take the request and never answer."""
    peer.request()
    peer.gone()


ACCOUNTS: dict[str, Callable[[str], Provider]] = {
    "interfax": lambda url: InterFax("acme", SECRET, base_url=url),
    "openfax": lambda url: Openfax(SECRET, base_url=url),
    "imagicle": lambda url: Imagicle(url, "user1", SECRET),
}
GOOD: dict[str, bytes] = {
    "interfax": page(fax(7), total=9, size=1),
    "openfax": xml(rows("getRealtime")),
    "imagicle": reply(b'{"faxList": []}', kind="application/json"),
}
BAD_RECORD: dict[str, bytes] = {
    "interfax": page(fax(7).replace("<TransactionID>7", "<TransactionID>seven"), size=1),
    "openfax": xml(rows("getRealtime", job("RealtimeJob", ""))),
    "imagicle": reply(b'{"faxList": [5]}', kind="application/json"),
}


async def only(account: Provider, **options: Any) -> Check:  # noqa: ANN401 - any keyword of check
    async with FaxApi(account) as api:
        (check,) = await api.check(**options)
    return check


async def test_every_account_that_is_well_costs_one_call() -> None:
    with Sandbox(faxes=3) as sandbox:
        async with FaxApi(*sandbox.accounts()) as api:
            checks = await api.check()
        assert len(sandbox.requests) == 3
    assert [check.account for check in checks] == ["interfax", "openfax", "imagicle"]
    assert all(check.ok and check.error is None for check in checks)
    for check in checks:
        assert timedelta() < check.elapsed < timedelta(seconds=5)
        assert re.fullmatch(rf"{check.provider}: ok, \d\.\d\d s", str(check))
        with pytest.raises(FrozenInstanceError):
            check.account = "x"  # type: ignore[misc]


@pytest.mark.parametrize("answers", [GOOD, BAD_RECORD], ids=["good", "bad record"])
async def test_the_call_is_the_cheapest_and_what_it_answers_does_not_matter(
    answers: dict[str, bytes],
) -> None:
    asked = {}
    for provider, answer in answers.items():
        with Server(always(answer)) as server:
            check = await only(ACCOUNTS[provider](server.url))
        assert check.ok, check
        (asked[provider],) = server.requests
    assert b"<MaxItems>1<" in asked["interfax"].body
    assert operation_of(asked["interfax"]) == "FaxStatusEx"
    assert operation_of(asked["openfax"]) == "getRealtime"
    assert asked["imagicle"].target == f"{MINE}?page=1&pageSize=1"


async def test_one_in_trouble_leaves_the_others_well() -> None:
    with Sandbox(faxes=1) as sandbox, html_page() as page, Server(silent) as server:
        interfax, openfax, imagicle = sandbox.accounts()
        accounts = (
            interfax,
            InterFax("acme", SECRET, base_url=page, name="page"),
            openfax,
            Openfax(SECRET, base_url=server.url, name="silent"),
            Imagicle(sandbox.url, "nobody", SECRET, name="wrong"),
            imagicle,
        )
        async with FaxApi(*accounts) as api:
            checks = await api.check(deadline=timedelta(seconds=0.5))
            again = await api.check(accounts=["imagicle", "interfax"])
            with pytest.raises(ConfigurationError, match="no account is called 'est'"):
                await api.check(accounts=["est"])
    assert [(check.account, type(check.error)) for check in checks] == [
        ("interfax", type(None)),
        ("page", DecodeError),
        ("openfax", type(None)),
        ("silent", DeadlineExceeded),
        ("wrong", AuthenticationError),
        ("imagicle", type(None)),
    ]
    assert "the check's 0.5 s were over" in str(checks[3])
    assert checks[3].elapsed >= timedelta(seconds=0.4)
    assert [(check.account, check.ok) for check in again] == [
        ("interfax", True),
        ("imagicle", True),
    ]


async def test_no_time_at_all() -> None:
    with Server(always(GOOD["openfax"])) as server:
        check = await only(Openfax(SECRET, base_url=server.url), deadline=-1)
    assert isinstance(check.error, DeadlineExceeded)
    with pytest.raises(ConfigurationError, match="deadline is not a number"):
        await only(Openfax(SECRET), deadline=float("nan"))


async def test_a_wrong_password_is_sent_once_however_many_accounts_have_it() -> None:
    rejected = page(size=0, result=-1003)
    with Server(always(rejected)) as server:
        names = ("a", "b", "c")
        accounts = [InterFax("acme", SECRET, base_url=server.url, name=name) for name in names]
        async with FaxApi(*accounts) as api:
            checks = await api.check()
            report = await api.collect(Window.last(timedelta(days=1)))
    assert [(check.account, type(check.error)) for check in checks] == [
        (name, AuthenticationError) for name in names
    ]
    assert [check.error.account for check in checks if check.error] == list(names)
    assert {type(outcome.error) for outcome in report.outcomes} == {AuthenticationError}
    assert len(server.requests) == 1


async def test_a_thousand_accounts() -> None:
    with Server(always(GOOD["openfax"])) as server:
        accounts = [
            Openfax(f"{SECRET}{number}", base_url=server.url, name=f"east-{number}")
            for number in range(1000)
        ]
        async with FaxApi(*accounts, max_connections=20) as api:
            checks = await api.check()
    assert all(check.ok for check in checks)
    assert [check.account for check in checks] == [account.name for account in accounts]
    assert len(server.requests) == 1000
    assert server.most_open <= 20


async def test_an_api_that_is_not_open_says_so() -> None:
    api = FaxApi(Openfax(SECRET))
    with pytest.raises(ClientClosed, match="the api is not open"):
        await api.check()


async def test_a_provider_without_a_check_is_not_called_well() -> None:
    check = await only(Probe("https://fax.invalid", name="east"))
    assert isinstance(check.error, ConfigurationError)
    assert "probe 'east': nobody knows how to check this provider" in str(check)
    assert "async method `check`" in str(check)


class Checked(Probe):
    """Somebody's provider."""

    def __init__(self, name: str, work: Callable[[], Any]) -> None:
        super().__init__("https://fax.invalid", name=name)
        self.work = work

    async def check(self) -> None:
        await self.work()


async def bug() -> None:
    raise ZeroDivisionError


async def bare() -> None:
    raise FaxApiError("out of paper")


async def test_a_bug_comes_out_as_itself_and_ends_the_rest() -> None:
    with anyio.fail_after(5):
        async with FaxApi(Checked("a", anyio.sleep_forever), Checked("b", bug)) as api:
            with pytest.raises(ZeroDivisionError):
                await api.check()


async def test_an_error_gets_its_place() -> None:
    check = await only(Checked("east", bare))
    assert str(check.error) == "probe 'east': out of paper"


async def test_cancelling_ends_it() -> None:
    async with FaxApi(Checked("a", anyio.sleep_forever), Checked("b", anyio.sleep_forever)) as api:
        with anyio.move_on_after(0.05) as scope:
            await api.check()
        assert scope.cancelled_caught


async def test_a_check_that_only_waited_says_so() -> None:
    with Server(always(page(fax(7), total=9, size=1))) as server:
        account = InterFax("acme", SECRET, base_url=server.url, pace=Pace(1, per=30))
        async with FaxApi(account) as api:
            (first,) = await api.check()
            (second,) = await api.check(deadline=0.05)
    assert first.ok
    assert isinstance(second.error, DeadlineExceeded)
    assert "before it was sent" in str(second)
    assert len(server.requests) == 1
