"""The keywords that every account takes."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from pathlib import Path
from types import NoneType
from typing import Any, TypedDict

from pydantic import SecretStr

from faxapi.errors import ConfigurationError
from faxapi.records import Kind
from faxapi.transport.pace import Pace
from faxapi.transport.proxy import Proxy, read_proxy
from faxapi.transport.tls import Tls, check_base_url
from faxapi.window import to_seconds, zone


class Options(TypedDict, total=False):
    """Keywords of every account."""

    name: str
    """Tells this account from the others of one api; the provider's name unless given."""
    kinds: Iterable[Kind | str]
    """What to collect from this account; everything it can report unless given."""
    timezone: str | tzinfo
    """Zone of the vendor's times that name none; else UTC is assumed, and a notice says so."""
    timeout: float | tuple[float, float]
    """Seconds of silence that end a call; or seconds to connect and seconds of silence."""
    deadline: float | timedelta | None
    """Time for a whole operation, retries included; None for no limit. 300 s unless given."""
    retries: int
    """How often a read that failed on the network is tried again; 2 unless given."""
    pace: Pace | Mapping[str, float] | None
    """Limit on the calls that the vendor counts, or the table of one: `{calls = 6, per = 60}`.

    The vendor's published one unless given; None for no limit. A call waits until the limit lets it
    through. Everything in the process that uses the same login shares it; if rules differ, all are
    kept.
    """
    max_response_bytes: int
    """The largest answer, after decompression; 512 MiB unless given."""
    currency: str
    """Currency of the account's money, for records; vendors do not say it."""
    keep_raw: bool
    """Whether records carry the vendor's model as `raw`; True unless given."""
    ca_file: str | Path
    """PEM file of the authority that signed the server's certificate; replaces the public ones."""
    ssl_context: ssl.SSLContext
    """A context of your own, instead of `ca_file`."""
    trace_context: bool
    """Whether requests name the trace that they are of (W3C Trace Context); False unless given.

    The provider learns the trace's id and can tell which requests belong together, over accounts
    too; what it reveals besides is up to the program's tracing.
    """
    proxy: str | SecretStr | None
    """An HTTP proxy to go through, `"http://user:password@proxy.example.com:3128"`.

    None unless given: what the environment names is not used. Requests to `https://` go through a
    tunnel, in which the proxy can read nothing.
    """
    allow_insecure: bool
    """Allows `http://` beyond this machine, where anyone on the way can read the password."""


class HostedOptions(Options, total=False):
    """Keywords of an account whose service has an address of its vendor's."""

    base_url: str
    """Replaces scheme and host; the vendor's paths stay."""


class SoapOptions(HostedOptions, total=False):
    """Keywords of an account that is spoken to in SOAP."""

    soap_version: str
    """`"1.1"` unless given, or `"1.2"`."""


@dataclass(frozen=True, slots=True)
class Settings:
    """An account's settings, checked."""

    name: str
    base_url: str
    connect_timeout: float
    read_timeout: float
    deadline: float | None
    retries: int
    max_response_bytes: int
    pace: Pace | None = None
    kinds: frozenset[Kind] | None = None
    zone: tzinfo = UTC
    zone_declared: bool = False
    currency: str | None = None
    keep_raw: bool = True
    trace_context: bool = False
    tls: Tls = field(default_factory=Tls)
    proxy: Proxy | None = None


def settings(
    name: str, base_url: str, options: Options, *, default_pace: Pace | None = None
) -> Settings:
    """Check an account's keywords; `default_pace` is for an account that gives no pace.

    Raises:
        ConfigurationError: One of them is wrong; the error names the account and the keyword.
    """
    _hide_proxy(options)
    name = options.get("name", name)
    try:
        return _settings(name, base_url, options, default_pace)
    except ConfigurationError as error:
        error.account = error.account or name
        raise


def _hide_proxy(options: Options) -> None:
    """Put it into a `SecretStr`, in place: a traceback may show each frame that has the options."""
    proxy = options.get("proxy")
    if not isinstance(proxy, SecretStr | None):
        options["proxy"] = SecretStr(proxy)


def check_type(key: str, value: object, kind: type | tuple[type, ...]) -> None:
    """Do nothing if a keyword's value is of its type.

    Raises:
        ConfigurationError: It is not: a configuration file may have got it wrong.
    """
    if not isinstance(value, kind):
        raise ConfigurationError(f"{key} cannot be of type {type(value).__name__}")


