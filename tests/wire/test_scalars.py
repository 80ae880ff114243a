import pickle
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faxapi.errors import ConfigurationError, DecodeError
from faxapi.wire.models import decode
from faxapi.wire.scalars import Reading, Unit, format_time, parse_span, parse_time
from tests.wire.samples import Color, Item, Level

ROME = ZoneInfo("Europe/Rome")
NEW_YORK = ZoneInfo("America/New_York")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "microsecond"),
    [
        ("2016-11-25T15:57:40", 0),
        ("2016-11-25T15:57:40.1", 100_000),
        ("2016-11-25T15:57:40.12", 120_000),
        ("2016-11-25T15:57:40.123", 123_000),
        ("2016-11-25T15:57:40.1234", 123_400),
        ("2016-11-25T15:57:40.12345", 123_450),
        ("2016-11-25T15:57:40.123456", 123_456),
        ("2016-11-25T15:57:40.1234567", 123_456),
        ("2016-11-25T15:57:40.0000000", 0),
        ("2016-11-25 15:57:40", 0),
        ("\r\n 2016-11-25T15:57:40 \n", 0),
    ],
)
@pytest.mark.parametrize(
    ("suffix", "zone", "hour", "assumed"),
    [
        ("Z", ROME, 15, False),
        ("+00:00", ROME, 15, False),
        ("+02:00", NEW_YORK, 13, False),
        ("-05:00", ROME, 20, False),
        ("+05:30", UTC, 10, False),
        ("", UTC, 15, True),
        ("", ROME, 14, True),
        ("", NEW_YORK, 20, True),
    ],
    ids=["Z", "zero", "east", "west", "half", "none-utc", "none-rome", "none-new-york"],
)
def test_a_time_with_0_to_7_fraction_digits_in_a_zone_or_none(
    text: str, microsecond: int, suffix: str, zone: tzinfo, hour: int, *, assumed: bool
) -> None:
    reading = Reading(zone=zone)
    found = parse_time(text.rstrip() + suffix, reading)
    minute = 27 if suffix == "+05:30" else 57
    assert found == utc(2016, 11, 25, hour, minute, 40, microsecond)
    assert found is not None
    assert found.tzinfo is UTC
    assert reading.zone_assumed is assumed


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00",
        "0001-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00-05:00",
        "0001-01-01T00:00:00.0000000",
        "0000-00-00",
        "0000-00-00T00:00:00",
        "0000-00-00 00:00:00Z",
        "9999-12-31T23:59:59.9999999",
        "9999-12-31T23:59:59.9999999Z",
        "9999-12-31T23:59:59.9999999-05:00",
        "9999-12-31",
        "1900-01-01T00:00:00",
        "1900-01-01T00:00:00Z",
        "1/1/0001 12:00:00 AM",
        "1/1/1900",
        "/Date(-62135596800000)/",
        "/Date(-62135596800000+0100)/",
        r"\/Date(-62135596800000)\/",
        "/Date(253402300799999)/",
        "/Date(999999999999999)/",
        "/Date(-999999999999999)/",
        "",
        "  \n",
    ],
)
@pytest.mark.parametrize("zone", [UTC, ROME, NEW_YORK, timezone(timedelta(hours=14))], ids=str)
def test_what_stands_for_no_time(text: str, zone: tzinfo) -> None:
    reading = Reading(zone=zone)
    assert parse_time(text, reading) is None
    assert not reading.zone_assumed


@pytest.mark.parametrize(
    "text",
    [
        "/Date(1480089460000)/",
        "/Date(1480089460000+0100)/",
        "/Date(1480089460000-0500)/",
        r"\/Date(1480089460000+0100)\/",
        r"\/Date(1480089460000)\/",
    ],
)
def test_a_microsoft_json_time_is_utc_whatever_its_offset(text: str) -> None:
    reading = Reading(zone=ROME)
    assert parse_time(text, reading) == utc(2016, 11, 25, 15, 57, 40)
    assert not reading.zone_assumed


