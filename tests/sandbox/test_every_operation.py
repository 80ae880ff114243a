"""Every operation of every client, over HTTP, in both SOAP versions, on asyncio and on Trio."""

from typing import Any

import pytest
import sniffio

from faxapi import Imagicle, InterFax, Openfax
from faxapi.providers.imagicle import operations as imagicle_ops
from faxapi.providers.interfax import operations as interfax_ops
from faxapi.providers.openfax.operations import DEFAULT as OPENFAX
from faxapi.sandbox import Asked, Sandbox
from faxapi.wire.rest import RestOperation
from faxapi.wire.soap import SoapOperation
from tests.sandbox.cases import IMAGICLE_CASES, INTERFAX, OPENFAX_CASES, Case, Clients, ids, name_of
from tests.sandbox.wire import NOW


def clients(sandbox: Sandbox, version: str) -> Clients:
    interfax, openfax, imagicle = sandbox.credentials.values()
    return Clients(
        sandbox,
        InterFax(**interfax, timezone="UTC", soap_version=version),  # type: ignore[arg-type]
        Openfax(**openfax, timezone="UTC", soap_version=version),  # type: ignore[arg-type]
        Imagicle(**imagicle, timezone="Europe/Rome"),  # type: ignore[arg-type]
    )


async def perform(case: Case, backend: str, version: str) -> None:
    assert sniffio.current_async_library() == backend
    async with Sandbox(seed=1, now=NOW, faxes=100) as sandbox:
        made = clients(sandbox, version)
        async with made.interfax, made.openfax, made.imagicle:
            result = await case.call(made)
        assert case.check(made, result)
        provider = next(
            name
            for name, cases in (
                ("interfax", INTERFAX),
                ("openfax", OPENFAX_CASES),
                ("imagicle", IMAGICLE_CASES),
            )
            if case in cases
        )
        assert Asked(provider, case.label, 200) in sandbox.requests
        assert {asked.status for asked in sandbox.requests} == {200}


@pytest.mark.anyio
@pytest.mark.parametrize("version", ["1.1", "1.2"])
@pytest.mark.parametrize("case", [*INTERFAX, *OPENFAX_CASES], ids=name_of)
async def test_a_soap_operation_works(case: Case, version: str, anyio_backend: str) -> None:
    await perform(case, anyio_backend, version)


@pytest.mark.anyio
@pytest.mark.parametrize("case", IMAGICLE_CASES, ids=name_of)
async def test_a_rest_operation_works(case: Case, anyio_backend: str) -> None:
    await perform(case, anyio_backend, "1.1")


@pytest.mark.anyio
async def test_openfax_describes_itself(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with Sandbox(now=NOW, faxes=0) as sandbox:
        _, openfax, _ = sandbox.accounts()
        async with openfax:
            found = await openfax.discover()
    assert found.settings() == {
        "namespace": "http://tempuri.org/",
        "api_key_parameter": "APIKey",
        "job_id_parameter": "JobID",
        "soap_actions": {
            name: f"http://tempuri.org/{name}"
            for name in ("getCDRByJobID", "getRealtime", "getRecentHistory")
        },
    }


@pytest.mark.anyio
async def test_imagicles_lists_are_paged_for_the_caller(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with Sandbox(now=NOW, faxes=0) as sandbox:
        added = {
            inbound: {sandbox.imagicle.add_fax(inbound=inbound) for _ in range(7)}
            for inbound in (False, True)
        }
        _, _, imagicle = sandbox.accounts()
        async with imagicle:
            sent = [fax async for fax in imagicle.iter_outbound_faxes(page_size=3)]
            received = [fax async for fax in imagicle.iter_inbound_faxes(page_size=3)]
    assert (len(sent), len(received)) == (7, 7)
    assert (ids(sent), ids(received)) == (added[False], added[True])


def declared(module: object) -> list[Any]:
    kinds = (SoapOperation, RestOperation)
    return [value for value in vars(module).values() if isinstance(value, kinds)]


def test_no_operation_is_forgotten() -> None:
    assert {id(case.operation) for case in INTERFAX} == set(map(id, declared(interfax_ops)))
    assert {id(case.operation) for case in OPENFAX_CASES} == set(map(id, OPENFAX))
    assert {id(case.operation) for case in IMAGICLE_CASES} == set(map(id, declared(imagicle_ops)))
    assert (len(INTERFAX) - 3, len(list(OPENFAX)), len(IMAGICLE_CASES)) == (28, 3, 4)
