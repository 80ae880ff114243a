"""Where records go, as people write it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dlt
from dlt.common.destination import Destination
from dlt.destinations.impl.postgres.configuration import PostgresCredentials

from faxapi.errors import ConfigurationError, FaxApiError

DATASET = "faxapi"
"""The schema, or the folder, that everything lies in."""

_HINT = "Write duckdb:///faxes.duckdb, postgresql://host/database, a folder/ or s3://bucket/folder"
# Seconds; it is what libpq waits where an address says nothing.
_PATIENCE = "15"


_BUCKETS = {"file", "s3", "gs", "gcs", "az", "abfs", "abfss", "adl", "azure", "sftp", "memory"}


class Form(Enum):
    """What a store is."""

    DUCKDB = "duckdb"
    POSTGRES = "postgres"
    FILES = "files"
    OTHER = "other"


@dataclass(frozen=True, slots=True, repr=False)
class Store:
    """Where records go.

    Attributes:
        form: What it is.
        address: What tells it from others; it may hold a password.
        destination: The same for dlt.
    """

    form: Form
    address: str
    destination: Destination[Any, Any]

    @property
    def has_settings(self) -> bool:
        """Whether dlt's own settings have a part in it, such as a bucket's credentials."""
        return self.form in {Form.FILES, Form.OTHER}


def store(to: str) -> Store:
    """What an address leads to.

    Args:
        to: `duckdb:///faxes.duckdb`, `postgresql://…`, a folder or a bucket (`s3://…`) for Parquet
            files, or the name of a dlt destination, which dlt's own settings describe.

    Raises:
        ConfigurationError: It leads nowhere, or what it needs is not installed.
        FaxApiError: The database cannot be reached.
    """
    if to.startswith("duckdb:"):
        return _duckdb(to)
    if is_postgres(to):
        return _postgres(to)
    scheme, address, _ = to.partition("://")
    if address and scheme not in _BUCKETS:
        text = f"no store has an address that begins with {scheme}://"
        raise ConfigurationError(text, hint=_HINT)
    if address or "/" in to or Path(to).is_dir():
        url = to if address else Path(to).absolute().as_uri()
        return Store(Form.FILES, url, dlt.destinations.filesystem(bucket_url=url))
    return Store(Form.OTHER, to, _named(to))


def is_postgres(address: str) -> bool:
    """Whether an address is of a PostgreSQL database."""
    return address.startswith(("postgresql:", "postgres:"))


def duckdb_file(address: str) -> Path:
    """The file of an address such as `duckdb:///faxes.duckdb`, or `duckdb:////var/faxes.duckdb`.

    Raises:
        ConfigurationError: It names none.
    """
    parts = urlsplit(address)
    name = parts.path.removeprefix("/")
    if not name or parts.netloc or parts.query or name.startswith(":"):
        raise ConfigurationError(
            "a DuckDB store is a file, and this address names none",
            hint="Write duckdb:///faxes.duckdb, or duckdb:////var/lib/faxes.duckdb with its path",
        )
    file = Path(name).absolute()
    if file.stem == DATASET:
        # DuckDB calls a database by its file, and could not tell it from the schema.
        text = f"a DuckDB store cannot be called {file.name}: its schema has that name"
        raise ConfigurationError(text, hint="Call it faxes.duckdb")
    return file


def _duckdb(to: str) -> Store:
    require("duckdb")
    file = duckdb_file(to)
    if not file.parent.is_dir():
        raise ConfigurationError(f"there is no folder {str(file.parent)!r} for the database")
    return Store(Form.DUCKDB, str(file), dlt.destinations.duckdb(credentials=str(file)))


def postgres_connection(address: str) -> Any:  # noqa: ANN401 - psycopg2 has no types
    """A connection to a PostgreSQL database.

    Raises:
        ConfigurationError: The address cannot be read.
        FaxApiError: The database lets nobody in.
    """
    given = _given(address)
    psycopg2 = require("psycopg2")
    try:
        return psycopg2.connect(**{"connect_timeout": _PATIENCE, **given})
    except psycopg2.Error as error:
        problem = str(error).strip().partition("\n")[0]
    if password := given.get("password"):
        problem = problem.replace(password, "***")
    raise FaxApiError(
        f"the PostgreSQL database does not answer: {problem}",
        hint="Try the same address with psql; a password belongs into ~/.pgpass or PGPASSWORD",
    )


def _given(address: str) -> dict[str, str]:
    """What an address says; the rest libpq knows from elsewhere."""
    psycopg2 = require("psycopg2")
    try:
        given: dict[str, str] = psycopg2.extensions.parse_dsn(address)
    except psycopg2.ProgrammingError:
        text = "the address of the PostgreSQL database cannot be read"
    else:
        return given
    raise ConfigurationError(text, hint="Write postgresql://user@host:5432/database")


def _postgres(to: str) -> Store:
    """A PostgreSQL database, with all that libpq knows: sockets, PG… variables, password files.

    dlt wants name, password and host of everything, so that they are taken from a connection.
    """
    with closing(postgres_connection(to)) as connection:
        info = connection.info
        user, database, host, port = info.user, info.dbname, info.host or "", info.port
    given = _given(to)
    query = {key: given[key] for key in given.keys() - {"user", "dbname", "password"}}
    query.setdefault("host", host)
    credentials = PostgresCredentials()
    credentials.update(
        {
            "username": user,
            "database": database,
            # Where there is none, libpq looks for it as it always does.
            "password": given.get("password", ""),
            # What the query names comes first: it can be a socket, or several hosts.
            "host": "localhost" if host.startswith(("/", "@")) else host,
            "port": port,
            "connect_timeout": int(query.pop("connect_timeout", _PATIENCE)),
            "query": query,
        }
    )
    place = f"postgresql://{host}:{port}/{database}"
    return Store(Form.POSTGRES, place, dlt.destinations.postgres(credentials=credentials))


def _named(name: str) -> Destination[Any, Any]:
    known = name.isidentifier() and hasattr(dlt.destinations, name)
    if not known and "." not in name:
        raise ConfigurationError(f"{name!r} is no place for records", hint=_HINT)
    try:
        return dlt.destination(name)
    except Exception:  # noqa: BLE001 - dlt raises what importing a stranger's module raises
        text = f"dlt knows no destination {name!r}"
    raise ConfigurationError(text, hint=_HINT)


def require(package: str) -> Any:  # noqa: ANN401 - a module
    """A package that a store of one form needs.

    Raises:
        ConfigurationError: It is not installed.
    """
    try:
        return import_module(package)
    except ModuleNotFoundError:
        text = f"this store needs {package}, which is not installed"
    raise ConfigurationError(text, hint='Install it: pip install "faxapi[store]"')
