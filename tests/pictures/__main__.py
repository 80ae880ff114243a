"""`python -m tests.pictures`: make the pictures of the documentation.

They show the sandbox on a day on which one of its accounts cannot be read.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from tests.browser.chromium import chromium
from tests.browser.pages import failing_run, of_run
from tests.marked import ROOT
from tests.pictures.scene import one_account_fails
from tests.pictures.terminal import picture_of_terminal

IMAGES = ROOT / "docs/pages/images"
COMMAND = "faxapi collect --since 7d --status failed"


def picture_of_report() -> bytes:
    """The top of an HTML report, up to its chart."""
    with TemporaryDirectory() as folder, chromium() as browser:
        page = Path(folder, "report.html")
        page.write_text(of_run(anyio.run(failing_run)))
        browser.show(page, width=1180)
        return browser.picture(height=860)


with one_account_fails() as environment:
    (IMAGES / "terminal.svg").write_text(picture_of_terminal(COMMAND, environment))
(IMAGES / "report.png").write_bytes(picture_of_report())
