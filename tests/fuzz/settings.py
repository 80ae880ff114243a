"""Settings, configuration files, windows and cursors that nobody should give, but somebody does."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import anyio
from hypothesis import strategies as st
from pydantic import SecretStr

from faxapi import Cursor, FaxApi, Imagicle, InterFax, Openfax, Pace, Window
from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.providers import registered
from faxapi.providers.base import Provider
from faxapi.providers.keywords import keywords
from faxapi.transport import pace
from tests.fuzz.answers import BACKENDS
from tests.fuzz.corpus import kept
from tests.fuzz.damage import TOML, VALUES, damaged
from tests.sandbox.wire import NOW

MOST_SECONDS = 20.0
_PASSWORD = '{env = "FAXAPI_FUZZ"}'
_FILES = [
    f"""max_connections = 20
[[account]]
provider = "interfax"
username = "acme"
password = {_PASSWORD}
name = "east"
kinds = ["faxes", "usage"]
timezone = "America/New_York"
timeout = [10, 60.5]
deadline = 300
retries = 2
pace = {{calls = 6, per = 60}}
scope = "account"
keep_raw = false
soap_version = "1.2"
[[account]]
provider = "openfax"
api_key = {{file = "key"}}
base_url = "https://fax.example.com"
soap_actions = {{getCDRByJobID = "urn:a"}}
namespace = "urn:a"
pace = false
currency = "USD"
ca_file = "ca.pem"
max_response_bytes = 1_000_000
""".encode(),
    f"""[[account]]
