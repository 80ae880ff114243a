"""Records in a database: a dlt source, and `sync`, which runs it.

Needs the extra `faxapi[store]`.
"""

from __future__ import annotations

try:
    from faxapi.store.resources import source
    from faxapi.store.syncing import sync
except ModuleNotFoundError as missing:
    package = (missing.name or "").partition(".")[0]
    if package not in {"dlt", "filelock"}:
        raise
    message = f'faxapi.store needs {package}, which is not installed: pip install "faxapi[store]"'
    raise ImportError(message, name=package) from None

__all__ = ["source", "sync"]
