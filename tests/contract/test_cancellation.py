"""A collection that is cancelled at any of its awaits is cancelled, and nothing else."""

from __future__ import annotations

import gc
from datetime import timedelta

import pytest

from faxapi import Activity, FaxApi, FaxRecord, Window
from faxapi.records import Record
from tests.contract.fuse import Fuse
from tests.contract.harness import NOW, Ids
from tests.contract.scene import Scene, complete, ids
from tests.faults.leaks import tasks
from tests.transport.server import until

pytestmark = pytest.mark.anyio

DAY = Window.last(timedelta(hours=25), now=NOW)


async def run(scene: Scene, fuse: Fuse) -> tuple[Activity, Ids]:
    """Collect everything with a fuse; what there is at the end, whichever end it is."""
    records: list[Record] = []
    async with FaxApi(fuse.mount(scene.account()), clock=lambda: NOW) as api:
        activity = api.stream(DAY)
        with fuse.scope:
            async with activity:
                async for batch in activity.batches(1):
                    records += batch
    return activity, ids([each for each in records if isinstance(each, FaxRecord)])


async def test_cancelled_at_every_await(scene: Scene) -> None:
    """Nothing is raised, left running or left open, and the cursor loses nothing."""
    expected = scene.harness.add(2) | scene.harness.add(state="open")
    whole = Fuse(0)
    _, found = await run(scene, whole)
    assert found == expected
    assert whole.met > 10
    before, at, cut = tasks(), 0, True
    while cut:
        at += 1
        fuse = Fuse(at)
        activity, found = await run(scene, fuse)
        cut = fuse.scope.cancelled_caught
        assert cut or found == expected
        assert tasks() == before
        await until(lambda: scene.server.open == 0)
        if cut and at % 3 == 0:
            rest = await scene.collect(Window(DAY.since, NOW), cursor=activity.cursor)
            assert found | ids(complete(rest).faxes) == expected
    # Every wait of a whole run was met, but for those that a faster answer spares.
    assert at > whole.met // 2
    gc.collect()


async def test_cancelled_from_outside(scene: Scene) -> None:
    """The scope is around the whole api, whose closing is cancelled too."""
    scene.harness.add(3)
    before = tasks()
    for at in range(1, 30, 4):
        fuse = Fuse(at)
        with fuse.scope:
            async with FaxApi(fuse.mount(scene.account()), clock=lambda: NOW) as api:
                await api.collect(DAY)
        assert tasks() == before
        await until(lambda: scene.server.open == 0)
    gc.collect()
