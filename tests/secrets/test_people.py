"""What an answer says about people is in its records, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest

from faxapi import FaxApi, Progress, Window
from faxapi.errors import FaxApiError, ProviderFault
from faxapi.sandbox import Sandbox
from tests.contract.proxy import in_front
from tests.sandbox.wire import NOW
from tests.secrets import people, troubles
from tests.secrets.logins import clients, running
from tests.secrets.people import PEOPLE, PERSON, TEXTS
from tests.secrets.test_failures import CASES, attempt, in_turn
from tests.secrets.witness import Witness, chain
from tests.transport.server import Server, always

pytestmark = pytest.mark.anyio

WAYS = [people.every_text, people.one_of_each_record, people.everything]
MONTH = Window.last(timedelta(days=30), now=NOW)


class Bystander(Witness):
    """One to whom a fault's whole text is not shown, which is kept on the error alone."""

    def error(self, error: BaseException, channel: str = "") -> None:
        for each in chain(error):
            if isinstance(each, ProviderFault):
                each.fault_text = ""
        super().error(error, channel)


@pytest.fixture
def witness(capfd: pytest.CaptureFixture[str]) -> Iterator[Witness]:
    with Bystander(PEOPLE) as witness:
        yield witness
    witness.hears("output", "".join(capfd.readouterr()))
    assert witness.leaks == []


@pytest.mark.parametrize("way", WAYS)
async def test_operations(
    sandbox: Sandbox, witness: Witness, anyio_backend: str, way: people.Chosen
) -> None:
    errors: list[FaxApiError | None] = []
    with in_front(sandbox.url, people.about_people(way)) as server:
        for case, version in in_turn(CASES, anyio_backend):
            made = clients(sandbox, version, url=server.url, retries=0)
            errors.append(await attempt(case, made, witness))
    assert errors.count(None) > 5
    assert way is people.every_text or len(errors) - errors.count(None) > 5


@pytest.mark.parametrize("scope", ["user", "account"])
@pytest.mark.parametrize("way", WAYS)
async def test_a_collection(
    witness: Witness, tmp_path: Path, way: people.Chosen, scope: Literal["user", "account"]
) -> None:
    seen: list[Progress] = []
    choose = people.about_people(way)
    with running() as sandbox, in_front(sandbox.url, choose) as server:
        made = clients(sandbox, url=server.url, retries=0, scope=scope)
        async with FaxApi(*made.accounts, clock=lambda: NOW) as api:
            report = await api.collect(MONTH, on_progress=seen.append)
            again = await api.collect(cursor=report.cursor)
            stream = api.stream(MONTH)
            async with stream:
                async for record in stream:
                    witness.shown(record)
            witness.shown(api, stream, stream.summary)
    if way is people.every_text:
        assert report.complete, "\n".join(str(n) for o in report.failures for n in o.gaps)
        found = "".join(record.model_dump_json() for record in report.faxes)
        assert all(planted.head in found for planted in PEOPLE.values())
    if way is people.one_of_each_record:
        skipped = [each for outcome in report.outcomes for each in outcome.gaps]
        assert {notice.code for notice in skipped} >= {"skipped_record"}
    for each in (report, again):
        witness.shown(each, *each.outcomes, *each.faxes, *each.usage, *each.jobs)
        witness.shown(*(record.raw for record in each.faxes))
        witness.pickled((each.outcomes, each.cursor))
        witness.hears("export", replace(each, faxes=[], usage=[], jobs=[]).to_json())
        for outcome in each.outcomes:
            witness.shown(*outcome.notices)
            for error in outcome.errors:
                witness.error(error)
        for problem in (error for outcome in each.failures for error in outcome.problems()):
            witness.error(problem)
    witness.shown(*seen)
    report.cursor.save(tmp_path / "cursor")
    witness.hears("file", (tmp_path / "cursor").read_text())


async def test_codes_that_are_none(sandbox: Sandbox, witness: Witness) -> None:
    with in_front(sandbox.url, people.about_people(people.every_code)) as server:
        made = clients(sandbox, url=server.url)
        async with FaxApi(made.openfax, made.imagicle, clock=lambda: NOW) as api:
            report = await api.collect(MONTH)
    notices = [notice for outcome in report.outcomes for notice in outcome.notices]
    assert [notice.code for notice in notices].count("unknown_code") > 1
    assert any(record.status_code == PERSON for record in report.faxes)
    witness.shown(report, *report.outcomes, *notices, *report.faxes)


def repeated_request(said: str) -> bytes:
    repeated = f"<Query><Subject>{said}</Subject><To>{said}</To></Query>"
    return troubles.fault("1.1", "Server")(f"bad request: {repeated}")


SAYING = {
    "error page": troubles.page(troubles.ERROR),
    "good page": troubles.page("200 OK"),
    "content type": troubles.header("Content-Type", "text/{}"),
    "cookie": troubles.header("Set-Cookie", "name={}"),
    "redirect": troubles.header("Location", "https://other.example/?to={}", troubles.REDIRECT),
    "no HTTP": troubles.raw(),
    "a request that is repeated": repeated_request,
}


@pytest.mark.parametrize("name", SAYING)
async def test_an_answer_that_is_none(
    sandbox: Sandbox, witness: Witness, anyio_backend: str, name: str
) -> None:
    with Server(always(SAYING[name](PERSON))) as server:
        for case, version in in_turn(CASES, anyio_backend):
            made = clients(sandbox, version, url=server.url, retries=0)
            error = await attempt(case, made, witness)
            assert error or name == "cookie"


@pytest.mark.parametrize(
    "answer",
    [
        troubles.fault("1.1", "Client"),
        troubles.refusal("400 Bad Request"),
        troubles.header("Location", "https://other.example/{}", troubles.REDIRECT),
    ],
)
async def test_numbers_and_addresses_in_a_servers_own_words(
    sandbox: Sandbox, witness: Witness, anyio_backend: str, answer: troubles.Telling
) -> None:
    """A name among them cannot be told from any other word."""
    said = "; ".join(PEOPLE[which].text for which in ("an address", "a number"))
    with Server(always(answer(f"not to {said}"))) as server:
        for case, version in in_turn(CASES, anyio_backend):
            made = clients(sandbox, version, url=server.url, retries=0)
            assert await attempt(case, made, witness)


def test_every_kind_of_field_is_among_them() -> None:
    expected = {
        "Contact", "DestinationFax", "ReplyEmail", "RemoteCSID", "Subject", "SenderCSID",
        "PageHeader", "UserData", "PhoneNumber", "CallerID", "Phone", "Reference", "Country",
        "BillCode", "CSID", "Emails", "EmailAddress", "AllowedSenders", "faxNumber", "name",
    }  # fmt: skip
    assert expected <= TEXTS
