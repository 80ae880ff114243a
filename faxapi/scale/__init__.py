"""Collections over the workers of a Dask cluster, into a partitioned Parquet dataset.

Needs the extra `faxapi[scale]`, here and on every worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faxapi.errors import ConfigurationError

if TYPE_CHECKING:
    from faxapi.scale.run import collect

__all__ = ["collect"]


# Late, so that workers load no more than they need, and it can be said what is not installed.
# Type checkers would take it for a promise of any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - the name above
        if name != "collect":
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message, name=name)
        try:
            from faxapi.scale.run import collect  # noqa: PLC0415 - late, see above
        except ModuleNotFoundError as missing:
            package = (missing.name or "").partition(".")[0]
            if package not in {"dask", "distributed"}:
                raise
        else:
            return collect
        text = f"collecting on a cluster needs {package}, which is not installed"
        raise ConfigurationError(text, hint='Install it: pip install "faxapi[scale]"')
