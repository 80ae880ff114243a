"""Reading the service's names from a WSDL as ASP.NET writes it."""

import pytest

from faxapi.errors import AuthenticationError, ConnectFailed, DecodeError, NotFound
from faxapi.providers.openfax import Discovery, Openfax, Parameter
from tests.providers.openfax.service import KEY, account, fault, rows
from tests.providers.recorder import answering, canonical, xml
from tests.transport.server import Request, Server, always, reply


def wsdl(
    *,
    namespace: str = "http://tempuri.org/",
    key: str = "APIKey",
    job: str = "JobID",
    running: str = "",
    action: str = "http://tempuri.org/",
) -> str:
    """The parts of a WSDL that name things, in ASP.NET's shape."""

    def request(name: str, *elements: str) -> str:
        return (
            f'<s:element name="{name}"><s:complexType><s:sequence>{"".join(elements)}'
            "</s:sequence></s:complexType></s:element>"
        )

    def element(name: str, kind: str) -> str:
        return f'<s:element minOccurs="0" maxOccurs="1" name="{name}" type="{kind}" />'

    def binding(name: str, prefix: str, *operations: str) -> str:
        inner = "".join(
            f'<wsdl:operation name="{each}">'
            f'<{prefix}:operation soapAction="{action}{each}" style="document" />'
            f'<wsdl:input><{prefix}:body use="literal" /></wsdl:input></wsdl:operation>'
            for each in operations
        )
        transport = '<{}:binding transport="http://schemas.xmlsoap.org/soap/http" />'
        return (
            f'<wsdl:binding name="{name}" type="tns:reportingSoap">{transport.format(prefix)}'
            f"{inner}</wsdl:binding>"
        )

    names = ("getCDRByJobID", "getRealtime", "getRecentHistory")
    keyed = element(key, "s:string")
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<wsdl:definitions xmlns:s="http://www.w3.org/2001/XMLSchema" '
        'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" '
        'xmlns:soap12="http://schemas.xmlsoap.org/wsdl/soap12/" '
        'xmlns:http="http://schemas.xmlsoap.org/wsdl/http/" '
        f'xmlns:tns="{namespace}" targetNamespace="{namespace}" '
        'xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/">'
        f'<wsdl:types><s:schema elementFormDefault="qualified" targetNamespace="{namespace}">'
        + request("getCDRByJobID", element(job, "s:int"), keyed)
        + request("getCDRByJobIDResponse", element("getCDRByJobIDResult", "tns:ArrayOfX"))
        + request("getRealtime", keyed, running)
        + request("getRecentHistory", keyed)
        + "</s:schema></wsdl:types>"
        '<wsdl:portType name="reportingHttpGet"><wsdl:operation name="getRealtime" />'
        "</wsdl:portType>"
        + binding("reportingSoap12", "soap12", *names).replace(action, "urn:not-this-one/")
        + binding("reportingSoap", "soap", *names)
        + "</wsdl:definitions>"
    )


async def discovered(answer: bytes) -> Discovery:
    with Server(always(answer)) as server:
        async with account(server, name="east") as openfax:
            return await openfax.discover()


@pytest.mark.asyncio
async def test_a_wsdl_of_the_defaults() -> None:
    found = await discovered(xml(wsdl()))
    assert found.settings() == {
        "namespace": "http://tempuri.org/",
        "api_key_parameter": "APIKey",
        "job_id_parameter": "JobID",
        "soap_actions": {
            "getCDRByJobID": "http://tempuri.org/getCDRByJobID",
            "getRealtime": "http://tempuri.org/getRealtime",
            "getRecentHistory": "http://tempuri.org/getRecentHistory",
        },
    }
    assert found.parameters == {
        "getCDRByJobID": (Parameter("JobID", "int"), Parameter("APIKey", "string")),
        "getRealtime": (Parameter("APIKey", "string"),),
        "getRecentHistory": (Parameter("APIKey", "string"),),
    }


