"""What goes wrong on request, as a client sees it on the wire."""

import socket
import time
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

import httpx
import pytest

from faxapi import ConfigurationError
from faxapi.sandbox import Asked, Sandbox
from faxapi.sandbox.faults import (
    Cut,
    Delay,
    Drip,
    Fault,
    Pad,
    Repeat,
    Reply,
    Reset,
    ResultCode,
    SoapFault,
    Truncate,
)
from tests.sandbox.wire import (
    ADMIN,
    BOB,
    DFS,
    NOW,
    OPENFAX,
    Caller,
    calling,
    login,
    page,
    value,
    values,
)

LIST = "/fw/Apps/StoneFax/WebAPI/Faxes/Outbound/Mine"
KEY = "<APIKey>api-key</APIKey>"
ONE = page(items=1)
STATUS = "FaxStatusEx"


@pytest.fixture
def caller(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[Caller]:
    """A sandbox of the test's own, which says nothing on stderr or in the log."""
    with calling(Sandbox(now=NOW, faxes=30, rate_limit=None)) as caller:
        yield caller
    assert capfd.readouterr() == ("", "")
    said = [*caplog.get_records("setup"), *caplog.get_records("call")]
    assert [each for each in said if each.name.startswith(("uvicorn", "asyncio"))] == []


def ask(caller: Caller, version: str = "1.1") -> httpx.Response:
    return caller.call(DFS, STATUS, login() + ONE, version)


def outcomes(caller: Caller, calls: int) -> list[int]:
    return [ask(caller).status_code for _ in range(calls)]


def received(caller: Caller, path: str = LIST) -> tuple[int, bytes, Exception | None]:
    """Status, content and the error at its end, of an answer that may not be whole."""
    content = b""
    status = 0
    try:
        with httpx.stream(
            "GET", caller.sandbox.url + path, auth=("user1", "secret"), trust_env=False
        ) as answer:
            status = answer.status_code
            for piece in answer.iter_bytes():
                content += piece
    except httpx.TransportError as error:
        return status, content, error
    return status, content, None


def test_a_reset_comes_before_the_answer(caller: Caller) -> None:
    caller.sandbox.faults.add(Reset())
    with pytest.raises(httpx.ReadError):
        ask(caller)
    assert ask(caller).status_code == 200
    first, second = caller.sandbox.requests
    assert first == Asked("interfax", "outbound.FaxStatusEx", 0, faults=(Reset(),))
    assert second == Asked("interfax", "outbound.FaxStatusEx", 200)


@pytest.mark.parametrize("after", [0, 100])
def test_a_reset_comes_in_the_middle(caller: Caller, after: int) -> None:
    _, whole, _ = received(caller)
    caller.sandbox.faults.add(Reset(after=after))
    status, content, error = received(caller)
    assert (status, content) == (200, whole[:after])
    assert isinstance(error, httpx.ReadError)


def test_a_truncated_answer_ends_in_good_order_and_too_early(caller: Caller) -> None:
    _, whole, _ = received(caller)
    caller.sandbox.faults.add(Truncate(100))
    status, content, error = received(caller)
    assert (status, content) == (200, whole[:100])
    assert isinstance(error, httpx.RemoteProtocolError)
    assert received(caller)[1:] == (whole, None)


def test_a_cut_answer_is_malformed_and_all_of_it_comes(caller: Caller) -> None:
    whole = ask(caller).content
    caller.sandbox.faults.add(Cut(200))
    answer = ask(caller)
    assert (answer.status_code, answer.content) == (200, whole[:200])
    with pytest.raises(ET.ParseError):
        ET.fromstring(answer.content)  # noqa: S314 - our own answer


def test_an_html_page_comes_as_if_all_were_well(caller: Caller) -> None:
    caller.sandbox.faults.add(Reply())
    answer = ask(caller)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert answer.text.startswith("<!DOCTYPE html>")


@pytest.mark.parametrize(
    ("fault", "retry_after"),
    [
        (Reply(500), None),
        (Reply(503, retry_after=7), "7"),
        (Reply(429, retry_after="Fri, 31 Dec 2027 23:59:59 GMT"), "Fri, 31 Dec 2027 23:59:59 GMT"),
        (Reply(204, b"", "text/plain"), None),
    ],
)
def test_a_status_may_say_when_to_come_again(
    caller: Caller, fault: Reply, retry_after: str | None
) -> None:
    caller.sandbox.faults.add(fault)
    answer = ask(caller)
    assert answer.status_code == fault.status
    assert answer.headers.get("retry-after") == retry_after
    assert outcomes(caller, 1) == [200]


def test_garbage_is_any_content_one_likes(caller: Caller) -> None:
    caller.sandbox.faults.add(Reply(body=b"<a><b>", content_type="text/xml"))
    answer = ask(caller)
    assert (answer.content, answer.headers["content-type"]) == (b"<a><b>", "text/xml")


def test_a_huge_answer_is_the_same_and_white_space(caller: Caller) -> None:
    whole = ask(caller)
    caller.sandbox.faults.add(Pad(1_000_000))
    answer = ask(caller)
    assert answer.content == whole.content + b" " * 1_000_000
    assert "content-length" not in answer.headers
    ET.fromstring(answer.content)  # noqa: S314 - our own answer


def test_a_delayed_answer_is_the_same(caller: Caller) -> None:
    whole = ask(caller)
    caller.sandbox.faults.add(Delay(0.1))
    begun = time.monotonic()
    assert ask(caller).content == whole.content
    assert time.monotonic() - begun >= 0.1


def test_a_dripping_answer_is_the_same_in_pieces(caller: Caller) -> None:
    whole = ask(caller)
    caller.sandbox.faults.add(Drip(len(whole.content) // 4 + 1, 0.03))
    begun = time.monotonic()
    assert ask(caller).content == whole.content
    assert time.monotonic() - begun >= 4 * 0.03


@pytest.mark.parametrize(
    ("version", "code", "said"),
    [
        ("1.1", "Server", "<faultcode>soap:Server<"),
        ("1.1", "Client", "<faultcode>soap:Client<"),
        ("1.2", "Server", "<soap:Value>soap:Receiver<"),
        ("1.2", "Client", "<soap:Value>soap:Sender<"),
    ],
)
def test_a_fault_is_one_of_the_callers_soap_version(
    caller: Caller, version: str, code: str, said: str
) -> None:
    caller.sandbox.faults.add(SoapFault("Out of order & sorry", code))
    answer = ask(caller, version)
    assert answer.status_code == 500
    assert said in answer.text
    assert "Out of order &amp; sorry" in answer.text


def test_a_result_code_stands_where_the_operation_has_it(caller: Caller) -> None:
    caller.sandbox.faults.add(ResultCode(-1011), times=2)
    answer = ask(caller)
    assert (answer.status_code, value(answer, "ResultCode")) == (200, "-1011")
    assert "<FaxItemEx>" not in answer.text
    times = "<TimeFrom>2026-02-01</TimeFrom><TimeUntil>2026-03-01</TimeUntil>"
    usage = caller.admin("GetOutboundActivity", f"{times}<OnlyMyUser>true</OnlyMyUser>")
    assert value(usage, "Status") == "-1011"


def test_a_page_that_repeats_is_the_same_users_last_one(caller: Caller) -> None:
    caller.sandbox.faults.add(Repeat())
    first = ask(caller)
    caller.call(DFS, STATUS, login(*BOB) + ONE)
    last = value(first, "TransactionID")
    again = caller.call(DFS, STATUS, login() + page(int(last), 1))
    following = caller.call(DFS, STATUS, login() + page(int(last), 1))
    assert again.content == first.content
    assert int(value(following, "TransactionID")) < int(last)
    faults = [asked.faults for asked in caller.sandbox.requests]
    assert faults == [(), (), (Repeat(),), ()]


def test_nothing_from_before_clear_repeats(caller: Caller) -> None:
    caller.sandbox.faults.add(Repeat())
    ask(caller)
    caller.sandbox.faults.clear()
    caller.sandbox.faults.add(Repeat())
    ask(caller)
    assert [asked.faults for asked in caller.sandbox.requests] == [(), ()]


LOST: list[tuple[Fault, Fault]] = [
    (Reset(), Reset(performed=True)),
    (Reply(502), Reply(502, performed=True)),
    (SoapFault(), SoapFault(performed=True)),
    (ResultCode(-150), ResultCode(-150, performed=True)),
]


@pytest.mark.parametrize(("before", "after"), LOST, ids=lambda fault: type(fault).__name__)
def test_an_answer_is_lost_before_or_after_the_deed(
    caller: Caller, before: Fault, after: Fault
) -> None:
    users = caller.sandbox.interfax.users

    def close(name: str) -> None:
        try:
            caller.primary("CloseUser", f"<Username>{name}</Username>")
        except httpx.ReadError:
            assert isinstance(before, Reset)

    caller.sandbox.faults.add(before, operation="CloseUser")
    close("acme.bob")
    assert "acme.bob" in users
    caller.sandbox.faults.add(after, operation="CloseUser")
    close("acme.bob")
    assert "acme.bob" not in users
    assert [asked.faults for asked in caller.sandbox.requests] == [(before,), (after,)]


@pytest.mark.parametrize("fault", [Reset(after=10), Truncate(10), Cut(10), Delay(0.01), Pad(9)])
def test_what_breaks_an_answer_on_its_way_comes_after_the_deed(
    caller: Caller, fault: Fault
) -> None:
    caller.sandbox.faults.add(fault)
    try:
        caller.primary("CloseUser", "<Username>acme.bob</Username>")
    except httpx.TransportError:
        assert isinstance(fault, Reset | Truncate)
    assert "acme.bob" not in caller.sandbox.interfax.users


def test_which_calls_go_wrong_can_be_told(caller: Caller) -> None:
    faults = caller.sandbox.faults
    faults.add(Reply(503), skip=1, every=2, times=2)
    assert outcomes(caller, 7) == [200, 200, 503, 200, 503, 200, 200]
    faults.add(Reply(503), times=None)
    assert outcomes(caller, 3) == [503] * 3
    faults.clear()
    assert outcomes(caller, 1) == [200]


def test_two_faults_hit_two_calls_in_the_order_of_adding(caller: Caller) -> None:
    caller.sandbox.faults.add(Reply(503))
    caller.sandbox.faults.add(Reply(429))
    assert outcomes(caller, 3) == [503, 429, 200]


def test_a_delay_comes_on_top(caller: Caller) -> None:
    caller.sandbox.faults.add(Delay(0.05), times=None)
    caller.sandbox.faults.add(Reply(503), skip=1)
    begun = time.monotonic()
    assert outcomes(caller, 2) == [200, 503]
    assert time.monotonic() - begun >= 0.1
    assert caller.sandbox.requests[1].faults == (Reply(503), Delay(0.05))


CALLS: dict[str, Callable[[Caller], httpx.Response]] = {
    "FaxStatusEx": lambda caller: caller.call(DFS, STATUS, login() + ONE),
    "bob's FaxStatusEx": lambda caller: caller.call(DFS, STATUS, login(*BOB) + ONE),
    "GetTimeZones": lambda caller: caller.call(ADMIN, "GetTimeZones"),
    "getRealtime": lambda caller: caller.call(OPENFAX, "getRealtime", KEY),
    "Mine": lambda caller: caller.get(LIST),
    "user2's Mine": lambda caller: caller.get(LIST, ("user2", "user2Secret")),
    "the WSDL": lambda caller: caller.get(DFS[0], None, {"WSDL": ""}),
}


@pytest.mark.parametrize(
    ("meant", "hit"),
    [
        ({}, set(CALLS)),
        ({"provider": "openfax"}, {"getRealtime"}),
        ({"provider": "imagicle"}, {"Mine", "user2's Mine"}),
        ({"operation": "FaxStatusEx"}, {"FaxStatusEx", "bob's FaxStatusEx"}),
        ({"operation": "outbound.FaxStatusEx"}, {"FaxStatusEx", "bob's FaxStatusEx"}),
        ({"operation": "outbound.Mine"}, {"Mine", "user2's Mine"}),
        ({"username": "acme.bob"}, {"bob's FaxStatusEx"}),
        ({"username": "user2", "provider": "imagicle"}, {"user2's Mine"}),
        ({"username": "user2", "provider": "interfax"}, set()),
    ],
)
def test_only_the_calls_that_are_meant_go_wrong(
    caller: Caller, meant: dict[str, str], hit: set[str]
) -> None:
    caller.sandbox.faults.add(
        Reply(503),
        provider=meant.get("provider"),
        operation=meant.get("operation"),
        username=meant.get("username"),
        times=None,
    )
    assert {name for name, call in CALLS.items() if call(caller).status_code == 503} == hit


def test_a_fault_passes_by_the_calls_that_it_cannot_hit(caller: Caller) -> None:
    caller.sandbox.faults.add(ResultCode(-150))
    for name in ("getRealtime", "Mine", "the WSDL", "GetTimeZones"):
        assert CALLS[name](caller).status_code == 200
    assert values(ask(caller), "ResultCode") == ["-150"]
    caller.sandbox.faults.add(SoapFault())
    for name in ("Mine", "the WSDL"):
        assert CALLS[name](caller).status_code == 200
    assert CALLS["getRealtime"](caller).status_code == 500


@pytest.mark.parametrize(
    ("fault", "meant", "text"),
    [
        (Reset(), {"provider": "interfx"}, "Perhaps interfax"),
        (Reset(), {"operation": "FaxStatusX"}, "Perhaps FaxStatusEx"),
        (Reset(), {"provider": "openfax", "operation": "FaxStatusEx"}, "no operation"),
        (ResultCode(-150), {"provider": "openfax"}, "ResultCode"),
        (ResultCode(-150), {"operation": "GetTimeZones"}, "ResultCode"),
        (SoapFault(), {"provider": "imagicle"}, "SoapFault"),
    ],
)
def test_a_fault_that_could_hit_nothing_is_refused(
    fault: Fault, meant: dict[str, str], text: str
) -> None:
    with pytest.raises(ConfigurationError, match=text):
        Sandbox(now=NOW, faxes=0).faults.add(
            fault, provider=meant.get("provider"), operation=meant.get("operation")
        )


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Delay(0),
        lambda: Drip(0, 1),
        lambda: Drip(1, 0),
        lambda: Reset(after=-1),
        lambda: Truncate(-1),
        lambda: Cut(-1),
        lambda: Pad(0),
        lambda: Reply(100),
        lambda: SoapFault(code="server"),
        lambda: ResultCode(1011),
        lambda: Sandbox(faxes=0).faults.add(Reset(), skip=-1),
        lambda: Sandbox(faxes=0).faults.add(Reset(), every=0),
        lambda: Sandbox(faxes=0).faults.add(Reset(), times=0),
    ],
)
def test_a_number_that_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError, match="must be"):
        wrong()


