"""What `faxapi call` takes as `key=value`, and how it becomes a method's arguments.

A method that takes one structure has the structure's fields as its keys; else a field is
`argument.field`. Secrets are never read from the command line, which other users of a machine see.
"""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Union, get_type_hints

import typer
from pydantic import BaseModel, SecretStr, ValidationError

from faxapi.cli.times import moment, span
from faxapi.errors import ConfigurationError
from faxapi.providers.keywords import Keyword, branches, choice

if TYPE_CHECKING:
    from faxapi.providers.methods import Method

_REFERENCE = "env:"


@dataclass(frozen=True, slots=True)
class Key:
    """What may be given as `key=value`: an argument of a method, or a field of one.

    Attributes:
        keyword: Its name as it is written, its type, and whether it must be given.
        argument: The method's argument.
        field: The argument's field; "" for the whole argument.
    """

    keyword: Keyword
    argument: str
    field: str = ""

    @property
    def name(self) -> str:
        """What is written before the equals sign."""
        return self.keyword.name


def keys(method: Method) -> dict[str, Key]:
    """Everything that a method may be given."""
    return {key.name: key for key in _keys(method.keywords())}


def _keys(arguments: Mapping[str, Keyword]) -> Iterator[Key]:
    for name, argument in arguments.items():
        structure = _structure(argument.hint)
        if structure is None:
            yield Key(_without_none(argument), name)
            continue
        prefix = "" if len(arguments) == 1 else f"{name}."
        for each in _fields(structure):
            keyword = _without_none(replace(each, name=prefix + each.name))
            yield Key(keyword, name, each.name)


def _structure(hint: object) -> Any:  # noqa: ANN401 - a dataclass has no type of its own
    """The structure that an argument takes, if it takes one."""
    for branch in branches(hint):
        if isinstance(branch, type) and (
            issubclass(branch, BaseModel) or dataclasses.is_dataclass(branch)
        ):
            return branch
    return None


def _fields(structure: Any) -> Iterator[Keyword]:  # noqa: ANN401 - as above
    if issubclass(structure, BaseModel):
        for name, field in structure.model_fields.items():
            yield Keyword(name, field.annotation, field.is_required(), field.default)
        return
    hints = get_type_hints(structure)
    for each in dataclasses.fields(structure):
        required = each.default is each.default_factory is dataclasses.MISSING
        yield Keyword(each.name, hints[each.name], required)


def _without_none(keyword: Keyword) -> Keyword:
    """The keyword as it is written: what is not given is None already."""
    kinds = tuple(each for each in branches(keyword.hint) if each is not NoneType)
    return replace(keyword, hint=Union[kinds])  # noqa: UP007 - the types are a tuple


def parse(texts: Iterable[str], known: Mapping[str, Key]) -> dict[str, Any]:
    """The values that are given, by key.

    Raises:
        ConfigurationError: One of them is wrong; no value is repeated, since it may be a secret.
    """
    given: dict[str, Any] = {}
    for number, text in enumerate(texts, 1):
        name, equals, value = text.partition("=")
        if not equals:
            message = f"argument {number} is no key=value"
            raise ConfigurationError(message, hint=_what_it_takes(known))
        if name not in known:
            hint = choice(name, known, "It takes") if known else _what_it_takes(known)
            raise ConfigurationError(f"there is no key {name!r}", hint=hint)
        if name in given:
            raise ConfigurationError(f"{name} is given twice")
        given[name] = _value(known[name].keyword, value)
    return given