@pytest.mark.asyncio
async def test_other_names_serve_a_new_account() -> None:
    text = wsdl(namespace="urn:fax", key="sToken", job="broadcast", action="urn:fax#")

    def choose(request: Request) -> bytes:
        return xml(text if request.method == "GET" else rows("getCDRByJobID"))

    with Server(answering(choose)) as server:
        async with account(server) as openfax:
            found = await openfax.discover()
        again = Openfax(KEY, base_url=server.url, **found.settings())
        async with again:
            assert await again.get_cdr_by_job_id(job_id="7") == []
    asked, posted = server.requests
    assert (asked.method, asked.target, asked.body) == ("GET", "/api/reporting.asmx?WSDL", b"")
    assert KEY not in str(asked)
    assert posted.header("soapaction") == ['"urn:fax#getCDRByJobID"']
    assert canonical(posted.body) == canonical(f"""
      <e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>
        <getCDRByJobID xmlns="urn:fax">
          <sToken>{KEY}</sToken><broadcast>7</broadcast>
        </getCDRByJobID>
      </e:Body></e:Envelope>""")


@pytest.mark.asyncio
async def test_the_namespace_is_the_requests_own_not_the_documents() -> None:
    text = wsdl(namespace="urn:fax")
    head, _, rest = text.partition('targetNamespace="urn:fax"')
    found = await discovered(xml(f'{head}targetNamespace="urn:document"{rest}'))
    assert found.namespace == "urn:fax"


@pytest.mark.timeout(20)
@pytest.mark.asyncio
async def test_many_namespaces_over_many_elements() -> None:
    declared = " ".join(f'xmlns:n{number}="urn:{number}"' for number in range(40_000))
    text = wsdl().replace(
        "</wsdl:definitions>", f"<x {declared}>{'<y/>' * 200_000}</x></wsdl:definitions>"
    )
    assert (await discovered(xml(text))).namespace == "http://tempuri.org/"


@pytest.mark.asyncio
async def test_it_works_after_the_key_was_rejected_and_proves_no_login() -> None:
    """A null key, because of a wrong parameter's name, is rejected: just then it is needed."""

    def choose(request: Request) -> bytes:
        return xml(wsdl()) if request.method == "GET" else fault("Invalid API Key")

    with Server(answering(choose)) as server:
        async with account(server) as openfax:
            with pytest.raises(AuthenticationError):
                await openfax.get_realtime()
            assert (await openfax.discover()).api_key_parameter == "APIKey"
            with pytest.raises(AuthenticationError):
                await openfax.get_realtime()
    assert len(server.requests) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (reply(b"<html>Sign in</html>", kind="text/html"), "a web page"),
        (xml("<html><body>Sign in</body></html>"), "a <html> document, not a WSDL"),
        (xml(wsdl()[:-40]), "in the middle"),
        (xml(wsdl().replace("wsdl/soap/", "wsdl/other/")), "no operation over SOAP 1.1"),
        (xml(wsdl().replace("getRealtime", "getRunning")), "no getRealtime"),
        (xml(wsdl(job="APIKey")), "getRealtime takes APIKey, and getCDRByJobID takes APIKey"),
        (
            xml(wsdl(running='<s:element name="Account" type="s:string" />')),
            "getRealtime takes APIKey, Account",
        ),
        (xml('<!DOCTYPE x [<!ENTITY e "e">]>' + "<x>&e;</x>"), "document type"),
        (xml("<a>" * 100 + "</a>" * 100), "deeper"),
    ],
)
async def test_a_wsdl_that_says_something_else(answer: bytes, text: str) -> None:
    with pytest.raises(DecodeError, match=text) as caught:
        await discovered(answer)
    error = caught.value
    assert (error.provider, error.account, error.operation) == ("openfax", "east", "WSDL")


@pytest.mark.asyncio
async def test_a_service_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        await discovered(reply(b"", status="404 Not Found", kind="text/html"))
    with Server(always(b"")) as server:
        pass
    async with account(server) as openfax:
        with pytest.raises(ConnectFailed):
            await openfax.discover()
