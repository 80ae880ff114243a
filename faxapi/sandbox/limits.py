"""What InterFax keeps its users from: too many queries, and too many wrong passwords."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from faxapi.errors import ConfigurationError
from faxapi.transport.pace import Pace

RATE_LIMIT = Pace(6, per=60)
"""InterFax, "FaxStatusEx": 6 requests a minute, by each user, of the counted queries together."""

BLOCKED = timedelta(hours=1)
"""How long a user is shut out (InterFax, result code -1876)."""

WRONG_PASSWORDS = 3
"""How many wrong passwords in a row shut a user out; InterFax publishes no number."""

# An event loop may wake a sleeper this much early.
_HAIR = time.get_clock_info("monotonic").resolution


@dataclass(slots=True)
class _Place:
    until: float = math.inf


class RateLimit:
    """Lets so many calls of one user through in any span of time.

    A call counts from when it comes in until the span has passed since its answer left, in real
    time, whatever the sandbox's clock says. InterFax does not say where its minute begins: a client
    that waits so long is right wherever that is. What is refused does not count, nor does a call
    whose login is wrong; InterFax does not say so of either.

    Args:
        pace: How many in which time; None lets everything through.
    """

    def __init__(self, pace: Pace | None) -> None:
        self._pace = pace
        self._places: defaultdict[str, list[_Place]] = defaultdict(list)
        self._taken: list[_Place] = []

    def take(self, username: str) -> bool:
        """Whether a user may call now; if so, the call counts."""
        if self._pace is None:
            return True
        now = time.monotonic()
        places = [each for each in self._places[username] if each.until - _HAIR > now]
        self._places[username] = places
        if len(places) >= self._pace.calls:
            return False
        places.append(_Place())
        self._taken.append(places[-1])
        return True

    def taken(self) -> Callable[[], None]:
        """What to call when the answers leave to what was counted since the last time."""
        taken, self._taken = self._taken, []

        def leave() -> None:
            for place in taken:
                if self._pace is not None and place.until == math.inf:
                    place.until = time.monotonic() + self._pace.per

        return leave


class LockOut:
    """Shuts a user out for an hour after some wrong passwords in a row.

    Args:
        after: How many; None shuts nobody out.
        clock: The present.

    Raises:
        ConfigurationError: `after` is below 1.
    """

    def __init__(self, after: int | None, clock: Callable[[], datetime]) -> None:
        if after is not None and after < 1:
            text = f"lock_out_after is {after}, and must be 1 or more"
            raise ConfigurationError(text, hint="None shuts nobody out")
        self._after = after
        self._clock = clock
        self._wrong: defaultdict[str, int] = defaultdict(int)
        self._until: dict[str, datetime] = {}

    def blocks(self, username: str) -> bool:
        """Whether a user is shut out, whatever the password."""
        until = self._until.get(username)
        if until is not None and until <= self._clock():
            del self._until[username]
            return False
        return until is not None

    def wrong(self, username: str) -> None:
        """Note a wrong password."""
        self._wrong[username] += 1
        if self._wrong[username] == self._after:
            self._until[username] = self._clock() + BLOCKED
            self.right(username)

    def right(self, username: str) -> None:
        """Note the right password, which begins the count anew."""
        self._wrong.pop(username, None)
