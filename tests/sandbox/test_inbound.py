"""InterFax's inbound service, against the vendor's sample page and its rules."""

from datetime import UTC, datetime, timedelta

import pytest
from httpx import Response

from tests.sandbox.wire import BOB, INBOUND, NOW, SOAP, Caller, canonical, login, value, values

# The vendor's sample answer (InterFax, GetList2 operation page) with values for its types.
SAMPLE = """
<soap:Envelope xmlns:soap="{soap}">
<soap:Body>
<GetList2Response xmlns="http://www.interfax.net">
<GetList2Result>
<MessageItems>
<MessageItem2>
<UserID>acme</UserID>
<MessageID>35000001</MessageID>
<PhoneNumber>12125550100</PhoneNumber>
<RemoteCSID>A&amp;B</RemoteCSID>
<MessageStatus>0</MessageStatus>
<Pages>3</Pages>
<MessageSize>40000</MessageSize>
<MessageType>1</MessageType>
<ReceiveTime>2026-03-01T08:30:00.25</ReceiveTime>
<CallerID>12125550143</CallerID>
<MessageRecordingDuration>95</MessageRecordingDuration>
<ImageStatus>UNREAD</ImageStatus>
<NumOfEmails>2</NumOfEmails>
<NumOfFailedEmails>1</NumOfFailedEmails>
</MessageItem2>
</MessageItems>
<ResultCode>0</ResultCode>
<TotalTransactionsNum>1</TotalTransactionsNum>
</GetList2Result>
</GetList2Response>
</soap:Body>
</soap:Envelope>
"""


def listing(kind: str = "AllMessages", items: int = 100) -> str:
    """Write what stands in GetList after the login."""
    return f"<LType>{kind}</LType><MaxItems>{items}</MaxItems><objMessageItem />"


def listing2(
    verb: str = "&gt;=",
    data: str = "1999-01-01",
    *,
    message: int = 0,
    user: str = "acme",
    new: str = "false",
    size: int = 100,
    start: int = 0,
) -> str:
    """Write what stands in GetList2 after the login."""
    return (
        f"<QueryForm><TransactionID>{message}</TransactionID><UserID>{user}</UserID>"
        f"<OnlyNewMessages>{new}</OnlyNewMessages>"
        f"<RecieveTime><Verb>{verb}</Verb><VerbData>{data}</VerbData></RecieveTime></QueryForm>"
        f"<QueryControl><MaxChunkSize>{size}</MaxChunkSize>"
        f"<FromRecordNumber>{start}</FromRecordNumber></QueryControl>"
    )


def ids(answer: Response) -> list[int]:
    (code,) = values(answer, "ResultCode") or values(answer, "GetListResult")
    assert code == "0"
    return [int(each) for each in values(answer, "MessageID")]


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_an_answer_is_the_vendors_sample_with_values(empty: Caller, version: str) -> None:
    empty.sandbox.interfax.add_message(
        receive_time=datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC),
        RemoteCSID="A&B",
        Pages=3,
        MessageSize=40000,
        CallerID="12125550143",
        MessageRecordingDuration=95,
        ImageStatus="UNREAD",
        NumOfEmails=2,
        NumOfFailedEmails=1,
    )
    answer = empty.call(INBOUND, "GetList2", login() + listing2(), version)
    assert canonical(answer.text) == canonical(SAMPLE.format(soap=SOAP[version]))


@pytest.fixture
def three(empty: Caller) -> Caller:
    """Messages of three days, by their ids: 1 and 3 of acme's, 2 of Bob's; 1 was read."""
    add = empty.sandbox.interfax.add_message
    day = timedelta(days=1)
    add(receive_time=NOW - 2 * day, ImageStatus="READ")
    add(receive_time=NOW - day, user_id="acme.bob", ImageStatus="UNREAD")
    add(receive_time=NOW, ImageStatus="UNREAD", RemoteCSID="\x01")
    return empty


FIRST = 35_000_000


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("AllMessages", [3, 1]),
        ("NewMessages", [3]),
        ("AccountAllMessages", [3, 2, 1]),
        ("AccountNewMessages", [3, 2]),
    ],
)
def test_each_list(three: Caller, kind: str, found: list[int]) -> None:
    answer = three.call(INBOUND, "GetList", login() + listing(kind))
    assert [each - FIRST for each in ids(answer)] == found
    assert "<RemoteCSID>&#x1;</RemoteCSID>" in answer.text
    assert "UserID" not in answer.text


def test_a_list_is_of_messages_whose_image_is_left(three: Caller) -> None:
    three.sandbox.interfax.add_message(ImageStatus="DONT_EXIST")
    assert len(ids(three.call(INBOUND, "GetList", login() + listing()))) == 2
    assert len(ids(three.call(INBOUND, "GetList2", login() + listing2()))) == 3
    assert len(ids(three.call(INBOUND, "GetList2", login() + listing2(new="true")))) == 1


def test_a_list_has_100_at_most_and_at_least_1(empty: Caller) -> None:
    added = [empty.sandbox.interfax.add_message() for _ in range(110)]
    for asked, sent in ((1, 1), (100, 100), (500, 100)):
        answer = empty.call(INBOUND, "GetList", login() + listing(items=asked))
        assert ids(answer) == added[::-1][:sent]
    none = empty.call(INBOUND, "GetList", login() + listing(items=0))
    assert value(none, "GetListResult") == "-3006"
    assert "objMessageItem" not in none.text


def test_the_account_is_the_primary_users(three: Caller) -> None:
    own = three.call(INBOUND, "GetList", login(*BOB) + listing())
    assert [each - FIRST for each in ids(own)] == [2]
    for kind in ("AccountAllMessages", "AccountNewMessages"):
        answer = three.call(INBOUND, "GetList", login(*BOB) + listing(kind))
        assert value(answer, "GetListResult") == "-3007"


