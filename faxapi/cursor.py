"""Where the next collection goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    JsonValue,
    ValidationError,
)
from pydantic import model_validator as validator

from faxapi.errors import ConfigurationError
from faxapi.files import write_private

if TYPE_CHECKING:
    import os

    from faxapi.notice import Feed

VERSION = 1
"""The form of cursor that this faxapi writes, and the only one it reads."""


# Half a year from either end. Vendors' times have years from 2 to 9998: see `parse_time`.
_FIRST, _LAST = datetime(1, 7, 1, tzinfo=UTC), datetime(9999, 7, 1, tzinfo=UTC)


def _within_calendar(moment: datetime) -> datetime:
    if not _FIRST < moment < _LAST:
        raise ValueError("it is at the end of the calendar")
    return moment


Mark = Annotated[AwareDatetime, AfterValidator(_within_calendar)]
"""A time in a cursor, with room on both sides for margins and zones; no vendor's time has less."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class FeedState(_Part):
    """How far one feed was read.

    Attributes:
        since: Where its first collection began; what is older is never asked for.
        through: Up to when it was once read to its end.
        state: What its provider needs to go on; None before its first checkpoint.
    """

    since: Mark
    through: Mark | None = None
    state: JsonValue = None


class AccountState(_Part):
    """How far one account's feeds were read.

    Attributes:
        provider: The provider's registered name.
        login: Tells this login from others without naming it.
        feeds: By direction and kind, such as `outbound faxes`.
    """

    provider: str
    login: str
    feeds: Mapping[str, FeedState] = {}


class Cursor(_Part):
    """How far a collection was read: marks, ids still open, and gaps; for the next one to go on.

    It holds no record and no secret, but vendors' ids of faxes. `model_dump_json` and
    `from_json` turn it into text and back.

    Attributes:
        version: Its form.
        accounts: By name.
    """

    _LOST: ClassVar[str] = "Without a cursor, the next collection reads its whole window again"

    version: int = VERSION
    accounts: Mapping[str, AccountState] = {}

    @validator(mode="before")
    @classmethod
    def _check_version(cls, value: Any) -> Any:  # noqa: ANN401 - whatever a file held
        version = value.get("version") if isinstance(value, dict) else None
        if isinstance(value, dict) and value and version != VERSION:
            text = f"it has version {version!r}, and this faxapi reads version {VERSION}"
            raise ValueError(text)
        return value

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The cursor that `model_dump_json` wrote.

        Raises:
            ConfigurationError: It is no cursor, or one of another version.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            problem = _first(error)
        raise ConfigurationError(f"the cursor: {problem}", hint=cls._LOST)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self | None:
        """The cursor of a file; None if there is no such file.

        Raises:
            ConfigurationError: It holds no cursor, or one of another version, or cannot be read.
        """
        try:
            data = Path(path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            problem = error.strerror or "it cannot be read"
        else:
            try:
                return cls.model_validate_json(data)
            except ValidationError as error:
                problem = _first(error)
        raise ConfigurationError(f"the cursor {Path(path).name!r}: {problem}", hint=cls._LOST)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it to a file, atomically and with mode 0600.

        Raises:
            OSError: The file cannot be written.
        """
        write_private(path, json.dumps(self.model_dump(mode="json"), indent=1).encode())

    def feed(self, feed: Feed) -> FeedState | None:
        """How far a feed was read; None if it was never asked for."""
        account = self.accounts.get(feed.account)
        return account.feeds.get(feed.name) if account else None

    def with_feeds(self, feeds: Iterable[tuple[Feed, AccountState, FeedState]]) -> Cursor:
        """This cursor with the given feeds as they stand now; accounts not among them stay."""
        accounts = dict(self.accounts)
        reached: dict[str, dict[str, FeedState]] = {}
        for feed, account, state in feeds:
            if feed.account not in reached:
                known = self.accounts.get(feed.account, account)
                reached[feed.account] = dict(known.feeds)
                accounts[feed.account] = known.model_copy(update={"feeds": reached[feed.account]})
            reached[feed.account][feed.name] = state
        return self.model_copy(update={"accounts": accounts})

    def check_login(self, account: str, provider: str, username: str) -> None:
        """Do nothing if what is known of an account is this login's.

        Raises:
            ConfigurationError: It is another's: its marks would make the collection skip faxes.
        """
        known = self.accounts.get(account)
        if known is None or (known.provider, known.login) == (provider, login_of(username)):
            return
        whose = known.provider if known.provider != provider else "another user name"
        raise ConfigurationError(
            f"the cursor knows this account's name as one of {whose}",
            provider=provider,
            account=account,
            hint="Give the account the name=… that it had, or a new one",
        )


def login_of(username: str) -> str:
    """A digest that tells logins apart."""
    return hashlib.blake2s(username.encode(), digest_size=8).hexdigest()


def _first(error: ValidationError) -> str:
    """The first thing wrong, without any value."""
    first = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(map(str, first["loc"]))
    text = first["msg"].removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
