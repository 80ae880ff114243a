"""What .NET writes of every value that may come, as Openfax's client reads it.

The service is `peer/OtherOpenfax.cs`: names and types of its own, and answers without the sandbox.
"""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sniffio

from faxapi import AuthenticationError, DecodeError, Openfax, ProviderFault
from faxapi.providers.openfax import FaxTransmission
from tests.interop.runtime import ZONE, AspNet

KEY = "other-key"
SOAP = pytest.mark.parametrize("version", ["1.1", "1.2"])
pytestmark = pytest.mark.anyio

LOST = "\N{REPLACEMENT CHARACTER}"


def day(hour: int = 12, microsecond: int = 0, *, month: int = 3) -> datetime:
    return datetime(2026, month, 2, hour, 30, 15, microsecond, tzinfo=UTC)


# A time that names no zone is of the account's: Rome's, an hour or two before UTC.
TIMES = [
    day(),
    day(11),
    day(10, month=7),
    day(11),
    day(12, 123456),
    day(11, 500000),
    day(11, 1),
    day(),
    None,
    None,
    None,
    None,
    None,
    datetime(2026, 3, 1, 23, tzinfo=UTC),
    None,
]
# XML makes one line feed of a line's end, and has no control characters.
TEXTS = [
    *(None, "", " ", " two  spaces ", "a\tb", "a\nb", "a\nb", "a\nb", f"Fax{LOST} Room"),
    *(f"{LOST}{LOST}\x7f\x85", LOST * 2, "<&>\"'", "]]>", "Grüße, 日本, 😀", "&#x1;"),
]
# By row; what is no finite number is none.
MINUTES = {
    **dict(zip((1, 2, 3, 4, 6, 7, 11), (0, 1.5, 0.1, 1e-5, 0, 1 / 3, 0), strict=True)),
    **dict.fromkeys((8, 9, 10)),
}
MANY = 100_000


def account(aspnet: AspNet, version: str = "1.1", key: str = KEY, **names: Any) -> Openfax:  # noqa: ANN401 - any keyword of an account
    url = f"{aspnet.url}/other"
    return Openfax(key, base_url=url, timezone=ZONE, soap_version=version, **names)


async def told(aspnet: AspNet, version: str = "1.1", key: str = KEY) -> Openfax:
    """An account by the names that the service's WSDL tells."""
    async with account(aspnet) as asking:
        found = await asking.discover()
    return account(aspnet, version, key, **found.settings())


async def report(aspnet: AspNet, job: int, version: str) -> list[FaxTransmission]:
    openfax = await told(aspnet, version)
    async with openfax:
        return await openfax.get_cdr_by_job_id(job_id=str(job))


