"""Installs what tests of other folders run, on Debian and what is like it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence


def install(what: str, missing: Callable[[], list[str]], packages: Sequence[str]) -> None:
    """Install packages if a program is missing.

    Args:
        what: Who needs them.
        missing: Names the programs that are not there.
        packages: Where they come from.

    Raises:
        SystemExit: This machine, or this user, cannot.
    """
    if not (lacking := missing()):
        return
    say = f"{what} need {', '.join(lacking)}"
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else [shutil.which("sudo")]
    if apt is None or None in sudo:
        sys.exit(f"{say}: install {' '.join(packages)}, or what your system calls them")
    root = [*filter(None, sudo), "env", "DEBIAN_FRONTEND=noninteractive", apt]
    subprocess.run([*root, "update", "--quiet"], check=True)
    command = [*root, "install", "--quiet", "--yes", "--no-install-recommends", *packages]
    subprocess.run(command, check=True)
    if lacking := missing():
        sys.exit(f"{', '.join(lacking)} is still not there")