def test_a_microsoft_json_time_before_1970_and_with_milliseconds() -> None:
    assert parse_time("/Date(-1)/", Reading()) == utc(1969, 12, 31, 23, 59, 59, 999_000)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("4/5/2010 7:44:12 PM", (2010, 4, 5, 19, 44, 12)),
        ("04/05/2010 07:44:12 pm", (2010, 4, 5, 19, 44, 12)),
        ("4/5/2010 7:44:12 AM", (2010, 4, 5, 7, 44, 12)),
        ("4/5/2010 12:00:00 AM", (2010, 4, 5, 0, 0, 0)),
        ("4/5/2010 12:30:00 PM", (2010, 4, 5, 12, 30, 0)),
        ("12/31/2010 7:44 PM", (2010, 12, 31, 19, 44, 0)),
        ("12/31/2010 7:44:12PM", (2010, 12, 31, 19, 44, 12)),
        ("12/31/2010 19:44:12", (2010, 12, 31, 19, 44, 12)),
        ("12/31/2010", (2010, 12, 31, 0, 0, 0)),
    ],
)
def test_an_american_text_is_a_time_in_the_accounts_zone(text: str, parts: tuple[int, ...]) -> None:
    reading = Reading(zone=NEW_YORK)
    local = datetime(*parts, tzinfo=NEW_YORK)  # type: ignore[misc,arg-type]
    assert parse_time(text, reading) == local.astimezone(UTC)
    assert reading.zone_assumed


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2024-01-01T02:30:00.0000000 PM",
        "2024-01-01T02:30:00.1234567EST",
        "2024-01-01T02:30:00 +01:00 or so",
        "2016-13-01T00:00:00",
        "2016-02-30",
        "13/31/2010",
        "2/30/2010 1:00 PM",
        "4/5/2010 25:00:00",
        "4/5/10",
        "2016-11-25T15:57:40+25:00",
        "2016-11-25T15:57:40 CET",
        "/Date()/",
        "/Date(1e3)/",
        "\u0664/\u0665/\u0662\u0660\u0661\u0660",
    ],
)
def test_no_time_is_an_error_that_does_not_repeat_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not a date and time$") as caught:
        parse_time(text, Reading())
    assert caught.value.__context__ is None


@given(
    st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(9998, 12, 31)),  # noqa: DTZ001 - the zone is the test's
    st.sampled_from([UTC, ROME, NEW_YORK, ZoneInfo("Asia/Kolkata")]),
)
def test_a_time_that_was_sent_is_read_back(local: datetime, zone: tzinfo) -> None:
    moment = local.replace(microsecond=0, tzinfo=UTC)
    written = format_time(moment, zone)
    there = datetime.fromisoformat(written)
    # The hour that a zone has twice is written the same way twice.
    assert moment.astimezone(zone).replace(tzinfo=None, fold=0) == there
    if moment.astimezone(zone).fold == 0:
        assert parse_time(written, Reading(zone=zone)) == moment


@pytest.mark.parametrize(
    ("moment", "zone", "text"),
    [
        (utc(2024, 2, 29, 23, 30, 1, 999_999), UTC, "2024-02-29T23:30:01"),
        (utc(2024, 2, 29, 23, 30), ROME, "2024-03-01T00:30:00"),
        (utc(2024, 7, 1, 12), NEW_YORK, "2024-07-01T08:00:00"),
        (datetime(2024, 7, 1, 12, tzinfo=ROME), UTC, "2024-07-01T10:00:00"),
        (date(2024, 7, 1), NEW_YORK, "2024-07-01T00:00:00"),
        (date(1, 1, 1), ROME, "0001-01-01T00:00:00"),
        (utc(33, 4, 3), UTC, "0033-04-03T00:00:00"),
    ],
)
def test_a_date_in_a_request_is_on_the_vendors_clock_without_a_zone(
    moment: date, zone: tzinfo, text: str
) -> None:
    assert format_time(moment, zone) == text


def test_a_time_without_a_zone_is_not_sent() -> None:
    naive = datetime(2024, 7, 1)  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ConfigurationError, match=r"^TimeFrom is a datetime without a time zone\. "):
        format_time(naive, UTC, "TimeFrom")


@pytest.mark.parametrize(
    ("moment", "hours"),
    [(datetime.max.replace(tzinfo=UTC), 1), (datetime.min.replace(tzinfo=UTC), -1)],
)
def test_a_time_that_the_vendors_calendar_has_not_is_not_sent(moment: datetime, hours: int) -> None:
    with pytest.raises(ConfigurationError, match="at the end of the calendar"):
        format_time(moment, timezone(timedelta(hours=hours)))


SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.mark.parametrize(
    ("value", "unit", "span"),
    [
        ("0", SECOND, timedelta()),
        ("90", SECOND, timedelta(seconds=90)),
        ("1.5", MINUTE, timedelta(seconds=90)),
        (".5", MINUTE, timedelta(seconds=30)),
        ("0.0500", MINUTE, timedelta(seconds=3)),
        ("1E-05", MINUTE, timedelta(microseconds=600)),
        ("1E1", MINUTE, timedelta(minutes=10)),
        (" 2 ", MINUTE, timedelta(minutes=2)),
        ("1:30", MINUTE, timedelta(seconds=90)),
        ("01:02:03", SECOND, timedelta(hours=1, minutes=2, seconds=3)),
        ("0:00:01.5", SECOND, timedelta(seconds=1.5)),
        (90, SECOND, timedelta(seconds=90)),
        (1.5, MINUTE, timedelta(seconds=90)),
        (Decimal("0.1"), MINUTE, timedelta(seconds=6)),
        ("INF", MINUTE, None),
        ("-INF", MINUTE, None),
        ("NaN", MINUTE, None),
        ("", MINUTE, None),
        ("  ", MINUTE, None),
    ],
)
def test_a_span(value: str | float | Decimal, unit: timedelta, span: timedelta | None) -> None:
    assert parse_span(value, unit) == span


