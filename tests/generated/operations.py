"""The tables of what each provider can do, and of the vendors' operations."""

from __future__ import annotations

from collections.abc import Iterable

from faxapi.cli.providers import capabilities, cell
from faxapi.providers import Provider, registered
from faxapi.providers.methods import Method, Operation, methods
from tests.marked import table


def own_providers() -> list[type[Provider]]:
    """The classes of faxapi's own providers, by name."""
    found = sorted(registered().items())
    return [each for _, each in found if each.__module__.startswith("faxapi.")]


def capability_table() -> str:
    """What each provider can do."""
    providers = own_providers()
    able = [capabilities(each) for each in providers]
    rows = [(name, *(cell(each[name]) for each in able)) for name in able[0]]
    return table(("", *(each.__name__ for each in providers)), rows)


def operation_tables() -> str:
    """Each provider's methods by service, with the operations that they call."""
    return "\n".join(
        f"## {provider.__name__}\n\n{_operations(methods(provider).values())}"
        for provider in own_providers()
    )


def _operations(found: Iterable[Method]) -> str:
    rows = [
        (
            f"`{method.name}`<br>{method.operation.label}",
            _manner(method.operation),
            method.operation.source,
        )
        for method in found
    ]
    return table(("Method, and what it calls", "It", "Source"), rows)


def _manner(operation: Operation) -> str:
    text = "reads" if operation.idempotent else "**changes**"
    return f"{text}, counted" if operation.counted else text
