"""The HTML report, read without a browser; tests/browser looks at it in one."""

from __future__ import annotations

import re
import sys
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from hashlib import sha256
from importlib import import_module

import pytest

from faxapi import (
    Direction,
    FaxRecord,
    JobRecord,
    JobState,
    Kind,
    Notice,
    Outcome,
    Reason,
    ServiceUnavailable,
    Status,
    UsageRecord,
    Window,
)
from faxapi.notice import Feed
from faxapi.records import Record
from faxapi.render import words
from faxapi.render.chart import Bars
from faxapi.render.digest import Digest
from faxapi.render.html import to_html
from faxapi.report import Summary
from tests.render.page import NOW, WEEK, Reader, fax, outcome, page

EVIL = "<script>document.title = 'owned'</script>\"'&{{ 7 * 7 }}"
WRITTEN_BY_STRANGERS = (
    "user",
    "sender",
    "recipient_number",
    "recipient_name",
    "remote_id",
    "subject",
)
# A dash.
NOTHING = words.NOTHING
NUMBER = "+1 212 555 0143"


def outage() -> ServiceUnavailable:
    return ServiceUnavailable("the server failed to answer", http_status=503, hint="Try later")


def test_what_is_missing_and_why_comes_first() -> None:
    gap = Notice(
        "retention",
        "older faxes are gone",
        feed=Feed("acme", Kind.FAXES, Direction.OUTBOUND),
        gap=True,
        since=NOW - timedelta(days=7),
        until=NOW - timedelta(days=3),
    )
    found = Reader(
        page(
            [fax()],
            [
                outcome("acme", notices=(gap,)),
                outcome("east", 0, errors=(outage(),)),
                outcome("west", 0, errors=(outage(),)),
            ],
        )
    )
    head = found.text.partition("Sent")[0]
    assert "Not complete 3 of 3 parts are not complete" in head
    outages, gaps = head.index("the server failed to answer"), head.index("older faxes are gone")
    assert outages < gaps
    # Told once for both accounts.
    assert "east faxes; west faxes nothing came the server failed to answer HTTP 503" in head
    assert "What to do: Try later" in head
    assert "acme outbound faxes something is missing older faxes are gone retention" in head
    assert "From 2026-11-13 12:00 until 2026-11-17 12:00" in head
    assert found.text.count("the server failed to answer") == 1


def test_a_complete_report_says_so_first() -> None:
    text = Reader(page([fax()])).text
    assert "Complete Everything that was asked for is here" in text.partition("Sent")[0]
    assert "Not complete" not in text


def test_an_account_that_failed_has_no_figures_rather_than_0() -> None:
    found = Reader(page([fax()], [outcome(), outcome("east", 0, errors=(outage(),))]))
    head, east, acme = found.tables["By account"]
    numbers = ["Sent", "Failed", "Success", "Received", "In process", "Pages", "Cost"]
    assert head == ["Account", *numbers]
    assert east == ["east not complete interfax", *[NOTHING] * 7]
    assert acme == ["acme interfax", "1", "0", "100 %", "0", "0", "0", NOTHING]


def test_notices_that_are_no_gap_come_last() -> None:
    notice = Notice("waited", "it waited 60 s for the provider's limits")
    text = Reader(page([fax()], [outcome(notices=(notice,))])).text
    assert "Worth knowing acme faxes it waited 60 s" in text.partition("Faxes in process")[2]


def test_who_when_where_and_by_what_version() -> None:
    text = Reader(page([])).text
    assert text.startswith("Fax report, 13 to 20 Nov 2026")
    assert "2026-11-13 12:00 to 2026-11-20 12:00 · UTC" in text
    assert re.search(r"Made 2026-11-20 12:00 by faxapi \d+\.\d+", text)


