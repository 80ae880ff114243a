"""Wrong requests: the sandbox refuses them as ASP.NET does, and on purpose some more."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import canonicalize

import httpx
import pytest

from faxapi.sandbox import Sandbox
from tests.interop.runtime import AspNet
from tests.sandbox.test_asmx import DFS_ACTION, NOT_READ, STATUS_EX
from tests.sandbox.wire import (
    ADMIN,
    CONTENT_TYPES,
    DFS,
    OPENFAX,
    SOAP,
    envelope,
    login,
    page,
    value,
    values,
)

VERSIONS = ("1.1", "1.2")
TIMES = "<TimeFrom>{}</TimeFrom><TimeUntil>2026-03-01T00:00:00</TimeUntil>"


@dataclass(frozen=True)
class Wrong:
    """A request that nobody should send: what stands in the operation's element."""

    service: tuple[str, str]
    name: str
    parameters: str

    def send(self, http: httpx.Client, url: str, version: str) -> httpx.Response:
        path, namespace = self.service
        body = f'<{self.name} xmlns="{namespace}">{self.parameters}</{self.name}>'
        action = f'"{namespace}{"" if namespace.endswith("/") else "/"}{self.name}"'
        return post(http, url + path, envelope(body, version), version, action=action)


def post(
    http: httpx.Client, url: str, content: str, version: str, *, action: str | None = None
) -> httpx.Response:
    headers = {"Content-Type": CONTENT_TYPES[version]}
    if action and version == "1.1":
        headers["SOAPAction"] = action
    return http.post(url, content=content, headers=headers)


def said(answer: httpx.Response) -> tuple[int, str, str]:
    """All of an answer but the column of a mistake: .NET's parser stands elsewhere than expat."""
    text = re.sub(r"\(1, \d+\)", "(1, …)", answer.text)
    document = canonicalize(text, rewrite_prefixes=True) if text else ""
    return answer.status_code, answer.headers["content-type"], document


def activity(parameters: str) -> Wrong:
    return Wrong(ADMIN, "GetOutboundActivity", login() + parameters)


