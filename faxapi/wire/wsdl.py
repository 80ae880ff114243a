"""What a service says about itself at `?WSDL`: its namespace, SOAPActions and parameters.

Only what ASP.NET writes is read: document/literal, one schema, one sequence for each request.
https://www.w3.org/TR/2001/NOTE-wsdl-20010315
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from faxapi.errors import DecodeError
from faxapi.wire.xml import (
    MAX_DEPTH,
    NAMESPACE_END,
    Prologue,
    local_name,
    not_well_formed,
    parser,
    shown,
    too_deep,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_WSDL = "http://schemas.xmlsoap.org/wsdl/"
_SOAP_1_1 = "http://schemas.xmlsoap.org/wsdl/soap/"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation: its element's name and its type's local name."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Description:
    """A service's description.

    Attributes:
        namespace: The target namespace of its requests.
        actions: Operation → SOAPAction, of the SOAP 1.1 binding.
        parameters: Operation → its parameters, in wire order.
    """

    namespace: str
    actions: Mapping[str, str]
    parameters: Mapping[str, tuple[Parameter, ...]]


@dataclass(slots=True)
class _Node:
    """An XML element: namespace and local name, attributes, children."""

    name: tuple[str, str]
    attributes: Mapping[str, str]
    children: list[_Node] = field(default_factory=list)

    def named(self, namespace: str, name: str) -> Iterator[_Node]:
        return (child for child in self.children if child.name == (namespace, name))

    def at(self, *names: str) -> list[_Node]:
        """The schema elements at a path of local names."""
        nodes: list[_Node] = [self]
        for name in names:
            nodes = [child for node in nodes for child in node.named(_SCHEMA, name)]
        return nodes

    def get(self, attribute: str) -> str:
        return self.attributes.get(attribute, "")


def parse_wsdl(body: bytes) -> Description:
    """Read a service's description.

    Raises:
        DecodeError: It is no WSDL, or describes no operation.
    """
    root = _to_nodes(body)
    if root.name != (_WSDL, "definitions"):
        raise DecodeError(f"the answer is a {shown(root.name[1])} document, not a WSDL")
    actions = {
        operation.get("name"): soap.get("soapAction")
        for binding in root.named(_WSDL, "binding")
        for operation in binding.named(_WSDL, "operation")
        for soap in operation.named(_SOAP_1_1, "operation")
    }
    schemas = [node for types in root.named(_WSDL, "types") for node in types.at("schema")]
    requests = {
        element.get("name"): (schema, element)
        for schema in schemas
        for element in schema.at("element")
        if element.get("name") in actions
    }
    if not requests:
        raise DecodeError("the WSDL describes no operation over SOAP 1.1")
    schema, _ = next(iter(requests.values()))
    return Description(
        schema.get("targetNamespace"),
        actions,
        {name: _parameters(element) for name, (_, element) in requests.items()},
    )


def _parameters(request: _Node) -> tuple[Parameter, ...]:
    return tuple(
        Parameter(element.get("name"), local_name(element.get("type")))
        for element in request.at("complexType", "sequence", "element")
    )


def _to_nodes(body: bytes) -> _Node:
    top = _Node(("", ""), {})
    path = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        if len(path) > MAX_DEPTH:
            raise too_deep()
        namespace, _, local = name.rpartition(NAMESPACE_END)
        node = _Node((namespace, local), attributes)
        path[-1].children.append(node)
        path.append(node)

    def end(_: str) -> None:
        path.pop()

    reader = parser(NAMESPACE_END)
    reader.StartElementHandler = start
    reader.EndElementHandler = end
    try:
        reader.Parse(Prologue().feed(body), True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError as error:
        problem = not_well_formed(error)
    else:
        return top.children[0]
    raise problem
