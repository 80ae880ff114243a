"""Collections on clusters of worker processes, which are killed in the middle."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import anyio
import dask.config
import psutil
import pytest
from distributed.comm import tcp

from faxapi import FaxApi, Report
from faxapi.sandbox import Sandbox
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
    """Kills workers that have a share in hand, once, when the first share is done."""

    client: Any
    most: int = 1
    killed: list[int] = field(default_factory=list)

    def __call__(self, done: int, of: int) -> None:
        if self.killed or done == of:
            return
        busy = [address for address, keys in self.client.processing().items() if keys]
        self.killed += self.client.run(os.getpid, workers=busy[: self.most]).values()
        for each in self.killed:
            os.kill(each, signal.SIGKILL)


@dataclass
class Connections:
    """Counts the connections to the sandbox, which is in this process, while it is entered."""

    sandbox: Sandbox
    most: int = 0

    def __post_init__(self) -> None:
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._count)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _count(self) -> None:
        port = urlsplit(self.sandbox.url).port
        while not self._over.wait(0.02):
            found = psutil.Process().net_connections("tcp4")
            held = [each for each in found if each.status == psutil.CONN_ESTABLISHED]
            self.most = max(self.most, sum(each.laddr.port == port for each in held))


@contextmanager
def overheard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """All that scheduler and client, which are in this process, send and receive."""
    heard: list[bytes] = []
    whole: Any = tcp
    to_frames, from_frames = whole.to_frames, whole.from_frames

    async def sent(*args: object, **kwargs: object) -> list[bytes]:
        frames: list[bytes] = await to_frames(*args, **kwargs)
        heard.extend(map(bytes, frames))
        return frames

    async def received(frames: list[bytes], **kwargs: object) -> object:
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


def test_a_hosts_budget_holds_and_outlives_a_worker_with_a_lease(
    accounts: Accounts, tmp_path: Path
) -> None:
    """Of two workers one collects, and the other waits; both are killed."""
    out = tmp_path / "dataset"
    # A list that is streamed keeps its connection, and counts only while it waits for more.
    names = [
        f"{provider}-{number}" for number in range(10) for provider in ("interfax", "imagicle")
    ]
    with (
        dask.config.set(_LEASES),
        cluster(2) as client,
        Connections(accounts.sandbox) as connections,
    ):
        kill = Killer(client, most=2)
        summary = collect(
            accounts.config,
            accounts.window,
            client=client,
            out=out,
            accounts=names,
            kinds=["faxes"],
            share=5,
            connections=1,
            on_progress=kill,
        )
    assert len(kill.killed) == 2
    assert summary.failures == []
    assert connections.most == 1
    expected = held(whole(accounts)).items()
    assert records(out) == {key: fax for key, fax in expected if fax.account in names}


def test_a_share_that_kills_its_workers_fails_alone(accounts: Accounts, tmp_path: Path) -> None:
    """It is told of, with one that waited at its worker, and the next run brings them."""
    out = tmp_path / "dataset"
    with dask.config.set({"distributed.scheduler.allowed-failures": 0}), cluster(2) as client:
        kill = Killer(client)
        run = partial(
            collect, accounts.config, accounts.window, client=client, out=out, kinds=["faxes"]
        )
        summary = run(share=12, on_progress=kill)
        lost = {outcome.account for outcome in summary.failures}
        assert 0 < len(lost) <= 24
        assert {str(outcome.state) for outcome in summary.failures} == {"failed"}
        told = [row for row in rows(out, "outcomes") if row["state"] == "failed"]
        assert {row["account"] for row in told} == lost
        assert all(
            "every worker that had this in its share was lost" in row["errors"][0] for row in told
        )
        assert run().failures == []
    assert records(out) == held(whole(accounts))
