"""The sandbox's WSDLs are those that ASP.NET makes of the same services."""

from __future__ import annotations

from difflib import unified_diff
from xml.etree.ElementTree import canonicalize, fromstring, tostring

import httpx
import pytest

from faxapi.sandbox import Sandbox
from tests.interop.runtime import AspNet
from tests.sandbox.wire import ADMIN, DFS, INBOUND, OPENFAX

SERVICES = [path for path, _ in (DFS, ADMIN, INBOUND, OPENFAX)]
SCHEMA = "{http://www.w3.org/2001/XMLSchema}"


def described(http: httpx.Client, url: str, path: str) -> str:
    answer = http.get(f"{url}{path}?WSDL")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return answer.text.replace(url, "http://service")


def lines(text: str) -> list[str]:
    """A description, an element a line; in which order types and operations come says nothing."""
    root = fromstring(text)  # noqa: S314 - our own services'
    for parent in (root, *root.iter(f"{SCHEMA}schema"), *root.findall("*")):
        parent[:] = sorted(parent, key=lambda each: (each.tag, each.get("name", "")))
    document = canonicalize(tostring(root), strip_text=True, rewrite_prefixes=True)
    return document.replace("><", ">\n<").splitlines()


@pytest.mark.parametrize("path", SERVICES)
def test_a_description_is_asp_nets(
    path: str, aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    # faxapi knows one type of whole numbers; the vendor's pages call some of them short.
    real = described(http, aspnet.url, path).replace('"s:short"', '"s:int"')
    simulated = described(http, sandbox.url, path)
    assert list(unified_diff(lines(real), lines(simulated), lineterm="")) == []