def test_figures_and_tables() -> None:
    records: list[Record] = [
        fax(pages=3, cost=Decimal("0.30"), currency="USD", user="ada", recipient_number=NUMBER),
        fax(status=Status.FAILED, reason=Reason.NO_ANSWER, status_code="6001", user="ada"),
        fax(direction=Direction.INBOUND, pages=4),
        fax(status=Status.CANCELED),
        fax(status=Status.IN_PROGRESS, user="bob", recipient_number=NUMBER),
        *[fax(status=Status.FAILED, recipient_number=NUMBER, reason=Reason.BUSY)] * 2,
        JobRecord(
            provider="openfax", account="east", id="88", state=JobState.RUNNING, destinations=1200
        ),
        UsageRecord(
            provider="interfax",
            account="acme",
            direction=Direction.OUTBOUND,
            user="ada",
            faxes=1,
            pages=3,
            cost=Decimal("0.3"),
            currency="USD",
        ),
    ]
    found = Reader(page(records))
    figures = "Sent 1 3 pages Success 25.0 % of 4 that ended Failed 3 outbound Received 1 4 pages"
    assert f"{figures} In process 1 1 job running Cost 0.30 USD" in found.text
    assert found.tables["Why faxes failed"][1:] == [
        ["busy", NOTHING, "interfax", "66.7 %", "2"],
        ["no answer", "6001", "interfax", "33.3 %", "1"],
    ]
    assert ["ada", "acme", "2026-11", "outbound", "1", "3", "0.30 USD"] in (
        found.tables["Pages and cost by user"]
    )
    assert found.tables["Pages and cost by user"][-1] == ["All", "", "", "", "7", "7", "0.30 USD"]
    assert found.tables["The providers' own totals"][1:] == [
        ["ada", "acme", "outbound", "1", "3", "0.30 USD"]
    ]
    assert found.tables["Destinations that failed repeatedly"][1:] == [
        ["••••43", "2026-11-20 11:00 busy", "2", "1"]
    ]
    assert found.tables["Running jobs"][1:] == [["88", "east", NOTHING, "1,200", NOTHING, NOTHING]]
    assert found.tables["Faxes in process"][1:] == [
        ["2026-11-20 11:00", "acme", "bob", "••••43", "in progress", NOTHING]
    ]


def test_markup_that_a_stranger_wrote_is_text() -> None:
    records = [
        fax(
            provider=f"p{EVIL}",
            account=EVIL,
            status=status,
            status_code=EVIL,
            reason=Reason.BUSY,
            reason_text=EVIL,
            **dict.fromkeys(WRITTEN_BY_STRANGERS, EVIL),
            cost=Decimal(1),
            currency=EVIL,
        )
        for status in [*Status, Status.FAILED]
    ]
    job = JobRecord(provider=EVIL, account=EVIL, id=EVIL, bill_code=EVIL, state=JobState.RUNNING)
    error = ServiceUnavailable(EVIL, hint=EVIL, code=EVIL, operation=EVIL)
    notice = Notice(EVIL, EVIL)
    outcomes = [
        Outcome(EVIL, EVIL, Kind.FAXES, 1, errors=(error,), notices=(notice,)),
        Outcome(EVIL, EVIL, Kind.JOBS, 1),
    ]
    text = page([*records, job], outcomes, show_recipients=True)
    assert "<script" not in text
    assert "{{ 7" in text
    found = Reader(text)
    assert found.text.count(EVIL) > 20
    assert {tag for tag, name, _ in found.attributes if name.startswith("on")} == set()


def test_half_a_character_fits_into_the_file() -> None:
    text = page([fax(user="Ren\ud800", status=Status.FAILED)])
    assert "Ren?" in text.encode().decode()


def test_it_names_nothing_that_could_be_fetched() -> None:
    found = Reader(page([fax(cost=Decimal(1))]))
    addresses = {
        value
        for _, name, value in found.attributes
        if name in {"src", "href", "srcset", "action", "data", "style", "xlink:href"}
    }
    assert addresses == {"data:,"}


def test_the_policy_allows_the_pages_own_styles_and_nothing_else() -> None:
    text = page([fax()])
    (policy,) = (
        value for tag, name, value in Reader(text).attributes if value.startswith("default")
    )
    rules = dict(rule.split(maxsplit=1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    styles = text.partition("<style>")[2].partition("</style>")[0]
    given = b64decode(rules["style-src"].removeprefix("'sha256-").removesuffix("'"))
    assert given == sha256(styles.encode()).digest()
    assert "url(" not in styles
    assert "@import" not in styles


PERSONAL = {
    "recipient_number": "+12125550143",
    "recipient_name": "Ada Example",
    "sender": "+442079460123",
    "subject": "Signed contract",
    "remote_id": "EXAMPLE LTD",
}


def personal() -> Iterator[FaxRecord]:
    for status in Status:
        yield fax(**PERSONAL, status=status, duration=timedelta(seconds=9), pages=1)
    text = f"no answer from {PERSONAL['recipient_number']}"
    yield fax(**PERSONAL, status=Status.FAILED, reason_text=text)


def test_numbers_names_and_subjects_are_masked() -> None:
    text = page(personal())
    assert [secret for secret in PERSONAL.values() if secret in text] == []
    assert "2125550" not in text
    assert "••••43" in text


def test_they_are_shown_on_request() -> None:
    text = page(personal(), show_recipients=True)
    for shown in ("recipient_number", "recipient_name", "subject"):
        assert PERSONAL[shown] in text
    assert "handle this file as you would the faxes" in text


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+12125550143", "••••43"),
        ("10002", "••••"),
        ("fax@example.com", "••••"),
        ("٠١٢٣٤٥٦", "••••٥٦"),
    ],
)
def test_a_short_number_is_masked_whole(number: str, shown: str) -> None:
    assert words.masked(number) == shown


