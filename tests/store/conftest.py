"""Every test on DuckDB, and on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from faxapi.sandbox import Sandbox
from tests.cli.accounts import configured
from tests.store.postgres import USER, missing, run, server
from tests.store.stores import ACCOUNTS, Target


def pytest_configure() -> None:
    if lacking := missing():
        text = f"{', '.join(lacking)}: not installed; see tests/store/install.py"
        raise pytest.UsageError(text)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Path]:
    with server() as folder:
        yield folder


@pytest.fixture
def postgres_address(postgres: Path, tmp_path: Path) -> str:
    """A database of the test's own."""
    name = f"faxes_{sha256(bytes(tmp_path)).hexdigest()[:16]}"
    run("createdb", f"--host={postgres}", f"--username={USER}", name)
    return f"postgresql://{USER}@/{name}?host={postgres}"


@pytest.fixture(params=["duckdb", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store."""
    if request.param == "duckdb":
        return f"duckdb:///{tmp_path}/faxes.duckdb"
    return str(request.getfixturevalue("postgres_address"))


@pytest.fixture
def target(address: str, tmp_path: Path) -> Iterator[Target]:
    with Sandbox(seed=1, faxes=120, rate_limit=None) as sandbox:
        config = configured(tmp_path, sandbox, **ACCOUNTS)
        yield Target(address, sandbox, config, datetime.now(UTC) - timedelta(days=20))
