"""Many accounts at each provider, each with a login and faxes of its own."""

from datetime import timedelta

import pytest
import sniffio

from faxapi import ConfigurationError, FaxApi, Kind, Window
from faxapi.sandbox import Sandbox
from tests.sandbox.wire import DFS, NOW, Caller, calling, login, page, value, values

MONTH = Window.last(timedelta(days=29), now=NOW)
PROVIDERS = ["interfax", "openfax", "imagicle"]


@pytest.mark.anyio
async def test_all_of_them_are_collected_at_once(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with Sandbox(now=NOW, faxes=10) as sandbox:
        sandbox.add_accounts(12, faxes=9)
        sandbox.add_accounts(2, provider="openfax", faxes=9)
        sandbox.add_accounts(2, provider="imagicle", faxes=9)
        accounts = [each for name in PROVIDERS for each in sandbox.accounts_of(name)]
        names = [account.name for account in accounts]
        async with FaxApi(*accounts, clock=lambda: NOW) as api:
            report = await api.collect(MONTH)
    report.raise_for_failures()
    assert len(names) == 13 + 3 + 3
    assert {"interfax", "interfax0012", "openfax0002", "imagicle0001"} < set(names)
    assert {fax.account for fax in report.faxes} == set(names)
    assert {outcome.account for outcome in report.outcomes if outcome.kind is Kind.USAGE} == {
        name for name in names if name.startswith("interfax")
    }


def test_no_account_sees_or_changes_another(empty: Caller) -> None:
    sandbox = empty.sandbox
    first, second = sandbox.add_accounts(2, faxes=0)
    mine = first.add_fax()
    logins = [(each["username"], each["password"]) for each in sandbox.logins("interfax")]
    found = [
        values(empty.call(DFS, "FaxStatusEx", login(*who) + page()), "TransactionID")
        for who in logins
    ]
    assert found == [[], [str(mine)], []]

    def opened(username: str) -> str:
        new = f"<NewUser><Username>{username}</Username><Password>abc123</Password></NewUser>"
        who = login(*logins[1], prefix="Primary")
        answer = empty.call(("/admin.asmx", "http://interfax.net/Admin"), "OpenUser", who + new)
        return value(answer, "OpenUserResult")

    assert [opened("interfax0001.eve"), opened("acme.eve")] == ["0", "-2013"]
    eve = empty.call(DFS, "FaxStatusEx", login("interfax0001.eve", "abc123") + page())
    assert value(eve, "ResultCode") == "0"
    assert "interfax0001.eve" in first.users
    assert "interfax0001.eve" not in {*second.users, *sandbox.interfax.users}


def test_each_has_faxes_of_its_own_and_the_same_seed_gives_the_same() -> None:
    def pages() -> list[str]:
        with calling(Sandbox(now=NOW, faxes=0, rate_limit=None)) as caller:
            caller.sandbox.add_accounts(3, faxes=6)
            return [
                caller.call(
                    DFS, "FaxStatusEx", login(each["username"], each["password"]) + page()
                ).text
                for each in caller.sandbox.logins("interfax")
            ]

    once = pages()
    assert [text.count("<FaxItemEx>") for text in once] == [0, 6, 6, 6]
    assert len(set(once)) == 4
    assert pages() == once


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_first_login_is_that_of_the_credentials(empty: Caller, provider: str) -> None:
    sandbox = empty.sandbox
    assert sandbox.logins(provider) == [sandbox.credentials[provider]]
    (client,) = (each for each in sandbox.accounts() if each.provider == provider)
    (same,) = sandbox.accounts_of(provider)
    assert (same.name, same.username, same.settings) == (
        client.name,
        client.username,
        client.settings,
    )


def test_a_thousand_are_made() -> None:
    sandbox = Sandbox(now=NOW, faxes=0)
    accounts = sandbox.add_accounts(1000)
    assert sum(len(each.faxes(each.username)) for each in accounts) == 20_000


def test_what_cannot_be_is_refused(empty: Caller) -> None:
    sandbox = empty.sandbox
    with pytest.raises(ConfigurationError, match="Perhaps interfax"):
        sandbox.accounts_of("interfaxx")
    with pytest.raises(ConfigurationError, match="no provider"):
        sandbox.add_accounts(1, provider="efax")  # type: ignore[call-overload]
    with pytest.raises(ConfigurationError, match="count is -1"):
        sandbox.add_accounts(-1)
    with pytest.raises(ConfigurationError, match="faxes is -1"):
        sandbox.add_accounts(1, faxes=-1)
