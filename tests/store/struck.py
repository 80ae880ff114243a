"""`faxapi`, killed at one point: `python -m tests.store.struck POINT sync …`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import dlt
from dlt.destinations.job_client_impl import SqlJobClientBase
from dlt.destinations.sql_client import SqlClientBase

from faxapi.cli import main


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def then_die(step: Callable[..., Any]) -> Callable[..., Any]:
    def struck(*arguments: object, **keywords: object) -> NoReturn:
        step(*arguments, **keywords)
        die()

    return struck


def half(execute_many: Callable[..., Any]) -> Callable[..., Any]:
    """Do half of what a merge does, and die in its transaction."""

    def struck(client: SqlClientBase[Any], statements: list[str], *rest: object) -> object:
        merges = [text for text in statements if "merge into" in text.lower()]
        if not merges or "faxes" not in merges[0]:
            return execute_many(client, statements, *rest)
        with client.begin_transaction():
            for text in statements[: statements.index(merges[0]) + 1]:
                client.execute_sql(text)
            die()

    return struck


POINTS: dict[str, Callable[[], None]] = {
    "extracted": lambda: setattr(dlt.Pipeline, "normalize", die),
    "normalized": lambda: setattr(dlt.Pipeline, "load", die),
    "merging": lambda: setattr(SqlClientBase, "execute_many", half(SqlClientBase.execute_many)),
    "loaded": lambda: setattr(SqlJobClientBase, "complete_load", die),
    "committed": lambda: setattr(
        SqlJobClientBase, "complete_load", then_die(SqlJobClientBase.complete_load)
    ),
}

if __name__ == "__main__":
    POINTS[sys.argv.pop(1)]()
    main()
