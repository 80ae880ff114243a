"""A service's WSDL 1.1, document/literal wrapped, with both SOAP bindings.

Source: W3C, Web Services Description Language 1.1, section 3; its SOAP 1.2 binding extension.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from faxapi.sandbox.elements import VALUE_TYPES, escape
from faxapi.wire.models import ListOf
from faxapi.wire.soap import elements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from faxapi.wire.soap import Element, Service, SoapOperation

_SIMPLE: Mapping[type, str] = {
    str: "string",
    int: "int",
    bool: "boolean",
    Decimal: "decimal",
    datetime: "dateTime",
}
_BINDINGS = ("soap", "soap12")
_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"


def describe(service: Service, operations: Sequence[SoapOperation[Any]], address: str) -> str:
    """The WSDL of a service that is served at `address`."""
    name = PurePosixPath(service.path).stem.capitalize()
    namespace = escape(service.namespace)
    parts = (
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<wsdl:definitions xmlns:tns="{namespace}" targetNamespace="{namespace}" ',
        'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" ',
        'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" ',
        'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" ',
        'xmlns:s="http://www.w3.org/2001/XMLSchema"><wsdl:types>',
        f'<s:schema elementFormDefault="qualified" targetNamespace="{namespace}">',
        *_schema(operations),
        "</s:schema></wsdl:types>",
        *(_message(operation.name, way) for operation in operations for way in _WAYS),
        f'<wsdl:portType name="{name}Soap">',
        *(_port_operation(operation.name) for operation in operations),
        "</wsdl:portType>",
        *_bindings(service, name, operations),
        f'<wsdl:service name="{name}">',
        *(_port(name, soap, address) for soap in _BINDINGS),
        "</wsdl:service></wsdl:definitions>",
    )
    return "".join(parts)


# How a message is called on the way in and out, and its element's suffix.
_WAYS = (("In", ""), ("Out", "Response"))


def _message(name: str, way: tuple[str, str]) -> str:
    suffix, response = way
    return (
        f'<wsdl:message name="{name}Soap{suffix}">'
        f'<wsdl:part name="parameters" element="tns:{name}{response}" /></wsdl:message>'
    )


def _port_operation(name: str) -> str:
    return (
        f'<wsdl:operation name="{name}"><wsdl:input message="tns:{name}SoapIn" />'
        f'<wsdl:output message="tns:{name}SoapOut" /></wsdl:operation>'
    )


def _bindings(
    service: Service, name: str, operations: Sequence[SoapOperation[Any]]
) -> Iterator[str]:
    for soap in _BINDINGS:
        yield f'<wsdl:binding name="{_suffixed(name, soap)}" type="tns:{name}Soap">'
        yield f'<{soap}:binding transport="{_TRANSPORT}" />'
        for operation in operations:
            action = escape(service.action(operation.name))
            body = f'<{soap}:body use="literal" />'
            yield (
                f'<wsdl:operation name="{operation.name}">'
                f'<{soap}:operation soapAction="{action}" style="document" />'
                f"<wsdl:input>{body}</wsdl:input><wsdl:output>{body}</wsdl:output>"
                "</wsdl:operation>"
            )
        yield "</wsdl:binding>"


def _port(name: str, soap: str, address: str) -> str:
    port = _suffixed(name, soap)
    return (
        f'<wsdl:port name="{port}" binding="tns:{port}">'
        f'<{soap}:address location="{escape(address)}" /></wsdl:port>'
    )


def _suffixed(name: str, soap: str) -> str:
    return f"{name}{soap.capitalize()}"


def _schema(operations: Sequence[SoapOperation[Any]]) -> Iterator[str]:
    kinds: dict[str, type | ListOf] = {}
    for operation in operations:
        for suffix, elements in (("", operation.request), ("Response", operation.response)):
            content = _sequence(map(_field, elements))
            yield (
                f'<s:element name="{operation.name}{suffix}">'
                f"<s:complexType>{content}</s:complexType></s:element>"
            )
            _collect((element.type for element in elements), kinds)
    for name, kind in kinds.items():
        if isinstance(kind, ListOf):
            content = _sequence([_item(kind)])
        else:
            content = _sequence(map(_field, elements_of(kind)))
        yield f'<s:complexType name="{name}">{content}</s:complexType>'


def _collect(found: Iterable[type | ListOf], kinds: dict[str, type | ListOf]) -> None:
    """Add the structures and arrays among the types, and those that they are made of."""
    for kind in found:
        name = _type_name(kind)
        if kind in _SIMPLE or name in kinds:
            continue
        kinds[name] = kind
        inner = [kind.type] if isinstance(kind, ListOf) else [e.type for e in elements_of(kind)]
        _collect(inner, kinds)


def _sequence(particles: Iterable[str]) -> str:
    inner = "".join(particles)
    return f"<s:sequence>{inner}</s:sequence>" if inner else ""


def _field(element: Element) -> str:
    """A structure's field: .NET always writes a number, flag or time, and leaves out a null."""
    least = 1 if element.type in VALUE_TYPES else 0
    return (
        f'<s:element minOccurs="{least}" maxOccurs="1" name="{element.name}" '
        f'type="{_qualified(element.type)}" />'
    )


def _item(kind: ListOf) -> str:
    return (
        f'<s:element minOccurs="0" maxOccurs="unbounded" name="{kind.item}" nillable="true" '
        f'type="{_qualified(kind.type)}" />'
    )


def _qualified(kind: type | ListOf) -> str:
    simple = None if isinstance(kind, ListOf) else _SIMPLE.get(kind)
    return f"s:{simple}" if simple else f"tns:{_type_name(kind)}"


def _type_name(kind: type | ListOf) -> str:
    if isinstance(kind, ListOf):
        return f"ArrayOf{kind.item[:1].upper()}{kind.item[1:]}"
    return kind.__name__
