"""Parts of the documentation that a program writes: what stands between two marks of a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent


def part(page: Path, name: str) -> str:
    """What stands between the marks of a name.

    Raises:
        ValueError: The page lacks them.
    """
    return _cut(page, name)[1].strip("\n")


def write(page: Path, name: str, text: str) -> None:
    """Put a text between the marks of a name.

    Raises:
        ValueError: The page lacks them.
    """
    before, _, after = _cut(page, name)
    stripped = text.strip("\n")
    # Markdown sees no table where a comment's line runs into it.
    page.write_text(f"{before}\n\n{stripped}\n\n{after}", encoding="utf-8")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cut(page: Path, name: str) -> tuple[str, str, str]:
    """A page up to the end of the first mark, the part, and the rest from the second mark on."""
    text = page.read_text(encoding="utf-8")
    begin = text.find(f"<!-- {name}: written by ")
    start = text.find("-->", begin) + len("-->")
    end = text.find(f"<!-- {name}: end -->", start)
    if begin < 0 or end < 0:
        message = f"{page.name} has no part called {name}"
        raise ValueError(message)
    return text[:start], text[start:end], text[end:]
