"""FaxQuery and FaxQuery2, against the vendor's rules; and faxes that go on or vanish."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from httpx import Response

from faxapi.errors import ConfigurationError
from faxapi.sandbox import Sandbox
from tests.sandbox.wire import BOB, DFS, NOW, Caller, login, page, value, values

# The form's conditions in the order of the operation page, all but the dates.
FORM = ("Subject", "FaxNumber", "UserID", "ReplyAddress", "TransactionID")
FORM_END = ("ParentTransactionID", "Status")
CONTROL = {
    "OnlyParents": "false",
    "NumOfResults": "100",
    "StartingRecord": "0",
    "OrderBy": "TransactionID",
    "AscOrderDirection": "true",
    "ReturnItems": "true",
    "ReturnStats": "false",
}


def query(verb: str, data: str = "", items: int = 100) -> str:
    """Write what stands in FaxQuery after the login."""
    return (
        f"<Verb>{verb}</Verb><VerbData>{data}</VerbData><MaxItems>{items}</MaxItems>"
        "<ResultCode>0</ResultCode>"
    )


Conditions = Mapping[str, tuple[str, str]]
"""Verb and data by the condition's name."""


def query2(
    conditions: Conditions | None = None,
    *,
    since: str = "1999-01-01T00:00:00",
    until: str = "2999-12-31T00:00:00",
    control: dict[str, str] | None = None,
) -> str:
    """Write what stands in FaxQuery2 after the login."""

    def condition(name: str) -> str:
        verb, data = (conditions or {}).get(name, ("Equals", ""))
        return f"<{name}><Verb>{verb}</Verb><VerbData>{data}</VerbData></{name}>"

    form = [condition(name) for name in FORM]
    form[2:2] = [f"<DateFrom>{since}</DateFrom><DateTo>{until}</DateTo>"]
    form += [condition(name) for name in FORM_END]
    controls = {**CONTROL, **(control or {})}.items()
    return (
        f"<QueryForm>{''.join(form)}"
        "<ShowHiddenTransactions>true</ShowHiddenTransactions></QueryForm>"
        f"<QueryControl>{''.join(f'<{name}>{text}</{name}>' for name, text in controls)}"
        "</QueryControl>"
    )


def ids(answer: Response) -> list[int]:
    assert value(answer, "ResultCode") == "0"
    return [int(each) for each in values(answer, "TransactionID")]


def test_a_query_by_ids(empty: Caller) -> None:
    first, second, third, fourth = (empty.sandbox.interfax.add_fax() for _ in range(4))
    bobs = empty.sandbox.interfax.add_fax(user_id="acme.bob")

    def found(verb: str, *data: int) -> list[int]:
        text = ",".join(map(str, data))
        return ids(empty.call(DFS, "FaxQuery", login() + query(verb, text)))

    assert found("IN", third, first, bobs, 999) == [third, first]
    assert found("IN", third) == [third]
    assert found("EQ", second) == [second]
    assert found("BETWEEN", second, third) == [third, second]
    assert found("GT", third) == [fourth]
    assert found("GE", third) == [fourth, third]
    assert found("LT", second) == [first]
    assert found("LE", second) == [second, first]
    assert found("EQ", bobs) == []


def test_a_broadcast_and_what_is_in_process(empty: Caller) -> None:
    add = empty.sandbox.interfax.add_fax
    parent = add(status=-3)
    child = add(parent_transaction_id=parent)
    other = add(status=-22)
    broadcast = empty.call(DFS, "FaxQuery", login() + query("PARENT", str(parent)))
    assert ids(broadcast) == [child, parent]
    active = empty.call(DFS, "FaxQuery", login() + query("ACTIVE"))
    assert ids(active) == [other, parent]


