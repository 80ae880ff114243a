"""`faxapi collect` in a terminal and in pipes, and what becomes of it when it is stopped."""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from faxapi import Cursor
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Reply
from tests.cli.accounts import configured, faxapi
from tests.cli.terminal import CTRL_C, FAXAPI, terminal

# One call goes out, and the next has to wait for longer than any test.
SLOW = {"provider": "interfax", "pace": {"calls": 1, "per": 60}}
ACME = {"provider": "interfax", "pace": False}
EAST = {"provider": "openfax", "timezone": "UTC"}
WRONG = {"provider": "interfax", "username": "nobody", "password": "hunter2"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=60, rate_limit=None, lock_out_after=None) as running:
        # More than a pipe holds.
        running.openfax.add_job(error_codes=[0] * 400)
        yield running


@pytest.fixture
def config(tmp_path: Path, sandbox: Sandbox) -> Path:
    return configured(tmp_path, sandbox, acme=SLOW, east=EAST)


def ids(path: Path) -> list[str]:
    return [row["id"] for row in csv.DictReader(path.read_text().splitlines())]


def started(*arguments: object, stdout: int | None = subprocess.PIPE) -> subprocess.Popen[bytes]:
    # Without a buffer here, nothing is read but what a test asks for.
    return subprocess.Popen(
        [*FAXAPI, "collect", *map(str, arguments)],
        stdout=stdout,
        stderr=subprocess.PIPE,
        bufsize=0,
    )


def test_ctrl_c_keeps_what_has_come_and_the_cursor_goes_on_behind_it(
    config: Path, tmp_path: Path, sandbox: Sandbox
) -> None:
    target, cursor = tmp_path / "faxes.csv", tmp_path / "faxes.cursor"
    command = ("collect", "-c", str(config), "-o", str(target), "--cursor", str(cursor))
    with terminal(*command) as screen:
        screen.wait_for(r"^east .* done$")
        before = screen.wait_for(r"^acme .* waits (\d+) s: rate limit$")[1]
        after = screen.wait_for(rf"^acme .* waits (?!{before} )(\d+) s: rate limit$")[1]
        assert int(after) < int(before) <= 60
        assert not screen.shows_cursor
        screen.type(CTRL_C)
        code = screen.end()
        left, shows_cursor = screen.text, screen.shows_cursor
    assert (code, shows_cursor, target.exists()) == (130, True, False)
    kept = tmp_path / "faxes.partial.csv"
    first = ids(kept)
    # However it was broken into lines.
    words = "".join(left.split())
    assert f"Interrupted:{len(first)}recordsarein{kept}." in words
    assert f"Runthesamecommandagain:itgoesonwhere{cursor}says" in words
    assert "Traceback" not in left
    assert "waits" not in left
    # Without the pace, the rest comes at once.
    configured(tmp_path, sandbox, acme=ACME, east=EAST)
    assert faxapi(*command).exit_code == 0
    everything = faxapi("collect", "-c", config).stdout.splitlines()
    assert {*first, *ids(target)} == {json.loads(line)["id"] for line in everything}
    assert set(first) - set(ids(target))


def test_sigterm_is_an_interrupt_too(config: Path, tmp_path: Path) -> None:
    cursor = tmp_path / "faxes.cursor"
    with started("-c", config, "-f", "jsonl", "--cursor", cursor) as program:
        assert program.stdout
        line = program.stdout.readline()
        program.terminate()
        rest, said = program.communicate(timeout=30)
    assert program.returncode == 130
    count = 1 + len(rest.splitlines())
    assert said.decode().startswith(f"Interrupted: {count} records are put out.\n")
    assert json.loads(line)["account"] in {"acme", "east"}
    assert Cursor.load(cursor)


