"""What of the documentation is made from the code; a new part is one more line in `PARTS`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from faxapi import Kind
from tests.generated.columns import column_table
from tests.generated.command_line import command_line
from tests.generated.operations import capability_table, operation_tables
from tests.marked import ROOT

PAGES = ROOT / "docs/pages"


class Part(NamedTuple):
    """A part of a page, between the marks of its name, and what makes its text."""

    page: Path
    name: str
    text: Callable[[], str]


PARTS = (
    Part(ROOT / "README.md", "capabilities", capability_table),
    Part(PAGES / "index.md", "capabilities", capability_table),
    Part(PAGES / "reference/command-line.md", "command line", command_line),
    Part(PAGES / "reference/operations.md", "operations", operation_tables),
    *(Part(PAGES / "reference/exports.md", kind, partial(column_table, kind)) for kind in Kind),
)
