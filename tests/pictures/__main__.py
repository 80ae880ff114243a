"""`python -m tests.pictures`: make the pictures of the documentation.

They show the sandbox on a day on which one of its accounts cannot be read.
"""

from __future__ import annotations

from tests.marked import ROOT
from tests.pictures.browser import picture_of_report
from tests.pictures.scene import one_account_fails
from tests.pictures.terminal import picture_of_terminal

IMAGES = ROOT / "docs/pages/images"
COMMANDS = ("faxapi collect --since 7d --status failed",)

IMAGES.mkdir(exist_ok=True)
with one_account_fails() as environment:
    (IMAGES / "terminal.svg").write_text(picture_of_terminal(COMMANDS, environment))
    picture_of_report(IMAGES / "report.png", environment)
