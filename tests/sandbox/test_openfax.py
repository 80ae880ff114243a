"""Openfax's reporting service."""

import re
from datetime import timedelta

import pytest

from faxapi.errors import ConfigurationError
from tests.sandbox.wire import NOW, OPENFAX, SOAP, Caller, canonical, value, values

KEY = "<APIKey>api-key</APIKey>"


def cdr(caller: Caller, job: str) -> list[str]:
    answer = caller.call(OPENFAX, "getCDRByJobID", f"{KEY}<JobID>{job}</JobID>")
    assert answer.status_code == 200
    return values(answer, "TransactionID")


@pytest.mark.parametrize("name", ["getRealtime", "getRecentHistory", "getCDRByJobID"])
def test_where_there_is_nothing_the_array_is_null(empty: Caller, name: str) -> None:
    answer = empty.call(OPENFAX, name, KEY)
    assert canonical(answer.text) == canonical(
        f'<s:Envelope xmlns:s="{SOAP["1.1"]}"><s:Body>'
        f'<{name}Response xmlns="http://tempuri.org/" /></s:Body></s:Envelope>'
    )


@pytest.mark.parametrize("key", ["", "<APIKey />", "<APIKey>wrong</APIKey>"])
def test_a_wrong_key_is_a_fault(shared: Caller, key: str) -> None:
    answer = shared.call(OPENFAX, "getRealtime", key)
    assert (answer.status_code, value(answer, "faultcode")) == (500, "soap:Server")
    assert value(answer, "faultstring").endswith("Invalid API Key")


def test_a_report_row_is_as_the_vendors_page_lists_it(empty: Caller) -> None:
    job = empty.sandbox.openfax.add_job(error_codes=[0])
    answer = empty.call(OPENFAX, "getCDRByJobID", f"{KEY}<JobID>{job}</JobID>")
    row = re.sub(r"<Reference>[^<]*</Reference>", "", answer.text)
    names = re.findall(r"<(\w+)>", row[row.index("<FaxTransmission>") :])
    assert names == [
        "FaxTransmission",
        "TransactionID",
        "CompletedDate",
        "Phone",
        "Country",
        "ErrorCode",
        "Pages",
        "Duration",
    ]
    assert value(answer, "CompletedDate") == "2026-03-02T12:00:00"
    # Minutes.
    assert re.fullmatch(r"\d+\.\d\d", value(answer, "Duration"))
    assert value(answer, "ErrorCode") == "0"


def test_a_running_job_becomes_no_history(empty: Caller) -> None:
    running = empty.sandbox.openfax.add_job(error_codes=[0, 2], running=True)
    done = empty.sandbox.openfax.add_job(error_codes=[0, 0, "5"], bill_code="A & B")
    now = empty.call(OPENFAX, "getRealtime", KEY)
    history = empty.call(OPENFAX, "getRecentHistory", KEY)
    assert values(now, "JobID") == [running]
    assert values(history, "JobID") == [done]
    assert value(history, "BillCode") == "A &amp; B"
    assert "<RealtimeJob>" in now.text
    assert "<HistoryJob>" in history.text
    for answer, totals in ((now, ["2", "1", "1"]), (history, ["3", "2", "1"])):
        names = ("TotalDestinations", "TotalSuccessful", "TotalFailed")
        assert [value(answer, name) for name in names] == totals


def test_history_goes_back_30_days_and_a_report_further(empty: Caller) -> None:
    add = empty.sandbox.openfax.add_job
    recent = add(completed=NOW - timedelta(days=30))
    old = add(completed=NOW - timedelta(days=30, seconds=1))
    assert values(empty.call(OPENFAX, "getRecentHistory", KEY), "JobID") == [recent]
    assert cdr(empty, old) == ["1"]
    assert cdr(empty, "unknown") == []


def test_a_transaction_id_is_unique_in_its_report_only(shared: Caller) -> None:
    jobs = values(shared.call(OPENFAX, "getRecentHistory", KEY), "JobID")
    assert len(jobs) > 1
    for job in jobs:
        rows = cdr(shared, job)
        assert rows == [str(number) for number in range(1, len(rows) + 1)]


def test_a_job_goes_on_ends_and_is_forgotten(empty: Caller) -> None:
    openfax = empty.sandbox.openfax
    job = openfax.add_job(error_codes=[], running=True)
    openfax.add_transmissions(job, error_codes=[0, 2], completed=NOW - timedelta(hours=1))
    openfax.add_transmissions(job)
    assert cdr(empty, job) == ["1", "2", "3"]
    now = empty.call(OPENFAX, "getRealtime", KEY)
    assert values(now, "TotalDestinations") == ["3"]
    openfax.finish_job(job)
    assert values(empty.call(OPENFAX, "getRealtime", KEY), "JobID") == []
    assert values(empty.call(OPENFAX, "getRecentHistory", KEY), "JobID") == [job]
    openfax.remove_job(job)
    assert values(empty.call(OPENFAX, "getRecentHistory", KEY), "JobID") == []
    assert cdr(empty, job) == []


def test_a_job_that_sent_nothing_is_history_all_the_same(empty: Caller) -> None:
    job = empty.sandbox.openfax.add_job(error_codes=[])
    history = empty.call(OPENFAX, "getRecentHistory", KEY)
    assert (values(history, "JobID"), values(history, "TotalDestinations")) == ([job], ["0"])


@pytest.mark.parametrize("name", ["add_transmissions", "finish_job", "remove_job"])
def test_there_is_no_such_job(empty: Caller, name: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no job 5"):
        getattr(empty.sandbox.openfax, name)("5")
