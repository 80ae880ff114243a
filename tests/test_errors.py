import copy
import inspect
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from faxapi import errors
from faxapi.errors import (
    AccountBlocked,
    AuthenticationError,
    CollectionFailed,
    ConfigurationError,
    ConnectFailed,
    DeadlineExceeded,
    Disconnected,
    FaxApiError,
    Incomplete,
    ProviderFault,
    RateLimited,
    ServiceUnavailable,
    TransportError,
)
from faxapi.notice import Feed, Notice
from faxapi.records import Direction, Kind

ERRORS: list[type[FaxApiError]] = [
    kind
    for name, kind in vars(errors).items()
    if inspect.isclass(kind) and issubclass(kind, FaxApiError) and not name.startswith("_")
]
LONE = [kind for kind in ERRORS if kind is not CollectionFailed]
PLACE: dict[str, Any] = {
    "provider": "interfax",
    "account": "acme",
    "operation": "outbound.FaxStatusEx",
    "http_status": 500,
    "code": "-1003",
    "retryable": True,
    "hint": "Check user name and password",
}
DELAYED = [AccountBlocked, RateLimited, ServiceUnavailable]
DUPLICATES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    *(
        lambda error, protocol=protocol: pickle.loads(pickle.dumps(error, protocol))  # noqa: S301 - our own
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1)
    ),
]


def drawn() -> dict[str, tuple[str, set[str]]]:
    """Each error's parent and other bases, by the tree in the module's docstring."""
    found: dict[str, tuple[str, set[str]]] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines()[2:]:
        text = line.lstrip("│├└─ ")
        if not text:
            continue
        depth = (len(line) - len(text)) // 4
        name, _, rest = text.partition(" ")
        others = rest[1 : rest.index(")")].split(", ") if rest.startswith("(") else []
        found[name] = (path[depth - 1] if depth else "", set(others))
        path[depth:] = [name]
    return found


def real() -> dict[str, tuple[str, set[str]]]:
    """The same by the classes; a private class between two of them does not show."""
    found = {}
    for kind in ERRORS:
        above = [base for base in kind.__mro__[1:] if base in ERRORS]
        parents = [
            base for base in above if not any(issubclass(b, base) and b is not base for b in above)
        ]
        assert len(parents) <= 1
        # Of foreign classes only those that users may catch, and that the parent is not already.
        foreign = [
            base
            for base in kind.__mro__
            if base.__module__ == "builtins" and not any(issubclass(p, base) for p in parents)
        ]
        nearest = {
            base.__name__
            for base in foreign
            if not any(issubclass(other, base) and other is not base for other in foreign)
        }
        found[kind.__name__] = (parents[0].__name__ if parents else "", nearest - {"Exception"})
    return found


def test_the_tree_in_the_docstring_is_the_tree_of_the_classes() -> None:
    assert drawn() == real()
    assert len(ERRORS) > 20


def test_each_error_says_what_it_is() -> None:
    for kind in ERRORS:
        assert kind.__doc__


@pytest.mark.parametrize("kind", LONE)
def test_an_error_carries_its_place(kind: type[FaxApiError]) -> None:
    error = kind("no", **PLACE)
    assert {name: getattr(error, name) for name in PLACE} == PLACE
    assert error.message == "no"
    assert str(error) == (
        "interfax 'acme' outbound.FaxStatusEx: no [code -1003, HTTP 500]."
        " Check user name and password"
    )
    bare = kind("no")
    assert str(bare) == "no"
    assert {getattr(bare, name) for name in PLACE.keys() - {"retryable"}} == {None}


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ({}, "no"),
        ({"provider": "interfax"}, "interfax: no"),
        ({"provider": "interfax", "account": "interfax"}, "interfax: no"),
        ({"provider": "interfax", "account": "acme"}, "interfax 'acme': no"),
        ({"provider": "interfax", "operation": "admin.OpenUser"}, "interfax admin.OpenUser: no"),
        ({"account": "acme"}, "'acme': no"),
        ({"code": "-1003"}, "no [code -1003]"),
        ({"http_status": 404}, "no [HTTP 404]"),
        ({"hint": "Try"}, "no. Try"),
        ({"code": "1", "http_status": 404, "hint": "Try"}, "no [code 1, HTTP 404]. Try"),
    ],
)
def test_the_text_says_where_what_and_what_to_do(place: dict[str, Any], text: str) -> None:
    assert str(FaxApiError("no", **place)) == text


def test_a_place_is_filled_in_where_it_is_missing() -> None:
    error = FaxApiError("no", operation="inner")
    assert error.locate(provider="p", account="a", operation="outer") is error
    assert (error.provider, error.account, error.operation) == ("p", "a", "inner")
    error.locate(provider="q", account="b")
    assert (error.provider, error.account, error.operation) == ("p", "a", "inner")


