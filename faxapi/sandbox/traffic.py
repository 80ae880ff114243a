"""What happens at the simulated providers while somebody watches: faxes are sent, and end."""

from __future__ import annotations

import threading
from random import Random
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from faxapi.sandbox import Sandbox

# Seconds between two things that happen.
_PACE = 2.0
# As many faxes are in process at a provider, and as many jobs.
_FAXES = 6
_JOBS = 2
# How large a job gets, in transmissions.
_LARGEST = 120
_BATCH = range(1, 12)
_FAILED = 0.2


class Traffic:
    """Lets a sandbox live: faxes are sent, go on and end, jobs run; use it in `with`.

    It runs in a thread of its own. `step` lets one thing happen at each provider.

    Args:
        sandbox: Where.
        seed: What happens follows from it, and from the sandbox's data.
    """

    def __init__(self, sandbox: Sandbox, *, seed: int = 1) -> None:
        self._sandbox = sandbox
        self._random = Random(seed)  # noqa: S311 - data that can be made again, no secret
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="faxapi-traffic", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(_PACE):
            self.step()

    def step(self) -> None:
        """Let a fax begin, go on or end at each provider, and a job go on."""
        self._send_at_interfax()
        self._send_at_imagicle()
        self._run_a_job()

    def _send_at_interfax(self) -> None:
        interfax = self._sandbox.interfax
        in_process = interfax.in_process()
        if len(in_process) < _FAXES:
            interfax.add_fax(status=-1)
            return
        failed = self._random.random() < _FAILED
        interfax.set_status(self._random.choice(in_process), 3931 if failed else 0)

    def _send_at_imagicle(self) -> None:
        imagicle = self._sandbox.imagicle
        in_process = imagicle.in_process()
        if len(in_process) < _FAXES:
            imagicle.add_fax(status="Queued")
            return
        fax, status = self._random.choice(in_process)
        if status == "Queued":
            imagicle.set_status(fax, "InProgress")
        elif self._random.random() < _FAILED:
            imagicle.set_status(fax, "Failed", q931_code=17)
        else:
            imagicle.set_status(fax, "Completed")

    def _run_a_job(self) -> None:
        openfax = self._sandbox.openfax
        running = openfax.running()
        if len(running) < _JOBS:
            openfax.add_job(error_codes=(), running=True, bill_code="ACME-TRAFFIC")
            return
        job, size = self._random.choice(running)
        if size >= _LARGEST:
            openfax.finish_job(job)
            return
        count = self._random.choice(_BATCH)
        codes = [0 if self._random.random() > _FAILED else 2 for _ in range(count)]
        openfax.add_transmissions(job, error_codes=codes)
