"""`faxapi sandbox`: the simulated providers for other programs, and how people get there."""

from __future__ import annotations

import json
import re
import signal
import stat
import subprocess
from pathlib import Path

import pytest

from tests.cli.accounts import faxapi
from tests.cli.terminal import CTRL_C, FAXAPI, terminal

SHELL = "/bin/sh"


def test_what_it_says_on_a_terminal_works_word_for_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with terminal("sandbox", "--faxes", "3", columns=200) as screen:
        screen.wait_for("Ctrl-C ends it")
        steps = [line for line in screen.text.splitlines() if line.startswith("  ")]
        assert steps[-1] == "  faxapi collect"
        # A real shell reads them; the command itself can run here.
        script = "\n".join([*steps[:-1], "env"])
        done = subprocess.run(
            [SHELL, "-eu", "-c", script], env={}, capture_output=True, text=True, check=True
        )
        for line in done.stdout.splitlines():
            name, _, value = line.partition("=")
            if name.startswith(("INTERFAX_", "OPENFAX_", "IMAGICLE_")):
                monkeypatch.setenv(name, value)
        checked = faxapi("check", "--format", "json")
        assert (checked.exit_code, checked.stderr) == (0, "")
        assert [each["account"] for each in json.loads(checked.stdout)] == [
            "imagicle",
            "interfax",
            "openfax",
        ]
        screen.type(CTRL_C)
        assert screen.end() == 0
        assert "Traceback" not in screen.text


def test_it_writes_a_configuration(tmp_path: Path) -> None:
    config = tmp_path / "sandbox.toml"
    with subprocess.Popen(
        [*FAXAPI, "sandbox", "--faxes=3", "--accounts=1", "--write-config", config],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdout is not None
            logins = json.loads(program.stdout.readline())
            done = faxapi("check", "--config", config, "--format", "json")
            program.send_signal(signal.SIGINT)
            rest, errors = program.communicate(timeout=20)
        finally:
            program.kill()
    assert (program.returncode, rest, errors) == (0, "", "")
    assert [each["username"] for each in logins["accounts"]] == ["acme", "interfax0001"]
    assert done.exit_code == 0, done.stderr
    names = ["interfax", "interfax0001", "openfax", "imagicle"]
    assert [each["account"] for each in json.loads(done.stdout)] == names
    text = config.read_text()
    for provider in ("interfax", "openfax", "imagicle"):
        secret = logins[provider].get("password") or logins[provider]["api_key"]
        assert not re.search(rf'= "{secret}"', text)
    for file in (config, *config.with_name("sandbox.toml.secrets").iterdir()):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_it_overwrites_no_configuration_of_others(tmp_path: Path) -> None:
    mine = tmp_path / "faxapi.toml"
    mine.write_text("[[account]]\n")
    done = faxapi("sandbox", "--write-config", mine)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "exists, and `faxapi sandbox` has not written it" in " ".join(done.stderr.split())
    assert mine.read_text() == "[[account]]\n"
    nowhere = faxapi("sandbox", "--faxes=0", "--write-config", tmp_path / "no" / "such.toml")
    assert (nowhere.exit_code, nowhere.stdout) == (2, "")
    assert "No such file or directory" in " ".join(nowhere.stderr.split())


def test_a_port_that_is_taken_or_none() -> None:
    assert faxapi("sandbox", "--port", "70000").exit_code == 2


def test_sigterm_ends_it_in_order() -> None:
    """Also as the first process of a container, which ignores what it has no handler for."""
    with subprocess.Popen(
        [*FAXAPI, "sandbox", "--faxes", "0"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as program:
        assert program.stdout
        assert program.stdout.readline()
        program.terminate()
        rest, errors = program.communicate(timeout=30)
    assert (program.returncode, rest, errors) == (130, b"", b"")
