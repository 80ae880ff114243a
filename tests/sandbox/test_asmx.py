"""What ASP.NET answers to right and to wrong requests, and what only a strict server refuses.

Statuses and texts: Microsoft, .NET reference source, System.Web.Services.Protocols.
"""

import pytest

from tests.sandbox.wire import (
    ADMIN,
    CONTENT_TYPES,
    DFS,
    OPENFAX,
    SOAP,
    Caller,
    canonical,
    envelope,
    login,
    page,
    value,
)

VERSIONS = ("1.1", "1.2")
CLIENT = {"1.1": "soap:Client", "1.2": "soap:Sender"}
SERVER = {"1.1": "soap:Server", "1.2": "soap:Receiver"}
DFS_ACTION = '"http://www.interfax.cc/FaxStatusEx"'
STATUS_EX = f'<FaxStatusEx xmlns="http://www.interfax.cc">{login()}{page()}</FaxStatusEx>'

RANGE = "<TimeFrom>2026-02-01</TimeFrom><TimeUntil>2026-03-01T00:00:00Z</TimeUntil>"

FAULTS = {
    "1.1": """
        <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
        <soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring><detail />
        </soap:Fault></soap:Body></soap:Envelope>
    """,
    "1.2": """
        <soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Body><soap:Fault>
        <soap:Code><soap:Value>{code}</soap:Value></soap:Code>
        <soap:Reason><soap:Text xml:lang="en">{text}</soap:Text></soap:Reason><soap:Detail />
        </soap:Fault></soap:Body></soap:Envelope>
    """,
}


def fault(version: str, code: str, text: str) -> str:
    return canonical(FAULTS[version].format(code=code, text=text))


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_method_throws_is_the_servers_fault(shared: Caller, version: str) -> None:
    answer = shared.call(OPENFAX, "getRealtime", "<APIKey>wrong</APIKey>", version)
    text = "Server was unable to process request. ---&gt; Invalid API Key"
    assert canonical(answer.text) == fault(version, SERVER[version], text)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == CONTENT_TYPES[version]


NOT_READ = {
    "misspelt": (login().replace("Username", "UserName") + page(), "<UserName "),
    "unknown": (login() + page() + "<Extra>1</Extra>", "<Extra "),
    "out of order": (page() + login(), "<Username "),
    "twice": (login() + login() + page(), "<Username "),
    "in no namespace": (
        login().replace("<Username>", '<Username xmlns="">') + page(),
        "<Username xmlns=''> was not expected.",
    ),
    "a missing number": (
        login() + page().replace("<MaxItems>100</MaxItems>", ""),
        "<MaxItems> is missing.",
    ),
    "a missing last number": (
        login() + page().replace("<ResultCode>0</ResultCode>", ""),
        "<ResultCode> is missing.",
    ),
    "no number": (
        login() + page().replace(">100<", ">many<"),
        "Input string was not in a correct format.",
    ),
    "an empty number": (
        login() + page().replace(">100<", "><"),
        "Input string was not in a correct format.",
    ),
    "a nil number": (
        login() + page().replace("<MaxItems>100", '<MaxItems xsi:nil="true">'),
        "Input string was not in a correct format.",
    ),
    "a large number": (
        login() + page(last=1 << 31),
        "Value was either too large or too small for an Int32.",
    ),
    "text between": (login() + "stray" + page(), "Text stands where only elements may."),
    "an element in a text": (
        login().replace("acme<", "<b>acme</b><") + page(),
        "<b xmlns='http://www.interfax.cc'> was not expected.",
    ),
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", NOT_READ)
def test_a_request_that_is_not_as_declared_is_the_clients_fault(
    shared: Caller, case: str, version: str
) -> None:
    parameters, reason = NOT_READ[case]
    answer = shared.call(DFS, "FaxStatusEx", parameters, version)
    assert answer.status_code == 500
    name = {"1.1": "faultcode", "1.2": "soap:Value"}[version]
    assert value(answer, name) == CLIENT[version]
    text = answer.text.replace("&lt;", "<").replace("&gt;", ">")
    assert "Server was unable to read request. ---> There is an error in XML document (1, " in text
    assert reason in text


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ("<TimeFrom>2026-02-30T00:00:00</TimeFrom>", "'2026-02-30T00:00:00' is not a valid AllXsd"),
        ("<TimeFrom>3/2/2026</TimeFrom>", "'3/2/2026' is not a valid AllXsd value."),
        (
            f"{RANGE}<OnlyMyUser>yes</OnlyMyUser>",
            "The string 'yes' is not a valid Boolean value.",
        ),
    ],
)
def test_a_value_that_is_not_of_its_type_is_the_clients_fault(
    shared: Caller, parameters: str, reason: str
) -> None:
    answer = shared.admin("GetOutboundActivity", parameters)
    assert (answer.status_code, value(answer, "faultcode")) == (500, "soap:Client")
    assert reason in value(answer, "faultstring")


