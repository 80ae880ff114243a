"""What happened on the network, in faxapi's errors: one map for every foreign one."""

from __future__ import annotations

import os
import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio

from faxapi.errors import (
    ConfigurationError,
    ConnectFailed,
    Disconnected,
    TransportError,
)
from faxapi.transport.proxy import NotConnected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faxapi.transport.http import Call

_CONNECT_HINT = "Check {} and the network between here and there"


def translate(error: Exception, call: Call) -> Exception:
    """The faxapi error for a foreign one; anything that is no network error is itself.

    Raise it outside the `except` block: a foreign error's frames hold the request.
    """
    import httpcore  # noqa: PLC0415 - late, see backend.py

    host = urlsplit(call.url).hostname
    problem: Exception = error
    match error:
        case NotConnected():
            problem = error.problem
        case httpcore.ConnectTimeout():
            text = f"{host} did not accept a connection within {call.connect_timeout:g} s"
            problem = ConnectFailed(text, hint=_CONNECT_HINT.format("base_url"))
        case httpcore.ConnectError():
            problem = no_connection(error, f"{host}")
        case httpcore.ReadTimeout():
            problem = TransportError(f"{host} sent nothing for {call.read_timeout:g} s")
        case httpcore.WriteTimeout():
            problem = TransportError(f"{host} took no bytes for {call.read_timeout:g} s")
        case httpcore.NetworkError() | httpcore.RemoteProtocolError():
            problem = Disconnected(f"{host} broke the connection before the answer was whole")
        case ssl.SSLError() | anyio.BrokenResourceError() | anyio.ClosedResourceError():
            problem = Disconnected(f"the TLS connection to {host} broke")
        case httpcore.LocalProtocolError() | httpcore.UnsupportedProtocol() | UnicodeError():
            text = "the request cannot be written as HTTP"
            problem = ConfigurationError(text, hint="Check base_url")
    return problem


def no_connection(error: Exception, whom: str, setting: str = "base_url") -> ConnectFailed:
    """The error for a connection that could not be made; `setting` says where it was to lead."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _untrusted(cause, whom, setting)
    reason = next(filter(None, map(_reason, causes)), "it was refused or cut")
    text = f"no connection to {whom}: {reason}"
    return ConnectFailed(text, hint=_CONNECT_HINT.format(setting))


def _untrusted(cause: ssl.SSLCertVerificationError, whom: str, setting: str) -> ConnectFailed:
    # The verification codes are OpenSSL's: 62 is a host name, 64 an address that does not match.
    wrong_name = cause.verify_code in {62, 64}
    message = (cause.verify_message or "it does not verify").rstrip(".")
    return ConnectFailed(
        f"the certificate of {whom} is not trusted: {message}",
        retryable=False,
        hint=f"Set {setting} to the name that the certificate is for"
        if wrong_name
        else "Give ca_file=… with the authority that signed it, or an ssl_context",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the first cause first."""
    inner = error.__cause__ or error.__context__
    if inner is not None:
        yield from _causes(inner)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _causes(each)
    yield error


def _reason(error: BaseException) -> str | None:
    """The operating system's word for an error, the same on asyncio and Trio."""
    match error:
        case ssl.SSLWantReadError() | ssl.SSLWantWriteError():
            # Not a failure: what TLS then waited for has failed, and Trio keeps it in the context.
            pass
        case ssl.SSLError():
            return f"TLS failed, {(error.reason or 'handshake').replace('_', ' ').lower()}"
        case socket.gaierror():
            return error.strerror
        case OSError(errno=int(number)):
            return os.strerror(number)
    return None
