"""What the runtime's services ask: the sandbox of the test decides what they answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

from faxapi.sandbox import Sandbox
from faxapi.sandbox.elements import _READERS, _scalar
from faxapi.wire.models import ListOf
from faxapi.wire.soap import Element, SoapOperation, elements_of


class Bridge:
    """Lends the runtime one sandbox after the other."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self._sandbox: Sandbox | None = None

    @contextmanager
    def lend(self, sandbox: Sandbox) -> Iterator[None]:
        """Let this sandbox, which runs, decide."""
        self._sandbox = sandbox
        self.asked.clear()
        try:
            yield
        finally:
            self._sandbox = None

    def answer(self, name: str, request: dict[str, Any]) -> dict[str, Any]:
        """What an operation answers, every scalar as text; or the error that it raises."""
        sandbox = self._lent()
        self.asked.append(name)
        operation, run = next(
            (operation, run)
            for methods in sandbox._fleet.soap().values()
            for operation, run in methods.items()
            if operation.name == name
        )
        with sandbox._desk._lock:
            try:
                answer = run(_values(operation.request, request))
            except Exception as error:  # noqa: BLE001 - as the sandbox does: it becomes a fault
                return {"error": str(error)}
        return {"values": to_texts(_complete(operation, answer))}

    def forward(self, target: str, authorization: str | None) -> httpx.Response:
        """What the sandbox itself answers to a request of Imagicle's API."""
        headers = {"Authorization": authorization} if authorization else {}
        url = self._lent().url + target.removeprefix("/dates")
        return httpx.get(url, headers=headers, trust_env=False)

    def _lent(self) -> Sandbox:
        if self._sandbox is None:
            message = "no sandbox is lent to the runtime"
            raise RuntimeError(message)
        return self._sandbox


def _values(elements: Sequence[Element], given: Mapping[str, Any]) -> dict[str, Any]:
    """A request's values of the types that the operation declares."""
    return {each.name: _value(each.type, given[each.name]) for each in elements}


def _value(kind: type | ListOf, given: Any) -> Any:  # noqa: ANN401 - as declared
    if given is None:
        return None
    if isinstance(kind, ListOf):
        return [_value(kind.type, each) for each in given]
    if kind in _READERS:
        return _READERS[kind](given)
    return _values(elements_of(kind), given)


def _complete(operation: SoapOperation[Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    return {each.name: answer.get(each.name) for each in operation.response}


def to_texts(value: Any) -> Any:  # noqa: ANN401 - any values
    """Values with a text for each scalar, as both .NET programs take and give them."""
    if isinstance(value, Mapping):
        return {name: to_texts(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_texts(each) for each in value]
    return None if value is None else _scalar(value)


@contextmanager
def bridge() -> Iterator[Bridge]:
    """A bridge on a port of this machine."""
    made = Bridge()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = made.answer(self.path.strip("/"), json.loads(body))
            self._send(200, json.dumps(answer).encode())

        def do_GET(self) -> None:
            answer = made.forward(self.path, self.headers["Authorization"])
            self._send(answer.status_code, answer.content, answer.headers.get("WWW-Authenticate"))

        def _send(self, status: int, body: bytes, challenge: str | None = None) -> None:
            self.send_response(status)
            if challenge:
                self.send_header("WWW-Authenticate", challenge)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, *_: object, **__: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