@pytest.mark.parametrize(("asked", "sent"), [(-1, 100), (500, 100), (3, 3), (0, 0), (-5, 0)])
def test_a_query_answers_100_at_most(empty: Caller, asked: int, sent: int) -> None:
    added = [empty.sandbox.interfax.add_fax(status=-1) for _ in range(120)]
    answer = empty.call(DFS, "FaxQuery", login() + query("ACTIVE", items=asked))
    assert ids(answer) == added[::-1][:sent]


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("", "5"),
        ("in", "5"),
        ("NE", "5"),
        ("IN", ""),
        ("IN", "5,,6"),
        ("IN", "five"),
        ("EQ", "5,6"),
        ("EQ", "-5"),
        ("BETWEEN", "5"),
        ("BETWEEN", "6,5"),
        ("BETWEEN", "5,5"),
        ("BETWEEN", "5,6,7"),
        ("ACTIVE", "5"),
        ("PARENT", ""),
    ],
)
def test_a_bad_verb_or_its_data(shared: Caller, verb: str, data: str) -> None:
    answer = shared.call(DFS, "FaxQuery", login() + query(verb, data))
    assert (answer.status_code, value(answer, "ResultCode")) == (200, "-1030")
    assert "FaxQueryResult" not in answer.text


def test_a_wrong_login_is_told_inside_the_result(shared: Caller) -> None:
    answer = shared.call(DFS, "FaxQuery2", login("acme", "wrong") + query2())
    result = (
        "<FaxQuery2Result><ResultCode>-1003</ResultCode>"
        "<TotalTransactionsNum>0</TotalTransactionsNum></FaxQuery2Result>"
    )
    assert result in answer.text


@pytest.fixture
def four(empty: Caller) -> Caller:
    """Faxes of three days, the second of them Bob's; 1 to 4 by their ids."""
    add = empty.sandbox.interfax.add_fax
    day = timedelta(days=1)
    add(
        submit_time=NOW - 3 * day,
        Subject="Order 7",
        DestinationFax="0012125550100",
        PagesSubmitted=2,
    )
    add(
        submit_time=NOW - 2 * day,
        user_id="acme.bob",
        Subject="order 8",
        DestinationFax="00442079460001",
        PagesSubmitted=1,
    )
    add(
        status=3931,
        submit_time=NOW - day,
        Subject="100% cotton",
        DestinationFax="0012125550101",
        parent_transaction_id=1,
    )
    add(status=-3, submit_time=NOW, Subject=None, DestinationFax="0012125550102")
    return empty


@pytest.mark.parametrize(
    ("name", "verb", "data", "found"),
    [
        ("Subject", "Equals", "ORDER 7", [1]),
        ("Subject", "Like", "order%", [1, 2]),
        ("Subject", "Like", "%0\\% c%", []),
        ("Subject", "Like", "order", []),
        ("Subject", "IncludedIn", "order 8,Order 7", [1, 2]),
        ("Subject", "GreaterThan", "order 7", [2]),
        ("FaxNumber", "Like", "001%", [1, 3, 4]),
        ("FaxNumber", "Equals", "0012125550100", [1]),
        ("UserID", "Equals", "Acme.Bob", [2]),
        ("UserID", "Equals", "acme", [1, 3, 4]),
        ("UserID", "IncludedIn", "acme,acme.bob", [1, 2, 3, 4]),
        ("UserID", "Like", "acme.%", [2]),
        ("ReplyAddress", "Equals", "ACME.BOB@example.com", [2]),
        ("TransactionID", "Between", "2,3", [2, 3]),
        ("TransactionID", "LessOrEqual", "2", [1, 2]),
        ("TransactionID", "IncludedIn", "4,1,9", [1, 4]),
        ("TransactionID", "Like", "4%", [4]),
        ("ParentTransactionID", "Equals", "1", [1, 3]),
        ("Status", "LessThan", "0", [4]),
        ("Status", "GreaterOrEqual", "0", [1, 2, 3]),
        ("Status", "Equals", "-3", [4]),
    ],
)
def test_each_condition(four: Caller, name: str, verb: str, data: str, found: list[int]) -> None:
    answer = four.call(DFS, "FaxQuery2", login() + query2({name: (verb, data)}))
    assert ids(answer) == found
    assert value(answer, "TotalTransactionsNum") == str(len(found))


