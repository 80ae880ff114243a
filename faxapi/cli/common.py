"""Options that commands share, and the exit codes."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated

import typer


class ExitCode(IntEnum):
    """How a command ended."""

    COMPLETE = 0
    FAILED = 1
    USAGE = 2
    PARTIAL = 3
    INTERRUPTED = 130


class CheckFormat(StrEnum):
    """How `faxapi check` shows what it found."""

    TABLE = "table"
    JSON = "json"


class WatchFormat(StrEnum):
    """How `faxapi watch` shows what happens."""

    SCREEN = "screen"
    LINES = "lines"
    JSONL = "jsonl"


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
    typer.Option("--account", "-a", help="Only this account; may be repeated.", show_default=False),
]
