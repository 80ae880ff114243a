"""`faxapi providers`: what each provider can do, as its class says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.table import Table

from faxapi.cli.answers import usual_format, write
from faxapi.cli.call_options import AnswerFormat
from faxapi.cli.consoles import Output
from faxapi.providers import Pace, registered
from faxapi.providers.methods import methods
from faxapi.records import Direction, Kind
from faxapi.render.tables import plain

if TYPE_CHECKING:
    from faxapi.providers import Provider

Ability = bool | int | Pace | None

_REPORTS = {
    "faxes sent": (Kind.FAXES, Direction.OUTBOUND),
    "faxes received": (Kind.FAXES, Direction.INBOUND),
    "totals of what was sent": (Kind.USAGE, Direction.OUTBOUND),
    "totals of what was received": (Kind.USAGE, Direction.INBOUND),
    "broadcast jobs": (Kind.JOBS, None),
}


def capabilities(provider: type[Provider]) -> dict[str, Ability]:
    """What a provider can do, by what it is called."""
    reports = set(provider.reports().values())
    operations = {
        method.operation.label: method.operation for method in methods(provider).values()
    }.values()
    return {
        **{
            name: (kind, direction) in reports or (kind, None) in reports
            for name, (kind, direction) in _REPORTS.items()
        },
        "operations that read": sum(each.idempotent for each in operations),
        "operations that change something": sum(not each.idempotent for each in operations),
        "published limit": provider.default_pace,
    }


def matrix() -> dict[str, dict[str, Ability]]:
    """What every registered provider can do."""
    return {name: capabilities(provider) for name, provider in sorted(registered().items())}


def show(form: AnswerFormat | None) -> None:
    """Print the matrix."""
    able = matrix()
    form = form or usual_format()
    if form is not AnswerFormat.TABLE:
        named = [{"provider": name, **each} for name, each in able.items()]
        write([{key.replace(" ", "_"): each[key] for key in each} for each in named], form)
        return
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False)
    table.add_column(no_wrap=True)
    for name in able:
        table.add_column(plain(name), overflow="fold")
    for name in able[next(iter(able))]:
        table.add_row(name, *(plain(cell(each[name])) for each in able.values()))
    Output().print(table)


def cell(value: Ability) -> str:
    """A value as a table has it; nothing stands for what there is not."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, Pace):
        return f"{value.calls} calls in {value.per:g} s"
    return str(value or "")
