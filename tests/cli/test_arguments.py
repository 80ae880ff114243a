"""What may be given as `key=value`, by the annotations of a stranger's method."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pytest
import typer
from pydantic import Field, SecretStr

from faxapi import ConfigurationError, Window
from faxapi.cli import questions
from faxapi.cli.arguments import build, keys, missing, parse
from faxapi.cli.operations import show_help
from faxapi.providers import Integer, Provider, RestOperation, VendorModel, calls, spelled
from faxapi.providers.methods import methods

ORDER = RestOperation("order", "POST", "/order", VendorModel, "order", source="made up")


class Size(StrEnum):
    SMALL = "s"
    LARGE = "l"


class Line(VendorModel):
    count: Annotated[Integer, Field(le=9)] = spelled("Count", default=...)
    note: str | None = spelled("Note")


class Shop(Provider, name="shop"):
    @calls(ORDER)
    async def order(
        self,
        price: Decimal,
        size: Size,
        *,
        key: SecretStr,
        after: timedelta | None = None,
        day: date | None = None,
        at: datetime | None = None,
        line: Line | None = None,
        shares: Annotated[float, Field(gt=0)] = 1.5,
        tags: list[str] | None = None,
        within: Window | None = None,
        extra: object = None,
    ) -> None:
        """Order something.

        Args:
            price: What it may
                cost.
            key: Opens the till.
        """


(METHOD,) = methods(Shop).values()


def given(*texts: str) -> dict[str, Any]:
    return build(METHOD, parse(("price=1", "size=l", *texts), keys(METHOD)))


def test_each_type_is_read_as_it_is_meant() -> None:
    assert given(
        "after=1h30m",
        "day=2026-03-01",
        "at=2026-03-01T10:00Z",
        "line.count=7",
        "shares=2",
        "tags=a, b",
        "within.since=2026-03-01T00:00Z",
        "within.until=2026-03-02T00:00Z",
    ) == {
        "price": Decimal(1),
        "size": Size.LARGE,
        "after": timedelta(hours=1.5),
        "day": date(2026, 3, 1),
        "at": datetime.fromisoformat("2026-03-01T10:00Z"),
        "line": Line(count=7),
        "shares": 2,
        "tags": ["a", "b"],
        "within": Window(
            datetime.fromisoformat("2026-03-01T00:00Z"), datetime.fromisoformat("2026-03-02T00:00Z")
        ),
    }
    assert type(given("day=2026-03-01T10:00Z")["day"]) is datetime


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (["price=NaN"], "price must be a number"),
        (["price=1,5"], "price must be a number"),
        (["size=huge"], "size is none of SMALL, LARGE"),
        (["after=soon"], "after: 'soon' is no span"),
        (["day=2026-02-30"], "day: '2026-02-30' is no time"),
        (["extra=7"], "extra can be given in Python only"),
        (["key=abc"], "key is a secret"),
    ],
)
def test_what_does_not_fit_is_named(texts: list[str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        parse(texts, keys(METHOD))


def test_a_structure_that_does_not_fit_names_the_field_and_no_value() -> None:
    with pytest.raises(ConfigurationError) as caught:
        given("line.count=12345")
    assert str(caught.value) == "line.count: Input should be less than or equal to 9"


def test_a_field_is_needed_once_its_structure_is_begun() -> None:
    required = ["price", "size", "key"]
    assert missing(METHOD, {}) == required
    assert missing(METHOD, {"line.note": "x"}) == [*required, "line.count"]
    assert missing(METHOD, {"within.since": "x"}) == [*required, "within.until"]


def test_help_tells_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    show_help(METHOD)
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    for line in (
        "price         number (required). What it may cost.",
        "size          SMALL, LARGE (required)",
        "after         span of time",
        "day           date or time",
        "at            time",
        "line.count    whole number (required for line)",
        "shares        number (default 1.5)",
        "tags          texts, with a comma between",
        "within.since  time (required for within)",
        "extra         given in Python only",
    ):
        assert line in lines


class Keyboard:
    """Somebody who types."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *typed: str) -> None:
        self.asked: list[str] = []
        self._typed = iter(typed)
        monkeypatch.setattr("sys.stdin", self)
        monkeypatch.setattr(questions, "getpass", self._type)

    def isatty(self) -> bool:
        return True

    def _type(self, prompt: str) -> str:
        self.asked.append(prompt)
        try:
            return next(self._typed)
        except StopIteration:
            raise EOFError from None


def test_a_secret_that_is_needed_is_asked_for_until_it_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyboard = Keyboard(monkeypatch, "", "k3y")
    assert questions.asked_for(keys(METHOD), {}, twice=False) == {"key": SecretStr("k3y")}
    assert keyboard.asked == ["key: ", "key: "]


def test_who_ends_the_input_instead_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    Keyboard(monkeypatch)
    with pytest.raises(typer.Abort):
        questions.asked_for(keys(METHOD), {}, twice=True)


def test_a_secret_that_is_needed_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keyboard(monkeypatch), "isatty", lambda: False)
    with pytest.raises(ConfigurationError, match=r"key is needed.*Write key=env:A_VARIABLE"):
        questions.asked_for(keys(METHOD), {}, twice=True)
    assert questions.asked_for(keys(METHOD), {"key": SecretStr("x")}, twice=True) == {}
