"""InterFax's outbound service, against the vendor's sample page and its rules of paging."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.wire import BOB, DFS, NOW, SOAP, Caller, canonical, login, page, value, values

# The vendor's sample answer (InterFax, FaxStatusEx operation page) with values for its types.
SAMPLE = """
<soap:Envelope xmlns:soap="{soap}">
<soap:Body>
<FaxStatusExResponse xmlns="http://www.interfax.cc">
<FaxStatusExResult>
<FaxItemEx>
<ParentTransactionID>12</ParentTransactionID>
<TransactionID>2</TransactionID>
<SubmitTime>2026-03-01T08:30:00.25</SubmitTime>
<PostponeTime>2026-03-01T09:00:00</PostponeTime>
<CompletionTime>2026-03-01T09:01:02.123</CompletionTime>
<UserID>acme</UserID>
<Contact>Ada &amp; Sons</Contact>
<JobID>job 7</JobID>
<DestinationFax>0012125550123</DestinationFax>
<ReplyEmail>ada@example.com</ReplyEmail>
<RemoteCSID>&lt;FAX&gt;</RemoteCSID>
<PagesSent>3</PagesSent>
<Status>3931</Status>
<Duration>95</Duration>
<Subject>=1+1</Subject>
<PagesSubmitted>4</PagesSubmitted>
<SenderCSID>ACME</SenderCSID>
<Priority>2</Priority>
<Units>3.00</Units>
<CostPerUnit>0.1100</CostPerUnit>
<PageSize>A4</PageSize>
<PageOrientation>Portrait</PageOrientation>
<PageResolution>Fine</PageResolution>
<RenderingQuality>Standard</RenderingQuality>
<PageHeader />
<RetriesToPerform>3</RetriesToPerform>
<TrialsPerformed>1</TrialsPerformed>
</FaxItemEx>
<FaxItemEx>
<ParentTransactionID>1</ParentTransactionID>
<TransactionID>1</TransactionID>
<SubmitTime>2026-03-02T12:00:00</SubmitTime>
<PostponeTime>0001-01-01T00:00:00</PostponeTime>
<CompletionTime>0001-01-01T00:00:00</CompletionTime>
<UserID>acme</UserID>
<DestinationFax>00442079460001</DestinationFax>
<PagesSent>0</PagesSent>
<Status>-11</Status>
<Duration>0</Duration>
<PagesSubmitted>1</PagesSubmitted>
<Priority>0</Priority>
<Units>0</Units>
<CostPerUnit>0.1100</CostPerUnit>
<RetriesToPerform>0</RetriesToPerform>
<TrialsPerformed>0</TrialsPerformed>
</FaxItemEx>
</FaxStatusExResult>
<TotalCount>2</TotalCount>
<ListSize>2</ListSize>
<ResultCode>0</ResultCode>
</FaxStatusExResponse>
</soap:Body>
</soap:Envelope>
"""

ABSENT: dict[str, Any] = {
    "Contact": None,
    "ReplyEmail": None,
    "SenderCSID": None,
    "PageSize": None,
    "PageOrientation": None,
    "PageResolution": None,
    "RenderingQuality": None,
    "PageHeader": None,
}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_an_answer_is_the_vendors_sample_with_values(empty: Caller, version: str) -> None:
    add = empty.sandbox.interfax.add_fax
    add(
        status=-11,
        **ABSENT,
        DestinationFax="00442079460001",
        PagesSubmitted=1,
        Priority=0,
        RetriesToPerform=0,
        TrialsPerformed=0,
    )
    add(
        status=3931,
        submit_time=datetime(2026, 3, 1, 8, 30, 0, 250_000, tzinfo=UTC),
        parent_transaction_id=12,
        PostponeTime=datetime(2026, 3, 1, 9, tzinfo=UTC),
        CompletionTime=datetime(2026, 3, 1, 9, 1, 2, 123_000, tzinfo=UTC),
        Contact="Ada & Sons",
        JobID="job 7",
        DestinationFax="0012125550123",
        ReplyEmail="ada@example.com",
        RemoteCSID="<FAX>",
        PagesSent=3,
        Duration=95,
        Subject="=1+1",
        PagesSubmitted=4,
        Priority=2,
        Units=Decimal("3.00"),
        PageSize="A4",
        PageResolution="Fine",
        TrialsPerformed=1,
    )
    answer = empty.call(DFS, "FaxStatusEx", login() + page(), version)
    assert answer.status_code == 200
    assert canonical(answer.text) == canonical(SAMPLE.format(soap=SOAP[version]))


def test_a_control_character_travels_as_a_reference(empty: Caller) -> None:
    empty.sandbox.interfax.add_fax(RemoteCSID="A\x01\x1f\ufffe\tB")
    answer = empty.call(DFS, "FaxStatusEx", login() + page())
    assert "<RemoteCSID>A&#x1;&#x1F;&#xFFFE;\tB</RemoteCSID>" in answer.text


def test_a_lines_end_travels_as_it_is(empty: Caller) -> None:
    """Seen on ASP.NET; what reads it makes a line feed of it (XML 1.0, section 2.11)."""
    empty.sandbox.interfax.add_fax(Subject="A\r\nB\rC")
    answer = empty.call(DFS, "FaxStatusEx", login() + page())
    assert b"<Subject>A\r\nB\rC</Subject>" in answer.content


def test_without_faxes_the_array_is_absent_or_empty(empty: Caller) -> None:
    answer = empty.call(DFS, "FaxStatusEx", login() + page())
    assert "<FaxStatusExResult />" in answer.text
    assert [value(answer, each) for each in ("TotalCount", "ListSize", "ResultCode")] == ["0"] * 3


def ids(answered: list[str]) -> list[int]:
    return [int(each) for each in answered]


def test_pages_go_down_from_the_newest_and_hold_100_at_most(empty: Caller) -> None:
    added = [empty.sandbox.interfax.add_fax() for _ in range(250)]
    found: list[int] = []
    sizes = []
    last = 2147483647
    while True:
        answer = empty.call(DFS, "FaxStatusEx", login() + page(last, items=500))
        listed = ids(values(answer, "TransactionID"))
        assert value(answer, "TotalCount") == "250"
        assert value(answer, "ListSize") == str(len(listed))
        if not listed:
            break
        found += listed
        sizes.append(len(listed))
        last = min(listed)
    assert found == added[::-1]
    assert sizes == [100, 100, 50]


def test_the_last_transaction_id_itself_is_not_in_the_page(empty: Caller) -> None:
    first, second, third = (empty.sandbox.interfax.add_fax() for _ in range(3))
    below = empty.call(DFS, "FaxStatusEx", login() + page(third))
    assert ids(values(below, "TransactionID")) == [second, first]
    one = empty.call(DFS, "FaxStatusEx", login() + page(second + 1, items=1))
    assert ids(values(one, "TransactionID")) == [second]
    none = empty.call(DFS, "FaxStatusEx", login() + page(items=0))
    assert values(none, "TransactionID") == []


def test_a_users_faxes_are_its_own(empty: Caller) -> None:
    mine = empty.sandbox.interfax.add_fax()
    bobs = empty.sandbox.interfax.add_fax(user_id="acme.bob")
    own = empty.call(DFS, "FaxStatusEx", login() + page())
    other = empty.call(DFS, "FaxStatusEx", login(*BOB) + page())
    assert ids(values(own, "TransactionID")) == [mine]
    assert ids(values(other, "TransactionID")) == [bobs]
    assert value(other, "TotalCount") == "1"


@pytest.mark.parametrize(
    ("username", "password"),
    [("acme", "wrong"), ("nobody", "secret"), ("", ""), ("acme", "bobSecret1")],
)
def test_a_wrong_login_is_a_result_code(shared: Caller, username: str, password: str) -> None:
    answer = shared.call(DFS, "FaxStatusEx", login(username, password) + page())
    assert (answer.status_code, value(answer, "ResultCode")) == (200, "-1003")
    assert "FaxStatusExResult" not in answer.text
    assert [value(answer, each) for each in ("TotalCount", "ListSize")] == ["0", "0"]


def test_an_added_fax_looks_like_its_status(empty: Caller) -> None:
    empty.sandbox.interfax.add_fax(status=0, PagesSubmitted=4)
    empty.sandbox.interfax.add_fax(status=6017)
    empty.sandbox.interfax.add_fax(status=-3)
    answer = empty.call(DFS, "FaxStatusEx", login() + page())
    assert values(answer, "Status") == ["-3", "6017", "0"]
    assert values(answer, "PagesSent") == ["0", "0", "4"]
    submitted = NOW.strftime("%Y-%m-%dT%H:%M:%S")
    assert values(answer, "SubmitTime") == [submitted] * 3
    running, failed, sent = values(answer, "CompletionTime")
    assert running == "0001-01-01T00:00:00"
    assert NOW - timedelta(minutes=1) <= datetime.fromisoformat(f"{sent}Z") <= NOW
    assert datetime.fromisoformat(f"{failed}Z") <= NOW