async def test_a_wsdl_tells_the_names(aspnet: AspNet, anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with account(aspnet) as openfax:
        found = await openfax.discover()
    assert found.settings() == {
        "namespace": "urn:fax-reports",
        "api_key_parameter": "ApiKey",
        "job_id_parameter": "jobNumber",
        "soap_actions": {
            name: f"urn:fax-reports/{name}"
            for name in ("getCDRByJobID", "getRealtime", "getRecentHistory")
        },
    }
    report = found.parameters["getCDRByJobID"]
    assert [(each.name, each.type) for each in report] == [
        ("jobNumber", "int"),
        ("ApiKey", "string"),
    ]


@SOAP
async def test_times_of_every_kind(aspnet: AspNet, version: str, anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    rows = await report(aspnet, 3, version)
    assert [row.completed_date for row in rows] == TIMES


@SOAP
async def test_texts_of_every_kind(aspnet: AspNet, version: str, anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    rows = await report(aspnet, 4, version)
    assert [row.reference for row in rows] == TEXTS


@SOAP
async def test_doubles_of_every_kind(aspnet: AspNet, version: str, anyio_backend: str) -> None:
    """What is longer than a span of time can be is skipped, and said."""
    assert sniffio.current_async_library() == anyio_backend
    openfax = await told(aspnet, version)
    async with openfax, openfax.iter_cdr(job_id="5") as rows:
        spans = {row.transaction_id: row.duration async for row in rows}
    assert [notice.text.split(":")[0] for notice in rows.decoder.skipped] == [
        f"a record (TransactionID {number}) could not be read" for number in (5, 12)
    ]
    assert spans == {
        str(number): None if minutes is None else timedelta(minutes=minutes)
        for number, minutes in MINUTES.items()
    }


@SOAP
async def test_null_numbers_and_items(aspnet: AspNet, version: str, anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    assert [row.error_code for row in await report(aspnet, 6, version)] == ["12", None]
    (row,) = await report(aspnet, 7, version)
    assert (row.transaction_id, row.pages, row.phone) == ("7", 0, None)


@SOAP
async def test_a_null_and_an_empty_array(aspnet: AspNet, version: str, anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    assert await report(aspnet, 1, version) == await report(aspnet, 2, version) == []


@SOAP
async def test_ids_and_totals_of_other_types(
    aspnet: AspNet, version: str, anyio_backend: str
) -> None:
    assert sniffio.current_async_library() == anyio_backend
    openfax = await told(aspnet, version)
    async with openfax:
        (running,) = await openfax.get_realtime()
        (finished,) = await openfax.get_recent_history()
    assert (running.job_id, running.total_failed) == ("9223372036854775807", None)
    # .NET writes its decimals as 3.00, 2 and 1.0.
    totals = (finished.total_destinations, finished.total_successful, finished.total_failed)
    assert (totals, finished.bill_code) == ((3, 2, 1), "")


@SOAP
@pytest.mark.usefixtures("at_once")
async def test_what_breaks_off_is_an_error(
    aspnet: AspNet, version: str, anyio_backend: str
) -> None:
    """.NET fails in the middle of the answer: a 200, half the rows, and then a web page."""
    assert sniffio.current_async_library() == anyio_backend
    openfax = await told(aspnet, version)
    async with openfax:
        with pytest.raises(DecodeError, match=r"not well-formed XML after 4\d{4} rows"):
            await openfax.get_cdr_by_job_id(job_id="8")


@SOAP
@pytest.mark.usefixtures("at_once")
async def test_a_fault_with_its_stack_trace(
    aspnet: AspNet, version: str, anyio_backend: str
) -> None:
    assert sniffio.current_async_library() == anyio_backend
    client, server = {"1.1": ("Client", "Server"), "1.2": ("Sender", "Receiver")}[version]
    faults = {
        9: (server, "System.ArgumentException: no such job Parameter name: jobNumber"),
        10: (client, "System.Web.Services.Protocols.SoapException: nothing to say"),
        11: (server, "System.Exception: third"),
    }
    openfax = await told(aspnet, version)
    async with openfax:
        for job, (code, message) in faults.items():
            with pytest.raises(ProviderFault) as caught:
                await openfax.get_cdr_by_job_id(job_id=str(job))
            error = caught.value
            assert type(error) is ProviderFault
            assert (error.code, error.message, error.http_status) == (code, message, 500)
            assert " at Other.Reporting.getCDRByJobID (" in error.fault_text


@SOAP
async def test_a_wrong_key_with_its_stack_trace(
    aspnet: AspNet, version: str, anyio_backend: str
) -> None:
    assert sniffio.current_async_library() == anyio_backend
    openfax = await told(aspnet, version, "wrong")
    async with openfax:
        with pytest.raises(AuthenticationError):
            await openfax.get_realtime()


@SOAP
async def test_a_misspelt_parameter_is_null(
    aspnet: AspNet, version: str, anyio_backend: str
) -> None:
    """So the service says that the key is wrong: it knows of none."""
    assert sniffio.current_async_library() == anyio_backend
    async with account(aspnet, version, namespace="urn:fax-reports") as openfax:
        with pytest.raises(AuthenticationError, match="discover"):
            await openfax.get_realtime()


async def test_a_hundred_thousand_rows_stream(aspnet: AspNet, anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    openfax = await told(aspnet)
    async with openfax, openfax.iter_cdr(job_id=str(MANY)) as rows:
        ids = [row.transaction_id async for row in rows]
    assert ids == [str(number) for number in range(1, MANY + 1)]
    assert rows.decoder.skipped == []


async def test_rows_that_were_read_are_not_kept(aspnet: AspNet, anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    openfax = await told(aspnet)
    tracemalloc.start()
    try:
        async with openfax, openfax.iter_cdr(job_id="20000") as rows:
            seen = [row.pages async for row in rows]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert seen == [2] * 20000
    # The answer has five million bytes; as models it would be twenty.
    assert most < 2 << 20
