"""Accounts from a file and from the environment, and what is said where one of them is wrong."""

from __future__ import annotations

import inspect
import os
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from faxapi import ConfigurationError, FaxApi, FaxApiError, Kind, Window
from faxapi.providers import registered
from faxapi.providers.base import Provider
from faxapi.sandbox import Sandbox
from faxapi.transport.pace import Pace
from faxapi.transport.proxy import Proxy

SECRET = "correct-horse-battery"

WHOLE = """
max_connections = 7

[[account]]
provider = "interfax"
name = "east"
username = "acme"
password = { env = "EAST_PASSWORD" }
scope = "account"
kinds = ["faxes", "usage"]
timezone = "Europe/Rome"
timeout = [5, 60.5]
deadline = 90
retries = 0
keep_raw = false
soap_version = "1.2"
ca_file = "tls/ca.pem"
pace = { calls = 3, per = 30 }
base_url = { env = "EAST_URL" }

[[account]]
provider = "openfax"
api_key = { file = "secrets/openfax" }
soap_actions = { getCDR = "urn:a", getRealtime = "urn:b" }
deadline = inf

[[account]]
provider = "imagicle"
base_url = "https://ucx.example.com"
username = { file = "secrets/imagicle-user" }
password = { file = "secrets/imagicle" }
kinds = "faxes"
timeout = 30
pace = false
deadline = false
"""

PLUGIN = """
from __future__ import annotations
from pathlib import Path
from typing import Any, Literal, Unpack
from pydantic import SecretStr
from faxapi.providers.base import Provider
from faxapi.providers.settings import Options

class My(Provider, name="my-fax"):
    def __init__(
        self, token: SecretStr, *, folders: list[Path] | None = None, level: Literal[1, 2] = 1,
        spans: list[tuple[int, int]] | None = None, weights: dict[str, float] | None = None,
        extra: Any = None, **options: Unpack[Options],
    ) -> None:
        super().__init__("https://fax.example.com", "", options, secret=token)
        self.folders, self.spans, self.weights, self.extra = folders, spans, weights, extra
        self.level = level
"""


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without accounts, and a folder that is not the file's."""
    for name in os.environ:
        if name.startswith(("FAXAPI_", "INTERFAX_", "OPENFAX_", "IMAGICLE_")):
            monkeypatch.delenv(name)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Somebody's package with a provider, as it lies when it is installed."""
    site = tmp_path / "site"
    info = site / "my_fax-1.0.dist-info"
    info.mkdir(parents=True)
    (site / "my_fax.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-fax\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[faxapi.providers]\nmy-fax = my_fax:My\n")
    monkeypatch.syspath_prepend(site)
    registered.cache_clear()
    yield
    registered.cache_clear()


def written(folder: Path, text: str, **secrets: str) -> Path:
    path = folder / "faxapi.toml"
    path.write_text(text)
    for name, secret in secrets.items():
        (folder / name).write_text(secret)
    return path


def secret_of(account: Provider) -> str:
    assert account._secret is not None
    return account._secret.get_secret_value()


def test_a_file_says_what_the_constructors_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, WHOLE)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/openfax").write_bytes(f"{SECRET}\r\n".encode())
    (tmp_path / "secrets/imagicle").write_text(f"{SECRET}\n\n")
    (tmp_path / "secrets/imagicle-user").write_text("user1\n")
    monkeypatch.setenv("EAST_PASSWORD", f" {SECRET}\n")
    monkeypatch.setenv("EAST_URL", "https://fax.example.com/")
    api = FaxApi.from_config(path)
    assert list(api) == ["east", "openfax", "imagicle"]
    assert api._max_connections == 7

    east, openfax, imagicle = (api[name] for name in api)
    assert secret_of(east) == f" {SECRET}\n"
    assert (east.username, east.scope) == ("acme", "account")
    settings = east.settings
    assert settings.kinds == {Kind.FAXES, Kind.USAGE}
    assert settings.zone == ZoneInfo("Europe/Rome")
    assert (settings.connect_timeout, settings.read_timeout, settings.deadline) == (5, 60.5, 90)
    assert (settings.retries, settings.keep_raw) == (0, False)
    assert settings.base_url == "https://fax.example.com"
    assert settings.tls.ca_file == tmp_path / "tls/ca.pem"
    assert settings.pace == Pace(3, per=30)

    assert secret_of(openfax) == SECRET
    assert openfax._service.actions == {"getCDR": "urn:a", "getRealtime": "urn:b"}
    assert openfax.settings.deadline == float("inf")

    assert secret_of(imagicle) == f"{SECRET}\n"
    assert imagicle.username == "user1"
    assert imagicle.settings.kinds == {Kind.FAXES}
    assert imagicle.settings.read_timeout == 30
    assert imagicle.settings.deadline is None
    assert imagicle.settings.pace is None


