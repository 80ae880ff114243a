"""Configurations of the sandbox's accounts, and the command line run on them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from faxapi.cli.app import app
from faxapi.sandbox import Sandbox

SECRETS = {"interfax": "password", "openfax": "api_key", "imagicle": "password"}


def configured(folder: Path, sandbox: Sandbox, **accounts: dict[str, Any]) -> Path:
    """Write a configuration of these accounts, each a `provider` and keywords of its own."""
    lines: list[str] = []
    for name, keys in accounts.items():
        secret = SECRETS[keys["provider"]]
        login = {**sandbox.credentials[keys["provider"]], **keys}
        (folder / f"{name}.secret").write_text(login[secret])
        login |= {"name": name, secret: {"file": f"{name}.secret"}}
        lines += ["[[account]]", *(f"{key} = {toml(value)}" for key, value in login.items())]
    path = folder / "faxapi.toml"
    path.write_text("\n".join(lines) + "\n")
    return path


def toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value)


@dataclass
class Done:
    exit_code: int
    stdout: str
    stderr: str


def faxapi(*arguments: object, columns: int = 80) -> Done:
    """Run the command line in this process, with no terminal."""
    done = CliRunner().invoke(
        app,
        [str(argument) for argument in arguments],
        prog_name="faxapi",
        env={"COLUMNS": str(columns), "TERMINAL_WIDTH": str(columns)},
    )
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return Done(done.exit_code, done.stdout, done.stderr)
