"""The pytest plugin, as another project's tests use it."""

import subprocess
import sys
from pathlib import Path

PROJECT = {
    "pytest.ini": "[pytest]\nasyncio_default_fixture_loop_scope = function\n",
    "conftest.py": 'pytest_plugins = ["faxapi.sandbox.pytest"]\n',
    "test_app.py": """
import asyncio

import pytest

from faxapi import FaxApi
from faxapi.sandbox import Sandbox

urls = []


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request):
    return request.param


async def newest(sandbox):
    async with FaxApi(*sandbox.accounts()) as api:
        page = await api["interfax"].outbound.fax_status_ex(max_items=1)
    return page.items[0].transaction_id


def test_without_a_plugin(fax_sandbox):
    assert isinstance(fax_sandbox, Sandbox)
    fax = fax_sandbox.interfax.add_fax(status=3931)
    urls.append(fax_sandbox.url)
    for _ in range(8):
        assert asyncio.run(newest(fax_sandbox)) == fax


@pytest.mark.anyio
async def test_with_anyio(fax_sandbox, anyio_backend):
    urls.append(fax_sandbox.url)
    assert await newest(fax_sandbox)


@pytest.mark.asyncio
async def test_with_pytest_asyncio(fax_sandbox):
    urls.append(fax_sandbox.url)
    assert await newest(fax_sandbox)


def test_each_has_its_own():
    assert len(set(urls)) == 4
""",
}


def test_the_fixture_goes_with_every_kind_of_test(tmp_path: Path) -> None:
    for name, text in PROJECT.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "5 passed" in done.stdout


def test_it_is_there_only_for_those_who_ask(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--fixtures"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert "monkeypatch" in done.stdout
    assert "fax_sandbox" not in done.stdout
