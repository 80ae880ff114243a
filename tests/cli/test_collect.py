"""`faxapi collect`: what it puts out, where, and what it says on the way."""

from __future__ import annotations

import csv
import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from faxapi.cli.common import KindName, StatusName
from faxapi.records import Kind, Status
from faxapi.sandbox import Sandbox
from tests.cli.accounts import configured, faxapi

ACME = {"provider": "interfax", "pace": False}
EAST = {"provider": "openfax", "timezone": "UTC"}
UCX = {"provider": "imagicle", "timezone": "Europe/Rome"}
WRONG = {"provider": "interfax", "username": "nobody", "password": "hunter2"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=200, rate_limit=None, lock_out_after=None) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox) -> Path:
    return configured(tmp_path, sandbox, acme=ACME, east=EAST)


def rows(text: str) -> list[dict[str, Any]]:
    return [row for line in text.splitlines() if "id" in (row := json.loads(line))]


def test_without_a_terminal_it_puts_out_json_lines_and_says_nothing(config: Path) -> None:
    done = faxapi("collect", "-c", config)
    assert (done.exit_code, done.stderr) == (0, "")
    found = rows(done.stdout)
    assert {row["account"] for row in found} == {"acme", "east"}
    assert {row["kind"] for row in found} == {"faxes"}


def test_only_what_was_asked_for_is_put_out(config: Path) -> None:
    done = faxapi(
        *("collect", "-c", config, "--since", "3d", "--account", "east"),
        *("--status", "completed", "--status", "unknown", "--kind", "jobs", "--kind", "faxes"),
    )
    found = rows(done.stdout)
    faxes = [row for row in found if row["kind"] == "faxes"]
    assert {row["account"] for row in found} == {"east"}
    assert {row["status"] for row in faxes} == {"completed"}
    assert {row["kind"] for row in found} == {"faxes", "jobs"}
    since = datetime.now(UTC) - timedelta(days=3, minutes=5)
    assert min(datetime.fromisoformat(row["at"]) for row in faxes) > since


@pytest.mark.parametrize("form", ["jsonl", "json", "csv", "parquet"])
def test_a_files_name_says_its_format(config: Path, tmp_path: Path, form: str) -> None:
    target = tmp_path / f"faxes.{form}"
    done = faxapi("collect", "-c", config, "-o", target)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    expected = {row["id"] for row in rows(faxapi("collect", "-c", config).stdout)}
    if form == "parquet":
        found = set(pq.read_table(target)["id"].to_pylist())
    elif form == "csv":
        found = {row["id"] for row in csv.DictReader(target.read_text().splitlines())}
    elif form == "json":
        found = {row["id"] for row in json.loads(target.read_text())["records"]}
    else:
        found = {row["id"] for row in rows(target.read_text())}
    assert found == expected
    assert len(found) > 20


def test_a_table_is_for_80_columns(config: Path) -> None:
    done = faxapi("collect", "-c", config, "--format", "table", "--limit", 7)
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    total = len(rows(faxapi("collect", "-c", config).stdout))
    assert f"The newest 7 of {total} faxes." in done.stdout
    (last,) = (line for line in lines if line.lstrip().startswith("all "))
    assert last.split()[1] == str(total)
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize("columns", [50, 60, 140])
def test_a_table_fits_other_widths(config: Path, columns: int) -> None:
    lines = faxapi("collect", "-c", config, "-f", "table", columns=columns).stdout.splitlines()
    assert max(map(len, lines)) <= columns
    (head,) = (line for line in lines if "When" in line)
    assert ("Pages" in head, "Subject" in head) == (columns > 60, columns == 140)


def test_a_table_for_each_kind(config: Path) -> None:
    table = faxapi("collect", "-c", config, "-f", "table", "-k", "usage", "-k", "jobs").stdout
    usage, jobs = table.split(" Jobs ")
    assert "User or" in usage
    assert "Bill code" in jobs


def test_a_table_of_nothing(config: Path) -> None:
    done = faxapi("collect", "-c", config, "-f", "table", "-a", "acme", "--status", "unknown")
    assert done.exit_code == 0
    assert "There are no faxes." in done.stdout


def test_a_stranger_cannot_steer_the_terminal(tmp_path: Path) -> None:
    with Sandbox(seed=1, faxes=0, rate_limit=None) as sandbox:
        sandbox.imagicle.add_fax(subject="\x1b[2J\x9bowned")
        config = configured(tmp_path, sandbox, ucx=UCX)
        done = faxapi("collect", "-c", config, "-f", "table", columns=140)
    assert "owned" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\x9b" not in done.stdout


