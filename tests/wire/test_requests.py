import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from traceback import walk_tb
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from faxapi.errors import ConfigurationError
from faxapi.wire.models import ListOf, VendorModel, spelled
from faxapi.wire.scalars import Flag, Integer, Text
from faxapi.wire.soap import (
    Element,
    Masked,
    Service,
    SoapOperation,
    SoapVersion,
    encode_element,
    encode_request,
    escape,
)
from tests.wire.samples import GET_ITEMS, SERVICE, Color, Level, Part

VALUES = {"User": "acme", "Password": SecretStr("s<3>cret"), "MaxItems": 100}
ROME = ZoneInfo("Europe/Rome")


def test_a_soap_1_1_request() -> None:
    request = encode_request(GET_ITEMS, VALUES)
    assert bytes(request.body) == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        b'<soap:Body><GetItems xmlns="http://example.com/Mail">'
        b"<User>acme</User><Password>s&lt;3&gt;cret</Password><MaxItems>100</MaxItems>"
        b"</GetItems></soap:Body></soap:Envelope>"
    )
    assert request.headers == {
        "Content-Type": "text/xml; charset=utf-8",
        "SOAPAction": '"http://example.com/Mail/GetItems"',
    }


def test_a_soap_1_2_request_has_no_soap_action() -> None:
    request = encode_request(GET_ITEMS, VALUES, version=SoapVersion.V1_2)
    assert bytes(request.body) == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap12:Envelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns:soap12="http://www.w3.org/2003/05/soap-envelope">'
        b'<soap12:Body><GetItems xmlns="http://example.com/Mail">'
        b"<User>acme</User><Password>s&lt;3&gt;cret</Password><MaxItems>100</MaxItems>"
        b"</GetItems></soap12:Body></soap12:Envelope>"
    )
    assert request.headers == {"Content-Type": "application/soap+xml; charset=utf-8"}


@pytest.mark.parametrize(
    ("namespace", "action"),
    [
        ("http://www.interfax.cc", "http://www.interfax.cc/GetItems"),
        ("http://tempuri.org/", "http://tempuri.org/GetItems"),
    ],
)
def test_the_soap_action_is_namespace_slash_operation(namespace: str, action: str) -> None:
    service = Service("", "/x.asmx", namespace)
    operation: SoapOperation[None] = SoapOperation(service, "GetItems", request=(), response=())
    assert encode_request(operation, {}).headers["SOAPAction"] == f'"{action}"'
    assert encode_request(operation, {}, action="urn:x").headers["SOAPAction"] == '"urn:x"'
    assert operation.label == "GetItems"
    assert GET_ITEMS.label == "mail.GetItems"


def test_a_namespace_is_escaped() -> None:
    service = Service("", "/x.asmx", 'http://x/?a="1"&b=<2>')
    operation: SoapOperation[None] = SoapOperation(service, "Get", request=(), response=())
    body = bytes(encode_request(operation, {}).body)
    assert b'<Get xmlns="http://x/?a=&quot;1&quot;&amp;b=&lt;2&gt;"></Get>' in body


TEXT, INT, FLAG = Element("T", str), Element("N", int), Element("B", bool)
MONEY, TIME, BYTES = Element("M", Decimal), Element("D", datetime), Element("Y", bytes)


@pytest.mark.parametrize(
    ("element", "value", "xml"),
    [
        (TEXT, "", "<T></T>"),
        (TEXT, "  a  ", "<T>  a  </T>"),
        (TEXT, '<a href="x">R&D\'s</a>', "<T>&lt;a href=&quot;x&quot;&gt;R&amp;D's&lt;/a&gt;</T>"),
        (TEXT, "]]>", "<T>]]&gt;</T>"),
        (TEXT, "&amp;", "<T>&amp;amp;</T>"),
        (TEXT, "a\r\nb\tc", "<T>a&#13;\nb\tc</T>"),
        (TEXT, "é\U0001f4e0\x85\ufffd", "<T>é\U0001f4e0\x85\ufffd</T>"),
        (TEXT, SecretStr("p&q"), "<T>p&amp;q</T>"),
        (TEXT, Color.RED, "<T>Red</T>"),
        (TEXT, None, ""),
        (INT, 0, "<N>0</N>"),
        (INT, -5, "<N>-5</N>"),
        (INT, Level.HIGH, "<N>3</N>"),
        (FLAG, True, "<B>true</B>"),
        (FLAG, False, "<B>false</B>"),
        (MONEY, Decimal("0.1100"), "<M>0.1100</M>"),
        (MONEY, Decimal("1E-7"), "<M>0.0000001</M>"),
        (MONEY, Decimal("1E+5"), "<M>100000</M>"),
        (MONEY, Decimal("-0.5"), "<M>-0.5</M>"),
        (TIME, datetime(2024, 7, 1, 22, 30, 1, 5, tzinfo=UTC), "<D>2024-07-02T00:30:01</D>"),
        (
            TIME,
            datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=-5))),
            "<D>2024-01-01T18:00:00</D>",
        ),
        (TIME, date(2024, 7, 1), "<D>2024-07-01T00:00:00</D>"),
        (BYTES, b"%PDF-", "<Y>JVBERi0=</Y>"),
    ],
)
def test_an_element(element: Element, value: object, xml: str) -> None:
    assert encode_element(element, value, zone=ROME) == xml


@pytest.mark.parametrize("element", [INT, FLAG, MONEY, TIME])
def test_a_missing_number_flag_or_time_is_refused_since_the_service_would_read_0(
    element: Element,
) -> None:
    with pytest.raises(ConfigurationError, match=f"^{element.name} is not given. .*0, false or"):
        encode_element(element, None)


