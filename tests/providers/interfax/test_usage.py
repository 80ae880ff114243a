"""What a collection gets of the totals by user, and what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from faxapi.errors import PermissionDenied
from faxapi.providers.base import Ask
from faxapi.providers.interfax import UserInboundSummary
from faxapi.records import UsageRecord
from faxapi.window import Window
from tests.providers.interfax.peer import interfax, shape, soap
from tests.providers.recorder import Gathered

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
