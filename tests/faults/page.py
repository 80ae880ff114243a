"""The tables of the page "Reliability": what is declared, and what a run measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.faults.losses import LOSSES, Loss
from tests.faults.scenarios import FAULTS, Fault

PAGE = Path(__file__).parents[2] / "docs/pages/explanation/reliability.md"
_MARKS = "<!-- {}: written by python -m tests.faults -->", "<!-- {}: end -->"


def faults(seconds: Mapping[str, float]) -> str:
    """The table of faults, with how long the longest collection took that met one."""
    text = ""
    for group, members in FAULTS.items():
        rows = [(*cells(fault), f"{seconds[fault.name]:.1f}") for fault in members]
        text += f"\n### {group}\n\n" + _table(("Fault", "Once", "Again and again", "Seconds"), rows)
    return text


def changes() -> str:
    """The table of what becomes of a change."""
    rows = [(loss.name, group, _heard(loss)) for group, losses in LOSSES.items() for loss in losses]
    return "\n" + _table(("What happens to a change", "Then", "The caller hears"), rows)


def cells(fault: Fault) -> tuple[str, str, str]:
    """What is declared of a fault."""
    if fault.for_ever is None:
        return fault.name, "complete", "complete"
    if fault.once is not None:
        once = f"`{fault.once.__name__}`"
    elif fault.rows:
        once = f"recovered; Openfax: `{fault.for_ever.__name__}`"
    else:
        once = "recovered"
    return fault.name, once, f"`{fault.for_ever.__name__}`"


def _heard(loss: Loss) -> str:
    return f"`{loss.error.__name__}`" if loss.error else "its result"


def part(name: str) -> str:
    """What stands between the marks of a name."""
    begin, end = (mark.format(name) for mark in _MARKS)
    return PAGE.read_text(encoding="utf-8").partition(begin)[2].partition(end)[0]


def write(name: str, text: str) -> None:
    """Put a text between the marks of a name."""
    begin, end = (mark.format(name) for mark in _MARKS)
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
