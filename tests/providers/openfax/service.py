"""Answers of a reporting service as ASP.NET would write them, typed out by hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

from faxapi.api import FaxApi
from faxapi.providers.openfax import Openfax
from faxapi.records import Kind
from faxapi.report import Report
from faxapi.window import Window
from tests.providers.recorder import answering, xml
from tests.transport.server import Request, Script, Server

NAMESPACE = "http://tempuri.org/"
KEY = "k3y-0f-the-account"

NOW = datetime.now(UTC).replace(microsecond=0)
WEEK = Window.last(timedelta(days=7))
YESTERDAY = (NOW - timedelta(days=1)).isoformat()


def envelope(body: str) -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema">'
        f"<soap:Body>{body}</soap:Body></soap:Envelope>"
    )


def rows(operation: str, *items: str) -> str:
    return envelope(
        f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>'
        f"{''.join(items)}</{operation}Result></{operation}Response>"
    )


def row(**fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<FaxTransmission>{inner}</FaxTransmission>"


def job(element: str, identity: str, **fields: str) -> str:
    inner = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<{element}><JobID>{identity}</JobID>{inner}</{element}>"


def fault(text: str, code: str = "soap:Server") -> bytes:
    body = (
        f"<soap:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>"
        "<detail /></soap:Fault>"
    )
    return xml(envelope(body), status="500 Internal Server Error")


def operation_of(request: Request) -> str:
    (action,) = request.header("soapaction")
    return action.strip('"').rpartition("/")[2]


def job_of(request: Request) -> str:
    return request.body.decode().partition("<JobID>")[2].partition("</JobID>")[0]


def reporting(
    reports: dict[str, bytes], running: tuple[str, ...] = (), finished: tuple[str, ...] = ()
) -> Script:
    """A service with these reports by job, and these elements in its two lists."""

    def choose(request: Request) -> bytes:
        match operation_of(request):
            case "getRealtime":
                return xml(rows("getRealtime", *running))
            case "getRecentHistory":
                return xml(rows("getRecentHistory", *finished))
            case _:
                return reports[job_of(request)]

    return answering(choose)


def account(server: Server, **options: Any) -> Openfax:  # noqa: ANN401 - any keyword of an account
    """An account at the server that waits for no retry."""
    options.setdefault("base_url", server.url)
    options.setdefault("retries", 0)
    return Openfax(KEY, **options)


def cdr(*transmissions: str) -> bytes:
    return xml(rows("getCDRByJobID", *transmissions))


def done(*identities: str) -> tuple[str, ...]:
    return tuple(job("HistoryJob", identity) for identity in identities)


async def collected(script: Script, window: Window = WEEK, **options: Any) -> Report:  # noqa: ANN401 - any keyword of an account
    with Server(script) as server:
        async with FaxApi(account(server, **options)) as api:
            return await api.collect(window)


def notices(report: Report, kind: Kind = Kind.FAXES) -> list[Any]:
    (outcome,) = [each for each in report.outcomes if each.kind is kind]
    return list(outcome.notices)
