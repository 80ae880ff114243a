"""Installs what the tests of this folder run: `python -m tests.databases.install`, on Debian."""

from __future__ import annotations

from tests.databases.postgres import missing
from tests.debian import install

if __name__ == "__main__":
    install("the databases' tests", missing, ("postgresql",))
