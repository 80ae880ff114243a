"""When a feed goes on after an item has failed, and when it ends."""

import pytest

from faxapi.errors import (
    AuthenticationError,
    ClientClosed,
    ConnectFailed,
    DeadlineExceeded,
    DecodeError,
    Disconnected,
    FaxApiError,
    NotFound,
    ProviderFault,
    RateLimited,
    ServiceUnavailable,
)
from faxapi.notice import Notice
from faxapi.providers.items import AT_ONCE, ItemFailures
from tests.providers.recorder import Gathered

GAP = Notice("unread", "an item could not be read", gap=True)


@pytest.mark.parametrize("kind", [AuthenticationError, ClientClosed, ConnectFailed, RateLimited])
def test_an_error_of_every_item_ends_the_feed(kind: type[FaxApiError]) -> None:
    out = Gathered()
    with pytest.raises(kind):
        ItemFailures(out).note(kind("no"), GAP)
    assert out.errors == []


@pytest.mark.parametrize("kind", [DecodeError, NotFound, ProviderFault])
def test_an_items_own_error_never_ends_the_feed(kind: type[FaxApiError]) -> None:
    out = Gathered()
    failures = ItemFailures(out)
    for _ in range(10 * AT_ONCE):
        failures.note(kind("no"), GAP)
    assert len(out.errors) == 10 * AT_ONCE
    assert out.notices == [GAP] * 10 * AT_ONCE


@pytest.mark.parametrize("kind", [DeadlineExceeded, Disconnected, ServiceUnavailable])
def test_network_failures_in_a_row_end_the_feed(kind: type[FaxApiError]) -> None:
    out = Gathered()
    failures = ItemFailures(out)
    for _ in range(AT_ONCE - 1):
        failures.note(kind("no"), GAP)
    with pytest.raises(kind):
        failures.note(kind("no"), GAP)
    assert len(out.errors) == AT_ONCE - 1


@pytest.mark.parametrize("refused", [True, False])
def test_any_answer_in_between_breaks_the_row(refused: bool) -> None:  # noqa: FBT001 - a parameter of the test
    out = Gathered()
    failures = ItemFailures(out)
    for _ in range(5):
        for _ in range(AT_ONCE - 1):
            failures.note(Disconnected("no"), GAP)
        if refused:
            failures.note(NotFound("no"), GAP)
        else:
            failures.answered()
    assert sum(isinstance(each, Disconnected) for each in out.errors) == 5 * (AT_ONCE - 1)