def test_a_collection_that_is_partial_says_what_is_missing(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    config = configured(tmp_path, sandbox, wrong=WRONG, acme=ACME)
    target = tmp_path / "faxes.csv"
    done = faxapi("collect", "-c", config, "-o", target)
    assert done.exit_code == 3
    first, second = done.stderr.splitlines()
    count = len(target.read_text().splitlines()) - 1
    assert first == f"{count} records are in {target}, and some are missing:"
    assert second.startswith("failed: wrong faxes: interfax 'wrong' outbound.FaxStatusEx: ")
    assert second.count("Check user name and password") == 1
    assert "hunter2" not in done.stderr
    table = faxapi("collect", "-c", config, "-f", "table")
    assert "failed: wrong faxes" in table.stdout.partition("Missing")[2]


def test_a_collection_that_failed_leaves_the_file_of_the_last(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    config = configured(tmp_path, sandbox, wrong=WRONG)
    target = tmp_path / "faxes.csv"
    target.write_text("yesterday's")
    done = faxapi("collect", "-c", config, "-o", target)
    assert done.exit_code == 1
    assert done.stderr.startswith("Nothing was collected:\nfailed: wrong faxes: ")
    assert target.read_text() == "yesterday's"
    assert [
        path.name for path in tmp_path.iterdir() if path.suffix not in {".secret", ".toml"}
    ] == ["faxes.csv"]


def test_a_cursor_brings_what_is_new(tmp_path: Path) -> None:
    with Sandbox(seed=1, faxes=100, rate_limit=None) as sandbox:
        config = configured(tmp_path, sandbox, acme=ACME)
        cursor = tmp_path / "faxes.cursor"
        command = ("collect", "-c", config, "--cursor", cursor)
        first = rows(faxapi(*command).stdout)
        new = str(sandbox.interfax.add_fax(status=0))
        second = rows(faxapi(*command, "--since", "1h").stdout)
    assert len(first) > 5
    assert new in {row["id"] for row in second}
    # The others are those that had not ended.
    assert {row["id"] for row in second} - {new} <= {row["id"] for row in first}
    assert len(second) < len(first)


def test_a_cursors_records_are_not_overwritten(config: Path, tmp_path: Path) -> None:
    cursor, target = tmp_path / "faxes.cursor", tmp_path / "faxes.jsonl"
    target.write_text("yesterday's")
    command = ("collect", "-c", config, "-a", "acme", "--cursor", cursor, "-o", target)
    refused = faxapi(*command)
    assert refused.exit_code == 2
    assert "the cursor would not bring its records again" in refused.stderr
    assert not cursor.exists()
    assert target.read_text() == "yesterday's"
    assert faxapi(*command, "--overwrite").exit_code == 0
    assert cursor.exists()
    assert rows(target.read_text())


def test_a_cursor_that_cannot_be_saved(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "faxes.jsonl"
    monkeypatch.setattr("faxapi.cursor.write_private", full)
    done = faxapi("collect", "-c", config, "-a", "acme", "--cursor", tmp_path / "c", "-o", target)
    assert done.exit_code == 1
    assert "cannot be saved: No space left on device. The records are there" in done.stderr
    assert rows(target.read_text())


def test_a_deadline_keeps_what_has_come(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, acme={**ACME, "pace": {"calls": 1, "per": 60}})
    target = tmp_path / "faxes.json"
    done = faxapi("collect", "-c", config, "--deadline", "2s", "-o", target)
    assert done.exit_code == 3
    found = json.loads(target.read_text())
    assert (found["partial"], found["complete"]) == (False, False)
    (outcome,) = found["outcomes"]
    assert outcome["state"] == "partial"
    count = len(found["records"])
    assert f"{count} records are in {target}, and some are missing:" in done.stderr
    assert "the collection's 2 s were over before this was done" in done.stderr


def test_nothing_that_came_is_nothing_to_keep(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, acme=ACME)
    done = faxapi("collect", "-c", config, "--deadline", "0s", "-o", tmp_path / "faxes.csv")
    assert done.exit_code == 1
    assert "Nothing was collected:" in done.stderr
    assert not [*tmp_path.glob("*.csv")]


def test_a_device_is_written_to_and_not_replaced(config: Path) -> None:
    done = faxapi("collect", "-c", config, "-f", "csv", "-o", "/dev/null")
    assert (done.exit_code, done.stderr) == (0, "")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "faxes.dat"], "'faxes.dat' does not say what format"),
        (["-o", "faxes"], "Give --format, or end it in .jsonl"),
        (["-f", "csv", "-k", "faxes", "-k", "usage"], "csv holds one kind of records, and 2"),
        (["-f", "table", "-o", "faxes.txt"], "a table is for people at a terminal"),
        (["-o", "no/such/folder.csv"], "cannot be written: No such file or directory"),
        (["-f", "csv", "-o", "."], "cannot be written: A folder or a device is there"),
        (["-o", "faxes.csv", "--cursor", "no/cursor"], "there is no folder 'no'"),
        (["--cursor", "faxapi.toml"], "the cursor 'faxapi.toml': Invalid JSON"),
        (["--account", "nobody"], "no account is called 'nobody'. Accounts here: acme, east"),
        (["--since", "soon"], "'soon' is no time: write 7d"),
        (["--since", "1d", "--until", "2d"], "is not before --until"),
        (["--deadline", "50"], "'50' is no span: write 50m"),
        (["--kind", "fax"], "'fax' is not one of 'faxes', 'usage', 'jobs'"),
        (["--status", "busy"], "'busy' is not one of 'queued'"),
        (["--limit", "0"], "Invalid value for '--limit'"),
    ],
)
def test_wrong_usage(
    config: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    monkeypatch.chdir(config.parent)
    before = {path.name for path in config.parent.iterdir()}
    done = faxapi("collect", "-c", config, *arguments, columns=200)
    assert done.exit_code == 2
    assert message in " ".join(done.stderr.replace("│", " ").split())
    assert {path.name for path in config.parent.iterdir()} == before


def test_the_names_of_kinds_and_statuses_are_the_records() -> None:
    assert [*KindName] == [*Kind]
    assert [*StatusName] == [*Status]
