"""The three providers as one application, told apart by the vendors' own paths."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from faxapi.sandbox.asmx import Asmx
from faxapi.sandbox.imagicle import logged_in, unauthorized

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from starlette.requests import Request

    from faxapi.wire.rest import RestOperation

    Endpoint = Callable[[Request], Awaitable[Response]]
    RestMethod = Callable[[Request, str], Response]


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that was answered.

    Attributes:
        provider: `interfax`, `openfax` or `imagicle`.
        operation: Such as `outbound.FaxStatusEx`; "" if none was recognised.
        status: The answer's HTTP status.
    """

    provider: str
    operation: str
    status: int


class Desk:
    """Where every call passes on its way to a provider's state.

    Args:
        lock: Held while the state is read or changed.
    """

    def __init__(self, lock: AbstractContextManager[Any]) -> None:
        self.requests: list[Asked] = []
        self._lock = lock

    async def answer(
        self, provider: str, operation: str, perform: Callable[[], Response]
    ) -> Response:
        """Answer a call and log it.

        The call is known here and has done nothing yet: what delays, limits or breaks calls
        belongs here.
        """
        with self._lock:
            response = perform()
        # Before the answer leaves, so that whoever has it finds it in the log.
        self.requests.append(Asked(provider, operation, response.status_code))
        return response

    def soap(self, provider: str, service: Asmx) -> Endpoint:
        """A SOAP service."""

        async def endpoint(request: Request) -> Response:
            try:
                call = service.read(request, await request.body())
            except ClientDisconnect:
                # Nobody is there to read it.
                return Response(status_code=400)
            return await self.answer(provider, call.operation, call.perform)

        return endpoint

    def rest(self, provider: str, operation: RestOperation[Any], method: RestMethod) -> Endpoint:
        """A REST operation."""

        async def endpoint(request: Request) -> Response:
            user = logged_in(request)
            if user is None:
                return await self.answer(provider, operation.name, unauthorized)
            return await self.answer(provider, operation.name, lambda: method(request, user))

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
