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


class AnswerFormat(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
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
AnswerFormatOption = Annotated[
    AnswerFormat | None,
    typer.Option(
        "--format",
        help="A table at a terminal, else JSON, unless given.",
        show_default=False,
    ),
]
