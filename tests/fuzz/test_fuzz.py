"""Some inputs for each target; `nox -s fuzz` tries very many."""

import pytest

from tests.fuzz.targets import TARGETS, run


# A find may be a large answer, and is to be seen all the same.
@pytest.mark.filterwarnings("ignore:Generating overly large repr")
@pytest.mark.parametrize("name", TARGETS)
def test_only_a_faxapi_error_comes_out(name: str) -> None:
    run(TARGETS[name], TARGETS[name].few)