def test_a_decimal_that_is_none_is_the_clients_fault(shared: Caller) -> None:
    answer = shared.primary("GetAccountPPCardsBalance", "<Balance>1,50</Balance>")
    assert (answer.status_code, value(answer, "faultcode")) == (500, "soap:Client")


def test_a_list_takes_its_own_items_only(shared: Caller) -> None:
    items = "<URxE><RxEmail xsi:nil='true' /><Other /></URxE>"
    answer = shared.admin("GetRxEmailProperties", items)
    assert "&lt;Other xmlns='http://interfax.net/Admin'&gt; was not expected" in answer.text


@pytest.mark.parametrize("absent", ["", '<Password xsi:nil="true" />'])
def test_an_absent_text_is_null(shared: Caller, absent: str) -> None:
    answer = shared.call(DFS, "FaxStatusEx", f"<Username>acme</Username>{absent}{page()}")
    assert (answer.status_code, value(answer, "ResultCode")) == (200, "-1003")


def test_the_soap_action_decides_in_1_1(shared: Caller) -> None:
    path, _ = DFS
    unknown = shared.send(path, envelope(STATUS_EX), action='"http://www.interfax.cc/Nothing"')
    text = (
        "Server did not recognize the value of HTTP Header SOAPAction: "
        "&quot;http://www.interfax.cc/Nothing&quot;."
    )
    assert canonical(unknown.text) == fault("1.1", "soap:Client", text)
    missing = shared.send(path, envelope(STATUS_EX))
    assert "without a valid action parameter" in value(missing, "faultstring")
    other = envelope(STATUS_EX.replace("FaxStatusEx", "FaxStatus"))
    mistaken = shared.send(path, other, action=DFS_ACTION)
    assert "&lt;FaxStatus xmlns='http://www.interfax.cc'&gt; was not expected" in mistaken.text
    assert [unknown.status_code, missing.status_code, mistaken.status_code] == [500] * 3
    plain = shared.send(path, envelope(STATUS_EX), action=DFS_ACTION.strip('"'))
    assert plain.status_code == 200


def test_the_element_decides_in_1_2_unless_the_content_type_has_an_action(shared: Caller) -> None:
    path, _ = DFS
    body = envelope(STATUS_EX, "1.2")
    soap = CONTENT_TYPES["1.2"]
    assert shared.send(path, body, content_type=soap).status_code == 200
    named = shared.send(path, body, content_type=f"{soap}; action={DFS_ACTION}")
    assert named.status_code == 200
    wrong = shared.send(path, body, content_type=f'{soap}; action="urn:x"')
    assert "Unable to handle request. The action 'urn:x' was not recognized." in wrong.text
    element = shared.send(path, body.replace("FaxStatusEx", "FaxStatus"), content_type=soap)
    namespace = shared.send(path, body.replace("interfax.cc", "interfax.net"), content_type=soap)
    for unknown in (element, namespace):
        assert "without a valid action parameter" in unknown.text
    assert [each.status_code for each in (wrong, element, namespace)] == [500] * 3


