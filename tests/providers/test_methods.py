"""Every operation has a method, and every public method says which operation it calls."""

import inspect
from collections.abc import Iterator

import pytest

from faxapi.providers import Provider, registered
from faxapi.providers.imagicle import operations as imagicle_ops
from faxapi.providers.interfax import operations as interfax_ops
from faxapi.providers.methods import Method, Operation, calls, methods
from faxapi.providers.openfax import operations as openfax_ops
from faxapi.wire.soap import SoapOperation

DECLARED: dict[str, list[Operation]] = {
    "imagicle": [*imagicle_ops.OPERATIONS],
    "interfax": [*interfax_ops.OPERATIONS],
    "openfax": [*openfax_ops.DEFAULT, openfax_ops.WSDL],
}

# What an account does itself: it asks the vendor for nothing, or by way of another method.
NO_OPERATION = {"check", "with_credentials"}

METHODS = [method for each in registered().values() for method in methods(each).values()]


def public(provider: type[Provider]) -> Iterator[str]:
    """Name the methods that a user of an account may call, its services' too."""
    own = {"": provider, **services(provider)}
    inherited = {*dir(Provider), *provider.reports(), *NO_OPERATION}
    for service, owner in own.items():
        for name, _ in inspect.getmembers(owner, inspect.isfunction):
            if not name.startswith("_") and (service or name not in inherited):
                yield ".".join(filter(None, (provider.provider, service, name)))


def services(provider: type[Provider]) -> dict[str, type]:
    return {
        method.service: getattr(inspect.getmodule(method.function), owner)
        for method in methods(provider).values()
        if method.service
        for owner in [method.function.__qualname__.partition(".")[0]]
    }


@pytest.mark.parametrize("name", registered())
def test_every_public_method_says_what_it_calls(name: str) -> None:
    provider = registered()[name]
    assert set(public(provider)) == set(methods(provider))


@pytest.mark.parametrize("name", DECLARED)
def test_every_operation_has_a_method(name: str) -> None:
    called = {id(method.operation) for method in methods(registered()[name]).values()}
    assert called == set(map(id, DECLARED[name]))


@pytest.mark.parametrize(
    "operation",
    interfax_ops.OPERATIONS,
    ids=lambda each: each.label,
)
def test_an_operation_has_one_method_with_its_name(operation: SoapOperation[object]) -> None:
    named = [
        method
        for method in METHODS
        if method.operation is operation
        and method.function.__name__.replace("_", "") == operation.name.lower()
    ]
    assert len(named) == 1
    assert named[0].service == operation.service.name


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_method_can_be_called_by_a_program_that_reads_its_signature(method: Method) -> None:
    for name, keyword in method.keywords().items():
        assert not isinstance(keyword.hint, str), name
    assert inspect.getdoc(method.function)
    assert method.operation.source


def test_a_mark_changes_nothing() -> None:
    def function() -> int:
        return 7

    assert calls(openfax_ops.WSDL)(function) is function
    assert function() == 7


def test_an_annotation_that_cannot_be_evaluated_is_named() -> None:
    def function(self: object, when: "Missing") -> None:  # type: ignore[name-defined]  # noqa: F821 - it is missing
        """Do nothing."""

    method = Method(Provider, "", function, openfax_ops.WSDL)
    with pytest.raises(NameError) as caught:
        method.keywords()
    assert "import it where the program runs" in caught.value.__notes__[0]
    assert "function" in caught.value.__notes__[0]
