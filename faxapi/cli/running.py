"""How a command runs: its accounts opened, its errors told, its exit code."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import NoReturn

import anyio
import typer

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode
from faxapi.errors import ConfigurationError, FaxApiError

Command = Callable[[FaxApi], Awaitable[ExitCode]]


@asynccontextmanager
async def opened(
    config: Path | None, *, sandbox: bool, traffic: bool = False
) -> AsyncIterator[FaxApi]:
    """The api of the accounts in a file, in the environment, or of the sandbox.

    Args:
        config: The file; without one, the environment.
        sandbox: Whether to use simulated providers instead.
        traffic: Whether faxes are sent there, and end, meanwhile.

    Raises:
        ConfigurationError: Something there is wrong.
    """
    if not sandbox:
        async with FaxApi.from_config(config) as api:
            yield api
        return
    from faxapi.sandbox import Sandbox  # noqa: PLC0415 - an extra of its own

    from faxapi.sandbox.traffic import Traffic  # noqa: PLC0415 - likewise

    async with Sandbox(seed=1) as running, FaxApi(*running.accounts()) as api:
        with Traffic(running) if traffic else nullcontext():
            yield api


def run(
    command: Command,
    *,
    config: Path | None = None,
    sandbox: bool = False,
    traffic: bool = False,
    interrupted: ExitCode = ExitCode.INTERRUPTED,
) -> NoReturn:
    """Run a command on the opened accounts, and end with its exit code; errors go to stderr.

    Args:
        command: What to do with them.
        config: As in `opened`, and so are the next two.
        sandbox: Whether to use simulated providers.
        traffic: Whether something happens there.
        interrupted: The exit code after Ctrl-C.
    """

    async def main() -> ExitCode:
        async with opened(config, sandbox=sandbox, traffic=traffic) as api:
            return await command(api)

    try:
        code = anyio.run(main)
    except KeyboardInterrupt:
        code = interrupted
    except FaxApiError as error:
        sys.stderr.write(f"faxapi: {error}\n")
        code = ExitCode.USAGE if isinstance(error, ConfigurationError) else ExitCode.FAILED
    raise typer.Exit(code)
