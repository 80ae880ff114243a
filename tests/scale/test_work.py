"""What a worker does with a share, without a cluster: the dataset that it leaves."""

from __future__ import annotations

import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import duckdb
import pyarrow.dataset as ds
import pytest

from faxapi import FaxApi, Kind, Report, Status, Window
from faxapi.config import read_tables
from faxapi.sandbox import Sandbox
from faxapi.scale import dataset, marks, work
from faxapi.scale.job import Job, Task
from tests.cli.accounts import configured
from tests.scale.reading import files, held, records, rows

NOW = datetime.now(UTC)
WINDOW = Window.last(timedelta(days=20), now=NOW)
ACME = {"provider": "interfax", "pace": False, "timezone": "UTC"}
EAST = {"provider": "openfax", "timezone": "UTC"}
UCX = {"provider": "imagicle", "timezone": "Europe/Rome"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, now=NOW, faxes=40, rate_limit=None, lock_out_after=None) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox) -> Path:
    return configured(tmp_path, sandbox, acme=ACME, east=EAST, ucx=UCX)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "dataset"


def job(out: Path, run: int = 1) -> Job:
    return Job(f"20261101T12000{run}.000000Z", out, WINDOW, (Kind.FAXES,))


def task(config: Path) -> Task:
    return Task(3, tuple(read_tables(config)[0]), 20)


def collect(config: Path, job: Job) -> dict[str, str]:
    """Collect, and return how each account went."""
    work.begin(job, task(config).tables)
    summary = work.collect(job, task(config))
    work.end(job)
    return {outcome.account: outcome.state for outcome in summary.outcomes}


def whole(config: Path) -> Report:
    async def collect() -> Report:
        async with FaxApi.from_config(config) as api:
            return await api.collect(WINDOW, kinds=["faxes"])

    return anyio.run(collect)


def test_a_dataset_holds_what_a_collection_holds(config: Path, out: Path) -> None:
    assert collect(config, job(out)) == {"acme": "complete", "east": "complete", "ucx": "complete"}
    expected = held(whole(config))
    assert len(expected) > 50
    assert records(out) == expected
    assert len(rows(out, "faxes")) == len(expected)


def test_files_are_private_and_nothing_else_is_left(config: Path, out: Path) -> None:
    collect(config, job(out))
    assert {stat.S_IMODE(each.stat().st_mode) for each in out.rglob("*") if each.is_file()} == {
        0o600
    }
    assert {each.name for each in out.iterdir()} == {".drafts", "cursors", "faxes", "outcomes"}
    assert list(out.joinpath(".drafts").iterdir()) == []


def test_readers_of_partitions_read_it(config: Path, out: Path) -> None:
    collect(config, job(out))
    count = len(rows(out, "faxes"))
    query = 'select provider, day, "at" from read_parquet(?, hive_partitioning = true)'
    with duckdb.connect() as database:
        found = database.execute(query, [f"{out}/faxes/**/*.parquet"]).fetchall()
    assert len(found) == count
    assert {provider for provider, _, _ in found} == {"interfax", "openfax", "imagicle"}
    assert all(day == at.astimezone(UTC).date() for _, day, at in found)
    table = ds.dataset(
        out / "faxes", partitioning=ds.HivePartitioning.discover(infer_dictionary=True)
    )
    assert table.to_table().num_rows == count
    assert table.to_table(filter=ds.field("provider") == "openfax").num_rows == len(
        [row for row in rows(out, "faxes") if row["provider"] == "openfax"]
    )


def test_a_share_that_is_repeated_replaces_what_it_left(config: Path, out: Path) -> None:
    """Its cursors have moved on already; the second time, it begins where the first did."""
    collect(config, job(out))
    before = {path: path.stat().st_mtime_ns for path in files(out, "faxes")}
    first = records(out)
    collect(config, job(out))
    assert records(out) == first
    assert len(rows(out, "faxes")) == len(first)
    assert files(out, "faxes") == list(before)
    assert all(path.stat().st_mtime_ns > before[path] for path in before)


@pytest.mark.parametrize(
    ("home", "name"), [(Path, "replace"), (marks, "save"), (dataset.Draft, "__exit__")]
)
def test_a_share_that_broke_off_anywhere_is_repeated_whole(
    config: Path, out: Path, monkeypatch: pytest.MonkeyPatch, home: object, name: str
) -> None:
    """Before it let its files appear, behind that, and when its cursors were saved too."""

    def broken(*_: object) -> None:
        raise KeyboardInterrupt

    work.begin(job(out), task(config).tables)
    with monkeypatch.context() as patched:
        patched.setattr(home, name, broken)
        with pytest.raises(KeyboardInterrupt):
            work.collect(job(out), task(config))
    work.collect(job(out), task(config))
    expected = held(whole(config))
    assert records(out) == expected
    assert len(rows(out, "faxes")) == len(expected)


