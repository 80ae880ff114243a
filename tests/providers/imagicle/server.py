"""An Imagicle server's answers, typed out by hand from the vendor's examples."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from zoneinfo import ZoneInfo

from faxapi.providers.imagicle import Imagicle
from tests.transport.server import Request, Server, reply

ROME = ZoneInfo("Europe/Rome")
PASSWORD = "s3cret-0f-user1"
JSON = "application/json; charset=utf-8"
MINE = "/fw/Apps/StoneFax/WebAPI/Faxes/Outbound/Mine"
RECEIVED = "/fw/Apps/StoneFax/WebAPI/Faxes/Inbound/Mine"

# The example of the vendor's article 413.
EXAMPLE = """{
   "__type":"OutboundFax:StoneFax.Faxes",
   "detailedStatus":null,
   "endTime":"2016-11-25T15:57:40.0000000",
   "faxId":"IAS-N1_6a504a1d-12d6-44a7-a249-db6c4389f413_0",
   "numberOfPages":1,
   "recipient":{
                  "faxNumber":"10002",
                  "name":"Mario Rossi"
               },
   "serverName":"IAS-N1",
   "size":2897,
   "startTime":"2016-11-25T15:57:12.0000000",
   "status":"Completed",
   "username":"user1",
   "Q931Code":null,
   "failureReason":null,
   "subject":"The fax subject",
   "submitTime":"2016-11-25T15:56:56.0000000"
}"""


def answer(content: Any, status: str = "200 OK", kind: str = JSON) -> bytes:  # noqa: ANN401 - any JSON value
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return reply(body, status=status, kind=kind)


def account(server: Server, **options: Any) -> Imagicle:  # noqa: ANN401 - any keyword of an account
    """An account at the server that waits for no retry."""
    options.setdefault("retries", 0)
    return Imagicle(server.url, "user1", PASSWORD, **options)


def local(moment: datetime) -> str:
    return moment.astimezone(ROME).replace(tzinfo=None).isoformat() + ".0000000"


def fax(identity: str, moment: datetime, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON value
    return {"faxId": identity, "status": "Completed", "date": local(moment), **more}


Choose = Callable[[Request], bytes]


def service(
    sent: list[dict[str, Any]], details: Callable[[str], bytes], received: tuple[Any, ...] = ()
) -> Choose:
    """A server that filters as documented, with details of its own making."""

    def choose(request: Request) -> bytes:
        parts = urlsplit(request.target)
        if parts.path not in {MINE, RECEIVED}:
            return details(unquote(parts.path.rpartition("/")[2]))
        query = parse_qs(parts.query)
        assert query["pageSize"] == ["0"]
        form, _, times = query["date"][0].partition(":")
        since, *until = times.split(";")
        assert len(until) == (form == "between")
        return answer(
            {
                "faxList": [
                    each
                    for each in (sent if parts.path == MINE else received)
                    if each["date"] is None
                    or (since <= each["date"] and (not until or each["date"] < until[0]))
                ]
            }
        )

    return choose
