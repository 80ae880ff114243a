"""Every operation of every client against ASP.NET, in both SOAP versions, on asyncio and Trio."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
import sniffio

from faxapi import (
    AuthenticationError,
    FaxApi,
    Imagicle,
    InterFax,
    JobRecord,
    Kind,
    Openfax,
    UsageRecord,
    Window,
)
from faxapi.sandbox import Sandbox
from faxapi.sandbox.imagicle import TIMEZONE
from tests.interop.runtime import AspNet
from tests.sandbox.cases import IMAGICLE_CASES, INTERFAX, OPENFAX_CASES, Case, Clients, name_of
from tests.sandbox.wire import NOW

VERSIONS = ("1.1", "1.2")
WEEK = Window.last(timedelta(days=7), now=NOW)


def clients(aspnet: AspNet, sandbox: Sandbox, version: str = "1.1", *, dates: str = "") -> Clients:
    soap: dict[str, Any] = {"base_url": aspnet.url, "timezone": "UTC", "soap_version": version}
    url = aspnet.url + dates
    return Clients(
        sandbox,
        InterFax("acme", "secret", **soap, pace=None),
        Openfax("api-key", **soap),
        Imagicle(url, "user1", "secret", timezone=TIMEZONE),
    )


@pytest.mark.anyio
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("case", [*INTERFAX, *OPENFAX_CASES], ids=name_of)
async def test_a_soap_operation_works(
    case: Case, version: str, aspnet: AspNet, sandbox: Sandbox, anyio_backend: str
) -> None:
    assert sniffio.current_async_library() == anyio_backend
    made = clients(aspnet, sandbox, version)
    async with made.interfax, made.openfax:
        result = await case.call(made)
    assert case.check(made, result)
    assert case.operation.name in aspnet.bridge.asked


@pytest.mark.anyio
@pytest.mark.parametrize("dates", ["", "/dates"])
@pytest.mark.parametrize("case", IMAGICLE_CASES, ids=name_of)
async def test_a_rest_operation_works(
    case: Case, dates: str, aspnet: AspNet, sandbox: Sandbox, anyio_backend: str
) -> None:
    """With times as Imagicle writes them, and as .NET does by itself: `/Date(…)/`."""
    assert sniffio.current_async_library() == anyio_backend
    made = clients(aspnet, sandbox, dates=dates)
    async with made.imagicle:
        result = await case.call(made)
    assert case.check(made, result)
    assert [asked.operation for asked in sandbox.requests] == [case.label]


def by_key(records: Iterable[UsageRecord | JobRecord]) -> dict[object, object]:
    return {record.key: record.model_dump() for record in records}


@pytest.mark.anyio
async def test_a_collection_is_what_the_sandbox_itself_gives(
    aspnet: AspNet, sandbox: Sandbox, anyio_backend: str
) -> None:
    """All three at once, over .NET and straight: the same records, notices and cursor."""
    assert sniffio.current_async_library() == anyio_backend
    reports = []
    for url in (aspnet.url, sandbox.url):
        made = clients(AspNet(url, aspnet.bridge), sandbox)
        accounts = (made.interfax, made.openfax, made.imagicle)
        async with FaxApi(*accounts, clock=lambda: NOW) as api:
            reports.append(await api.collect(WEEK))
    over_net, straight = reports
    over_net.raise_for_failures()
    assert over_net.faxes == straight.faxes
    # These come in the order in which the calls end.
    assert by_key(over_net.usage) == by_key(straight.usage)
    assert by_key(over_net.jobs) == by_key(straight.jobs)
    assert {outcome.kind for outcome in over_net.outcomes} == set(Kind)
    assert len(over_net.faxes) > 50


@pytest.mark.anyio
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_wrong_password_is_told(
    version: str, aspnet: AspNet, sandbox: Sandbox, anyio_backend: str
) -> None:
    assert sniffio.current_async_library() == anyio_backend
    soap: dict[str, Any] = {"base_url": aspnet.url, "soap_version": version}
    interfax = InterFax("acme", "wrong", **soap)
    openfax = Openfax("wrong", **soap)
    imagicle = Imagicle(aspnet.url, "user1", "wrong", timezone=TIMEZONE)
    async with interfax, openfax, imagicle:
        with pytest.raises(AuthenticationError) as outbound:
            await interfax.outbound.fax_status_ex()
        with pytest.raises(AuthenticationError) as reporting:
            await openfax.get_realtime()
        with pytest.raises(AuthenticationError) as rest:
            await imagicle.list_outbound_faxes()
    server = {"1.1": "Server", "1.2": "Receiver"}[version]
    assert outbound.value.code == "-1003"
    assert (reporting.value.http_status, reporting.value.code) == (500, server)
    assert rest.value.http_status == 401
    # What came by way of .NET: the JSON handler asks the sandbox itself.
    assert [asked.status for asked in sandbox.requests] == [401]


@pytest.mark.anyio
async def test_the_admin_service_tells_a_wrong_password_too(
    aspnet: AspNet, sandbox: Sandbox, anyio_backend: str
) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with InterFax("acme", "wrong", base_url=aspnet.url) as interfax:
        with pytest.raises(AuthenticationError) as told:
            await interfax.admin.get_account_users()
    assert told.value.code == "-1003"
    assert sandbox.requests == []
