"""Real answers of every operation, as the sandbox gives them."""

from __future__ import annotations

import atexit
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import anyio
import httpx

from faxapi import Imagicle, InterFax, Openfax
from faxapi.sandbox import Sandbox
from tests.contract.proxy import Answer, Ask, in_front
from tests.sandbox.cases import IMAGICLE_CASES, INTERFAX, OPENFAX_CASES, Case, Clients
from tests.sandbox.wire import NOW
from tests.transport.server import Request
from tests.wire.samples import fault_1_1, fault_1_2

KeptT = TypeVar("KeptT")

CASES = [*INTERFAX, *OPENFAX_CASES, *IMAGICLE_CASES]
_LARGEST = 1 << 14
# Shorter than the shortest pause after a refusal, which is not waited for then.
_MOMENT = 0.9
_TRACE = "Server was unable to process request. ---&gt; Down\n   at A.B(String c)\n   at D.E()"
ERRORS = [
    fault_1_1("soap:Server", _TRACE, "<error>1</error>"),
    fault_1_1("soap:Client", "Server did not recognize the value of HTTP Header SOAPAction: x."),
    fault_1_2("soap:Receiver", _TRACE),
    fault_1_2("soap:Sender", "Server was unable to read request."),
    b"<!DOCTYPE html><html><head><title>Login</title></head><body>Login<br></body></html>",
    b'{"reason": "NotAllowed", "message": "User 0039055123456 may not"}',
    b'{"reason": 17}',
    b"",
]


_KEPT = ExitStack()
atexit.register(_KEPT.close)


def kept(manager: AbstractContextManager[KeptT]) -> KeptT:
    """Enter a context for the rest of the process: thousands of inputs share it."""
    return _KEPT.enter_context(manager)


@dataclass(frozen=True)
class Exchanged:
    """A call of an operation, and what the sandbox answered."""

    case: Case
    bodies: Sequence[bytes]

    @property
    def kind(self) -> str:
        """The content type of the answers."""
        return "application/json" if self.case in IMAGICLE_CASES else "text/xml; charset=utf-8"


@cache
def exchanged() -> list[Exchanged]:
    """Every operation's calls; those of two SOAP versions differ in the envelope only."""
    found = [
        Exchanged(case, anyio.run(_record, case, version))
        for case in CASES
        for version in (["1.1"] if case in IMAGICLE_CASES else ["1.1", "1.2"])
    ]
    return [each for each in found if max(map(len, each.bodies)) < _LARGEST]


async def _record(case: Case, version: str) -> list[bytes]:
    bodies: list[bytes] = []

    def choose(_: Request, ask: Ask) -> Answer:
        answer = ask()
        bodies.append(answer.body)
        return answer

    with Sandbox(seed=1, now=NOW, faxes=10) as sandbox:
        sandbox.imagicle.add_fax()
        with in_front(sandbox.url, choose) as front:
            logins = sandbox.credentials
            own = {"soap_version": version, "base_url": front.url}
            made = Clients(
                sandbox,
                InterFax(**logins["interfax"] | own),  # type: ignore[arg-type]
                Openfax(**logins["openfax"] | own),  # type: ignore[arg-type]
                Imagicle(**logins["imagicle"] | {"base_url": front.url}),  # type: ignore[arg-type]
            )
            async with made.interfax, made.openfax, made.imagicle:
                await case.call(made)
    return bodies


def clients(url: str, sandbox: Sandbox) -> Clients:
    """Clients of what is served at an address; they try nothing twice, and wait for nothing."""
    return Clients(
        sandbox,
        InterFax("acme", "secret", base_url=url, retries=0, deadline=_MOMENT, pace=None),
        Openfax("api-key", base_url=url, retries=0, deadline=_MOMENT),
        Imagicle(url, "user1", "secret", retries=0, deadline=_MOMENT),
    )


@cache
def wsdl() -> bytes:
    """What the sandbox says of Openfax's service."""
    with Sandbox(faxes=0) as sandbox:
        return httpx.get(f"{sandbox.url}/api/reporting.asmx?WSDL", trust_env=False).content