def test_what_may_be_tried_again() -> None:
    retryable = {kind.__name__ for kind in LONE if kind("no").retryable}
    assert retryable == {
        "TransportError",
        "ConnectFailed",
        "Disconnected",
        "RateLimited",
        "ServiceUnavailable",
    }
    assert not ConnectFailed("no", retryable=False).retryable
    assert ProviderFault("no", retryable=True).retryable


def test_errors_are_what_they_are_to_other_code() -> None:
    assert issubclass(ConfigurationError, ValueError)
    assert issubclass(DeadlineExceeded, TimeoutError)
    assert issubclass(Disconnected, TransportError)
    assert issubclass(AccountBlocked, AuthenticationError)


@pytest.mark.parametrize("kind", DELAYED)
def test_a_refusal_may_say_when_to_come_back(kind: Any) -> None:  # noqa: ANN401 - one of these
    assert kind("no").retry_after is None
    assert kind("no", retry_after=60.0, **PLACE).retry_after == 60.0


def test_a_faults_whole_text_is_kept_out_of_message_and_repr() -> None:
    fault = ProviderFault("no", fault_text="private")
    assert fault.fault_text == "private"
    assert "private" not in f"{fault} {fault!r}"


def group(**place: Any) -> CollectionFailed:  # noqa: ANN401 - FaxApiError names them
    return CollectionFailed(
        "2 parts are not complete",
        [RateLimited("slow", retry_after=60.0, **PLACE), Incomplete("gap")],
        **place,
    )


@pytest.mark.parametrize("duplicate", DUPLICATES)
@pytest.mark.parametrize("kind", LONE)
def test_an_error_is_copied_and_pickled_with_all_it_carries(
    kind: type[FaxApiError], duplicate: Callable[[Any], Any]
) -> None:
    more: dict[str, Any] = {"retry_after": 60.0} if kind in DELAYED else {}
    more |= {"fault_text": "whole"} if kind is ProviderFault else {}
    for error in (kind("no", **PLACE, **more), kind("no")):
        error.add_note("noted")
        other = duplicate(error)
        assert type(other) is kind
        assert other.args == error.args
        assert vars(other) == vars(error)
        assert str(other) == str(error)


@pytest.mark.parametrize("duplicate", DUPLICATES)
def test_a_group_is_copied_and_pickled_with_its_errors(duplicate: Callable[[Any], Any]) -> None:
    error = group(**PLACE)
    error.locate(provider="p", account="a")
    other = duplicate(error)
    assert type(other) is CollectionFailed
    assert vars(other) == vars(error)
    assert str(other) == str(error)
    assert [vars(each) for each in other.exceptions] == [vars(each) for each in error.exceptions]
    assert [type(each) for each in other.exceptions] == [RateLimited, Incomplete]


def test_a_groups_text_is_its_own() -> None:
    assert str(group()) == "2 parts are not complete"
    assert group().message == "2 parts are not complete"
    assert isinstance(group(), ExceptionGroup)


def test_a_group_is_split_by_kind() -> None:
    seen: list[BaseException] = []
    try:
        raise group(**PLACE)
    except* RateLimited as limited:
        seen.append(limited)
    except* Incomplete as incomplete:
        seen.append(incomplete)
    assert [type(part) for part in seen] == [CollectionFailed, CollectionFailed]
    first, second = seen
    assert isinstance(first, CollectionFailed)
    assert isinstance(second, CollectionFailed)
    assert [str(error) for error in second.exceptions] == ["gap"]
    assert isinstance(first.exceptions[0], RateLimited)
    assert (first.provider, second.hint) == ("interfax", PLACE["hint"])
    assert pickle.loads(pickle.dumps(second)).exceptions[0].message == "gap"  # noqa: S301 - our own


def test_a_group_is_caught_whole_as_any_faxapi_error() -> None:
    with pytest.raises(FaxApiError) as caught:
        raise group()
    assert isinstance(caught.value, CollectionFailed)
    caught_in_part: list[object] = []
    try:
        raise group()
    except* FaxApiError as whole:
        caught_in_part.append(whole)
    assert len(caught_in_part) == 1


def test_an_empty_group_is_refused_as_python_does() -> None:
    with pytest.raises(ValueError, match="non-empty"):
        CollectionFailed("none", [])


def test_a_notice_says_where_and_what() -> None:
    feed = Feed("acme", Kind.FAXES, Direction.OUTBOUND)
    assert str(feed) == "acme outbound faxes"
    assert str(Feed("acme", Kind.JOBS)) == "acme jobs"
    notice = Notice("retention", "older ones are gone", feed, gap=True)
    assert str(notice) == "acme outbound faxes: older ones are gone"
    assert str(Notice("x", "text")) == "text"
    assert pickle.loads(pickle.dumps(notice)) == notice  # noqa: S301 - our own
    assert Notice("x", "text") == Notice(
        "x", "text", feed=None, gap=False, since=None, until=None, count=1, path=None
    )
