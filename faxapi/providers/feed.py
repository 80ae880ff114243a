"""What the engine and a provider's feed say to each other."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from faxapi.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from faxapi.errors import FaxApiError
    from faxapi.notice import Notice
    from faxapi.records import Record
    from faxapi.window import Window

ItemT = TypeVar("ItemT")
StateT = TypeVar("StateT", bound=BaseModel)

_JUST_NOW = timedelta(minutes=1)


class State(BaseModel):
    """The base of what a feed leaves for its next run: the vendor's ids and times, nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a feed is asked for.

    Attributes:
        window: The time to look at. With a cursor it begins where the feed's first collection did.
        now: The present, by which a vendor's retention is reckoned.
        zone: The account's zone, in which times that name none were read.
        explicit: Whether the kind was asked for by name, here or in the account's `kinds`.
        through: Up to when an earlier run of the same cursor read the feed to its end.
        state: What the feed's last checkpoint left; None at first. See `restore`.
    """

    window: Window
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    zone: tzinfo = UTC
    explicit: bool = False
    through: datetime | None = None
    state: JsonValue = None

    def restore(self, state: type[StateT]) -> StateT | None:
        """What the feed's last checkpoint left, as the model it was; None at first.

        Raises:
            ConfigurationError: The cursor holds something else.
        """
        if self.state is None:
            return None
        with suppress(ValidationError):
            return state.model_validate(self.state)
        raise ConfigurationError(
            "the cursor's state of this feed cannot be read",
            hint="It was changed by hand, or is another faxapi's; collect once without a cursor",
        )

    def holds(self, moment: datetime | None) -> bool:
        """Whether a vendor's time may lie in the window.

        No time may lie anywhere. A time without a zone, in an hour that the zone's clocks repeat,
        may be of either hour.
        """
        return moment is None or moment in self.window or self.latest(moment) in self.window

    def latest(self, moment: datetime) -> datetime:
        """A vendor's time, or an hour later where the zone's clocks repeat it."""
        return moment.astimezone(self.zone).replace(fold=1).astimezone(UTC)

    @property
    def unread_since(self) -> datetime:
        """The start of what no earlier run of the same cursor has read."""
        return self.window.since if self.through is None else max(self.window.since, self.through)

    def older_than(self, age: timedelta) -> bool:
        """Whether what is unread is older than `age`, and than a minute that a call may take."""
        return self.unread_since < self.now - age - _JUST_NOW


class Out(Protocol):
    """Where a feed pushes what it finds; the engine's end of it."""

    async def record(self, record: Record) -> None:
        """Deliver a record; waits while the reader is behind."""

    def notice(self, notice: Notice) -> None:
        """Say something about the feed."""

    def error(self, error: FaxApiError, *, gap: Notice | None = None) -> None:
        """Note that one item failed, and go on; `gap` says what is missing for it."""

    def checkpoint(self, state: BaseModel) -> None:
        """Leave what the next run needs to go on behind the records delivered so far.

        It travels with the records, so the cursor never leads what the reader has got. The state
        is copied; it holds no secrets and no personal data.
        """

    async def each(
        self, items: Iterable[ItemT], worker: Callable[[ItemT], Awaitable[None]], *, limit: int
    ) -> None:
        """Run `worker` for each item, at most `limit` at a time, and wait for all."""