@pytest.mark.parametrize(
    ("days", "span", "bars"),
    [(1, "day", 2), (90, "day", 91), (400, "week", 58), (900, "month", 30), (9000, "year", 25)],
)
def test_bars_are_of_spans_that_can_be_told_apart(days: int, span: str, bars: int) -> None:
    last = NOW.date()
    counts: dict[tuple[date | None, str], int] = {
        (last, "a"): 3,
        (last - timedelta(days=days), "b"): 2,
        (None, "a"): 9,
    }
    found = Bars.of(counts, last - timedelta(days=days), last)
    assert (found.span, len(found.starts), found.series) == (span, bars, ["a", "b"])
    assert found.counts == {(found.starts[-1], "a"): 3, (found.starts[0], "b"): 2}


def test_bars_reach_as_far_as_the_faxes() -> None:
    early, late = date(2026, 10, 30), date(2026, 11, 3)
    found = Bars.of({(early, "a"): 1, (late, "a"): 1}, date(2026, 11, 1), date(2026, 11, 2))
    assert (found.starts[0], found.starts[-1], len(found.starts)) == (early, late, 5)


def test_a_seventh_provider_is_one_of_the_others() -> None:
    day = NOW.date()
    found = Bars.of({(day, f"p{n}"): 9 - n for n in range(8)}, day, day)
    assert found.series == ["p0", "p1", "p2", "p3", "p4", "other providers"]
    assert found.counts[day, "other providers"] == 4 + 3 + 2


def test_the_chart_takes_its_colours_from_the_page_and_its_figures_are_a_table() -> None:
    text = page([fax(), fax(provider="openfax"), fax(submitted_at=None)])
    assert 'fill="var(--series-2)"' in text
    assert len(re.findall(r"<svg [^>]*class=\"marks\"", text)) == 3
    found = Reader(text)
    head, *rows = found.tables["Faxes per day"]
    assert head == ["Day", "interfax", "openfax"]
    assert rows[-1] == ["2026-11-20", "1", "1"]
    assert len(rows) == 8
    assert "1 faxes without a time" in found.text


def test_without_faxes_there_is_no_chart() -> None:
    text = page([])
    assert "No fax came for this time." in text
    assert 'class="marks"' not in text
    assert len(text) < 20_000


def test_a_thousand_accounts_over_400_days_stay_small_and_add_up() -> None:
    records = [
        fax(
            provider=f"p{n % 3}",
            account=f"a{n:03}",
            user=f"u{n}",
            pages=2,
            cost=Decimal("0.25"),
            currency="USD",
            recipient_number=str(10**9 + n),
            submitted_at=NOW - timedelta(days=n % 400),
        )
        for n in range(1000)
    ]
    outcomes = [outcome(f"a{n:03}", errors=(outage(),) if n < 700 else ()) for n in range(1000)]
    text = page(records, outcomes, Window(NOW - timedelta(days=400), NOW))
    assert len(text) < 250_000
    found = Reader(text)
    assert "700 of 1,000 parts are not complete" in found.text
    assert "and 696 more accounts" in found.text
    assert found.tables["By account"][-1][:2] == ["960 more accounts 660 not complete", "960"]
    rows = found.tables["Pages and cost by user"]
    assert rows[-2][0] == "940 more rows"
    assert rows[-1][-3:] == ["1,000", "2,000", "250.00 USD"]


def test_a_hundred_kinds_of_trouble_are_counted_where_they_are_not_told() -> None:
    gaps = tuple(
        Notice("skipped_record", f"record {n} could not be read", gap=True) for n in range(300)
    )
    text = Reader(page([], [outcome(notices=gaps)])).text
    assert "record 199 could" in text
    assert "record 200 could" not in text
    assert "And 100 that are not told here." in text


def test_numbers_that_are_not_listed_are_counted() -> None:
    digest = Digest(UTC, most=1)
    for number in ("1", "2", "3"):
        digest.add(fax(recipient_number=number, pages=1, duration=timedelta(seconds=40)))
    text = Reader(to_html(digest, Summary(), WEEK, made=NOW)).text
    assert "Of the first 1 numbers; 2 faxes went to others." in text


@pytest.mark.parametrize("package", ["jinja2", "vl_convert"])
def test_a_missing_extra_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("faxapi.render.html", "faxapi.render.chart"):
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r'pip install "faxapi\[report\]"'):
        import_module("faxapi.render.html")
