"""What a shell is offered to complete, by the protocol that the shells' scripts speak."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faxapi.cli.app import app

CONFIG = """
[[account]]
provider = "interfax"
username = "acme"
password = { env = "NOT_SET_HERE" }

[[account]]
provider = "openfax"
name = "east"

[[account]]
provider = "openfax"
name = "eastern"
"""


def protocol(line: str) -> dict[str, str]:
    return {
        "_FAXAPI_COMPLETE": "complete_bash",
        "COMP_WORDS": line,
        "COMP_CWORD": str(line.count(" ")),
    }


def complete(line: str) -> list[str]:
    """What bash is offered for the last word of a line; nothing may be said beside it."""
    done = CliRunner().invoke(app, [], prog_name="faxapi", env=protocol(line))
    assert done.stderr == ""
    return done.stdout.split()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "faxapi.toml"
    path.write_text(CONFIG)
    return path


def test_commands_and_options() -> None:
    assert {"check", "collect", "demo"} <= set(complete("faxapi "))
    assert {"--since", "--sandbox"} <= set(complete("faxapi collect --s"))


def test_it_loads_no_more_than_it_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-W", "error", "-m", "faxapi"],
        env={**os.environ, **protocol("faxapi collect --kind f")},
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.stdout.split() == ["faxes"]
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "faxapi.cli.app" in loaded
    assert loaded.isdisjoint({"httpx", "anyio", "faxapi.api", "faxapi.records"})


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("faxapi collect --kind ", ["faxes", "usage", "jobs"]),
        ("faxapi collect --format j", ["jsonl", "json"]),
        ("faxapi collect --status c", ["completed", "canceled"]),
    ],
)
def test_words_of_a_fixed_list(line: str, offered: list[str]) -> None:
    assert complete(line) == offered


def test_accounts_are_those_of_the_configuration(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert complete(f"faxapi collect --config {config} --account e") == ["east", "eastern"]
    monkeypatch.setenv("FAXAPI_CONFIG", str(config))
    assert complete("faxapi collect -a ") == [
        "interfax",
        "east",
        "eastern",
    ]


def test_without_a_configuration_accounts_have_their_providers_names() -> None:
    offered = complete("faxapi collect --account ")
    assert {"imagicle", "interfax", "openfax"} <= set(offered)


@pytest.mark.parametrize(
    "broken", ["[[account", "account = 7", "account = [7, {name = 1}]", "\xff"]
)
def test_a_broken_configuration_is_no_error_here(config: Path, broken: str) -> None:
    config.write_text(broken, encoding="latin-1")
    assert complete(f"faxapi collect --config {config} --account ") == []


def test_no_configuration_at_that_place_is_no_error_here(config: Path) -> None:
    assert complete(f"faxapi collect --config {config}.none --account ") == []


def test_bash_has_a_script_for_it() -> None:
    script = subprocess.run(
        [sys.executable, "-m", "faxapi", "--show-completion", "bash"],
        env={**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"},
        capture_output=True,
        text=True,
        check=True,
        timeout=50,
    ).stdout
    assert "_FAXAPI_COMPLETE=complete_bash" in script
    subprocess.run(["bash", "-n"], input=script, text=True, check=True, timeout=50)  # noqa: S607 - whichever is there
