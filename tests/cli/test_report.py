"""`faxapi report`: the page it writes, and what it says on the way."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from faxapi.sandbox import Sandbox
from tests.cli.accounts import configured, faxapi
from tests.render.page import Reader

UCX = {"provider": "imagicle", "timezone": "Europe/Rome"}
EAST = {"provider": "openfax", "api_key": "wrong", "timezone": "UTC"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=60) as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two accounts, of which one has the wrong key."""
    monkeypatch.chdir(tmp_path)
    return configured(tmp_path, sandbox, ucx=UCX, east=EAST)


def test_one_account_fails_and_the_page_says_so(config: Path) -> None:
    done = faxapi("report", "-c", config, "--since", "20d")
    assert (done.exit_code, done.stdout) == (3, "")
    assert "failed: east faxes: openfax 'east'" in done.stderr
    assert "report.html: not complete" in done.stderr
    file = Path("report.html")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = Reader(file.read_text())
    assert "Not complete 2 of 3 parts" in found.text
    accounts = [row[0] for row in found.tables["By account"]]
    assert accounts == ["Account", "east not complete openfax", "ucx imagicle"]
    assert [path.name for path in Path().glob(".*")] == []


def test_a_page_is_replaced_whole(config: Path) -> None:
    Path("mine.html").write_text("old")
    arguments = ("-a", "ucx", "-o", "mine.html", "--show-recipients", "--quiet")
    done = faxapi("report", "-c", config, *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    found = Reader(Path("mine.html").read_text())
    assert "Complete Everything" in found.text
    assert "handle this file as you would the faxes" in found.text


def test_nothing_came_at_all(config: Path) -> None:
    done = faxapi("report", "-c", config, "-a", "east")
    assert done.exit_code == 1
    assert "Not complete 2 of 2 parts" in Reader(Path("report.html").read_text()).text


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-a", "nobody"], 2, "no account is called 'nobody'"),
        (["-o", "nowhere/report.html"], 1, "faxapi: nowhere/report.html: No such file"),
        (["-o", "."], 1, "A folder or a device is there"),
        (["--since", "2026-13-01"], 2, "'2026-13-01' is no time"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked_for(
    arguments: list[str], code: int, said: str, config: Path, sandbox: Sandbox
) -> None:
    Path("report.html").write_text("old")
    asked = len(sandbox.requests)
    done = faxapi("report", "-c", config, *arguments)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr
    assert len(sandbox.requests) == asked
    assert Path("report.html").read_text() == "old"


def test_it_can_go_to_stdout(config: Path) -> None:
    done = faxapi("report", "-c", config, "-a", "ucx", "-o", "-")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert done.stdout.rstrip().endswith("</html>")
    assert not Path("report.html").exists()
