"""The WSDLs: every operation under its vendor's names, in both versions."""

from xml.etree.ElementTree import Element, fromstring

import pytest

from faxapi.providers.interfax.operations import OPERATIONS as INTERFAX
from faxapi.providers.openfax.operations import DEFAULT as OPENFAX_OPERATIONS
from tests.sandbox.wire import ADMIN, DFS, INBOUND, OPENFAX, Caller

SERVICES: dict[tuple[str, str], set[str]] = {
    DFS: {each.name for each in INTERFAX if each.service.path == DFS[0]},
    ADMIN: {each.name for each in INTERFAX if each.service.path == ADMIN[0]},
    INBOUND: {each.name for each in INTERFAX if each.service.path == INBOUND[0]},
    OPENFAX: {each.name for each in OPENFAX_OPERATIONS},
}
NAMES = {
    "w": "http://schemas.xmlsoap.org/wsdl/",
    "1.1": "http://schemas.xmlsoap.org/wsdl/soap/",
    "1.2": "http://schemas.xmlsoap.org/wsdl/soap12/",
    "s": "http://www.w3.org/2001/XMLSchema",
}

# The types of the vendor's sample page (InterFax, FaxStatusEx operation page); a short is an int.
FAX_ITEM_EX = """
ParentTransactionID int, TransactionID int, SubmitTime dateTime, PostponeTime dateTime,
CompletionTime dateTime, UserID string, Contact string, JobID string, DestinationFax string,
ReplyEmail string, RemoteCSID string, PagesSent int, Status int, Duration int, Subject string,
PagesSubmitted int, SenderCSID string, Priority int, Units decimal, CostPerUnit decimal,
PageSize string, PageOrientation string, PageResolution string, RenderingQuality string,
PageHeader string, RetriesToPerform int, TrialsPerformed int
"""
FAX_STATUS_EX = """
Username string, Password string, LastTransactionID int, MaxItems int, TotalCount int, ListSize int,
ResultCode int
"""


# The types of the vendor's sample page (InterFax, GetList2 operation page).
MESSAGE_FORM = """
TransactionID int, UserID string, OnlyNewMessages boolean, RecieveTime ReceiveCondition
"""
MESSAGE_ITEM2 = """
UserID string, MessageID int, PhoneNumber string, RemoteCSID string, MessageStatus int, Pages int,
MessageSize int, MessageType int, ReceiveTime dateTime, CallerID string,
MessageRecordingDuration int, ImageStatus string, NumOfEmails int, NumOfFailedEmails int
"""


def described(caller: Caller, service: tuple[str, str], query: str = "?WSDL") -> Element:
    answer = caller.send(service[0] + query, "", method="GET", content_type=None)
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return fromstring(answer.text)  # noqa: S314 - our own answer


def found(root: Element, path: str) -> list[Element]:
    return root.findall(path, NAMES)


def fields(root: Element, path: str) -> str:
    """The fields of a structure, each with its type."""
    elements = found(root, f"{path}/s:sequence/s:element")
    return ", ".join(
        f"{each.get('name')} {each.get('type', '').partition(':')[2]}" for each in elements
    )


@pytest.mark.parametrize("service", SERVICES)
def test_a_wsdl_names_every_operation_twice(shared: Caller, service: tuple[str, str]) -> None:
    root = described(shared, service)
    path, namespace = service
    names = SERVICES[service]
    assert root.get("targetNamespace") == namespace
    (schema,) = found(root, "w:types/s:schema")
    assert schema.get("targetNamespace") == namespace
    assert schema.get("elementFormDefault") == "qualified"
    assert {each.get("name") for each in found(root, "w:portType/w:operation")} == names
    slash = "" if namespace.endswith("/") else "/"
    for version in ("1.1", "1.2"):
        actions = found(root, f"w:binding/w:operation/{{{NAMES[version]}}}operation")
        actions_by_rule = {f"{namespace}{slash}{name}" for name in names}
        assert {each.get("soapAction") for each in actions} == actions_by_rule
        (address,) = found(root, f"w:service/w:port/{{{NAMES[version]}}}address")
        assert address.get("location") == shared.sandbox.url + path


@pytest.mark.parametrize("service", SERVICES)
def test_every_name_that_a_wsdl_uses_is_in_it(shared: Caller, service: tuple[str, str]) -> None:
    root = described(shared, service)
    defined = {each.get("name") for each in root.iter() if each.get("name")}
    used = {
        text.removeprefix("tns:")
        for each in root.iter()
        for text in each.attrib.values()
        if text.startswith("tns:")
    }
    assert used <= defined
    elements = {each.get("name") for each in found(root, "w:types/s:schema/s:element")}
    assert elements == {f"{name}{way}" for name in SERVICES[service] for way in ("", "Response")}


def test_the_structures_are_the_vendors(shared: Caller) -> None:
    root = described(shared, DFS)
    schema = "w:types/s:schema"
    item = fields(root, f"{schema}/s:complexType[@name='FaxItemEx']")
    assert item == " ".join(FAX_ITEM_EX.split())
    request = fields(root, f"{schema}/s:element[@name='FaxStatusEx']/s:complexType")
    assert request == " ".join(FAX_STATUS_EX.split())


def test_the_structures_of_a_query_are_the_vendors(shared: Caller) -> None:
    root = described(shared, INBOUND)
    structure = "w:types/s:schema/s:complexType[@name='{}']"
    form = fields(root, structure.format("MessageForm"))
    assert form == " ".join(MESSAGE_FORM.split())
    item = fields(root, structure.format("MessageItem2"))
    assert item == " ".join(MESSAGE_ITEM2.split())


def test_only_what_net_can_leave_out_is_optional(shared: Caller) -> None:
    root = described(shared, ADMIN)
    request = "w:types/s:schema/s:element[@name='GetOutboundActivity']/s:complexType"
    least = {
        each.get("name"): each.get("minOccurs")
        for each in found(root, f"{request}/s:sequence/s:element")
    }
    assert least == {
        "Username": "0",
        "Password": "0",
        "TimeFrom": "1",
        "TimeUntil": "1",
        "OnlyMyUser": "1",
    }


def test_an_operation_without_parameters_has_an_empty_request(shared: Caller) -> None:
    """As ASP.NET writes it: no sequence of nothing."""
    root = described(shared, ADMIN)
    (request,) = found(root, "w:types/s:schema/s:element[@name='GetTimeZones']/s:complexType")
    assert list(request) == []


def test_the_query_has_no_case(shared: Caller) -> None:
    assert described(shared, DFS, "?wsdl").tag == f"{{{NAMES['w']}}}definitions"
