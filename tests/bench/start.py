"""How soon a program that uses faxapi can begin, with an empty interpreter's start taken off."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

from tests.bench.result import Result, at_most, in_turns, tell

_TURNS = 15
# What faxapi is built on, and what a program that does its work by hand would import.
_BY_HAND = "import httpx, xmltodict, anyio, stamina; from pydantic import BaseModel"


def rows() -> Iterator[Result]:
    """Start interpreters in turn."""
    took = in_turns(
        _TURNS,
        empty=_python("pass"),
        by_hand=_python(_BY_HAND),
        library=_python("import faxapi"),
        names=_python("from faxapi import FaxApi, InterFax"),
        typer=_python("import typer"),
        command=_run("-m", "faxapi", "--version"),
    )
    by_hand, library, names, typer, command = (
        took[name] - took["empty"] for name in ("by_hand", "library", "names", "typer", "command")
    )
    peers = "httpx, xmltodict, anyio, stamina, pydantic"
    yield at_most("`import faxapi`", library, by_hand, peers, most=1.3)
    yield at_most("`from faxapi import FaxApi, InterFax`", names, by_hand, peers)
    yield at_most("a cold `faxapi --version`", command, typer, "`import typer`", most=2)


def _python(code: str) -> Callable[[], object]:
    return _run("-c", code)


def _run(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    tell(rows())
