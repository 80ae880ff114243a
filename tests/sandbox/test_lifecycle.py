"""Starting, stopping and serving, with and without an event loop, and as a program."""

import json
import logging
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import anyio
import httpx
import pytest
import sniffio

from faxapi import Openfax
from faxapi.providers.openfax import HistoryJob
from faxapi.sandbox import Asked, Sandbox
from tests.sandbox.wire import DFS, NOW, Caller, calling, envelope, login, page, value

KEYS = {
    "interfax": {"base_url", "username", "password"},
    "openfax": {"base_url", "api_key"},
    "imagicle": {"base_url", "username", "password"},
}
PROGRAM = [sys.executable, "-W", "error", "-m", "faxapi.sandbox"]


def serving() -> int:
    """How many sandboxes there are: other tests' too."""
    return sum(thread.name == "faxapi-sandbox" for thread in threading.enumerate())


@pytest.mark.anyio
async def test_it_serves_inside_and_not_outside(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    before = serving()
    sandbox = Sandbox(now=NOW, faxes=3)
    with pytest.raises(RuntimeError, match="not running"):
        _ = sandbox.url
    async with sandbox as same:
        assert same is sandbox
        url = sandbox.url
        assert url.startswith("http://127.0.0.1:")
        async with httpx.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"{url}/dfs.asmx")
            assert answer.status_code == 200
        assert serving() == before + 1
    assert serving() == before
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.accounts()
    async with httpx.AsyncClient(trust_env=False) as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(url)


