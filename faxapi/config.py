"""Accounts from a TOML file, or from environment variables alone.

Keys are the keywords of the accounts' classes, so that anyone's provider can be configured. Secrets
are given by reference, since files are copied and committed.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from faxapi.errors import ConfigurationError
from faxapi.providers import registered
from faxapi.providers.keywords import Keyword, choice, keywords

if TYPE_CHECKING:
    from types import TracebackType

    from faxapi.providers.base import Provider

ApiT = TypeVar("ApiT")

# Reading a signature takes longer than the rest of making an account, and there may be thousands.
_keywords = cast("Callable[[type[Provider]], Mapping[str, Keyword]]", cache(keywords))

PATH_VARIABLE = "FAXAPI_CONFIG"
"""Names the file where the program names none."""


def configured(make: Callable[..., ApiT], path: str | Path | None = None) -> ApiT:
    """Make an api of what a file says, or the environment where no file is named.

    Args:
        make: Takes the accounts, and `max_connections` where it is configured.
        path: The file; unless given, the one that FAXAPI_CONFIG names.

    Raises:
        ConfigurationError: Something there is wrong; the error says where.
    """
    if path is None:
        path = os.environ.get(PATH_VARIABLE) or None
    if path is None:
        with _Within("the environment"):
            return make(*_from_environment())
    tables, options = read_tables(path)
    accounts = [table.account() for table in tables]
    with _Within(str(path)):
        return make(*accounts, **options)


def read_tables(path: str | Path) -> tuple[list[Table], dict[str, Any]]:
    """The accounts of a file as they stand there, unread, and what it says besides.

    Raises:
        ConfigurationError: It cannot be read, or it is no list of accounts.
    """
    with _Within(str(path)):
        document = _parse(_text(Path(path)))
        _refuse_unknown(document, {"account", "max_connections"})
        tables = document.pop("account", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            hint = "Begin each account with [[account]], in two brackets"
            raise ConfigurationError("account is not a list of tables", hint=hint)
        if not tables:
            hint = f"Begin one with [[account]] and a provider: {_listed(sorted(registered()))}"
            raise ConfigurationError("there is no account", hint=hint)
        if type(document.get("max_connections", 1)) is not int:
            raise ConfigurationError("max_connections must be a whole number")
    return [Table(str(path), number, table) for number, table in enumerate(tables, 1)], document


@dataclass(frozen=True, slots=True)
class Table:
    """One account as it stands in a file.

    Attributes:
        file: The file's path.
        number: Which of its accounts, from 1.
        values: What is given; secrets are references.
    """

    file: str
    number: int
    # Not shown: one that is to be refused may hold a secret.
    values: Mapping[str, Any] = field(repr=False)

    @property
    def provider(self) -> str | None:
        """The provider's name, if one is given."""
        return self._text("provider")

    @property
    def name(self) -> str | None:
        """The account's name: its provider's, unless one is given."""
        return self._text("name") or self.provider

    def account(self) -> Provider:
        """The account, with its secrets.

        Raises:
            ConfigurationError: Something is wrong; the error says where.
        """
        with self._within():
            provider, keys, given = self._parts()
            arguments: dict[str, Any] = {
                key: _value(keys[key], value, self._folder) for key, value in given.items()
            }
            if missing := _missing(keys, arguments):
                raise ConfigurationError(f"{_listed(missing)} must be given")
            return provider(**arguments)

    def check(self) -> None:
        """Do nothing if it holds no secret, and all is right that can be seen without one.

        Raises:
            ConfigurationError: Something is wrong; the error says where.
        """
        with self._within():
            _, keys, given = self._parts()
            if missing := _missing(keys, given):
                raise ConfigurationError(f"{_listed(missing)} must be given")
            for key, value in given.items():
                if not _is_reference(value):
                    _fitting(keys[key], value, self._folder)
                    _refuse_login(key, value)

    def _parts(self) -> tuple[type[Provider], Mapping[str, Keyword], dict[str, Any]]:
        """The provider, the keywords that it takes, and those that are given."""
        known = registered()
        provider = self.provider
        if provider not in known:
            what = f"no provider is called {provider!r}" if provider else "it names no provider"
            raise ConfigurationError(what, hint=choice(provider or "", known, "Registered are"))
        keys = _keywords(known[provider])
        given = {key: value for key, value in self.values.items() if key != "provider"}
        _refuse_unknown(given, keys)
        return known[provider], keys, given

    def _within(self) -> _Within:
        return _Within(f"{self.file}: account {self.number}", self.provider, self._text("name"))

    def _text(self, key: str) -> str | None:
        return text if isinstance(text := self.values.get(key), str) else None

    @property
    def _folder(self) -> Path:
        """Where relative paths begin."""
        return Path(self.file).parent


