from typing import Any

import pytest

from faxapi.errors import DecodeError, ProviderFault
from faxapi.wire.soap import at_path, parse_fault, parse_response
from tests.wire.samples import (
    GET_ITEMS,
    PHONE,
    SOAP_1_2,
    answer,
    envelope,
    fault_1_1,
    fault_1_2,
)

THREW = "Server was unable to process request. ---&gt; The fax line is down."
UNREADABLE = (
    "Server was unable to read request. ---&gt; There is an error in XML document (2, 256). "
    "---&gt; Input string was not in a correct format."
)
STACK = f"""System.Web.Services.Protocols.SoapException: Server was unable to process request. \
---&gt; System.Data.SqlClient.SqlException: Login failed for user 'sa'.
   at System.Data.SqlClient.SqlInternalConnection.OnError(SqlException exception)
   at Fax.Data.Load`1.Run (Int32 id, String phone) in c:\\{PHONE}\\Load.cs:line 12
   --- End of inner exception stack trace ---
   at Fax.Service.FaxStatusEx(String user)"""

NEVER_THROWN = """System.Web.Services.Protocols.SoapException: \
Server was unable to process request. ---&gt; System.Exception: first \
---&gt; System.Exception: second
   --- End of inner exception stack trace ---
  at Fax.Service.FaxStatusEx(String user)"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (THREW, "The fax line is down"),
        (
            "Server did not recognize the value of HTTP Header SOAPAction: urn:x.",
            "Server did not recognize the value of HTTP Header SOAPAction: urn:x",
        ),
        (UNREADABLE, "Input string was not in a correct format"),
        (STACK, "System.Data.SqlClient.SqlException: Login failed for user 'sa'"),
        (NEVER_THROWN, "System.Exception: second"),
        ("Outer\n ---&gt; Inner\nin two lines", "Inner in two lines"),
        ("Server was unable to process request. ---&gt; ", "Server was unable to process request"),
        ("Look at the time (noon)", "Look at the time (noon)"),
        ("x" * 1000, "x" * 300),
        ("", "the service answered with a fault that says nothing"),
    ],
    ids=[
        "threw",
        "unknown-action",
        "unreadable",
        "stack-trace",
        "never-thrown",
        "lines",
        "nothing-inside",
        "plain",
        "long",
        "empty",
    ],
)
@pytest.mark.parametrize("make", [fault_1_1, fault_1_2], ids=["1.1", "1.2"])
def test_the_useful_part_of_a_faults_text(make: Any, text: str, message: str) -> None:  # noqa: ANN401 - either maker
    fault = parse_fault(make("soap:Server", text))
    assert fault is not None
    assert fault.message == message
    assert fault.fault_text == text.replace("&gt;", ">").strip()
    assert PHONE not in f"{fault} {fault!r}"


@pytest.mark.timeout(20)
def test_the_useful_part_of_a_very_long_text() -> None:
    fault = parse_fault(fault_1_1("soap:Server", f"Down{chr(10) * 500_000}at last"))
    assert fault is not None
    assert fault.message == "Down at last"


@pytest.mark.parametrize(
    ("code", "local", "retryable"),
    [
        ("soap:Server", "Server", True),
        ("soap:Client", "Client", False),
        ("SOAP-ENV:Server", "Server", True),
        ("q0:Server.Busy", "Server", True),
        ("Client", "Client", False),
        ("\n  soap:Client  ", "Client", False),
        ("soap:VersionMismatch", "VersionMismatch", False),
        ("soap:MustUnderstand", "MustUnderstand", False),
        ("", None, False),
    ],
)
def test_a_1_1_fault_code_is_a_qname_with_any_prefix(
    code: str, local: str | None, *, retryable: bool
) -> None:
    fault = parse_fault(fault_1_1(code, THREW))
    assert fault is not None
    assert (fault.code, fault.retryable) == (local, retryable)


@pytest.mark.parametrize(
    ("code", "local", "retryable"),
    [
        ("soap:Receiver", "Receiver", True),
        ("s:Sender", "Sender", False),
        ("soap:VersionMismatch", "VersionMismatch", False),
    ],
)
def test_a_1_2_fault_has_its_code_and_text_one_level_down(
    code: str, local: str, *, retryable: bool
) -> None:
    fault = parse_fault(fault_1_2(code, THREW))
    assert fault is not None
    assert (fault.code, fault.retryable) == (local, retryable)
    assert fault.message == "The fax line is down"


def test_a_1_2_fault_in_several_languages() -> None:
    reason = '<s:Text xml:lang="en">Down</s:Text><s:Text xml:lang="it">Fermo</s:Text>'
    body = envelope(
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code><s:Reason>{reason}</s:Reason>"
        "</s:Fault>",
        prefix="s",
        namespace=SOAP_1_2,
    )
    fault = parse_fault(body)
    assert fault is not None
    assert fault.message == "Down"


def test_a_fault_with_details_and_forbidden_references() -> None:
    fault = parse_fault(fault_1_1("soap:Server", "CSID &#x1;", "<a><b>1</b></a>"))
    assert fault is not None
    assert fault.message == "CSID \ufffd"


@pytest.mark.parametrize("content", ["", "<x/>", "<faultcode/><faultstring/>"])
def test_a_fault_that_says_nothing_is_a_fault(content: str) -> None:
    fault = parse_fault(envelope(f"<soap:Fault>{content}</soap:Fault>"))
    assert fault is not None
    assert fault.message == "the service answered with a fault that says nothing"
    assert fault.code is None


@pytest.mark.parametrize(
    "body",
    [b"", b"<html><body/></html>", b"<!DOCTYPE html><html>", b"no xml", b"<a/>", answer("")],
    ids=["empty", "html", "doctype", "text", "xml", "answer"],
)
def test_what_holds_no_fault(body: bytes) -> None:
    assert parse_fault(body) is None


@pytest.mark.parametrize("prefix", ["soap", "s", "SOAP-ENV", "soap12", "x"])
@pytest.mark.parametrize("namespace", ["http://schemas.xmlsoap.org/soap/envelope/", SOAP_1_2])
@pytest.mark.parametrize("inner", ["", "tns:", "a.b:"])
def test_an_answer_is_matched_by_local_names(prefix: str, namespace: str, inner: str) -> None:
    body = envelope(
        f'<{inner}GetItemsResponse xmlns="urn:other" xmlns:tns="urn:x" xmlns:a.b="urn:y">'
        f"<{inner}ResultCode>0</{inner}ResultCode></{inner}GetItemsResponse>",
        prefix=prefix,
        namespace=namespace,
    )
    assert parse_response(GET_ITEMS, body) == {"ResultCode": "0"}


def test_an_answer_with_a_header_and_a_mark_in_front() -> None:
    body = (
        "\ufeff\r\n<Envelope><Header><GetItemsResponse>no</GetItemsResponse></Header>"
        "<Body><GetItemsResponse><ResultCode>-1</ResultCode></GetItemsResponse></Body></Envelope>"
    )
    assert parse_response(GET_ITEMS, body.encode()) == {"ResultCode": "-1"}


@pytest.mark.parametrize(
    "response",
    [
        "<GetItemsResponse/>",
        "<GetItemsResponse></GetItemsResponse>",
        "<GetItemsResponse>\n</GetItemsResponse>",
        '<GetItemsResponse xsi:nil="true"/>',
    ],
)
def test_an_empty_answer_is_an_answer(response: str) -> None:
    assert parse_response(GET_ITEMS, envelope(response)) == {}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (envelope("<GetFaxResponse/>"), "holds <GetFaxResponse> instead of <GetItemsResponse>"),
        (envelope("<A/><B/>"), "holds <A>, <B> instead of <GetItemsResponse>"),
        (envelope(f"<{'x' * 5000}/>"), f"holds <{'x' * 60}…> instead of <GetItemsResponse>"),
        (envelope(""), "holds nothing instead of <GetItemsResponse>"),
        (envelope(" text "), "holds nothing instead of <GetItemsResponse>"),
        (b"<Envelope/>", "holds nothing instead of <GetItemsResponse>"),
        (b"<Envelope><Body/></Envelope>", "holds nothing instead of <GetItemsResponse>"),
        (b"<GetItemsResponse/>", "a <GetItemsResponse> document, not a SOAP envelope"),
        (b"<html><body>Login</body></html>", "a <html> document, not a SOAP envelope"),
        (b"", "the answer is empty"),
    ],
)
def test_another_answer_is_an_error_that_says_what_came(body: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        parse_response(GET_ITEMS, body)


@pytest.mark.parametrize("body", [fault_1_1("soap:Client", THREW), fault_1_2("s:Sender", THREW)])
def test_a_fault_in_place_of_an_answer_is_raised(body: bytes) -> None:
    with pytest.raises(ProviderFault, match=r"^The fax line is down"):
        parse_response(GET_ITEMS, body)


def test_a_part_at_a_path() -> None:
    tree = {"A": {"B": {"C": "1"}, "D": [1]}, "E": None}
    assert at_path(tree, "A/B/C") == "1"
    assert at_path(tree, "A/D") == [1]
    assert at_path(tree, "E") is None
    assert at_path(tree, "A/D/F") is None
    assert at_path(tree, "X/Y") is None