def test_the_path_may_be_a_text_and_the_file_may_begin_with_a_mark(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEY", SECRET)
    path = tmp_path / "faxapi.toml"
    path.write_bytes('\ufeff[[account]]\nprovider="openfax"\napi_key={env="KEY"}'.encode())
    assert list(FaxApi.from_config(str(path))) == ["openfax"]


def test_a_variable_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, WHOLE.partition('[[account]]\nprovider = "openfax"')[0])
    monkeypatch.setenv("EAST_PASSWORD", SECRET)
    monkeypatch.setenv("EAST_URL", "https://fax.example.com")
    monkeypatch.setenv("OPENFAX_API_KEY", SECRET)
    monkeypatch.setenv("FAXAPI_CONFIG", str(path))
    assert list(FaxApi.from_config()) == ["east"]
    monkeypatch.setenv("FAXAPI_CONFIG", "")
    assert list(FaxApi.from_config()) == ["openfax"]


@pytest.mark.usefixtures("plugin")
def test_anyones_provider_is_configured_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", SECRET)
    text = """
    [[account]]
    provider = "my-fax"
    token = {env = "TOKEN"}
    folders = ["a", "/b"]
    spans = [[1, 2], [3, 4]]
    weights = {a = 1, b = 0.5}
    level = 2
    extra = [{a = true}]
    currency = "EUR"
    """
    account = FaxApi.from_config(written(tmp_path, text))["my-fax"]
    assert account.folders == [tmp_path / "a", Path("/b")]
    assert account.spans == [(1, 2), (3, 4)]
    assert account.weights == {"a": 1, "b": 0.5}
    assert account.extra == [{"a": True}]
    assert account.settings.currency == "EUR"
    assert secret_of(account) == SECRET

    monkeypatch.setenv("MY_FAX_TOKEN", SECRET)
    monkeypatch.setenv("MY_FAX_WEIGHTS", "{a = 2}")
    monkeypatch.setenv("MY_FAX_LEVEL", "2")
    monkeypatch.setenv("MY_FAX_CURRENCY", "USD")
    monkeypatch.setenv("INTERFAX_USERNAME", "acme")
    monkeypatch.setenv("INTERFAX_PASSWORD", SECRET)
    api = FaxApi.from_config()
    assert list(api) == ["interfax", "my-fax"]
    account = api["my-fax"]
    assert (account.weights, account.level, account.settings.currency) == ({"a": 2}, 2, "USD")

    wrong = text.replace("[[1, 2]", "[[1, 2, 3]")
    with pytest.raises(ConfigurationError, match="account 1: spans must be a list or false"):
        FaxApi.from_config(written(tmp_path, wrong))


def test_a_proxy_is_written_into_the_file_unless_it_has_a_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", SECRET)
    monkeypatch.setenv("PROXY", f"http://bob:{SECRET}@proxy.example.com:3128")
    monkeypatch.setenv("INTERFAX_USERNAME", "acme")
    monkeypatch.setenv("INTERFAX_PASSWORD", SECRET)
    monkeypatch.setenv("INTERFAX_PROXY", f"http://bob:{SECRET}@proxy.example.com:3128")
    login = SecretStr(f"bob:{SECRET}")
    apis = [
        FaxApi.from_config(written(tmp_path, LOGIN + f"proxy = {given}", secret=f"{address}\n"))
        for given, address in (
            ('"http://proxy.example.com:3128"', ""),
            ('{env = "PROXY"}', ""),
            ('{file = "secret"}', f"http://bob:{SECRET}@proxy.example.com:3128"),
            ("false", ""),
        )
    ]
    found = [api[name].settings.proxy for api in [*apis, FaxApi.from_config()] for name in api]
    plain = Proxy("http", "proxy.example.com", 3128)
    assert found == [plain, *[replace(plain, login=login)] * 2, None, replace(plain, login=login)]


INTERFAX = '[[account]]\nprovider = "interfax"\nname = "east"\n'
LOGIN = INTERFAX + 'username = "acme"\npassword = {env = "PASSWORD"}\n'