def test_conditions_and_dates_narrow_each_other_down(four: Caller) -> None:
    def found(since: str, until: str, conditions: Conditions | None = None) -> list[int]:
        asked = query2(conditions, since=since, until=until)
        return ids(four.call(DFS, "FaxQuery2", login() + asked))

    assert found("2026-02-28T12:00:00", "2026-03-01T12:00:00") == [2, 3]
    assert found("2026-02-28T12:00:01", "2026-03-01T11:59:59") == []
    assert found("2026-02-28T00:00:00", "2026-03-02T12:00:00", {"Status": ("Equals", "3931")}) == [
        3
    ]
    both = {"Status": ("GreaterOrEqual", "0"), "UserID": ("Equals", "acme")}
    assert found("1999-01-01T00:00:00", "2999-12-31T00:00:00", both) == [1, 3]


@pytest.mark.parametrize(
    ("order", "ascending", "found"),
    [
        ("TransactionID", "false", [4, 3, 2, 1]),
        ("SubmitTime", "true", [1, 2, 3, 4]),
        ("DestinationFax", "true", [1, 3, 4, 2]),
        ("Status", "true", [4, 1, 2, 3]),
        ("Subject", "true", [4, 3, 1, 2]),
        ("PagesSent", "false", [1, 2, 4, 3]),
    ],
)
def test_each_order(four: Caller, order: str, ascending: str, found: list[int]) -> None:
    control = {"OrderBy": order, "AscOrderDirection": ascending}
    assert ids(four.call(DFS, "FaxQuery2", login() + query2(control=control))) == found


def test_pages_of_what_was_found(empty: Caller) -> None:
    added = [empty.sandbox.interfax.add_fax() for _ in range(230)]
    pages = []
    for start in (0, 100, 200, 300):
        control = {"StartingRecord": str(start), "NumOfResults": "500"}
        answer = empty.call(DFS, "FaxQuery2", login() + query2(control=control))
        assert value(answer, "TotalTransactionsNum") == "230"
        pages.append(ids(answer))
        assert "Stats" not in answer.text
    assert [len(each) for each in pages] == [100, 100, 30, 0]
    assert [each for listed in pages for each in listed] == added


def test_statistics_with_or_without_the_faxes(four: Caller) -> None:
    stats = (
        "<Stats><StatusCount><Status>-3</Status><Count>1</Count></StatusCount>"
        "<StatusCount><Status>0</Status><Count>2</Count></StatusCount>"
        "<StatusCount><Status>3931</Status><Count>1</Count></StatusCount></Stats>"
    )
    control = {"ReturnStats": "true", "ReturnItems": "false", "NumOfResults": "1"}
    alone = four.call(DFS, "FaxQuery2", login() + query2(control=control))
    assert stats in alone.text
    assert "FaxItems" not in alone.text
    both = four.call(
        DFS, "FaxQuery2", login() + query2(control={"ReturnStats": "true", "NumOfResults": "1"})
    )
    assert stats in both.text
    assert ids(both) == [1]
    neither = four.call(DFS, "FaxQuery2", login() + query2(control={"ReturnItems": "false"}))
    assert value(neither, "ResultCode") == "-710"


def test_only_the_first_fax_of_each_broadcast(four: Caller) -> None:
    control = {"OnlyParents": "true"}
    assert ids(four.call(DFS, "FaxQuery2", login() + query2(control=control))) == [1, 2, 4]


def test_a_normal_user_finds_its_own_faxes_only(four: Caller) -> None:
    def asked(conditions: Conditions | None = None) -> Response:
        return four.call(DFS, "FaxQuery2", login(*BOB) + query2(conditions))

    assert ids(asked()) == [2]
    assert ids(asked({"UserID": ("Equals", "ACME.bob")})) == [2]
    for verb, data in (("Equals", "acme"), ("IncludedIn", "acme.bob,acme"), ("Like", "acme.bob")):
        assert value(asked({"UserID": (verb, data)}), "ResultCode") == "-310"


@pytest.mark.parametrize(
    ("name", "verb", "data"),
    [
        ("TransactionID", "Equals", "five"),
        ("Status", "Between", "1"),
        ("Status", "Between", "1,2,3"),
        ("Status", "IncludedIn", "1,,2"),
    ],
)
def test_data_that_a_condition_cannot_have(shared: Caller, name: str, verb: str, data: str) -> None:
    answer = shared.call(DFS, "FaxQuery2", login() + query2({name: (verb, data)}))
    assert value(answer, "ResultCode") == "-1030"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (query2({"Status": ("EQ", "5")}), "'EQ' is not a valid value for SQLOperatorEnum"),
        (query2(control={"OrderBy": "Contact"}), "'Contact' is not a valid value for OrderBy"),
        ("", "Object reference not set"),
    ],
)
def test_what_net_cannot_take_is_a_fault(shared: Caller, parameters: str, message: str) -> None:
    answer = shared.call(DFS, "FaxQuery2", login() + parameters)
    assert answer.status_code == 500
    assert message in answer.text