@pytest.mark.parametrize("version", VERSIONS)
def test_an_envelope_of_the_other_version_is_a_mismatch(shared: Caller, version: str) -> None:
    other = {"1.1": "1.2", "1.2": "1.1"}[version]
    answer = shared.send(
        DFS[0],
        envelope(STATUS_EX, other),
        content_type=CONTENT_TYPES[version],
        action=DFS_ACTION,
    )
    text = (
        f"Possible SOAP version mismatch: Envelope namespace {SOAP[other]} was unexpected. "
        f"Expecting {SOAP[version]}."
    )
    assert canonical(answer.text) == fault(version, "soap:VersionMismatch", text)


@pytest.mark.parametrize(
    "body",
    [
        "<Envelope />",
        f'<s:Body xmlns:s="{SOAP["1.1"]}" />',
        f'<s:Envelope xmlns:s="{SOAP["1.1"]}" />',
        f'<s:Envelope xmlns:s="{SOAP["1.1"]}"><s:Body /></s:Envelope>',
    ],
)
def test_what_is_no_envelope_with_a_body_is_the_clients_fault(shared: Caller, body: str) -> None:
    answer = shared.send(DFS[0], body, action=DFS_ACTION)
    assert answer.status_code == 500
    assert value(answer, "faultcode") in {"soap:Client", "soap:VersionMismatch"}


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no xml",
        envelope(STATUS_EX)[:-1],
        envelope(STATUS_EX).replace("acme<", "&#x1;<"),
        envelope(STATUS_EX).replace("utf-8", "shift_jis"),
        envelope(STATUS_EX).replace("utf-8", "no-encoding"),
        envelope(STATUS_EX).replace("?>", '?><!DOCTYPE a [<!ENTITY b "c">]>'),
    ],
)
def test_what_is_not_well_formed_gets_400_and_nothing_else(shared: Caller, body: str) -> None:
    answer = shared.send(DFS[0], body, action=DFS_ACTION)
    assert (answer.status_code, answer.content) == (400, b"")
    assert answer.headers["content-type"] == CONTENT_TYPES["1.1"]


@pytest.mark.parametrize("kind", ["application/json", "application/xml", "", None])
def test_another_content_type_gets_415_and_nothing_else(shared: Caller, kind: str | None) -> None:
    answer = shared.send(DFS[0], envelope(STATUS_EX), content_type=kind, action=DFS_ACTION)
    assert (answer.status_code, answer.content) == (415, b"")
    assert answer.headers["content-type"] == CONTENT_TYPES["1.1"]


def test_prefixes_headers_and_white_space_do_not_matter(shared: Caller) -> None:
    body = f"""<?xml version="1.0"?>
        <S:Envelope xmlns:S="{SOAP["1.1"]}" xmlns:i="http://www.interfax.cc">
          <S:Header><Trace xmlns="urn:x">1</Trace></S:Header>
          <S:Body>
            <i:FaxStatusEx>
              <i:Username>acme</i:Username>
              <i:Password>secret</i:Password>
              <i:LastTransactionID> 2147483647 </i:LastTransactionID>
              <i:MaxItems>+1</i:MaxItems>
              <i:TotalCount>0</i:TotalCount>
              <i:ListSize>0</i:ListSize>
              <i:ResultCode>0</i:ResultCode>
            </i:FaxStatusEx>
          </S:Body>
        </S:Envelope>"""
    answer = shared.send(DFS[0], body, action=DFS_ACTION)
    assert (answer.status_code, value(answer, "ListSize")) == (200, "1")


def test_a_browser_gets_a_help_page(shared: Caller) -> None:
    answer = shared.send(ADMIN[0], "", method="GET", content_type=None)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "<li>GetAccountPPCardsBalance</li>" in answer.text


def test_other_methods_and_addresses_are_refused(shared: Caller) -> None:
    put = shared.send(DFS[0], "", method="PUT")
    assert put.status_code == 405
    assert "POST" in put.headers["allow"]
    assert shared.send("/other.asmx", envelope(STATUS_EX), action=DFS_ACTION).status_code == 404
