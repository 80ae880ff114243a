"""`faxapi watch`: what is in process, what becomes of it, and who has trouble."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from anyio.abc import ObjectReceiveStream

from faxapi import FaxApi, FaxRecord, JobRecord, JobState, Summary
from faxapi.cli.board import Board
from faxapi.cli.common import WatchFormat
from faxapi.cli.consoles import Output
from faxapi.cli.screen import picture
from faxapi.cli.watch import Wanted, watch
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Reply
from tests.cli.accounts import configured, faxapi
from tests.cli.terminal import CTRL_C, FAXAPI, terminal

ACME = {"provider": "interfax", "pace": False}
EAST = {"provider": "openfax"}
WRONG = {"provider": "imagicle", "password": "hunter2"}
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=0, rate_limit=None) as running:
        yield running


def test_on_a_terminal(tmp_path: Path, sandbox: Sandbox) -> None:
    job = sandbox.openfax.add_job(error_codes=[0, 0, 2], running=True, bill_code="ACME-1")
    sandbox.interfax.add_fax(status=0)
    fax = sandbox.interfax.add_fax(status=-1)
    config = configured(tmp_path, sandbox, acme=ACME, east=EAST, wrong=WRONG)
    with terminal("watch", "-c", str(config), "--interval", "1s") as screen:
        screen.wait_for("acme  queued")
        screen.wait_for(f"{job}  3 done")
        screen.wait_for(r"imagicle 'wrong' [^:]+: the login was rejected")
        screen.wait_for(r"Check\s+user\s+name\s+and\s+password")
        screen.wait_for("again in")
        assert not screen.shows_cursor
        sandbox.interfax.set_status(fax, 3931)
        sandbox.openfax.add_transmissions(job, error_codes=[0])
        screen.wait_for("failed, busy")
        screen.wait_for("4 done")
        # What the job has sent well, its own line counts.
        screen.wait_for("Ended: 1 completed, 1 failed")
        ended = screen.text.partition("Ended: ")[2]
        assert [line.split()[2] for line in ended.splitlines()[1:]] == ["failed,"]
        screen.type(CTRL_C)
        assert screen.end() == 0
        assert screen.shows_cursor
        # It was drawn beside what was on the screen before, which is back.
        assert screen.written.rindex(b"\x1b[?1049l") > screen.written.rindex(b"\x1b[?1049h")
        assert "ended meanwhile: 1 completed, 1 failed" in screen.text
        assert "hunter2" not in screen.text


def test_in_a_pipe_it_is_a_line_a_change(tmp_path: Path, sandbox: Sandbox) -> None:
    fax = sandbox.interfax.add_fax(status=-1)
    config = configured(tmp_path, sandbox, acme=ACME)
    command = [*FAXAPI, "watch", "-c", str(config), "--interval", "1s"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            first = program.stdout.readline()
            sandbox.interfax.set_status(fax, 0, PagesSent=3)
            second = program.stdout.readline()
            program.send_signal(signal.SIGINT)
            rest, errors = program.communicate(timeout=20)
        finally:
            program.kill()
    assert (program.returncode, rest, errors) == (0, "", "")
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"
    assert re.fullmatch(rf"{time} acme outbound fax {fax}: queued\n", first)
    assert re.fullmatch(rf"{time} acme outbound fax {fax}: completed, 3 pages\n", second)


def test_a_pipe_that_is_closed_early_ends_it_quietly(tmp_path: Path, sandbox: Sandbox) -> None:
    fax = sandbox.interfax.add_fax(status=-1)
    config = configured(tmp_path, sandbox, acme=ACME)
    command = [*FAXAPI, "watch", "-c", str(config), "--interval", "1s", "-f", "jsonl"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        try:
            assert program.stdout is not None
            first = json.loads(program.stdout.readline())
            program.stdout.close()
            sandbox.interfax.set_status(fax, 0)
            assert program.stderr is not None
            errors = program.stderr.read()
            assert program.wait(20) == 141
        finally:
            program.kill()
    assert errors == ""
    assert (first["account"], first["change"], first["record"]["id"]) == ("acme", "found", str(fax))
    assert datetime.fromisoformat(first["at"]).utcoffset() == timedelta()


class Watching:
    """The lines that are written, as they come."""

    def __init__(self, lines: ObjectReceiveStream[str]) -> None:
        self._lines = lines

    async def next(self) -> str:
        """The next line, without its time."""
        with anyio.fail_after(20):
            return (await self._lines.receive()).partition(" ")[2]


class _Lines:
    def __init__(self) -> None:
        self.sent, self.received = anyio.create_memory_object_stream[str](1000)
        self._rest = ""

    def write(self, text: str) -> None:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            self.sent.send_nowait(line)

    def flush(self) -> None:
        pass

    def isatty(self) -> bool:
        return False


@asynccontextmanager
async def watching(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox, *, form: WatchFormat = WatchFormat.LINES
) -> AsyncIterator[Watching]:
    """Watch a sandbox in this process, ten times a second."""
    lines = _Lines()
    monkeypatch.setattr("sys.stdout", lines)
    wanted = Wanted(
        accounts=None, interval=timedelta(seconds=0.1), since=timedelta(days=2), form=form
    )
    async with (
        lines.sent,
        lines.received,
        FaxApi(*sandbox.accounts()) as api,
        anyio.create_task_group() as group,
    ):
        group.start_soon(watch, api, wanted)
        yield Watching(lines.received)
        group.cancel_scope.cancel()


@pytest.mark.anyio
async def test_every_change_is_told_once(monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox) -> None:
    for place in range(5):
        ended = datetime.now(UTC) - timedelta(minutes=10 + place)
        sandbox.interfax.add_fax(status=0, submit_time=ended)
        sandbox.imagicle.add_fax(submit_time=ended)
    sandbox.openfax.add_job(error_codes=[0, 2], completed=datetime.now(UTC) - timedelta(hours=1))
    ucx = sandbox.imagicle.add_fax(status="Queued")
    async with watching(monkeypatch, sandbox) as seen:
        assert await seen.next() == f"imagicle outbound fax {ucx}: queued"
        sandbox.imagicle.set_status(ucx, "InProgress")
        assert await seen.next() == f"imagicle outbound fax {ucx}: in_progress"
        sandbox.imagicle.set_status(ucx, "Canceled", numberOfPages=0)
        assert await seen.next() == f"imagicle outbound fax {ucx}: canceled"
        # It begins and ends between two looks.
        quick = sandbox.interfax.add_fax(status=3931)
        assert await seen.next() == f"interfax outbound fax {quick}: failed, busy"
        odd = sandbox.interfax.add_fax(status=9999)
        assert await seen.next() == f"interfax outbound fax {odd}: failed, other (9999)"
        received = sandbox.interfax.add_message(Pages=2)
        assert await seen.next() == f"interfax inbound fax {received}: completed, 2 pages"
        job = sandbox.openfax.add_job(error_codes=(), running=True)
        assert await seen.next() == f"openfax job {job}: running, 0 done"
        sandbox.openfax.add_transmissions(job, error_codes=[2])
        assert {await seen.next(), await seen.next()} == {
            f"openfax job {job}: running, 1 done, 1 failed",
            f"openfax outbound fax {job}:1: failed, busy",
        }
        sandbox.openfax.finish_job(job)
        assert await seen.next() == f"openfax job {job}: completed, 1 done, 1 failed"


@pytest.mark.anyio
async def test_what_is_no_longer_listed_and_who_is_down(
    monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox
) -> None:
    fax = sandbox.interfax.add_fax(status=-1)
    async with watching(monkeypatch, sandbox) as seen:
        assert await seen.next() == f"interfax outbound fax {fax}: queued"
        sandbox.faults.add(Reply(404), provider="openfax", times=None)
        trouble = await seen.next()
        assert trouble.startswith("openfax trouble: openfax ")
        assert "HTTP 404" in trouble
        # The others go on meanwhile.
        sandbox.interfax.remove_fax(fax)
        lines = {await seen.next(), await seen.next()}
        assert f"interfax outbound fax {fax}: no longer listed" in lines
        sandbox.faults.clear()
        while (line := await seen.next()) != "openfax recovered":
            assert line.startswith("interfax ")


def test_it_says_what_cannot_be_watched(tmp_path: Path, sandbox: Sandbox) -> None:
    config = configured(tmp_path, sandbox, acme={**ACME, "kinds": ["usage"]})
    for arguments, text in [
        ((), "there is nothing to watch"),
        (("--account", "west"), "no account is called 'west'"),
        (("--interval", "0s"), "no time at all"),
        (("--format", "screen"), "needs a terminal"),
    ]:
        done = faxapi("watch", "-c", config, *arguments)
        assert (done.exit_code, done.stdout) == (2, "")
        assert text in done.stderr


def crowded() -> Board:
    """A board with more than any screen holds, and texts that want to steer it."""
    evil = "\x1b[2J\x07[red]" + "x" * 60
    board = Board([f"account-{number}" for number in range(5)], NOW)
    for account in board.accounts:
        account.begin()
        for number in range(20):
            facts = {"provider": "any", "account": account.name, "user": evil}
            fax = {**facts, "id": f"{number}{evil}", "direction": "outbound", "submitted_at": NOW}
            for status, key in (("queued", "id"), ("failed", "reference")):
                record = FaxRecord.model_validate({**fax, key: evil * number, "status": status})
                if change := account.take(record, NOW + timedelta(hours=number)):
                    board.note(change)
            account.take(
                JobRecord(
                    provider="any", account=account.name, id=str(number), state=JobState.RUNNING
                ),
                NOW,
            )
        for change in account.end(Summary(), NOW):
            board.note(change)
    return board


@pytest.mark.parametrize("width", [10, 39, 80, 200])
@pytest.mark.parametrize("height", [1, 2, 5, 24, 300])
def test_it_fits_every_screen(width: int, height: int) -> None:
    console = Output(width=width, height=height, force_terminal=True, color_system=None)
    drawn = picture(crowded(), width, height, NOW)
    lines = console.render_lines(drawn, pad=False)
    assert 1 <= len(lines) <= height
    assert max(sum(part.cell_length for part in line) for line in lines) <= width
    text = "\n".join("".join(part.text for part in line) for line in lines)
    assert "\x1b[2J" not in text
    assert "\x07" not in text
    if height >= 24 and width >= 80:
        for heading in ("Accounts: 5", "Running jobs: 100", "In process: ", "Ended: "):
            assert heading in text
