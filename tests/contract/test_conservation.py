"""Over any sequence of runs every fax is delivered with its final state."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

import pytest

from faxapi import Cursor, FaxApi, FaxRecord, Window
from faxapi.records import FaxKey, Record
from tests.contract.fuse import Fuse
from tests.contract.harness import NOW, Ids
from tests.contract.scene import Scene, complete, merged

pytestmark = pytest.mark.anyio

BEGUN = NOW - timedelta(hours=30)


async def cut_run(
    scene: Scene,
    window: Window,
    now: datetime,
    cursor: Cursor | None,
    fuse: Fuse,
    leave_after: int,
) -> tuple[dict[FaxKey, FaxRecord], Cursor]:
    """A run that is cancelled, or left by its reader, or whole if neither comes in time."""
    records: list[Record] = []
    async with FaxApi(fuse.mount(scene.account()), clock=lambda: now) as api:
        activity = api.stream(window, cursor=cursor, kinds="faxes")
        with fuse.scope:
            async with activity:
                async for record in activity:
                    records.append(record)
                    if len(records) == leave_after:
                        break
        faxes = {each.key: each for each in records if isinstance(each, FaxRecord)}
        assert len(faxes) == len(records)
        return faxes, activity.cursor


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_is_lost_over_runs_that_are_cut(scene: Scene, seed: int) -> None:
    random = Random(f"{scene.harness.name} {seed}")  # noqa: S311 - a test that can be run again
    now, cursor = BEGUN + timedelta(hours=6), None
    waiting: Ids = set()
    found: dict[FaxKey, FaxRecord] = {}
    for _ in range(7):
        now += timedelta(hours=3)
        for _ in range(random.randrange(3)):
            at = now - timedelta(minutes=random.randrange(5, 170))
            scene.harness.add(random.randrange(1, 4), at=at)
            waiting |= scene.harness.add(state="open", at=at)
        done = {each for each in sorted(waiting) if random.random() < 0.4}
        scene.harness.finish(done)
        waiting -= done
        fuse = Fuse(random.randrange(1, 60))
        # As far as ten hours back: earlier than the end of some runs before.
        back = timedelta(minutes=random.choice([0, 0, 30, 100, 300, 600]))
        window = Window(BEGUN, max(now - back, BEGUN + timedelta(hours=1)))
        faxes, cursor = await cut_run(scene, window, now, cursor, fuse, random.choice([1, 3, 1000]))
        found |= faxes
    scene.harness.finish(waiting)
    last = complete(await scene.collect(Window(BEGUN, NOW), cursor=cursor))
    whole = merged(complete(await scene.collect(Window(BEGUN, NOW))))
    assert found | merged(last) == whole
