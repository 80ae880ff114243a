"""What every provider makes of a collection that is held up, broken off, or left."""

from __future__ import annotations

from collections import Counter

import anyio
import pytest

from faxapi import DeadlineExceeded, Disconnected, FaxRecord
from tests.contract.harness import Harness
from tests.contract.proxy import Answer, Ask, Choose, straight
from tests.contract.scene import PAGED, WEEK, Scene, complete, ids, only, partial
from tests.transport.server import Request

pytestmark = pytest.mark.anyio


class Nth:
    """Counts the requests for faxes; those from the `first` on, so many of them, go wrong."""

    def __init__(self, harness: Harness, first: int, times: int = 1) -> None:
        self._harness = harness
        self._wrong = range(first, first + times)
        self._met = 0
        self.hits: list[Request] = []

    def hit(self, request: Request) -> bool:
        if not self._harness.is_page(request):
            return False
        self._met += 1
        if self._met not in self._wrong:
            return False
        self.hits.append(request)
        return True


def breaking(nth: Nth) -> Choose:
    """Break answers off in the middle."""

    def choose(request: Request, ask: Ask) -> Answer:
        answer = ask()
        return answer.half() if nth.hit(request) else answer

    return choose


FOREVER = 10_000


async def test_a_rate_limit_on_the_way_is_waited_for_and_the_same_page_asked_again(
    scene: Scene,
) -> None:
    expected = scene.harness.add(scene.harness.several)
    nth = Nth(scene.harness, first=2)

    def choose(request: Request, ask: Ask) -> Answer | bytes:
        return scene.harness.limited(request) if nth.hit(request) else ask()

    scene.choose = choose
    begun = anyio.current_time()
    report = complete(await scene.collect())
    assert anyio.current_time() - begun > 0.19
    assert ids(report.faxes) == expected
    (refused,) = nth.hits
    twice = [page for page, times in Counter(scene.pages).items() if times > 1]
    assert twice == [(refused.target, refused.body)]


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("first", [1, 2, 3])
async def test_an_answer_that_breaks_off_is_read_again(scene: Scene, first: int) -> None:
    expected = scene.harness.add(scene.harness.several)
    nth = Nth(scene.harness, first)
    scene.choose = breaking(nth)
    report = await scene.collect()
    assert len(nth.hits) == 1
    if only(report).complete:
        assert ids(report.faxes) == expected
    else:
        # What was delivered of it cannot be asked for again within this run.
        assert scene.harness.streamed
        assert ids(report.faxes) < expected
    rest = complete(await scene.collect(None, cursor=report.cursor))
    assert ids(report.faxes) | ids(rest.faxes) == expected


@pytest.mark.usefixtures("at_once")
async def test_breaks_without_end_cost_what_was_not_read_until_the_next_run(scene: Scene) -> None:
    expected = scene.harness.add(scene.harness.several)
    scene.choose = breaking(Nth(scene.harness, 2, FOREVER))
    report = await scene.collect(retries=1)
    outcome = partial(report)
    assert isinstance(outcome.error, Disconnected)
    assert ids(report.faxes) < expected
    scene.choose = straight
    rest = complete(await scene.collect(None, cursor=report.cursor))
    assert ids(report.faxes) | ids(rest.faxes) == expected


async def test_a_deadline_ends_it_in_order_and_the_cursor_goes_on(scene: Scene) -> None:
    expected = scene.harness.add(scene.harness.several)
    nth = Nth(scene.harness, 2, FOREVER)
    scene.choose = lambda request, ask: None if nth.hit(request) else ask()
    report = await scene.collect(within=0.5)
    outcome = only(report)
    assert DeadlineExceeded in {type(error) for error in outcome.errors}
    assert not outcome.complete
    assert ids(report.faxes) < expected
    scene.choose = straight
    rest = complete(await scene.collect(None, cursor=report.cursor))
    assert ids(report.faxes) | ids(rest.faxes) == expected


@pytest.mark.parametrize("scene", PAGED, indirect=True)
async def test_a_reader_who_leaves_keeps_the_pages_that_were_read(scene: Scene) -> None:
    expected = scene.harness.add(scene.harness.several)
    async with scene.api() as api, api.stream(WEEK, kinds="faxes") as activity:
        found: list[FaxRecord] = []
        async for record in activity:
            assert isinstance(record, FaxRecord)
            found.append(record)
            if len(found) == len(expected) * 2 // 3:
                break
    assert not activity.summary.complete
    rest = complete(await scene.collect(None, cursor=activity.cursor))
    assert ids(found) | ids(rest.faxes) == expected
    assert len(rest.faxes) <= len(expected) - 100
