"""What is posted, against requests written by hand from the vendor's page and ASP.NET's rules."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from pydantic import SecretStr

from faxapi.errors import ConfigurationError, DecodeError
from faxapi.providers.openfax import Openfax
from tests.providers.openfax.service import KEY, account, envelope
from tests.providers.recorder import canonical, variables, xml
from tests.transport.server import Request, Server, always

EMPTY = always(xml(envelope("<Response />")))

CDR = f"""
  <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
    <soap:Body>
      <getCDRByJobID xmlns="http://tempuri.org/">
        <APIKey>{KEY}</APIKey>
        <JobID>4711</JobID>
      </getCDRByJobID>
    </soap:Body>
  </soap:Envelope>"""

REALTIME = f"""
  <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
    <soap:Body>
      <getRealtime xmlns="http://tempuri.org/">
        <APIKey>{KEY}</APIKey>
      </getRealtime>
    </soap:Body>
  </soap:Envelope>"""

HISTORY = f"""
  <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
    <soap:Body>
      <getRecentHistory xmlns="http://tempuri.org/">
        <APIKey>{KEY}</APIKey>
      </getRecentHistory>
    </soap:Body>
  </soap:Envelope>"""

Ask = Callable[[Openfax], Awaitable[object]]

OPERATIONS: dict[str, tuple[Ask, str]] = {
    "getCDRByJobID": (lambda openfax: openfax.get_cdr_by_job_id(job_id="4711"), CDR),
    "getRealtime": (Openfax.get_realtime, REALTIME),
    "getRecentHistory": (Openfax.get_recent_history, HISTORY),
}


async def posted(ask: Ask, **options: Any) -> Request:  # noqa: ANN401 - any keyword of an account
    """Ask, and give what was sent; the answer is none that anyone could use."""
    with Server(EMPTY) as server:
        async with account(server, **options) as openfax:
            with pytest.raises(Exception, match="instead of"):
                await ask(openfax)
        (request,) = server.requests
    return request


@pytest.mark.asyncio
@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_request_in_soap_1_1(name: str) -> None:
    ask, golden = OPERATIONS[name]
    request = await posted(ask)
    assert (request.method, request.target) == ("POST", "/api/reporting.asmx")
    assert request.header("content-type") == ["text/xml; charset=utf-8"]
    assert request.header("soapaction") == [f'"http://tempuri.org/{name}"']
    assert canonical(request.body) == canonical(golden)


@pytest.mark.asyncio
@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_request_in_soap_1_2(name: str) -> None:
    ask, golden = OPERATIONS[name]
    request = await posted(ask, soap_version="1.2")
    assert (request.method, request.target) == ("POST", "/api/reporting.asmx")
    assert request.header("content-type") == ["application/soap+xml; charset=utf-8"]
    assert request.header("soapaction") == []
    golden = golden.replace(
        "http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"
    )
    assert canonical(request.body) == canonical(golden)


@pytest.mark.asyncio
async def test_the_streamed_report_asks_the_same() -> None:
    async def ask(openfax: Openfax) -> None:
        async with openfax.iter_cdr(job_id="4711") as report:
            await anext(report)

    request = await posted(ask)
    assert canonical(request.body) == canonical(CDR)
    assert request.header("soapaction") == ['"http://tempuri.org/getCDRByJobID"']


@pytest.mark.asyncio
async def test_every_name_that_is_not_public_is_a_setting() -> None:
    ask, _ = OPERATIONS["getCDRByJobID"]
    request = await posted(
        ask, namespace="urn:fax", api_key_parameter="strKey", job_id_parameter="lngJob"
    )
    assert request.header("soapaction") == ['"urn:fax/getCDRByJobID"']
    assert canonical(request.body) == canonical(f"""
      <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
        <soap:Body>
          <getCDRByJobID xmlns="urn:fax"><strKey>{KEY}</strKey><lngJob>4711</lngJob></getCDRByJobID>
        </soap:Body>
      </soap:Envelope>""")


@pytest.mark.asyncio
async def test_a_soap_action_can_be_given() -> None:
    ask, golden = OPERATIONS["getRealtime"]
    request = await posted(ask, soap_actions={"getRealtime": "urn:other"})
    assert request.header("soapaction") == ['"urn:other"']
    assert canonical(request.body) == canonical(golden)


@pytest.mark.asyncio
async def test_a_job_id_is_escaped() -> None:
    request = await posted(lambda openfax: openfax.get_cdr_by_job_id(job_id="<1&2>"))
    assert b"<JobID>&lt;1&amp;2&gt;</JobID>" in request.body


def test_the_address_is_the_vendors() -> None:
    assert Openfax(KEY).settings.base_url == "https://templaunch.openfax.com"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"soap_version": "1.3"}, "soap_version"),
        ({"namespace": ""}, "namespace"),
        ({"api_key_parameter": "a b"}, "'a b'"),
        ({"job_id_parameter": "<x>"}, "'<x>'"),
        ({"job_id_parameter": "APIKey"}, "both be sent as 'APIKey'"),
        ({"verbose": True}, "'verbose'"),
        ({"soap_version": []}, "soap_version"),
        ({"namespace": 5}, "cannot be of type int"),
        ({"job_id_parameter": None}, "cannot be of type NoneType"),
        ({"soap_actions": "urn:a"}, "soap_actions cannot be of type str"),
        ({"base_url": 5}, "base_url cannot be of type int"),
        ({"base_url": None}, "base_url cannot be of type NoneType"),
        ({"base_url": "http://openfax.example"}, "is http"),
    ],
)
def test_a_wrong_setting(options: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError, match=text) as caught:
        Openfax(KEY, name="east", **options)
    assert (caught.value.provider, caught.value.account) == ("openfax", "east")
    assert KEY not in f"{caught.value} {variables(caught.value)}"


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("", "the API key is empty"),
        (SecretStr(""), "the API key is empty"),
        (None, "the API key is NoneType, not a text"),
        ("k3y\udcff", "the API key is not in UTF-8"),
        (b"k3y-as-bytes", "the API key is bytes, not a text"),
    ],
)
def test_a_key_that_is_none(key: Any, text: str) -> None:  # noqa: ANN401 - of a wrong type
    with pytest.raises(ConfigurationError, match=text) as caught:
        Openfax(key, name="east")
    assert (caught.value.provider, caught.value.account) == ("openfax", "east")
    assert "k3y-as" not in f"{caught.value} {variables(caught.value)}"


@pytest.mark.asyncio
async def test_a_key_may_come_as_a_secret() -> None:
    with Server(EMPTY) as server:
        async with Openfax(SecretStr(KEY), base_url=server.url) as openfax:
            with pytest.raises(DecodeError, match="instead of"):
                await openfax.get_realtime()
    assert canonical(server.requests[0].body) == canonical(REALTIME)


@pytest.mark.asyncio
async def test_an_empty_job_id() -> None:
    openfax = Openfax(KEY)
    with pytest.raises(ConfigurationError, match="job_id is empty"):
        await openfax.get_cdr_by_job_id(job_id="")
    with pytest.raises(ConfigurationError, match="job_id is empty"):
        openfax.iter_cdr(job_id="")


def test_its_repr_names_no_key() -> None:
    assert repr(Openfax(KEY, name="east")) == "Openfax('east')"
