"""Reading requests and writing answers by the elements that an operation declares.

Reading is stricter than ASP.NET, which takes an element that it does not know for an absent one:
a client that misspells a name would never hear of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from faxapi.wire.models import ListOf
from faxapi.wire.soap import Element, elements_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

XSI = "http://www.w3.org/2001/XMLSchema-instance"

VALUE_TYPES: Mapping[type | ListOf, object] = {
    int: 0,
    bool: False,
    Decimal: Decimal(0),
    datetime: datetime(1, 1, 1, tzinfo=UTC),
}
"""Types that .NET cannot leave out, each with what stands there when nothing was set."""


# A list's rows are many, and their structure is one.
_structure = cache(elements_of)


@dataclass(slots=True)
class Node:
    """An element of a request, with where it ends."""

    namespace: str
    name: str
    nil: bool = False
    text: str = ""
    children: list[Node] = field(default_factory=list)
    line: int = 0
    column: int = 0

    def child(self, namespace: str, name: str) -> Node | None:
        """The first child of that name."""
        return next(
            (each for each in self.children if (each.namespace, each.name) == (namespace, name)),
            None,
        )

    def __str__(self) -> str:
        return f"<{self.name} xmlns='{self.namespace}'>"


class NotWellFormed(Exception):
    """A body that no XML parser reads."""


class Unreadable(Exception):
    """A request that does not say what the operation declares.

    Args:
        node: Where.
        reason: Why, in .NET's words where it has some.
    """

    def __init__(self, node: Node, reason: str) -> None:
        place = f"There is an error in XML document ({node.line}, {node.column})."
        super().__init__(f"{place} ---> {reason}")


def parse(body: bytes) -> Node:
    """The document's root element.

    Raises:
        NotWellFormed: It has none that can be read, or declares a document type.
    """
    reader = expat.ParserCreate(namespace_separator=" ")
    reader.buffer_text = True
    top = Node("", "")
    open_nodes = [top]

    def start(name: str, attributes: dict[str, str]) -> None:
        namespace, _, local = name.rpartition(" ")
        node = Node(namespace, local, nil=attributes.get(f"{XSI} nil") in {"true", "1"})
        open_nodes[-1].children.append(node)
        open_nodes.append(node)

    def end(_: str) -> None:
        node = open_nodes.pop()
        node.line, node.column = reader.CurrentLineNumber, reader.CurrentColumnNumber + 1

    def characters(text: str) -> None:
        open_nodes[-1].text += text

    def refuse(*_: object) -> None:
        raise NotWellFormed

    reader.StartElementHandler = start
    reader.EndElementHandler = end
    reader.CharacterDataHandler = characters
    reader.StartDoctypeDeclHandler = refuse
    try:
        reader.Parse(body, True)  # noqa: FBT003 - expat takes it by position only
    except (expat.ExpatError, ValueError, LookupError):
        # The latter two are encodings that expat does not take, or nobody knows.
        raise NotWellFormed from None
    return top.children[0]


def read(elements: Sequence[Element], node: Node, namespace: str) -> dict[str, Any]:
    """The values of a structure, by name; an absent text, list or structure is None.

    Raises:
        Unreadable: An element is unknown, out of order, in another namespace, given twice or not
            of its type; or a number, flag or time is missing.
    """
    if node.text.strip():
        raise Unreadable(node, "Text stands where only elements may.")
    values: dict[str, Any] = {}
    waiting = list(elements)
    for child in node.children:
        names = [element.name for element in waiting]
        if child.namespace != namespace or child.name not in names:
            raise Unreadable(child, f"{child} was not expected.")
        at = names.index(child.name)
        values |= _absent(waiting[:at], child)
        values[child.name] = _value(waiting[at].type, child, namespace)
        del waiting[: at + 1]
    return values | _absent(waiting, node)


def _absent(elements: Iterable[Element], node: Node) -> dict[str, None]:
    for element in elements:
        if element.type in VALUE_TYPES:
            raise Unreadable(node, f"<{element.name}> is missing.")
    return {element.name: None for element in elements}


def _value(kind: type | ListOf, node: Node, namespace: str) -> Any:  # noqa: ANN401 - as declared
    if node.nil and kind not in VALUE_TYPES:
        return None
    if isinstance(kind, ListOf):
        return _items(kind, node, namespace)
    if kind not in _READERS:
        return read(_structure(kind), node, namespace)
    if node.children:
        raise Unreadable(node.children[0], f"{node.children[0]} was not expected.")
    try:
        return _READERS[kind](node.text)
    except ValueError as error:
        reason = str(error)
    raise Unreadable(node, reason)


def _items(kind: ListOf, node: Node, namespace: str) -> list[Any]:
    for child in node.children:
        if (child.namespace, child.name) != (namespace, kind.item):
            raise Unreadable(child, f"{child} was not expected.")
    return [_value(kind.type, child, namespace) for child in node.children]


_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)")
_TIME = re.compile(
    r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d{1,7})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII
)
_INT32 = range(-(1 << 31), 1 << 31)
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text.strip()):
        message = "Input string was not in a correct format."
        raise ValueError(message)
    if (value := int(text)) not in _INT32:
        message = "Value was either too large or too small for an Int32."
        raise ValueError(message)
    return value


def _boolean(text: str) -> bool:
    if text.strip() not in _BOOLEANS:
        message = f"The string '{text}' is not a valid Boolean value."
        raise ValueError(message)
    return _BOOLEANS[text.strip()]


def _decimal(text: str) -> Decimal:
    if not _DECIMAL.fullmatch(text.strip()):
        message = "Input string was not in a correct format."
        raise ValueError(message)
    return Decimal(text.strip())


def _time(text: str) -> datetime:
    """A time in UTC, which is also the clock of a time that names no zone."""
    try:
        if not _TIME.fullmatch(text.strip()):
            raise ValueError  # noqa: TRY301 - one message for both ways of being wrong
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        message = f"The string '{text}' is not a valid AllXsd value."
        raise ValueError(message) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


_READERS: Mapping[type, Callable[[str], Any]] = {
    str: str,
    int: _integer,
    bool: _boolean,
    Decimal: _decimal,
    datetime: _time,
}


def write(elements: Sequence[Element], values: Mapping[str, Any]) -> str:
    """A structure's elements, in the declared order, as .NET writes them.

    A None is no element, or for a number, flag or time .NET's zero.

    Raises:
        TypeError: A value has a name that is not declared.
    """
    if unknown := values.keys() - {element.name for element in elements}:
        message = f"the answer has no {', '.join(sorted(unknown))}"
        raise TypeError(message)
    return "".join(_element(each.name, each.type, values.get(each.name)) for each in elements)


def _element(name: str, kind: type | ListOf, value: Any) -> str:  # noqa: ANN401 - as declared
    if value is None:
        value = VALUE_TYPES.get(kind)
        if value is None:
            return ""
    if isinstance(kind, ListOf):
        content = "".join(
            f'<{kind.item} xsi:nil="true" />'
            if item is None
            else _element(kind.item, kind.type, item)
            for item in value
        )
    elif kind in _READERS:
        content = escape(value) if isinstance(value, str) else _scalar(value)
    else:
        content = write(_structure(kind), value)
    return f"<{name}>{content}</{name}>" if content else f"<{name} />"


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        # .NET trims the fraction's zeros, and names no zone for a time that its database gave it.
        clock = value.astimezone(UTC) if value.tzinfo is not UTC else value
        text = clock.replace(tzinfo=None).isoformat()
        return text.rstrip("0") if clock.microsecond else text
    return str(value)


# A line's end stays what it is, and parsers make a line feed of it.
_ESCAPES = {code: f"&#x{code:X};" for code in range(32) if chr(code) not in "\t\r\n"}
_ESCAPES |= {code: f"&#x{code:X};" for code in (0xFFFE, 0xFFFF)}
_ESCAPES |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}


def escape(text: str) -> str:
    """Text as .NET writes it: a control character becomes a reference, which XML forbids."""
    return text.translate(_ESCAPES)
