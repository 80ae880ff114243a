"""Installs what the tests of this folder run: `python -m tests.store.install`, on Debian."""

from __future__ import annotations

from tests.debian import install
from tests.store.postgres import missing

if __name__ == "__main__":
    install("the databases' tests", missing, ("postgresql",))
