"""The three providers as one application, told apart by the vendors' own paths."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from faxapi.sandbox.asmx import Asmx
from faxapi.sandbox.calls import Answer, Call, Delivery
from faxapi.sandbox.faults import Fault
from faxapi.sandbox.imagicle import basic_login

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.requests import Request
    from starlette.types import ASGIApp

    from faxapi.sandbox.limits import RateLimit
    from faxapi.sandbox.rules import Faults
    from faxapi.wire.rest import RestOperation

    Endpoint = Callable[[Request], Awaitable[ASGIApp]]
    RestMethod = Callable[[Request], Response]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that was answered.

    Attributes:
        provider: `interfax`, `openfax` or `imagicle`.
        operation: Such as `outbound.FaxStatusEx`; "" if none was recognised.
        status: The answer's HTTP status; 0 where none was sent.
        username: Who called, at InterFax or Imagicle; "" where the request names nobody. It takes
            no part in comparisons.
        faults: What went wrong on request.
    """

    provider: str
    operation: str
    status: int
    username: str = field(default="", compare=False)
    faults: tuple[Fault, ...] = ()


class Desk:
    """Where every call passes on its way to a provider's state.

    Args:
        lock: Held while the state is read or changed.
        faults: What goes wrong.
        limit: What counts calls, told when their answers leave.
    """

    def __init__(self, lock: AbstractContextManager[Any], faults: Faults, limit: RateLimit) -> None:
        self.requests: list[Asked] = []
        self._lock = lock
        self._faults = faults
        self._limit = limit

    def answer(self, call: Call) -> Delivery:
        """Answer a call and log it."""
        with self._lock:
            call, faults = self._faults.of(call)
            answer = Answer()
            if all(fault.performs for fault in faults):
                answer = Answer.of(call.perform())
                self._faults.answered(call, answer)
            leaving = self._limit.taken()
        for fault in faults:
            answer = fault.change(call, answer)
        asked = Asked(call.provider, call.operation, answer.status, call.username, faults)
        # Before the answer leaves, so that whoever has it finds it in the log.
        self.requests.append(asked)
        return Delivery(answer, leaving)

    def soap(self, provider: str, service: Asmx) -> Endpoint:
        """A SOAP service."""

        async def endpoint(request: Request) -> ASGIApp:
            try:
                call = service.read(request, await request.body())
            except ClientDisconnect:
                # Nobody is there to read it.
                return Response(status_code=400)
            return self.answer(replace(call, provider=provider))

        return endpoint

    def rest(self, provider: str, operation: RestOperation[Any], method: RestMethod) -> Endpoint:
        """A REST operation."""

        async def endpoint(request: Request) -> ASGIApp:
            user, _ = basic_login(request)
            return self.answer(Call(operation.name, lambda: method(request), provider, user))

        return endpoint


def application(
    desk: Desk,
    soap: Mapping[str, list[Asmx]],
    rest: Mapping[str, Mapping[RestOperation[Any], RestMethod]],
) -> Starlette:
    """The application that serves each provider's services."""
    routes = [
        Route(service.service.path, desk.soap(provider, service), methods=["GET", "POST"])
        for provider, services in soap.items()
        for service in services
    ]
    routes += [
        # An id may hold an encoded slash.
        Route(
            operation.path.replace("{id}", "{id:path}"),
            desk.rest(provider, operation, method),
            methods=[operation.method],
        )
        for provider, methods in rest.items()
        for operation, method in methods.items()
    ]
    return Starlette(routes=routes)
