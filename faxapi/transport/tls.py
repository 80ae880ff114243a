"""Which certificates an account trusts, and which addresses it may speak to."""

from __future__ import annotations

import ipaddress
import ssl
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from faxapi.errors import ConfigurationError

if TYPE_CHECKING:
    from faxapi.transport.proxy import Proxy


@dataclass(frozen=True, slots=True)
class Tls:
    """A TLS setting: the public authorities, those of one file, or a context of the caller's.

    Accounts with equal settings share connections and one context.
    """

    ca_file: Path | None = None
    ssl_context: ssl.SSLContext | None = None

    def context(self) -> ssl.SSLContext:
        """The context, loaded once.

        Raises:
            ConfigurationError: The file cannot be read or holds no certificate.
        """
        return self.ssl_context or _load(self.ca_file)


@cache
def _load(ca_file: Path | None) -> ssl.SSLContext:
    import certifi  # noqa: PLC0415 - only a connection needs it

    # Not `create_default_context`: that would write each connection's keys to the file that the
    # environment variable SSLKEYLOGFILE names.
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if sys.version_info >= (3, 13):
        # What it asks of certificates besides, from this version on.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN | ssl.VERIFY_X509_STRICT
    try:
        context.load_verify_locations(ca_file or certifi.where())
    except FileNotFoundError:
        text = f"ca_file {str(ca_file)!r} does not exist"
    except (OSError, ValueError):
        text = f"ca_file {str(ca_file)!r} is not a file of PEM certificates"
    else:
        return context
    raise ConfigurationError(text)


def check_base_url(url: str, *, allow_insecure: bool, proxy: Proxy | None = None) -> str:
    """The base address, without a slash at its end.

    Raises:
        ConfigurationError: It is no address, carries a login, query or fragment, or is not secure.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.scheme not in {"http", "https"} or not host or not url.isprintable() or " " in url:
        message = "base_url is not an http or https address"
        raise ConfigurationError(message, hint='Write it like "https://fax.example.com"')
    if parts.username is not None or "?" in url or "#" in url:
        message = "base_url carries a login, a query or a fragment"
        raise ConfigurationError(message, hint="Give the credentials as their own arguments")
    # What goes to this machine's own address by way of a proxy leaves the machine.
    ends = [host] if proxy is None else [host, proxy.host]
    if parts.scheme == "http" and not (allow_insecure or all(map(_is_loopback, ends))):
        message = f"base_url for {host} is http, which would send the password readable by anyone"
        raise ConfigurationError(message, hint="Use https, or pass allow_insecure=True")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
