"""Times and spans as they are written on the command line."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import typer

from faxapi.cli.times import moment, shown, shown_window, span, window


@pytest.fixture(autouse=True)
def _rome(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "Europe/Rome")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("50m", 3000), ("7d", 604800), ("1h30m", 5400), ("2W", 1209600), (" 9s ", 9), ("0s", 0)],
)
def test_a_span(text: str, seconds: int) -> None:
    assert span(text).total_seconds() == seconds


@pytest.mark.parametrize("text", ["", "7", "d", "-7d", "7 d", "1.5h", "٣d", "7y", "seven days"])
def test_what_is_no_span_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no span: write 50m, 36h, 7d or 1h30m"):
        span(text)


@pytest.mark.parametrize("text", ["99999999999d", "9" * 5000 + "w"])
def test_a_span_longer_than_any_calendar(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is too long for a calendar") as caught:
        span(text)
    assert len(caught.value.message) < 80


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-11-01", "2026-10-31T23:00"),
        ("2026-07-01", "2026-06-30T22:00"),
        ("2026-11-01T10:00", "2026-11-01T09:00"),
        ("2026-11-01 10:00", "2026-11-01T09:00"),
        ("2026-11-01T10:00Z", "2026-11-01T10:00"),
        ("2026-11-01t10:00z", "2026-11-01T10:00"),
        ("2026-11-01T10:00+05:30", "2026-11-01T04:30"),
        # Clocks go back, and the time comes twice.
        ("2026-10-25T02:30", "2026-10-25T00:30"),
    ],
)
def test_a_written_time_is_the_machines_unless_it_names_a_zone(text: str, utc: str) -> None:
    found = moment(text)
    assert found == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert found.tzinfo is UTC


def test_a_time_counted_from_now() -> None:
    before = datetime.now(UTC)
    found = [moment("36h") + timedelta(hours=36), moment("now")]
    after = datetime.now(UTC)
    assert all(before <= each <= after for each in found)


def test_today_begins_at_the_machines_midnight() -> None:
    now = datetime.now(UTC)
    today, yesterday = moment("today"), moment("Yesterday")
    assert shown(today).endswith(" 00:00")
    assert shown(yesterday).endswith(" 00:00")
    assert timedelta(0) <= now - today < timedelta(hours=26)
    assert timedelta(hours=23) <= today - yesterday <= timedelta(hours=25)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-11-01T25:00", "7", "01/11/2026"])
def test_what_is_no_time_is_told_how_to_write_one(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is no time: write 7d, 36h, today, yesterday"):
        moment(text)


@pytest.mark.parametrize(
    "text", ["0001-01-01", "9999-12-31", "9999-12-31T23:30Z", "0001-01-01T00:00+05:00", "800000d"]
)
def test_a_time_beyond_the_calendar(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is beyond the calendar"):
        window(None, moment(text))


def test_a_time_that_the_clocks_skip() -> None:
    with pytest.raises(typer.BadParameter, match="2026-03-29 02:30 does not exist"):
        moment("2026-03-29T02:30")


def test_a_window_is_the_last_seven_days_unless_told() -> None:
    found = window(None, None)
    assert found.until - found.since == timedelta(days=7)
    assert window(None, moment("2026-11-08")).since == moment("2026-11-01")
    assert shown_window(window(None, moment("2026-11-08"))) == (
        "2026-11-01 00:00 to 2026-11-08 00:00 CET"
    )


def test_a_window_without_time_in_it_says_so_in_the_machines_zone() -> None:
    with pytest.raises(typer.BadParameter) as caught:
        window(moment("2026-11-08"), moment("2026-11-08"))
    assert caught.value.message == (
        "--since, 2026-11-08 00:00, is not before --until, 2026-11-08 00:00"
    )
    with pytest.raises(typer.BadParameter, match="is not before now, "):
        window(moment("8999-01-01"), None)


def test_times_are_shown_in_the_machines_zone() -> None:
    assert shown(datetime(2026, 7, 1, 12, tzinfo=UTC)) == "2026-07-01 14:00"
    assert shown(None) == ""
