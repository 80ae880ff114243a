"""A cursor as a file: whole or not at all, for its owner alone, and never taken for another."""

import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from faxapi import ConfigurationError, Cursor, FaxApi, Feed, Kind, Window
from faxapi.cursor import AccountState, FeedState, login_of
from faxapi.records import Direction
from faxapi.sandbox import Sandbox

FEED = Feed("east", Kind.FAXES, Direction.OUTBOUND)
STATE = FeedState(since=datetime(2026, 3, 1, tzinfo=UTC), state={"top": 7})
ACCOUNT = AccountState(provider="interfax", login=login_of("acme"))
CURSOR = Cursor().with_feeds([(FEED, ACCOUNT, STATE)])


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "faxes.cursor"
    assert Cursor.load(path) is None
    CURSOR.save(path)
    assert Cursor.load(path) == CURSOR
    assert Cursor.model_validate_json(CURSOR.model_dump_json()) == CURSOR
    assert Cursor.from_json(CURSOR.model_dump_json()) == CURSOR
    assert CURSOR.feed(FEED) == STATE
    assert CURSOR.feed(Feed("west", Kind.FAXES)) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such modes")
def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "faxes.cursor"
    path.write_text("old")
    path.chmod(0o644)
    CURSOR.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    target, link = tmp_path / "data" / "real.cursor", tmp_path / "faxes.cursor"
    target.write_text("{}")
    link.symlink_to(target)
    CURSOR.save(link)
    assert link.is_symlink()
    assert Cursor.load(target) == CURSOR


def test_a_write_that_fails_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "faxes.cursor"
    CURSOR.save(path)
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Cursor().save(path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotFoundError):
        CURSOR.save(tmp_path / "no folder" / "faxes.cursor")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"version": 2, "accounts": {}}', "it has version 2, and this faxapi reads version 1"),
        ('{"accounts": {}}', "it has version None"),
        ("", "Invalid JSON"),
        ("[]", "should be an object"),
        ('{"version": 1, "accounts": {"a": {"provider": "x"}}}', "accounts.a.login"),
        ('{"version": 1, "more": 1}', "more"),
    ],
)
def test_what_is_no_cursor_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "faxes.cursor"
    path.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        Cursor.load(path)
    assert problem in str(caught.value)
    assert "'faxes.cursor'" in str(caught.value)
    assert caught.value.hint
    with pytest.raises(ConfigurationError, match="the cursor: "):
        Cursor.from_json(text)
    with pytest.raises(ValidationError):
        Cursor.model_validate_json(text)


def forged(cursor: Cursor, account: str, feed: str, **parts: object) -> Cursor:
    """The cursor as somebody might have changed it in its file."""
    data = json.loads(cursor.model_dump_json())
    state = data["accounts"][account]["feeds"][feed]["state"]
    state |= parts
    return Cursor.from_json(json.dumps(data))


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_the_calendars_end_is_refused(time: str) -> None:
    text = CURSOR.model_dump_json().replace("2026-03-01T00:00:00Z", time)
    with pytest.raises(ConfigurationError, match=r"since: it is at the end of the calendar"):
        Cursor.from_json(text)


@pytest.mark.asyncio
async def test_a_state_that_somebody_changed_is_refused_or_costs_little() -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC)
    window = Window(now - timedelta(days=2), now)
    with Sandbox(now=now, faxes=5, rate_limit=None) as sandbox:
        async with FaxApi(sandbox.accounts()[2], clock=lambda: now) as api:
            cursor = (await api.collect(window)).cursor
            usual = len(sandbox.requests)
            early = forged(cursor, "imagicle", "outbound faxes", listed="0500-01-01T00:00:00Z")
            assert (await api.collect(cursor=early)).complete
            assert len(sandbox.requests) < 3 * usual
            late = forged(cursor, "imagicle", "outbound faxes", mark="9999-12-31T23:59:59Z")
            (failed,) = (await api.collect(cursor=late)).failures
    assert "the cursor's state of this feed cannot be read" in str(failed.error)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="directory"):
        Cursor.load(tmp_path)


def test_a_value_that_is_wrong_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "faxes.cursor"
    data = json.loads(CURSOR.model_dump_json())
    data["accounts"]["east"]["feeds"]["outbound faxes"]["since"] = "Jane Doe"
    path.write_text(json.dumps(data))
    with pytest.raises(ConfigurationError) as caught:
        Cursor.load(path)
    assert "Jane" not in str(caught.value)


def test_an_empty_cursor_is_a_cursor() -> None:
    assert Cursor.model_validate_json(Cursor().model_dump_json()) == Cursor()
    assert Cursor().accounts == {}
