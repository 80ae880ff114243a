"""Every `faxapi` command line of the documentation can be typed; those on the sandbox run."""

from __future__ import annotations

import functools
import re
import shlex
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from faxapi.cli.app import app
from tests.test_docs import PAGES, each_page, examples

# They serve until Ctrl-C.
ENDLESS = {"sandbox", "watch"}
_EXIT_CODE = re.compile(r"# exits with (\d+)$")


class Line(NamedTuple):
    """A command line as a page shows it."""

    text: str
    arguments: list[str]
    exit_code: int

    @property
    def runs(self) -> bool:
        """Whether it needs no account, and ends."""
        command = self.arguments[0]
        simulated = "--sandbox" in self.arguments or command in {"demo", "providers", "--version"}
        return simulated and command not in ENDLESS


def command_lines(page: Path) -> list[Line]:
    """The lines that begin with `faxapi`, up to a pipe."""
    text = "".join(examples(page, "console")).replace("\\\n", "")
    return [line(each) for each in text.splitlines() if each.startswith("faxapi ")]


def line(text: str) -> Line:
    promised = _EXIT_CODE.search(text)
    parts = shlex.shlex(text, posix=True, punctuation_chars=True)
    parts.commenters = "#"
    # Of an address.
    parts.wordchars += ":"
    _, *arguments = parts
    cut = next((at for at, each in enumerate(arguments) if each in {"|", ">", "&&"}), None)
    return Line(text, arguments[:cut], int(promised[1]) if promised else 0)


WITH_COMMANDS = [page for page in PAGES if command_lines(page)]
ON_THE_SANDBOX = {each.text for page in WITH_COMMANDS for each in command_lines(page) if each.runs}


@each_page(WITH_COMMANDS)
def test_command_lines_can_be_typed(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in app.registered_commands:
        assert command.callback
        # Only the arguments are looked at: what a command does is left out.
        nothing = functools.wraps(command.callback)(lambda **_: None)
        monkeypatch.setattr(command, "callback", nothing)
    for each in command_lines(page):
        result = CliRunner().invoke(app, each.arguments)
        assert result.exit_code == 0, f"{each.text}\n{result.output}"


@pytest.mark.parametrize("text", sorted(ON_THE_SANDBOX))
def test_command_lines_on_the_sandbox_run(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(app, line(text).arguments)
    assert result.exit_code == line(text).exit_code, result.output
