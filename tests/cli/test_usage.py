"""`faxapi usage`: whose figures it shows, and how."""

from __future__ import annotations

import csv
import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from faxapi import Window
from faxapi.cli.usage import Row
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import ResultCode
from tests.cli.accounts import configured, faxapi

ACME = {"provider": "interfax", "pace": False, "currency": "USD", "timezone": "UTC"}
BOB = {**ACME, "username": "acme.bob", "password": "bobSecret1"}
EAST = {"provider": "openfax", "timezone": "UTC"}
UCX = {"provider": "imagicle", "timezone": "Europe/Rome"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=80, rate_limit=None) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox) -> Path:
    return configured(tmp_path, sandbox, acme=ACME, bob=BOB, east=EAST, ucx=UCX)


@pytest.fixture
def rome(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with monkeypatch.context() as zone:
        zone.setenv("TZ", "Europe/Rome")
        time.tzset()
        yield
    time.tzset()


def rows(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_an_account_has_the_providers_totals_or_the_sums_of_its_faxes(
    config: Path, sandbox: Sandbox
) -> None:
    done = faxapi("usage", "-c", config, "--since", "20d")
    assert (done.exit_code, done.stderr) == (0, "")
    found = rows(done.stdout)
    sources = {(row["account"], row["source"]) for row in found}
    # Bob's login may not ask for totals.
    assert sources == {
        ("acme", "provider"),
        ("bob", "faxes"),
        ("east", "faxes"),
        ("ucx", "faxes"),
    }
    since = sandbox.now - timedelta(days=20)
    for account, user in (("acme", "acme"), ("bob", "acme.bob")):
        sent = [
            fax
            for fax in sandbox.interfax.faxes(user)
            if fax["SubmitTime"] >= since
            # The sandbox's totals have what has arrived.
            and (account == "bob" or fax["Status"] == 0)
        ]
        own = [row for row in found if row["account"] == account and row["direction"] == "outbound"]
        assert {row["user"] for row in own} == {user}
        assert sum(row["faxes"] for row in own) == len(sent)
        assert sum(row["pages"] for row in own) == sum(fax["PagesSent"] for fax in sent)
        cost = sum(Decimal(row["cost"]) for row in own if row["cost"] is not None)
        assert cost == sum(fax["Units"] * fax["CostPerUnit"] for fax in sent)
        assert {row["currency"] for row in own if row["cost"] is not None} == {"USD"}


@pytest.mark.usefixtures("rome")
def test_the_months_of_a_window_are_told_apart(config: Path, sandbox: Sandbox) -> None:
    done = faxapi("usage", "-c", config, "-a", "acme", "-a", "ucx", "--since", "39d")
    assert done.exit_code == 0
    months: dict[str, Counter[str]] = {"acme": Counter(), "ucx": Counter()}
    for row in rows(done.stdout):
        if row["direction"] == "outbound":
            months[row["account"]][row["month"]] += row["faxes"]
    since = sandbox.now - timedelta(days=39)
    sent = Counter(
        f"{fax['SubmitTime'].astimezone():%Y-%m}"
        for fax in sandbox.interfax.faxes("acme")
        if fax["SubmitTime"] >= since and fax["Status"] == 0
    )
    assert months["acme"] == sent
    assert len(months["ucx"]) >= 2
    asked = [each for each in sandbox.requests if each.operation.endswith("GetOutboundActivity")]
    assert len(asked) >= len(sent) >= 2


def test_a_login_that_is_denied_on_the_way_counts_nothing_twice(tmp_path: Path) -> None:
    with Sandbox(seed=1, faxes=80, rate_limit=None) as sandbox:
        for operation in ("GetOutboundActivity", "GetInboundActivity"):
            sandbox.faults.add(ResultCode(-310), operation=operation, skip=1, times=None)
        config = configured(tmp_path, sandbox, acme=ACME)
        done = faxapi("usage", "-c", config, "--since", "39d")
        found = rows(done.stdout)
        assert (done.exit_code, done.stderr) == (0, "")
        assert {row["source"] for row in found} == {"faxes"}
        sent = sum(row["faxes"] for row in found if row["direction"] == "outbound")
        since = sandbox.now - timedelta(days=39)
        faxes = sandbox.interfax.faxes("acme")
        assert sent == sum(fax["SubmitTime"] >= since for fax in faxes) > 0


def test_a_month_is_its_own(config: Path) -> None:
    first = datetime.now().astimezone().replace(day=1)
    before = f"{first - timedelta(days=1):%Y-%m}"
    for arguments, month in ((["--month", before], before), ([], f"{first:%Y-%m}")):
        done = faxapi("usage", "-c", config, "-a", "ucx", *arguments)
        assert done.exit_code == 0
        assert {row["month"] for row in rows(done.stdout)} <= {month}


def test_the_machines_formats_agree(config: Path) -> None:
    arguments = ("usage", "-c", config, "-a", "acme", "-a", "east", "--since", "10d")
    lines = rows(faxapi(*arguments, "--format", "jsonl").stdout)
    whole = json.loads(faxapi(*arguments, "--format", "json").stdout)
    text = faxapi(*arguments, "--format", "csv").stdout
    table = list(csv.DictReader(text.splitlines()))
    names = list(Row.__dataclass_fields__)
    assert (whole["schema"], whole["complete"], whole["problems"]) == (1, True, [])
    assert [*whole["rows"][0]] == [*lines[0]] == [*table[0]] == names
    moving = {"faxes", "pages", "cost"}
    for line, row, other in zip(lines, table, whole["rows"], strict=True):
        assert line.keys() == other.keys()
        texts = {name: "" if value is None else str(value) for name, value in line.items()}
        # The sandbox's clock goes on.
        assert {name: row[name] for name in row.keys() - moving} == {
            name: texts[name] for name in texts.keys() - moving
        }
    window = Window(*(datetime.fromisoformat(whole[name]) for name in ("since", "until")))
    assert window.until - window.since == pytest.approx(
        timedelta(days=10), abs=timedelta(minutes=1)
    )
    assert window.until.tzinfo == UTC


def test_no_price_is_no_cost(config: Path) -> None:
    done = faxapi("usage", "-c", config, "-a", "ucx", "--since", "20d", "--format", "csv")
    found = list(csv.DictReader(done.stdout.splitlines()))
    assert {(row["cost"], row["currency"]) for row in found} == {("", "")}
    shown = faxapi("usage", "-c", config, "-a", "ucx", "--since", "20d", "--format", "table")
    assert shown.stdout.splitlines()[-2].split()[-1] == "\N{EN DASH}"


def test_a_table_fits_a_terminal_and_adds_up(config: Path) -> None:
    done = faxapi("usage", "-c", config, "--since", "10d", "--format", "table")
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert all(name in done.stdout for name in ("provider", "faxes", "acme.bob", "USD"))
    assert lines[-2].split()[0] == "all"


def test_a_spreadsheet_takes_no_name_for_a_formula(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, **{"@ucx": UCX})
    done = faxapi("usage", "-c", config, "--since", "20d", "--format", "csv")
    found = list(csv.DictReader(done.stdout.splitlines()))
    assert {row["account"] for row in found} == {"'@ucx"}


def test_what_is_missing_is_told_once_for_all_months(config: Path) -> None:
    done = faxapi("usage", "-c", config, "-a", "acme", "--since", "300d")
    assert done.exit_code == 3
    assert done.stderr.count("partial: acme usage") == 1
    assert done.stderr.count("60 days") == 1
    assert rows(done.stdout)


def test_an_account_that_fails_is_said_on_stderr(tmp_path: Path, sandbox: Sandbox) -> None:
    wrong = {**EAST, "api_key": "wrong"}
    config = configured(tmp_path, sandbox, acme=ACME, east=wrong)
    done = faxapi("usage", "-c", config, "--since", "3d", "--format", "json")
    assert done.exit_code == 3
    assert "failed: east faxes: openfax 'east'" in done.stderr
    whole = json.loads(done.stdout)
    assert whole["complete"] is False
    assert len(whole["problems"]) == 1
    assert {row["account"] for row in whole["rows"]} == {"acme"}
    assert faxapi("usage", "-c", config, "-a", "east", "--since", "3d").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--month", "2026-13"], "'2026-13' is no month"),
        (["--month", "2999-01"], "2999-01 has not begun"),
        (["--month", "9999-12"], "9999-12 is beyond the calendar"),
        (["--month", "2026-10", "--since", "7d"], "--month goes without --since"),
        (["--account", "nobody"], "no account is called 'nobody'"),
        (["--format", "parquet"], "parquet"),
    ],
)
def test_what_is_wrong_is_said(arguments: list[str], said: str, config: Path) -> None:
    done = faxapi("usage", "-c", config, *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert said in done.stderr


def test_an_account_that_reports_neither_is_refused(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, east={**EAST, "kinds": ["jobs"]})
    done = faxapi("usage", "-c", config)
    assert done.exit_code == 2
    assert "nothing is asked for" in done.stderr