HELD = [Delay(60), Drip(10, 60)]


@pytest.mark.parametrize("fault", HELD)
def test_an_answer_that_is_held_back_does_not_hold_up_the_end(
    fault: Fault, capfd: pytest.CaptureFixture[str]
) -> None:
    with Sandbox(now=NOW, faxes=3) as sandbox:
        sandbox.faults.add(fault)
        host, port = sandbox.url.removeprefix("http://").split(":")
        client = socket.create_connection((host, int(port)))
        client.sendall(b"GET /dfs.asmx HTTP/1.1\r\nHost: x\r\n\r\n")
        while not sandbox.requests:
            time.sleep(0.001)
        begun = time.monotonic()
    assert time.monotonic() - begun < 20
    client.close()
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("fault", HELD)
def test_a_client_that_gives_up_is_not_waited_for(caller: Caller, fault: Fault) -> None:
    caller.sandbox.faults.add(fault)
    url = f"{caller.sandbox.url}{DFS[0]}"
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(url, timeout=0.05, trust_env=False)
    tasks = caller.sandbox._server._server.server_state.tasks  # type: ignore[union-attr]
    until = time.monotonic() + 1
    while tasks and time.monotonic() < until:
        time.sleep(0.005)
    assert not tasks
    assert httpx.get(url, trust_env=False).status_code == 200
