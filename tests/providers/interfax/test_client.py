"""An InterFax account: its keywords, and what it never shows."""

from decimal import Decimal
from typing import Any

import anyio
import pytest
from pydantic import SecretStr

from faxapi.errors import AuthenticationError, ClientClosed, ConfigurationError
from faxapi.providers.interfax import InterFax
from tests.providers.interfax.peer import interfax, soap


def test_where_it_speaks_to_unless_told() -> None:
    assert InterFax("acme", "x").settings.base_url == "https://ws.interfax.net"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"username": ""}, r"the user name is empty.*Check where"),
        ({"username": 5}, "username cannot be of type int"),
        ({"username": "acme\udcff"}, "the user name is not in UTF-8"),
        ({"password": "s3cret\udcff"}, "the password is not in UTF-8"),
        ({"password": ""}, r"the password is empty.*Check where"),
        ({"password": SecretStr("")}, "the password is empty"),
        ({"password": None}, "the password is NoneType, not a text"),
        ({"scope": "all"}, r"scope is 'all'.*\"account\""),
        ({"soap_version": "2.0"}, r"soap_version is '2.0'.*\"1.2\""),
        ({"colour": "red"}, "unknown keyword 'colour'"),
        ({"base_url": "http://fax.example.com"}, "http, which would send the password"),
    ],
)
def test_a_wrong_keyword_names_the_account(options: dict[str, Any], why: str) -> None:
    arguments: dict[str, Any] = {
        "username": "acme",
        "password": "s3cret",
        "name": "east",
        **options,
    }
    with pytest.raises(ConfigurationError, match=why) as caught:
        InterFax(**arguments)
    assert (caught.value.provider, caught.value.account) == ("interfax", "east")
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("password", ["", None, SecretStr("")])
def test_another_login_is_checked_too(password: str | SecretStr | None) -> None:
    client = InterFax("acme", "x", name="east")
    with pytest.raises(ConfigurationError, match="the password is") as caught:
        client.with_credentials("acme.jane", password)  # type: ignore[arg-type]
    assert (caught.value.provider, caught.value.account) == ("interfax", "east")


def locals_of(error: BaseException) -> str:
    """Show the variables of every frame that an error has passed."""
    shown: list[str] = []
    frame = error.__traceback__
    while frame is not None:
        if "faxapi/providers" in frame.tb_frame.f_code.co_filename:
            shown.append(repr(frame.tb_frame.f_locals))
        frame = frame.tb_next
    return "\n".join(shown)


@pytest.mark.parametrize("password", ["s3cret", SecretStr("s3cret")])
def test_the_password_is_in_no_repr_and_in_no_frame(password: str | SecretStr) -> None:
    client = InterFax("acme", password)
    assert repr(client) == "InterFax('interfax', username='acme')"
    assert "s3cret" not in repr(vars(client))
    with pytest.raises(ConfigurationError) as caught:
        InterFax("", password)
    assert locals_of(caught.value) == ""
    with pytest.raises(ConfigurationError) as caught:
        client.with_credentials("", password)
    assert locals_of(caught.value) == ""


def test_what_is_no_password_is_in_no_frame_either() -> None:
    password: Any = b"s3cret"
    with pytest.raises(ConfigurationError, match="bytes, not a text") as caught:
        InterFax("acme", password)
    assert locals_of(caught.value) == ""


@pytest.mark.asyncio
async def test_a_client_that_is_not_open_says_so() -> None:
    with pytest.raises(ClientClosed, match=r"admin\.CloseUser.*not open yet"):
        await InterFax("acme", "x").admin.close_user("acme.jane")


def test_another_login_keeps_the_settings() -> None:
    client = InterFax("acme", "x", name="east", scope="account", newest_transaction_id=5)
    other = client.with_credentials("acme.jane", SecretStr("y"))
    assert isinstance(other, InterFax)
    assert (other.name, other.scope, other.newest_transaction_id) == ("east", "account", 5)
    assert (client.username, other.username) == ("acme", "acme.jane")
    assert other.settings is client.settings


@pytest.mark.asyncio
async def test_a_corrected_password_is_another_login() -> None:
    rejected = soap("GetAccountPPCardsBalance", balance(-1003))
    with interfax(rejected, soap("GetAccountPPCardsBalance", balance(0))) as (client, server):
        async with client:
            for _ in range(2):
                with pytest.raises(AuthenticationError):
                    await client.admin.get_account_pp_cards_balance()
            assert len(server.requests) == 1
            corrected = client.with_credentials("acme", "corrected")
            assert await corrected.admin.get_account_pp_cards_balance() == Decimal("1.50")


@pytest.mark.asyncio
async def test_a_call_without_a_login_proves_no_login() -> None:
    zones = soap("GetTimeZones", "<GetTimeZonesResult />")
    rejected = soap("GetAccountPPCardsBalance", balance(-1003))
    with interfax(zones, rejected) as (client, server):
        async with client:
            assert await client.admin.get_time_zones() == []
            async with anyio.create_task_group() as group:
                for _ in range(4):
                    group.start_soon(rejected_once, client)
    assert len(server.requests) == 2


async def rejected_once(client: InterFax) -> None:
    with pytest.raises(AuthenticationError):
        await client.admin.get_account_pp_cards_balance()


def balance(code: int) -> str:
    result = f"<GetAccountPPCardsBalanceResult>{code}</GetAccountPPCardsBalanceResult>"
    return f"{result}<Balance>1.50</Balance>"
