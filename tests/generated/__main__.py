"""`python -m tests.generated`: write the parts of the documentation that are made from the code."""

from tests.generated.parts import PARTS
from tests.marked import write

for part in PARTS:
    write(part.page, part.name, part.text())