provider = "imagicle"
base_url = "http://localhost:1"
username = "user1"
password = {_PASSWORD}
timezone = {{env = "FAXAPI_FUZZ"}}
deadline = false
allow_insecure = true
""".encode(),
]


def files() -> st.SearchStrategy[tuple[bytes, str]]:
    """Configuration files with damage, and what the variable that they name holds."""
    texts = st.sampled_from(["secret", "UTC", "[5, 60]", "false", "\udc80", "[" * 3000, "9" * 5000])
    return st.tuples(damaged(_FILES, TOML) | st.binary(max_size=50), texts)


@cache
def _folder() -> Path:
    return Path(kept(tempfile.TemporaryDirectory()))


def configure(given: tuple[bytes, str]) -> None:
    """Read a file; anything but a ConfigurationError comes out."""
    content, text = given
    path = _folder() / "faxapi.toml"
    path.write_bytes(content)
    path.with_name("key").write_bytes(os.fsencode(text))
    with patch.dict(os.environ, {"FAXAPI_FUZZ": text}), suppress(ConfigurationError):
        FaxApi.from_config(path)


_SAID = [
    "1", "-1", "nan", "inf", "1e400", "true", "[5, 60]", "{calls = 6}", "{a = 1}", "[[1]]", "UTC",
    "9" * 5000, "[" * 3000, "{a=" * 3000, "1979-05-27", "a,b", '"', "\udc80", "1.1",
]  # fmt: skip


@st.composite
def variables(draw: st.DrawFn) -> dict[str, str]:
    """Environment variables for some keywords of every provider."""
    texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=8)
    said = texts | st.sampled_from(_SAID)
    return {
        f"{provider}_{name}".upper(): draw(said)
        for provider, account in sorted(registered().items())
        for name, keyword in keywords(account).items()
        if keyword.required or not draw(st.integers(0, 6))
    }


def configure_by_variables(given: dict[str, str]) -> None:
    """Read the environment; anything but a ConfigurationError comes out."""
    with patch.dict(os.environ, given), suppress(ConfigurationError):
        FaxApi.from_config()


MOMENTS = st.sampled_from(
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.max.replace(tzinfo=UTC),
        NOW,
        NOW.replace(tzinfo=None),
        NOW.replace(tzinfo=timezone(timedelta(hours=-23.9))),
        *(NOW.replace(year=year, tzinfo=ZoneInfo("Europe/Rome")) for year in (1, 1970, 9000, 9999)),
    ]
)
SPANS = st.sampled_from([timedelta(0), timedelta(-1), timedelta.min, timedelta.max, timedelta(7)])
_ODD: list[Any] = [
    date.min, date.max, UTC, ZoneInfo("Asia/Kolkata"), b"x", object(), int, (1, 2), (0.1, 5), ...,
    ("1", 2), {"faxes"}, frozenset([1]), Path("\0"), Path("x"), SecretStr(""), range(3), iter("ab"),
    Pace(1), {"calls": 1}, {"calls": 1, "per": float("nan")}, {"calls": 1, "per": 10**400},
    {"per": 1}, {1: 2}, {"getRealtime": "☎"}, {"getRealtime": "a\r\nb"}, {"getRealtime": 5},
    "faxes", "UTC", "Europe/Rome", "Europe", "../etc/passwd", "x" * 5000, "1.2", "account",
    "a\r\nb", "http://localhost:1", "http://[::1", "https://a:b@c", "https://x:99999",
    "https://\ud83d", "https://é.example", "https://a..b", "https://x/%zz",
    f"https://{'x' * 70}.example",
]  # fmt: skip
ODD = st.one_of(VALUES, MOMENTS, SPANS, st.sampled_from(_ODD))
_NOWHERE: dict[str, Any] = {"base_url": "http://localhost:1", "retries": 0}
ACCOUNTS: dict[type[Provider], dict[str, Any]] = {
    InterFax: {"username": "acme", "password": "secret"},
    Openfax: {"api_key": "api-key"},
    Imagicle: {"base_url": "http://localhost:1", "username": "user1", "password": "secret"},
}


@st.composite
def options(draw: st.DrawFn) -> tuple[type[Provider], dict[str, Any], str]:
    """A provider, and keywords of which some hold anything."""
    account = draw(st.sampled_from(list(ACCOUNTS)))
    names = st.sampled_from([*sorted(keywords(account)), "colour"])
    odd = draw(st.dictionaries(names, ODD, max_size=3))
    given = _NOWHERE | {"deadline": 1}
    given |= ACCOUNTS[account] | odd
    return account, given, draw(BACKENDS)


def make_and_call(given: tuple[type[Provider], dict[str, Any], str]) -> None:
    """Make an account and, where that is possible, call nobody with it."""
    account, arguments, backend = given
    pace._BUCKETS.clear()

    async def run(made: Provider) -> None:
        with anyio.fail_after(MOST_SECONDS):
            async with made:
                with suppress(FaxApiError):
                    await made.check()

    try:
        made = account(**arguments)
    except ConfigurationError:
        return
    if made.settings.base_url.startswith("http://localhost:1"):
        anyio.run(run, made, backend=backend)


WINDOWS: list[Callable[..., Window]] = [
    Window,
    Window.last,
    lambda span, now: Window.last(span, now=now),
    Window.day,
    Window.month,
    Window.days,
]
_PLAUSIBLE = st.one_of(
    MOMENTS,
    SPANS,
    st.sampled_from([date.min, date.max, date(2026, 3, 29), "UTC", "Europe/Rome", UTC, 2026, 3, 0]),
    st.integers(-1, 10**6),
)


def windows() -> st.SearchStrategy[tuple[int, list[Any]]]:
    """Which way to make a window, and its arguments."""
    return st.tuples(
        st.integers(0, len(WINDOWS) - 1), st.lists(_PLAUSIBLE | ODD, min_size=1, max_size=3)
    )


def make_window(given: tuple[int, list[Any]]) -> None:
    """Make a window; a TypeError is for arguments that no type checker lets through."""
    which, arguments = given
    with suppress(ConfigurationError, TypeError):
        window = WINDOWS[which](*arguments)
        assert window.since < window.until


QUESTIONS = ["window", "cursor", "accounts", "kinds", "deadline"]


def questions() -> st.SearchStrategy[tuple[dict[str, Any], str]]:
    """What `collect` may be given."""
    good: dict[str, Any] = {"window": Window(NOW - timedelta(days=1), NOW), "deadline": 1}
    odd = st.dictionaries(st.sampled_from(QUESTIONS), ODD | st.just(Cursor()), max_size=2)
    return st.tuples(odd.map(lambda each: good | each), BACKENDS)


def ask(given: tuple[dict[str, Any], str]) -> None:
    """Collect from nobody; a TypeError is for arguments that no type checker lets through."""
    arguments, backend = given
    pace._BUCKETS.clear()

    async def run() -> None:
        accounts = [make(**named | _NOWHERE) for make, named in ACCOUNTS.items()]
        with anyio.fail_after(MOST_SECONDS):
            async with FaxApi(*accounts, clock=lambda: NOW) as api:
                with suppress(FaxApiError, TypeError):
                    (await api.collect(**arguments)).raise_for_failures()

    anyio.run(run, backend=backend)
