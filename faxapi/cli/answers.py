"""A vendor's answer on stdout: readable at a terminal, JSON for programs; secrets are masked."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import AsyncIterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic_core import to_jsonable_python
from rich import box
from rich.console import Group, RenderableType
from rich.measure import Measurement
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from faxapi.cli.call_options import AnswerFormat
from faxapi.cli.consoles import Output
from faxapi.render.tables import plain

if TYPE_CHECKING:
    from faxapi.notice import Notice


def usual_format() -> AnswerFormat:
    """The format for whoever reads: a person at a terminal, or a program."""
    return AnswerFormat.TABLE if sys.stdout.isatty() else AnswerFormat.JSON


def write(answer: object, form: AnswerFormat) -> None:
    """Write a whole answer."""
    match form, answer:
        case AnswerFormat.TABLE, _:
            Output().print(_readable(answer))
        case AnswerFormat.JSON, _:
            print(_json(answer, indent=2))
        case AnswerFormat.JSONL, list() | tuple():
            for item in answer:
                print(_json(item))
        case _:
            print(_json(answer))


async def write_stream(items: AsyncIterable[object], form: AnswerFormat) -> None:
    """Write items as they come."""
    count = 0
    console = Output()
    async for item in items:
        if form is AnswerFormat.TABLE:
            console.print(_block(item))
        elif form is AnswerFormat.JSONL:
            print(_json(item))
        else:
            print(f"{',' if count else '['}\n{_json(item)}", end="")
        count += 1
    if form is AnswerFormat.TABLE and not count:
        console.print(_NOTHING)
    elif form is AnswerFormat.JSON:
        print("\n]" if count else "[]")


def notices_of(answer: object) -> Sequence[Notice]:
    """What the answer has to say of itself, if it is one that has."""
    found: Sequence[Notice] = getattr(answer, "notices", ())
    return found


# Wider than any table.
_BOUNDLESS = 1_000_000

_NOTHING = Text("Nothing was found.", style="dim")


def _json(answer: object, indent: int | None = None) -> str:
    # ASCII: no control character of a stranger's gets to a terminal.
    return json.dumps(to_jsonable_python(answer, by_alias=False), indent=indent)


def _readable(answer: object) -> RenderableType:
    if answer is None:
        return Text("Done.")
    if isinstance(answer, list | tuple):
        return _list(answer)
    if _is_structure(answer):
        return _structure(answer)
    return _text(answer)


def _is_structure(value: object) -> bool:
    return isinstance(value, BaseModel | Mapping) or dataclasses.is_dataclass(value)


def _fields(structure: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - any structure
    """Names and values, without what `notices_of` tells."""
    if isinstance(structure, Mapping):
        yield from structure.items()
        return
    names = (
        type(structure).model_fields
        if isinstance(structure, BaseModel)
        else [field.name for field in dataclasses.fields(structure)]
    )
    yield from ((name, getattr(structure, name)) for name in names if name != "notices")


def _structure(structure: object, *, brief: bool = False) -> RenderableType:
    """Names and values; what holds more than a line follows with a heading of its own.

    Args:
        structure: A model, a dataclass or a table.
        brief: Whether to leave out what is None.
    """
    fields = {name: value for name, value in _fields(structure) if not (brief and value is None)}
    parts = {name: value for name, value in fields.items() if _is_large(value)}
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(overflow="fold")
    for name, value in fields.items():
        if name not in parts:
            table.add_row(plain(name), _text(value))
    below = (each for name, value in parts.items() for each in (Rule(name), _readable(value)))
    return Group(*([table] if table.row_count else []), *below)


def _is_large(value: object) -> bool:
    return _is_structure(value) or (
        isinstance(value, list | tuple) and any(map(_is_structure, value))
    )


def _list(items: Sequence[Any]) -> RenderableType:
    if not items:
        return _NOTHING
    if not all(map(_is_structure, items)):
        return Group(*map(_text, items))
    table = _table(items)
    console = Output()
    boundless = console.options.update(max_width=_BOUNDLESS)
    if Measurement.get(console, boundless, table).maximum <= console.width:
        return table
    return Group(*map(_block, items))


def _table(items: Sequence[object]) -> Table:
    """A row for each, without the columns that are empty in all."""
    rows = [dict(_fields(item)) for item in items]
    names = [
        name
        for name in dict.fromkeys(name for row in rows for name in row)
        if any(row.get(name) is not None for row in rows)
    ]
    table = Table(box=box.SIMPLE_HEAD, header_style="bold", pad_edge=False, collapse_padding=True)
    for name in names:
        table.add_column(plain(name), no_wrap=True)
    for row in rows:
        table.add_row(*(_text(row.get(name)) for name in names))
    return table


def _block(item: object) -> RenderableType:
    """What has no room in a table: a line for each field that says something, and an empty one."""
    return Group(_structure(item, brief=True) if _is_structure(item) else _text(item), "")


def _text(value: object) -> Text:
    """A value as people read it; times are in their zone."""
    match value:
        case datetime():
            return plain(f"{value.astimezone():%Y-%m-%d %H:%M:%S %Z}")
        case Enum():
            return plain(value.name)
        case bool():
            return plain("yes" if value else "no")
        case list() | tuple():
            return plain(", ".join(map(str, value)))
    return plain(value)