@pytest.mark.parametrize("operation", ["GetList", "GetList2"])
def test_a_wrong_login_is_a_result_code(shared: Caller, operation: str) -> None:
    parameters = listing() if operation == "GetList" else listing2()
    answer = shared.call(INBOUND, operation, login("acme", "wrong") + parameters)
    assert answer.status_code == 200
    assert ">-1003<" in answer.text


@pytest.mark.parametrize(
    ("verb", "data", "found"),
    [
        ("&gt;=", "2026-03-02 12:00:00", [3]),
        ("&gt;", "2026-03-02 12:00:00", []),
        ("&lt;=", "2026-02-28 12:00:00", [1]),
        ("&lt;", "2026-02-28 12:00:00", []),
        ("&lt;", "2026-03-01", [1]),
        ("=", "2026-03-02 12:00:00", [3]),
        ("=", "2026-03-02", []),
        ("BETWEEN", "2026-02-28 12:00:00,2026-03-02 12:00:00", [3, 1]),
        ("BETWEEN", "2026-03-01, 2026-03-02", []),
    ],
)
def test_each_condition_on_the_time(three: Caller, verb: str, data: str, found: list[int]) -> None:
    answer = three.call(INBOUND, "GetList2", login() + listing2(verb, data))
    assert [each - FIRST for each in ids(answer)] == found
    assert value(answer, "TotalTransactionsNum") == str(len(found))


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("", ""),
        ("&gt;=", ""),
        ("GE", "2026-03-01"),
        ("&gt;=", "2026-03-01T00:00:00"),
        ("&gt;=", "01.03.2026"),
        ("&gt;=", "2026-02-30"),
        ("&gt;=", "2026-03-01,2026-03-02"),
        ("BETWEEN", "2026-03-01"),
        ("between", "2026-03-01,2026-03-02"),
    ],
)
def test_a_bad_verb_or_its_data(shared: Caller, verb: str, data: str) -> None:
    answer = shared.call(INBOUND, "GetList2", login() + listing2(verb, data))
    assert (answer.status_code, value(answer, "ResultCode")) == (200, "-1030")


def test_whose_messages_and_whether_they_are_new(three: Caller) -> None:
    def found(parameters: str, who: tuple[str, str] = ("acme", "secret")) -> list[int]:
        answer = three.call(INBOUND, "GetList2", login(*who) + parameters)
        return [each - FIRST for each in ids(answer)]

    assert found(listing2(user="ACME.bob")) == [2]
    assert found(listing2(user="")) == [3, 1]
    assert found(listing2(new="true")) == [3]
    assert found(listing2(user="acme.bob"), BOB) == [2]
    assert found(listing2(user="acme.nobody")) == []
    other = three.call(INBOUND, "GetList2", login(*BOB) + listing2(user="acme"))
    assert value(other, "ResultCode") == "-310"


def test_one_message_whatever_else_is_asked_for(three: Caller) -> None:
    def found(message: int, who: tuple[str, str] = ("acme", "secret")) -> list[int]:
        parameters = listing2("=", "2001-01-01", message=FIRST + message, new="true")
        return ids(three.call(INBOUND, "GetList2", login(*who) + parameters))

    assert found(1) == [FIRST + 1]
    assert found(2) == [FIRST + 2]
    assert found(9) == []
    assert found(1, BOB) == []


def test_pages_of_what_was_found(empty: Caller) -> None:
    added = [empty.sandbox.interfax.add_message() for _ in range(130)]
    found = []
    for start in (0, 100, 200):
        answer = empty.call(INBOUND, "GetList2", login() + listing2(size=500, start=start))
        assert value(answer, "TotalTransactionsNum") == "130"
        found.append(ids(answer))
    assert [len(each) for each in found] == [100, 30, 0]
    assert [each for page in found for each in page] == added[::-1]
    one = empty.call(INBOUND, "GetList2", login() + listing2(size=1, start=1))
    assert ids(one) == [added[-2]]


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        ("GetList", listing("Everything"), "'Everything' is not a valid value for ListType"),
        ("GetList2", "", "Object reference not set"),
    ],
)
def test_what_net_cannot_take_is_a_fault(
    shared: Caller, operation: str, parameters: str, message: str
) -> None:
    answer = shared.call(INBOUND, operation, login() + parameters)
    assert answer.status_code == 500
    assert message in answer.text


def test_the_data_set_has_messages_of_every_kind(shared: Caller) -> None:
    first = shared.call(INBOUND, "GetList2", login() + listing2())
    assert int(value(first, "TotalTransactionsNum")) > 60
    assert first.text.count("&#x1;") == 1
    assert {"READ", "UNREAD", "DONT_EXIST"} == set(values(first, "ImageStatus"))
    assert set(values(first, "PhoneNumber")) == {"12125550100"}
    times = values(first, "ReceiveTime")
    assert times == sorted(times, reverse=True)
    bobs = shared.call(INBOUND, "GetList2", login(*BOB) + listing2(user="acme.bob"))
    assert int(value(bobs, "TotalTransactionsNum")) > 60


def test_a_message_counts_in_the_totals(empty: Caller) -> None:
    empty.sandbox.interfax.add_message(receive_time=NOW - timedelta(hours=1), Pages=4)
    answer = empty.admin(
        "GetInboundActivity",
        "<TimeFrom>2026-03-02T00:00:00</TimeFrom><TimeUntil>2026-03-03T00:00:00</TimeUntil>"
        "<OnlyMyUser>true</OnlyMyUser>",
    )
    assert [value(answer, each) for each in ("TotalFaxes", "TotalPages")] == ["1", "4"]
