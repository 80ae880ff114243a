"""`faxapi collect --dask`, as a program of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from faxapi.sandbox.faults import Delay
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


def test_ctrl_c_is_told_and_the_next_run_goes_on(accounts: Accounts, tmp_path: Path) -> None:
    accounts.sandbox.faults.add(Delay(seconds=2), provider="interfax", times=None)
    out = tmp_path / "dataset"
    options = ("-c", accounts.config, "--dask", "local", "-o", out, "--since", "10d")
    command = [sys.executable, "-W", "error", "-m", "faxapi", "collect", *map(str, options)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as program:
        while not any(out.glob(".drafts/*/*")):
            assert program.poll() is None
            time.sleep(0.05)
        # As a terminal does: the workers get it too.
        os.killpg(program.pid, signal.SIGINT)
        _, said = program.communicate(timeout=60)
    assert program.returncode == 130
    assert said == (
        f"Interrupted: the shares that were done are in {out}.\n"
        "Run the same command again: it goes on where this one stopped.\n"
    )
    accounts.sandbox.faults.clear()
    assert run("collect", *options).returncode == 0
    assert list(out.glob(".drafts/*")) == []


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
