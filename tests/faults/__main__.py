"""`python -m tests.faults`: try every fault, and write the tables of the page on reliability."""

from __future__ import annotations

import os
import platform
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest


class Tally:
    """A pytest plug-in that adds up what the tests tell."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self.accounts = self.faxes = self.changes = 0

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = dict(report.user_properties)
        if report.when != "call" or not report.passed:
            return
        if "fault" in told:
            name = str(told["fault"])
            self.seconds[name] = max(self.seconds[name], float(str(told["seconds"])))
            self.accounts += 1
            self.faxes += int(str(told["faxes"]))
        self.changes += int(str(told.get("changes", 0)))


def main() -> int:
    """Run the tests of this folder; only if all pass, the page is written."""
    tally = Tally()
    folder = Path(__file__).parent
    # The page is what is to be written.
    deselected = f"--ignore={folder / 'test_page.py'}"
    options = ["-q", "--numprocesses=4", "--dist=worksteal", deselected, str(folder)]
    if status := pytest.main(options, plugins=[tally]):
        return status
    # Late: pytest rewrites the assertions of what is not imported yet.
    from tests.faults import page  # noqa: PLC0415 - as said
    from tests.marked import write  # noqa: PLC0415 - as said

    measured = (
        f"Measured on {datetime.now(UTC):%Y-%m-%d}: {platform.system()} {platform.machine()}, "
        f"{os.cpu_count()} cores, Python {platform.python_version()}."
    )
    longest = max(tally.seconds.values())
    write(
        page.PAGE,
        "figures",
        f"{len(tally.seconds)} faults, {tally.accounts} accounts that met one, "
        f"{tally.faxes:,} faxes, **lost: 0**, the longest collection {longest:.1f} s. "
        f"{tally.changes} changes, **sent twice: 0**. {measured}",
    )
    write(page.PAGE, "faults", page.faults(tally.seconds))
    write(page.PAGE, "changes", page.changes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
