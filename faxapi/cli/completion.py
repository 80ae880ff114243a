"""What a shell offers to complete; it must be quick, and never complain."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path

import typer


def account_names(context: typer.Context, incomplete: str) -> list[str]:
    """The accounts' names that begin so: those of the configuration, else the providers'."""
    from importlib.metadata import entry_points  # noqa: PLC0415 - only completion needs it

    given = context.params
    path = given.get("config") or os.environ.get("FAXAPI_CONFIG")
    if given.get("sandbox") or not path:
        names = sorted(entry_points(group="faxapi.providers").names)
    else:
        names = list(_configured(Path(path)))
    return [name for name in names if name.startswith(incomplete)]


def _configured(path: Path) -> Iterator[str]:
    """The names in a configuration file, as far as it can be read."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return
    tables = document.get("account")
    for table in tables if isinstance(tables, list) else ():
        name = isinstance(table, dict) and (table.get("name") or table.get("provider"))
        if isinstance(name, str):
            yield name
