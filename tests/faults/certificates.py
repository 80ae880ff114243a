"""Certificates made on the spot: good ones, and some that nobody should trust."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from functools import cache

import trustme


@cache
def _authority(name: str) -> trustme.CA:
    return trustme.CA(organization_name=name)


@cache
def server_context(
    host: str = "localhost", *, authority: str = "trusted", days: int = 1
) -> ssl.SSLContext:
    """What a server shows: for which host, signed by whom, valid until when."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    until = datetime.now(UTC) + timedelta(days=days)
    certificate = _authority(authority).issue_cert(
        host, not_before=until - timedelta(days=9), not_after=until
    )
    certificate.configure_cert(context)
    return context


@cache
def client_context() -> ssl.SSLContext:
    """What an account trusts: one authority."""
    context = ssl.create_default_context()
    _authority("trusted").configure_trust(context)
    return context
