"""An InterFax account: its keywords, and what it never shows."""

from typing import Any

import pytest
from pydantic import SecretStr

from faxapi.errors import ClientClosed, ConfigurationError
from faxapi.providers.interfax import InterFax


def test_where_it_speaks_to_unless_told() -> None:
    assert InterFax("acme", "x").settings.base_url == "https://ws.interfax.net"


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"username": ""}, "the user name is empty"),
        ({"password": ""}, "the password is empty"),
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
    assert "username" in locals_of(caught.value)
    assert "s3cret" not in locals_of(caught.value)
    with pytest.raises(ConfigurationError) as caught:
        client.with_credentials("", password)
    assert "username" in locals_of(caught.value)
    assert "s3cret" not in locals_of(caught.value)


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
