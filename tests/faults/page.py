"""The tables of the page "Reliability": what is declared, and what a run measured."""

from __future__ import annotations

from collections.abc import Mapping

from tests.faults.losses import LOSSES, Loss
from tests.faults.scenarios import FAULTS, Fault
from tests.marked import ROOT, table

PAGE = ROOT / "docs/pages/explanation/reliability.md"


def faults(seconds: Mapping[str, float]) -> str:
    """The table of faults, with how long the longest collection took that met one."""
    text = ""
    for group, members in FAULTS.items():
        rows = [(*cells(fault), f"{seconds[fault.name]:.1f}") for fault in members]
        text += f"\n### {group}\n\n" + table(("Fault", "Once", "Again and again", "Seconds"), rows)
    return text


def changes() -> str:
    """The table of what becomes of a change."""
    rows = [(loss.name, group, _heard(loss)) for group, losses in LOSSES.items() for loss in losses]
    return "\n" + table(("What happens to a change", "Then", "The caller hears"), rows)


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
