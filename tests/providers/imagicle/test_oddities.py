"""Where the lists' dates and the faxes' own times are not what one would expect, run after run."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from faxapi.errors import DeadlineExceeded, ServiceUnavailable
from faxapi.providers.feed import Ask
from faxapi.records import Record
from faxapi.window import Window
from tests.providers.imagicle.server import (
    MINE,
    ROME,
    account,
    answer,
    fax,
    local,
    service,
)
from tests.providers.recorder import Gathered, answering
from tests.transport.server import Request, Server, reply

NOW = datetime(2026, 3, 14, 12, tzinfo=UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)

pytestmark = pytest.mark.anyio


async def gathered(
    choose: Callable[[Request], bytes],
    state: Any = None,  # noqa: ANN401 - any JSON value
    window: Window = WEEK,
    *,
    now: datetime = NOW,
) -> tuple[Gathered, list[str]]:
    """What a run gives, and the ids that it asked for details of."""
    out = Gathered()
    with Server(answering(choose)) as server:
        async with account(server, timezone="Europe/Rome") as imagicle:
            await imagicle.outbound_faxes(Ask(window, now, ROME, state=state), out)
        asked = [each.target.rpartition("/")[2] for each in server.requests]
    return out, [each for each in asked if "Mine" not in each]


def ids(out: Gathered) -> list[str]:
    return sorted(each.id for each in out.faxes)


async def test_a_fax_that_has_no_date_in_the_list_comes_once() -> None:
    """Its own time is long past, so no mark tells that it was seen."""
    sent: list[dict[str, Any]] = [
        {"faxId": "1", "date": None},
        {"faxId": "too old", "date": None},
        fax("2", NOW - timedelta(hours=1)),
    ]

    def details(identity: str) -> bytes:
        moment = NOW - timedelta(days=9 if identity == "too old" else 6)
        times = {} if identity == "2" else {"submitTime": local(moment)}
        return answer({"faxId": identity, "status": "Completed", **times})

    first, asked = await gathered(service(sent, details))
    assert (ids(first), len(asked)) == (["1", "2"], 3)
    second, asked = await gathered(service(sent, details), first.states[-1])
    assert (ids(second), asked) == ([], [])
    # The server lists it no longer, and it takes no more room.
    third, _ = await gathered(service(sent[2:], details), second.states[-1])
    assert list(third.states[-1]["done"]) == ["2"]


async def test_a_time_far_beyond_its_list_moves_no_mark_beyond_the_list() -> None:
    sent = [fax(str(each), NOW - timedelta(days=each)) for each in (7, 5, 2)]
    lists = 0

    def choose(request: Request) -> bytes:
        nonlocal lists
        if request.target.startswith(MINE):
            lists += 1
            if lists == 5:
                return reply(b"", status="503 Service Unavailable")
        return service(sent, details)(request)

    def details(identity: str) -> bytes:
        moment = NOW - timedelta(hours=1) if identity == "7" else None
        return answer({"faxId": identity, "submitTime": moment and local(moment)})

    out = Gathered()
    with Server(answering(choose)) as server:
        async with account(server, timezone="Europe/Rome") as imagicle:
            with pytest.raises(ServiceUnavailable):
                await imagicle.outbound_faxes(Ask(WEEK, NOW, ROME), out)
    assert ids(out) == ["5", "7"]
    rest, _ = await gathered(service(sent, details), out.states[-1])
    assert "2" in ids(rest)


async def test_a_date_before_the_window_is_not_the_last_word_on_it() -> None:
    sent = [fax("1", WEEK.since - timedelta(hours=1))]
    answers = [
        reply(b"", status="503 Service Unavailable"),
        answer({"faxId": "1", "submitTime": local(WEEK.since + timedelta(hours=1))}),
    ]
    choose = service(sent, lambda _: answers.pop(0))
    first, _ = await gathered(choose)
    assert ids(first) == []
    second, _ = await gathered(choose, first.states[-1])
    assert ids(second) == ["1"]


@pytest.mark.parametrize(
    ("status", "end", "asked_again"),
    [
        ("Sleeping", None, ["1"]),
        ("Sleeping", NOW, []),
        (None, None, ["1"]),
        ("Queued", NOW, ["1"]),
        ("Completed", None, []),
        ("Canceled", None, []),
    ],
)
async def test_what_may_still_change(
    status: str | None, end: datetime | None, asked_again: list[str]
) -> None:
    sent = [fax("1", NOW - timedelta(days=1), status=status)]

    def details(_identity: str) -> bytes:
        return answer({"faxId": "1", "status": status, "endTime": end and local(end)})

    first, _ = await gathered(service(sent, details))
    _, asked = await gathered(service(sent, details), first.states[-1])
    assert asked == asked_again


async def test_what_a_run_that_was_cut_short_delivered_moves_the_mark_in_the_next() -> None:
    moment = NOW - timedelta(hours=3)
    sent = [fax("1", moment), fax("2", NOW + timedelta(minutes=5))]
    state = {"done": {"1": moment.isoformat(), "2": (NOW + timedelta(minutes=5)).isoformat()}}
    out, asked = await gathered(service(sent, lambda _: answer({"faxId": "1"})), state)
    assert asked == []
    assert datetime.fromisoformat(out.states[-1]["mark"]) == moment


async def test_a_fax_counts_once_it_is_handed_over_and_not_before() -> None:
    class Leaving(Gathered):
        """Its reader goes when the second fax comes."""

        async def record(self, record: Record) -> None:
            if self.records:
                raise DeadlineExceeded("too late")
            await super().record(record)

    out = Leaving()
    sent = [fax(str(each), NOW - timedelta(days=each)) for each in (3, 2)]
    choose = service(sent, lambda _: answer({"faxId": "1"}))
    with Server(answering(choose)) as server:
        async with account(server, timezone="Europe/Rome") as imagicle:
            with pytest.raises(DeadlineExceeded):
                await imagicle.outbound_faxes(Ask(WEEK, NOW, ROME), out)
    assert list(out.states[-1]["done"]) == ids(out) == ["3"]


async def test_an_hour_that_the_clocks_repeat_is_no_time_before_the_window_for_good() -> None:
    # Rome's clocks went from 3 back to 2 on this day, at 1 UTC: 02:30 is 00:30 and 01:30.
    hour = datetime(2018, 10, 28, 1, tzinfo=UTC)
    moment = "2018-10-28T02:30:00.0000000"
    sent = [{"faxId": "1", "status": "Completed", "date": moment}]
    choose = service(sent, lambda _: answer({"faxId": "1", "submitTime": moment}))
    window = Window(hour, hour + timedelta(minutes=10))
    first, _ = await gathered(choose, None, window)
    assert ids(first) == []
    second, _ = await gathered(choose, first.states[-1], Window(hour, hour + timedelta(hours=1)))
    assert ids(second) == ["1"]


async def test_a_list_without_filter_is_no_trouble() -> None:
    """All of it comes each time, whatever is asked for."""
    sent = [fax(str(each), NOW - timedelta(days=each)) for each in range(1, 12)]

    def choose(request: Request) -> bytes:
        if request.target.startswith(MINE):
            return answer({"faxList": sent})
        return answer({"faxId": "x", "status": "Completed"})

    first, _ = await gathered(choose)
    assert ids(first) == ["1", "2", "3", "4", "5", "6", "7"]
    second, asked = await gathered(choose, first.states[-1])
    assert (ids(second), asked) == ([], [])


async def test_a_fax_that_is_to_be_sent_later_comes_when_it_is_due() -> None:
    """The lists' date is when it was written, and they have long moved on."""
    due = NOW + timedelta(days=4)
    sent = [fax("1", NOW - timedelta(hours=1)), fax("2", NOW + timedelta(days=3))]

    def details(identity: str) -> bytes:
        moment = due if identity == "1" else None
        return answer({"submitTime": moment and local(moment), "status": "Completed"})

    state, came = None, []
    for hours in (0, 73, 74, 97, 98):
        now = NOW + timedelta(hours=hours)
        out, asked = await gathered(service(sent, details), state, Window(WEEK.since, now), now=now)
        came.append((ids(out), asked))
        assert out.gaps == []
        state = out.states[-1]
    # At first for the time in its details; and not before that, when no list shows it.
    assert came == [([], ["1"]), (["2"], ["1", "2"]), ([], []), (["1"], ["1"]), ([], [])]


