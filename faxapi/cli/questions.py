"""What `faxapi call` asks a person for: secrets, and leave to change something."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from getpass import getpass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr
from rich.table import Table

from faxapi.cli.consoles import Output, tell
from faxapi.errors import ConfigurationError
from faxapi.render.tables import plain

if TYPE_CHECKING:
    from faxapi.cli.arguments import Key
    from faxapi.providers import Provider
    from faxapi.providers.methods import Method


def asked_for(
    takes: Mapping[str, Key], given: Mapping[str, Any], *, twice: bool
) -> dict[str, SecretStr]:
    """The secrets that a person types, unseen; who types nothing leaves one out.

    Raises:
        ConfigurationError: One must be given, and nobody can be asked.
    """
    found = {}
    for name, key in takes.items():
        if not key.keyword.secret or name in given:
            continue
        if sys.stdin.isatty():
            text = _typed(name, required=key.keyword.required, twice=twice)
            if text:
                found[name] = SecretStr(text)
        elif key.keyword.required:
            hint = f"Write {name}=env:A_VARIABLE"
            raise ConfigurationError(
                f"{name} is needed, and there is no terminal to ask", hint=hint
            )
    return found


def _typed(name: str, *, required: bool, twice: bool) -> str:
    while True:
        text = _unseen(name if required else f"{name} (Enter for none)")
        if not text and required:
            continue
        if not text or not twice or _unseen(f"{name} again") == text:
            return text
        tell("The two differ. Once more:")


def _unseen(name: str) -> str:
    """What is typed without being shown."""
    try:
        return getpass(f"{name}: ")
    except EOFError:
        raise typer.Abort from None


def confirm(method: Method, account: Provider, given: Mapping[str, Any]) -> None:
    """Ask before something is changed.

    Raises:
        ConfigurationError: Nobody can be asked.
        typer.Abort: The answer is no.
    """
    if not sys.stdin.isatty():
        hint = "Answer beforehand with --yes"
        message = f"{method.name} changes something, and there is no terminal to ask"
        raise ConfigurationError(message, hint=hint)
    console = Output(stderr=True)
    table = Table(box=None, show_header=False, padding=(0, 0, 0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    host = urlsplit(account.settings.base_url).netloc
    table.add_row("account", plain(f"{account.name} at {host}"))
    for name, value in given.items():
        table.add_row(plain(name), plain(value))
    console.print(f"{method.name} changes something:")
    console.print(table)
    print("Go on? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in {"y", "yes"}:
        raise typer.Abort
