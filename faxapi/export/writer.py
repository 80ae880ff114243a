"""What a format is to the rest: something that takes records and, at the end, an account."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any

from faxapi.records import Record


class Writer(ABC):
    """Writes one format."""

    @abstractmethod
    def write(self, records: Iterable[Record]) -> None:
        """Write records; they may still be in memory afterwards."""

    @abstractmethod
    def finish(self, account: Mapping[str, Any]) -> None:
        """Write what is in memory, and the account of the collection if there is a place for it."""

    def abandon(self) -> None:
        """Write nothing more; called at the end of any writer."""
        return
