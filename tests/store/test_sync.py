"""`faxapi sync` into DuckDB and into Parquet files, and the report of what is there."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import duckdb
import pytest

from faxapi import ConfigurationError, FaxApi, FaxRecord, Report, Window
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Reply
from faxapi.store import sync
from faxapi.store.destinations import store
from faxapi.store.stored import Stored
from faxapi.store.surroundings import private_folder
from faxapi.store.views import VIEWS
from tests.cli.accounts import configured, faxapi
from tests.render.page import Reader
from tests.test_docs import ROOT, examples

ACME = {"provider": "interfax", "pace": False, "timezone": "UTC", "currency": "USD"}
EAST = {"provider": "openfax", "timezone": "UTC"}
UCX = {"provider": "imagicle", "timezone": "Europe/Rome"}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where everything lies that a sync might leave."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DLT_DATA_DIR", str(home / "data"))
    monkeypatch.setenv("RUNTIME__DLTHUB_TELEMETRY", "true")
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.delenv("FAXAPI_STORE", raising=False)
    monkeypatch.chdir(tmp_path)
    return home


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=40, rate_limit=None, lock_out_after=None) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox) -> Path:
    return configured(tmp_path, sandbox, acme=ACME, east=EAST, ucx=UCX)


def rows(query: str, file: str = "faxes.duckdb") -> list[tuple[Any, ...]]:
    with duckdb.connect(file, read_only=True) as connection:
        return connection.execute(query).fetchall()


def collected(config: Path, window: Window) -> Report:
    async def collect() -> Report:
        async with FaxApi.from_config(config) as api:
            return await api.collect(window)

    return anyio.run(collect)


def test_the_second_sync_asks_for_what_has_changed(
    config: Path, sandbox: Sandbox, home: Path
) -> None:
    since = (datetime.now(UTC) - timedelta(days=20)).isoformat()
    command = ("sync", "-c", config, "--since", since)
    first = faxapi(*command)
    assert (first.exit_code, first.stdout) == (0, "")
    asked = len(sandbox.requests)
    waiting = sandbox.interfax.add_fax(status=-1)
    assert faxapi(*command, "--quiet").stderr == ""
    assert len(sandbox.requests) - asked < asked / 2

    query = "select status, cost from faxapi.faxes where provider = 'interfax' and id = '{}'"
    assert rows(query.format(waiting))[0][0] == "queued"
    sandbox.interfax.set_status(waiting, 0)
    assert faxapi(*command, "--quiet").exit_code == 0
    assert rows(query.format(waiting))[0][0] == "completed"

    window = Window(datetime.fromisoformat(since), datetime.now(UTC))
    report = collected(config, window)
    assert report.complete
    with Stored("duckdb:///faxes.duckdb") as stored:
        found = [each for each in stored.records(window) if isinstance(each, FaxRecord)]
    assert sorted(found, key=lambda fax: fax.key) == sorted(report.faxes, key=lambda fax: fax.key)
    costs = [fax.cost for fax in report.faxes if fax.cost is not None]
    totals = rows("select count(*), count(distinct key), sum(cost) from faxapi.faxes")
    assert totals == [(len(report.faxes), len(report.faxes), sum(costs, Decimal()))]
    types = rows("select column_name, data_type from information_schema.columns")
    assert {("cost", "DECIMAL(38,18)"), ("at", "TIMESTAMP WITH TIME ZONE")} <= {*types}
    # Nothing of the records lies anywhere else.
    assert rows("select count(*) from faxapi_staging.faxes") == [(0,)]
    left = [path for path in home.rglob("*") if path.is_file()]
    assert [path.name for path in left] == ["lock"]
    assert stat.S_IMODE(Path("faxes.duckdb").stat().st_mode) == 0o600
    for path in left[0].relative_to(home).parents:
        assert path == Path() or stat.S_IMODE((home / path).stat().st_mode) & 0o077 in {0, 0o055}

    _check_views(report)
    _check_page(report)


def _check_views(report: Report) -> None:
    for view in VIEWS:
        assert rows(f"select count(*) from faxapi.{view}")[0][0] > 0  # noqa: S608 - names of ours
    assert rows("select sum(faxes) from faxapi.daily_volume") == [(len(report.faxes),)]
    costs = rows("select sum(cost) from faxapi.cost_by_user_and_month where currency = 'USD'")
    assert costs == rows("select sum(cost) from faxapi.faxes")
    best = rows("select max(success_rate), min(success_rate) from faxapi.success_by_destination")
    assert best == [(Decimal(1), Decimal(0))]
    states = rows("select account, kind, state from faxapi.latest_outcomes order by all")
    assert states == sorted((each.account, each.kind, each.state) for each in report.outcomes)


def _check_page(report: Report) -> None:
    done = faxapi("report", "--from", "duckdb:///faxes.duckdb", "--since", "19d", "-q")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    page = Reader(Path("report.html").read_text())
    assert "Complete Everything" in page.text
    names = {account.split()[0] for account, *_ in page.tables["By account"][1:]}
    assert names == {outcome.account for outcome in report.outcomes}
    # What the store cannot know is no "complete".
    early = faxapi("report", "--from", "duckdb:///faxes.duckdb", "--since", "30d", "-q")
    assert early.exit_code == 3
    assert "before its first sync" in early.stderr


def test_what_failed_is_said_and_fetched_by_the_next_sync(config: Path, sandbox: Sandbox) -> None:
    sandbox.faults.add(Reply(403), operation="getRecentHistory", times=None)
    done = faxapi("sync", "-c", config, "--since", "20d", "-q")
    assert done.exit_code == 3
    assert "failed: east" in done.stderr
    query = "select kind, state from faxapi.latest_outcomes where account = 'east' order by kind"
    assert ("faxes", "failed") in rows(query)
    sandbox.faults.clear()
    assert faxapi("sync", "-c", config, "--since", "20d", "-q").exit_code == 0
    assert {state for _, state in rows(query)} == {"complete"}
    kept = rows("select distinct state from faxapi.outcomes where account = 'east' order by 1")
    assert kept == [("complete",), ("failed",)]
    assert rows("select count(*) from faxapi.faxes where account = 'east'")[0][0] > 0


def test_a_folder_of_parquet_files(config: Path, sandbox: Sandbox) -> None:
    command = ("sync", "-c", config, "--since", "20d", "-q", "--to", "lake/", "-a", "ucx")
    assert faxapi(*command).exit_code == 0
    # Of a load that was killed while it wrote.
    broken = Path("lake/faxapi/faxes/1700000000.1.0123456789.parquet")
    broken.write_bytes(b"PAR1")
    asked = len(sandbox.requests)
    assert faxapi(*command).exit_code == 0
    assert len(sandbox.requests) - asked < asked / 2
    assert not broken.exists()
    query = """
        select count(*), count(distinct key) from (
            from 'lake/faxapi/faxes/*.parquet'
            qualify row_number() over (partition by key order by _dlt_load_id desc) = 1
        )"""
    with duckdb.connect() as connection:
        ((count, keys),) = connection.execute(query).fetchall()
    assert count == keys > 0


@pytest.mark.usefixtures("config")
def test_the_source_in_a_pipeline_of_anyones(sandbox: Sandbox) -> None:
    """As the documentation shows it, with its cursor in the pipeline's state."""
    (example,) = examples(ROOT / "docs/pages/how-to/sync.md", "py")
    program = [sys.executable, "-c", example]
    surroundings = {**os.environ, "RUNTIME__DLTHUB_TELEMETRY": "false", "PYTHONPATH": str(ROOT)}
    subprocess.run(program, check=True, env=surroundings)
    asked = len(sandbox.requests)
    (first,) = rows("select count(*), count(distinct key) from fax_activity.faxes")
    subprocess.run(program, check=True, env=surroundings)
    assert len(sandbox.requests) - asked < asked / 2
    assert rows("select count(*), count(distinct key) from fax_activity.faxes") == [first]
    there = "select table_name from information_schema.tables where table_schema = 'fax_activity'"
    assert "usage" not in {name for (name,) in rows(there)}


