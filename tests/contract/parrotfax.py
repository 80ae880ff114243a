"""ParrotFax: the plug-in, a package of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from faxapi.records import Direction
from faxapi.sandbox import Sandbox
from parrotfax import ParrotFax
from tests.contract.harness import YESTERDAY, Harness, Ids, State, direction, minutes
from tests.plugin.server import TOKEN, Vendor, serving
from tests.transport.server import Request

STATES: dict[State, str] = {"done": "delivered", "open": "sending", "strange": "eaten"}


class ParrotFaxHarness(Harness):
    name = "parrotfax"
    several = 300
    paged = True
    login_hint = "Make a new token"

    def __init__(self, url: str, secret: str, vendor: Vendor) -> None:
        super().__init__(url, secret)
        self.vendor = vendor

    @classmethod
    @contextmanager
    def serve(cls, _sandbox: Sandbox, /) -> Iterator[Self]:
        vendor = Vendor()
        with serving(vendor) as server:
            yield cls(server.url, TOKEN, vendor)

    def account(self, url: str, secret: str, **options: Any) -> ParrotFax:  # noqa: ANN401 - any keyword of an account
        return ParrotFax(secret, base_url=url, **options)

    def add(self, count: int = 1, state: State = "done", at: datetime = YESTERDAY) -> Ids:
        ids: Ids = set()
        for number, time in enumerate(minutes(at, count)):
            way = direction(number, state)
            name = "received" if way is Direction.INBOUND else STATES[state]
            ids.add((way, str(self.vendor.add(time, state=name))))
        return ids

    def finish(self, faxes: Ids) -> None:
        for _, fax in faxes:
            self.vendor.finish(int(fax))

    def is_page(self, request: Request) -> bool:
        return "direction=sent" in request.target

    def with_extra(self, body: bytes) -> bytes:
        return body.replace(b'"state":', b'"novelty": 1, "state":')

    def with_bad(self, body: bytes, value: bytes) -> bytes:
        return re.sub(rb'"pages": \d+', b'"pages": "' + value + b'"', body, count=1)
