"""Imagicle: a list of summaries for each day and direction, and the details of each fax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Self

from faxapi.providers.imagicle import Imagicle
from faxapi.records import Direction
from faxapi.sandbox import Sandbox
from faxapi.sandbox.imagicle import TIMEZONE, ImagicleSandbox
from tests.contract.harness import YESTERDAY, Harness, Ids, State, direction, minutes
from tests.transport.server import Request

STATUS: dict[State, str] = {"done": "Completed", "open": "InProgress", "strange": "Teleported"}


class ImagicleHarness(Harness):
    name = "imagicle"
    several = 12
    login_hint = "user name and password"

    def __init__(self, url: str, username: str, secret: str, vendor: ImagicleSandbox) -> None:
        super().__init__(url, secret)
        self.username = username
        self.vendor = vendor

    @classmethod
    @contextmanager
    def serve(cls, sandbox: Sandbox, /) -> Iterator[Self]:
        (vendor,) = sandbox.add_accounts(1, provider="imagicle", faxes=0)
        login = sandbox.logins("imagicle")[-1]
        yield cls(sandbox.url, login["username"], login["password"], vendor)

    def account(self, url: str, secret: str, **options: Any) -> Imagicle:  # noqa: ANN401 - any keyword of an account
        options.setdefault("timezone", TIMEZONE)
        return Imagicle(url, self.username, secret, **options)

    def add(self, count: int = 1, state: State = "done", at: datetime = YESTERDAY) -> Ids:
        ids: Ids = set()
        for number, time in enumerate(minutes(at, count)):
            way = direction(number, state)
            inbound = way is Direction.INBOUND
            fax = self.vendor.add_fax(status=STATUS[state], submit_time=time, inbound=inbound)
            ids.add((way, fax))
        return ids

    def finish(self, faxes: Ids) -> None:
        for _, fax in faxes:
            self.vendor.set_status(fax, "Completed")

    def is_page(self, request: Request) -> bool:
        return not request.target.partition("?")[0].endswith("/Mine")

    def with_extra(self, body: bytes) -> bytes:
        return body.replace(b'"status":', b'"novelty":1,"status":')

    def with_bad(self, body: bytes, value: bytes) -> bytes:
        return re.sub(rb'"date":"[^"]*"', b'"date":"' + value + b'"', body, count=1)
