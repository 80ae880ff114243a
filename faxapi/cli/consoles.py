"""Where text for people goes."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import NoReturn

from rich.console import Console, RenderableType

from faxapi.render.tables import plain


class Output(Console):
    """A console that leaves it to its caller when nobody reads it any more."""

    def on_broken_pipe(self) -> NoReturn:
        """Let the error through, which rich would make an exit of its own."""
        raise  # noqa: PLE0704 - rich calls this where it has caught the error


def tell(*said: RenderableType) -> None:
    """Say something on stderr; a text cannot steer a terminal, and is broken into lines there."""
    if sys.stderr is None:
        return
    console = Output(stderr=True, highlight=False)
    # Where it cannot be written to, there is nowhere left to say so.
    with suppress(OSError):
        for each in said:
            lines = map(plain, each.splitlines()) if isinstance(each, str) else (each,)
            for line in lines:
                console.print(line, soft_wrap=not console.is_terminal)
