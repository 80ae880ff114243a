"""`faxapi providers`: what each provider can do, as its class says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faxapi.providers import registered
from faxapi.providers.methods import methods
from faxapi.records import Direction, Kind

if TYPE_CHECKING:
    from faxapi.providers import Provider

_REPORTS = {
    "faxes sent": (Kind.FAXES, Direction.OUTBOUND),
    "faxes received": (Kind.FAXES, Direction.INBOUND),
    "totals of what was sent": (Kind.USAGE, Direction.OUTBOUND),
    "totals of what was received": (Kind.USAGE, Direction.INBOUND),
    "broadcast jobs": (Kind.JOBS, None),
}


def capabilities(provider: type[Provider]) -> dict[str, bool | int | str | None]:
    """What a provider can do, by what it is called."""
    reports = set(provider.reports().values())
    operations = {
        method.operation.label: method.operation for method in methods(provider).values()
    }.values()
    pace = provider.default_pace
    return {
        **{
            name: (kind, direction) in reports or (kind, None) in reports
            for name, (kind, direction) in _REPORTS.items()
        },
        "operations that read": sum(each.idempotent for each in operations),
        "operations that change something": sum(not each.idempotent for each in operations),
        "published limit": f"{pace.calls} calls in {pace.per:g} s" if pace else None,
    }


def matrix() -> dict[str, dict[str, bool | int | str | None]]:
    """What every registered provider can do."""
    return {name: capabilities(provider) for name, provider in sorted(registered().items())}


def cell(value: bool | int | str | None) -> str:  # noqa: FBT001 - a cell's value
    """A value as a table has it; nothing stands for what there is not."""
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value or "")
