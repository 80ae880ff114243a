"""Clients that know nothing but the sandbox's WSDLs, and what its answers are by those."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import fromstring

import httpx
import pytest
import suds.client
import suds.transport.http
from suds.sudsobject import asdict
from xmlschema.extras.wsdl import Wsdl11Document
from zeep.helpers import serialize_object

from faxapi.providers.interfax.operations import OPERATIONS
from faxapi.providers.openfax.operations import DEFAULT
from faxapi.sandbox import Sandbox
from tests.interop.bridge import to_texts
from tests.interop.calls import ForeignCall, calls, prepare
from tests.interop.proxies import make_client, net_client
from tests.interop.writer import Writer, port_of, reader_of
from tests.sandbox.wire import ADMIN, DFS, INBOUND, NOW, OPENFAX, SOAP

SERVICES = [path for path, _ in (DFS, ADMIN, INBOUND, OPENFAX)]
WSDL = "http://schemas.xmlsoap.org/wsdl/soap"
EVERY = {operation.name for operation in (*OPERATIONS, *DEFAULT)}

Client = Callable[[ForeignCall], object]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """Without the data set: its control characters no other client reads."""
    with Sandbox(now=NOW, faxes=0, rate_limit=None) as sandbox:
        prepare(sandbox, 'Smith & Sons: "offer" <new>')
        yield sandbox


def of_zeep(sandbox: Sandbox, version: str) -> Client:
    clients: dict[str, Any] = {}

    def service(path: str) -> Any:  # noqa: ANN401 - zeep makes its methods
        client = reader_of(f"{sandbox.url}{path}?WSDL")
        return client.bind(*port_of(client, version))

    def call(asked: ForeignCall) -> object:
        path, _ = asked.service
        clients[path] = clients.get(path) or service(path)
        return serialize_object(clients[path][asked.name](**asked.arguments))

    return call


def of_suds(sandbox: Sandbox) -> Client:
    clients: dict[str, Any] = {}

    def service(path: str) -> Any:  # noqa: ANN401 - suds makes its methods
        # Without a cache, which it would leave behind.
        transport = suds.transport.http.HttpTransport(proxy={})
        url = f"{sandbox.url}{path}?WSDL"
        client = suds.client.Client(url, cache=None, transport=transport)
        (described,) = client.wsdl.services
        port = next(port.name for port in described.ports if not port.name.endswith("Soap12"))
        return client.service[port]

    def call(asked: ForeignCall) -> object:
        path, _ = asked.service
        clients[path] = clients.get(path) or service(path)
        return clients[path][asked.name](**asked.arguments)

    return call


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401 - whatever a client makes
    """Each element with its text, as any of the clients has it."""
    if hasattr(value, "__keylist__"):
        value = asdict(value)
    if isinstance(value, Mapping):
        for inner, each in value.items():
            yield from leaves(each, str(inner))
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, name)
    elif value is not None:
        yield name, value.isoformat() if isinstance(value, datetime) else to_texts(value)


def call_every_operation(client: Client) -> None:
    called = []
    for call in calls():
        found = set(leaves(client(call)))
        for name, value in call.expected:
            # Whoever returns one value has no name for it.
            assert {(name, to_texts(value)), ("", to_texts(value))} & found, call.name
        called.append(call.name)
    assert set(called) == EVERY


@pytest.mark.parametrize("version", SOAP)
def test_zeep_calls_every_operation(sandbox: Sandbox, version: str) -> None:
    call_every_operation(of_zeep(sandbox, version))
    assert {asked.status for asked in sandbox.requests if asked.operation} == {200}


def test_suds_calls_every_operation(sandbox: Sandbox) -> None:
    call_every_operation(of_suds(sandbox))
    assert {asked.status for asked in sandbox.requests if asked.operation} == {200}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with Sandbox(now=NOW, faxes=0) as described:
        return make_client(described.url, SERVICES, tmp_path_factory.mktemp("client"))


@pytest.mark.parametrize("version", SOAP)
def test_net_calls_every_operation(program: Path, sandbox: Sandbox, version: str) -> None:
    with net_client(program, sandbox.url, version) as client:
        call_every_operation(client)
    assert {asked.status for asked in sandbox.requests} == {200}


def test_not_even_net_reads_the_control_characters_that_net_writes(program: Path) -> None:
    with Sandbox(now=NOW, faxes=0) as sandbox:
        sandbox.interfax.add_fax(Subject="Room \x01")
        with (
            net_client(program, sandbox.url, "1.1") as client,
            pytest.raises(RuntimeError, match="0x01, is an invalid character"),
        ):
            client(next(calls()))


def described(sandbox: Sandbox, http: httpx.Client, path: str) -> Wsdl11Document:
    """A description that keeps the rules of WSDL 1.1, and whose names are all there.

    The SOAP 1.2 binding has a namespace of its own, of which no schema is in reach; its elements
    are those of 1.1.
    """
    text = http.get(f"{sandbox.url}{path}?WSDL").text
    return Wsdl11Document(text.replace(f"{WSDL}12/", f"{WSDL}/"))


@pytest.mark.parametrize("path", SERVICES)
def test_a_description_is_valid(sandbox: Sandbox, http: httpx.Client, path: str) -> None:
    document = described(sandbox, http, path)
    own = [each for each in (*OPERATIONS, *DEFAULT) if each.service.path == path]
    (port_type,) = document.port_types.values()
    assert {name for name, *_ in port_type.operations} == {operation.name for operation in own}
    assert [len(each.operations) for each in document.bindings.values()] == [len(own)] * 2


@pytest.mark.parametrize("version", SOAP)
def test_every_answer_is_valid(sandbox: Sandbox, http: httpx.Client, version: str) -> None:
    """By the types of the service's own description."""
    documents = {path: described(sandbox, http, path) for path in SERVICES}
    writer = Writer(sandbox.url)
    for call in calls():
        path, namespace = call.service
        body, headers = writer.request(call, version)
        answer = http.post(sandbox.url + path, content=body, headers=headers)
        (response,) = fromstring(answer.text).iterfind(f"{{{SOAP[version]}}}Body/*")  # noqa: S314 - our own answer
        assert response.tag == f"{{{namespace}}}{call.name}Response"
        documents[path].schema.maps.elements[response.tag].validate(response)
