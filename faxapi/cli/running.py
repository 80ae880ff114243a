"""How a command runs: its accounts opened, its errors told, its exit code."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import NoReturn

import anyio
import stamina.instrumentation
import typer

from faxapi.api import FaxApi
from faxapi.cli.common import ExitCode, drop_stdout
from faxapi.cli.consoles import tell
from faxapi.cli.signals import interruptible, signals_caught
from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.report import OutcomeState, Summary

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
    try:
        from faxapi.sandbox import Sandbox  # noqa: PLC0415 - an extra of its own
        from faxapi.sandbox.traffic import Traffic  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise ConfigurationError(str(error)) from error

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

    Ctrl-C ends the command, but for what it does behind an `interruptible` part of its own.

    Args:
        command: What to do with them.
        config: The file of the accounts; without one, the environment.
        sandbox: Whether to use simulated providers instead.
        traffic: Whether faxes are sent there, and end, meanwhile.
        interrupted: The exit code where Ctrl-C has ended it.
    """

    async def main() -> ExitCode:
        with signals_caught(), interruptible():
            async with opened(config, sandbox=sandbox, traffic=traffic) as api:
                return await command(api)
        return interrupted

    run_async(main, interrupted=interrupted)


def run_async(
    main: Callable[[], Awaitable[ExitCode]], *, interrupted: ExitCode = ExitCode.INTERRUPTED
) -> NoReturn:
    """Run a coroutine function, and end with its exit code; errors go to stderr."""
    finish(partial(anyio.run, main), interrupted=interrupted)


def finish(
    work: Callable[[], ExitCode], *, interrupted: ExitCode = ExitCode.INTERRUPTED
) -> NoReturn:
    """Do a command's work, and end with its exit code; errors go to stderr."""
    # Where nobody has set up logging, it would write each repeated call to the terminal.
    stamina.instrumentation.set_on_retry_hooks([])
    try:
        code = work()
        _flush()
    except KeyboardInterrupt:
        code = interrupted
    except BrokenPipeError:
        code = ExitCode.PIPE_CLOSED
    except (FaxApiError, OSError) as error:
        tell(f"faxapi: {_said(error)}")
        code = ExitCode.USAGE if isinstance(error, ConfigurationError) else ExitCode.FAILED
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    if code in {ExitCode.FAILED, ExitCode.PIPE_CLOSED}:
        _drop_unwritten()
    raise typer.Exit(code)


def _said(error: Exception) -> str:
    """An error's text."""
    if isinstance(error, OSError) and not isinstance(error, FaxApiError):
        return f"{error.filename or 'stdout'}: {error.strerror or error}"
    return str(error)


def _flush() -> None:
    if sys.stdout:
        sys.stdout.flush()


def _drop_unwritten() -> None:
    """Let what stdout did not take go nowhere: Python would try again, and complain, at its end."""
    try:
        _flush()
    except OSError:
        drop_stdout()


def exit_code(summary: Summary) -> ExitCode:
    """How a collection went."""
    if summary.complete:
        return ExitCode.COMPLETE
    failed = all(outcome.state is OutcomeState.FAILED for outcome in summary.outcomes)
    return ExitCode.FAILED if failed else ExitCode.PARTIAL
