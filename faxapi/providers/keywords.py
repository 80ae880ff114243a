"""What a class or a method takes by keyword, and how a file or a variable may say it."""

from __future__ import annotations

import difflib
import inspect
import tomllib
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import SecretStr

from faxapi.errors import ConfigurationError

_MISFIT = object()

# Their one secret is a login, which ends at an @.
_ADDRESSES = {"proxy"}

_WORDS: dict[object, str] = {
    str: "a text",
    Path: "a path",
    float: "a number",
    int: "a whole number",
    bool: "true or false",
    NoneType: "false",
}


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword of a constructor or a method.

    Attributes:
        name: What errors call it.
        hint: Its type, as the signature has it.
        required: Whether the signature has no default for it.
        default: What the signature has for it, if anything.
    """

    name: str
    hint: Any
    required: bool = False
    default: object = None

    @property
    def secret(self) -> bool:
        """Whether it takes a password or a key."""
        return SecretStr in branches(self.hint)

    def gives_away(self, value: object) -> bool:
        """Whether it takes a secret, and a value of TOML's may be it."""
        harmless = self.name in _ADDRESSES and not (isinstance(value, str) and "@" in value)
        return self.secret and not harmless

    def fit(self, value: object, folder: Path) -> object:
        """A value of TOML's as the constructor takes it; `false` stands for None.

        Args:
            value: What TOML has.
            folder: Where relative paths begin.

        Raises:
            ConfigurationError: The value is not of the keyword's type.
        """
        found = _fit(self.hint, value, folder)
        if found is not _MISFIT:
            return found
        words = list(dict.fromkeys(filter(None, map(_word, branches(self.hint)))))
        if not words:
            message = f"{self.name} can be given in Python only"
            raise ConfigurationError(message, hint="Make this account in the program itself")
        message = f"{self.name} must be {' or '.join(words)}"
        raise ConfigurationError(message)

    def read(self, text: str, folder: Path) -> object:
        """A text as the constructor takes it.

        Where the keyword takes a text, it is that text; where it takes several, they are separated
        by commas; anything else is written as in TOML.

        Raises:
            ConfigurationError: The text does not say a value of the keyword's type.
        """
        if self.secret:
            return SecretStr(text)
        several = any(map(_holds_texts, branches(self.hint)))
        said: object = [part.strip() for part in text.split(",")] if several else text
        if _fit(self.hint, said, folder) is _MISFIT:
            said = _toml(text)
        return self.fit(said, folder)


def keywords(function: Callable[..., Any]) -> dict[str, Keyword]:
    """What a class or a method takes by keyword, those of `**options: Unpack[…]` among them.

    The annotations are evaluated, so what they name must be imported where the program runs.
    """
    found = {}
    for name, parameter in _signature(function).parameters.items():
        if parameter.kind is not parameter.VAR_KEYWORD:
            required = parameter.default is parameter.empty
            default = None if required else parameter.default
            found[name] = Keyword(name, parameter.annotation, required, default)
            continue
        for options in get_args(parameter.annotation):
            hints = get_type_hints(options)
            found |= {key: Keyword(key, hint) for key, hint in hints.items()}
    return found


def choice(wrong: str, known: Collection[str], words: str) -> str:
    """What may have been meant by a name that is not known; else everything that there is."""
    near = difflib.get_close_matches(wrong, known, 1)
    return f"Did you mean {near[0]!r}?" if near else f"{words} {', '.join(sorted(known))}"


def _signature(function: Callable[..., Any]) -> inspect.Signature:
    try:
        signature = inspect.signature(function, eval_str=True)
    except NameError as error:
        where = f"{function.__module__}.{function.__qualname__}"
        error.add_note(f"An annotation of {where} names it: import it where the program runs")
        raise
    given = [each for name, each in signature.parameters.items() if name != "self"]
    return signature.replace(parameters=given)


def _fit(hint: object, value: object, folder: Path) -> object:
    """The value as the type wants it, or `_MISFIT`."""
    if hint is Any:
        return value
    fits = (_fit_one(branch, value, folder) for branch in branches(hint))
    return next((fit for fit in fits if fit is not _MISFIT), _MISFIT)


def _fit_one(branch: Any, value: object, folder: Path) -> object:  # noqa: ANN401 - any type
    match value:
        case False if branch is NoneType:
            return None
        case str() if branch is Path:
            return folder / value
        case str() if _holds_texts(branch):
            return [value]
        case list():
            return _fit_list(branch, value, folder)
        case dict():
            return _fit_table(branch, value, folder)
    return value if _is_plain(branch, value) else _MISFIT


def _fit_list(branch: Any, value: list[object], folder: Path) -> object:  # noqa: ANN401 - any type
    kinds = get_args(branch)
    if _is_list(branch):
        kinds *= len(value)
    elif not _is_a(branch, tuple) or len(kinds) != len(value):
        return _MISFIT
    parts = [_fit(kind, part, folder) for kind, part in zip(kinds, value, strict=True)]
    if _MISFIT in parts:
        return _MISFIT
    return parts if _is_list(branch) else tuple(parts)


def _fit_table(branch: Any, value: dict[str, object], folder: Path) -> object:  # noqa: ANN401 - any type
    if not _is_a(branch, Mapping):
        return _MISFIT
    _, kind = get_args(branch)
    parts = {name: _fit(kind, part, folder) for name, part in value.items()}
    return _MISFIT if _MISFIT in parts.values() else parts


def _is_plain(branch: object, value: object) -> bool:
    if get_origin(branch) is Literal:
        return value in get_args(branch)
    match value:
        case bool():
            return branch is bool
        case int():
            return branch is int or branch is float
        case float():
            return branch is float
        case str():
            return branch is str
    return False


def branches(hint: object) -> list[Any]:
    """The types of a union, a path before the text that it may also be."""
    if get_origin(hint) is Annotated:
        return branches(get_args(hint)[0])
    if get_origin(hint) not in {Union, UnionType}:
        return [hint]
    parts = [each for part in get_args(hint) for each in branches(part)]
    return sorted(parts, key=lambda part: part is not Path)


def _is_a(branch: object, kind: type) -> bool:
    origin = get_origin(branch)
    return isinstance(origin, type) and issubclass(origin, kind)


def _is_list(branch: object) -> bool:
    origin = get_origin(branch)
    return isinstance(origin, type) and isinstance([], origin)


def _holds_texts(branch: object) -> bool:
    return _is_list(branch) and str in branches(get_args(branch)[0])


def _toml(text: str) -> object:
    """What a text says in TOML, its words in any case; else the text itself."""
    for each in (text, text.lower()):
        # Besides what is no TOML: nested too deeply, or a number that is too long.
        with suppress(ValueError, RecursionError):
            return tomllib.loads(f"value = {each}")["value"]
    return text


def _word(branch: object) -> str:
    """What a keyword's type is called in an error."""
    if get_origin(branch) is Literal:
        return " or ".join(map(repr, get_args(branch)))
    if _is_a(branch, tuple):
        return f"a list of {len(get_args(branch))}"
    if _is_list(branch):
        return "a list"
    return "a table" if _is_a(branch, Mapping) else _WORDS.get(branch, "")
