"""Chromium without a window, by Selenium: pages of this machine, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver

PROGRAMS = ("chromium", "chromedriver")
_OPTIONS = (
    "--headless=new",
    "--hide-scrollbars",
    # Whatever a page asks for, nothing leaves this machine, and what it asks for is seen.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    # A container may have little shared memory.
    "--disable-dev-shm-usage",
)


def missing() -> list[str]:
    """The programs that are not installed."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


class Chromium:
    """A browser with one page."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self._driver = driver

    def show(
        self,
        page: Path,
        *,
        width: int = 1280,
        height: int = 800,
        scheme: str = "light",
        media: str = "screen",
    ) -> None:
        """Open a file, on a screen of this size and kind."""
        for log in ("browser", "performance"):
            self._driver.get_log(log)
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self._command("Emulation.setDeviceMetricsOverride", **screen)
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self._command("Emulation.setEmulatedMedia", media=media, features=features)
        self._driver.get(page.as_uri())

    def run(self, script: str) -> Any:  # noqa: ANN401 - what the script returns
        """The result of a function's body in the page."""
        return self._driver.execute_script(script)

    @property
    def complaints(self) -> list[str]:
        """What the console says since the page was opened."""
        return [entry["message"] for entry in self._driver.get_log("browser")]

    def requests(self) -> tuple[list[str], list[str]]:
        """The addresses that were asked for since, and those that the page's policy refused."""
        asked: dict[str, str] = {}
        refused: list[str] = []
        for entry in self._driver.get_log("performance"):
            event = json.loads(entry["message"])["message"]
            given = event["params"]
            if event["method"] == "Network.requestWillBeSent":
                asked[given["requestId"]] = given["request"]["url"]
            elif given.get("blockedReason") == "csp":
                refused.append(asked.pop(given["requestId"]))
        return list(asked.values()), refused

    def pdf(self) -> bytes:
        """The page on paper."""
        return b64decode(self._command("Page.printToPDF", preferCSSPageSize=True)["data"])

    def picture(self, *, height: int | None = None) -> bytes:
        """The page as PNG; all of it, unless only so much of its top is wanted."""
        width, whole = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": width, "height": height or whole, "scale": 1}
        shot = self._command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        return b64decode(shot["data"])

    def roles(self) -> list[tuple[str, str]]:
        """What is there for those who cannot see it: roles and names."""
        nodes = self._command("Accessibility.getFullAXTree")["nodes"]
        return [
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in nodes
            if not node["ignored"]
        ]

    def _command(self, name: str, **given: object) -> dict[str, Any]:
        return dict(self._driver.execute_cdp_cmd(name, given))


@contextmanager
def chromium() -> Iterator[Chromium]:
    """A running browser."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for option in _OPTIONS:
        options.add_argument(option)
    if os.geteuid() == 0:
        # Chromium refuses to run as root otherwise; what it opens here is our own.
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # With its path, Selenium does not look for one on the network.
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield Chromium(driver)
    finally:
        driver.quit()
