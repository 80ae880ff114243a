"""The base of every vendor's model, and the one way from an answer's values to a model."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import IntEnum, StrEnum
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    ClassVar,
    TypeVar,
    get_args,
    get_origin,
)

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from faxapi.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pydantic_core import ErrorDetails

    from faxapi.wire.scalars import Reading

ModelT = TypeVar("ModelT", bound="VendorModel")


class VendorModel(BaseModel):
    """A vendor's structure: frozen, the vendor's names as aliases, unknown elements ignored.

    Its repr shows only what `shown` names, since the rest may be personal data.
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

    def __repr_args__(self) -> Iterable[tuple[str | None, Any]]:
        """Only the fields that are safe to log."""
        return [(name, getattr(self, name)) for name in self.shown]

    @classmethod
    def wire_type(cls, attribute: str) -> type | ListOf:
        """The type that an attribute has on the wire: an enumeration is its number or text."""
        return _wire_type(cls.model_fields[attribute].annotation)

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
    """An array's items, whether the answer wraps none, one or many; nil items are left out."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return ()
    if isinstance(value, dict) and len(value) == 1:
        (inner,) = value.values()
        if inner is None or isinstance(inner, dict | list):
            value = inner
    if isinstance(value, dict):
        return (value,)
    return tuple(each for each in value or () if each is not None)


def _wire_type(annotation: Any) -> type | ListOf:  # noqa: ANN401 - any annotation
    arguments: list[Any] = [each for each in get_args(annotation) if each not in {type(None), ...}]
    if get_origin(annotation) is tuple:
        return ListOf(arguments[0], arguments[0].__name__)
    if get_origin(annotation) is Annotated or isinstance(annotation, UnionType):
        return _wire_type(arguments[0])
    if issubclass(annotation, IntEnum):
        return int
    if issubclass(annotation, StrEnum | SecretStr):
        return str
    if issubclass(annotation, timedelta):
        return Decimal
    return annotation  # type: ignore[no-any-return]


def decode(model: type[ModelT], values: object, reading: Reading, *, path: str) -> ModelT:
    """Make a vendor's model from an answer's values.

    Raises:
        DecodeError: A value does not fit; the error names its path and the reason, never the value.
    """
    if isinstance(values, dict):
        known = _known(model)
        if not values.keys() <= known:
            reading.unknown.update(f"{path}/{name}" for name in values if name not in known)
    validate: Callable[..., ModelT] = model.__pydantic_validator__.validate_python
    try:
        return validate(values, context=reading)
    except ValidationError as error:
        problems = error.errors(include_url=False)
    # ASMX writes a missing number as an empty element. It is rare, so only a row that fails pays.
    if any(_is_blank(problem) for problem in problems):
        try:
            return validate(_without(values, problems), context=reading)
        except ValidationError as error:
            problems = error.errors(include_url=False)
    text = "; ".join(_describe(problem, path) for problem in problems)
    raise DecodeError(text)


def _is_blank(problem: ErrorDetails) -> bool:
    value = problem["input"]
    return isinstance(value, str) and not value.strip()


def _without(values: Any, problems: list[ErrorDetails]) -> Any:  # noqa: ANN401 - an answer's values
    """The values with each blank that a model refused set to None."""
    values = copy.deepcopy(values)
    for problem in filter(_is_blank, problems):
        *parents, last = problem["loc"]
        place = values
        for step in parents:
            place = place[step]
        place[last] = None
    return values


def _describe(problem: ErrorDetails, path: str) -> str:
    where = "/".join([path, *map(str, problem["loc"])])
    return f"{where}: {problem['msg']}"


_KNOWN: dict[type[VendorModel], frozenset[str]] = {}


def _known(model: type[VendorModel]) -> frozenset[str]:
    """The names that a model reads, each alias of a choice among them."""
    if model not in _KNOWN:
        model.model_rebuild()
        _KNOWN[model] = frozenset(
            str(choice)
            for field in model.model_fields.values()
            for choice in (
                getattr(field.validation_alias, "choices", None) or [field.validation_alias]
            )
        )
    return _KNOWN[model]
