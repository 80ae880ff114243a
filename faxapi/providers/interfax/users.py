"""Whose faxes an account's feeds read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faxapi.cursor import login_of
from faxapi.errors import DecodeError
from faxapi.providers.interfax.operations import GET_ACCOUNT_USERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from faxapi.providers.soap import SoapService


def key_of(name: str) -> str:
    """What stands for a user in a cursor; whether names differ by their case is not documented."""
    return login_of(name.casefold())


async def user_names(service: SoapService) -> list[str]:
    """The names of the account's users, as InterFax spells them.

    Raises:
        DecodeError: The answer does not name them all.
        FaxApiError: As `Admin.get_account_users`.
    """
    users = await service.call(GET_ACCOUNT_USERS)
    names = [user.username for user in users if user.username]
    if not names or len(names) < len(users):
        with service.provider.located(GET_ACCOUNT_USERS.label):
            raise DecodeError("the answer names no users, or not all of them")
    return _each_once([*names, service.provider.username])


def in_turn(names: Sequence[str], last: str | None) -> list[str]:
    """The names, beginning behind the one that was read last: runs that are cut short reach all."""
    keys = [key_of(name) for name in names]
    start = keys.index(last) + 1 if last in keys else 0
    return [*names[start:], *names[:start]]


def _each_once(names: Iterable[str]) -> list[str]:
    first: dict[str, str] = {}
    for name in names:
        first.setdefault(key_of(name), name)
    return list(first.values())
