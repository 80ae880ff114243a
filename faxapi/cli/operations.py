"""What `faxapi call` knows of operations: their list, their help, and completion for a shell."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from itertools import groupby
from typing import Any, Literal, get_args, get_origin

import typer
from rich.table import Table
from rich.text import Text

from faxapi.cli.arguments import Key, keys
from faxapi.cli.consoles import Output
from faxapi.errors import ConfigurationError
from faxapi.providers import Provider, registered
from faxapi.providers.keywords import branches
from faxapi.providers.methods import Method, methods

# In the order in which they are looked at: a datetime is a date, and so is True a number.
_WORDS: dict[type, str] = {
    bool: "true or false",
    datetime: "time",
    date: "date or time",
    timedelta: "span of time",
    int: "whole number",
    float: "number",
    Decimal: "number",
}
_HEADING = re.compile(r"^(Args|Raises|Yields|Returns):$", re.MULTILINE)
_ARGUMENT = re.compile(r"^ {4}(\w+): ((?:.|\n {5,})*)", re.MULTILINE)
_SOURCE = re.compile(r"\n*^Source: .*", re.MULTILINE | re.DOTALL)


def every_method() -> dict[str, Method]:
    """Every method of every registered provider, by name."""
    return methods_of(provider for _, provider in sorted(registered().items()))


def methods_of(providers: Iterable[type[Provider]]) -> dict[str, Method]:
    """The methods of some providers, by name."""
    return {name: method for each in providers for name, method in methods(each).items()}


def find(name: str) -> list[Method]:
    """The method of a name, or those of a provider or a service.

    Raises:
        ConfigurationError: There is none.
    """
    known = every_method()
    if name in known:
        return [known[name]]
    if found := [method for each, method in known.items() if each.startswith(f"{name}.")]:
        return found
    # The vendor's own spelling is a likely one.
    groups = {each.rpartition(".")[0]: None for each in known}
    spellings = {_spelling(each): each for each in [*known, *groups]}
    near = difflib.get_close_matches(_spelling(name), spellings, 1)
    hint = f"Did you mean {spellings[near[0]]}?" if near else "faxapi call lists all of them"
    raise ConfigurationError(f"there is no operation {name[:60]!r}", hint=hint)


def _spelling(name: str) -> str:
    return name.replace("_", "").casefold()


def show_list(found: Iterable[Method]) -> None:
    """A line for each method, those of a service together."""
    console = Output()
    found = list(found)
    width = max(len(method.function.__name__) for method in found)
    for owner, members in groupby(found, lambda method: method.name.rpartition(".")[0]):
        console.print(Text(owner, style="bold"))
        for method in members:
            reads = method.operation.idempotent
            line = Text.assemble(
                f"  {method.function.__name__:<{width}}  ",
                ("reads    ", "green") if reads else ("changes  ", "yellow"),
                _summary(method),
            )
            console.print(line, no_wrap=True, overflow="ellipsis")
        console.print()
    more = f"faxapi call {found[0].name} --help tells what one does and takes."
    console.print(Text(more, style="dim"))


def show_help(method: Method) -> None:
    """What a method does, what it takes, and where that is known from."""
    console = Output(width=min(Output().width, 100), highlight=False)
    operation = method.operation
    takes = keys(method)
    usage = f"Usage: faxapi call {method.name}{' KEY=VALUE …' if takes else ''}"
    console.print(Text(usage), "", sep="\n")
    console.print(Text(_meaning(method)), "", sep="\n")
    if takes:
        console.print(Text("Keys", style="bold"))
        console.print(_key_table(method, takes.values()), "", sep="\n")
    effect = (
        "It only reads."
        if operation.idempotent
        else "It changes something, and asks before it does; --yes answers."
    )
    if method.streams:
        effect += " Its answer is written as it comes."
    console.print(Text(f"{effect} It calls {operation.label}."))
    console.print(Text(f"Source: {operation.source}"))
    console.print(Text("The options are those of every call: faxapi call --help", style="dim"))


def _key_table(method: Method, takes: Iterable[Key]) -> Table:
    said = {name: " ".join(text.split()) for name, text in _ARGUMENT.findall(_doc(method))}
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(no_wrap=True, style="bold")
    table.add_column()
    for key in takes:
        # An argument is explained at the first of its fields.
        about = said.pop(key.argument, "")
        table.add_row(f"  {key.name}", Text(". ".join(filter(None, (_kind(key), about)))))
    return table


def _kind(key: Key) -> str:
    keyword = key.keyword
    words = "secret: env:A_VARIABLE, or asked for" if keyword.secret else _words(keyword.hint)
    if keyword.required:
        needed = f"required for {key.argument}" if key.field else "required"
        return f"{words} ({needed})"
    default = keyword.default
    if isinstance(default, bool):
        return f"{words} (default {str(default).lower()})"
    plain = isinstance(default, int | float | str) and default != ""
    return f"{words} (default {default})" if plain else words


def _words(hint: object) -> str:
    """What may be written for a type."""
    kinds = branches(hint)
    if choices := _choices(kinds):
        more = ", or another text" if str in kinds else ""
        return ", ".join(choices) + more
    if any(get_args(kind)[:1] == (str,) for kind in kinds):
        return "texts, with a comma between"
    if str in kinds:
        return "text"
    words = (word for kind, word in _WORDS.items() if kind in kinds)
    return next(words, "given in Python only")


def _choices(kinds: Iterable[Any]) -> list[str]:
    found: list[str] = []
    for kind in kinds:
        if get_origin(kind) is Literal:
            found += map(str, get_args(kind))
        elif isinstance(kind, type) and issubclass(kind, Enum):
            found += [member.name for member in kind]
    return found


def _doc(method: Method) -> str:
    return inspect.getdoc(method.function) or ""


def _summary(method: Method) -> str:
    return _doc(method).partition("\n")[0]


def _meaning(method: Method) -> str:
    """A method's docstring, but for the sections of its arguments and errors."""
    return _SOURCE.sub("", _HEADING.split(_doc(method))[0]).strip()


def complete_operation(incomplete: str) -> Iterator[tuple[str, str]]:
    """The operations that begin so, with what each does."""
    for name, method in every_method().items():
        if name.startswith(incomplete):
            yield name, _summary(method)


def complete_key(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    """The keys of the operation that stands before, and what may stand behind a key."""
    method = every_method().get(str(ctx.params.get("operation")))
    takes = keys(method) if method else {}
    name, equals, _ = incomplete.partition("=")
    if equals and name in takes:
        choices = _choices(branches(takes[name].keyword.hint))
        found = [f"{name}={each}" for each in choices]
    else:
        given = {str(each).partition("=")[0] for each in ctx.params.get("values") or ()}
        found = [f"{each}=" for each in takes if each not in given]
    yield from (each for each in found if each.startswith(incomplete))
