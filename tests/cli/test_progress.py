"""The picture of a collection's progress."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from faxapi import AccountProgress, Feed, Kind, Progress, Waiting
from faxapi.cli.progress import picture

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def account(
    feeds: tuple[int, int] = (0, 2),
    *,
    records: int = 0,
    errors: int = 0,
    waits: tuple[float, ...] = (),
) -> AccountProgress:
    """An account of which so many feeds are done, and others wait for so many seconds."""
    done, all_feeds = feeds
    waiting = tuple(
        Waiting(Feed("acme", Kind.FAXES), "rate limit", NOW + timedelta(seconds=seconds))
        for seconds in waits
    )
    return AccountProgress(all_feeds, done, records, 7, errors, waiting)


def drawn(accounts: dict[str, AccountProgress], width: int = 80, height: int = 24) -> list[str]:
    progress = Progress(
        accounts=len(accounts),
        accounts_done=sum(each.done for each in accounts.values()),
        kinds={},
        records={Kind.FAXES: sum(each.records for each in accounts.values())},
        requests=1234,
        bytes=0,
        waits=(),
        elapsed=timedelta(seconds=754),
        by_account=accounts,
    )
    console = Console(width=width, height=height, force_terminal=True, color_system=None)
    with console.capture() as capture:
        console.print(picture(progress, width, height, NOW))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_each_account_has_a_line() -> None:
    accounts = {
        "acme": account((1, 2), records=12_345),
        "east": account((2, 2), records=5),
        "wrong": account((1, 2), errors=2),
        "ucx": account(waits=(41.2, 0.4)),
    }
    head, acme, east, wrong, ucx, total = drawn(accounts)
    assert head.split() == ["Account", "Done", "Records", "Requests"]
    assert acme.split()[0] == "acme"
    assert acme.split()[-3:] == ["1/2", "12,345", "7"]
    assert east.endswith("done")
    assert wrong.endswith("2 errors")
    assert ucx.endswith("waits 1 s: rate limit")
    assert total == "12:34  1 of 4 accounts done, 12,350 records, 1,234 requests"


@pytest.mark.parametrize(("left", "shown"), [(42.0, 42), (41.2, 42), (0.4, 1), (-3.0, 1)])
def test_a_wait_is_counted_down_to_1(left: float, shown: int) -> None:
    assert drawn({"acme": account(waits=(left,))})[1].endswith(f"waits {shown} s: rate limit")


def test_a_thousand_accounts_fit_the_screen_and_busy_ones_come_first() -> None:
    accounts = {f"acme-{n}": account((2, 2) if n % 2 else (1, 2)) for n in range(1000)}
    lines = drawn(accounts)
    assert len(lines) < 24
    assert all("1/2" in line for line in lines[1:-2])
    assert lines[-2] == f"and {1000 - len(lines[1:-2]):,} more accounts"
    assert lines[-1].startswith("12:34  500 of 1,000 accounts done, ")


def test_the_order_stays_where_all_fit() -> None:
    accounts = {"a": account((2, 2)), "b": account(), "c": account((2, 2))}
    assert [line.split()[0] for line in drawn(accounts)[1:-1]] == ["a", "b", "c"]


@pytest.mark.parametrize("width", [20, 40, 50, 69, 70, 80, 200])
def test_it_fits_any_width(width: int) -> None:
    accounts = {"a rather long name of an account": account(records=10**6, waits=(60,))}
    lines = drawn(accounts, width)
    assert max(map(len, lines)) <= width
    assert len(lines) == 3
    assert any("Requests" in line for line in lines) == (width >= 70)


def test_a_name_cannot_steer_the_terminal() -> None:
    text = "\n".join(drawn({"\x1b[2Jacme": account()}))
    assert "\x1b" not in text
    assert "[2Jacme" in text
