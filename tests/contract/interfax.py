"""InterFax: one list from the newest down, in pages of a hundred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, Self

from faxapi.errors import FaxApiError, ProviderFault
from faxapi.providers.interfax import InterFax
from faxapi.records import Direction
from faxapi.sandbox import Sandbox
from faxapi.sandbox.interfax import InterFaxSandbox
from tests.contract.harness import YESTERDAY, Harness, Ids, State, direction, minutes
from tests.providers.interfax.peer import page
from tests.providers.openfax.service import fault, operation_of
from tests.transport.server import Request

STATUS: dict[State, int] = {"done": 0, "open": -2, "strange": 77_777}


class InterFaxHarness(Harness):
    name = "interfax"
    several = 300
    paged = True
    login_hint = "user name and password"
    fault = fault("Server was unable to process request.")
    fault_error: ClassVar[type[FaxApiError]] = ProviderFault

    def __init__(self, url: str, username: str, secret: str, vendor: InterFaxSandbox) -> None:
        super().__init__(url, secret)
        self.username = username
        self.vendor = vendor

    @classmethod
    @contextmanager
    def serve(cls, sandbox: Sandbox, /) -> Iterator[Self]:
        (vendor,) = sandbox.add_accounts(1, provider="interfax", faxes=0)
        login = sandbox.logins("interfax")[-1]
        yield cls(sandbox.url, login["username"], login["password"], vendor)

    def account(self, url: str, secret: str, **options: Any) -> InterFax:  # noqa: ANN401 - any keyword of an account
        options.setdefault("timezone", "UTC")
        return InterFax(self.username, secret, base_url=url, **options)

    def add(self, count: int = 1, state: State = "done", at: datetime = YESTERDAY) -> Ids:
        ids: Ids = set()
        for number, time in enumerate(minutes(at, count)):
            way = direction(number, state)
            if way is Direction.INBOUND:
                fax = self.vendor.add_message(receive_time=time)
            else:
                fax = self.vendor.add_fax(status=STATUS[state], submit_time=time)
            ids.add((way, str(fax)))
        return ids

    def finish(self, faxes: Ids) -> None:
        for _, fax in faxes:
            self.vendor.set_status(int(fax), 0)

    def is_page(self, request: Request) -> bool:
        return operation_of(request) == "FaxStatusEx"

    def limited(self, _request: Request) -> bytes:
        return page(result=-1011)

    def with_extra(self, body: bytes) -> bytes:
        return body.replace(b"<UserID>", b"<novelty>1</novelty><UserID>")

    def with_bad(self, body: bytes, value: bytes) -> bytes:
        return re.sub(rb"<PagesSent>\d+<", b"<PagesSent>" + value + b"<", body, count=1)
