"""What PostgreSQL has its own way of: addresses, types, views, and who may come in."""

from __future__ import annotations

import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from faxapi import FaxApiError
from faxapi.store.destinations import store
from faxapi.store.views import VIEWS
from tests.store.postgres import USER
from tests.store.stores import FAXAPI, Target


@pytest.fixture
def address(postgres_address: str) -> str:
    return postgres_address


def test_a_store(target: Target, tmp_path: Path) -> None:
    target.sync()
    asked = len(target.sandbox.requests)
    target.send_faxes()
    target.sync()
    assert len(target.sandbox.requests) - asked < asked / 2
    target.check()

    types = "select column_name, data_type from information_schema.columns"
    assert {("cost", "numeric"), ("at", "timestamp with time zone")} <= {
        *target.query(f"{types} where table_schema = 'faxapi' and table_name = 'faxes'")
    }
    for view in VIEWS:
        query = f"select count(*) from faxapi.{view}"  # noqa: S608 - names of ours
        assert target.query(query)[0][0] > 0
    ((days, all_faxes),) = target.query(
        "select (select sum(faxes) from faxapi.daily_volume), count(*) from faxapi.faxes"
    )
    assert days == all_faxes
    rates = "select max(success_rate), min(success_rate) from faxapi.success_by_destination"
    assert target.query(rates) == [(Decimal(1), Decimal(0))]
    assert target.query("select count(*) from faxapi_staging.faxes") == [(0,)]

    page = tmp_path / "page.html"
    report = ["report", "--from", target.address, "-o", str(page), "--since", "19d"]
    done = subprocess.run([*FAXAPI, *report], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, f"{page}: complete\n")
    assert "Complete" in page.read_text()


def test_what_libpq_knows(target: Target, postgres: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An address need not say what variables and files say."""
    name = target.address.partition("@/")[2].partition("?")[0]
    for variable, value in {"HOST": str(postgres), "USER": USER, "DATABASE": name}.items():
        monkeypatch.setenv(f"PG{variable}", value)
    target.address = "postgresql://"
    target.sync()
    target.check()


def test_who_is_not_let_in(postgres: Path) -> None:
    with pytest.raises(FaxApiError, match="does not exist") as caught:
        store(f"postgresql://nobody:hunter2@/postgres?host={postgres}")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
