"""Where records go, as people write it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import dlt
from dlt.common.destination import Destination

from faxapi.errors import ConfigurationError

_DUCKDB = "duckdb:///"


def destination(to: str) -> Destination:
    """The dlt destination of an address.

    Args:
        to: `duckdb:///faxes.duckdb`, `postgresql://…`, a folder or a bucket (`s3://…`) for Parquet
            files, or the name of a dlt destination, which dlt's own settings describe.

    Raises:
        ConfigurationError: It is none of these.
    """
    scheme = urlsplit(to).scheme
    if to.startswith(_DUCKDB):
        return dlt.destinations.duckdb(credentials=to.removeprefix(_DUCKDB))
    if scheme in {"postgres", "postgresql"}:
        return dlt.destinations.postgres(credentials=to)
    if scheme or "/" in to or Path(to).is_dir():
        url = to if scheme else Path(to).absolute().as_uri()
        return dlt.destinations.filesystem(bucket_url=url)
    try:
        return dlt.destination(to)
    except Exception:  # noqa: BLE001 - dlt raises what importing a stranger's module raises
        text = f"{to!r} is no destination"
    raise ConfigurationError(
        text, hint="Write duckdb:///faxes.duckdb, postgresql://host/database, or a folder/"
    )
