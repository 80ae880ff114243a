"""Collections on clusters of worker processes, which are killed in the middle."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import dask.config
import pytest
from distributed import Client
from distributed.comm import tcp

from faxapi import FaxApi, Report
from faxapi.scale import collect
from tests.cluster.conftest import Accounts, cluster
from tests.scale.reading import held, records, rows

# So that a lost worker's lease is free again while the test runs.
_LEASES = {
    "distributed.scheduler.locks.lease-timeout": "2s",
    "distributed.scheduler.locks.lease-validation-interval": "500ms",
}


def whole(accounts: Accounts) -> Report:
    """The same in this process."""

    async def collect() -> Report:
        async with FaxApi.from_config(accounts.config) as api:
            return await api.collect(accounts.window)

    return anyio.run(collect)


@dataclass
class Killer:
    """Kills a worker that has a share in hand, once, when the first share is done."""

    client: Client
    killed: list[int] = field(default_factory=list)

    def __call__(self, done: int, of: int) -> None:
        busy = [address for address, keys in self.client.processing().items() if keys]
        if busy and done < of and not self.killed:
            self.killed.append(self.client.run(os.getpid, workers=busy[:1])[busy[0]])
            os.kill(self.killed[0], signal.SIGKILL)


@contextmanager
def overheard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """All that scheduler and client, which are in this process, send and receive."""
    heard: list[bytes] = []
    to_frames, from_frames = tcp.to_frames, tcp.from_frames

    async def sent(*args: Any, **kwargs: Any) -> Any:
        frames = await to_frames(*args, **kwargs)
        heard.extend(map(bytes, frames))
        return frames

    async def received(frames: Any, **kwargs: Any) -> Any:
        heard.extend(map(bytes, frames))
        return await from_frames(frames, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(tcp, "to_frames", sent)
        patched.setattr(tcp, "from_frames", received)
        yield heard


def test_a_worker_that_is_killed_costs_nothing_and_no_secret_travels(
    accounts: Accounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = "a-password-that-nobody-knows"
    tmp_path.joinpath("bad.key").write_text(bad)
    text = accounts.config.read_text()
    first = text.index("interfax-7.key")
    accounts.config.write_text(f"{text[:first]}bad.key{text[first + 14 :]}")
    out = tmp_path / "dataset"
    with (
        dask.config.set({**_LEASES, "distributed.comm.compression": None}),
        cluster(2) as client,
        overheard(monkeypatch) as heard,
    ):
        kill = Killer(client)
        summary = collect(
            accounts.config, accounts.window, client=client, out=out, share=8, on_progress=kill
        )
    assert len(kill.killed) == 1
    assert {each.account for each in summary.failures} == {"interfax-7"}
    expected = whole(accounts)
    for kind in ("faxes", "usage"):
        assert records(out, kind) == held(expected, kind)
        assert len(rows(out, kind)) == len(held(expected, kind))
    assert {(o.account, o.kind, o.state, o.records) for o in summary.outcomes} == {
        (o.account, o.kind, o.state, o.records) for o in expected.outcomes
    }
    said = b"\n".join(heard)
    assert b"interfax-7" in said
    assert b"bad.key" in said
    assert [secret for secret in {bad, *accounts.secrets} if secret.encode() in said] == []
