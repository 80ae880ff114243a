"""A proxy: its address, and what it answers instead of making a connection."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from faxapi.errors import ConfigurationError, ConnectFailed

LOGIN_REQUIRED = 407
_FORBIDDEN = 403
_GATEWAY_ERRORS = {500, 502, 503, 504}
_PORTS = {"http": 80, "https": 443}
_EXAMPLE = (
    'Write it like "http://proxy.example.com:3128"; in a password / is %2F, @ is %40, and % is %25'
)
_LOGIN_EXAMPLE = "http://user:password@proxy.example.com:3128"


@dataclass(frozen=True, slots=True)
class Proxy:
    """An HTTP proxy; accounts with equal ones share connections.

    Attributes:
        scheme: How it is spoken to, `http` or `https`.
        host: Its name or address.
        port: Its port.
        login: User name and password with a colon between them, where it wants a login.
    """

    scheme: str
    host: str
    port: int
    login: SecretStr | None = None

    def __str__(self) -> str:
        return f"the proxy {joined(self.host, self.port)}"

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """The login as a request carries it (RFC 9110, 11.7.2)."""
        return [(b"Proxy-Authorization", f"Basic {self._basic()}".encode())] if self.login else []

    @property
    def secrets(self) -> list[str]:
        """What a request holds of it that an answer may repeat."""
        if self.login is None:
            return []
        _, _, password = self.login.get_secret_value().partition(":")
        return [password, self._basic().rstrip("=")]

    def _basic(self) -> str:
        login = self.login.get_secret_value() if self.login else ""
        return base64.b64encode(login.encode()).decode()


class NotConnected(Exception):
    """A proxy made no connection; it passes through httpcore, and `problem` becomes the error."""

    def __init__(self, problem: ConnectFailed) -> None:
        super().__init__()
        self.problem = problem


def read_proxy(address: SecretStr) -> Proxy:
    """A proxy by its address.

    Raises:
        ConfigurationError: It is none, or that of a proxy of another kind.
    """
    # No text that may hold a password is in this frame: a traceback may show it.
    found = _read(address)
    if isinstance(found, Proxy):
        return found
    raise ConfigurationError(f"proxy {found}", hint=_EXAMPLE)


def _read(address: SecretStr) -> Proxy | str:
    """The proxy, or what is wrong with its address."""
    text: object = address.get_secret_value()
    if not isinstance(text, str):
        return f"cannot be of type {type(text).__name__}"
    try:
        parts = urlsplit(text)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
        (host or "").encode("idna")
        user, password = (
            unquote(part or "", errors="strict") for part in (parts.username, parts.password)
        )
    except ValueError:
        return "is not an address"
    if scheme.startswith("socks"):
        return "is a SOCKS proxy, and faxapi speaks to HTTP proxies alone"
    if scheme not in _PORTS or not host or " " in text or not text.isprintable():
        return "is not an http or https address"
    if parts.path not in {"", "/"} or "?" in text or "#" in text:
        return "has a path, a query or a fragment"
    login = None if parts.username is None else SecretStr(f"{user}:{password}")
    return Proxy(scheme, host, _PORTS[scheme] if port is None else port, login)


def refusal(proxy: Proxy, place: str, status: int) -> ConnectFailed:
    """The error that a proxy's answer to a request for a connection stands for."""
    if status == LOGIN_REQUIRED:
        text = f"{proxy} rejects the login" if proxy.login else f"{proxy} asks for a login"
        hint = f"Give the proxy's user name and password: proxy={_LOGIN_EXAMPLE!r}"
    elif status == _FORBIDDEN:
        text = f"{proxy} allows no connection to {place}"
        hint = "Ask whoever runs the proxy to allow it"
    elif status in _GATEWAY_ERRORS:
        text = f"{proxy} could not connect to {place}"
        hint = "Check base_url, and whether the proxy can reach it"
    else:
        text = f"{proxy} makes no connection to {place}"
        hint = "Check that proxy is the address of an HTTP proxy"
    return ConnectFailed(text, http_status=status, hint=hint, retryable=status in _GATEWAY_ERRORS)


def joined(host: str, port: int) -> str:
    """Host and port in one text."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
