"""What of the documentation is made from the code is up to date."""

import pytest

from tests.generated.parts import PARTS, Part
from tests.marked import ROOT, part


def name_of(each: Part) -> str:
    return f"{each.page.relative_to(ROOT).as_posix()}-{each.name}"


@pytest.mark.parametrize("each", PARTS, ids=name_of)
def test_it_says_what_the_code_says(each: Part) -> None:
    written = part(each.page, each.name)
    assert written == each.text().strip("\n"), "write it with: python -m tests.generated"
    assert len(written) > 100
