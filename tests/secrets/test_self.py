"""The search finds a secret that is planted in each channel, in whatever form."""

from __future__ import annotations

import base64
import copy
import html
import json
import logging
import pickle
import re
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from faxapi import observe
from faxapi.errors import CollectionFailed, FaxApiError
from faxapi.notice import Notice
from faxapi.observe import OPERATION, REQUEST, Span
from faxapi.transport import redact
from tests.secrets.conftest import witness as watched
from tests.secrets.logins import PASSWORD, PLANTED
from tests.secrets.witness import Witness

NAME = "InterFax's password"


def caught(leak: Callable[[], object]) -> FaxApiError:
    """The error that a leak raises, with its traceback."""
    try:
        leak()
    except FaxApiError as error:
        return error
    raise AssertionError("it raises nothing")


def in_a_frame() -> None:
    """A local variable of a function of the library's own."""
    library: dict[str, Any] = {"__name__": "faxapi.planted", "FaxApiError": FaxApiError}
    exec("def send(body):\n    raise FaxApiError('no')", library)  # noqa: S102 - our own
    library["send"](f"<Password>{html.escape(PASSWORD)}</Password>".encode())


def in_the_arguments() -> None:
    raise FaxApiError(f"{PASSWORD} is wrong")


def in_an_attribute() -> None:
    error = FaxApiError("no")
    error.body = PASSWORD  # type: ignore[attr-defined]
    raise error


def in_a_note() -> None:
    error = FaxApiError("no")
    error.add_note(PASSWORD)
    raise error


def in_the_cause() -> None:
    raise FaxApiError("no") from ValueError(PASSWORD)


def in_the_context() -> None:
    try:
        int(PASSWORD)
    except ValueError:
        raise FaxApiError("no")  # noqa: B904 - that is the leak


def in_a_group() -> None:
    raise CollectionFailed("no", [caught(in_an_attribute)])


@pytest.mark.parametrize(
    ("leak", "channels"),
    [
        (in_a_frame, {"locals"}),
        (in_the_arguments, {"error", "traceback", "pickle"}),
        (in_an_attribute, {"error", "pickle"}),
        (in_a_note, {"error", "traceback", "pickle"}),
        (in_the_cause, {"error", "traceback"}),
        (in_the_context, {"error", "traceback"}),
        (in_a_group, {"error", "pickle"}),
    ],
)
def test_an_error_that_holds_it(leak: Callable[[], object], channels: set[str]) -> None:
    with Witness(PLANTED) as witness:
        witness.error(caught(leak))
    assert witness.channels == {(NAME, channel) for channel in channels}


@pytest.mark.parametrize(
    "log",
    [
        lambda logger: logger.debug("login %s", PASSWORD),
        lambda logger: logger.info("login", extra={"body": PASSWORD}),
        lambda logger: logger.debug("Authorization: Basic %s", basic()),
        lambda logger: logger.debug("%r", {"login": PASSWORD.encode()}),
        lambda logger: logger.error("no", exc_info=caught(in_the_arguments)),
    ],
)
@pytest.mark.parametrize("name", ["faxapi.transport", "httpx", "httpcore.http11", "somebody"])
def test_a_log_record_that_holds_it(log: Callable[[logging.Logger], None], name: str) -> None:
    with Witness(PLANTED) as witness:
        log(logging.getLogger(name))
    assert (NAME, "log") in witness.channels


def in_its_name(span: Span) -> None:
    Span(OPERATION, provider="x", operation=PASSWORD).end()
    span.end()


def in_its_attributes(span: Span) -> None:
    span.set(server=PASSWORD)
    span.end()


def in_its_error(span: Span) -> None:
    span.end(FaxApiError("no", code=PASSWORD))


@pytest.mark.parametrize("leak", [in_its_name, in_its_attributes, in_its_error])
def test_a_span_that_holds_it(
    leak: Callable[[Span], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observe, "_CODE", re.compile(".*"))
    with Witness(PLANTED) as witness:
        leak(Span(REQUEST, method="GET"))
    assert (NAME, "span") in witness.channels


def test_a_metric_that_holds_it() -> None:
    with Witness(PLANTED) as witness:
        observe.count("faxapi.records", 1, provider=PASSWORD)
    assert witness.channels == {(NAME, "metric")}


def basic() -> str:
    return base64.b64encode(f"user1:{PASSWORD}".encode()).decode()


def test_an_output_that_holds_it(capfd: pytest.CaptureFixture[str]) -> None:
    steps = watched.__wrapped__(capfd)  # type: ignore[attr-defined]
    next(steps)
    sys.stderr.write(PASSWORD)
    with pytest.raises(AssertionError, match="output"):
        next(steps)


def test_an_object_that_shows_it() -> None:
    with Witness(PLANTED) as witness:
        witness.shown(Notice("x", PASSWORD))
        witness.pickled(Notice("x", PASSWORD))
    assert witness.channels == {(NAME, "repr"), (NAME, "pickle")}


@pytest.mark.parametrize(
    "form",
    [
        str,
        repr,
        ascii,
        html.escape,
        quote,
        quote_plus,
        json.dumps,
        lambda text: html.escape(html.escape(text)),
        lambda text: repr(text.encode()),
        lambda text: text.encode().hex(),
        lambda text: text.encode("utf-16-le").decode("latin-1"),
        lambda text: pickle.dumps(copy.copy(text), 0).decode("latin-1"),
        *(
            lambda text, before=before: base64.b64encode(before + text.encode()).decode()
            for before in (b"", b"u", b"us", b"user1:")
        ),
    ],
)
def test_every_form_is_found(form: Callable[[str], str]) -> None:
    with Witness(PLANTED) as witness:
        witness.hears("somewhere", f"before {form(PASSWORD)} after")
    assert witness.channels == {(NAME, "somewhere")}


def test_a_part_is_found() -> None:
    for part in (PASSWORD[:9], PASSWORD[-9:]):
        with Witness(PLANTED) as witness:
            witness.hears("somewhere", part)
        assert witness.leaks


def test_what_is_masked_is_not_found() -> None:
    with Witness(PLANTED) as witness:
        witness.hears("somewhere", redact.mask(f"no {PASSWORD}", [PASSWORD]))
    assert not witness.leaks
