"""Records to make a report of, and a report read back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser

from faxapi import Direction, FaxRecord, Kind, Outcome, Status, Window
from faxapi.records import Record
from faxapi.render.digest import Digest
from faxapi.render.html import to_html
from faxapi.report import Summary

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
WEEK = Window(NOW - timedelta(days=7), NOW)


def fax(**fields: object) -> FaxRecord:
    return FaxRecord.model_validate(
        {
            "provider": "interfax",
            "account": "acme",
            "id": "7",
            "direction": Direction.OUTBOUND,
            "status": Status.COMPLETED,
            "submitted_at": NOW - timedelta(hours=1),
            **fields,
        }
    )


def outcome(account: str = "acme", records: int = 1, **fields: object) -> Outcome:
    return Outcome("interfax", account, Kind.FAXES, records, **fields)  # type: ignore[arg-type]  # whatever a test gives


def page(
    records: Iterable[Record],
    outcomes: Iterable[Outcome] = (),
    window: Window = WEEK,
    *,
    show_recipients: bool = False,
) -> str:
    summary = Summary(outcomes=list(outcomes) or [outcome()])
    digest = Digest.of(records, UTC)
    return to_html(digest, summary, window, show_recipients=show_recipients, made=NOW)


class Reader(HTMLParser):
    """A page's tables, texts and attributes, as a browser would find them.

    Attributes:
        tables: Rows of cells, by caption.
        texts: Every text, in order.
        attributes: Every attribute, with its element.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.texts: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._path: list[str] = []
        self._rows: list[list[str]] = []
        self.feed(text)

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        self._path.append(tag)
        if tag == "tr":
            self._rows.append([])
        elif tag in {"th", "td"}:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        # Those that are never closed lie within.
        while self._path and self._path.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        words = " ".join(data.split())
        if not words or "style" in self._path:
            return
        self.texts.append(words)
        if self._path[-1] == "caption":
            self._rows = self.tables.setdefault(words, [])
        elif {"th", "td"} & {*self._path}:
            self._rows[-1][-1] = f"{self._rows[-1][-1]} {words}".strip()