@pytest.mark.parametrize(
    "text", ["long", "1,5", "1:2:3:4", "1E400", "9" * 400, "9" * 99 + ":00:00", "1h", "--1"]
)
def test_no_span_is_an_error_that_does_not_repeat_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^not a span of time$") as caught:
        parse_span(text, MINUTE)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("unit", [SECOND, MINUTE])
@given(st.integers(min_value=0, max_value=10**9))
def test_a_span_is_counted_as_it_is_read(unit: timedelta, ticks: int) -> None:
    span = timedelta(milliseconds=ticks)
    counted = Unit(unit).count(span)
    read = parse_span(f"{counted:f}", unit)
    assert read is not None
    assert abs(read - span) <= timedelta(microseconds=1)


def item(**values: object) -> Item:
    return decode(Item, {"ItemID": "1", **values}, Reading(), path="Item")


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Cost", "0.1100", Decimal("0.1100")),
        ("Cost", "0", Decimal(0)),
        ("Cost", "-12.50", Decimal("-12.50")),
        ("Cost", "1E-05", Decimal("1E-05")),
        ("Cost", "79228162514264337593543950335", Decimal(79228162514264337593543950335)),
        ("Cost", 0.11, Decimal("0.11")),
        ("Good", "true", True),
        ("Good", "false", False),
        ("Good", "1", True),
        ("Good", "0", False),
        ("Pages", "-3", -3),
        ("Pages", "2147483647", 2147483647),
        ("Pages", 7, 7),
        ("Color", "Red", Color.RED),
        ("Level", "3", Level.HIGH),
        ("Image", "JVBERi0=", b"%PDF-"),
        ("Image", "JVBE\r\nRi0=", b"%PDF-"),
        ("Phone", "", ""),
        ("Phone", "  ", "  "),
        ("Phone", 39055, "39055"),
        ("Phone", 1.5, "1.5"),
        ("Secret", "s3cret", None),
    ],
)
def test_scalars_of_dot_net(name: str, text: object, value: object) -> None:
    found = item(**{name: text})
    attribute = {each: key for key, each in Item.wire_names().items()}[name]
    if name == "Secret":
        assert found.secret is not None
        assert found.secret.get_secret_value() == text
    else:
        assert getattr(found, attribute) == value
        # Decimals compare by value; their trailing zeros count too.
        assert str(getattr(found, attribute)) == str(value)


NUMBERS = ["Pages", "Good", "Cost", "Sent", "Length", "Minutes", "Color", "Level"]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ["", "  ", "\n", None], ids=["empty", "blank", "line", "nil"])
def test_an_empty_or_nil_number_flag_time_or_enum_is_none(name: str, value: str | None) -> None:
    found = item(**{name: value})
    assert found == item()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("Pages", "INF", "valid integer"),
        ("Pages", "NaN", "valid integer"),
        ("Pages", "two", "valid integer"),
        ("Pages", "1.5", "valid integer"),
        ("Pages", "9" * 5000, "maximum size"),
        ("Cost", "INF", "finite number"),
        ("Cost", "-INF", "finite number"),
        ("Cost", "NaN", "finite number"),
        ("Cost", "1E+99", "38 digits"),
        ("Cost", "free", "valid decimal"),
        ("Good", "perhaps", "valid boolean"),
        ("Sent", "soon", "Input should be a valid datetime"),
        ("Length", "long", "Input should be a valid timedelta"),
        ("Length", [1], "valid timedelta"),
        ("Color", "Blue", "'Red' or 'Green'"),
        ("Image", "image", "Base64"),
        ("Phone", {"a": "b"}, "valid string"),
    ],
)
def test_a_value_that_does_not_fit_is_named_by_its_path_and_never_repeated(
    name: str, text: object, reason: str
) -> None:
    with pytest.raises(DecodeError, match=f"^Item/{name}: .*{reason}") as caught:
        item(**{name: text})
    error = caught.value
    assert str(text) not in f"{error} {error!r} {pickle.dumps(error)!r}"
    assert error.__context__ is None
    assert error.__cause__ is None
