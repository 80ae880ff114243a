"""What a collection gets of the totals by user, and what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from faxapi import Cursor, FaxApi, Kind, Report
from faxapi.errors import PermissionDenied
from faxapi.providers.feed import Ask
from faxapi.providers.interfax import UserInboundSummary
from faxapi.records import UsageRecord
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import ResultCode
from faxapi.window import Window
from tests.providers.interfax.peer import interfax, shape, soap
from tests.providers.recorder import Gathered
from tests.transport.server import Request

USER = """<{0}><Username>acme</Username>{1}<TotalFaxes>7</TotalFaxes><TotalPages>19</TotalPages>
<TotalUnits>21.50</TotalUnits><TotalCost>2.3650</TotalCost></{0}>"""


def totals(way: str, number: str = "") -> bytes:
    user = USER.format(f"User{way}Summary", number)
    return soap(
        f"Get{way}Activity",
        f"<Get{way}ActivityResult><Status>0</Status><TimeFrom>2026-03-01T00:00:00</TimeFrom>"
        f"<TimeUntil>2026-04-01T00:00:00</TimeUntil><Users>{user}</Users></Get{way}ActivityResult>",
    )


@pytest.mark.asyncio
async def test_totals_in_the_common_vocabulary() -> None:
    number = "<PhoneNumber>12125550100</PhoneNumber>"
    answers = (totals("Outbound"), totals("Inbound", number))
    ask = Ask(Window.last(timedelta(days=7)))
    out = Gathered()
    with interfax(*answers, currency="EUR", timezone="America/New_York") as (client, server):
        async with client:
            await client.outbound_usage(ask, out)
            await client.inbound_usage(ask, out)
    both = {
        "provider": "interfax",
        "account": "interfax",
        "user": "acme",
        "since": datetime(2026, 3, 1, 5, tzinfo=UTC),
        "until": datetime(2026, 4, 1, 4, tzinfo=UTC),
        "faxes": 7,
        "pages": 19,
        "units": Decimal("21.50"),
        "cost": Decimal("2.3650"),
        "currency": "EUR",
    }
    assert out.records == [
        UsageRecord.model_validate({**both, "direction": "outbound"}),
        UsageRecord.model_validate({**both, "direction": "inbound", "phone_number": "12125550100"}),
    ]
    assert isinstance(out.records[1].raw, UserInboundSummary)
    assert out.notices == []
    assert len(server.requests) == 2


@pytest.mark.asyncio
async def test_totals_in_an_assumed_zone_say_so() -> None:
    out = Gathered()
    with interfax(totals("Outbound")) as (client, _):
        async with client:
            await client.outbound_usage(Ask(Window.last(timedelta(days=7))), out)
    assert [notice.code for notice in out.notices] == ["timezone_assumed"]


@pytest.mark.asyncio
async def test_totals_go_back_60_days_and_the_rest_is_a_gap() -> None:
    now = datetime.now(UTC)
    window = Window(now - timedelta(days=90), now)
    out = Gathered()
    with interfax(totals("Inbound"), timezone="UTC") as (client, server):
        async with client:
            await client.inbound_usage(Ask(window), out)
    values = {node[1].rpartition(" ")[2]: node[2] for node in shape(server.requests[0].body)}
    since = datetime.fromisoformat(values["TimeFrom"]).replace(tzinfo=UTC)
    assert timedelta(days=59, hours=23) < datetime.now(UTC) - since < timedelta(days=60)
    assert values["TimeUntil"] == now.strftime("%Y-%m-%dT%H:%M:%S")
    (gap,) = out.gaps
    assert (gap.code, gap.since) == ("retention", window.since)
    assert gap.until is not None
    assert gap.until.replace(microsecond=0) == since
    assert len(out.usage) == 1


@pytest.mark.asyncio
async def test_the_last_60_days_are_no_gap() -> None:
    now = datetime.now(UTC)
    ask = Ask(Window.last(timedelta(days=60), now=now), now=now + timedelta(seconds=20))
    out = Gathered()
    with interfax(totals("Outbound"), timezone="UTC") as (client, server):
        async with client:
            await client.outbound_usage(ask, out)
    values = {node[1].rpartition(" ")[2]: node[2] for node in shape(server.requests[0].body)}
    since = datetime.fromisoformat(values["TimeFrom"]).replace(tzinfo=UTC)
    assert timedelta(0) < since - ask.window.since <= timedelta(seconds=80)
    assert out.notices == []
    assert len(out.usage) == 1


@pytest.mark.asyncio
async def test_a_window_that_is_all_left_out_is_a_gap_however_short() -> None:
    now = datetime.now(UTC)
    since = now - timedelta(days=60)
    window = Window(since, since + timedelta(seconds=30))
    out = Gathered()
    with interfax(totals("Outbound")) as (client, server):
        async with client:
            await client.outbound_usage(Ask(window, now=now), out)
    assert server.requests == []
    assert [(gap.since, gap.until) for gap in out.gaps] == [(window.since, window.until)]


@pytest.mark.asyncio
async def test_totals_of_long_ago_are_not_asked_for() -> None:
    now = datetime.now(UTC)
    window = Window(now - timedelta(days=90), now - timedelta(days=80))
    out = Gathered()
    with interfax(totals("Outbound")) as (client, server):
        async with client:
            await client.outbound_usage(Ask(window), out)
    assert server.requests == []
    assert out.records == []
    assert [(gap.code, gap.since, gap.until) for gap in out.gaps] == [
        ("retention", window.since, window.until)
    ]


def refused(way: str, number: int) -> bytes:
    inner = f"<Get{way}ActivityResult><Status>{number}</Status></Get{way}ActivityResult>"
    return soap(f"Get{way}Activity", inner)


@pytest.mark.asyncio
async def test_totals_that_need_a_primary_user_are_left_out_with_a_notice() -> None:
    ask = Ask(Window.last(timedelta(days=1)))
    out = Gathered()
    answers = (refused("Outbound", -310), refused("Inbound", -310))
    with interfax(*answers, timezone="UTC") as (client, server):
        async with client:
            await client.outbound_usage(ask, out)
            await client.inbound_usage(ask, out)
    assert [(notice.code, notice.gap) for notice in out.notices] == [("needs_primary", False)] * 2
    assert "primary user" in out.notices[0].text
    assert 'kinds=["faxes"]' in out.notices[0].text
    assert out.records == []
    assert len(server.requests) == 2


@pytest.mark.asyncio
@pytest.mark.parametrize(("number", "explicit"), [(-310, True), (-2003, False)])
async def test_another_refusal_is_an_error_and_so_is_one_of_what_was_asked_for(
    number: int,
    explicit: bool,  # noqa: FBT001 - pytest hands it over by name
) -> None:
    ask = Ask(Window.last(timedelta(days=1)), explicit=explicit)
    with interfax(refused("Inbound", number)) as (client, _):
        async with client:
            with pytest.raises(PermissionDenied) as caught:
                await client.inbound_usage(ask, Gathered())
    assert (caught.value.code, caught.value.account) == (str(number), "interfax")
    assert ('kinds=["faxes"]' in str(caught.value)) is explicit


def spans(requests: list[Request]) -> list[tuple[str, str]]:
    """Read what each request asks for: from when, and until when."""
    found = []
    for request in requests:
        values = {node[1].rpartition(" ")[2]: node[2] for node in shape(request.body)}
        found.append((values["TimeFrom"], values["TimeUntil"]))
    return found


ROME = ZoneInfo("Europe/Rome")
FEBRUARY = datetime(2026, 2, 1, tzinfo=UTC)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("through", "until", "days"),
    [
        # As late as half past eleven in the evening, and half past midnight.
        ("2026-03-27T22:30Z", "2026-03-28T23:30Z", (27, 28, 29)),
        ("2026-03-28T08:00Z", "2026-03-28T09:00Z", (28,)),
        # The end of a day belongs to it.
        ("2026-03-27T23:00Z", "2026-03-28T23:00Z", (27, 28)),
        ("2026-03-27T22:00Z", "2026-03-27T23:00Z", (27,)),
        # The clocks go forward on the 29th: it ends an hour earlier.
        ("2026-03-29T21:59Z", "2026-03-29T22:00Z", (29,)),
        ("2026-03-29T21:59Z", "2026-03-29T22:01Z", (29, 30)),
        # No day that has not begun, and none that an earlier run has read beyond.
        ("2026-03-30T08:00Z", "2026-04-30T08:00Z", (30,)),
        ("2026-03-28T08:00Z", "2026-03-27T08:00Z", ()),
    ],
)
async def test_a_run_that_goes_on_asks_once_for_each_day_of_the_accounts_zone(
    through: str, until: str, days: tuple[int, ...]
) -> None:
    ask = Ask(
        Window(FEBRUARY, datetime.fromisoformat(until)),
        now=datetime(2026, 3, 30, 10, tzinfo=UTC),
        zone=ROME,
        through=datetime.fromisoformat(through),
    )
    out = Gathered()
    with interfax(totals("Outbound"), timezone="Europe/Rome") as (client, server):
        async with client:
            await client.outbound_usage(ask, out)
    assert spans(server.requests) == [
        (f"2026-03-{day:02}T00:00:00", f"2026-03-{day:02}T23:59:59") for day in days
    ]
    assert len(out.usage) == len(days)
    assert out.gaps == []


@pytest.mark.asyncio
async def test_the_first_day_begins_where_the_collection_began() -> None:
    now = datetime(2026, 3, 30, 10, tzinfo=UTC)
    since = datetime(2026, 3, 30, 6, 30, tzinfo=UTC)
    ask = Ask(Window(since, now), now=now, through=now - timedelta(hours=1))
    with interfax(totals("Outbound"), timezone="UTC") as (client, server):
        async with client:
            await client.outbound_usage(ask, Gathered())
    assert spans(server.requests) == [("2026-03-30T06:30:00", "2026-03-30T23:59:59")]


@pytest.mark.asyncio
async def test_days_that_are_too_old_are_a_gap() -> None:
    now = datetime(2026, 3, 30, 10, tzinfo=UTC)
    through = now - timedelta(days=63)
    out = Gathered()
    ask = Ask(Window(datetime(2026, 1, 1, tzinfo=UTC), now), now=now, through=through)
    with interfax(totals("Inbound"), timezone="UTC") as (client, server):
        async with client:
            await client.inbound_usage(ask, out)
    asked = spans(server.requests)
    assert asked[:2] == [
        ("2026-01-29T10:01:00", "2026-01-29T23:59:59"),
        ("2026-01-30T00:00:00", "2026-01-30T23:59:59"),
    ]
    assert len(asked) == 61
    (gap,) = out.gaps
    assert (gap.since, gap.until) == (through, now - timedelta(days=60) + timedelta(minutes=1))


@pytest.mark.asyncio
async def test_a_day_that_was_read_before_it_grew_too_old_is_no_gap() -> None:
    now = datetime(2026, 3, 30, 10, tzinfo=UTC)
    window = Window(datetime(2026, 1, 1, tzinfo=UTC), now - timedelta(days=60))
    out = Gathered()
    with interfax(totals("Inbound"), timezone="UTC") as (client, server):
        async with client:
            await client.inbound_usage(Ask(window, now=now, through=now), out)
    assert (server.requests, out.notices) == ([], [])


async def _run(sandbox: Sandbox, cursor: Cursor | None = None) -> Report:
    interfax, *_ = sandbox.accounts()
    window = None if cursor else Window.last(timedelta(days=3), now=sandbox.now)
    async with FaxApi(interfax, clock=lambda: sandbox.now) as api:
        return await api.collect(window, cursor=cursor, kinds=[Kind.USAGE])


@pytest.mark.asyncio
async def test_a_days_total_keeps_its_key_while_the_day_fills() -> None:
    now = datetime(2026, 3, 14, 12, tzinfo=UTC)
    with Sandbox(now=now, faxes=0) as sandbox:
        sandbox.interfax.add_fax(submit_time=now - timedelta(hours=1))
        reports = [await _run(sandbox)]
        for hours in (1, 1, 11):
            sandbox.advance(timedelta(hours=hours))
            sandbox.interfax.add_fax(submit_time=sandbox.now - timedelta(minutes=1))
            reports.append(await _run(sandbox, reports[-1].cursor))
    assert all(report.complete for report in reports)
    first, *days = (
        [each for each in report.usage if each.direction == "outbound"] for report in reports
    )
    assert [(each.since, each.faxes) for each in first] == [(now - timedelta(days=3), 1)]
    midnight = datetime(2026, 3, 14, tzinfo=UTC)
    today, tomorrow = (midnight, midnight + timedelta(days=1))
    assert [[(each.since, each.faxes) for each in day] for day in days] == [
        [(today, 2)],
        [(today, 3)],
        [(today, 3), (tomorrow, 1)],
    ]
    assert len({each.key for day in days for each in day}) == 2


@pytest.mark.asyncio
async def test_days_that_were_cut_short_are_asked_for_again() -> None:
    now = datetime(2026, 3, 14, 12, tzinfo=UTC)
    with Sandbox(now=now, faxes=0) as sandbox:
        first = await _run(sandbox)
        sandbox.advance(timedelta(days=2))
        sandbox.faults.add(ResultCode(-2003), operation="admin.GetOutboundActivity", skip=1)
        second = await _run(sandbox, first.cursor)
        sandbox.faults.clear()
        third = await _run(sandbox, second.cursor)
    assert (second.complete, third.complete) == (False, True)
    counts = [
        len([each for each in report.usage if each.direction == "outbound"])
        for report in (second, third)
    ]
    assert counts == [1, 3]


@pytest.mark.asyncio
async def test_a_window_that_reaches_into_the_future_is_read_day_by_day() -> None:
    now = datetime(2026, 3, 14, 12, tzinfo=UTC)
    month = Window.month(2026, 3, "UTC")
    with Sandbox(now=now, faxes=0) as sandbox:
        interfax, *_ = sandbox.accounts()
        async with FaxApi(interfax, clock=lambda: sandbox.now) as api:
            first = await api.collect(month, kinds=[Kind.USAGE])
            sandbox.interfax.add_fax(submit_time=now)
            sandbox.advance(timedelta(days=1))
            second = await api.collect(month, cursor=first.cursor, kinds=[Kind.USAGE])
    sent = [each for each in second.usage if each.direction == "outbound"]
    assert [(each.since.day, each.faxes) for each in sent if each.since] == [
        (14, 1),
        (15, 0),
    ]
