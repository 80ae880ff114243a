"""What a reporting service refuses, and what stands in its place."""

import pytest

from faxapi.api import FaxApi
from faxapi.errors import (
    AuthenticationError,
    ConnectFailed,
    DecodeError,
    FaxApiError,
    NotFound,
    ProviderFault,
    RedirectRefused,
    ServiceUnavailable,
    TransportError,
)
from faxapi.providers.openfax import Openfax
from tests.providers.openfax.service import KEY, account, envelope, fault, row, rows
from tests.providers.recorder import answering, variables, xml
from tests.transport.server import Request, Server, always, reply

FAULT_1_2 = xml(
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault>'
    "<s:Code><s:Value>s:Receiver</s:Value></s:Code>"
    '<s:Reason><s:Text xml:lang="en">Server was unable to process request. ---&gt; '
    "Authentication failed</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>",
    status="500 Internal Server Error",
    kind="application/soap+xml; charset=utf-8",
)
FAULT_WITH_200 = xml(
    envelope(
        "<soap:Fault><faultcode>soap:Server</faultcode>"
        "<faultstring>Invalid API key</faultstring></soap:Fault>"
    )
)


async def refused(answer: bytes) -> FaxApiError:
    """Ask for the running jobs; the error, checked for what every error must have."""
    with Server(always(answer)) as server:
        async with account(server, name="east") as openfax:
            with pytest.raises(FaxApiError) as caught:
                await openfax.get_realtime()
    error = caught.value
    assert (error.provider, error.account, error.operation) == ("openfax", "east", "getRealtime")
    assert KEY not in f"{error!s} {error!r} {variables(error)}"
    return error


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "answer",
    [
        fault("Server was unable to process request. ---> Invalid API Key"),
        fault("The APIKey is not valid", "soap:Client"),
        fault("Account not authorized."),
        fault(f"API key {KEY} is unknown"),
        FAULT_1_2,
        FAULT_WITH_200,
        reply(b"<html>Sign in</html>", status="401 Unauthorized", kind="text/html"),
        reply(b"", status="401 Unauthorized"),
    ],
    ids=["1.1", "client", "authorized", "echo", "1.2", "fault with 200", "401 HTML", "401 empty"],
)
async def test_a_rejected_key(answer: bytes) -> None:
    error = await refused(answer)
    assert type(error) is AuthenticationError
    assert "changes when the account's password changes" in (error.hint or "")
    assert "discover()" in (error.hint or "")


@pytest.mark.asyncio
async def test_another_fault_is_itself_and_repeats_no_key() -> None:
    error = await refused(fault(f"Server was unable to process request. ---> no row for {KEY}"))
    assert isinstance(error, ProviderFault)
    assert error.message == "no row for ***"
    assert KEY not in error.fault_text
    assert (error.code, error.http_status, error.retryable) == ("Server", 500, True)


# As ASP.NET writes it where custom errors are off, the parameters' names included.
TRACE = """System.Web.Services.Protocols.SoapException: Server was unable to process request. \
---&gt; System.{}
   at Openfax.Reporting.getRealtime (System.String APIKey) in c:\\Reporting.cs:line 12
   --- End of inner exception stack trace ---"""


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "thrown",
    [
        "Exception: The database is down.",
        "UnauthorizedAccessException: Access to the path 'c:\\faxes' is denied.",
        "Security.Authentication.AuthenticationException: A call to SSPI failed.",
    ],
)
async def test_a_stack_trace_that_names_the_key_is_not_the_keys_fault(thrown: str) -> None:
    error = await refused(fault(TRACE.format(thrown)))
    assert type(error) is ProviderFault
    assert error.message == f"System.{thrown}".removesuffix(".")


@pytest.mark.asyncio
async def test_a_rejected_key_with_a_stack_trace() -> None:
    error = await refused(fault(TRACE.format("Exception: Invalid API Key")))
    assert type(error) is AuthenticationError


