"""What the simulated providers have in common."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from faxapi.sandbox.data import Maker


@dataclass(frozen=True, slots=True)
class World:
    """What a simulated provider lives in.

    Attributes:
        maker: Makes its data.
        faxes: How many faxes it begins with.
        clock: The present.
        lock: Held while its state is read or changed.
    """

    maker: Maker
    faxes: int
    clock: Callable[[], datetime]
    lock: AbstractContextManager[object]
