"""To the same request, from the same data, the sandbox answers the same as ASP.NET."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import canonicalize

import httpx
import pytest

from faxapi.providers.interfax.operations import OPERATIONS
from faxapi.providers.openfax.operations import DEFAULT
from faxapi.sandbox import Sandbox
from tests.interop.calls import SUBJECT, calls, prepare
from tests.interop.runtime import AspNet
from tests.interop.writer import Writer
from tests.sandbox.wire import NOW, SOAP

# .NET writes these, and no XML parser reads them.
FORBIDDEN = {"&#x1;": "\N{SYMBOL FOR START OF HEADING}", "&#xFFFE;": "\N{REPLACEMENT CHARACTER}"}


@pytest.fixture(scope="module")
def writer(aspnet: AspNet) -> Writer:
    return Writer(aspnet.url)


@pytest.fixture
def twins(aspnet: AspNet, sandbox: Sandbox) -> Iterator[tuple[str, str]]:
    """The addresses of a sandbox that answers itself, and of one whose answers .NET writes."""
    with Sandbox(seed=1, now=NOW, faxes=100, rate_limit=None) as twin:
        for each in (sandbox, twin):
            prepare(each, SUBJECT)
        yield twin.url, aspnet.url


def lines(answer: httpx.Response) -> list[str]:
    """The status, the content type and the document, an element a line."""
    text = answer.text
    for reference, stand_in in FORBIDDEN.items():
        text = text.replace(reference, stand_in)
    document = canonicalize(text, rewrite_prefixes=True).replace("><", ">\n<")
    kind = answer.headers["content-type"]
    return [f"{answer.status_code} {kind}", *document.splitlines()]


@pytest.mark.parametrize("version", SOAP)
def test_the_sandbox_writes_what_net_writes(
    version: str, twins: tuple[str, str], writer: Writer, http: httpx.Client
) -> None:
    called = []
    for call in calls():
        body, headers = writer.request(call, version)
        simulated, real = (
            http.post(url + call.service[0], content=body, headers=headers) for url in twins
        )
        assert list(unified_diff(lines(real), lines(simulated), lineterm="")) == [], call.name
        called.append(call.name)
    assert set(called) == {operation.name for operation in (*OPERATIONS, *DEFAULT)}


FAXES = "/fw/Apps/StoneFax/WebAPI/Faxes"
LOGIN = ("user1", "secret")


def told(answer: httpx.Response) -> dict[str, Any]:
    """The status, the content type and the values: JSON has no order of names."""
    return {
        "status": answer.status_code,
        "type": answer.headers["content-type"],
        "body": answer.json(),
    }


def test_the_sandbox_writes_the_json_that_net_writes(
    aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    """DataContractJsonSerializer refuses a value of another type, and leaves out what it lacks."""
    imagicle = sandbox.imagicle
    ids = {
        "Outbound": [
            imagicle.add_fax(status="Failed", q931_code=17, failureReason="busy", faxId="a/b_0"),
            imagicle.add_fax(status="Queued", subject=None),
        ],
        "Inbound": [imagicle.add_fax(inbound=True)],
    }
    paths = [f"{way}/Mine" for way in ids]
    paths += [f"{way}/{quote(fax, safe='')}" for way, faxes in ids.items() for fax in faxes]
    for path in paths:
        real, simulated = (
            told(http.get(f"{url}{FAXES}/{path}", auth=LOGIN)) for url in (aspnet.url, sandbox.url)
        )
        assert simulated == real
        assert real["status"] == 200


def test_the_json_handler_tells_a_wrong_login(
    aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    for login in (None, ("user1", "wrong")):
        real, simulated = (
            http.get(f"{url}{FAXES}/Outbound/Mine", auth=login) for url in (aspnet.url, sandbox.url)
        )
        assert simulated.status_code == real.status_code == 401
        assert simulated.headers["www-authenticate"] == real.headers["www-authenticate"]
