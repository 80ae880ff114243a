"""What a collection gets: faxes and totals in the common vocabulary, and what is missing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal, Inexact, localcontext
from zoneinfo import ZoneInfo

import pytest

from faxapi.api import FaxApi
from faxapi.errors import AuthenticationError
from faxapi.providers.feed import Ask
from faxapi.providers.interfax import FaxItemEx, InterFax
from faxapi.records import Direction, FaxRecord, Kind, Reason, Status
from faxapi.window import Window
from tests.providers.interfax.peer import fax, interfax, page, shape, soap
from tests.providers.recorder import Gathered

EXACT = Context(prec=100)
# Some days ago, since InterFax forgets what is old.
START = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=5)
NOON = START + timedelta(hours=12)
DAY = Ask(Window(START, START + timedelta(days=1)), now=START + timedelta(days=1))


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
        (Kind.FAXES, Direction.INBOUND),
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
@pytest.mark.parametrize(
    ("number", "status", "reason", "meaning"),
    [
        (7777, Status.FAILED, Reason.OTHER, "counts as failed"),
        (-77, Status.IN_PROGRESS, None, "counts as in process"),
    ],
)
async def test_an_unknown_status_keeps_its_code_and_is_told(
    number: int, status: Status, reason: Reason | None, meaning: str
) -> None:
    with interfax(page(sent(5, status=number)), timezone="UTC") as (client, _):
        out = await faxes(client)
    (record,) = out.faxes
    assert (record.status, record.reason, record.status_code) == (status, reason, str(number))
    assert [(notice.code, notice.gap) for notice in out.notices] == [("unknown_code", False)]
    assert f"{number} is not in InterFax's list, and {meaning}" in out.notices[0].text


@pytest.mark.asyncio
async def test_money_is_exact_in_whatever_context_the_caller_has() -> None:
    units, each = "9" * 38, "0." + "9" * 37
    row = sent(5, Units=units, CostPerUnit=each)
    with interfax(page(row)) as (client, _), localcontext() as context:
        context.prec = 3
        context.traps[Inexact] = True
        (record,) = (await faxes(client)).faxes
    assert record.cost is not None
    assert int(record.cost.scaleb(37, context=EXACT)) == int(units) * int("9" * 37)


@pytest.mark.asyncio
async def test_pages_shorter_than_asked_for_are_read_on() -> None:
    ids = range(120, 0, -1)
    answers = [page(*map(sent, ids[at : at + 50]), total=120) for at in (0, 50, 100)]
    with interfax(*answers, timezone="UTC") as (client, server):
        out = await faxes(client)
    assert [record.id for record in out.faxes] == [str(number) for number in ids]
    assert out.notices == []
    assert len(server.requests) == 3


@pytest.mark.asyncio
async def test_faxes_that_are_counted_and_not_listed_are_a_gap() -> None:
    pages = page(total=2), page(sent(900), sent(899), total=2)
    with interfax(*pages, timezone="UTC", newest_transaction_id=77) as (client, server):
        out = await faxes(client)
    assert [record.id for record in out.faxes] == ["900", "899"]
    (gap,) = out.gaps
    assert gap.code == "empty_list"
    assert "newest_transaction_id" in gap.text
    assert "below id 77" in gap.text
    assert len(server.requests) == 2


@pytest.mark.asyncio
async def test_faxes_that_are_counted_and_deleted_are_no_gap() -> None:
    with interfax(page(total=120), timezone="UTC") as (client, server):
        out = await faxes(client)
    assert out.notices == []
    assert len(server.requests) == 2


@pytest.mark.asyncio
async def test_a_list_that_reaches_back_far_enough_lacks_nothing() -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    ask = Ask(Window(datetime(2026, 3, 1, tzinfo=UTC), now), now=now)
    rows = fax(5, "2026-05-02T00:00:00"), fax(4, "2026-02-20T00:00:00")
    with interfax(page(*rows, total=2), timezone="UTC") as (client, _):
        out = await faxes(client, ask)
    assert [record.id for record in out.faxes] == ["5"]
    assert out.notices == []


@pytest.mark.asyncio
async def test_a_fax_that_a_page_repeats_is_delivered_once() -> None:
    rows = (sent(9, Subject="first"), sent(9, Subject="second"))
    with interfax(page(*rows, total=1), timezone="UTC") as (client, _):
        out = await faxes(client)
    assert [record.subject for record in out.faxes] == ["first"]
    assert [(notice.code, notice.count, notice.gap) for notice in out.notices] == [
        ("repeated_record", 1, False)
    ]


@pytest.mark.asyncio
@pytest.mark.parametrize(("hour", "found"), [(4, []), (5, ["5"]), (6, ["5"]), (7, [])])
async def test_a_time_in_a_repeated_hour_may_be_of_either(hour: int, found: list[str]) -> None:
    # Clocks of New York show 01:30 at 05:30 and at 06:30 UTC on that day.
    start = datetime(2026, 11, 1, hour, tzinfo=UTC)
    window = Window(start, start + timedelta(hours=1))
    zone = "America/New_York"
    ask = Ask(window, now=start + timedelta(days=1), zone=ZoneInfo(zone))
    with interfax(page(fax(5, "2026-11-01T01:30:00"), total=1), timezone=zone) as (client, _):
        out = await faxes(client, ask)
    assert [record.id for record in out.faxes] == found
    assert out.notices == []


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
@pytest.mark.parametrize(("before", "gaps"), [(0, 0), (59, 0), (61, 1)])
async def test_a_window_a_moment_too_long_lacks_no_faxes(before: int, gaps: int) -> None:
    now = datetime(2026, 5, 20, tzinfo=UTC)
    since = datetime(2026, 4, 1, tzinfo=UTC) - timedelta(seconds=before)
    with interfax(page(fax(5, "2026-04-02T00:00:00"), total=1), timezone="UTC") as (client, _):
        out = await faxes(client, Ask(Window(since, now), now=now))
    assert [notice.code for notice in out.gaps] == ["retention"] * gaps
    assert len(out.faxes) == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("scope", ["user", "account"])
async def test_a_scope_says_whose_totals(scope: str) -> None:
    whole = scope == "account"
    answer = soap(
        "GetOutboundActivity",
        "<GetOutboundActivityResult><Status>0</Status></GetOutboundActivityResult>",
    )
    ask = Ask(Window.last(timedelta(days=7)))
    out = Gathered()
    with interfax(answer, timezone="UTC", scope="account" if whole else "user") as (client, server):
        async with client:
            await client.outbound_usage(ask, out)
    assert out.gaps == []
    (only,) = (node[2] for node in shape(server.requests[0].body) if "OnlyMyUser" in node[1])
    assert only == ("false" if whole else "true")


@pytest.mark.asyncio
@pytest.mark.parametrize(("day", "complete"), [(9, True), (10, False)])
async def test_a_bad_row_of_another_time_is_no_gap(day: int, *, complete: bool) -> None:
    rows = fax(6, "2026-03-10T12:00:00"), fax(5, f"2026-03-{day:02}T12:00:00", Units="?")
    with interfax(page(*rows, total=2), timezone="UTC", kinds=["faxes"]) as (client, _):
        async with FaxApi(client, clock=lambda: datetime(2026, 3, 12, tzinfo=UTC)) as api:
            report = await api.collect(Window.day(date(2026, 3, 10), "UTC"))
    assert [record.id for record in report.faxes] == ["6"]
    gaps = [gap for outcome in report.outcomes for gap in outcome.gaps]
    assert [gap.code for gap in gaps] == ([] if complete else ["skipped_record"])
