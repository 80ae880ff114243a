"""Options that commands share, and the exit codes."""

from __future__ import annotations

import os
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
    """By Ctrl-C or SIGTERM."""
    PIPE_CLOSED = 141
    """Who read the output left: what a shell shows of a tool that SIGPIPE ends."""


# The same as in `faxapi.records`, which a completion should not wait for.
KindName = StrEnum("KindName", ["FAXES", "USAGE", "JOBS"])
StatusName = StrEnum(
    "StatusName", ["QUEUED", "IN_PROGRESS", "COMPLETED", "FAILED", "CANCELED", "UNKNOWN"]
)


class CollectFormat(StrEnum):
    """How `faxapi collect` puts out what it found."""

    TABLE = "table"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


class CheckFormat(StrEnum):
    """How `faxapi check` shows what it found."""

    TABLE = "table"
    JSON = "json"


class WatchFormat(StrEnum):
    """How `faxapi watch` shows what happens."""

    SCREEN = "screen"
    LINES = "lines"
    JSONL = "jsonl"


class UsageFormat(StrEnum):
    """How `faxapi usage` puts out what it found."""

    TABLE = "table"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"


def leave(_number: int = 0, _frame: FrameType | None = None) -> NoReturn:
    """End the program as an interrupted one; what is open is closed on the way."""
    # Python would write the rest of it at the end, and wait for a reader who may not read.
    drop_stdout()
    sys.exit(ExitCode.INTERRUPTED)


def drop_stdout() -> None:
    """Let what stdout has not taken, and what comes, go nowhere."""
    # It may be closed, or no file.
    with suppress(OSError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Show no progress; say only what is wrong.")
]
