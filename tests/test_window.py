import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from faxapi.errors import ConfigurationError
from faxapi.window import Window, zone

NOON = datetime(2024, 7, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
ROME = ZoneInfo("Europe/Rome")
NAIVE = datetime(2024, 7, 1, 12)  # noqa: DTZ001 - naive on purpose


class Vague(tzinfo):
    """A zone that does not know its offset, so that its times are naive."""

    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = utcoffset

    def tzname(self, _: datetime | None) -> str:
        return "vague"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def test_the_start_is_in_a_window_and_the_end_is_not() -> None:
    window = Window(NOON, NOON + HOUR)
    assert NOON in window
    assert NOON + HOUR - TICK in window
    assert NOON + HOUR not in window
    assert NOON - TICK not in window
    assert (NOON + TICK).astimezone(ROME) in window


def test_both_ends_are_kept_in_utc() -> None:
    local = NOON.astimezone(ROME)
    window = Window(local, local + HOUR)
    assert (window.since.tzinfo, window.until.tzinfo) == (UTC, UTC)
    assert window == Window(NOON, NOON + HOUR)
    assert hash(window) == hash(Window(NOON, NOON + HOUR))
    assert window == pickle.loads(pickle.dumps(window))  # noqa: S301 - our own


@pytest.mark.parametrize("naive", [NAIVE, NAIVE.replace(tzinfo=Vague()), date(2024, 7, 1), None])
def test_an_end_without_a_zone_is_refused_by_its_name(naive: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(ConfigurationError, match=r"^Window.since has no time zone. Give an aware"):
        Window(naive, NOON)
    with pytest.raises(ConfigurationError, match=r"^Window.until has no time zone. Give an aware"):
        Window(NOON, naive)


@pytest.mark.parametrize("span", [timedelta(), -TICK, -HOUR])
def test_an_end_that_is_not_after_the_start_is_refused(span: timedelta) -> None:
    with pytest.raises(ConfigurationError, match="Its end must be after its start"):
        Window(NOON, NOON + span)
    with pytest.raises(ConfigurationError, match="Its end must be after its start"):
        Window.last(span)


def test_an_end_that_utc_cannot_have_is_refused() -> None:
    start = datetime.min.replace(tzinfo=timezone(HOUR))
    with pytest.raises(ConfigurationError, match=r"^Window.since is beyond the calendar"):
        Window(start, NOON)


@pytest.mark.parametrize("year", [1, 1969, 9001, 9999])
def test_a_window_leaves_room_for_zones_and_margins(year: int) -> None:
    moment = datetime(year, 6, 1, tzinfo=UTC)
    with pytest.raises(ConfigurationError, match="from 1970 to 9000"):
        Window(min(moment, NOON), max(moment, NOON))


def test_the_last_hours_up_to_now() -> None:
    before = datetime.now(UTC)
    window = Window.last(HOUR)
    assert before <= window.until <= datetime.now(UTC)
    assert window.until - window.since == HOUR
    assert Window.last(HOUR, now=NOON) == Window(NOON - HOUR, NOON)
    with pytest.raises(ConfigurationError, match="has no time zone"):
        Window.last(HOUR, now=NAIVE)


@pytest.mark.parametrize(
    ("day", "tz", "since", "hours"),
    [
        (date(2024, 7, 1), "UTC", utc(2024, 7, 1), 24),
        (date(2024, 7, 1), "Europe/Rome", utc(2024, 6, 30, 22), 24),
        (date(2024, 3, 31), "Europe/Rome", utc(2024, 3, 30, 23), 23),
        (date(2024, 10, 27), "Europe/Rome", utc(2024, 10, 26, 22), 25),
        (date(2024, 3, 31), ROME, utc(2024, 3, 30, 23), 23),
        (date(2024, 3, 10), "America/New_York", utc(2024, 3, 10, 5), 23),
        (date(2024, 12, 31), timezone(5 * HOUR), utc(2024, 12, 30, 19), 24),
        # Clocks there change at midnight: that day begins at 01:00, this one has 23:00 twice.
        (date(2018, 11, 4), "America/Sao_Paulo", utc(2018, 11, 4, 3), 23),
        (date(2018, 2, 17), "America/Sao_Paulo", utc(2018, 2, 17, 2), 25),
    ],
)
def test_a_day_of_a_zone_has_23_24_or_25_hours(
    day: date, tz: str | tzinfo, since: datetime, hours: int
) -> None:
    assert Window.day(day, tz) == Window(since, since + hours * HOUR)


@pytest.mark.parametrize(
    ("year", "month", "since", "until"),
    [
        (2024, 1, utc(2023, 12, 31, 23), utc(2024, 1, 31, 23)),
        (2024, 2, utc(2024, 1, 31, 23), utc(2024, 2, 29, 23)),
        (2024, 3, utc(2024, 2, 29, 23), utc(2024, 3, 31, 22)),
        (2024, 10, utc(2024, 9, 30, 22), utc(2024, 10, 31, 23)),
        (2024, 12, utc(2024, 11, 30, 23), utc(2024, 12, 31, 23)),
    ],
)
def test_a_month_of_a_zone(year: int, month: int, since: datetime, until: datetime) -> None:
    assert Window.month(year, month, "Europe/Rome") == Window(since, until)


def test_months_and_days_follow_each_other_without_gap_or_overlap() -> None:
    months = [Window.month(2024, month, "Europe/Rome") for month in range(1, 13)]
    assert [month.since for month in months[1:]] == [month.until for month in months[:-1]]
    assert Window.days(date(2024, 1, 1), date(2025, 1, 1), ROME) == Window(
        months[0].since, months[-1].until
    )
    days = [Window.day(date(2024, 10, 25) + timedelta(days=at), ROME) for at in range(5)]
    assert [day.since for day in days[1:]] == [day.until for day in days[:-1]]


@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_month_that_no_year_has_is_a_value_error(month: int) -> None:
    with pytest.raises(ValueError, match="month"):
        Window.month(2024, month, "UTC")


def test_zones_by_name_and_as_they_are() -> None:
    assert zone("Europe/Rome") is ROME
    assert zone("UTC") is zone("utc") is UTC
    assert zone(ROME) is ROME


@pytest.mark.parametrize(
    "name",
    [
        "Europe/Atlantis",
        "Europe",
        "",
        "../../etc/passwd",
        "/etc/passwd",
        "a\0b",
        "CEST+1",
        "\ud83d",
    ],
    ids=ascii,
)
def test_a_wrong_zone_is_an_error_that_says_what_to_do(name: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"no time zone is called .*IANA.*tzdata"
    ) as caught:
        zone(name)
    assert caught.value.__context__ is None
    with pytest.raises(ConfigurationError, match="no time zone is called"):
        Window.day(date(2024, 7, 1), name)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Window.last(timedelta(days=800_000)),
        lambda: Window.day(date.max, "UTC"),
        lambda: Window.month(2026, 13, "UTC"),
    ],
)
def test_what_no_calendar_has_is_named(make: Callable[[], Window]) -> None:
    with pytest.raises(ConfigurationError, match=r"Window\.\w+ is beyond the calendar"):
        make()


@pytest.mark.parametrize("wrong", [None, 5, timedelta(0), b"UTC"])
def test_what_is_no_zone_is_refused_by_its_type(wrong: Any) -> None:  # noqa: ANN401 - wrong on purpose
    with pytest.raises(ConfigurationError, match=f"of type {type(wrong).__name__}"):
        Window.day(date(2026, 3, 1), wrong)