def _settings(name: str, base_url: str, options: Options, default_pace: Pace | None) -> Settings:
    if unknown := options.keys() - _TYPES.keys():
        message = f"unknown keyword {', '.join(map(repr, sorted(unknown)))}"
        raise ConfigurationError(message)
    for key, value in options.items():
        check_type(key, value, _TYPES[key])
    check_type("base_url", base_url, str)
    if not name:
        message = "name is empty"
        raise ConfigurationError(message)
    connect, read = (
        to_seconds("timeout", each) for each in _timeout(options.get("timeout", (10.0, 60.0)))
    )
    deadline = options.get("deadline", 300.0)
    if deadline is not None:
        deadline = to_seconds("deadline", deadline)
    ca_file = options.get("ca_file")
    if ca_file is not None and "ssl_context" in options:
        message = "ca_file and ssl_context are both given"
        raise ConfigurationError(message, hint="Load the file into the context instead")
    for key, value in (("timeout", connect), ("timeout", read), ("deadline", deadline)):
        if value is not None and not value > 0:
            message = f"{key} is {value:g}, and must be more than 0"
            raise ConfigurationError(message)
    address = options.get("proxy")
    proxy = read_proxy(address) if isinstance(address, SecretStr) else None
    return Settings(
        name=name,
        base_url=check_base_url(
            base_url, allow_insecure=options.get("allow_insecure", False), proxy=proxy
        ),
        kinds=_kinds(options["kinds"]) if "kinds" in options else None,
        zone=zone(options.get("timezone", UTC)),
        zone_declared="timezone" in options,
        connect_timeout=connect,
        read_timeout=read,
        deadline=deadline,
        retries=_at_least("retries", options.get("retries", 2), 0),
        max_response_bytes=_at_least(
            "max_response_bytes", options.get("max_response_bytes", 512 << 20), 1
        ),
        pace=_pace(options.get("pace", default_pace)),
        currency=options.get("currency"),
        keep_raw=options.get("keep_raw", True),
        trace_context=options.get("trace_context", False),
        tls=Tls(
            ca_file=Path(ca_file) if ca_file is not None else None,
            ssl_context=options.get("ssl_context"),
        ),
        proxy=proxy,
    )


_TYPES: dict[str, type | tuple[type, ...]] = {
    "name": str,
    "kinds": Iterable,
    "timezone": (str, tzinfo),
    "timeout": (int, float, tuple, list),
    "deadline": (int, float, timedelta, NoneType),
    "retries": int,
    "max_response_bytes": int,
    "pace": (Pace, Mapping, NoneType),
    "currency": str,
    "keep_raw": bool,
    "trace_context": bool,
    "ca_file": (str, Path),
    "ssl_context": ssl.SSLContext,
    "proxy": (SecretStr, NoneType),
    "allow_insecure": bool,
}


def _timeout(value: object) -> tuple[float, float]:
    match value:
        case float() | int():
            return value, value
        case [float() | int() as connect, float() | int() as read]:
            return connect, read
    message = "timeout is neither a number of seconds nor two of them, to connect and of silence"
    raise ConfigurationError(message)


def _pace(value: Pace | Mapping[str, float] | None) -> Pace | None:
    if not isinstance(value, Mapping):
        return value
    given: dict[str, Any] = dict(value)
    if "calls" not in given or given.keys() - {"calls", "per"}:
        message = "pace is a table of something else than calls and per"
        raise ConfigurationError(message, hint="Write {calls = 6, per = 60}")
    return Pace(**given)


def _at_least(key: str, value: int, least: int) -> int:
    if value < least:
        message = f"{key} is {value}, and must be {least} or more"
        raise ConfigurationError(message)
    return value


def _kinds(names: Iterable[Kind | str]) -> frozenset[Kind]:
    names = [names] if isinstance(names, str) else list(names)
    if not names:
        message = "kinds is empty, so nothing would be collected"
        raise ConfigurationError(message, hint="Leave it out for everything")
    if unknown := [str(name) for name in names if name not in [*Kind]]:
        message = f"{', '.join(unknown)} cannot be collected"
        raise ConfigurationError(message, hint=f"kinds are {', '.join(Kind)}")
    return frozenset(map(Kind, names))
