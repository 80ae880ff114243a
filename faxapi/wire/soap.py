"""SOAP 1.1 and 1.2, document/literal, as ASP.NET speaks it.

An operation is one value: the client encodes and decodes by it, the sandbox serves and describes
itself by it, and the documentation lists it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from pydantic import SecretStr

from faxapi.errors import ConfigurationError, DecodeError, ProviderFault
from faxapi.wire.models import ListOf, VendorModel
from faxapi.wire.scalars import format_time
from faxapi.wire.xml import not_an_envelope, shown, to_tree

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

AnswerT = TypeVar("AnswerT")
Tree = dict[str, Any]


class SoapVersion(StrEnum):
    """The envelope's version."""

    V1_1 = "1.1"
    V1_2 = "1.2"


class Credential(StrEnum):
    """A parameter that the client fills in from its account."""

    USERNAME = "username"
    PASSWORD = "password"  # noqa: S105 - a role, not a password


@dataclass(frozen=True, slots=True)
class Service:
    """One endpoint and the namespace it answers to; neither is ever derived from the other."""

    name: str
    path: str
    namespace: str

    def action(self, operation: str) -> str:
        """The SOAPAction of an operation, by ASP.NET's rule."""
        slash = "" if self.namespace.endswith("/") else "/"
        return f"{self.namespace}{slash}{operation}"


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a request or an answer.

    Attributes:
        name: Its name on the wire.
        type: `str`, `int`, `bool`, `Decimal`, `datetime`, a vendor's model, or a `ListOf`.
        default: What is sent unless the caller gives a value; None sends nothing.
        credential: Set if the client fills it in.
    """

    name: str
    type: type | ListOf
    default: object = None
    credential: Credential | None = None


@dataclass(frozen=True, slots=True)
class SoapOperation(Generic[AnswerT]):
    """What one operation sends and answers.

    Attributes:
        service: Where it is served.
        name: The vendor's name.
        request: Its parameters, in wire order.
        response: What stands in `<NameResponse>`, in wire order.
        answer: Path of the part of the response that the caller wants; "" for the whole response.
            Where the vendor leaves the place open, several paths with `|` between them: the first
            with elements in it counts.
        returns: The type of that part; None if the caller wants none of it.
        code: Path of the vendor's result code in the response, "" where it has none.
        code_required: Whether an answer without its code is unreadable.
        row: The row element's local name, if the answer is a list that is streamed.
        beside: The local name of the rows of a short list beside it.
        idempotent: Whether it only reads, so that it may be sent again.
        counted: Whether the vendor counts it for the limit on calls in a time.
        shown_by: The operation that shows what it changes, for whoever must know whether it did.
        source: Where the vendor or a witness says so.
    """

    service: Service
    name: str
    request: tuple[Element, ...]
    response: tuple[Element, ...]
    returns: type[AnswerT] | ListOf | None = None
    answer: str = ""
    code: str = ""
    code_required: bool = True
    row: str = ""
    beside: str = ""
    idempotent: bool = False
    counted: bool = False
    shown_by: str = ""
    source: str = ""

    @property
    def label(self) -> str:
        """The name that errors and documentation use: `outbound.FaxStatusEx`."""
        return f"{self.service.name}.{self.name}" if self.service.name else self.name


class Masked(bytes):
    """Bytes that hold a password or personal data; their repr shows the length only."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class SoapRequest:
    """What to post."""

    headers: Mapping[str, str]
    body: Masked = field(repr=False)


_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_ENVELOPES = {
    SoapVersion.V1_1: (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap:Envelope {_XSI} xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        '<soap:Body><{name} xmlns="{namespace}">{parameters}</{name}></soap:Body></soap:Envelope>'
    ),
    SoapVersion.V1_2: (
        '<?xml version="1.0" encoding="utf-8"?>'
        f'<soap12:Envelope {_XSI} xmlns:soap12="http://www.w3.org/2003/05/soap-envelope">'
        '<soap12:Body><{name} xmlns="{namespace}">{parameters}</{name}></soap12:Body>'
        "</soap12:Envelope>"
    ),
}
CONTENT_TYPES = {
    SoapVersion.V1_1: "text/xml; charset=utf-8",
    SoapVersion.V1_2: "application/soap+xml; charset=utf-8",
}


def encode_request(
    operation: SoapOperation[Any],
    values: Mapping[str, object],
    *,
    version: SoapVersion = SoapVersion.V1_1,
    zone: tzinfo = UTC,
    action: str | None = None,
) -> SoapRequest:
    """The request of an operation.

    Args:
        operation: What to ask.
        values: By wire name; what is missing takes the element's default.
        version: The envelope's version.
        zone: The vendor's zone, in which times are written.
        action: The SOAPAction, where it is not ASP.NET's.

    Raises:
        ConfigurationError: A value that XML cannot carry, or a missing number or flag.
    """
    parameters = "".join(
        encode_element(element, values.get(element.name, element.default), zone=zone)
        for element in operation.request
    )
    text = _ENVELOPES[version].format(
        name=operation.name, namespace=escape(operation.service.namespace), parameters=parameters
    )
    headers = {"Content-Type": CONTENT_TYPES[version]}
    if version is SoapVersion.V1_1:
        headers["SOAPAction"] = f'"{action or operation.service.action(operation.name)}"'
    return SoapRequest(headers, Masked(text.encode()))