OPENFAX = '[[account]]\nprovider = "openfax"\napi_key = {env = "PASSWORD"}\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", r"there is no account.*provider: imagicle, interfax, openfax"),
        ("account = []", "there is no account"),
        ('[account]\nprovider = "interfax"', r"account is not a list.*\[\[account\]\]"),
        ("account = 5", r"account is not a list of tables"),
        ("account = [1]", r"account is not a list of tables"),
        ("[[accounts]]", "unknown key 'accounts'. Did you mean 'account'?"),
        ("[[account]]\n[colour]", "unknown key 'colour'. Keys are account, max_connections"),
        ("max_connections = true\n" + LOGIN, "max_connections must be a whole number"),
        ("max_connections = 0\n" + LOGIN, "max_connections is 0, and must be 1 or more"),
        ("\n\nname = acme", r"is not TOML: .*line 3, column 8"),
        ('a = "' + SECRET, "is not TOML: "),
        ("a = " + "[" * 3000, "nests too deeply, or has a number that is too long"),
        ("a = " + "9" * 5000, "nests too deeply, or has a number that is too long"),
        (
            "[[account]]\nname = 'x'",
            "account 1: it names no provider. Registered are imagicle, int",
        ),
        ("[[account]]\nprovider = 5", "account 1: it names no provider. Registered are "),
        ("[[account]]\nprovider = 'efax'", "account 1: no provider is called 'efax'. "),
        ("[[account]]\nprovider = 'intrfax'", "Did you mean 'interfax'?"),
        (LOGIN + INTERFAX, r"interfax 'east': .*: account 2: username, password must be given"),
        (LOGIN + "\npasword = 5", r"'east': .*account 1: unknown key 'pasword'.*'password'"),
        (LOGIN + "\nclock = 5", r"unknown key 'clock'.*Keys are allow_insecure, base_url,"),
        (LOGIN + LOGIN, "several accounts are called 'east'"),
        (LOGIN.replace('"east"', "5"), "interfax: .*: account 1: name must be a text"),
        (LOGIN.replace('"acme"', "5"), "account 1: username must be a text"),
        (LOGIN.replace('"acme"', '""'), "interfax 'east': .*account 1: the user name is empty"),
        (LOGIN + "retries = true", "retries must be a whole number"),
        (LOGIN + "retries = 1.5", "retries must be a whole number"),
        (LOGIN + "retries = -1", "retries is -1, and must be 0 or more"),
        (LOGIN + 'keep_raw = "no"', "keep_raw must be true or false"),
        (LOGIN + 'timeout = "5"', "timeout must be a number or a list of 2"),
        (LOGIN + "timeout = [5]", "timeout must be a number or a list of 2"),
        (LOGIN + 'timeout = [5, "5"]', "timeout must be a number or a list of 2"),
        (LOGIN + "timeout = 2026-03-14", "timeout must be a number or a list of 2"),
        (LOGIN + "deadline = true", "deadline must be a number or false"),
        (LOGIN + "deadline = nan", "deadline is not a number of seconds"),
        (LOGIN + "kinds = [1]", "kinds must be a list"),
        (LOGIN + "kinds = {a = 1}", "kinds must be a list"),
        (LOGIN + 'kinds = ["letters"]', "letters cannot be collected"),
        (LOGIN + 'scope = "all"', "scope must be 'user' or 'account'"),
        (LOGIN + "ca_file = 5", "ca_file must be a path or a text"),
        (LOGIN + 'ssl_context = "x"', r"ssl_context can be given in Python only\. Make this"),
        (OPENFAX + "soap_actions = {a = 1}", "soap_actions must be a table or false"),
        (OPENFAX + "soap_actions = []", "soap_actions must be a table or false"),
        (LOGIN + "proxy = 5", "proxy must be a text or false"),
        (LOGIN + 'proxy = "proxy:3128"', "proxy is not an http or https address"),
        (
            LOGIN + f'proxy = "http://bob:{SECRET}@proxy"',
            "proxy is not given by reference. Write p",
        ),
        (LOGIN + f'proxy = "bob:{SECRET}@proxy"', "proxy is not given by reference"),
        (LOGIN + f'proxy = ["http://bob:{SECRET}@proxy"]', "proxy must be a text or false"),
        (LOGIN + 'proxy = {file = "socks"}', "proxy is a SOCKS proxy"),
        (LOGIN + 'timezone = "Mars/Olympus"', "no time zone is called 'Mars/Olympus'"),
        (LOGIN + 'base_url = "http://fax.example.com"', "http, which would send the password"),
        (LOGIN + 'base_url = {env = "NOWHERE"}', "base_url: the environment variable NOWHERE is n"),
        (LOGIN + 'retries = {env = "WORD"}', "retries must be a whole number"),
        (LOGIN.replace('"PASSWORD"', '"EMPTY"'), "password: the environment variable EMPTY is em"),
        (LOGIN.replace("env", "file"), r"password: .*/PASSWORD: cannot be read: No such file"),
        (LOGIN.replace('env = "PASSWORD"', 'file = ""'), "password: .*: cannot be read: "),
        (LOGIN.replace('env = "PASSWORD"', 'file = "a\\u0000"'), "cannot be read: it is no path"),
        (LOGIN.replace('env = "PASSWORD"', 'file = "binary"'), "binary: is not a text in UTF-8"),
        (LOGIN.replace('env = "PASSWORD"', 'file = "empty"'), "the password is empty"),
        *(
            (
                LOGIN.replace('{env = "PASSWORD"}', given),
                r'password is not given by reference\. Write password = {env = "A_VARIABLE"} or {f',
            )
            for given in (
                f'"{SECRET}"',
                "5",
                "{}",
                "{env = 5}",
                f'{{env = "PASSWORD", default = "{SECRET}"}}',
                '{env = "PASSWORD", file = "x"}',
            )
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named(
    text: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", SECRET)
    monkeypatch.setenv("EMPTY", "")
    monkeypatch.setenv("WORD", "many")
    path = written(tmp_path, text, empty="\n", socks=f"socks5://bob:{SECRET}@proxy")
    (tmp_path / "binary").write_bytes(SECRET.encode() + b"\xff")
    with pytest.raises(ConfigurationError, match=says) as caught:
        FaxApi.from_config(path)
    assert str(path) in str(caught.value)
    check_silent(caught.value)


def check_silent(error: FaxApiError) -> None:
    """Neither what an error says nor what hangs on it shows the secret."""
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    frames = [frame.locals for frame in trace.stack if "/tests/" not in frame.filename]
    assert SECRET not in f"{error} {error!r} {vars(error)} {frames}"
    assert error.__cause__ is error.__context__ is None


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path, ""):
        with pytest.raises(ConfigurationError, match="cannot be read: ") as caught:
            FaxApi.from_config(path)
        assert str(caught.value).startswith(str(path))


VARIABLES = {
    "INTERFAX_USERNAME": "acme",
    "INTERFAX_PASSWORD": SECRET,
    "INTERFAX_NAME": "2",
    "INTERFAX_SCOPE": "account",
    "INTERFAX_KINDS": "faxes, usage",
    "INTERFAX_TIMEZONE": "Europe/Rome",
    "INTERFAX_TIMEOUT": "[5, 60]",
    "INTERFAX_DEADLINE": "1.5",
    "INTERFAX_RETRIES": "0",
    "INTERFAX_KEEP_RAW": "False",
    "INTERFAX_CA_FILE": "ca.pem",
    "INTERFAX_CURRENCY": "",
    "INTERFAX_OTHER": "another program's",
    "OPENFAX_API_KEY": "12345",
    "OPENFAX_SOAP_ACTIONS": '{ getCDR = "urn:A" }',
    "OPENFAX_TIMEOUT": "30",
    "OPENFAX_DEADLINE": "false",
}


def test_the_environment_says_what_the_constructors_take(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in VARIABLES.items():
        monkeypatch.setenv(name, text)
    api = FaxApi.from_config()
    assert list(api) == ["2", "openfax"]
    interfax, openfax = api["2"], api["openfax"]
    assert (interfax.username, secret_of(interfax), interfax.scope) == ("acme", SECRET, "account")
    settings = interfax.settings
    assert settings.kinds == {Kind.FAXES, Kind.USAGE}
    assert settings.zone == ZoneInfo("Europe/Rome")
    assert (settings.connect_timeout, settings.read_timeout, settings.deadline) == (5, 60, 1.5)
    assert (settings.retries, settings.keep_raw, settings.currency) == (0, False, None)
    assert settings.tls.ca_file == Path("ca.pem")

    assert secret_of(openfax) == "12345"
    assert openfax._service.actions == {"getCDR": "urn:A"}
    assert (openfax.settings.read_timeout, openfax.settings.deadline) == (30, None)


@pytest.mark.parametrize(
    ("variables", "says"),
    [
        (
            {},
            (
                "^the environment: no account is configured.*FAXAPI_CONFIG.* set IMAGICLE_BASE_URL "
                "and IMAGICLE_USERNAME and IMAGICLE_PASSWORD; or .*; or OPENFAX_API_KEY"
            ),
        ),
        ({"INTERFAX_OTHER": "x", "OPENFAX_API_KEY": ""}, "no account is configured"),
        (
            {"INTERFAX_USERNAME": "acme", "INTERFAX_PASSWROD": SECRET, "INTERFAX_COLOUR": "red"},
            "PASSWORD must be set, and not be empty. Set, but not known: INTERFAX_PASSWROD$",
        ),
        (
            {"INTERFAX_NAME": "acme", "INTERFAX_PASSWORD": SECRET},
            "INTERFAX_USERNAME must be set, and not be empty$",
        ),
        (
            {"IMAGICLE_TIMEOUT": "5", "IMAGICLE_PASSWORD": ""},
            "^imagicle: .*: IMAGICLE_BASE_URL, IMAGICLE_USERNAME, IMAGICLE_PASSWORD must be set",
        ),
        (
            {"OPENFAX_API_KEY": SECRET, "OPENFAX_RETRIES": "many"},
            "OPENFAX_RETRIES must be a whole number",
        ),
        (
            {"OPENFAX_API_KEY": SECRET, "OPENFAX_RETRIES": "[" * 3000},
            "OPENFAX_RETRIES must be a whole number",
        ),
        (
            {"OPENFAX_API_KEY": SECRET, "OPENFAX_RETRIES": "9" * 5000},
            "OPENFAX_RETRIES must be a whole number",
        ),
        (
            {"OPENFAX_API_KEY": f"{SECRET}\udcff"},
            "^openfax: the environment: the API key is not in UTF-8",
        ),
        (
            {"OPENFAX_API_KEY": SECRET, "OPENFAX_KEEP_RAW": "1"},
            "OPENFAX_KEEP_RAW must be true or false",
        ),
        (
            {"OPENFAX_API_KEY": SECRET, "OPENFAX_SSL_CONTEXT": "x"},
            "OPENFAX_SSL_CONTEXT can be given in Python only",
        ),
        (
            {"OPENFAX_API_KEY": SECRET, "OPENFAX_RETRIES": "-1"},
            "^openfax: the environment: retries is -1, and must be 0 or more",
        ),
        (
            {
                "OPENFAX_API_KEY": SECRET,
                "OPENFAX_NAME": "interfax",
                "INTERFAX_USERNAME": "acme",
                "INTERFAX_PASSWORD": SECRET,
            },
            "the environment: several accounts are called 'interfax'",
        ),
    ],
)
def test_what_is_wrong_in_the_environment_is_named(
    variables: dict[str, str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    with pytest.raises(ConfigurationError, match=says) as caught:
        FaxApi.from_config()
    check_silent(caught.value)


def test_a_bug_in_a_constructor_comes_out_as_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setenv("PASSWORD", SECRET)
    monkeypatch.setattr(Provider, "__init__", fail)
    with pytest.raises(ZeroDivisionError):
        FaxApi.from_config(written(tmp_path, LOGIN))


@pytest.mark.parametrize("provider", registered())
def test_the_keywords_of_every_provider_are_known(provider: str, tmp_path: Path) -> None:
    signature = inspect.signature(registered()[provider], eval_str=True)
    (options,) = get_args(signature.parameters["options"].annotation)
    names = {*signature.parameters, *options.__annotations__} - {"options"}
    assert len(names) > 12
    with pytest.raises(ConfigurationError) as caught:
        FaxApi.from_config(written(tmp_path, f"[[account]]\nprovider = '{provider}'\nx_y_z = 1"))
    assert caught.value.hint == f"Keys are {', '.join(sorted(names))}"


@pytest.mark.asyncio
async def test_a_configured_api_collects(monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox(faxes=20, rate_limit=None) as sandbox:
        monkeypatch.setenv("INTERFAX_PACE", "false")
        for provider, login in sandbox.credentials.items():
            for key, text in login.items():
                monkeypatch.setenv(f"{provider}_{key}".upper(), text)
            monkeypatch.setenv(f"{provider}_TIMEZONE".upper(), "UTC")
        async with FaxApi.from_config() as api:
            report = await api.collect(Window.last(timedelta(days=20)))
    assert report.complete
    assert {fax.account for fax in report.faxes} == {"interfax", "openfax", "imagicle"}
