"""Options that commands share, the exit codes, and how something is said on stderr."""

from __future__ import annotations

import sys
from contextlib import suppress
from enum import IntEnum, StrEnum
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from faxapi.cli.completion import account_names


class ExitCode(IntEnum):
    """How a command ended."""

    COMPLETE = 0
    FAILED = 1
    USAGE = 2
    PARTIAL = 3
    INTERRUPTED = 130
    """By Ctrl-C, SIGTERM or a deadline."""
    PIPE_CLOSED = 141
    """Who read the output left: what a shell shows of a tool that SIGPIPE ends."""


class CheckFormat(StrEnum):
    """How `faxapi check` shows what it found."""

    TABLE = "table"
    JSON = "json"


class WatchFormat(StrEnum):
    """How `faxapi watch` shows what happens."""

    SCREEN = "screen"
    LINES = "lines"
    JSONL = "jsonl"


def leave(_number: int = 0, _frame: FrameType | None = None) -> NoReturn:
    """End the program as an interrupted one; what is open is closed on the way."""
    sys.exit(ExitCode.INTERRUPTED)


def printable(text: str) -> str:
    """A text whose control characters, escape codes among them, became U+FFFD; lines stay."""
    return "\n".join(
        "".join(char if char.isprintable() else "\ufffd" for char in line)
        for line in text.splitlines()
    )


def tell(text: str) -> None:
    """Say something on stderr."""
    # Where that cannot be written to, there is nowhere left to say so.
    with suppress(OSError):
        typer.echo(printable(text), err=True)


ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        envvar="FAXAPI_CONFIG",
        help="TOML file of the accounts; without one, they come from the environment.",
        show_default=False,
    ),
]
SandboxOption = Annotated[
    bool, typer.Option("--sandbox", help="Use simulated providers instead of accounts of yours.")
]
AccountOption = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        "-a",
        metavar="NAME",
        help="Only this account; may be repeated.",
        autocompletion=account_names,
        show_default=False,
    ),
]