REFUSED = {
    "no number": Wrong(DFS, "FaxStatusEx", login() + page().replace(">100<", ">many<")),
    "an empty number": Wrong(DFS, "FaxStatusEx", login() + page().replace(">100<", "><")),
    "a nil number": Wrong(
        DFS, "FaxStatusEx", login() + page().replace("<MaxItems>100", '<MaxItems xsi:nil="true">')
    ),
    "a large number": Wrong(DFS, "FaxStatusEx", login() + page(last=1 << 31)),
    "no decimal": Wrong(
        ADMIN, "GetAccountPPCardsBalance", login(prefix="Primary") + "<Balance>1,50</Balance>"
    ),
    "no flag": activity(f"{TIMES.format('2026-02-01')}<OnlyMyUser>yes</OnlyMyUser>"),
    "no day of the calendar": activity(TIMES.format("2026-02-30T00:00:00")),
    "an American time": activity(TIMES.format("3/2/2026")),
    "a structure not sent": Wrong(DFS, "FaxQuery2", login()),
    "a wrong key": Wrong(OPENFAX, "getRealtime", "<APIKey>wrong</APIKey>"),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_net_own(
    case: str, version: str, aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    real, simulated = (
        said(REFUSED[case].send(http, url, version)) for url in (aspnet.url, sandbox.url)
    )
    assert simulated == real
    assert real[0] == 500


def test_a_request_without_an_action_is_refused_alike(
    aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    for version in VERSIONS:
        body = envelope(STATUS_EX.replace("FaxStatusEx", "FaxStatus"), version)
        real, simulated = (
            said(post(http, url + DFS[0], body, version)) for url in (aspnet.url, sandbox.url)
        )
        assert simulated == real
        assert real[0] == 500


@pytest.mark.parametrize(
    ("content", "version"),
    [
        (envelope(STATUS_EX)[:-5], "1.1"),
        (envelope(STATUS_EX, "1.2")[:-5], "1.2"),
        (envelope(STATUS_EX).replace("acme<", "&#x1;<"), "1.1"),
        (envelope(STATUS_EX).replace("?>", '?><!DOCTYPE a [<!ENTITY b "c">]>'), "1.1"),
        ("no xml", "1.1"),
        ("", "1.1"),
    ],
)
def test_what_is_not_well_formed_gets_400_and_nothing_else(
    content: str, version: str, aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    real, simulated = (
        said(post(http, url + DFS[0], content, version, action=DFS_ACTION))
        for url in (aspnet.url, sandbox.url)
    )
    assert simulated == real == (400, CONTENT_TYPES[version], "")


def test_another_content_type_gets_415_and_nothing_else(
    aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    for kind in ("text/plain", "application/xml"):
        headers = {"Content-Type": kind, "SOAPAction": DFS_ACTION}
        real, simulated = (
            said(http.post(url + DFS[0], content=envelope(STATUS_EX), headers=headers))
            for url in (aspnet.url, sandbox.url)
        )
        assert simulated == real == (415, CONTENT_TYPES["1.1"], "")


# A client that misspells a name would never hear of it.
OVERLOOKED = {
    "misspelt": "-1003",
    "unknown": "0",
    "out of order": "0",
    "twice": "0",
    "in no namespace": "-1003",
    "a missing number": "0",
    "a missing last number": "0",
    "text between": "0",
    "an element in a text": "-1003",
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", OVERLOOKED)
def test_what_net_takes_for_null_or_overlooks_the_sandbox_refuses(
    case: str, version: str, aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    wrong = Wrong(DFS, "FaxStatusEx", NOT_READ[case][0])
    real, simulated = (wrong.send(http, url, version) for url in (aspnet.url, sandbox.url))
    assert (real.status_code, value(real, "ResultCode")) == (200, OVERLOOKED[case])
    assert (simulated.status_code, values(simulated, "ResultCode")) == (500, [])


def test_every_mistake_is_compared() -> None:
    refused = {"no number", "an empty number", "a nil number", "a large number"}
    assert NOT_READ.keys() == OVERLOOKED.keys() | refused
    assert refused <= REFUSED.keys()


def test_an_unknown_action_is_the_clients_fault_of_either(
    aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    """Mono leaves the gaps in these texts open: `{0}`. The sandbox fills them as .NET does."""
    body = envelope(STATUS_EX)
    real, simulated = (
        post(http, url + DFS[0], body, "1.1", action='"urn:x"') for url in (aspnet.url, sandbox.url)
    )
    filled = value(real, "faultstring").format("SOAPAction", "&quot;urn:x&quot;")
    assert value(simulated, "faultstring") == filled
    assert simulated.status_code == real.status_code == 500
    assert value(simulated, "faultcode") == value(real, "faultcode") == "soap:Client"


def test_an_envelope_of_no_version_is_a_mismatch_of_either(
    aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    """Mono leaves the gaps in this text open, too."""
    body = envelope(STATUS_EX).replace(SOAP["1.1"], "urn:x")
    real, simulated = (
        post(http, url + DFS[0], body, "1.1", action=DFS_ACTION)
        for url in (aspnet.url, sandbox.url)
    )
    assert value(simulated, "faultstring") == value(real, "faultstring").format(
        "urn:x", SOAP["1.1"]
    )
    assert simulated.status_code == real.status_code == 500
    assert value(simulated, "faultcode") == value(real, "faultcode") == "soap:VersionMismatch"


@dataclass(frozen=True)
class Odd:
    """A request whose parts do not fit, and how either answers it.

    Attributes:
        content: The body.
        kind: Its content type.
        action: The header SOAPAction.
        real: ASP.NET's status.
        simulated: The sandbox's.
    """

    content: str
    kind: str
    action: str | None
    real: int
    simulated: int


SOAP_1_1, SOAP_1_2 = CONTENT_TYPES.values()
HEADER = '<soap:Header><x xmlns="urn:x" soap:mustUnderstand="1" /></soap:Header><soap:Body>'
TWICE = envelope(STATUS_EX).replace("</soap:Body>", "<x /></soap:Body>")
OTHER_ACTION = DFS_ACTION.replace("FaxStatusEx", "FaxQuery")
# The sandbox is stricter, so that a client cannot come to rely on it, where ASP.NET answers ...
ODD = {
    # ... by the element, where there is no action, or a wrong one in 1.2;
    "no action": Odd(envelope(STATUS_EX), SOAP_1_1, None, 200, 500),
    "a wrong action in 1.2": Odd(
        envelope(STATUS_EX, "1.2"), f'{SOAP_1_2}; action="urn:x"', None, 200, 500
    ),
    # ... by the action, whatever the element is;
    "another's action": Odd(envelope(STATUS_EX), SOAP_1_1, OTHER_ACTION, 200, 500),
    # ... by the first element of two;
    "two elements": Odd(TWICE, SOAP_1_1, DFS_ACTION, 200, 500),
    # ... by the envelope, whatever the content type is.
    "1.2 as 1.1": Odd(envelope(STATUS_EX, "1.2"), SOAP_1_1, DFS_ACTION, 200, 500),
    # Both refuse these, in other ways: the sandbox as a version's mismatch, and as no XML.
    "1.1 as 1.2": Odd(envelope(STATUS_EX), SOAP_1_2, None, 415, 500),
    "no XML in 1.2": Odd("no xml", SOAP_1_2, None, 500, 400),
    # Here the sandbox is less strict: it knows no headers, and faxapi sends none.
    "a header to understand": Odd(
        envelope(STATUS_EX).replace("<soap:Body>", HEADER), SOAP_1_1, DFS_ACTION, 500, 200
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_where_the_sandbox_answers_otherwise(
    case: str, aspnet: AspNet, sandbox: Sandbox, http: httpx.Client
) -> None:
    odd = ODD[case]
    headers = {"Content-Type": odd.kind, **({"SOAPAction": odd.action} if odd.action else {})}
    real, simulated = (
        http.post(url + DFS[0], content=odd.content, headers=headers)
        for url in (aspnet.url, sandbox.url)
    )
    assert (real.status_code, simulated.status_code) == (odd.real, odd.simulated)
