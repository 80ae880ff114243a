"""`faxapi usage`, as a person runs it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from faxapi.cli.app import app
from faxapi.sandbox import Sandbox

Config = Callable[..., None]
# Before the month's first day there would be nothing in it.
FORTY_DAYS = ["--since", "40d"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=60, rate_limit=None) as sandbox:
        yield sandbox


@pytest.fixture
def configured(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Config:
    """Writes the accounts that the command reads."""

    def configure(*accounts: dict[str, str]) -> None:
        tables = []
        for place, account in enumerate(accounts):
            own = {"base_url": sandbox.url, "timezone": "UTC", **account}
            for secret in own.keys() & {"password", "api_key"}:
                monkeypatch.setenv(f"SECRET_{place}", own.pop(secret))
                tables.append("")
                own[secret] = f"env:SECRET_{place}"
            lines = (
                f'{key} = {{env = "{value[4:]}"}}' if value.startswith("env:") else f'{key} = "{value}"'
                for key, value in own.items()
            )
            tables.append("\n".join(["[[account]]", *lines]))
        (tmp_path / "faxapi.toml").write_text("\n".join(tables))
        monkeypatch.setenv("FAXAPI_CONFIG", str(tmp_path / "faxapi.toml"))

    return configure


INTERFAX = {
    "provider": "interfax",
    "name": "acme",
    "username": "acme",
    "password": "secret",
    "currency": "USD",
}