@dataclass(frozen=True, slots=True)
class _Within:
    """Puts the place before an error's text, and cuts off the frames below: they held secrets."""

    place: str
    provider: str | None = None
    account: str | None = None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, ConfigurationError):
            error.args = (f"{self.place}: {error.message}",)
            error.provider = error.provider or self.provider
            error.account = error.account or self.account
            error.__cause__ = error.__context__ = error.__traceback__ = None


def _value(keyword: Keyword, value: object, folder: Path) -> object:
    """What a key says, itself or by reference."""
    match value:
        case {"env": str(variable), **rest} if not rest:
            text = os.environ.get(variable)
            if not text:
                state = "is not set" if text is None else "is empty"
                message = f"{keyword.name}: the environment variable {variable} {state}"
                raise ConfigurationError(message)
            return keyword.read(text, folder)
        case {"file": str(file), **rest} if not rest:
            with _Within(f"{keyword.name}: {folder / file}"):
                return keyword.read(_text(folder / file).removesuffix("\n"), folder)
    return _fitting(keyword, value, folder)


def _is_reference(value: object) -> bool:
    """Whether it says where a value is to be had."""
    match value:
        case {"env": str(), **rest} | {"file": str(), **rest}:
            return not rest
    return False


def _fitting(keyword: Keyword, value: object, folder: Path) -> object:
    """What a key says itself, which no secret may."""
    if keyword.gives_away(value):
        hint = f'Write {keyword.name} = {{env = "A_VARIABLE"}} or {{file = "a/path"}}'
        raise ConfigurationError(f"{keyword.name} is not given by reference", hint=hint)
    return keyword.fit(value, folder)


def _refuse_login(key: str, value: object) -> None:
    if isinstance(value, str) and "://" in value and "@" in value:
        raise ConfigurationError(f"{key} is an address with a login in it")


def _from_environment() -> list[Provider]:
    found = [_from_variables(name, account) for name, account in sorted(registered().items())]
    accounts = [account for account in found if account]
    if not accounts:
        wanted = [
            " and ".join(_variable(name, key) for key in _missing(keywords(account), ()))
            for name, account in sorted(registered().items())
        ]
        hint = f"Name a file, in {PATH_VARIABLE} perhaps, or set {'; or '.join(wanted)}"
        raise ConfigurationError("no account is configured", hint=hint)
    return accounts


def _from_variables(provider: str, account: type[Provider]) -> Provider | None:
    """The account whose keywords are set, or None if none is; an empty variable is not set."""
    keys = keywords(account)
    texts = {key: text for key in keys if (text := os.environ.get(_variable(provider, key)))}
    if not texts:
        return None
    if missing := _missing(keys, texts):
        raise ConfigurationError(
            f"{_listed(_variable(provider, key) for key in missing)} must be set, and not be empty",
            provider=provider,
            hint=_misspelt(provider, missing, keys),
        )
    arguments: dict[str, Any] = {
        key: replace(keys[key], name=_variable(provider, key)).read(text, Path())
        for key, text in texts.items()
    }
    return account(**arguments)


def _variable(provider: str, key: str) -> str:
    return f"{provider}_{key}".upper().replace("-", "_")


def _misspelt(provider: str, missing: Iterable[str], known: Collection[str]) -> str | None:
    """Which variables look like those that are missing."""
    prefix = _variable(provider, "")
    names = [name for name in os.environ if name.startswith(prefix)]
    others = [key for name in names if (key := name.removeprefix(prefix).lower()) not in known]
    near = [found for key in missing for found in difflib.get_close_matches(key, others, 1)]
    found = _listed(_variable(provider, key) for key in near)
    return f"Set, but not known: {found}" if found else None


def _missing(keys: Mapping[str, Keyword], given: Collection[str]) -> list[str]:
    return [key for key, keyword in keys.items() if keyword.required and key not in given]


def _refuse_unknown(given: Iterable[str], known: Collection[str]) -> None:
    for key in given:
        if key not in known:
            raise ConfigurationError(f"unknown key {key!r}", hint=choice(key, known, "Keys are"))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        wrong = "is not a text in UTF-8"
    except (OSError, ValueError) as error:
        wrong = f"cannot be read: {getattr(error, 'strerror', None) or 'it is no path'}"
    raise ConfigurationError(wrong)


def _parse(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        wrong = f"is not TOML: {error}"
    except (RecursionError, ValueError):
        wrong = "nests too deeply, or has a number that is too long"
    raise ConfigurationError(wrong)