def test_there_is_one_sync_at_a_time(config: Path, tmp_path: Path) -> None:
    there = store("duckdb:///faxes.duckdb")
    with private_folder(there.address, users_settings=False):
        done = faxapi("sync", "-c", config, "-q")
    assert done.exit_code == 2
    assert "another sync into this destination is under way" in done.stderr
    assert not (tmp_path / "faxes.duckdb").exists()


@pytest.mark.parametrize(
    ("to", "code", "said"),
    [
        ("duckdb://", 2, "this address names none"),
        ("duckdb:///:memory:", 2, "this address names none"),
        ("duckdb:///nowhere/faxes.duckdb", 2, "there is no folder"),
        ("duckdb:///faxapi.duckdb", 2, "its schema has that name"),
        ("duckdb:///notes.txt", 1, "the store could not be written to"),
        ("mysql://user:hunter2@host/faxes", 2, "begins with mysql://"),
        ("nonsense", 2, "'nonsense' is no place for records"),
        ("postgresql://user:hunter2@127.0.0.1:1/faxes", 1, "does not answer"),
        ("postgresql://[/", 2, "cannot be read"),
    ],
)
def test_a_store_that_cannot_be_is_told_of_before_anybody_is_asked(
    to: str, code: int, said: str, config: Path, sandbox: Sandbox
) -> None:
    Path("notes.txt").write_text("a text, and no database" * 1000)
    done = faxapi("sync", "-c", config, "--to", to, "-q", columns=500)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr
    assert "hunter2" not in done.stderr
    assert len(sandbox.requests) == 0


def test_a_report_of_nothing(config: Path) -> None:
    for address, said in (
        ("duckdb:///faxes.duckdb", "there is no database"),
        ("lake/", "from DuckDB and PostgreSQL alone"),
    ):
        done = faxapi("report", "--from", address)
        assert done.exit_code == 2
        assert said in done.stderr
    assert faxapi("sync", "-c", config, "-q", "-a", "ucx").exit_code == 0
    done = faxapi("report", "--from", "duckdb:///faxes.duckdb", "-a", "nobody")
    assert (done.exit_code, Path("report.html").exists()) == (2, False)
    assert "no account 'nobody'" in done.stderr


def test_an_api_that_is_open_already_is_refused(sandbox: Sandbox) -> None:
    api: Any = FaxApi(*sandbox.accounts())
    with pytest.raises(ConfigurationError, match="Give a function"):
        sync(api)
