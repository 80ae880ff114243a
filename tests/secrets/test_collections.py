"""No check and no collection that goes wrong lets a secret out, nor a program's own error in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import anyio
import pytest
import stamina

from faxapi import Activity, CollectionFailed, FaxApi, Progress, Window
from faxapi.sandbox import Sandbox
from tests.contract.proxy import Choose, in_front, straight
from tests.sandbox.wire import NOW
from tests.secrets.logins import API_KEY, OTHER_PASSWORD, PASSWORD, WRONG, clients
from tests.secrets.troubles import TROUBLES, no_answer
from tests.secrets.witness import Witness

pytestmark = pytest.mark.anyio

WEEK = Window.last(timedelta(days=7), now=NOW)
LOGINS = (PASSWORD, API_KEY, OTHER_PASSWORD)


@asynccontextmanager
async def opened(
    sandbox: Sandbox, choose: Choose = straight, logins: tuple[str, str, str] = LOGINS
) -> AsyncIterator[FaxApi]:
    with in_front(sandbox.url, choose) as server:
        made = clients(sandbox, url=server.url, secrets=logins, retries=1, timeout=(2, 0.2))
        with stamina.set_testing(True, attempts=2, cap=True):
            async with FaxApi(*made.accounts, clock=lambda: NOW) as api:
                yield api


TELLING = ["fault of 1.1, pieces", "refusal piece by piece", "redirect by path", "other values"]


@pytest.mark.parametrize("trouble", [*TELLING, "broken off", "wrong login"])
async def test_a_collection(sandbox: Sandbox, witness: Witness, trouble: str) -> None:
    seen: list[Progress] = []
    wrong = trouble == "wrong login"
    choose = straight if wrong else TROUBLES[trouble]
    async with opened(sandbox, choose, (WRONG, WRONG, WRONG) if wrong else LOGINS) as api:
        report = await api.collect(WEEK, on_progress=seen.append)
        checks = await api.check()
        witness.shown(api)
    assert not report.complete
    witness.shown(report, *report.outcomes, *checks, *seen, report.cursor.model_dump_json())
    witness.pickled((report, checks))
    witness.hears("export", report.to_json())
    with pytest.raises(CollectionFailed) as caught:
        report.raise_for_failures()
    witness.error(caught.value)
    for error in [outcome.error for outcome in report.outcomes] + [each.error for each in checks]:
        if error:
            witness.error(error)


async def test_time_that_is_up(sandbox: Sandbox, witness: Witness) -> None:
    async with opened(sandbox, no_answer) as api:
        report = await api.collect(WEEK, deadline=0.1)
        checks = await api.check(deadline=0.1)
        with pytest.raises(TimeoutError) as caught, anyio.fail_after(0.1):
            await api.collect(WEEK)
    witness.error(caught.value)
    for error in [outcome.error for outcome in report.outcomes] + [each.error for each in checks]:
        assert error
        witness.error(error)


async def test_an_error_of_the_program_that_reads(sandbox: Sandbox, witness: Witness) -> None:
    async def read(activity: Activity) -> None:
        async with activity:
            async for _ in activity:
                raise ZeroDivisionError

    async with opened(sandbox) as api:
        with pytest.raises(ZeroDivisionError) as caught:
            await read(api.stream(WEEK))
        witness.error(caught.value)

        def fail(_: Progress) -> None:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError) as caught:
            await api.collect(WEEK, on_progress=fail)
        witness.error(caught.value)
