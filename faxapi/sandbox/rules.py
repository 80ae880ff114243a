"""Which calls go wrong, and how often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NoReturn

from faxapi.errors import ConfigurationError
from faxapi.sandbox.calls import Answer, Call
from faxapi.sandbox.faults import Delay, Fault, Repeat, require
from faxapi.wire.soap import SoapOperation

if TYPE_CHECKING:
    from faxapi.sandbox.faults import Operation
    from faxapi.wire.rest import RestOperation


@dataclass(slots=True)
class _Rule:
    """A fault, with the calls that it hits."""

    fault: Fault
    provider: str | None
    operation: str | None
    username: str | None
    skip: int
    every: int
    times: int | None
    met: int = 0
    hits: int = 0

    @property
    def spent(self) -> bool:
        return self.times is not None and self.hits >= self.times

    def means(self, call: Call) -> bool:
        """Whether it is for calls like this one."""
        return (
            self.provider in {None, call.provider}
            and (self.operation is None or _named(call.operation, self.operation))
            and self.username in {None, call.username}
        )

    def hit(self, call: Call) -> bool:
        """Count a call; whether it is to go wrong."""
        if self.spent or not self.means(call) or not self.fault.fits(call):
            return False
        self.met += 1
        if self.met <= self.skip or (self.met - self.skip) % self.every:
            return False
        self.hits += 1
        return True


class Faults:
    """What goes wrong with which calls.

    A call meets the faults in the order in which they were added. The first that hits it has it,
    and the others do not see it: two that hit once each hit two calls. Delays are besides: each
    that hits adds its time.

    Args:
        operations: What each provider answers.
        lock: Held while calls are counted.
    """

    def __init__(
        self,
        operations: Mapping[str, Iterable[SoapOperation[Any] | RestOperation[Any]]],
        lock: AbstractContextManager[object],
    ) -> None:
        self._operations = {
            provider: {_label(each): each for each in own} for provider, own in operations.items()
        }
        self._lock = lock
        self._rules: list[_Rule] = []
        self._before: dict[tuple[str, str, str], Answer] = {}

    def add(
        self,
        fault: Fault,
        *,
        provider: str | None = None,
        operation: str | None = None,
        username: str | None = None,
        skip: int = 0,
        every: int = 1,
        times: int | None = 1,
    ) -> None:
        """Let calls go wrong from now on.

        Args:
            fault: In which way.
            provider: `interfax`, `openfax` or `imagicle`; any unless given.
            operation: Such as `FaxStatusEx`, or `outbound.FaxStatusEx` where two have the name;
                any unless given.
            username: Whose calls at InterFax or Imagicle; anybody's unless given.
            skip: How many of these calls are left alone first.
            every: Of the others every so many-th one is hit.
            times: How many are hit in all; None for no end.

        Raises:
            ConfigurationError: There are no such calls, or they cannot go wrong in this way.
        """
        require(skip >= 0, "skip", skip, "0 or more")
        require(every > 0, "every", every, "1 or more")
        require(times is None or times > 0, "times", times, "1 or more, or None")
        meant = self._meant(provider, operation)
        if not any(map(fault.suits, meant)):
            name = type(fault).__name__
            what = operation or provider
            raise ConfigurationError(f"{what} has no answer that {name} could be")
        rule = _Rule(fault, provider, operation, username, skip, every, times)
        with self._lock:
            self._rules.append(rule)

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        with self._lock:
            self._rules.clear()
            self._before.clear()

    def of(self, call: Call) -> tuple[Call, tuple[Fault, ...]]:
        """The call with what was answered before it, and the faults that hit it; the sandbox's."""
        before = self._before.get((call.provider, call.operation, call.username))
        call = replace(call, before=before)
        delays = [rule.fault for rule in self._rules if _is_delay(rule) and rule.hit(call)]
        other = next((r.fault for r in self._rules if not _is_delay(r) and r.hit(call)), None)
        return call, (*([] if other is None else [other]), *delays)

    def answered(self, call: Call, answer: Answer) -> None:
        """Keep a call's own answer if it may have to be repeated; the sandbox's."""
        repeats = (r for r in self._rules if isinstance(r.fault, Repeat) and not r.spent)
        if any(rule.means(call) for rule in repeats):
            self._before[call.provider, call.operation, call.username] = answer

    def _meant(self, provider: str | None, operation: str | None) -> list[Operation]:
        if provider is not None and provider not in self._operations:
            unknown("provider", provider, list(self._operations))
        known = {
            name: each
            for at, operations in self._operations.items()
            for name, each in operations.items()
            if provider in {None, at}
        }
        meant = [
            each for name, each in known.items() if operation is None or _named(name, operation)
        ]
        if operation is not None and not meant:
            unknown("operation", operation, [name.rpartition(".")[2] for name in known])
        return meant


def _label(operation: Operation) -> str:
    return operation.label if isinstance(operation, SoapOperation) else operation.name


def _is_delay(rule: _Rule) -> bool:
    return isinstance(rule.fault, Delay)


def _named(name: str, given: str) -> bool:
    return given in {name, name.rpartition(".")[2]}


def unknown(what: str, name: str, known: list[str]) -> NoReturn:
    """Refuse a name, and suggest the one that may be meant.

    Raises:
        ConfigurationError: Always.
    """
    near = get_close_matches(name, known, 1) or [", ".join(sorted(known))]
    raise ConfigurationError(f"the sandbox has no {what} {name!r}", hint=f"Perhaps {near[0]}")
