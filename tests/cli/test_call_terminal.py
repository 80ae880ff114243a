"""`faxapi call` at a terminal: what it asks, what it shows, and how it is interrupted."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest

from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Delay, ResultCode
from tests.cli.calling import environment
from tests.cli.terminal import CTRL_C, PATIENCE, Terminal, terminal

SECRET = "zoe1239x"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(seed=1, faxes=3, rate_limit=None) as sandbox:
        yield sandbox


def see(screen: Terminal, text: str) -> None:
    screen.wait_for(re.escape(text))


def ask(screen: Terminal, prompt: str, typed: str) -> None:
    see(screen, prompt)
    screen.type(typed.encode() + b"\n")


def test_a_secret_is_asked_for_unseen_and_a_change_is_confirmed(sandbox: Sandbox) -> None:
    with terminal(
        "call",
        "interfax.admin.open_user",
        "username=acme.zoe",
        "csid=Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}",
        env=environment(sandbox),
    ) as screen:
        ask(screen, "password (Enter for none):", SECRET)
        ask(screen, "password again:", "zoe1239y")
        see(screen, "The two differ. Once more:\npassword (Enter for none):")
        screen.type(f"{SECRET}\n".encode())
        see(screen, "Once more:\npassword (Enter for none):\npassword again:")
        screen.type(f"{SECRET}\n".encode())
        see(screen, "Go on? [y/N]")
        assert sandbox.requests == []
        screen.type(b"y\n")
        assert screen.end() == 0
    host = sandbox.url.removeprefix("http://")
    assert screen.text.partition("interfax.admin")[2].splitlines() == [
        ".open_user changes something:",
        f"  account   interfax at {host}",
        "  username  acme.zoe",
        "  csid      Zo\N{LATIN SMALL LETTER E WITH DIAERESIS}",
        "  password  **********",
        "Go on? [y/N] y",
        "Done.",
    ]
    assert SECRET.encode() not in screen.written
    assert sandbox.interfax.users["acme.zoe"].password == SECRET


@pytest.mark.parametrize(("typed", "code"), [(b"\n", 1), (CTRL_C, 130)])
def test_what_is_not_confirmed_is_not_sent(typed: bytes, code: int, sandbox: Sandbox) -> None:
    with terminal(
        "call", "interfax.admin.close_user", "username=acme.bob", env=environment(sandbox)
    ) as screen:
        see(screen, "Go on? [y/N]")
        # Python does not see a signal that comes between its last look and the read.
        time.sleep(0.3)
        screen.type(typed)
        assert screen.end() == code
    assert ("nothing was sent" in screen.text) == (code == 1)
    assert sandbox.requests == []
    assert "Traceback" not in screen.text


def test_a_change_that_is_interrupted_may_have_been_made(sandbox: Sandbox) -> None:
    sandbox.faults.add(Delay(60))
    with terminal(
        "call", "interfax.admin.close_user", "username=acme.bob", "-y", env=environment(sandbox)
    ) as screen:
        ends = time.monotonic() + PATIENCE
        while "acme.bob" in sandbox.interfax.users and time.monotonic() < ends:
            time.sleep(0.01)
        screen.type(CTRL_C)
        assert screen.end() == 130
    assert " ".join(screen.text.split()) == (
        "^Cfaxapi: interrupted: the change may have been made. Look before you send it again: "
        "faxapi call interfax.admin.get_account_users"
    )


def test_a_wait_for_the_providers_limit_is_told(sandbox: Sandbox) -> None:
    sandbox.faults.add(ResultCode(-1011))
    with terminal("call", "interfax.outbound.fax_status_ex", env=environment(sandbox)) as screen:
        see(screen, "waiting 60 s: refused by the provider")
        screen.type(CTRL_C)
        assert screen.end() == 130
    assert "change" not in screen.text
