"""Installs what the tests of this folder run: `python -m tests.browser.install`, on Debian."""

from __future__ import annotations

from tests.browser.chromium import missing
from tests.debian import install

# Debian makes both from one source, so that the driver fits the browser. The fonts are what a
# picture of a page is drawn with where nothing else is installed.
PACKAGES = ("chromium", "chromium-driver", "fonts-dejavu-core")

if __name__ == "__main__":
    install("the browser's tests", missing, PACKAGES)
