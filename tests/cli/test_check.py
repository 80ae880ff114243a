"""`faxapi check`: whether each account can be reached, and what to do where it cannot."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faxapi.sandbox import Sandbox
from tests.cli.accounts import configured, faxapi
from tests.transport.server import Server, always, reply

EAST = {"provider": "openfax"}
WRONG = {"provider": "imagicle", "password": "hunter2"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=3, rate_limit=None) as running:
        yield running


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes a connection and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def nobody() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


def facts(text: str) -> dict[str, dict[str, Any]]:
    return {each["account"]: each for each in json.loads(text)}


def test_accounts_that_are_well(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(
        tmp_path,
        sandbox,
        acme={"provider": "interfax", "kinds": ["usage"]},
        east=EAST,
        ucx={"provider": "imagicle"},
    )
    done = faxapi("check", "-c", config)
    assert (done.exit_code, done.stderr) == (0, "")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert ["acme", "interfax", "yes", "yes"] in [line[:4] for line in lines]
    # What a configuration leaves out is not reported.
    assert "usage (out, in)" in done.stdout
    assert done.stdout.count("faxes (out)") == 1
    assert done.stdout.count("faxes (out, in)") == 1
    assert ["jobs"] in lines


def test_each_trouble_is_told_with_what_to_do(
    tmp_path: Path, sandbox: Sandbox, silent: str
) -> None:
    page = reply(b"<!DOCTYPE html><html><title>Welcome</title></html>", kind="text/html")
    with Server(always(page)) as elsewhere:
        config = configured(
            tmp_path,
            sandbox,
            fine=EAST,
            wrong=WRONG,
            elsewhere={**EAST, "base_url": elsewhere.url},
            nobody={**EAST, "base_url": nobody(), "retries": 0},
            silent={**EAST, "base_url": silent},
        )
        table = faxapi("check", "-c", config, "--deadline", "1s")
        listed = faxapi("check", "-c", config, "--deadline", "1s", "--format", "json")
    assert (table.exit_code, listed.exit_code) == (3, 3)
    found = facts(listed.stdout)
    assert {name: (each["reached"], each["logged_in"]) for name, each in found.items()} == {
        "fine": (True, True),
        "wrong": (True, False),
        "elsewhere": (True, None),
        "nobody": (False, None),
        "silent": (None, None),
    }
    assert found["fine"]["error"] is None
    assert found["fine"]["reports"] == ["outbound faxes", "jobs"]
    assert found["wrong"]["error"]["type"] == "AuthenticationError"
    text = " ".join(table.stdout.split())
    for each in found.values():
        if each["error"]:
            assert each["error"]["message"] in text
            assert each["error"]["hint"] in text
    assert max(map(len, table.stdout.splitlines())) <= 80
    assert "hunter2" not in table.stdout + listed.stdout


def test_if_no_account_is_well_it_has_failed(tmp_path: Path, sandbox: Sandbox) -> None:
    done = faxapi("check", "-c", configured(tmp_path, sandbox, wrong=WRONG))
    assert done.exit_code == 1


def test_only_these_accounts(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, east=EAST, wrong=WRONG)
    done = faxapi("check", "-c", config, "-a", "east", "-f", "json")
    assert (done.exit_code, list(facts(done.stdout))) == (0, ["east"])
    unknown = faxapi("check", "-c", config, "-a", "west")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "no account is called 'west'" in unknown.stderr
    assert faxapi("check", "-c", config, "--deadline", "0s").exit_code == 2
