"""Makes pictures of a report in which one account has failed: `python -m tests.browser.pictures`.

`report.png` is its top, small enough for a README; the others are all of it, on a wide and a narrow
screen, light and dark.
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio

from tests.browser.chromium import Chromium, chromium
from tests.browser.pages import failing_run, of_run

_WIDTHS = (1280, 390)
_TOP = 860


def take(browser: Chromium, folder: Path) -> None:
    """Write the pictures into a folder."""
    with TemporaryDirectory() as temporary:
        page = Path(temporary) / "report.html"
        page.write_text(of_run(anyio.run(failing_run)))
        for width in _WIDTHS:
            for scheme in ("light", "dark"):
                browser.show(page, width=width, scheme=scheme)
                (folder / f"report-{width}-{scheme}.png").write_bytes(browser.picture())
        browser.show(page)
        (folder / "report.png").write_bytes(browser.picture(height=_TOP))


def main(folder: Path) -> None:
    """Take them, and say where they are."""
    folder.mkdir(parents=True, exist_ok=True)
    with chromium() as browser:
        take(browser, folder)
    for picture in sorted(folder.glob("report*.png")):
        sys.stdout.write(f"{picture}: {picture.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "pictures"))
