"""Which of the vendor's operations a provider's public methods call: what is known of each by name.

The command line calls by this list, and the documentation's tables are made of it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from faxapi.wire.rest import RestOperation
from faxapi.wire.soap import SoapOperation

if TYPE_CHECKING:
    from faxapi.providers.base import Provider
    from faxapi.providers.keywords import Keyword

FunctionT = TypeVar("FunctionT", bound=Callable[..., Any])

Operation = SoapOperation[Any] | RestOperation[Any]

_MARK = "_calls"


def calls(operation: Operation) -> Callable[[FunctionT], FunctionT]:
    """Say which operation a public method calls: `@calls(GET_FAX)`; the method stays as it is."""

    def mark(function: FunctionT) -> FunctionT:
        setattr(function, _MARK, operation)
        return function

    return mark


@dataclass(frozen=True, slots=True)
class Method:
    """A public method that calls an operation.

    Attributes:
        provider: The class whose account has it.
        service: The account's attribute that it is a method of; "" for the account itself.
        function: The method as the class has it.
        operation: What it calls.
    """

    provider: type[Provider]
    service: str
    function: Callable[..., Any]
    operation: Operation

    @property
    def name(self) -> str:
        """The name that it is called by: `interfax.admin.open_user`."""
        return f"{self.provider.provider}.{self.path}"

    @property
    def path(self) -> str:
        """Its name from the account on: `admin.open_user`."""
        return ".".join(filter(None, (self.service, self.function.__name__)))

    @property
    def streams(self) -> bool:
        """Whether it answers one by one, as an async iterator."""
        return not inspect.iscoroutinefunction(self.function)

    def keywords(self) -> dict[str, Keyword]:
        """Its arguments, each of which may be given by keyword."""
        from faxapi.providers.keywords import keywords  # noqa: PLC0415 - who calls in Python needs none

        return keywords(self.function)

    def of(self, account: Provider) -> Callable[..., Any]:
        """The method of an account."""
        bound: Callable[..., Any] = attrgetter(self.path)(account)
        return bound


def methods(provider: type[Provider]) -> dict[str, Method]:
    """A provider's methods that call operations, by name; a service's in the order of its class.

    A service is what an annotation of the class names: `admin: Admin`.
    """
    owners = {"": provider} | {
        name: hint for name, hint in get_type_hints(provider).items() if isinstance(hint, type)
    }
    found = (
        Method(provider, service, function, operation)
        for service, owner in owners.items()
        for function, operation in _marked(owner)
    )
    return {method.name: method for method in found}


def _marked(owner: type) -> Iterator[tuple[Callable[..., Any], Operation]]:
    members = {name: each for base in reversed(owner.__mro__) for name, each in vars(base).items()}
    for member in members.values():
        if inspect.isfunction(member) and hasattr(member, _MARK):
            yield member, getattr(member, _MARK)
