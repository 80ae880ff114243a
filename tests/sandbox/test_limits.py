"""What InterFax keeps its users from: too many queries, and too many wrong passwords."""

import socket
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sniffio

from faxapi import ConfigurationError, InterFax, Pace, Unconfirmed
from faxapi.sandbox import Sandbox
from faxapi.sandbox.faults import Delay, Reset
from tests.sandbox.wire import (
    ADMIN,
    BOB,
    CONTENT_TYPES,
    DFS,
    INBOUND,
    NOW,
    Caller,
    calling,
    envelope,
    login,
    page,
    value,
)

SPAN = 0.8


@pytest.fixture
def caller() -> Iterator[Caller]:
    with calling(Sandbox(now=NOW, faxes=30, rate_limit=Pace(3, per=SPAN))) as caller:
        yield caller


def code(caller: Caller, who: tuple[str, str] = ("acme", "secret")) -> int:
    return int(value(caller.call(DFS, "FaxStatusEx", login(*who) + page(items=1)), "ResultCode"))


def codes(caller: Caller, calls: int) -> list[int]:
    return [code(caller) for _ in range(calls)]


def test_more_queries_than_allowed_are_refused_in_a_normal_answer(caller: Caller) -> None:
    assert codes(caller, 3) == [0] * 3
    refused = caller.call(DFS, "FaxStatusEx", login() + page(items=1))
    assert (refused.status_code, value(refused, "ResultCode")) == (200, "-1011")
    assert "<FaxItemEx>" not in refused.text


def test_six_a_minute_is_the_rule_unless_told_otherwise() -> None:
    with calling(Sandbox(now=NOW, faxes=0)) as caller:
        assert codes(caller, 7) == [0] * 6 + [-1011]
    with calling(Sandbox(now=NOW, faxes=0, rate_limit=None)) as caller:
        assert codes(caller, 7) == [0] * 7


def test_each_user_has_calls_of_their_own(caller: Caller) -> None:
    assert codes(caller, 4) == [0, 0, 0, -1011]
    assert code(caller, BOB) == 0


def test_the_queries_of_all_services_count_together_and_admin_calls_do_not(caller: Caller) -> None:
    for _ in range(4):
        assert caller.call(ADMIN, "GetTimeZones").status_code == 200
        assert value(caller.primary("GetUserProperties"), "GetUserPropertiesResult") == "0"
    query = "<Verb>ACTIVE</Verb><VerbData /><MaxItems>1</MaxItems><ResultCode>0</ResultCode>"
    one = "<LType>AllMessages</LType><MaxItems>1</MaxItems>"
    answers = [
        caller.call(DFS, "FaxQuery", login() + query),
        caller.call(INBOUND, "GetList", login() + one),
    ]
    assert [value(answers[0], "ResultCode"), value(answers[1], "GetListResult")] == ["0", "0"]
    assert codes(caller, 2) == [0, -1011]


def test_a_place_is_free_again_when_its_time_has_passed(caller: Caller) -> None:
    codes(caller, 1)
    time.sleep(SPAN / 2)
    assert codes(caller, 3) == [0, 0, -1011]
    time.sleep(SPAN / 2)
    # The first one's only: the others came later.
    assert codes(caller, 2) == [0, -1011]


def test_asking_too_early_again_makes_nobody_wait_longer(caller: Caller) -> None:
    begun = time.monotonic()
    codes(caller, 3)
    answered = time.monotonic()
    refused = []
    while time.monotonic() < begun + SPAN * 0.8:
        refused.append(code(caller))
    assert set(refused) == {-1011}
    time.sleep(max(0.0, answered + SPAN - time.monotonic()))
    assert codes(caller, 3) == [0] * 3


def test_the_time_begins_when_the_answer_leaves(caller: Caller) -> None:
    caller.sandbox.faults.add(Delay(SPAN * 0.75), times=None)
    begun = time.monotonic()
    codes(caller, 1)
    caller.sandbox.faults.clear()
    assert codes(caller, 2) == [0, 0]
    time.sleep(SPAN * 1.1 - (time.monotonic() - begun))
    assert code(caller) == -1011


def test_an_answer_that_is_lost_does_not_hold_its_place(caller: Caller) -> None:
    caller.sandbox.faults.add(Reset(performed=True), times=3)
    for _ in range(3):
        with pytest.raises(Exception, match="reset"):
            code(caller)
    assert code(caller) == -1011
    time.sleep(SPAN)
    assert code(caller) == 0


