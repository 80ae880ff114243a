"""The data set: the same for the same seed, and with something of everything in it."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest

from faxapi.errors import ConfigurationError
from faxapi.providers.interfax.codes import FAX_STATUS
from faxapi.providers.openfax.codes import ERROR_CODES
from faxapi.sandbox import Sandbox
from tests.sandbox.wire import (
    ACME,
    BOB,
    DFS,
    NOW,
    OPENFAX,
    Caller,
    calling,
    login,
    page,
    values,
)

KEY = "<APIKey>api-key</APIKey>"
IMAGICLE = "/fw/Apps/StoneFax/WebAPI/Faxes"
WEEK = NOW - timedelta(days=7)


def everything(seed: int) -> list[bytes]:
    with calling(Sandbox(seed=seed, now=NOW, faxes=120)) as caller:
        return [
            caller.call(DFS, "FaxStatusEx", login() + page()).content,
            caller.call(OPENFAX, "getRecentHistory", KEY).content,
            caller.get(f"{IMAGICLE}/Outbound/Mine").content,
            caller.get(f"{IMAGICLE}/Inbound/Mine").content,
        ]


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, again, other = everything(7), everything(7), everything(8)
    assert first == again
    assert all(one != two for one, two in zip(first, other, strict=True))


def statuses(caller: Caller, who: tuple[str, str]) -> list[tuple[int, datetime]]:
    """Status and submission of all of a user's faxes, newest first."""
    found: list[tuple[int, datetime]] = []
    last = 2147483647
    while True:
        answer = caller.call(DFS, "FaxStatusEx", login(*who) + page(last))
        ids = [int(each) for each in values(answer, "TransactionID")]
        if not ids:
            return found
        times = [datetime.fromisoformat(f"{each}Z") for each in values(answer, "SubmitTime")]
        found += zip(map(int, values(answer, "Status")), times, strict=True)
        last = ids[-1]


def test_interfax_has_faxes_in_every_state(shared: Caller) -> None:
    faxes = [
        fax for who in (ACME, BOB, ("acme.carol", "carolSecret1")) for fax in statuses(shared, who)
    ]
    counted = Counter(status for status, _ in faxes)
    assert set(FAX_STATUS) == set(counted)
    assert counted.total() == 600
    assert counted[0] > 0.8 * 600
    ages = [NOW - moment for _, moment in faxes]
    assert timedelta(0) <= min(ages)
    assert timedelta(days=35) < max(ages) <= timedelta(days=42)


def test_a_week_holds_some_hundred_faxes_over_all_providers(shared: Caller) -> None:
    interfax = sum(moment >= WEEK for _, moment in statuses(shared, ACME))
    jobs = values(shared.call(OPENFAX, "getRecentHistory", KEY), "JobID")
    openfax = sum(
        datetime.fromisoformat(f"{each}Z") >= WEEK
        for job in jobs
        for each in values(
            shared.call(OPENFAX, "getCDRByJobID", f"{KEY}<JobID>{job}</JobID>"), "CompletedDate"
        )
    )
    since = f"after:{WEEK:%Y-%m-%dT%H:%M:%S}"
    imagicle = sum(
        len(shared.get(f"{IMAGICLE}/{way}/Mine", query={"date": since}).json()["faxList"])
        for way in ("Outbound", "Inbound")
    )
    assert min(interfax, openfax, imagicle) >= 20
    assert 150 <= interfax + openfax + imagicle <= 600


def test_openfax_has_jobs_of_all_sizes_and_every_failure(shared: Caller) -> None:
    running = values(shared.call(OPENFAX, "getRealtime", KEY), "JobID")
    done = values(shared.call(OPENFAX, "getRecentHistory", KEY), "JobID")
    assert len(running) == 2
    assert len(done) > 5
    codes: Counter[str] = Counter()
    sizes = []
    for job in [*running, *done]:
        answer = shared.call(OPENFAX, "getCDRByJobID", f"{KEY}<JobID>{job}</JobID>")
        rows = values(answer, "ErrorCode")
        sizes.append(len(rows))
        codes.update(rows)
    assert codes.keys() == ERROR_CODES.keys() - {"-1"}
    assert (min(sizes), max(sizes)) == (1, 200)


def details(caller: Caller, direction: str) -> list[dict[str, Any]]:
    return list(caller.get(f"{IMAGICLE}/{direction}/Mine").json()["faxList"])


def test_imagicle_has_faxes_in_every_state(shared: Caller) -> None:
    sent = Counter(fax["status"] for fax in details(shared, "Outbound"))
    assert sent.keys() == {"Completed", "Failed", "Queued", "InProgress", "Canceled"}
    assert sent["Completed"] > 0.7 * sent.total()
    assert {fax["status"] for fax in details(shared, "Inbound")} == {"Completed"}
    failed = [fax["faxId"] for fax in details(shared, "Outbound") if fax["status"] == "Failed"]
    causes = {shared.get(f"{IMAGICLE}/Outbound/{fax}").json()["Q931Code"] for fax in failed}
    assert {16, 17, 18} <= causes


def test_texts_are_awkward(shared: Caller) -> None:
    answers = []
    last = 2147483647
    for _ in range(2):
        answers.append(shared.call(DFS, "FaxStatusEx", login() + page(last)))
        last = min(map(int, values(answers[-1], "TransactionID")))
    text = "".join(answer.text for answer in answers)
    assert text.count("&#x1;") == 1
    assert "&#x1;" in answers[0].text
    subjects = set(values(answers[0], "Subject"))
    assert any("&lt;" in each for each in subjects)
    assert any("&amp;" in each for each in subjects)
    assert any(each.startswith("=") for each in subjects)


def test_ids_rise_with_the_time_of_submission(shared: Caller) -> None:
    moments = [moment for _, moment in statuses(shared, ACME)]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("faxes", [0, 1, 2, 5])
def test_a_small_data_set_is_possible(faxes: int) -> None:
    with calling(Sandbox(now=NOW, faxes=faxes)) as caller:
        total = sum(len(statuses(caller, who)) for who in (ACME, BOB))
        assert total <= faxes
        assert len(details(caller, "Outbound")) + len(details(caller, "Inbound")) <= faxes


def test_a_naive_now_and_a_negative_size_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="no time zone"):
        Sandbox(now=datetime(2026, 3, 2))  # noqa: DTZ001 - the mistake itself
    with pytest.raises(ConfigurationError, match="-1"):
        Sandbox(faxes=-1)
