"""The cursors of a dataset: a file for each account, so that accounts may change their share."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from faxapi.cursor import Cursor
from faxapi.errors import ConfigurationError
from faxapi.files import write_private

FOLDER = "cursors"


class Mark(BaseModel):
    """An account's cursor.

    It is kept from before its last run too: a share that is repeated within a run begins where it
    began, so that it brings all that the lost one brought.

    Attributes:
        version: The form.
        account: The account's name.
        run: Its last run.
        before: Where that began.
        after: Where it ended.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: Literal[1] = 1
    account: str
    run: str
    before: Cursor
    after: Cursor


def load(out: Path, run: str, account: str) -> Cursor:
    """Where a run begins.

    Raises:
        ConfigurationError: There is a file, and it holds no cursor or cannot be read.
    """
    path = _path(out, account)
    try:
        mark = Mark.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return Cursor()
    except (OSError, ValidationError) as error:
        problem = error.strerror if isinstance(error, OSError) else "it is no cursor of a dataset"
    else:
        return mark.before if mark.run == run else mark.after
    raise ConfigurationError(
        f"the cursor {path.name!r}: {problem}",
        hint="Delete it, and the next collection reads its whole window again",
    )


def save(out: Path, run: str, accounts: Iterable[str], before: Cursor, after: Cursor) -> None:
    """Write where a run has ended.

    Raises:
        OSError: A file cannot be written.
    """
    for account in accounts:
        mark = Mark(
            account=account,
            run=run,
            before=_only(before, account),
            after=_only(after, account),
        )
        write_private(_path(out, account), mark.model_dump_json().encode())


def _only(cursor: Cursor, account: str) -> Cursor:
    known = cursor.accounts.get(account)
    return Cursor().model_copy(update={"accounts": {account: known} if known else {}})


def _path(out: Path, account: str) -> Path:
    # Of a name, a file system may not take every letter, or not tell "A" from "a".
    name = hashlib.blake2s(account.encode(), digest_size=16).hexdigest()
    return out / FOLDER / f"{name}.json"
