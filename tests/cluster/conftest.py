"""Sixty accounts, and clusters of this machine to collect them on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from distributed import Client, LocalCluster

from faxapi import Window
from faxapi.sandbox import Sandbox
from tests.cli.accounts import SECRETS, toml

NOW = datetime.now(UTC)
_COUNTS = {"interfax": 40, "openfax": 10, "imagicle": 10}
_SETTINGS: dict[str, dict[str, object]] = {"interfax": {"pace": False}}


@dataclass
class Accounts:
    """Accounts in a file, their secrets in others."""

    sandbox: Sandbox
    config: Path
    secrets: set[str]

    @property
    def window(self) -> Window:
        return Window.last(timedelta(days=10), now=NOW)


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[Accounts]:
    with Sandbox(seed=1, now=NOW, faxes=60, rate_limit=None) as sandbox:
        sandbox.add_accounts(_COUNTS["interfax"] - 1, faxes=30)
        sandbox.add_accounts(_COUNTS["openfax"] - 1, provider="openfax", faxes=30)
        sandbox.add_accounts(_COUNTS["imagicle"] - 1, provider="imagicle", faxes=30)
        lines, secrets = [], set()
        for provider, secret in SECRETS.items():
            for number, login in enumerate(sandbox.logins(provider)):
                name = f"{provider}-{number}"
                tmp_path.joinpath(f"{name}.key").write_text(login[secret])
                # Those of the first ones are words that stand everywhere.
                secrets |= {login[secret]} if number else set()
                keys: dict[str, object] = {
                    "provider": provider,
                    "name": name,
                    "timezone": "UTC",
                    **login,
                }
                keys |= {secret: {"file": f"{name}.key"}, **_SETTINGS.get(provider, {})}
                lines += ["[[account]]", *(f"{key} = {toml(each)}" for key, each in keys.items())]
        config = tmp_path / "faxapi.toml"
        config.write_text("\n".join(lines) + "\n")
        yield Accounts(sandbox, config, secrets)


@contextmanager
def cluster(workers: int) -> Iterator[Client]:
    """Worker processes, each with one thread."""
    # Dask declares it as a text.
    options: dict[str, Any] = {"dashboard_address": None}
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, **options) as running,
        Client(running) as client,
    ):
        yield client
