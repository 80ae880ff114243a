"""What `faxapi call` and `faxapi providers` take; light, since every command loads it."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from faxapi.cli.completion import account_names


class AnswerFormat(StrEnum):
    """How an answer is written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"


def _operations(incomplete: str) -> Iterator[tuple[str, str]]:
    from faxapi.cli.operations import complete_operation  # noqa: PLC0415 - late: it is not light

    return complete_operation(incomplete)


def _keys(context: typer.Context, incomplete: str) -> Iterator[str]:
    from faxapi.cli.operations import complete_key  # noqa: PLC0415 - late: it is not light

    return complete_key(context, incomplete)


OperationArgument = Annotated[
    str | None,
    typer.Argument(
        help="Such as interfax.admin.open_user; without one, all are listed.",
        autocompletion=_operations,
        show_default=False,
    ),
]
ValuesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="KEY=VALUE",
        help="What the operation takes; --help after its name lists the keys.",
        autocompletion=_keys,
        show_default=False,
    ),
]
OneAccountOption = Annotated[
    str | None,
    typer.Option(
        "--account",
        "-a",
        metavar="NAME",
        help="Which account, if the provider has several.",
        autocompletion=account_names,
        show_default=False,
    ),
]
SourceOption = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="FILE",
        help="Take keys from this file, a JSON object such as an answer is, where the command "
        "line does not give them.",
        show_default=False,
    ),
]
YesOption = Annotated[
    bool, typer.Option("--yes", "-y", help="Do not ask before something is changed.")
]
AnswerFormatOption = Annotated[
    AnswerFormat | None,
    typer.Option(
        "--format",
        "-f",
        help="A table at a terminal, else JSON, unless given.",
        show_default=False,
    ),
]
HelpOption = Annotated[
    bool, typer.Option("--help", "-h", help="Show this message, or the operation's own.")
]
