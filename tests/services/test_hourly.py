"""The script of the page "Cron, Airflow and Dagster"."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from faxapi.sandbox import Sandbox
from tests.cli.accounts import configured

ROOT = Path(__file__).parents[2]
FOUR_HOURS = 4 * 3600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(Path(__file__).with_name("hourly.sh"), tmp_path)
    (tmp_path / "bin").mkdir()
    return tmp_path


def install(folder: Path, does: str) -> None:
    program = folder / "bin" / "faxapi"
    program.write_text(f"#!/bin/sh\n{does}\n")
    program.chmod(0o700)


def run(folder: Path) -> tuple[int, str]:
    path = f"{folder / 'bin'}:{os.environ['PATH']}"
    config = str(folder / "faxapi.toml")
    done = subprocess.run(
        ["/bin/sh", str(folder / "hourly.sh")],
        env={**os.environ, "PATH": path, "FAXAPI_CONFIG": config, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout


def records(folder: Path) -> list[list[dict[str, Any]]]:
    files = sorted((folder / "records").glob("*.jsonl"))
    return [[json.loads(line) for line in file.read_text().splitlines()] for file in files]


def test_each_run_brings_what_is_new(folder: Path) -> None:
    install(folder, f'exec {sys.executable} -m faxapi "$@"')
    with Sandbox(seed=1, faxes=40, rate_limit=None) as sandbox:
        configured(folder, sandbox, acme={"provider": "interfax", "pace": False})
        assert run(folder) == (0, "")
        new = sandbox.interfax.add_fax(status=3931)
        asked = len(sandbox.requests)
        assert run(folder) == (0, "")
        assert asked < len(sandbox.requests) <= 2 * asked
    first, second = records(folder)
    assert str(new) not in {record.get("id") for record in first}
    assert str(new) in {record.get("id") for record in second}
    assert (folder / "complete").exists()
    private = ["cursor", "hourly.log", "complete", "lock"]
    assert {(folder / name).stat().st_mode & 0o077 for name in private} == {0}


def test_a_run_that_is_still_at_work_keeps_the_next_one_out(folder: Path) -> None:
    install(folder, "touch started")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert run(folder) == (0, "")
    assert not (folder / "started").exists()
    assert run(folder) == (0, "")
    assert (folder / "started").exists()


@pytest.mark.parametrize("code", [3, 130])
def test_what_the_next_run_repairs_is_told_after_three_hours(folder: Path, code: int) -> None:
    install(folder, f"echo acme is locked >&2; exit {code}")
    assert run(folder) == (0, "")
    long_ago = time.time() - FOUR_HOURS
    os.utime(folder / "complete", (long_ago, long_ago))
    told, text = run(folder)
    assert told == 3
    assert "acme is locked" in text
    install(folder, "exit 0")
    assert run(folder) == (0, "")


@pytest.mark.parametrize("code", [1, 2])
def test_what_nobody_repairs_is_told_at_once(folder: Path, code: int) -> None:
    install(folder, f"echo no such account >&2; exit {code}")
    told, text = run(folder)
    assert told == code
    assert "no such account" in text