def test_a_client_that_gives_up_does_not_hold_its_place(caller: Caller) -> None:
    sandbox = caller.sandbox
    sandbox.faults.add(Delay(60), times=3)
    query = envelope(f'<FaxStatusEx xmlns="{DFS[1]}">{login()}{page(items=1)}</FaxStatusEx>')
    head = (
        f"POST {DFS[0]} HTTP/1.1\r\nHost: x\r\nContent-Type: {CONTENT_TYPES['1.1']}\r\n"
        f'SOAPAction: "{DFS[1]}/FaxStatusEx"\r\nContent-Length: {len(query)}\r\n\r\n'
    )
    for calls in range(1, 4):
        with socket.create_connection(("127.0.0.1", int(sandbox.url.rpartition(":")[2]))) as client:
            client.sendall((head + query).encode())
            while len(sandbox.requests) < calls:
                time.sleep(0.001)
    assert [asked.faults for asked in sandbox.requests] == [(Delay(60),)] * 3
    time.sleep(SPAN + 0.1)
    assert code(caller) == 0


def test_a_wrong_password_does_not_count_as_a_query(caller: Caller) -> None:
    codes(caller, 2)
    assert code(caller, ("acme", "wrong")) == -1003
    assert codes(caller, 2) == [0, -1011]


@pytest.mark.anyio
async def test_a_client_of_the_sandbox_keeps_its_rule(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with Sandbox(now=NOW, faxes=9, rate_limit=Pace(3, per=0.2)) as sandbox:
        interfax, *_ = sandbox.accounts()
        (again,) = sandbox.accounts_of("interfax")
        assert isinstance(again, InterFax)
        begun = time.monotonic()
        async with interfax, again:
            for client in (interfax, again, interfax, again, interfax, again, interfax):
                page = await client.outbound.fax_status_ex(max_items=1)
                assert len(page.items) == 1
    assert time.monotonic() - begun >= 2 * 0.2
    # None was refused and repeated.
    assert len(sandbox.requests) == 7


def test_after_some_wrong_passwords_even_the_right_one_is_refused_for_an_hour(
    empty: Caller,
) -> None:
    wrong = ("acme", "wrong")
    assert [code(empty, wrong) for _ in range(3)] == [-1003] * 3
    assert [code(empty, wrong), code(empty), code(empty, BOB)] == [-1876, -1876, 0]
    balance = empty.primary("GetAccountPPCardsBalance", "<Balance>0</Balance>")
    assert value(balance, "GetAccountPPCardsBalanceResult") == "-1876"
    empty.sandbox.advance(timedelta(minutes=59))
    assert code(empty) == -1876
    empty.sandbox.advance(timedelta(minutes=1))
    assert [code(empty, wrong) for _ in range(3)] == [-1003] * 3
    assert code(empty) == -1876


def test_a_right_password_begins_the_count_anew(empty: Caller) -> None:
    for _ in range(2):
        assert [code(empty, ("acme", "no")) for _ in range(2)] == [-1003] * 2
        assert code(empty) == 0


def test_nobody_is_shut_out_by_a_name_that_does_not_exist(empty: Caller) -> None:
    assert [code(empty, ("nobody", "x")) for _ in range(5)] == [-1003] * 5


@pytest.mark.parametrize(("after", "expected"), [(1, -1876), (None, -1003)])
def test_how_many_is_a_setting(after: int | None, expected: int) -> None:
    with calling(Sandbox(now=NOW, faxes=0, lock_out_after=after)) as caller:
        assert code(caller, ("acme", "wrong")) == -1003
        assert [code(caller, ("acme", "wrong")) for _ in range(4)] == [expected] * 4
    with pytest.raises(ConfigurationError, match="lock_out_after is 0"):
        Sandbox(faxes=0, lock_out_after=0)


def test_the_present_moves_when_told_to() -> None:
    with calling(Sandbox(now=NOW, faxes=0, rate_limit=None)) as caller:
        sandbox = caller.sandbox
        assert sandbox.now == NOW
        sandbox.advance(timedelta(hours=2))
        assert sandbox.now == NOW + timedelta(hours=2)
        sandbox.interfax.add_fax()
        answer = caller.call(DFS, "FaxStatusEx", login() + page(items=1))
    assert value(answer, "SubmitTime") == "2026-03-02T14:00:00"


@pytest.mark.anyio
async def test_a_change_whose_answer_is_lost_is_unconfirmed(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend
    async with Sandbox(now=NOW, faxes=0) as sandbox:
        interfax, *_ = sandbox.accounts()
        sandbox.faults.add(Reset(performed=True), operation="CloseUser")
        async with interfax:
            with pytest.raises(Unconfirmed):
                await interfax.admin.close_user(username="acme.bob")
        assert "acme.bob" not in sandbox.interfax.users
