"""Every Python example of the README and the documentation runs, against the sandbox."""

from __future__ import annotations

import ast
import asyncio
import inspect
import logging
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from types import CodeType
from typing import Any

import certifi
import pytest
from opentelemetry import trace
from opentelemetry.metrics import _internal as metrics
from opentelemetry.util._once import Once

import faxapi
from faxapi import FaxApi, Window, observe
from faxapi.providers.interfax import client as interfax
from faxapi.providers.openfax import client as openfax
from faxapi.sandbox import Sandbox
from tests.transport.tunnel import Proxy

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "pages").rglob("*.md"))]
_FENCE = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<file>[\w.]+)\")?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def examples(page: Path, language: str = "python") -> list[str]:
    """The examples that are no files."""
    fences = _FENCE.finditer(page.read_text())
    return [each["text"] for each in fences if each["language"] == language and not each["file"]]


def files(page: Path) -> dict[str, str]:
    """The examples that are files, by name."""
    fences = _FENCE.finditer(page.read_text())
    return {each["file"]: each["text"] for each in fences if each["file"]}


def each_page(pages: Iterable[Path]) -> pytest.MarkDecorator:
    names = {page.relative_to(ROOT).as_posix(): page for page in pages}
    return pytest.mark.parametrize("page", names.values(), ids=names)


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    with Proxy() as running:
        yield running


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, proxy: Proxy) -> Iterator[Sandbox]:
    """The sandbox, at the addresses that the examples speak to, and its logins around them."""
    monkeypatch.chdir(tmp_path)
    # A page's examples together ask more than a minute allows.
    monkeypatch.setattr(interfax.InterFax, "default_pace", None)
    shutil.copy(certifi.where(), tmp_path / "company-ca.pem")
    with Sandbox(seed=1, faxes=40, rate_limit=None) as running:
        monkeypatch.setattr(interfax, "BASE_URL", running.url)
        monkeypatch.setattr(openfax, "BASE_URL", running.url)
        for provider, login in running.credentials.items():
            for key, text in login.items():
                monkeypatch.setenv(f"{provider}_{key}".upper(), text)
        monkeypatch.setenv("COMPANY_PROXY", proxy.with_login("bob:secret"))
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("ACME_PASSWORD", running.credentials["interfax"]["password"])
        monkeypatch.setenv("UCX_PASSWORD", running.credentials["imagicle"]["password"])
        (tmp_path / "secrets").mkdir()
        (tmp_path / "secrets/openfax-east").write_text(running.credentials["openfax"]["api_key"])
        yield running


@pytest.fixture
def _a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What an example sets up for the whole process is gone after it."""
    for module, name in ((trace, "TRACER"), (metrics, "METER")):
        monkeypatch.setattr(module, f"_{name}_PROVIDER", None)
        monkeypatch.setattr(module, f"_{name}_PROVIDER_SET_ONCE", Once())
    logger = logging.getLogger("faxapi")
    before = [*logger.handlers]
    observe._loaded.cache_clear()
    yield
    observe._loaded.cache_clear()
    logger.handlers[:] = before
    logger.setLevel(logging.NOTSET)


def test_the_documentation_has_examples() -> None:
    assert sum(len(examples(page)) for page in PAGES) >= 10


def test_every_notice_is_explained() -> None:
    """A notice's code is an interface: what to do about it stands in the documentation."""
    explained = (ROOT / "docs/pages/explanation/completeness.md").read_text()
    codes = {
        str(node.args[0].value)
        for file in (ROOT / "faxapi").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Notice"
        and isinstance(node.args[0], ast.Constant)
    }
    assert {code for code in codes if explained.count(f"| `{code}` |") != 1} == set()
    assert len(codes) >= 10


def test_tests_pass(tmp_path: Path) -> None:
    """The programs of all pages, tested by their own tests."""
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nasyncio_default_fixture_loop_scope = function\n"
    )
    written = 0
    for page in PAGES:
        for file, text in files(page).items():
            assert not (tmp_path / file).exists(), f"{page.name}: {file} is on two pages"
            (tmp_path / file).write_text(text)
            written += len(re.findall(r"^(?:async )?def test_", text, re.MULTILINE))
    # A process of its own: what pytest imports in this one would be there twice afterwards.
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"{written} passed" in done.stdout
    assert written >= 5


@each_page(page for page in PAGES if examples(page))
@pytest.mark.usefixtures("_a_process_of_its_own")
def test_examples_run(page: Path, sandbox: Sandbox, proxy: Proxy) -> None:
    def placed(text: str) -> str:
        text = text.replace("https://ucx.example.com", sandbox.url)
        return text.replace("proxy.example.com:3128", f"localhost:{proxy.server.port}")

    names: dict[str, Any] = {
        **{name: getattr(faxapi, name) for name in faxapi.__all__},
        "timedelta": timedelta,
        "__name__": "example",
        **asyncio.run(surroundings(sandbox)),
    }
    for file in examples(page, "toml"):
        Path("faxapi.toml").write_text(placed(file))
    for number, example in enumerate(examples(page), 1):
        text = placed(example)
        flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        code = compile(text, f"{page.name}, example {number}", "exec", flags=flags)
        if code.co_flags & inspect.CO_COROUTINE:
            asyncio.run(_inside_an_api(code, names, sandbox))
        else:
            exec(code, names)  # noqa: S102 - our own documentation


async def surroundings(sandbox: Sandbox) -> dict[str, Any]:
    """What an example may take as given: a window, a report, and what becomes of it."""
    window = Window.last(timedelta(days=7))
    async with FaxApi(*sandbox.accounts()) as api:
        report = await api.collect(window)
    return {"window": window, "report": report, "store": [].extend, "alert": str}


async def _inside_an_api(code: CodeType, names: dict[str, Any], sandbox: Sandbox) -> None:
    async with FaxApi(*sandbox.accounts()) as api:
        names["api"] = api
        await eval(code, names)  # noqa: S307 - our own documentation
