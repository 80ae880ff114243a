"""Imagicle's REST service: its login, its lists with their filters, and its two shapes of details.

Source: Imagicle knowledge base, articles 412, 413, 801 and 802.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faxapi.errors import ConfigurationError
from tests.sandbox.wire import Caller

API = "/fw/Apps/StoneFax/WebAPI/Faxes"


def listed(caller: Caller, direction: str = "Outbound", **query: str) -> list[dict[str, Any]]:
    answer = caller.get(f"{API}/{direction}/Mine", query=query)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    (faxes,) = answer.json().values()
    assert list(answer.json()) == ["faxList"]
    return list(faxes)


@pytest.mark.parametrize("path", ["Outbound/Mine", "Inbound/Mine", "Outbound/x", "Inbound/x"])
@pytest.mark.parametrize(
    "login", [None, ("user1", "wrong"), ("nobody", "secret"), ("user1:x", "secret")]
)
def test_without_a_login_there_is_401_and_nothing_else(
    shared: Caller, path: str, login: tuple[str, str] | None
) -> None:
    answer = shared.get(f"{API}/{path}", login)
    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("header", ["Basic ###", "Basic /w==", "Bearer dXNlcjE6dXNlcjFTZWNyZXQ="])
def test_what_is_no_basic_login_gets_401(shared: Caller, header: str) -> None:
    answer = shared.get(f"{API}/Outbound/Mine", None, headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_sent_fax_is_bare_as_in_the_vendors_example(empty: Caller) -> None:
    fax = empty.sandbox.imagicle.add_fax(
        submit_time=datetime(2016, 11, 25, 14, 56, 56, tzinfo=UTC),
        faxId="IAS-N1_6a504a1d-12d6-44a7-a249-db6c4389f413_0",
        startTime=datetime(2016, 11, 25, 14, 57, 12, tzinfo=UTC),
        endTime=datetime(2016, 11, 25, 14, 57, 40, tzinfo=UTC),
        recipient={"faxNumber": "10002", "name": "Mario Rossi"},
        subject="The fax subject",
        numberOfPages=1,
        size=2897,
    )
    # https://kbp.imagicle.com/kb/entry/413/
    assert empty.get(f"{API}/Outbound/{fax}").json() == {
        "__type": "OutboundFax:StoneFax.Faxes",
        "detailedStatus": None,
        "endTime": "2016-11-25T15:57:40.0000000",
        "faxId": "IAS-N1_6a504a1d-12d6-44a7-a249-db6c4389f413_0",
        "numberOfPages": 1,
        "recipient": {"faxNumber": "10002", "name": "Mario Rossi"},
        "serverName": "IAS-N1",
        "size": 2897,
        "startTime": "2016-11-25T15:57:12.0000000",
        "status": "Completed",
        "username": "user1",
        "Q931Code": None,
        "failureReason": None,
        "subject": "The fax subject",
        "submitTime": "2016-11-25T15:56:56.0000000",
    }


def test_a_received_fax_is_wrapped_and_has_a_sender(empty: Caller) -> None:
    fax = empty.sandbox.imagicle.add_fax(inbound=True)
    answer = empty.get(f"{API}/Inbound/{fax}").json()
    assert list(answer) == ["fax"]
    details = answer["fax"]
    assert details["faxId"] == fax
    assert set(details["sender"]) == {"name", "faxNumber"}
    assert details.keys().isdisjoint({"failureReason", "Q931Code"})


def test_a_failure_has_its_cause(empty: Caller) -> None:
    busy = empty.sandbox.imagicle.add_fax(status="Failed", q931_code=17)
    cleared = empty.sandbox.imagicle.add_fax(status="Failed", q931_code=16)
    answers = [empty.get(f"{API}/Outbound/{fax}").json() for fax in (busy, cleared)]
    assert [each["Q931Code"] for each in answers] == [17, 16]
    assert answers[0]["failureReason"] is None
    assert answers[1]["failureReason"]


def test_a_queued_fax_has_no_times_but_its_submission(empty: Caller) -> None:
    fax = empty.sandbox.imagicle.add_fax(status="Queued")
    answer = empty.get(f"{API}/Outbound/{fax}").json()
    assert (answer["startTime"], answer["endTime"]) == (None, None)
    assert answer["submitTime"] == "2026-03-02T13:00:00.0000000"


def test_a_fax_goes_on_to_its_end(empty: Caller) -> None:
    imagicle = empty.sandbox.imagicle
    fax = imagicle.add_fax(status="Queued")
    empty.sandbox.advance(timedelta(minutes=1))
    imagicle.set_status(fax, "InProgress")
    answer = empty.get(f"{API}/Outbound/{fax}").json()
    assert (answer["status"], answer["endTime"]) == ("InProgress", None)
    assert answer["startTime"] == "2026-03-02T13:01:00.0000000"
    empty.sandbox.advance(timedelta(minutes=1))
    imagicle.set_status(fax, "Failed", q931_code=17, failureReason="busy")
    answer = empty.get(f"{API}/Outbound/{fax}").json()
    assert (answer["status"], answer["detailedStatus"]) == ("Failed", "Failed")
    assert (answer["Q931Code"], answer["failureReason"]) == (17, "busy")
    assert answer["submitTime"] == "2026-03-02T13:00:00.0000000"
    assert answer["startTime"] == "2026-03-02T13:01:00.0000000"
    assert answer["endTime"] == "2026-03-02T13:02:00.0000000"
    imagicle.set_status(fax, "Completed")
    assert empty.get(f"{API}/Outbound/{fax}").json()["detailedStatus"] is None
    (summary,) = listed(empty)
    assert summary["status"] == "Completed"


def test_a_fax_can_be_forgotten(empty: Caller) -> None:
    imagicle = empty.sandbox.imagicle
    fax = imagicle.add_fax()
    imagicle.remove_fax(fax)
    assert listed(empty) == []
    assert empty.get(f"{API}/Outbound/{fax}").status_code == 404
    with pytest.raises(ConfigurationError, match="no such fax"):
        imagicle.remove_fax(fax)
    with pytest.raises(ConfigurationError, match="no such fax"):
        imagicle.set_status(fax, "Failed")


def test_unknown_and_others_faxes_are_404_with_nothing_in_it(empty: Caller) -> None:
    add = empty.sandbox.imagicle.add_fax
    mine, other, received = add(), add(username="user2"), add(inbound=True)
    assert empty.get(f"{API}/Outbound/{mine}").status_code == 200
    assert empty.get(f"{API}/Outbound/{other}", ("user2", "user2Secret")).status_code == 200
    for fax in ("unknown", other, received):
        answer = empty.get(f"{API}/Outbound/{fax}")
        assert (answer.status_code, answer.content) == (404, b"")


def test_an_id_is_opaque_and_may_hold_a_slash(empty: Caller) -> None:
    fax = empty.sandbox.imagicle.add_fax(faxId="N1/a b?c")
    assert empty.get(f"{API}/Outbound/N1%2Fa%20b%3Fc").json()["faxId"] == fax


def test_a_list_holds_summaries_of_the_users_own(empty: Caller) -> None:
    add = empty.sandbox.imagicle.add_fax
    mine, received = add(subject="One"), add(inbound=True)
    add(username="user2")
    (summary,) = listed(empty)
    assert summary["faxId"] == mine
    assert set(summary) == {"faxId", "username", "recipient", "subject", "status", "date"}
    assert summary["date"] == "2026-03-02T13:00:00.0000000"
    (summary,) = listed(empty, "Inbound")
    assert summary["faxId"] == received
    assert "sender" in summary


def test_pages_count_from_one_and_no_size_is_everything(shared: Caller) -> None:
    everything = listed(shared)
    assert len(everything) > 200
    assert listed(shared, page="2") == everything
    assert listed(shared, page="3", pageSize="0") == everything
    assert listed(shared, pageSize="50") == everything[:50]
    paged = [fax for page in range(1, 20) for fax in listed(shared, page=str(page), pageSize="50")]
    assert paged == everything
    dates = [fax["date"] for fax in everything]
    # The vendor documents no order.
    assert dates not in (sorted(dates), sorted(dates, reverse=True))


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("between:2026-02-01T00:00:00;2026-02-02T00:00:00", ["first"]),
        ("between:2026-02-01T00:00:00;2026-02-02T00:00:01", ["first", "second"]),
        ("after:2026-02-01T00:00:00", ["second"]),
        ("before:2026-02-02T00:00:00", ["first"]),
    ],
)
def test_a_filter_is_on_the_servers_clock(empty: Caller, date: str, found: list[str]) -> None:
    for name, day in (("first", 1), ("second", 2)):
        # Midnight in Rome.
        moment = datetime(2026, 1, 30 + day, 23, tzinfo=UTC) if day == 1 else None
        moment = moment or datetime(2026, 2, 1, 23, tzinfo=UTC)
        empty.sandbox.imagicle.add_fax(submit_time=moment, faxId=name)
    assert sorted(fax["faxId"] for fax in listed(empty, date=date)) == found


@pytest.mark.parametrize(
    "query",
    [
        {"date": "yesterday"},
        {"date": "after:noon"},
        {"date": "between:2026-02-01T00:00:00"},
        {"date": "after:2026-02-01T00:00:00;2026-02-02T00:00:00"},
        {"date": "after:2026-02-01T00:00:00Z"},
        {"page": "0"},
        {"page": "one"},
        {"pageSize": "-1"},
        {"pagesize": "10"},
        {"unknown": "1"},
    ],
)
def test_a_bad_filter_is_400_with_a_reason(shared: Caller, query: dict[str, str]) -> None:
    answer = shared.get(f"{API}/Outbound/Mine", query=query)
    assert answer.status_code == 400
    assert set(answer.json()) == {"reason", "message"}


def test_only_get_is_allowed(shared: Caller) -> None:
    answer = shared.send(f"{API}/Outbound/Mine", "{}", content_type="application/json")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
