"""`faxapi report`, as a person runs it."""

from __future__ import annotations

import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from faxapi.cli.app import app
from faxapi.sandbox import Sandbox
from tests.cli.terminal import FAXAPI
from tests.render.page import Reader


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Sandbox]:
    """Two accounts in the configuration, of which one has the wrong key."""
    monkeypatch.chdir(tmp_path)
    with Sandbox(seed=1, faxes=60) as sandbox:
        imagicle = sandbox.credentials["imagicle"]
        monkeypatch.setenv("UCX_PASSWORD", imagicle["password"])
        monkeypatch.setenv("OPENFAX_KEY", "wrong")
        Path("faxapi.toml").write_text(
            f"""
            [[account]]
            provider = "imagicle"
            base_url = "{sandbox.url}"
            username = "{imagicle["username"]}"
            password = {{env = "UCX_PASSWORD"}}
            timezone = "UTC"

            [[account]]
            provider = "openfax"
            name = "east"
            base_url = "{sandbox.url}"
            api_key = {{env = "OPENFAX_KEY"}}
            timezone = "UTC"
            """
        )
        monkeypatch.setenv("FAXAPI_CONFIG", "faxapi.toml")
        yield sandbox


@pytest.mark.usefixtures("sandbox")
def test_one_account_fails_and_the_report_says_so() -> None:
    done = CliRunner().invoke(app, ["report", "--since", "20d"])
    assert (done.exit_code, done.stdout) == (3, "")
    assert "failed: east faxes: openfax 'east'" in done.stderr
    assert "report.html: not complete" in done.stderr
    file = Path("report.html")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = Reader(file.read_text())
    assert "Not complete 2 of 3 parts" in found.text
    assert [row[0] for row in found.tables["By account"]] == [
        "Account",
        "east not complete openfax",
        "imagicle",
    ]
    assert [path.name for path in Path().iterdir() if path.name.startswith(".")] == []


@pytest.mark.usefixtures("sandbox")
def test_a_report_is_replaced_whole() -> None:
    Path("mine.html").write_text("old")
    arguments = ["report", "-a", "imagicle", "-o", "mine.html", "--show-recipients", "--quiet"]
    done = CliRunner().invoke(app, arguments)
    assert (done.exit_code, done.output) == (0, "")
    text = Path("mine.html").read_text()
    assert "Complete" in Reader(text).text
    assert "handle this file as you would the faxes" in text


@pytest.mark.usefixtures("sandbox")
def test_nothing_came_at_all() -> None:
    done = CliRunner().invoke(app, ["report", "-a", "east"])
    assert done.exit_code == 1
    assert "Not complete 2 of 2 parts" in Reader(Path("report.html").read_text()).text


@pytest.mark.usefixtures("sandbox")
@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["-a", "nobody"], 2, "no account is called 'nobody'"),
        (["-o", "nowhere/report.html"], 1, "No such file or directory"),
        (["-o", "."], 1, "A folder or a device is there"),
        (["--since", "2026-13-01"], 2, "'2026-13-01' is no time"),
    ],
)
def test_what_is_wrong_is_said_before_anything_is_asked_for(
    arguments: list[str], code: int, said: str, sandbox: Sandbox
) -> None:
    Path("report.html").write_text("old")
    done = CliRunner().invoke(app, ["report", *arguments])
    assert done.exit_code == code
    assert said in done.stderr
    assert sandbox.requests == []
    assert Path("report.html").read_text() == "old"


def test_it_goes_into_a_pipe(sandbox: Sandbox) -> None:
    done = subprocess.run(
        [*FAXAPI, "report", "-a", "imagicle", "-o", "-"],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("<!DOCTYPE html>")
    assert re.search("</html>\n$", done.stdout)
    assert sandbox.requests