def encode_element(element: Element, value: object, *, zone: tzinfo = UTC) -> str:
    """One element with its value; a None is no element at all, as ASP.NET writes and reads it.

    Raises:
        ConfigurationError: A None for a number, flag or time: the service would read it as 0.
    """
    if value is None:
        if element.type in _VALUE_TYPES:
            raise ConfigurationError(
                f"{element.name} is not given",
                hint="The service reads a missing number, flag or time as 0, false or year 1; "
                "read the present values first and change a copy of them",
            )
        return ""
    return f"<{element.name}>{_content(element.type, value, element.name, zone)}</{element.name}>"


def elements_of(model: type[VendorModel]) -> tuple[Element, ...]:
    """A vendor structure's elements, in wire order."""
    return tuple(
        Element(name, model.wire_type(attribute)) for attribute, name in model.wire_names().items()
    )


_VALUE_TYPES = frozenset({int, bool, Decimal, datetime})


def _content(kind: type | ListOf, value: Any, name: str, zone: tzinfo) -> str:  # noqa: ANN401 - checked by kind
    if isinstance(kind, ListOf):
        item = Element(kind.item, kind.type)
        return "".join(
            f'<{kind.item} xsi:nil="true" />'
            if each is None
            else encode_element(item, each, zone=zone)
            for each in value
        )
    if isinstance(value, VendorModel):
        return "".join(
            encode_element(element, value.wire_value(attribute), zone=zone)
            for attribute, element in zip(
                type(value).model_fields, elements_of(type(value)), strict=True
            )
        )
    return escape(_scalar(value, name, zone), name)


def _scalar(value: Any, name: str, zone: tzinfo) -> str:  # noqa: ANN401 - any scalar
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, date):
        return format_time(value, zone, name)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, str | int):
        return str(value)
    raise ConfigurationError(f"{name} is a {type(value).__name__} that a request cannot carry")


# A carriage return would otherwise come out as a line feed (XML 1.0, section 2.11).
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"})
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape(text: str, name: str = "the value") -> str:
    """Text for an element or for an attribute in double quotes.

    Raises:
        ConfigurationError: A character that no XML 1.0 document can hold, even as a reference.
    """
    if not _NOT_XML.search(text):
        return text.translate(_ESCAPES)
    # It may be a password, and some tools log a traceback with the variables of its frames.
    del text
    raise ConfigurationError(
        f"{name} holds a control character that XML cannot carry", hint="Remove it"
    )


def parse_response(operation: SoapOperation[Any], body: bytes) -> Tree:
    """What stands in `<NameResponse>`, by local name.

    Raises:
        ProviderFault: The answer is a fault.
        DecodeError: It is no SOAP answer, or another operation's.
    """
    content = _body(to_tree(body))
    name = f"{operation.name}Response"
    if name not in content:
        found = ", ".join(map(shown, content)) or "nothing"
        raise DecodeError(f"the answer holds {found} instead of <{name}>")
    response = content[name]
    return response if isinstance(response, dict) else {}


def parse_fault(body: bytes) -> ProviderFault | None:
    """The fault that a body holds; None if it holds none or is no SOAP at all."""
    try:
        _body(to_tree(body))
    except ProviderFault as fault:
        return fault
    except DecodeError:
        pass
    return None


def _body(tree: Mapping[str, Any]) -> Tree:
    (root,) = tree
    if root != "Envelope":
        raise not_an_envelope(root)
    envelope = tree[root]
    content = envelope.get("Body") if isinstance(envelope, dict) else None
    if not isinstance(content, dict):
        return {}
    if "Fault" in content:
        raise _fault(content["Fault"])
    return content


def _fault(fault: object) -> ProviderFault:
    """The fault of either version: 1.1 has its parts under their own names, 1.2 one level down."""
    fault = fault if isinstance(fault, dict) else {}
    code, text = fault.get("faultcode"), fault.get("faultstring")
    if isinstance(outer := fault.get("Code"), dict):
        code = outer.get("Value")
    if isinstance(reason := fault.get("Reason"), dict):
        text = reason.get("Text")
    text = next(iter(_texts(text)), "")
    local = next(iter(_texts(code)), "").rpartition(":")[2].partition(".")[0]
    return ProviderFault(
        useful(text) or "the service answered with a fault that says nothing",
        fault_text=text,
        code=local or None,
        retryable=local in {"Server", "Receiver"},
    )


def _texts(value: object) -> Iterator[str]:
    """The texts in a value: one, or several languages of it."""
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, str) and each.strip():
            yield each.strip()


# An exception that was never thrown has no lines of its own before the end of its trace. All of it
# stands on one line: over many empty ones a search would cost the square of their number.
_STACK_LINE = re.compile(r"^[^\S\n]+(?:at \S.*\(|--- )", re.MULTILINE)
_LONGEST_MESSAGE = 300


def useful(text: str) -> str:
    """The innermost exception's message: the last one before any stack trace."""
    messages = [" ".join(message.split()) for message in without_stack(text).split("--->")]
    innermost = next(filter(None, reversed(messages)), "")
    return innermost[:_LONGEST_MESSAGE].rstrip(".")


def without_stack(text: str) -> str:
    """The exceptions' messages, outermost first: a stack trace names every parameter."""
    return text[: stack.start()] if (stack := _STACK_LINE.search(text)) else text


def at_path(tree: Tree, path: str) -> Any:  # noqa: ANN401 - any part of an answer
    """The part of an answer at a path such as `Result/Status`; None if absent."""
    value: Any = tree
    for step in path.split("/"):
        value = value.get(step) if isinstance(value, dict) else None
    return value