def test_what_appeared_and_is_not_written_again_goes(config: Path, out: Path) -> None:
    work.begin(job(out), task(config).tables)
    name = f"faxes/provider=interfax/day=2020-01-01/{job(out).run}-00003-0.parquet"
    lost = out / name
    lost.parent.mkdir(parents=True)
    lost.touch()
    draft = out / ".drafts" / job(out).run / "00003" / "lost"
    draft.mkdir(parents=True)
    draft.joinpath("appearing").write_text(name)
    work.collect(job(out), task(config))
    assert not lost.exists()
    assert len(rows(out, "faxes")) == len(records(out))


def test_few_files_are_open_at_a_time(
    config: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of each provider's day, both directions come, and other days between them.
    monkeypatch.setattr(dataset, "_OPEN", 1)
    collect(config, job(out))
    expected = held(whole(config))
    assert records(out) == expected
    assert len(rows(out, "faxes")) == len(expected)
    assert any(path.stem.endswith("-1") for path in files(out, "faxes"))


def test_the_next_run_brings_what_is_new_and_the_last_one_wins(
    config: Path, out: Path, sandbox: Sandbox
) -> None:
    sandbox.interfax.add_fax(status=-2, submit_time=NOW - timedelta(hours=3))
    collect(config, job(out))
    first = records(out)
    moving = [key for key, fax in first.items() if getattr(fax, "status", None) == Status.QUEUED]
    assert moving
    collect(config, job(out, 2))
    found = rows(out, "faxes")
    assert len(first) < len(found) < 2 * len(first)
    assert records(out) == held(whole(config))
    query = """
        select count(*), count(distinct (provider, account, direction, id)) from (
            select * from read_parquet(?, filename = true)
            qualify row_number() over (
                partition by provider, account, direction, id
                order by parse_filename(filename) desc
            ) = 1
        )
    """
    with duckdb.connect() as database:
        merged = database.execute(query, [f"{out}/faxes/**/*.parquet"]).fetchone()
    assert merged == (len(first), len(first))


def test_accounts_that_are_wrong_cost_the_others_nothing(
    config: Path, out: Path, tmp_path: Path
) -> None:
    wrong = """
        [[account]]
        provider = "interfax"
        name = "no secret"
        username = "acme"
        password = { env = "NOT_SET_ANYWHERE" }
        kinds = ["faxes", "usage"]

        [[account]]
        provider = "imagicle"
        name = "wrong password"
        base_url = "URL"
        username = "user1"
        password = { file = "wrong.secret" }

        [[account]]
        provider = "openfax"
        name = "odd cursor"
        api_key = { file = "east.secret" }
    """
    url = read_tables(config)[0][0].values["base_url"]
    config.write_text(config.read_text() + wrong.replace("URL", url))
    cursor = marks._path(out, "odd cursor")
    cursor.parent.mkdir(parents=True)
    cursor.write_text("{}")
    tmp_path.joinpath("wrong.secret").write_text("hunter2")
    assert collect(config, job(out)) == {
        "acme": "complete",
        "east": "complete",
        "ucx": "complete",
        "no secret": "failed",
        "wrong password": "failed",
        "odd cursor": "failed",
    }
    said = {row["account"]: row for row in rows(out, "outcomes")}
    assert len(said) == 6
    assert "NOT_SET_ANYWHERE is not set" in said["no secret"]["errors"][0]
    assert "it is no cursor of a dataset" in said["odd cursor"]["errors"][0]
    assert Counter(row["state"] for row in said.values()) == {"complete": 3, "failed": 3}


def test_a_cursor_of_another_login_is_told(config: Path, out: Path) -> None:
    collect(config, job(out))
    config.write_text(config.read_text().replace('"user1"', '"user2"'))
    assert collect(config, job(out, 2)) == {
        "acme": "complete",
        "east": "complete",
        "ucx": "failed",
    }
    said = [row for row in rows(out, "outcomes") if row["account"] == "ucx"][-1]
    assert "another user name" in said["errors"][0]


def test_a_folder_that_workers_do_not_share_is_told(config: Path, out: Path) -> None:
    with pytest.raises(Exception, match="is not the folder that this collection has begun in"):
        work.collect(job(out), task(config))


def test_logins_are_told_apart_and_not_told(config: Path, out: Path) -> None:
    twin = """
        [[account]]
        provider = "openfax"
        name = "twin"
        api_key = { file = "east.secret" }
    """
    url = read_tables(config)[0][1].values["base_url"]
    config.write_text(f'{config.read_text()}{twin}base_url = "{url}"\n')
    acme, east, ucx, other = work.begin(job(out), task(config).tables)
    assert east == other
    assert len({acme.login, east.login, ucx.login}) == 3
