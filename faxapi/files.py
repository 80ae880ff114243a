"""Files that hold data: written whole or not at all, and for the owner alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_private(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file atomically with mode 0600; who reads it meanwhile sees the old one.

    Raises:
        OSError: Its folder is not there, or cannot be written to.
    """
    # Through a link, so that the link stays and its target is replaced.
    target = Path(os.path.realpath(path))
    # mkstemp's mode is 0600.
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
