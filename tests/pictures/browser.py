"""The top of the HTML report, as Chromium shows it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

_SIZE = "1180,868"
_FLAGS = (
    "--headless=new",
    # It is our own page, and a container's root cannot use the sandbox.
    "--no-sandbox",
    "--hide-scrollbars",
    f"--window-size={_SIZE}",
)


def picture_of_report(file: Path, environment: Mapping[str, str]) -> None:
    """Draw the report of the last 30 days, and take a picture of what is seen first."""
    with TemporaryDirectory() as folder:
        page = Path(folder, "report.html")
        command = ("-m", "faxapi", "report", "--since", "30d", "--output", page)
        # It ends with 3, since an account could not be read.
        subprocess.run([sys.executable, *command], env=environment, check=False)
        profile = f"--user-data-dir={folder}/profile"
        shot = ("chromium", *_FLAGS, profile, f"--screenshot={file}", page.as_uri())
        subprocess.run(shot, check=True, capture_output=True, timeout=60)
