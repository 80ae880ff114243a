"""The base of every vendor's model, and the one way from an answer's values to a model."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import cache, reduce
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    NamedTuple,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from faxapi.errors import DecodeError
from faxapi.wire.scalars import Moment, Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pydantic_core import ErrorDetails

    from faxapi.wire.scalars import Reading

ModelT = TypeVar("ModelT", bound="VendorModel")

_SECOND = Unit(timedelta(seconds=1))


class VendorModel(BaseModel):
    """A vendor's structure: frozen, the vendor's names as aliases, unknown elements ignored.

    Its repr shows only what `shown` names, first its id, since the rest may be personal data.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        hide_input_in_errors=True,
        validate_by_name=True,
        validate_by_alias=True,
        coerce_numbers_to_str=True,
        defer_build=True,
    )

    shown: ClassVar[tuple[str, ...]] = ()
    timed: ClassVar[str] = ""
    """The field whose time says of which window a record is; "" for none."""

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Only the fields that are safe to log."""
        return [(name, getattr(self, name)) for name in self.shown]

    @classmethod
    def wire_type(cls, attribute: str) -> type | ListOf:
        """The type that an attribute has on the wire: an enumeration is its number or text."""
        field = cls.model_fields[attribute]
        # Services count whole seconds; a part of a minute needs a decimal.
        return int if _SECOND in field.metadata else _wire_type(field.annotation)

    def wire_value(self, attribute: str) -> Any:  # noqa: ANN401 - any attribute's
        """An attribute's value as the wire has it: a span of time is a number of its unit."""
        value = getattr(self, attribute)
        if not isinstance(value, timedelta):
            return value
        metadata = type(self).model_fields[attribute].metadata
        return next(unit for unit in metadata if isinstance(unit, Unit)).count(value)

    @classmethod
    def wire_names(cls) -> Mapping[str, str]:
        """Attribute name → the vendor's spelling, in the vendor's order."""
        return {name: field.serialization_alias or name for name, field in cls.model_fields.items()}


def spelled(name: str, *, default: Any = None, **options: Any) -> Any:  # noqa: ANN401 - stands in for pydantic.Field, which is typed so
    """A field with the vendor's spelling; type checkers still see the attribute's name."""
    return Field(default=default, validation_alias=name, serialization_alias=name, **options)


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array: what its items are, and their element's name."""

    type: type
    item: str


def list_field(name: str, *others: str) -> Any:  # noqa: ANN401 - stands in for pydantic.Field, which is typed so
    """A field for an array that may be absent, empty, or under either of several names."""
    return Field(
        default=(),
        validation_alias=AliasChoices(name, *others) if others else name,
        serialization_alias=name,
    )


def to_items(value: Any) -> Any:  # noqa: ANN401 - pydantic checks the items
    """An array's items, whether the answer wraps none, one or many; nil and empty ones left out."""
    if isinstance(value, dict) and len(value) == 1:
        (inner,) = value.values()
        if _is_nothing(inner) or isinstance(inner, dict | list):
            value = inner
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(each for each in items if not _is_nothing(each))


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _wire_type(annotation: Any) -> type | ListOf:  # noqa: ANN401 - any annotation
    arguments: list[Any] = [each for each in get_args(annotation) if each not in {type(None), ...}]
    if get_origin(annotation) is tuple:
        return ListOf(arguments[0], arguments[0].__name__)
    if get_origin(annotation) in {Annotated, Union, UnionType}:
        return _wire_type(arguments[0])
    if issubclass(annotation, IntEnum):
        return int
    if issubclass(annotation, StrEnum | SecretStr):
        return str
    if issubclass(annotation, timedelta):
        return Decimal
    return annotation  # type: ignore[no-any-return]


def decode(model: type[ModelT], values: object, reading: Reading, *, path: str) -> ModelT:
    """Make a vendor's model from an answer's values; their times and spans are read in place.

    Raises:
        DecodeError: A value does not fit; the error names its path and the reason, never the value.
    """
    if _is_nothing(values):
        values = {}
    if isinstance(values, dict):
        _prepare(_names(model), values, reading, path)
    validate: Callable[[object], ModelT] = model.__pydantic_validator__.validate_python
    try:
        return validate(values)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    # ASMX writes a missing number as an empty element. It is rare, so only a row that fails pays.
    blanks = [problem["loc"] for problem in problems if _is_nothing(problem["input"])]
    if blanks:
        try:
            return validate(reduce(_without_blank, blanks, values))
        except ValidationError as error:
            problems = error.errors(include_url=False)
    text = "; ".join(_describe(problem, path) for problem in problems[:_MOST_PROBLEMS])
    more = f"; and {len(problems) - _MOST_PROBLEMS} more" if problems[_MOST_PROBLEMS:] else ""
    raise DecodeError(text + more)


_MOST_PROBLEMS = 3


def _without_blank(value: Any, place: tuple[int | str, ...]) -> Any:  # noqa: ANN401 - an answer's values
    """A copy in which the blank at a place is None; past a field, a place names union members."""
    if _is_nothing(value):
        return None
    if not place:
        return value
    step, *rest = place
    if isinstance(step, int):
        items = list(to_items(value))
        items[step : step + 1] = [_without_blank(item, (*rest,)) for item in items[step : step + 1]]
        return items
    if isinstance(value, dict) and step in value:
        return {**value, step: _without_blank(value[step], (*rest,))}
    return value


def _describe(problem: ErrorDetails, path: str) -> str:
    where = "/".join([path, *map(str, problem["loc"])])
    return f"{where}: {problem['msg']}"


class _Names(NamedTuple):
    """The names that a model reads, and which of those hold structures, or times and spans."""

    known: frozenset[str]
    inner: dict[str, _Names]
    readers: dict[str, Callable[[Any, Reading], Any]]


def _prepare(names: _Names, values: dict[str, Any], reading: Reading, path: str) -> None:
    """Count what the model does not know, and read times and spans; pydantic refuses the rest."""
    if not values.keys() <= names.known:
        reading.unknown.update(f"{path}/{name}" for name in values if name not in names.known)
    for name, read in names.readers.items():
        if name in values:
            values[name] = read(values[name], reading)
    for name, inner in names.inner.items():
        value = values.get(name)
        # A structure of one structure looks like an array's wrapping.
        is_one = isinstance(value, dict) and value.keys() <= inner.known
        for item in [value] if is_one else to_items(value):
            if isinstance(item, dict):
                _prepare(inner, item, reading, f"{path}/{name}")


@cache
def _names(model: type[VendorModel]) -> _Names:
    model.model_rebuild()
    known: set[str] = set()
    inner: dict[str, _Names] = {}
    readers: dict[str, Callable[[Any, Reading], Any]] = {}
    for name, field in model.model_fields.items():
        choices = getattr(field.validation_alias, "choices", [field.validation_alias or name])
        spellings = [str(choice) for choice in choices]
        known.update(spellings)
        for structure in _models_in(field.annotation):
            inner |= dict.fromkeys(spellings, _names(structure))
        for scalar in field.metadata:
            if isinstance(scalar, Moment | Unit):
                readers |= dict.fromkeys([*spellings, name], scalar.read)
    return _Names(frozenset(known), inner, readers)


def _models_in(annotation: Any) -> Iterator[type[VendorModel]]:  # noqa: ANN401 - any annotation
    """Each vendor's structure that an annotation names, such as `tuple[Item, ...] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, VendorModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
