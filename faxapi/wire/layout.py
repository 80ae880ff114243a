"""Rows as a serializer writes them, read by one pattern instead of a parser.

A service writes every row alike: the same elements in the same order, of which some may be absent.
So what expat is asked element by element is known of a whole row beforehand, and one match finds
its texts in less than half the time. A row that is written in any other way does not match.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce

Row = dict[str, str | None]

# Long enough for any indentation, and short, since each field that is absent looks behind it.
_GAP = r"[ \t\r\n]{0,64}+"
# No line end that a parser would change, and nothing that XML forbids.
_TEXT = r"[^<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]*+"
_ABSENT = "<"
# The ampersand last: what it stands before then is text.
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}
_OTHER_REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)")


class Layout:
    """How a row is written whose fields stand in a known order, each once or not at all.

    Args:
        row: The row element's name.
        fields: The names of its fields, in the vendor's order.
    """

    def __init__(self, row: str, fields: tuple[str, ...]) -> None:
        self._fields = fields
        known = "".join(map(_field, fields))
        self._row = re.compile(rf"{_GAP}<{re.escape(row)}>{known}{_GAP}</{re.escape(row)}>")

    def read(self, text: str, start: int, *, plain: bool) -> tuple[list[Row], int]:
        """The rows from a place on, and where the first begins that is written in another way.

        Args:
            text: Rows.
            start: The place.
            plain: Whether the text has no reference.
        """
        rows: list[Row] = []
        match, fields = self._row.match, self._fields
        while (found := match(text, start)) is not None:
            groups = found.groups("")
            row: Row = dict(zip(fields, groups[::2], strict=True))
            missing = groups[1::2]
            if any(missing):
                _take_out(row, missing)
            if not (plain or _unescape(row, text, start, found.end())):
                break
            rows.append(row)
            start = found.end()
        return rows, start


def _take_out(row: Row, missing: tuple[str, ...]) -> None:
    for name, mark in zip([*row], missing, strict=True):
        if mark == _ABSENT:
            del row[name]
        elif mark:
            row[name] = None


def _unescape(row: Row, text: str, start: int, end: int) -> bool:
    """Put characters for references; whether all of them are known."""
    if text.find("&", start, end) < 0:
        return True
    if _OTHER_REFERENCE.search(text, start, end):
        return False
    for name, value in row.items():
        if value and "&" in value:
            row[name] = reduce(_replaced, _ENTITIES.items(), value)
    return True


def _replaced(text: str, entity: tuple[str, str]) -> str:
    return text.replace(*entity)


def _field(name: str) -> str:
    """A pattern of two groups: a field's text, and what stands there instead if it has none."""
    tag = re.escape(name)
    nil = rf'<{tag} xsi:nil="true" ?/>'
    return (
        rf"(?>{_GAP}<{tag}(?:>({_TEXT})</{tag}>| ?/>)"
        rf"|(?={_GAP}({nil}|{_ABSENT}))(?:{_GAP}{nil})?)"
    )


@lru_cache(maxsize=64)
def layout(row: str, fields: tuple[str, ...]) -> Layout:
    """A layout, made once."""
    return Layout(row, fields)
