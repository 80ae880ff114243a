"""The documentation's tables say what the tests declare."""

from tests.faults.page import PAGE, cells, changes
from tests.faults.scenarios import FAULTS
from tests.marked import part


def test_the_table_of_faults_is_the_one_that_is_tested() -> None:
    lines = [line.strip("| ").split(" | ") for line in part(PAGE, "faults").splitlines()]
    shown = [tuple(line[:3]) for line in lines if len(line) == 4 and line[3][0].isdigit()]
    assert shown == [cells(fault) for faults in FAULTS.values() for fault in faults]
    assert len({name for name, _, _ in shown}) == len(shown)


def test_the_table_of_changes_is_the_one_that_is_tested() -> None:
    assert part(PAGE, "changes") == changes().strip("\n")
