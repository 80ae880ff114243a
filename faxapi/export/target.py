"""Where an export goes: a file that appears when it is whole, or a stream."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from faxapi.errors import ConfigurationError, ExportFailed
from faxapi.files import Draft, private_file

_PARTIAL = "partial"


class Sink(Protocol):
    """What bytes are written to."""

    @property
    def is_terminal(self) -> bool:
        """Whether what is written is shown at once."""
        ...

    def write(self, data: bytes, /) -> object:
        """Write all of it."""
        ...


class Target(Sink, Protocol):
    """A file or a stream that is written."""

    def flush(self) -> None:
        """Let a reader have what was written, if there can be one."""

    def publish(self, *, partial: bool) -> Path | None:
        """It is written; tell where it lies."""


@contextmanager
def opened(target: str | os.PathLike[str] | BinaryIO) -> Iterator[Target]:
    """Open a path or a stream; a file that is not published is gone afterwards.

    Raises:
        ConfigurationError: There can be no such file.
    """
    if not isinstance(target, str | os.PathLike):
        yield _Stream(target)
        return
    with ExitStack() as stack:
        try:
            draft = stack.enter_context(private_file(target))
        except (OSError, ValueError) as error:
            raise ConfigurationError(
                f"{os.fspath(target)!r} cannot be written: {_said(error)}",
                hint="Name a file, in a folder that is there and may be written to",
            ) from error
        yield _File(draft, os.fspath(target))


class _File:
    is_terminal = False

    def __init__(self, draft: Draft, name: str) -> None:
        self._draft = draft
        self._name = name

    def write(self, data: bytes) -> None:
        with self._told():
            self._draft.file.write(data)

    def flush(self) -> None:
        """Nobody reads it yet."""

    def publish(self, *, partial: bool) -> Path:
        with self._told():
            return self._draft.publish_aside(_PARTIAL) if partial else self._draft.publish()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ExportFailed(
                f"{self._name!r} cannot be written: {_said(error)}",
                hint="Nothing is left of it: make room, or name another place",
            ) from error


class _Stream:
    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.is_terminal = stream.isatty()

    def write(self, data: bytes) -> None:
        with _told_of_stream():
            rest = memoryview(data)
            while rest:
                # One without a buffer may take a part.
                rest = rest[self._stream.write(rest) :]

    def flush(self) -> None:
        with _told_of_stream():
            self._stream.flush()

    def publish(self, *, partial: bool) -> None:
        del partial
        self.flush()


@contextmanager
def _told_of_stream() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        # The reader has enough: no failure, and for the caller to tell from one.
        raise
    except OSError as error:
        raise ExportFailed(f"the output cannot be written: {_said(error)}") from error


def _said(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
