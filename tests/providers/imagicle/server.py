"""An Imagicle server's answers, typed out by hand from the vendor's examples."""

import json
from typing import Any

from faxapi.providers.imagicle import Imagicle
from tests.transport.server import Server, reply

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
