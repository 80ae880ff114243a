"""Openfax: two lists of jobs, and a report of each job, read as it arrives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ClassVar, Self

from faxapi.errors import FaxApiError, ProviderFault
from faxapi.providers.openfax import Openfax
from faxapi.records import Direction
from faxapi.sandbox import Sandbox
from faxapi.sandbox.openfax import OpenfaxSandbox
from tests.contract.harness import YESTERDAY, Harness, Ids, State, minutes
from tests.providers.openfax.service import fault, operation_of
from tests.transport.server import Request


class OpenfaxHarness(Harness):
    name = "openfax"
    several = 30
    streamed = True
    login_hint = "retrieve it again"
    fault = fault("Server was unable to process request.")
    fault_error: ClassVar[type[FaxApiError]] = ProviderFault

    def __init__(self, url: str, secret: str, vendor: OpenfaxSandbox) -> None:
        super().__init__(url, secret)
        self.vendor = vendor

    @classmethod
    @contextmanager
    def serve(cls, sandbox: Sandbox, /) -> Iterator[Self]:
        (vendor,) = sandbox.add_accounts(1, provider="openfax", faxes=0)
        yield cls(sandbox.url, sandbox.logins("openfax")[-1]["api_key"], vendor)

    def account(self, url: str, secret: str, **options: Any) -> Openfax:  # noqa: ANN401 - any keyword of an account
        options.setdefault("timezone", "UTC")
        return Openfax(secret, base_url=url, **options)

    def add(self, count: int = 1, state: State = "done", at: datetime = YESTERDAY) -> Ids:
        ids: Ids = set()
        code = "77777" if state == "strange" else "0"
        for time in minutes(at, count)[::_SIZE]:
            size = min(_SIZE, count - len(ids))
            job = self.vendor.add_job(
                error_codes=[code] * size, completed=time, running=state == "open"
            )
            ids |= {(Direction.OUTBOUND, f"{job}:{row}") for row in range(1, size + 1)}
        return ids

    def finish(self, faxes: Ids) -> None:
        for job in {fax.partition(":")[0] for _, fax in faxes}:
            self.vendor.finish_job(job)

    def is_page(self, request: Request) -> bool:
        return operation_of(request) == "getCDRByJobID"

    def with_extra(self, body: bytes) -> bytes:
        return body.replace(b"<Phone", b"<novelty>1</novelty><Phone")

    def with_bad(self, body: bytes, value: bytes) -> bytes:
        return re.sub(rb"<Pages>\d+<", b"<Pages>" + value + b"<", body, count=1)


_SIZE = 3
"""Transmissions of a job."""
