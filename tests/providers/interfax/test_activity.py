"""What a collection gets: faxes and totals in the common vocabulary, and what is missing."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from faxapi.errors import AuthenticationError, PermissionDenied
from faxapi.providers.base import Ask
from faxapi.providers.interfax import FaxItemEx, InterFax, UserInboundSummary
from faxapi.records import Direction, FaxRecord, Kind, Reason, Status, UsageRecord
from faxapi.window import Window
from tests.providers.interfax.peer import fax, interfax, page, shape, soap
from tests.providers.recorder import Gathered

# Some days ago, since InterFax forgets what is old.
START = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=5)
NOON = START + timedelta(hours=12)
DAY = Ask(Window(START, START + timedelta(days=1)))


def sent(number: int, moment: datetime = NOON, *, status: int = 0, **more: str) -> str:
    """Write a row as a service in UTC does: without a zone."""
    return fax(number, moment.strftime("%Y-%m-%dT%H:%M:%S"), status=status, **more)


async def faxes(client: InterFax, ask: Ask = DAY) -> Gathered:
    out = Gathered()
    async with client:
        await client.outbound_faxes(ask, out)
    return out


def test_what_it_can_report() -> None:
    feeds = {(feed.kind, feed.direction) for feed, _ in InterFax("acme", "x").feeds()}
    assert feeds == {
        (Kind.FAXES, Direction.OUTBOUND),
        (Kind.USAGE, Direction.OUTBOUND),
        (Kind.USAGE, Direction.INBOUND),
    }


@pytest.mark.asyncio
async def test_a_failed_fax_in_the_common_vocabulary() -> None:
    ended = (NOON + timedelta(minutes=4)).isoformat()
    row = sent(12, status=3931, ParentTransactionID="11", CompletionTime=ended)
    with interfax(page(row), name="east", timezone="UTC", currency="USD") as (client, _):
        out = await faxes(client)
    assert out.records == [
        FaxRecord(
            provider="interfax",
            account="east",
            id="12",
            direction=Direction.OUTBOUND,
            status=Status.FAILED,
            status_code="3931",
            reason=Reason.BUSY,
            reason_text="busy",
            user="acme",
            sender="ACME",
            recipient_number="0012125550100",
            recipient_name="Jane Doe",
            remote_id="JANES FAX",
            subject="Invoice",
            job_id="job-7",
            parent_id="11",
            pages=2,
            pages_submitted=3,
            submitted_at=NOON,
            completed_at=NOON + timedelta(minutes=4),
            duration=timedelta(seconds=75),
            units=Decimal("2.00"),
            cost=Decimal("0.2200"),
            currency="USD",
            attempts=1,
        )
    ]
    assert isinstance(out.records[0].raw, FaxItemEx)
    assert out.notices == []


@pytest.mark.asyncio
async def test_a_fax_in_process_has_no_end_and_no_reason() -> None:
    row = sent(12, status=-3)
    with interfax(page(row), keep_raw=False) as (client, _):
        (record,) = (await faxes(client)).faxes
    assert (record.status, record.status_code) == (Status.IN_PROGRESS, "-3")
    assert (record.completed_at, record.started_at, record.parent_id) == (None, None, None)
    assert (record.reason, record.reason_text, record.raw) == (None, None, None)


@pytest.mark.asyncio
async def test_what_interfax_leaves_out_is_none() -> None:
    with interfax(page("<FaxItemEx><TransactionID>5</TransactionID><Subject /></FaxItemEx>")) as (
        client,
        _,
    ):
        (record,) = (await faxes(client)).faxes
    assert record.status is Status.UNKNOWN
    said = record.model_dump(exclude_none=True)
    assert said == {
        "kind": Kind.FAXES,
        "provider": "interfax",
        "account": "interfax",
        "id": "5",
        "direction": Direction.OUTBOUND,
        "status": Status.UNKNOWN,
    }


@pytest.mark.asyncio
async def test_an_unknown_failure_keeps_its_code_and_is_told() -> None:
    with interfax(page(sent(5, status=7777)), timezone="UTC") as (client, _):
        out = await faxes(client)
    (record,) = out.faxes
    assert (record.status, record.reason, record.status_code) == (
        Status.FAILED,
        Reason.OTHER,
        "7777",
    )
    assert [(notice.code, notice.gap) for notice in out.notices] == [("unknown_code", False)]
    assert "7777" in out.notices[0].text


FULL = [sent(number) for number in range(1000, 900, -1)]


@pytest.mark.asyncio
async def test_it_reads_on_until_a_whole_page_is_older_than_the_window() -> None:
    # The second page holds one fax of the hour before the window, so a third one is read.
    old = START - timedelta(days=9)
    near = START - timedelta(minutes=30)
    second = [sent(number, near if number == 850 else old) for number in range(900, 800, -1)]
    third = [sent(number, old) for number in range(800, 700, -1)]
    with interfax(page(*FULL), page(*second), page(*third), page(sent(1))) as (client, server):
        out = await faxes(client)
    assert [record.id for record in out.faxes] == [str(n) for n in range(1000, 900, -1)]
    assert len(server.requests) == 3
    assert [notice.code for notice in out.notices] == ["timezone_assumed"] * 3


@pytest.mark.asyncio
async def test_only_what_was_submitted_in_the_window_is_delivered() -> None:
    second = timedelta(seconds=1)
    times = [START + timedelta(days=1), START + timedelta(days=1) - second, START, START - second]
    rows = [sent(9 - number, time) for number, time in enumerate(times)]
    with interfax(page(*rows)) as (client, _):
        out = await faxes(client)
    assert [record.id for record in out.faxes] == ["8", "7"]


@pytest.mark.asyncio
async def test_a_bad_row_is_one_gap_though_the_next_page_repeats_it() -> None:
    bad = sent(901, Units="?")
    first = [*FULL[:99], bad]
    with interfax(page(*first), page(bad, sent(5)), timezone="UTC") as (client, _):
        out = await faxes(client)
    assert [record.id for record in out.faxes] == [*(str(n) for n in range(1000, 901, -1)), "5"]
    assert [notice.code for notice in out.gaps] == ["skipped_record"]
    assert "901" in out.gaps[0].text


@pytest.mark.asyncio
async def test_a_page_is_delivered_before_the_next_one_fails() -> None:
    with interfax(page(*FULL), page(result=-1003)) as (client, _):
        out = Gathered()
        async with client:
            with pytest.raises(AuthenticationError):
                await client.outbound_faxes(DAY, out)
    assert len(out.faxes) == 100


@pytest.mark.asyncio
async def test_a_list_that_ends_before_the_window_may_have_been_cut() -> None:
    now = datetime.now(UTC)
    long = Ask(Window(now - timedelta(days=100), now))
    with interfax(page(sent(5)), timezone="UTC") as (client, _):
        out = await faxes(client, long)
    (gap,) = out.gaps
    assert (gap.code, gap.since) == ("retention", long.window.since)
    assert gap.until is not None
    assert timedelta(days=30) <= now - gap.until <= timedelta(days=62)
    with interfax(page(sent(5)), timezone="UTC") as (client, _):
        recent = await faxes(client, Ask(Window.last(timedelta(days=29))))
    assert recent.notices == []


@pytest.mark.asyncio
@pytest.mark.parametrize("scope", ["user", "account"])
async def test_a_scope_says_whose_faxes_and_totals(scope: str) -> None:
    whole = scope == "account"
    answer = soap(
        "GetOutboundActivity",
        "<GetOutboundActivityResult><Status>0</Status></GetOutboundActivityResult>",
    )
    ask = Ask(Window.last(timedelta(days=7)))
    out = Gathered()
    with interfax(page(), answer, timezone="UTC", scope="account" if whole else "user") as (
        client,
        server,
    ):
        async with client:
            await client.outbound_faxes(ask, out)
            await client.outbound_usage(ask, out)
    assert [notice.code for notice in out.gaps] == (["scope"] if whole else [])
    (only,) = (node[2] for node in shape(server.requests[1].body) if "OnlyMyUser" in node[1])
    assert only == ("false" if whole else "true")


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


@pytest.mark.asyncio
async def test_totals_need_a_primary_user() -> None:
    inner = "<GetInboundActivityResult><Status>-310</Status></GetInboundActivityResult>"
    with interfax(soap("GetInboundActivity", inner)) as (client, _):
        async with client:
            with pytest.raises(PermissionDenied, match="kinds="):
                await client.inbound_usage(Ask(Window.last(timedelta(days=1))), Gathered())
