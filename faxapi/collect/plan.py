"""What each feed is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faxapi.cursor import Cursor, FeedState
from faxapi.errors import ConfigurationError
from faxapi.notice import Feed
from faxapi.providers.base import Provider
from faxapi.providers.feed import Ask, Out
from faxapi.window import Window

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Task:
    """One feed of one account.

    Attributes:
        provider: The account.
        feed: Which of its feeds.
        method: The provider's method for it.
        ask: What it is asked for.
    """

    provider: Provider
    feed: Feed
    method: Callable[[Ask, Out], Awaitable[None]]
    ask: Ask


class Plan:
    """What is asked for: from the cursor on where it knows a feed, else from the window's start.

    Args:
        window: The time to look at; None for up to now.
        cursor: How far earlier runs have read.
        now: The present.
        by_name: Whether kinds were asked for by name.

    Raises:
        ConfigurationError: Neither window nor cursor, or something else in their place.
    """

    def __init__(
        self, window: Window | None, cursor: Cursor | None, now: datetime, *, by_name: bool
    ) -> None:
        if window is None and cursor is None:
            raise ConfigurationError(
                "no window is given, and no cursor",
                hint="Give a window, such as Window.last(timedelta(days=7))",
            )
        if not isinstance(window, Window | None):
            raise ConfigurationError(
                f"window is of type {type(window).__name__}",
                hint="Give a window, such as Window.last(timedelta(days=7))",
            )
        if not isinstance(cursor, Cursor | None):
            raise ConfigurationError(
                f"cursor is of type {type(cursor).__name__}",
                hint="Give a report's cursor, or that of a file: Cursor.load(path)",
            )
        self._window = window
        self._cursor = cursor or Cursor()
        self._now = now
        self._by_name = by_name

    def task(
        self, provider: Provider, feed: Feed, method: Callable[[Ask, Out], Awaitable[None]]
    ) -> Task:
        """A feed with what it is asked for.

        Raises:
            ConfigurationError: The cursor's account of that name is another's, or nothing says
                where the feed is to begin.
        """
        self._cursor.check_login(provider.name, provider.provider, provider.username)
        known = self._cursor.feed(feed)
        ask = Ask(
            self._span(feed, known),
            now=self._now,
            zone=provider.settings.zone,
            explicit=self._by_name or provider.settings.kinds is not None,
            through=known.through if known else None,
            state=known.state if known else None,
        )
        return Task(provider, feed, method, ask)

    def _span(self, feed: Feed, known: FeedState | None) -> Window:
        until = self._window.until if self._window else self._now
        if known is None:
            if self._window is None:
                raise ConfigurationError(
                    f"the cursor does not know {feed}",
                    hint="Give a window too: its start is for what the cursor does not know",
                )
            return self._window
        if known.since >= until:
            raise ConfigurationError(
                f"the window ends before the cursor begins, which has {feed} since {known.since}",
                hint="For a time before it, collect without the cursor",
            )
        return Window(known.since, until)
