"""The tables of the page "Observability" name what the code names, no more and no less."""

from __future__ import annotations

import ast
import logging
from pathlib import Path

from faxapi import observe
from faxapi.observe import COLLECTION, FEED, FIELDS, OPERATION, REQUEST
from faxapi.telemetry import COUNTERS, METRICS, UP_DOWN_COUNTERS

ROOT = Path(__file__).parents[2]
WORKS = (COLLECTION, FEED, OPERATION, REQUEST)


def table(first: str) -> list[list[str]]:
    """The rows of the table whose first column has this head, without their quotes."""
    lines = (ROOT / "docs/pages/how-to/observability.md").read_text().splitlines()
    start = next(number for number, each in enumerate(lines) if each.startswith(f"| {first} |"))
    rows = []
    for each in lines[start + 2 :]:
        if not each.startswith("|"):
            break
        rows.append([cell.strip(" `") for cell in each.strip("|").split(" | ")])
    return rows


def test_spans() -> None:
    assert [row[0] for row in table("span")] == [work.name for work in WORKS]


def test_attributes() -> None:
    assert sorted(row[0] for row in table("attribute")) == sorted(FIELDS.values())


def test_metrics() -> None:
    kinds = dict.fromkeys(COUNTERS, "counter") | dict.fromkeys(UP_DOWN_COUNTERS, "up-down counter")
    assert [(name, kind, unit, apart) for name, kind, unit, _, apart in table("metric")] == [
        (name, kinds.get(name, "histogram"), metric.unit, ", ".join(metric.fields))
        for name, metric in METRICS.items()
    ]


def test_events() -> None:
    tree = ast.parse(Path(observe.__file__).read_text())
    written = {
        (str(node.args[2].value), ast.unparse(node.args[0]))
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "_log"
        and isinstance(node.args[2], ast.Constant)
    }
    expected = {(f"{work.name}.ended", work.logger.name) for work in WORKS} | {
        (event, getattr(observe, logger).name) for event, logger in written
    }
    assert {(event, logger) for event, logger, *_ in table("event")} == expected
    assert len(expected) == 7
    levels = {event: level for event, _, level, _ in table("event")}
    for work in WORKS:
        assert levels[f"{work.name}.ended"].startswith(logging.getLevelName(work.level))
