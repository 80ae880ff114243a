"""No secret comes out of what makes an account, however wrong its settings are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from faxapi import FaxApi, Imagicle, InterFax, Openfax
from faxapi.errors import ConfigurationError
from faxapi.providers import Provider
from tests.secrets.logins import PASSWORD, PROXY_LOGIN, PROXY_PASSWORD
from tests.secrets.witness import Witness

ADDRESS = "https://fax.example.com"
Make = Callable[..., Provider]


def interfax(secret: Any, **options: Any) -> Provider:  # noqa: ANN401 - right and wrong ones
    return InterFax("acme", secret, **options)


def another_login(secret: Any, **options: Any) -> Provider:  # noqa: ANN401 - as above
    return InterFax("acme", "another", **options).with_credentials("acme.bob", secret)


def openfax(secret: Any, **options: Any) -> Provider:  # noqa: ANN401 - as above
    return Openfax(secret, **options)


def imagicle(secret: Any, **options: Any) -> Provider:  # noqa: ANN401 - as above
    return Imagicle(ADDRESS, "user1", secret, **options)


@pytest.mark.parametrize("make", [interfax, another_login, openfax, imagicle])
@pytest.mark.parametrize(
    "options",
    [
        {"colour": "red"},
        {"timeout": "long"},
        {"timeout": 0},
        {"kinds": ["letters"]},
        {"timezone": "Mars/Olympus"},
        {"name": ""},
        {"pace": {"calls": 0}},
        {"ca_file": "none.pem", "ssl_context": object()},
    ],
    ids=" ".join,
)
def test_a_wrong_keyword(witness: Witness, make: Make, options: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(PASSWORD, **options)
    witness.error(caught.value)


@pytest.mark.parametrize("make", [interfax, another_login, openfax, imagicle])
@pytest.mark.parametrize("secret", [PASSWORD.encode(), [PASSWORD], {PASSWORD: 1}], ids=type)
def test_a_secret_that_is_no_text(witness: Witness, make: Make, secret: object) -> None:
    with pytest.raises(ConfigurationError) as caught:
        make(secret)
    witness.error(caught.value)


@pytest.mark.parametrize("make", [interfax, another_login, openfax, imagicle])
def test_a_secret_that_is_not_in_utf_8(witness: Witness, make: Make) -> None:
    """So Python reads such a variable of the environment."""
    with pytest.raises(ConfigurationError, match="not in UTF-8") as caught:
        make(f"{PASSWORD}\udcfc")
    witness.error(caught.value)


@pytest.mark.parametrize("make", [interfax, openfax])
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.anyio
async def test_a_secret_that_xml_cannot_hold(witness: Witness, make: Make) -> None:
    async with make(f"{PASSWORD}\x07") as account:
        with pytest.raises(ConfigurationError, match="control character") as caught:
            await account.check()
    witness.error(caught.value)


@pytest.mark.parametrize("make", [interfax, another_login, openfax, imagicle])
@pytest.mark.parametrize(
    "proxy",
    [
        f"http://{PROXY_LOGIN}@proxy:port",
        f"http://{PROXY_LOGIN}@",
        f"http://{PROXY_LOGIN}@proxy/path",
        f"http://bob:{PROXY_PASSWORD}@proxy",
        f"socks5://{PROXY_LOGIN}@proxy",
        f"bob:{PROXY_PASSWORD}",
        PROXY_PASSWORD.encode(),
        [PROXY_PASSWORD],
    ],
    ids=repr,
)
def test_a_wrong_proxy(witness: Witness, make: Make, proxy: object) -> None:
    with pytest.raises(ConfigurationError, match="proxy") as caught:
        make(PASSWORD, proxy=proxy)
    witness.error(caught.value)


@pytest.mark.parametrize("make", [interfax, another_login, openfax, imagicle])
def test_a_wrong_keyword_beside_a_proxy(witness: Witness, make: Make) -> None:
    for wrong in ({"colour": "red"}, {"retries": -1}, {"ca_file": 5}):
        with pytest.raises(ConfigurationError) as caught:
            make(PASSWORD, proxy=f"http://{PROXY_LOGIN}@proxy", **wrong)
        witness.error(caught.value)


LOGIN = 'username = "acme"\npassword = {{ env = "OUR_SECRET" }}\n'
FILES = {
    "no TOML": 'username = "acme"\n{secret}\n',
    "a text that does not end": 'username = "{secret}\n',
    "a secret twice": 'password = "{secret}"\npassword = "{secret}"\n',
    "an unknown escape": 'password = "\\q{secret}"\n',
    "a secret itself": "username = 'acme'\npassword = '''{secret}'''\n",
    "a secret in a list": "username = 'acme'\npassword = ['''{secret}''']\n",
    "a reference too many": "password = {{ env = 'OUR_SECRET', or = '''{secret}''' }}\n",
    "an unknown key beside it": f"{LOGIN}color = 1\n",
    "a wrong value beside it": f"{LOGIN}retries = -1\n",
    "a wrong kind beside it": f"{LOGIN}kinds = ['x']\n",
    "a number out of it": f'{LOGIN}retries = {{{{ env = "OUR_SECRET" }}}}\n',
    "a table out of it": f'{LOGIN}pace = {{{{ file = "secret" }}}}\n',
    "a variable that is not set": 'username = "acme"\npassword = {{ env = "NONE" }}\n',
    "a file that is not there": 'username = "acme"\npassword = {{ file = "none" }}\n',
    "a file in Latin-1": 'username = "acme"\npassword = {{ file = "latin" }}\n',
    "a proxy's login itself": f"{LOGIN}proxy = '''http://bob:{{secret}}@proxy'''\n",
    "a proxy that is none": f'{LOGIN}proxy = {{{{ env = "OUR_SECRET" }}}}\n',
    "a missing user name": 'password = {{ file = "secret" }}\n',
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_wrong(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("OUR_SECRET", PASSWORD)
    (tmp_path / "secret").write_text(PASSWORD)
    (tmp_path / "latin").write_bytes(f"{PASSWORD}ü".encode("latin-1", "replace"))
    text = FILES[name].format(secret=PASSWORD)
    file = tmp_path / "faxapi.toml"
    file.write_text(f'[[account]]\nprovider = "interfax"\n{text}', encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        FaxApi.from_config(file)
    witness.error(caught.value)


@pytest.mark.parametrize(
    "variables",
    [
        {"INTERFAX_PASSWORD": PASSWORD},
        {"INTERFAX_USERNAME": "acme", "INTERFAX_PASSWORT": PASSWORD},
        {"INTERFAX_USERNAME": "acme", "INTERFAX_PASSWORD": PASSWORD, "INTERFAX_RETRIES": "x"},
        {"INTERFAX_USERNAME": "acme", "INTERFAX_PASSWORD": PASSWORD, "INTERFAX_TIMEOUT": "[1"},
        {"OPENFAX_API_KEY": PASSWORD, "OPENFAX_SOAP_VERSION": "3"},
        {"OPENFAX_API_KEY": PASSWORD, "OPENFAX_PROXY": PROXY_PASSWORD},
        {"FAXAPI_CONFIG": "none.toml", "OPENFAX_API_KEY": PASSWORD},
    ],
    ids=" ".join,
)
def test_an_environment_that_is_wrong(
    witness: Witness, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    for variable, text in variables.items():
        monkeypatch.setenv(variable, text)
    with pytest.raises(ConfigurationError) as caught:
        FaxApi.from_config()
    witness.error(caught.value)


def test_accounts_from_a_file_hide_it_as_well(
    witness: Witness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_SECRET", PASSWORD)
    file = tmp_path / "faxapi.toml"
    file.write_text(
        '[[account]]\nprovider = "interfax"\nusername = "acme"\npassword = {env = "OUR_SECRET"}\n'
    )
    api = FaxApi.from_config(file)
    witness.shown(api, api["interfax"], api["interfax"].settings)
