"""No operation lets a secret out, whatever goes wrong with it, and whatever a server repeats."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress

import anyio
import pytest
import stamina
import trustme

from faxapi.errors import (
    AuthenticationError,
    Conflict,
    DeadlineExceeded,
    FaxApiError,
    ResponseTooLarge,
    TransportError,
    Unconfirmed,
)
from faxapi.sandbox import Sandbox
from faxapi.wire.soap import SoapOperation
from tests.contract.fuse import Fuse
from tests.contract.proxy import Answer, Ask, in_front
from tests.sandbox.cases import IMAGICLE_CASES, INTERFAX, OPENFAX_CASES, Case, Clients, name_of
from tests.secrets.logins import WRONG, clients
from tests.secrets.troubles import TROUBLES, no_answer
from tests.secrets.witness import Witness
from tests.transport.server import Peer, Request, Script, Server, always, reply

pytestmark = pytest.mark.anyio

CASES = [*INTERFAX, *OPENFAX_CASES, *IMAGICLE_CASES]


# One of each way to ask: a single answer, a list, a stream, and those of REST.
WAYS = [
    next(case for case in CASES if case.label == label)
    for label in ("admin.OpenUser", "outbound.FaxQuery2", "outbound.Mine", "inbound.Details")
] + [case for case in OPENFAX_CASES if case.call.__name__ == "streamed_report"]


@pytest.fixture(autouse=True)
def _no_waits() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield


def is_of(request: Request, case: Case) -> bool:
    """Whether a request is the one that is to fail, not one of those around it."""
    operation = case.operation
    if isinstance(operation, SoapOperation):
        return f"<{operation.name} xmlns=".encode() in request.body
    return request.target.startswith(operation.path.partition("{")[0])


async def attempt(case: Case, made: Clients, witness: Witness) -> FaxApiError | None:
    """Make a call, and show what comes of it to the witness."""
    try:
        async with made.interfax, made.openfax, made.imagicle:
            result = await case.call(made)
            if not (isinstance(result, list) and set(map(type, result)) <= {str, int}):
                witness.shown(result)
    except FaxApiError as error:
        witness.error(error)
        return error
    return None


def in_turn(cases: list[Case], backend: str) -> Iterator[tuple[Case, str]]:
    """Each operation in one version of SOAP on asyncio, and in the other on Trio."""
    for number, case in enumerate(cases):
        yield case, ("1.1", "1.2")[(number + len(backend)) % 2]


@pytest.mark.parametrize("name", TROUBLES)
async def test_an_answer_that_repeats_the_request(
    sandbox: Sandbox, witness: Witness, name: str, anyio_backend: str
) -> None:
    failing: list[Case] = []
    failed: set[str] = set()

    def choose(request: Request, ask: Ask) -> Answer | bytes | Script | None:
        (case,) = failing
        if not is_of(request, case):
            return ask()
        failed.add(case.label)
        return TROUBLES[name](request, ask)

    with in_front(sandbox.url, choose) as server:
        for case, version in in_turn(CASES, anyio_backend):
            failing[:] = [case]
            await attempt(case, clients(sandbox, version, url=server.url, retries=0), witness)
    # A change of what was read is not come to where the reading fails.
    assert len(failed) > 30


async def impatient(case: Case, made: Clients, backend: str) -> None:
    """Give a call up by a timeout of the program's own."""
    async with made.interfax, made.openfax, made.imagicle:
        if backend == "asyncio":
            async with asyncio.timeout(0.02):
                await case.call(made)
        else:
            with anyio.fail_after(0.02):
                await case.call(made)