def test_what_is_missing_takes_its_default() -> None:
    operation: SoapOperation[None] = SoapOperation(
        SERVICE,
        "Get",
        request=(Element("A", int, default=0), Element("B", str), Element("C", str, default="c")),
        response=(),
    )
    assert b'<Get xmlns="http://example.com/Mail"><A>0</A><C>c</C></Get>' in bytes(
        encode_request(operation, {}).body
    )
    assert b"<A>7</A><B>b</B></Get>" in bytes(
        encode_request(operation, {"A": 7, "B": "b", "C": None}).body
    )


class Deep(VendorModel):
    number: Integer = spelled("Number")
    part: Part | None = spelled("Part")
    parts: tuple[Part, ...] = spelled("Parts", default=())
    secret: SecretStr | None = spelled("Secret")
    text: Text = spelled("Text")
    flag: Flag = spelled("Flag")


def test_a_structure_with_its_members_in_the_vendors_order() -> None:
    part = Part(name="a&b", pages=1, good=True)
    value = Deep(number=1, part=part, parts=(part, part), secret=SecretStr("<"), flag=False)
    written = "<Name>a&amp;b</Name><Pages>1</Pages><Good>true</Good>"
    assert encode_element(Element("U_tx", Deep), value) == (
        f"<U_tx><Number>1</Number><Part>{written}</Part>"
        f"<Parts><Part>{written}</Part><Part>{written}</Part></Parts>"
        "<Secret>&lt;</Secret><Flag>false</Flag></U_tx>"
    )


def test_a_member_that_the_service_would_read_as_0_must_be_set() -> None:
    with pytest.raises(ConfigurationError, match=r"^Flag is not given"):
        encode_element(Element("U_tx", Deep), Deep(number=1))


def test_arrays_of_none_one_many_and_nil() -> None:
    element = Element("List", ListOf(Part, "Part"))
    a, b = Part(name="a", pages=1, good=True), Part(name="b", pages=2, good=False)
    one = "<Part><Name>a</Name><Pages>1</Pages><Good>true</Good></Part>"
    two = "<Part><Name>b</Name><Pages>2</Pages><Good>false</Good></Part>"
    assert encode_element(element, None) == ""
    assert encode_element(element, ()) == "<List></List>"
    assert encode_element(element, [a]) == f"<List>{one}</List>"
    nil = '<Part xsi:nil="true" />'
    assert encode_element(element, [a, None, b]) == f"<List>{one}{nil}{two}</List>"
    texts = Element("Names", ListOf(str, "string"))
    assert encode_element(texts, ["a", "<"]) == (
        "<Names><string>a</string><string>&lt;</string></Names>"
    )


UNFIT = ["a\x00b", "\x01", "\x0b", "\x1b[31m", "\x1f", "\ufffe", "\uffff", "\ud83d", "x\udc00"]


@pytest.mark.parametrize("text", UNFIT, ids=ascii)
def test_what_xml_cannot_carry_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^T holds a control character") as caught:
        encode_element(TEXT, text)
    assert text not in f"{caught.value} {caught.value!r}"


@pytest.mark.parametrize(
    "value",
    [1.5, Decimal("NaN"), Decimal("-Infinity"), timedelta(1), object, {"a": 1}, [1], None],
    ids=repr,
)
def test_what_has_no_form_on_the_wire_is_refused(value: object) -> None:
    with pytest.raises(
        ConfigurationError, match=r"^(L|string) is an? .* that a request cannot carry"
    ):
        encode_element(Element("L", ListOf(str, "string")), [value] if value else [{}])
    if value:
        with pytest.raises(ConfigurationError, match=r"^T is a .* that a request cannot carry"):
            encode_element(TEXT, value)


def test_a_naive_time_is_refused_by_its_name() -> None:
    with pytest.raises(ConfigurationError, match=r"^D is a datetime without a time zone"):
        encode_element(TIME, datetime(2024, 7, 1))  # noqa: DTZ001 - naive on purpose


def test_the_password_shows_nowhere_not_even_in_a_failed_requests_frames() -> None:
    secret = "hunter2\x01"
    request = encode_request(GET_ITEMS, VALUES)
    shown = f"{request} {request!r} {request.body} {request.body!r}"
    assert "cret" not in shown
    assert repr(request.body) == f"<{len(request.body)} bytes>"
    with pytest.raises(ConfigurationError) as caught:
        encode_request(GET_ITEMS, {**VALUES, "Password": SecretStr(secret)})
    frames = [frame for frame, _ in walk_tb(caught.value.__traceback__)][1:]
    assert len(frames) > 3
    assert "hunter2" not in repr([frame.f_locals for frame in frames])
    assert "hunter2" not in f"{caught.value} {caught.value!r} {pickle.dumps(caught.value)!r}"


def test_masked_bytes_are_still_the_bytes() -> None:
    body = Masked(b"secret")
    assert body == b"secret"
    assert b"".join([body]) == b"secret"
    assert f"{[body]} {(body,)} {body!s}" == "[<6 bytes>] (<6 bytes>,) <6 bytes>"


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")))
def test_every_text_that_is_sent_arrives(text: str) -> None:
    try:
        escaped = escape(text)
    except ConfigurationError:
        assert any(ord(character) < 32 for character in text)
        return
    tree: Any = xmltodict.parse(
        f'<a b="{escaped}">{escaped}</a>', strip_whitespace=False, force_cdata=True
    )
    assert tree["a"].get("#text", "") == text


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_a_decimal_is_written_without_an_exponent(number: Decimal) -> None:
    text = encode_element(MONEY, number).removeprefix("<M>").removesuffix("</M>")
    assert "E" not in text
    assert Decimal(text) == number