def parse_file(path: Path, known: Mapping[str, Key]) -> dict[str, Any]:
    """The values that a file gives: one JSON object of keys, as an answer's fields are.

    What is null is not given.

    Raises:
        ConfigurationError: It cannot be read, or one of the values is wrong.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} does not hold one JSON object")
    texts = [f"{name}={_as_text(value)}" for name, value in found.items() if value is not None]
    secret = [name for name in found if name in known and known[name].keyword.secret]
    if given := [name for name in secret if found[name] is not None]:
        hint = "Take it out of the file: it is asked for, or written as key=env:A_VARIABLE"
        raise ConfigurationError(f"{path}: {', '.join(given)} is a secret", hint=hint)
    try:
        return parse(texts, known)
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: {error.message}", hint=error.hint) from None


def _as_text(value: object) -> str:
    """A JSON value as it would stand on the command line."""
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _what_it_takes(known: Mapping[str, Key]) -> str:
    return f"It takes {', '.join(known)}" if known else "It takes no arguments"


def _value(keyword: Keyword, text: str) -> object:
    if keyword.secret:
        return _referred(keyword.name, text)
    for branch in branches(keyword.hint):
        if isinstance(branch, type):
            for kind, read in _READERS.items():
                if issubclass(branch, kind):
                    found = read(branch, text, keyword)
                    if found is not None:
                        return found
                    break
    return keyword.read(text, Path())


def _referred(name: str, text: str) -> SecretStr:
    """A secret from the variable that is named instead of it."""
    variable = text.removeprefix(_REFERENCE)
    if variable == text or not variable.isidentifier():
        raise ConfigurationError(
            f"{name} is a secret, and others can see a command line",
            hint=f"Write {name}={_REFERENCE}A_VARIABLE, or leave it out at a terminal and be asked",
        )
    value = os.environ.get(variable)
    if not value:
        state = "is not set" if value is None else "is empty"
        raise ConfigurationError(f"{name}: the environment variable {variable} {state}")
    return SecretStr(value)


def _member(kind: type[Enum], text: str, keyword: Keyword) -> Enum | None:
    """A member by its name or value; None for another text, where one may be given."""
    for member in kind:
        if text.casefold() in {member.name.casefold(), str(member.value).casefold()}:
            return member
    if len(branches(keyword.hint)) > 1:
        return None
    words = ", ".join(member.name for member in kind)
    raise ConfigurationError(f"{keyword.name} is none of {words}")


def _time(kind: type[date], text: str, keyword: Keyword) -> date:
    """A time in the machine's zone unless it names one; a plain date where that may be given."""
    if not issubclass(kind, datetime):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    found: datetime = _read(moment, text, keyword)
    return found


def _number(_: type[Decimal], text: str, keyword: Keyword) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise ConfigurationError(f"{keyword.name} must be a number")
    return number


def _read(read: Callable[[str], Any], text: str, keyword: Keyword) -> Any:  # noqa: ANN401 - what is read
    try:
        return read(text)
    except typer.BadParameter as error:
        wrong = error.message
    raise ConfigurationError(f"{keyword.name}: {wrong}")


_READERS: dict[type, Callable[[Any, str, Keyword], Any]] = {
    Enum: _member,
    date: _time,
    Decimal: _number,
    timedelta: lambda _, text, keyword: _read(span, text, keyword),
}


def missing(method: Method, given: Mapping[str, object]) -> list[str]:
    """The keys that must be given and are not.

    A field is needed where its argument is, or where another field of it is given.
    """
    known, arguments = keys(method), method.keywords()
    begun = {known[name].argument for name in given}
    return [
        name
        for name, key in known.items()
        if key.keyword.required
        and name not in given
        and (not key.field or arguments[key.argument].required or key.argument in begun)
    ]


def build(method: Method, given: Mapping[str, Any]) -> dict[str, Any]:
    """The method's arguments, of the values that are given by key.

    Raises:
        ConfigurationError: A structure cannot be made of its fields.
    """
    known = keys(method)
    arguments: dict[str, Any] = {}
    fields: dict[str, dict[str, Any]] = {}
    for name, value in given.items():
        key = known[name]
        if key.field:
            fields.setdefault(key.argument, {})[key.field] = value
        else:
            arguments[key.argument] = value
    for name, argument in method.keywords().items():
        structure = _structure(argument.hint)
        if structure and (name in fields or argument.required):
            names = {key.field: key.name for key in known.values() if key.argument == name}
            arguments[name] = _made(structure, fields.get(name, {}), names)
    return arguments


def _made(
    structure: Callable[..., object], values: dict[str, Any], names: Mapping[str, str]
) -> object:
    """A structure of its fields, whose keys are named in errors."""
    if not values:
        hint = f"It takes {', '.join(names.values())}"
        raise ConfigurationError("nothing is given", hint=hint)
    try:
        return structure(**values)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
    places = [(str(each["loc"][0]), each["msg"]) for each in problems]
    text = "; ".join(f"{names.get(place, place)}: {wrong}" for place, wrong in places)
    raise ConfigurationError(text)