async def test_an_answer_that_comes_late_or_never(
    sandbox: Sandbox, witness: Witness, anyio_backend: str
) -> None:
    """Deadlines of an operation and of its caller, in Python's own words and in anyio's."""
    with in_front(sandbox.url, no_answer) as server:
        for case, version in in_turn(CASES, anyio_backend):
            made = clients(sandbox, version, url=server.url, deadline=0.02)
            error = await attempt(case, made, witness)
            assert isinstance(error, DeadlineExceeded | Unconfirmed)
            made = clients(sandbox, version, url=server.url, retries=0, timeout=(5, 0.02))
            error = await attempt(case, made, witness)
            assert isinstance(error, TransportError | Unconfirmed)
            made = clients(sandbox, version, url=server.url)
            with pytest.raises(TimeoutError) as caught:
                await impatient(case, made, anyio_backend)
            witness.error(caught.value)


async def test_an_answer_that_is_too_large(
    sandbox: Sandbox, witness: Witness, anyio_backend: str
) -> None:
    for case, version in in_turn(CASES, anyio_backend):
        made = clients(sandbox, version, max_response_bytes=50)
        error = await attempt(case, made, witness)
        assert isinstance(error, ResponseTooLarge | Unconfirmed)


async def test_a_wrong_login(sandbox: Sandbox, witness: Witness, anyio_backend: str) -> None:
    """-1003 of InterFax, a fault of Openfax, 401 of Imagicle: sent once, and then refused here."""
    for case, version in in_turn(CASES, anyio_backend):
        made = clients(sandbox, version, secrets=(WRONG, WRONG, WRONG))
        error = await attempt(case, made, witness)
        asks = getattr(case.operation, "request", ())
        own = case in IMAGICLE_CASES or any(element.credential for element in asks)
        own = own and case.call.__name__ != "another_login"
        assert isinstance(error, AuthenticationError) or not own, case.label


@contextmanager
def nobody() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def no_such_name() -> Iterator[str]:
    yield "https://fax.invalid"


@contextmanager
def untrusted() -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with Server(always(reply(b"")), context) as server:
        yield server.url
    assert server.requests == []


@contextmanager
def reset() -> Iterator[str]:
    def script(peer: Peer) -> None:
        peer.request()
        peer.reset()

    with Server(script) as server:
        yield server.url


@contextmanager
def elsewhere() -> Iterator[str]:
    """A redirect to another host, which never hears of it."""
    with Server(always(reply(b""))) as other:
        where = reply(b"", f"Location: {other.url}/in", status="307 Temporary Redirect")
        with Server(always(where)) as server:
            yield server.url
        assert len(server.requests) > 30
        assert other.connections == 0


@pytest.mark.parametrize("place", [nobody, no_such_name, untrusted, reset, elsewhere])
async def test_a_connection_that_fails(
    sandbox: Sandbox,
    witness: Witness,
    anyio_backend: str,
    place: Callable[[], AbstractContextManager[str]],
) -> None:
    with place() as url:
        # To learn that a name is not known takes its time.
        cases = WAYS if place is no_such_name else CASES
        for case, version in in_turn(cases, anyio_backend):
            made = clients(sandbox, version, url=url, retries=1)
            assert await attempt(case, made, witness)
    assert place in {untrusted, elsewhere} or "request.repeated" in witness.events


@pytest.mark.parametrize("case", WAYS, ids=name_of)
async def test_a_call_that_is_cancelled_at_any_of_its_waits(
    sandbox: Sandbox, witness: Witness, case: Case
) -> None:
    cut, at = True, 0
    while cut:
        # The first waits are each another one; later there is one for each chunk.
        at += max(1, at // 5)
        fuse = Fuse(at)
        made = clients(sandbox)
        seen: list[BaseException] = []
        with fuse.scope:
            async with made.interfax, made.openfax, made.imagicle:
                try:
                    # A user who was opened before is there already.
                    with suppress(Conflict):
                        await fuse._counted(case.call(made))
                except anyio.get_cancelled_exc_class() as cancelled:
                    seen.append(cancelled)
                    raise
        cut = fuse.scope.cancelled_caught
        for error in seen:
            witness.error(error)
        gc.collect()
        # What was made so far stays, in each next round too.
        gc.freeze()
    assert at > 5
