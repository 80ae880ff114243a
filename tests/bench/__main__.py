"""`python -m tests.bench [TOPIC ...]`: measure, and write `docs/pages/benchmarks.md`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from xml.parsers import expat

from tests.bench.program import told
from tests.bench.result import Result, heard

_PAGE = Path(__file__).parents[2] / "docs/pages/benchmarks.md"
_TOPICS = {
    "decode": "What an answer's bytes cost",
    "stream": "Long lists",
    "network": "Many requests",
    "export": "Exports",
    "scale": "Three thousand accounts on a cluster",
    "start": "The start of a program",
}
_PACKAGES = (
    "httpx",
    "httpcore",
    "anyio",
    "trio",
    "stamina",
    "pydantic",
    "pyarrow",
    "distributed",
    "xmltodict",
    "aiohttp",
    "zeep",
    "suds-community",
)
_HEAD = """# Benchmarks

`nox -s bench` measures this and writes this page. Each row compares two things that one run did on
one machine; times alone say little, since machines differ, and shared ones are noisy.

- **zeep** and **suds** turn the same bytes into their objects, without a network.
- The **floor** of an answer is expat over its bytes with no handlers, and pydantic's validation of
  rows that are ready-made, times among them.
- The **ideal** of many requests is ⌈requests ÷ connections⌉ × latency.
- A **stall** is how long the event loop was kept from another task, whatever kept it.
"""


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _section(topic: str) -> str:
    found = [heard(line) for line in told(f"tests.bench.{topic}")]
    table = _table(
        ("What", "faxapi", "Compared with", "Ratio", "Target"), [_cells(row) for row in found]
    )
    return f"\n## {_TOPICS[topic]}\n\n{table}"


def _cells(row: Result) -> tuple[str, ...]:
    target = row.target and f"{row.target}: {'met' if row.met else '**missed**'}"
    return (row.what, row.ours, row.other, row.ratio, target)


def _machine() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"\nMeasured on {datetime.now(UTC):%Y-%m-%d}: {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{expat.EXPAT_VERSION.replace('_', ' ')}, "
        f"{packages}.\n"
    )


def main() -> None:
    """Measure each topic in a process of its own; all of them make the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("topic", nargs="*", choices=[[], *_TOPICS], help="only this, and no page")
    topics = parser.parse_args().topic
    sections = []
    for topic in topics or _TOPICS:
        sections.append(_section(topic))
        sys.stdout.write(sections[-1])
        sys.stdout.flush()
    if topics:
        return
    accounts = "\n".join(told("tests.bench.many_accounts"))
    sections.append(f"\n## A thousand accounts, three times\n\n{accounts}\n")
    _PAGE.write_text(_HEAD + "".join(sections) + _machine(), encoding="utf-8")


if __name__ == "__main__":
    main()