@pytest.mark.asyncio
async def test_a_misspelt_action_is_not_the_keys_fault() -> None:
    error = await refused(
        fault("Server did not recognize the value of HTTP Header SOAPAction: urn:x.", "soap:Client")
    )
    assert isinstance(error, ProviderFault)
    assert not error.retryable


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (reply(b"<html>Hello</html>", kind="text/html"), DecodeError, "text/html"),
        (
            reply(b"<html>Down</html>", kind="text/html", status="503 Service Unavailable"),
            ServiceUnavailable,
            "HTTP 503",
        ),
        (reply(b"", status="404 Not Found", kind="text/html"), NotFound, "base_url"),
        (
            reply(b"", "Location: https://login.example/x?t=1", status="302 Found"),
            RedirectRefused,
            "https://login.example/x",
        ),
        (xml(rows("getRealtime")[:-30]), DecodeError, "ends in the middle"),
        (xml(envelope("<getOtherResponse />")), DecodeError, "instead of <getRealtimeResponse>"),
        (
            xml(rows("getRealtime", "<Job><JobID>1</JobID></Job>")),
            DecodeError,
            "holds <Job> instead of RealtimeJob",
        ),
        (xml(rows("getRealtime", "no jobs for you")), DecodeError, "holds text instead"),
    ],
    ids=["HTML", "503", "404", "302", "cut", "other answer", "other rows", "text"],
)
async def test_an_answer_that_is_none(answer: bytes, kind: type[FaxApiError], text: str) -> None:
    error = await refused(answer)
    assert type(error) is kind
    assert text in str(error)


@pytest.mark.asyncio
async def test_a_body_that_breaks_off() -> None:
    whole = rows("getRealtime").encode()
    answer = reply(whole[:40], kind="text/xml", length=len(whole))

    with Server(always(answer)) as server:
        async with account(server, timeout=0.3) as openfax:
            with pytest.raises(TransportError) as caught:
                await openfax.get_realtime()
    assert caught.value.operation == "getRealtime"


@pytest.mark.asyncio
async def test_a_port_where_nobody_listens() -> None:
    with Server(always(b"")) as server:
        pass
    async with account(server) as openfax:
        with pytest.raises(ConnectFailed) as caught:
            await openfax.get_realtime()
    assert "base_url" in str(caught.value)


@pytest.mark.asyncio
async def test_a_rejected_key_is_sent_once() -> None:
    with Server(always(fault("Invalid API Key"))) as server:
        async with account(server) as openfax:
            for _ in range(3):
                with pytest.raises(AuthenticationError):
                    await openfax.get_realtime()
            with pytest.raises(AuthenticationError):
                async with openfax.iter_cdr(job_id="1") as stream:
                    await anext(stream)
    assert len(server.requests) == 1


@pytest.mark.asyncio
async def test_a_rejected_key_is_no_other_keys_trouble() -> None:
    def choose(request: Request) -> bytes:
        good = b"another-key" in request.body
        return xml(rows("getRealtime")) if good else fault("Invalid API Key")

    with Server(answering(choose)) as server:
        other = Openfax("another-key", name="other", base_url=server.url)
        async with FaxApi(account(server), other) as api:
            with pytest.raises(AuthenticationError):
                await api["openfax"].get_realtime()
            assert await api["other"].get_realtime() == []


@pytest.mark.asyncio
async def test_a_report_that_breaks_off_after_its_first_rows() -> None:
    whole = rows("getCDRByJobID", row(TransactionID="1"), row(TransactionID="2"))
    with Server(always(xml(whole[:-60]))) as server:
        async with account(server) as openfax, openfax.iter_cdr(job_id="1") as stream:
            assert (await anext(stream)).transaction_id == "1"
            assert (await anext(stream)).transaction_id == "2"
            with pytest.raises(DecodeError) as caught:
                await anext(stream)
    assert caught.value.operation == "getCDRByJobID"
    assert "after 2 rows" in str(caught.value)


@pytest.mark.asyncio
async def test_a_fault_repeats_no_number_and_no_address() -> None:
    text = "cannot send to +1 (555) 123-4567 \u202eof bob@example.com, error 1205"
    error = await refused(fault(text))
    assert isinstance(error, ProviderFault)
    assert error.message == "cannot send to *** ?of ***, error 1205"
    # A key that lies where the message is cut.
    error = await refused(fault(f"{'x' * 290} {KEY}"))
    assert KEY[:6] not in error.message
