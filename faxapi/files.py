"""Files that hold data: written whole or not at all, and for the owner alone."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def write_private(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file atomically with mode 0600; who reads it meanwhile sees the old one.

    Raises:
        OSError: Its folder is not there, or cannot be written to.
    """
    with private_file(path) as draft:
        draft.file.write(data)
        draft.publish()


@contextmanager
def private_file(path: str | os.PathLike[str]) -> Iterator[Draft]:
    """Write a file bit by bit; unless it is published, nothing is left of it.

    Raises:
        OSError: Its folder is not there or cannot be written to, or no file can have that name.
    """
    draft = Draft(path)
    try:
        yield draft
    finally:
        draft.discard()


class Draft:
    """A file that lies beside the one that it will be, with mode 0600; see `private_file`.

    Attributes:
        file: Where its bytes go.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        # Through a link, so that the link stays and its target is replaced.
        self._target = Path(os.path.realpath(path))
        if self._target.exists() and not self._target.is_file():
            # A device or a pipe would be gone, and a folder cannot be replaced.
            problem = "A folder or a device is there"
            raise OSError(errno.EEXIST, problem, os.fspath(path))
        try:
            # Its mode is 0600.
            handle, name = tempfile.mkstemp(
                dir=self._target.parent, prefix=f".{self._target.name}."
            )
        except OSError as error:
            # It would name the draft, of which nobody has heard.
            error.filename = os.fspath(path)
            raise
        self.file = os.fdopen(handle, "wb")
        self._draft = Path(name)

    def publish(self) -> Path:
        """Give it its name, in place of any file of that name, and return its path."""
        self._close()
        return self._draft.replace(self._target)

    def publish_aside(self, word: str) -> Path:
        """Give it its name with a word before the ending, and a number if there is such a file.

        Returns:
            Its path.
        """
        self._close()
        number = 1
        while True:
            aside = f"{word}-{number}" if number > 1 else word
            name = self._target.with_name(f"{self._target.stem}.{aside}{self._target.suffix}")
            try:
                # Whoever else looks for a name meanwhile finds this one taken.
                name.touch(mode=0o600, exist_ok=False)
            except FileExistsError:
                number += 1
            else:
                return self._draft.replace(name)

    def discard(self) -> None:
        """Take away what was not published."""
        # What is still to be written would be lost anyway.
        with suppress(OSError):
            self.file.close()
        self._draft.unlink(missing_ok=True)

    def _close(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()
