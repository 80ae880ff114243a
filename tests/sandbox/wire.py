"""What the sandbox's tests share: requests written by hand, and answers as text."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from xml.etree.ElementTree import canonicalize

import httpx

from faxapi.sandbox import Sandbox

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)

DFS = ("/dfs.asmx", "http://www.interfax.cc")
ADMIN = ("/admin.asmx", "http://interfax.net/Admin")
INBOUND = ("/inbound.asmx", "http://www.interfax.net")
OPENFAX = ("/api/reporting.asmx", "http://tempuri.org/")

SOAP = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
CONTENT_TYPES = {
    "1.1": "text/xml; charset=utf-8",
    "1.2": "application/soap+xml; charset=utf-8",
}
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'

ACME = ("acme", "secret")
BOB = ("acme.bob", "bobSecret1")


class Caller:
    """Sends what a test wrote, and nothing else."""

    def __init__(self, sandbox: Sandbox, http: httpx.Client) -> None:
        self.sandbox = sandbox
        self._http = http

    def send(
        self,
        path: str,
        body: str | bytes,
        *,
        content_type: str | None = CONTENT_TYPES["1.1"],
        action: str | None = None,
        method: str = "POST",
    ) -> httpx.Response:
        headers = {"Content-Type": content_type} if content_type else {}
        if action is not None:
            headers["SOAPAction"] = action
        content = body.encode() if isinstance(body, str) else body
        url = self.sandbox.url + path
        return self._http.request(method, url, content=content, headers=headers)

    def call(
        self, service: tuple[str, str], name: str, parameters: str = "", version: str = "1.1"
    ) -> httpx.Response:
        """Call an operation as the vendor's sample requests do."""
        path, namespace = service
        slash = "" if namespace.endswith("/") else "/"
        return self.send(
            path,
            envelope(f'<{name} xmlns="{namespace}">{parameters}</{name}>', version),
            content_type=CONTENT_TYPES[version],
            action=f'"{namespace}{slash}{name}"' if version == "1.1" else None,
        )

    def admin(self, name: str, parameters: str = "") -> httpx.Response:
        """Call an admin operation with the primary user's Username and Password."""
        return self.call(ADMIN, name, login() + parameters)

    def primary(self, name: str, parameters: str = "") -> httpx.Response:
        """Call an admin operation with PrimaryUsername and PrimaryPassword."""
        return self.call(ADMIN, name, login(prefix="Primary") + parameters)

    def get(
        self,
        path: str,
        login: tuple[str, str] | None = ("user1", "secret"),
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        url = self.sandbox.url + path
        return self._http.get(url, auth=login, params=query, headers=headers)


@contextmanager
def calling(sandbox: Sandbox) -> Iterator[Caller]:
    with sandbox, httpx.Client(trust_env=False) as http:
        yield Caller(sandbox, http)


def envelope(content: str, version: str = "1.1") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope {XSI} xmlns:soap="{SOAP[version]}">'
        f"<soap:Body>{content}</soap:Body></soap:Envelope>"
    )


def login(username: str = ACME[0], password: str = ACME[1], *, prefix: str = "") -> str:
    return (
        f"<{prefix}Username>{username}</{prefix}Username>"
        f"<{prefix}Password>{password}</{prefix}Password>"
    )


def page(last: int = 2147483647, items: int = 100) -> str:
    """What stands in FaxStatusEx after the login."""
    return (
        f"<LastTransactionID>{last}</LastTransactionID><MaxItems>{items}</MaxItems>"
        "<TotalCount>0</TotalCount><ListSize>0</ListSize><ResultCode>0</ResultCode>"
    )


def values(response: httpx.Response, name: str) -> list[str]:
    """The texts of all elements of a name."""
    return re.findall(rf"<{name}>([^<]*)</{name}>", response.text)


def value(response: httpx.Response, name: str) -> str:
    """The text of the one element of a name."""
    (found,) = values(response, name)
    return found


def canonical(text: str) -> str:
    """XML without prefixes and indentation."""
    return canonicalize(text, strip_text=True, rewrite_prefixes=True)