@pytest.mark.anyio
async def test_a_cancelled_program_stops_it(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    before = serving()
    with anyio.CancelScope() as scope:
        async with Sandbox(now=NOW, faxes=3):
            scope.cancel()
            await anyio.sleep_forever()
    assert scope.cancelled_caught
    assert serving() == before


def test_it_can_be_stopped_and_started_with_its_state(empty: Caller) -> None:
    sandbox = empty.sandbox
    fax = sandbox.interfax.add_fax()
    sandbox.__exit__(None, None, None)
    with sandbox:
        answer = empty.call(DFS, "FaxStatusEx", login() + page())
        assert value(answer, "TransactionID") == str(fax)
        with pytest.raises(RuntimeError, match="running already"):
            sandbox.__enter__()


def test_a_connection_left_open_does_not_hold_it_up(caplog: pytest.LogCaptureFixture) -> None:
    with Sandbox(now=NOW, faxes=0) as sandbox:
        host, port = sandbox.url.removeprefix("http://").split(":")
        idle = socket.create_connection((host, int(port)))
        unfinished = socket.create_connection((host, int(port)))
        unfinished.sendall(b"POST /dfs.asmx HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n123")
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    for connection in (idle, unfinished):
        connection.close()
    assert not caplog.records


def test_two_of_them_are_strangers() -> None:
    with calling(Sandbox(now=NOW, faxes=0)) as one, calling(Sandbox(now=NOW, faxes=0)) as two:
        one.sandbox.interfax.add_fax()
        totals = [
            value(each.call(DFS, "FaxStatusEx", login() + page()), "TotalCount")
            for each in (one, two)
        ]
    assert totals == ["1", "0"]


def test_it_answers_on_this_machine_only(shared: Caller) -> None:
    port = int(shared.sandbox.url.rpartition(":")[2])
    listening = shared.sandbox._server._server.servers  # type: ignore[union-attr]
    assert [each.getsockname() for server in listening for each in server.sockets] == [
        ("127.0.0.1", port)
    ]


def test_a_taken_port_is_an_error(shared: Caller) -> None:
    port = int(shared.sandbox.url.rpartition(":")[2])
    second = Sandbox(now=NOW, faxes=0, port=port)
    with pytest.raises(OSError, match="in use"):
        second.__enter__()
    assert not second.requests


def test_every_call_is_logged_by_what_it_asked(empty: Caller) -> None:
    empty.call(DFS, "FaxStatusEx", login() + page())
    empty.call(DFS, "Nothing")
    empty.send(DFS[0], "", method="GET", content_type=None)
    empty.call(DFS, "FaxStatusEx", "<Wrong />")
    empty.get("/fw/Apps/StoneFax/WebAPI/Faxes/Outbound/x", None)
    assert empty.sandbox.requests == [
        Asked("interfax", "outbound.FaxStatusEx", 200),
        Asked("interfax", "", 500),
        Asked("interfax", "", 200),
        Asked("interfax", "outbound.FaxStatusEx", 500),
        Asked("imagicle", "outbound.Details", 401),
    ]


def test_a_small_answer_comes_at_once(shared: Caller) -> None:
    shared.call(DFS, "FaxStatusEx", login() + page(items=1))
    times = []
    for _ in range(20):
        begun = time.monotonic()
        shared.call(DFS, "FaxStatusEx", login() + page(items=1))
        times.append(time.monotonic() - begun)
    # Where Nagle's algorithm is on, each takes 40 ms.
    assert min(times) < 0.03


def test_it_leaves_the_callers_logging_alone() -> None:
    with Sandbox(now=NOW, faxes=0):
        server = logging.getLogger("uvicorn")
        assert (server.handlers, server.level) == ([], logging.NOTSET)


def test_the_credentials_are_those_of_the_clients(shared: Caller) -> None:
    credentials = shared.sandbox.credentials
    assert {name: set(found) for name, found in credentials.items()} == KEYS
    interfax, openfax, imagicle = shared.sandbox.accounts()
    assert [each.name for each in (interfax, openfax, imagicle)] == list(KEYS)
    for client, zone in ((interfax, "UTC"), (openfax, "UTC"), (imagicle, "Europe/Rome")):
        assert client.settings.base_url == shared.sandbox.url
        assert client.settings.zone_declared
        assert str(client.settings.zone) == zone


@contextmanager
def program(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [*PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_the_program_serves_until_ctrl_c() -> None:
    with program("--port", "0", "--seed", "5", "--faxes", "40") as process:
        assert process.stdout is not None
        credentials = json.loads(process.stdout.readline())
        assert {name: set(found) for name, found in credentials.items()} == KEYS
        interfax = credentials["interfax"]
        with httpx.Client(base_url=interfax["base_url"], trust_env=False) as http:
            answer = http.get("/admin.asmx?WSDL")
            assert answer.status_code == 200
            body = http.get(
                "/fw/Apps/StoneFax/WebAPI/Faxes/Outbound/Mine",
                auth=(credentials["imagicle"]["username"], credentials["imagicle"]["password"]),
            ).json()
            assert 0 < len(body["faxList"]) <= 40
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=20)
        assert (process.returncode, rest, errors) == (0, "", "")


def test_the_program_serves_many_accounts_without_a_limit() -> None:
    with program("--faxes", "0", "--accounts", "2", "--no-rate-limit") as process:
        assert process.stdout is not None
        shown = json.loads(process.stdout.readline())
        accounts = shown["accounts"]
        assert accounts[0] == shown["interfax"]
        assert [each["username"] for each in accounts[1:]] == ["interfax0001", "interfax0002"]
        who = login(accounts[2]["username"], accounts[2]["password"])
        with httpx.Client(base_url=accounts[2]["base_url"], trust_env=False) as http:
            answers = [
                http.post(
                    DFS[0],
                    content=envelope(f'<FaxStatusEx xmlns="{DFS[1]}">{who}{page()}</FaxStatusEx>'),
                    headers={
                        "Content-Type": "text/xml; charset=utf-8",
                        "SOAPAction": f'"{DFS[1]}/FaxStatusEx"',
                    },
                )
                for _ in range(8)
            ]
    assert [(value(each, "ResultCode"), value(each, "ListSize")) for each in answers] == [
        ("0", "20")
    ] * 8


def test_the_program_has_broadcasts_of_many_faxes() -> None:
    async def history(api_key: str, base_url: str) -> list[HistoryJob]:
        async with Openfax(api_key, base_url=base_url, timezone="UTC") as openfax:
            return await openfax.get_recent_history()

    with program("--faxes", "0", "--broadcasts", "2") as process:
        assert process.stdout is not None
        jobs = anyio.run(partial(history, **json.loads(process.stdout.readline())["openfax"]))
    assert [(job.total_destinations, job.total_failed) for job in jobs] == [(10_000, 1_000)] * 2


def test_the_program_says_that_a_port_is_taken(shared: Caller) -> None:
    port = shared.sandbox.url.rpartition(":")[2]
    with program("--port", port) as process:
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (1, "")
    assert errors.startswith(f"port {port}: ")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("argument", "value", "text"),
    [
        ("--port", "99999", "port must be 0-65535"),
        ("--faxes", "-1", "faxes is -1"),
        ("--accounts", "-1", "count is -1"),
        ("--broadcasts", "-1", "broadcasts is -1"),
    ],
)
def test_the_program_refuses_what_cannot_be(argument: str, value: str, text: str) -> None:
    with program(argument, value) as process:
        output, errors = process.communicate(timeout=20)
    assert (process.returncode, output) == (2, "")
    assert text in errors
    assert "Traceback" not in errors


def last_words(missing: str) -> str:
    """What the sandbox says at last where a module is missing."""
    code = f"import sys; sys.modules[{missing!r}] = None\nimport faxapi.sandbox"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=50
    )
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_its_extra_it_says_what_to_install(missing: str) -> None:
    assert last_words(missing) == (
        f"ImportError: faxapi.sandbox needs {missing}, which is not installed: "
        'pip install "faxapi[sandbox]"'
    )


def test_another_module_that_is_missing_is_no_matter_of_the_extra() -> None:
    assert last_words("faxapi.sandbox.limits").startswith("ModuleNotFoundError: ")
