"""Documents as ASP.NET writes them, and a vendor of our own to read them with."""

from collections.abc import Iterator
from enum import IntEnum, StrEnum
from itertools import pairwise
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SecretStr

from faxapi.wire.models import ListOf, VendorModel, list_field, spelled, to_items
from faxapi.wire.scalars import Amount, Binary, Flag, Integer, Minutes, Seconds, Text, Time
from faxapi.wire.soap import Credential, Element, Service, SoapOperation

PHONE = "0039055123456"
"""A value that must turn up in no error."""


class Color(StrEnum):
    RED = "Red"
    GREEN = "Green"


class Level(IntEnum):
    LOW = 0
    HIGH = 3


class Part(VendorModel):
    shown: ClassVar[tuple[str, ...]] = ("name",)

    name: Text = spelled("Name")
    pages: Integer = spelled("Pages")
    good: Flag = spelled("Good")


class Item(VendorModel):
    shown: ClassVar[tuple[str, ...]] = ("item_id", "pages")

    item_id: int = spelled("ItemID", default=...)
    phone: Text = spelled("Phone")
    pages: Integer = spelled("Pages")
    good: Flag = spelled("Good")
    cost: Amount = spelled("Cost")
    sent: Time = spelled("Sent")
    length: Seconds = spelled("Length")
    minutes: Minutes = spelled("Minutes")
    color: Color | None = spelled("Color")
    level: Level | None = spelled("Level")
    secret: SecretStr | None = spelled("Secret")
    image: Binary = spelled("Image")
    part: Part | None = spelled("Part")
    parts: Annotated[tuple[Part, ...], BeforeValidator(to_items)] = list_field("Parts", "Part2")


SERVICE = Service("mail", "/mail.asmx", "http://example.com/Mail")
GET_ITEMS: SoapOperation[list[Item]] = SoapOperation(
    SERVICE,
    "GetItems",
    request=(
        Element("User", str, credential=Credential.USERNAME),
        Element("Password", str, credential=Credential.PASSWORD),
        Element("MaxItems", int),
    ),
    response=(Element("GetItemsResult", ListOf(Item, "Item")), Element("ResultCode", int)),
    returns=ListOf(Item, "Item"),
    answer="GetItemsResult",
    code="ResultCode",
    row="Item",
    idempotent=True,
)

_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
SOAP_1_1 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_1_2 = "http://www.w3.org/2003/05/soap-envelope"


def envelope(body: str, *, prefix: str = "soap", namespace: str = SOAP_1_1) -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><{prefix}:Envelope {_XSI} '
        f'xmlns:{prefix}="{namespace}"><{prefix}:Body>{body}</{prefix}:Body></{prefix}:Envelope>'
    ).encode()


def answer(rows: str, *, after: str = "<ResultCode>0</ResultCode>") -> bytes:
    """An answer to GetItems with these rows."""
    result = f"<GetItemsResult>{rows}</GetItemsResult>"
    return envelope(
        f'<GetItemsResponse xmlns="http://example.com/Mail">{result}{after}</GetItemsResponse>'
    )


def fault_1_1(code: str, text: str, detail: str = "") -> bytes:
    return envelope(
        f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>"
        f"<faultactor>x</faultactor><detail>{detail}</detail></soap:Fault>"
    )


def fault_1_2(code: str, text: str) -> bytes:
    return envelope(
        f"<s:Fault><s:Code><s:Value>{code}</s:Value><s:Subcode><s:Value>s:Inner</s:Value>"
        f'</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">{text}</s:Text></s:Reason>'
        "<s:Node>n</s:Node><s:Role>r</s:Role><s:Detail /></s:Fault>",
        prefix="s",
        namespace=SOAP_1_2,
    )


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    """The data cut at these places."""
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        yield data[start:end]