def test_a_fax_of_a_query_has_eight_fields_more(empty: Caller) -> None:
    add = empty.sandbox.interfax.add_fax
    parent = add(UserData="case <7>", RemoteCSID="A\x01B", Mode="Normal")
    add(parent_transaction_id=parent)
    answer = empty.call(
        DFS, "FaxQuery2", login() + query2({"TransactionID": ("Equals", str(parent))})
    )
    assert "<RemoteCSID>A&#x1;B</RemoteCSID>" in answer.text
    more = answer.text.partition("</TrialsPerformed>")[2].partition("</FaxItemEx2>")[0]
    assert more == (
        "<LocaleID>1033</LocaleID><GMTBias>0</GMTBias><RetriesInterval>5</RetriesInterval>"
        "<UserData>case &lt;7&gt;</UserData><DeleteAfterUsage>False</DeleteAfterUsage>"
        "<Mode>Normal</Mode><NumOfTransactions>2</NumOfTransactions>"
    )
    status = empty.call(DFS, "FaxStatusEx", login() + page())
    assert "UserData" not in status.text


def test_a_fax_goes_on_to_its_end(empty: Caller) -> None:
    interfax = empty.sandbox.interfax
    fax = interfax.add_fax(status=-1, submit_time=NOW - timedelta(hours=1), PagesSubmitted=3)
    before = empty.call(DFS, "FaxStatusEx", login() + page())
    interfax.set_status(fax, -3)
    assert value(empty.call(DFS, "FaxStatusEx", login() + page()), "Status") == "-3"
    interfax.set_status(fax, 0, RemoteCSID="JANE")
    after = empty.call(DFS, "FaxStatusEx", login() + page())
    assert (value(after, "Status"), value(after, "RemoteCSID")) == ("0", "JANE")
    assert value(before, "CompletionTime") == "0001-01-01T00:00:00"
    assert value(after, "CompletionTime") == NOW.strftime("%Y-%m-%dT%H:%M:%S")
    assert (value(before, "PagesSent"), value(after, "PagesSent")) == ("0", "3")
    assert Decimal(value(before, "Units")) == 0 < Decimal(value(after, "Units"))
    for kept in ("TransactionID", "SubmitTime", "DestinationFax", "PagesSubmitted", "PageSize"):
        assert value(before, kept) == value(after, kept)
    assert empty.call(DFS, "FaxQuery", login() + query("ACTIVE")).text.count("<FaxItemEx>") == 0


def test_a_fax_that_is_gone(empty: Caller) -> None:
    interfax = empty.sandbox.interfax
    first, second = (interfax.add_fax() for _ in range(2))
    interfax.remove_fax(first)
    answer = empty.call(DFS, "FaxStatusEx", login() + page())
    assert (value(answer, "TransactionID"), value(answer, "TotalCount")) == (str(second), "1")
    changes: list[Callable[[], None]] = [
        partial(interfax.remove_fax, first),
        partial(interfax.set_status, first, 0),
    ]
    for change in changes:
        with pytest.raises(ConfigurationError, match=f"no fax {first}"):
            change()


def test_a_field_that_does_not_exist_is_refused() -> None:
    interfax = Sandbox(now=NOW, faxes=0).interfax
    fax = interfax.add_fax()
    changes: dict[str, tuple[Callable[..., object], ...]] = {
        "FaxItemEx2 has no Sbject": (interfax.add_fax, partial(interfax.set_status, fax, 0)),
        "MessageItem2 has no Sbject": (interfax.add_message,),
    }
    for problem, calls in changes.items():
        for call in calls:
            with pytest.raises(ConfigurationError, match=problem):
                call(Sbject="x")
    assert len(interfax.faxes("acme")) == 1