async def test_a_late_time_of_a_fax_whose_details_were_missing_is_kept() -> None:
    moment = NOW - timedelta(days=3)
    sent = [fax("1", moment), fax("2", NOW - timedelta(hours=1))]
    fails = [reply(b"", status="503 Service Unavailable")]

    def details(identity: str) -> bytes:
        late = local(NOW - timedelta(hours=2)) if identity == "1" else None
        return fails.pop() if fails else answer({"submitTime": late, "status": "Completed"})

    choose = service(sent, details)
    first, _ = await gathered(choose)
    assert list(first.states[-1]["owed"]) == ["1"]
    early = Window(WEEK.since, NOW - timedelta(days=2))
    second, _ = await gathered(choose, first.states[-1], early)
    assert ids(second) == []
    third, asked = await gathered(choose, second.states[-1])
    assert (ids(third), asked) == (["1"], ["1"])


async def test_a_status_that_nobody_knows_is_not_followed_for_ever() -> None:
    moment = NOW - timedelta(days=6)
    sent = [fax(each, moment) for each in ("Sleeping", "Queued")]

    def details(identity: str) -> bytes:
        return answer({"status": "Completed" if identity.isdigit() else identity})

    out, _ = await gathered(service(sent, details))
    followed = []
    for days in (24, 25, 26):
        now = NOW + timedelta(days=days)
        sent.append(fax(f"{days}", now - timedelta(hours=1)))
        window = Window(WEEK.since, now)
        out, _ = await gathered(service(sent, details), out.states[-1], window, now=now)
        followed.append((ids(out), [(gap.code, gap.since) for gap in out.gaps]))
    assert followed == [
        (["24", "Queued", "Sleeping"], []),
        (["25", "Queued", "Sleeping"], [("unread_fax", moment)]),
        (["26", "Queued"], []),
    ]
    assert list(out.states[-1]["open"]) == ["Queued"]
