"""What records come to."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from faxapi import Direction, FaxRecord, JobRecord, JobState, Reason, Status, UsageRecord
from faxapi.render.digest import Digest, Failure, Total
from tests.render.page import NOW, fax


def test_costs_are_exact_by_currency() -> None:
    third = Decimal("0.3333333333333333333333333333333333333")
    faxes = [fax(cost=third, currency="USD")] * 3
    faxes += [fax(cost=Decimal(10) ** 30, currency="USD"), fax(cost=Decimal(0), currency="EUR")]
    digest = Digest.of([*faxes, fax(currency="USD")])
    total = Total.of(digest.groups.values())
    assert total.faxes == 6
    assert total.costs == {
        "USD": Decimal("1000000000000000000000000000000.9999999999999999999999999999999999999"),
        "EUR": Decimal(0),
    }


def test_no_price_is_not_0() -> None:
    digest = Digest.of([fax(pages=2, currency="USD"), fax(cost=Decimal(1), currency="USD")])
    (free, priced) = digest.payers.items()
    assert (free[0].currency, free[1]) == (None, Total(1, 2))
    assert (priced[0].currency, priced[1].costs) == ("USD", {"USD": Decimal(1)})


def test_days_and_months_are_the_readers() -> None:
    late = fax(submitted_at=datetime(2026, 10, 31, 23, 30, tzinfo=UTC))
    for zone, day in (("Europe/Rome", date(2026, 11, 1)), ("America/Lima", date(2026, 10, 31))):
        digest = Digest.of([late], ZoneInfo(zone))
        assert digest.days == {(day, "interfax"): 1}
        assert [payer.month for payer in digest.payers] == [day.replace(day=1)]


def test_a_fax_without_a_time_has_no_day() -> None:
    digest = Digest.of([fax(submitted_at=None)])
    assert digest.days == {(None, "interfax"): 1}
    assert [payer.month for payer in digest.payers] == [None]


def test_only_outbound_faxes_that_failed_are_failures() -> None:
    failed = fax(status=Status.FAILED, reason=Reason.BUSY, status_code="263", reason_text="Busy")
    others = [
        fax(status=Status.CANCELED, reason=Reason.CANCELED),
        fax(status=Status.FAILED, direction=Direction.INBOUND),
        fax(),
    ]
    digest = Digest.of([failed, failed, *others])
    assert digest.failures == {Failure("interfax", Reason.BUSY, "263", "Busy"): 2}


def test_a_reason_that_names_the_number_is_one_reason() -> None:
    faxes = [
        fax(status=Status.FAILED, reason_text=f"no answer from +1 212 555 01{n}")
        for n in range(20, 40)
    ]
    digest = Digest.of(faxes)
    assert digest.failures == {Failure("interfax", None, None, "no answer from ***"): 20}


def test_destinations() -> None:
    def sent(number: str, seconds: int, pages: int = 2) -> FaxRecord:
        return fax(recipient_number=number, duration=timedelta(seconds=seconds), pages=pages)

    newest = fax(recipient_number="1", status=Status.FAILED, reason=Reason.BUSY, completed_at=NOW)
    before = fax(recipient_number="1", status=Status.FAILED, reason=Reason.HANGUP)
    canceled = fax(recipient_number="3", status=Status.CANCELED)
    received = fax(recipient_number="4", direction=Direction.INBOUND)
    untimed = fax(recipient_number="2", pages=9)
    records = [sent("2", 100), sent("2", 300, 6), untimed, newest, before, canceled, received]
    digest = Digest.of(records)
    assert set(digest.destinations) == {"1", "2"}
    assert digest.destinations["2"].seconds_per_page == 50
    assert digest.destinations["2"].completed == 3
    failing = digest.destinations["1"]
    assert (failing.failed, failing.completed, failing.seconds_per_page) == (2, 0, 0)
    assert (failing.last_failure, failing.last_reason) == (NOW, Reason.BUSY)


def test_what_is_told_apart_is_bounded_and_what_is_left_out_is_counted() -> None:
    digest = Digest(UTC, most=3, oldest=2)
    for number in range(10):
        for _ in range(2):
            digest.add(
                fax(
                    recipient_number=str(number),
                    status=Status.FAILED,
                    reason_text=f"trouble {number}",
                )
            )
    assert list(digest.destinations) == ["0", "1", "2"]
    assert [each.failed for each in digest.destinations.values()] == [2, 2, 2]
    assert digest.destinations.left_out == 14
    assert sum(digest.failures.values()) + digest.failures.left_out == 20


@given(st.permutations(range(8)))
def test_the_oldest_open_faxes_are_kept(ages: list[int]) -> None:
    digest = Digest(UTC, oldest=3)
    for age in ages:
        at = NOW - timedelta(hours=age) if age else None
        digest.add(fax(id=str(age), status=Status.QUEUED, submitted_at=at))
    assert [each.id for each in digest.open_faxes] == ["7", "6", "5"]
    assert digest.open_count == 8


def test_jobs_and_the_vendors_totals() -> None:
    running = JobRecord(provider="openfax", account="east", id="1", state=JobState.RUNNING)
    done = JobRecord(provider="openfax", account="east", id="2", state=JobState.COMPLETED)
    numbers = [
        UsageRecord(
            provider="interfax",
            account="acme",
            direction=Direction.INBOUND,
            user="ada",
            phone_number=number,
            faxes=2,
            pages=3,
            cost=Decimal("0.10"),
        )
        for number in ("1", "2")
    ]
    digest = Digest.of([running, done, *numbers])
    assert digest.running == [running]
    assert digest.jobs == {JobState.RUNNING: 1, JobState.COMPLETED: 1}
    (total,) = digest.vendor_totals.values()
    assert (total.faxes, total.pages, total.costs) == (4, 6, {None: Decimal("0.20")})


@given(
    st.lists(
        st.builds(
            fax,
            account=st.sampled_from(["a", "b"]),
            user=st.sampled_from([None, "ada", "bob"]),
            direction=st.sampled_from(Direction),
            status=st.sampled_from(Status),
            pages=st.none() | st.integers(0, 5),
            cost=st.none() | st.decimals(0, 9, places=4),
            currency=st.sampled_from([None, "USD", "EUR"]),
            submitted_at=st.none() | st.just(NOW),
        )
    )
)
def test_no_fax_is_lost_or_counted_twice(faxes: list[FaxRecord]) -> None:
    digest = Digest.of(faxes)
    costs: Counter[str | None] = Counter()
    for each in faxes:
        if each.cost is not None:
            costs[each.currency] += each.cost  # type: ignore[assignment]  # decimals add up too
    for totals in (digest.groups, digest.payers):
        whole = Total.of(totals.values())
        assert whole.faxes == len(faxes)
        assert whole.pages == sum(each.pages or 0 for each in faxes)
        assert whole.costs == costs
    assert sum(digest.days.values()) == len(faxes)