def test_the_second_ctrl_c_ends_it_at_once(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, east=EAST)
    target = tmp_path / "cursor"
    with started("-c", config, "--cursor", target) as program:
        assert program.stdout
        # It writes now, and stands still when the pipe is full.
        program.stdout.read(1)
        for _ in range(2):
            with pytest.raises(subprocess.TimeoutExpired):
                program.wait(0.5)
            program.send_signal(signal.SIGINT)
        program.stdout.close()
        assert program.wait(30) == 130
        assert program.stderr
        assert program.stderr.read() == b""
    assert not target.exists()


def test_what_a_shell_lets_it_ignore_stays_ignored(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, east=EAST)
    shell = f"trap '' INT; exec {' '.join(FAXAPI)} collect -c {config}"
    with subprocess.Popen(["/bin/sh", "-c", shell], stdout=subprocess.PIPE, bufsize=0) as program:
        assert program.stdout
        first = program.stdout.read(1)
        for _ in range(3):
            program.send_signal(signal.SIGINT)
        rest, _ = program.communicate(timeout=30)
    assert program.returncode == 0
    assert all(json.loads(line) for line in (first + rest).splitlines())


def test_a_reader_that_leaves_ends_it_quietly(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, east=EAST)
    cursor = tmp_path / "faxes.cursor"
    with started("-c", config, "--cursor", cursor) as program:
        assert program.stdout
        assert program.stdout.readline()
        program.stdout.close()
        assert program.stderr
        assert program.stderr.read() == b""
    assert program.returncode == 141
    assert not cursor.exists()


@pytest.mark.parametrize("form", ["jsonl", "table"])
def test_a_full_disk(tmp_path: Path, sandbox: Sandbox, form: str) -> None:
    config = configured(tmp_path, sandbox, acme=ACME)
    full = os.open("/dev/full", os.O_WRONLY)
    with started("-c", config, "--format", form, stdout=full) as program:
        os.close(full)
        _, said = program.communicate(timeout=30)
    assert program.returncode == 1
    (line,) = said.decode().splitlines()
    assert line.startswith("faxapi: ")
    assert line.endswith("No space left on device")


def test_stdout_that_is_closed(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, acme=ACME)
    shell = f"exec {' '.join(FAXAPI)} collect -c {config} >&-"
    done = subprocess.run(["/bin/sh", "-c", shell], stderr=subprocess.PIPE, check=False, timeout=50)
    assert done.returncode == 1
    assert done.stderr == b"faxapi: stdout is closed. Give -o FILE\n"


def test_a_terminal_with_an_account_that_fails(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, wrong=WRONG, acme=ACME)
    # What is tried again, and succeeds, is not worth a word.
    sandbox.faults.add(Reply(status=503), operation="GetList2", username="acme")
    with terminal("collect", "-c", str(config), lines=60, env={"NO_COLOR": "1"}) as screen:
        code = screen.end()
        text = screen.text
    assert code == 3
    faxes, totals, missing = re.split(r"─ (?:Totals|Missing) ─", text)
    assert "When" in faxes
    assert "completed" in totals
    assert missing.partition("\n")[2].startswith("failed: wrong faxes: interfax 'wrong' ")
    assert "retry" not in text
    # Colours alone are off.
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]", screen.written)


@pytest.mark.parametrize("option", ["--quiet", "TERM=dumb"])
def test_nothing_is_drawn(tmp_path: Path, sandbox: Sandbox, option: str) -> None:
    config = configured(tmp_path, sandbox, acme=ACME)
    quiet = option == "--quiet"
    arguments = ("collect", "-c", str(config), "-o", str(tmp_path / "f.csv"))
    with terminal(
        *arguments, *([option] if quiet else []), env={} if quiet else {"TERM": "dumb"}
    ) as screen:
        assert screen.end() == 0
    assert b"\x1b" not in screen.written
    assert ("it took" in screen.text) == (not quiet)


def test_records_that_scroll_over_the_terminal_are_all_there_is(
    tmp_path: Path, sandbox: Sandbox
) -> None:
    config = configured(tmp_path, sandbox, acme=ACME)
    with terminal("collect", "-c", str(config), "-f", "csv") as screen:
        assert screen.end() == 0
    assert b"\x1b" not in screen.written
