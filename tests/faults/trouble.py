"""What goes wrong between an account and its vendor, and the account's patience meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# Long enough for a loaded machine to answer well, short enough to wait for.
SILENCE = {"timeout": (5.0, 0.25)}
CONNECTING = {"timeout": (0.25, 5.0)}
DEADLINE = {"deadline": 1.0}
SMALL = {"max_response_bytes": 256 << 10}


class Place(StrEnum):
    """What is struck."""

    ANSWER = "an answer"
    CONNECTION = "a connection before its first request"
    LOOKUP = "the look-up of the server's name"


@dataclass(frozen=True)
class Trouble:
    """What happens.

    Attributes:
        name: In words.
        act: What the proxy does, of the place's own type.
        place: What it strikes.
        tls: Whether the server speaks TLS.
        options: The account's keywords.
    """

    name: str
    act: Callable[..., None]
    place: Place = field(default=Place.ANSWER, kw_only=True)
    tls: bool = field(default=False, kw_only=True)
    options: Mapping[str, Any] = field(default_factory=dict, kw_only=True)
