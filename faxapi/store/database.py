"""A store's database, open for reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any, Protocol

from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.store.destinations import (
    DATASET,
    duckdb_file,
    is_postgres,
    postgres_connection,
    require,
)
from faxapi.transport.redact import redact

_BATCH = 2_000


class Database(Protocol):
    """What can be asked for rows."""

    def rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, in which `?` stands for each value."""
        ...

    def close(self) -> None:
        """Close it."""
        ...


def database(address: str) -> Database:
    """The database of an address that `sync` takes.

    Raises:
        ConfigurationError: It is no database that can be read here, or nothing was synced into it.
        FaxApiError: It does not answer.
    """
    if is_postgres(address):
        found: Database = _Postgres(address)
    elif address.startswith("duckdb:"):
        found = _DuckDB(address)
    else:
        raise ConfigurationError(
            "records can be read from DuckDB and PostgreSQL alone",
            hint="Write duckdb:///faxes.duckdb or postgresql://host/database",
        )
    if "outcomes" not in tables(found):
        found.close()
        raise ConfigurationError(
            "nothing was synced into this database", hint="Run faxapi sync --to with its address"
        )
    return found


def tables(database: Database) -> set[str]:
    """The tables of a store: one is there once it has had a row."""
    query = "select table_name from information_schema.tables where table_schema = ?"
    return {name for (name,) in database.rows(query, [DATASET])}


class _DuckDB:
    def __init__(self, address: str) -> None:
        duckdb = require("duckdb")
        file = duckdb_file(address)
        if not file.is_file():
            raise ConfigurationError(f"there is no database {str(file)!r}")
        try:
            self._connection = duckdb.connect(file, read_only=True)
            # The zone that times are in comes from the records, not from this machine.
            self._connection.execute("set time zone 'UTC'")
        except duckdb.Error as error:
            problem = redact(str(error).partition("\n")[0])
        else:
            return
        raise FaxApiError(
            f"the database {str(file)!r} cannot be read: {problem}",
            hint="A sync, or another program, may have it open",
        )

    def rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        with self._connection.cursor() as cursor:
            cursor.execute("set time zone 'UTC'")
            cursor.execute(query, [*values])
            while rows := cursor.fetchmany(_BATCH):
                yield from rows

    def close(self) -> None:
        self._connection.close()


class _Postgres:
    def __init__(self, address: str) -> None:
        self._connection = postgres_connection(address)
        self._connection.set_session(readonly=True, isolation_level="REPEATABLE READ")

    def rows(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        # With a name, the rows stay at the server until they are asked for.
        with closing(self._connection.cursor("faxapi")) as cursor:
            cursor.itersize = _BATCH
            cursor.execute(query.replace("?", "%s"), [*values])
            yield from cursor

    def close(self) -> None:
        self._connection.close()
