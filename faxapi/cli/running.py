"""How a command runs: its accounts opened, its errors told, its exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from pathlib import Path
from typing import NoReturn

import anyio
import stamina.instrumentation
import typer

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode, tell
from faxapi.cli.signals import interruptible, signals_caught
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
    command: Command, *, config: Path | None = None, sandbox: bool = False, traffic: bool = False
) -> NoReturn:
    """Run a command on the opened accounts, and end with its exit code; errors go to stderr.

    Ctrl-C ends the command with exit code 130, unless the command has an `interruptible` part of
    its own.
    """

    async def main() -> ExitCode:
        with signals_caught(), interruptible():
            async with opened(config, sandbox=sandbox, traffic=traffic) as api:
                return await command(api)
        return ExitCode.INTERRUPTED

    run_async(main)


def run_async(main: Callable[[], Awaitable[ExitCode]]) -> NoReturn:
    """Run a coroutine function, and end with its exit code; errors go to stderr."""
    # Where nobody has set up logging, they would write each repeated call to the terminal.
    stamina.instrumentation.set_on_retry_hooks([])
    try:
        code = anyio.run(main)
        if sys.stdout:
            sys.stdout.flush()
    except KeyboardInterrupt:
        code = ExitCode.INTERRUPTED
    except FaxApiError as error:
        tell(f"faxapi: {error}")
        code = ExitCode.USAGE if isinstance(error, ConfigurationError) else ExitCode.FAILED
    except ImportError as error:
        # An extra that is not installed: the text says which.
        tell(f"faxapi: {error}")
        code = ExitCode.FAILED
    except BrokenPipeError:
        _drop_stdout()
        code = ExitCode.PIPE_CLOSED
    except OSError as error:
        _drop_stdout()
        tell(f"faxapi: {error.filename or 'stdout'}: {error.strerror or error}")
        code = ExitCode.FAILED
    raise typer.Exit(code)


def _drop_stdout() -> None:
    """Let what is not written yet go nowhere: Python would try again, and complain, at its end."""
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
