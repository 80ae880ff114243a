"""`faxapi call` in this process, on a sandbox of the test's own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from faxapi.cli.app import app
from faxapi.sandbox import Sandbox
from tests.sandbox.wire import NOW


def environment(sandbox: Sandbox) -> dict[str, str]:
    """The variables that configure an account at each of its providers."""
    return {
        f"{provider}_{key}".upper(): text
        for provider, login in sandbox.credentials.items()
        for key, text in {**login, "timezone": "UTC"}.items()
    }


@contextmanager
def configured(faxes: int = 30) -> Iterator[Sandbox]:
    """A sandbox, whose accounts the environment has."""
    with (
        Sandbox(seed=1, now=NOW, faxes=faxes, rate_limit=None) as sandbox,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.delenv("FAXAPI_CONFIG", raising=False)
        for name, text in environment(sandbox).items():
            patch.setenv(name, text)
        yield sandbox


def invoke(*arguments: str, env: Mapping[str, str] | None = None) -> Result:
    """Run `faxapi`; its exit code, stdout and stderr."""
    return CliRunner().invoke(app, arguments, env=env, prog_name="faxapi")


def answer(*arguments: str) -> Any:  # noqa: ANN401 - any JSON value
    """What a call answers, as JSON; with no word on stderr."""
    result = invoke("call", *arguments)
    assert (result.exit_code, result.stderr) == (0, "")
    return json.loads(result.stdout)
