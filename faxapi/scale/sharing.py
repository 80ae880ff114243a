"""How the accounts of a collection are shared out.

Accounts of one login stay together, so that whoever has them keeps the vendor's pace alone. So do
the accounts of one host, if they are not more than a share: then no other share speaks to it, and
only the hosts of many shares need a limit over all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest


@dataclass(frozen=True, slots=True)
class Place:
    """Where an account logs in.

    Attributes:
        host: The host.
        login: A number that accounts of the same login have in common, and no others.
    """

    host: str
    login: int


@dataclass(frozen=True, slots=True)
class Share:
    """Accounts that are collected together.

    Attributes:
        accounts: Their places in the list that was shared out.
        host: The one host of all of them that other shares speak to as well; None if there is none.
    """

    accounts: tuple[int, ...]
    host: str | None = None


def share_out(places: Sequence[Place], size: int) -> list[Share]:
    """Shares of at most `size` accounts, or of one login that has more; hosts take turns."""
    hosts: dict[str, dict[int, list[int]]] = {}
    for number, place in enumerate(places):
        hosts.setdefault(place.host, {}).setdefault(place.login, []).append(number)
    small: list[list[int]] = []
    turns: list[list[Share]] = []
    for host, logins in hosts.items():
        packs = list(_packed(list(logins.values()), size))
        if len(packs) == 1:
            small += packs
        else:
            turns.append([Share(tuple(pack), host) for pack in packs])
    turns.append([Share(tuple(pack)) for pack in _packed(small, size)])
    return [share for turn in zip_longest(*turns) for share in turn if share]


def _packed(groups: Sequence[Sequence[int]], size: int) -> Iterator[list[int]]:
    """The groups in packs of at most `size`, none of them torn."""
    pack: list[int] = []
    for group in groups:
        if pack and len(pack) + len(group) > size:
            yield pack
            pack = []
        pack += group
    if pack:
        yield pack
