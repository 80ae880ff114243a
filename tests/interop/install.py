"""Installs what the tests of this folder run: `python -m tests.interop.install`, on Debian."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tests.interop.runtime import missing

PACKAGES = (
    # ASP.NET: the web services' runtime, and what hands requests to it.
    "mono-fastcgi-server4",
    # The compilers, of C# and of WSDLs.
    "mono-mcs",
    "mono-devel",
    # DataContractJsonSerializer.
    "libmono-system-runtime-serialization4.0-cil",
    "nginx-light",
)


def install() -> None:
    """Install what is missing.

    Raises:
        SystemExit: This machine, or this user, cannot.
    """
    if not (lacking := missing()):
        return
    say = f"the interoperability tests need {', '.join(lacking)}"
    apt = shutil.which("apt-get")
    sudo = [] if os.geteuid() == 0 else [shutil.which("sudo")]
    if apt is None or None in sudo:
        sys.exit(f"{say}: install {' '.join(PACKAGES)}, or what your system calls them")
    root = [*filter(None, sudo), "env", "DEBIAN_FRONTEND=noninteractive", apt]
    subprocess.run([*root, "update", "--quiet"], check=True)
    command = [*root, "install", "--quiet", "--yes", "--no-install-recommends", *PACKAGES]
    subprocess.run(command, check=True)
    if lacking := missing():
        sys.exit(f"{', '.join(lacking)} is still not there")


if __name__ == "__main__":
    install()
