"""What `faxapi call` writes of an answer: for people, and for programs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import IntEnum
from typing import ClassVar

import anyio
import pytest
from pydantic import SecretStr

from faxapi import Notice
from faxapi.cli import answers
from faxapi.cli.call_options import AnswerFormat
from faxapi.providers import Text, VendorModel, spelled
from faxapi.providers.openfax.operations import NAMESPACE
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Cut, Reply, Reset
from tests.cli.calling import configured, invoke
from tests.sandbox.wire import envelope

ESCAPE = "\x1b[2J\x9b31m"


class Mood(IntEnum):
    GOOD = 1


class Item(VendorModel):
    shown: ClassVar[tuple[str, ...]] = ()

    first: Text = spelled("First")
    second_one: Text = spelled("SecondOne")
    secret: SecretStr | None = spelled("Secret")


@dataclass(frozen=True)
class Page:
    """A page as vendors answer it."""

    items: tuple[Item, ...]
    total: int
    at: datetime
    lasted: timedelta
    cost: Decimal
    good: bool
    mood: Mood
    names: Mapping[str, str]
    words: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


PAGE = Page(
    (Item(first="a"), Item(first="b", second_one=f"c{ESCAPE}", secret=SecretStr("hunter2"))),
    2,
    datetime(2026, 3, 2, 12, tzinfo=UTC),
    timedelta(seconds=95),
    Decimal("1.50"),
    good=True,
    mood=Mood.GOOD,
    names={"x": "y"},
    words=("p", "q"),
)


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with configured(faxes=5) as sandbox:
        yield sandbox


def written(answer: object, form: AnswerFormat, capsys: pytest.CaptureFixture[str]) -> str:
    answers.write(answer, form)
    text = capsys.readouterr().out
    assert not [char for char in text if not char.isprintable() and char != "\n"]
    assert "hunter2" not in text
    assert max(map(len, text.splitlines())) <= 80 or form is not AnswerFormat.TABLE
    return "\n".join(line.rstrip() for line in text.splitlines())


def test_a_structure_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    lines = written(PAGE, AnswerFormat.TABLE, capsys).splitlines()
    at = f"{PAGE.at.astimezone():%Y-%m-%d %H:%M:%S %Z}"
    assert [line.split(maxsplit=1) for line in lines[:7]] == [
        ["total", "2"],
        ["at", at],
        ["lasted", "0:01:35"],
        ["cost", "1.50"],
        ["good", "yes"],
        ["mood", "GOOD"],
        ["words", "p, q"],
    ]
    assert [line.split() for line in lines[9:]] == [
        ["first", "second_one", "secret"],
        ["─" * len(lines[10].strip())],
        ["a"],
        ["b", "c\ufffd[2J\ufffd31m", "**********"],
        [],
        ["─" * 36, "names", "─" * 37],
        ["x", "y"],
    ]


def test_a_structure_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    text = written(PAGE, AnswerFormat.JSON, capsys)
    found = json.loads(text)
    assert found == {
        "items": [
            {"first": "a", "second_one": None, "secret": None},
            {"first": "b", "second_one": f"c{ESCAPE}", "secret": "**********"},
        ],
        "total": 2,
        "at": "2026-03-02T12:00:00Z",
        "lasted": "PT1M35S",
        "cost": "1.50",
        "good": True,
        "mood": 1,
        "names": {"x": "y"},
        "words": ["p", "q"],
        "notices": [],
    }
    assert json.loads(written(PAGE, AnswerFormat.JSONL, capsys)) == found


def test_a_list_without_room_for_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    items = [Item(first="x" * 50, second_one="y" * 40), Item(first="z" * 100)]
    text = written(items, AnswerFormat.TABLE, capsys)
    assert text.splitlines() == [
        "first       " + "x" * 50,
        "second_one  " + "y" * 40,
        "",
        "first  " + "z" * 73,
        "       " + "z" * 27,
    ]


@pytest.mark.parametrize(
    ("answer", "table", "lines"),
    [
        (None, "Done.", "null"),
        ([], "Nothing was found.", ""),
        (Decimal("1.50"), "1.50", '"1.50"'),
        (["a", "b"], "a\nb", '"a"\n"b"'),
    ],
)
def test_small_answers(
    answer: object, table: str, lines: str, capsys: pytest.CaptureFixture[str]
) -> None:
    answers.write(answer, AnswerFormat.TABLE)
    assert capsys.readouterr().out == f"{table}\n"
    answers.write(answer, AnswerFormat.JSONL)
    assert capsys.readouterr().out.rstrip("\n") == lines
    answers.write(answer, AnswerFormat.JSON)
    assert json.loads(capsys.readouterr().out) == json.loads(answers._json(answer))


@pytest.mark.parametrize(
    ("form", "several", "none"),
    [
        (AnswerFormat.TABLE, "first  a\n\nfirst  b\n\n", "Nothing was found.\n"),
        (AnswerFormat.JSON, None, "[]\n"),
        (AnswerFormat.JSONL, None, ""),
    ],
)
def test_items_as_they_come(
    form: AnswerFormat, several: str | None, none: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async def items(*names: str) -> AsyncIterator[Item]:
        for name in names:
            yield Item(first=name)

    anyio.run(answers.write_stream, items("a", "b"), form)
    text = capsys.readouterr().out
    if several is None:
        found = (
            json.loads(text) if form is AnswerFormat.JSON else map(json.loads, text.splitlines())
        )
        assert [item["first"] for item in found] == ["a", "b"]
    else:
        assert text == several
    anyio.run(answers.write_stream, items(), form)
    assert capsys.readouterr().out == none


def test_a_change_whose_answer_is_lost(sandbox: Sandbox) -> None:
    sandbox.faults.add(Reset(performed=True))
    result = invoke("call", "interfax.admin.close_user", "username=acme.bob", "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith(
        "Look before you send it again: faxapi call interfax.admin.get_account_users\n"
    )
    assert "acme.bob" not in sandbox.interfax.users


def test_what_is_missing_is_said_and_makes_the_answer_partial(sandbox: Sandbox) -> None:
    rows = "".join(
        f"<FaxTransmission><TransactionID>{number}</TransactionID><Pages>{pages}</Pages>"
        "</FaxTransmission>"
        for number, pages in enumerate(("1", "many", "3"))
    )
    name = "getCDRByJobID"
    body = (
        f"<{name}Response xmlns='{NAMESPACE}'><{name}Result>{rows}</{name}Result></{name}Response>"
    )
    sandbox.faults.add(Reply(body=envelope(body).encode(), content_type="text/xml"))
    result = invoke("call", "openfax.iter_cdr", "job_id=7", "--format", "jsonl")
    assert result.exit_code == 3
    assert [json.loads(line)["pages"] for line in result.stdout.splitlines()] == [1, 3]
    assert result.stderr.startswith("missing: a record (TransactionID 1) could not be read")


def test_a_stream_that_breaks_off_is_an_error(sandbox: Sandbox) -> None:
    job = sandbox.openfax.add_job(error_codes=[0] * 200)
    sandbox.faults.add(Cut(20_000), times=9)
    result = invoke("call", "openfax.iter_cdr", f"job_id={job}", "--format", "jsonl")
    assert result.exit_code == 1
    assert 0 < len(result.stdout.splitlines()) < 200
    assert "openfax getCDRByJobID" in result.stderr
