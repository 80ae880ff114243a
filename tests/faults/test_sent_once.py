"""A change goes out once, whatever becomes of its answer, and its caller hears what is unknown."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from faxapi import InterFax
from faxapi.errors import FaxApiError, Unconfirmed
from faxapi.providers.interfax.operations import OPERATIONS
from faxapi.sandbox import Sandbox
from faxapi.wire.soap import SoapOperation
from tests.contract.proxy import Answer, Ask, Proxy, before
from tests.faults.leaks import nothing_left
from tests.faults.losses import LOSSES, LOST, NEVER_SENT, STALE, Loss
from tests.faults.strike import FOR_EVER, Strikes, secure, struck
from tests.faults.trouble import SILENCE, Place
from tests.providers.openfax.service import operation_of
from tests.sandbox.cases import IMAGICLE_CASES, INTERFAX, OPENFAX_CASES, Case, Clients
from tests.sandbox.wire import NOW
from tests.transport.server import Peer, Request, Server, until

CHANGES = [
    case for case in (*INTERFAX, *OPENFAX_CASES, *IMAGICLE_CASES) if not case.operation.idempotent
]
pytestmark = [
    pytest.mark.usefixtures("at_once"),
    pytest.mark.parametrize("backend", ["asyncio", "trio"]),
]


@dataclass
class Office(Proxy):
    """A vendor with users to change, and the proxy before it."""

    sandbox: Sandbox = field(kw_only=True)

    def account(self, **options: Any) -> InterFax:  # noqa: ANN401 - any keyword of an account
        login = self.sandbox.credentials["interfax"]
        options = {"base_url": self.url, "retries": 5, **options}
        return InterFax(login["username"], login["password"], **options)

    def clients(self, interfax: InterFax) -> Clients:
        _, openfax, imagicle = self.sandbox.accounts()
        return Clients(self.sandbox, interfax, openfax, imagicle)

    def sent(self, case: Case) -> int:
        """How often a change reached the proxy."""
        asked = [case.operation.name == operation_of(each) for each in self.server.requests]
        return sum(asked)


@contextmanager
def office() -> Iterator[Office]:
    with (
        Sandbox(now=NOW, faxes=0) as sandbox,
        before(sandbox.url, lambda server: Office(server, sandbox=sandbox)) as office,
    ):
        yield office


async def change(case: Case, loss: Loss) -> None:
    """Make one change, which meets the loss."""

    def meant(request: Request) -> bool:
        return (operation_of(request) == case.operation.name) is (loss not in STALE)

    with office() as there:
        tls = secure(there) if loss.tls else {}
        with struck(there, loss, Strikes(1, FOR_EVER), meant):
            async with there.account(**loss.options, **tls) as interfax:
                if loss in STALE:
                    await interfax.admin.get_user_properties()
                if loss.error is None:
                    result = await case.call(there.clients(interfax))
                    assert case.check(there.clients(interfax), result)
                else:
                    with pytest.raises(FaxApiError) as caught:
                        await case.call(there.clients(interfax))
                    check(caught.value, case, loss)
        assert there.sent(case) == (loss not in NEVER_SENT)
        done = [asked.operation for asked in there.sandbox.requests].count(case.label)
        assert done == there.sent(case)
        await until(lambda: there.server.open == 0)


def check(error: FaxApiError, case: Case, loss: Loss) -> None:
    assert type(error) is loss.error, f"{case.label}: {error}"
    if loss in NEVER_SENT:
        # Some cases read before they change.
        assert error.operation != case.label or "nothing was sent" in str(error)
        return
    assert error.operation == case.label
    if loss in LOST:
        assert "the change was sent and its answer was lost: " in str(error)
        assert str(error).endswith(f"Look with {shown_by(case)} before you send it again")
        assert not error.retryable


def shown_by(case: Case) -> str:
    assert isinstance(case.operation, SoapOperation)
    return case.operation.shown_by


def test_every_change_is_tried(backend: str) -> None:
    assert backend
    assert {case.operation for case in CHANGES} == {
        operation for operation in OPERATIONS if not operation.idempotent
    }
    labels = {operation.label for operation in OPERATIONS if operation.idempotent}
    assert {shown_by(case) for case in CHANGES} <= labels


@pytest.mark.parametrize(
    "loss", [loss for losses in LOSSES.values() for loss in losses], ids=lambda loss: loss.name
)
def test_every_change_is_sent_once(
    loss: Loss, backend: str, record_property: Callable[[str, object], None]
) -> None:
    async def every() -> None:
        # There is one resolver for all.
        limit = anyio.CapacityLimiter(1 if loss.place is Place.LOOKUP else len(CHANGES))

        async def one(case: Case) -> None:
            async with limit:
                await change(case, loss)

        async with anyio.create_task_group() as group:
            for case in CHANGES:
                group.start_soon(one, case)

    with nothing_left():
        anyio.run(every, backend=backend)
    record_property("changes", len(CHANGES))


async def called(case: Case, clients: Clients) -> None:
    await case.call(clients)


@pytest.mark.parametrize("case", CHANGES, ids=lambda case: case.label)
def test_a_change_that_is_cancelled_is_not_sent_again(case: Case, backend: str) -> None:
    async def cancelled() -> None:
        with office() as there:

            def choose(request: Request, ask: Ask) -> Answer | None:
                answer = ask()
                return None if operation_of(request) == case.operation.name else answer

            there.choose = choose
            async with there.account() as interfax, anyio.create_task_group() as group:
                group.start_soon(called, case, there.clients(interfax))
                await until(lambda: bool(there.sent(case)))
                group.cancel_scope.cancel()
            await until(lambda: there.server.open == 0)
            assert there.sent(case) == 1

    with nothing_left():
        anyio.run(cancelled, backend=backend)


def test_a_change_that_nobody_reads_is_unconfirmed(backend: str) -> None:
    """It is larger than what can lie on the way, so that it is never written whole."""
    over = threading.Event()

    def deaf(_: Peer) -> None:
        over.wait(10)

    async def unread() -> None:
        with Server(deaf) as server:
            url = f"http://localhost:{server.port}"
            async with InterFax(
                "acme", "secret", base_url=url, timeout=SILENCE["timeout"]
            ) as interfax:
                with pytest.raises(Unconfirmed, match="took no bytes for"):
                    await interfax.admin.close_user("x" * (32 << 20))
            over.set()
            assert server.connections == 1

    with nothing_left():
        anyio.run(unread, backend=backend)
