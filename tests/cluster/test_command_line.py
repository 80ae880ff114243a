"""`faxapi collect --dask`, as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.accounts import faxapi
from tests.cluster.conftest import Accounts
from tests.scale.reading import records


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run it, where Dask's worker processes can start."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "faxapi", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def test_a_cluster_of_this_machine_collects(accounts: Accounts, tmp_path: Path) -> None:
    out = tmp_path / "dataset"
    options = ("-c", accounts.config, "--dask", "local", "-o", out, "--since", "10d")
    done = run("collect", *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert len(records(out)) > 100
    tmp_path.joinpath("interfax-3.key").write_text("wrong")
    done = run("collect", *options)
    assert (done.returncode, done.stdout) == (3, "")
    assert "and some are missing:\nfailed: interfax-3 faxes: " in done.stderr


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--sandbox"], 2, "--dask does not go with --sandbox"),
        (["--status", "failed", "--deadline", "5m"], 2, "does not go with --status, --deadline"),
        ([], 2, "Name its folder with -o"),
        (["-o", "dataset", "-c", "not-there.toml"], 1, "no cluster answers at 'nowhere'"),
    ],
)
def test_what_does_not_fit_is_told(options: list[str], code: int, said: str) -> None:
    done = faxapi("collect", "--dask", "nowhere", *options)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr
