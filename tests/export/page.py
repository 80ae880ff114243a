"""The tables of `docs/pages/reference/exports.md`: `python -m tests.export.page` writes them."""

from __future__ import annotations

from pathlib import Path

from faxapi import Kind
from faxapi.export import COLUMNS, Column

PAGE = Path(__file__).parents[2] / "docs/pages/reference/exports.md"
_MARKS = "<!-- {}: written by python -m tests.export.page -->", "<!-- {}: end -->"


def columns(kind: Kind) -> str:
    """The table of a kind's columns."""
    lines = ["| Column | Type | Says |", "| --- | --- | --- |", *map(_line, COLUMNS[kind])]
    return "\n".join(lines) + "\n"


def _line(column: Column) -> str:
    known = "" if column.nullable else ", always known"
    words = "".join(f" `{word}`" for word in column.words)
    return f"| `{column.name}` | {column.type}{known} | {column.meaning}{words} |"


def part(kind: Kind) -> str:
    """What stands between the marks of a kind."""
    begin, end = (mark.format(kind) for mark in _MARKS)
    return PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]


def write(kind: Kind) -> None:
    """Put the table between its marks."""
    begin, end = (mark.format(kind) for mark in _MARKS)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n{columns(kind)}{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    for each in Kind:
        write(each)
