"""The pace: what a server sees of it, whoever shares a login."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from faxapi import FaxApi, Pace
from faxapi.errors import AuthenticationError, ConnectFailed, DeadlineExceeded
from faxapi.transport import pace
from faxapi.transport.http import Transport
from faxapi.transport.pace import Lane
from tests.transport.paced import CUT, GOOD, NEVER, PER, REJECTED, Paced, Watch, ask, passes
from tests.transport.server import until


@pytest.mark.anyio
async def test_clients_of_one_login_keep_one_pace(anyio_backend: str) -> None:
    assert anyio_backend
    rule = Pace(3, per=PER)
    with Watch() as server:
        one, two = (Paced(server.url, name=name, pace=rule) for name in ("one", "two"))
        async with FaxApi(one), two, anyio.create_task_group() as group:
            group.start_soon(ask, one, 5)
            group.start_soon(ask, two, 5)
        assert (len(server.calls), server.most(PER)) == (10, 3)


@pytest.mark.anyio
async def test_other_logins_have_a_pace_of_their_own(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch() as server, Watch() as elsewhere:
        for url, username in ((server.url, "a"), (server.url, "b"), (elsewhere.url, "a")):
            async with Paced(url, username, pace=NEVER) as account:
                await account.ask()
                assert not await passes(account)


def test_threads_with_loops_of_their_own_keep_one_pace() -> None:
    rule = Pace(2, per=PER)
    problems: list[BaseException] = []

    async def run(url: str) -> None:
        async with Paced(url, pace=rule) as account:
            await ask(account, 4)

    def work(backend: str, url: str) -> None:
        try:
            anyio.run(run, url, backend=backend)
        except BaseException as problem:  # noqa: BLE001 - looked at by the test
            problems.append(problem)

    with Watch() as server:
        threads = [
            threading.Thread(target=work, args=(backend, server.url))
            for backend in ("asyncio", "trio")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(5)
            assert not thread.is_alive()
        assert problems == []
        assert (len(server.calls), server.most(PER)) == (8, 2)


@pytest.mark.asyncio
async def test_a_slot_frees_after_the_answers_end() -> None:
    with Watch(pause=0.1) as server:
        async with Paced(server.url, pace=Pace(2, per=PER)) as account:
            await ask(account, 4)
        assert server.most(PER) == 2


@pytest.mark.anyio
async def test_waiters_are_served_in_order_and_a_cancelled_one_gives_way(
    anyio_backend: str,
) -> None:
    assert anyio_backend
    done: list[str] = []

    async def wait(name: str, scope: anyio.CancelScope) -> None:
        with scope:
            await account.ask()
            done.append(name)

    with Watch() as server:
        async with Paced(server.url, pace=Pace(1, per=0.5)) as account:
            await account.ask()
            async with anyio.create_task_group() as group:
                scopes = {name: anyio.CancelScope() for name in "abc"}
                for name, scope in scopes.items():
                    group.start_soon(wait, name, scope)
                    await anyio.wait_all_tasks_blocked()
                scopes["a"].cancel()
        assert done == ["b", "c"]
        assert all(0.5 <= gap < 0.95 for gap in server.gaps())


@pytest.mark.anyio
async def test_a_late_comer_does_not_overtake(anyio_backend: str) -> None:
    assert anyio_backend
    lane = Lane("a login", Pace(2, per=0.1))
    await lane.take()
    await lane.take()
    lane.give_back(spent=True)
    async with anyio.create_task_group() as group:
        group.start_soon(lane.take)
        await anyio.wait_all_tasks_blocked()
        # The slot is free by now, and the first waiter has had no time to find out.
        time.sleep(0.12)  # noqa: ASYNC251 - on purpose
        with anyio.move_on_after(0.02) as scope:
            await lane.take()
        assert scope.cancelled_caught


@pytest.mark.asyncio
async def test_waiters_of_another_loop_look_again_by_themselves() -> None:
    lane = Lane("a login", Pace(1, per=0.1))
    await lane.take()
    lane.give_back(spent=True)
    waiting = anyio.CancelScope()

    async def wait() -> None:
        with waiting:
            await lane.take()

    with ThreadPoolExecutor(1) as pool:
        async with anyio.create_task_group() as group:
            group.start_soon(wait)
            await anyio.wait_all_tasks_blocked()
            other = pool.submit(lambda: anyio.run(lane.take, backend="trio"))
            await until(lambda: len(pace._BUCKETS["a login"].waiters) == 2)
            waiting.cancel()
            await until(other.done)
            assert other.exception() is None


@pytest.mark.anyio
async def test_a_slot_that_was_not_used_is_free_at_once(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(pause=0.12) as server:
        transport = Transport(max_connections=1)
        account = Paced(server.url, pace=Pace(2, per=30))
        account.attach(transport, "the test")
        await account.free()
        async with anyio.create_task_group() as group:
            group.start_soon(account.ask)
            await until(lambda: len(server.calls) == 2)
            async with anyio.create_task_group() as impatient:
                impatient.start_soon(account.ask)
                await anyio.wait_all_tasks_blocked()
                group.start_soon(account.ask)
                await anyio.wait_all_tasks_blocked()
                impatient.cancel_scope.cancel()
            with anyio.fail_after(1):
                await until(lambda: len(server.calls) == 3)
        await transport.aclose()


@pytest.mark.anyio
async def test_who_waits_for_the_pace_keeps_nobody_from_the_network(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch() as server:
        transport = Transport(max_connections=1)
        account = Paced(server.url, pace=NEVER)
        account.attach(transport, "the test")
        await account.ask()
        async with anyio.create_task_group() as group:
            group.start_soon(account.ask)
            await anyio.wait_all_tasks_blocked()
            with anyio.fail_after(1):
                assert await account.free() == "42"
            group.cancel_scope.cancel()
        await transport.aclose()


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_no_wait_for_a_slot_counts_for_the_deadline(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(GOOD, CUT, GOOD) as server:
        async with Paced(server.url, pace=Pace(1, per=1.2), deadline=1, retries=1) as account:
            await account.ask()
            assert await account.ask() == "42"
        assert len(server.calls) == 3


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_the_deadline_counts_the_network_in_every_try(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch(CUT, pause=0.4) as server:
        async with Paced(server.url, pace=Pace(1, per=0.05), deadline=1, retries=9) as account:
            with pytest.raises(DeadlineExceeded, match="broke the connection"):
                await account.ask()
        assert len(server.calls) in {2, 3}


@pytest.mark.usefixtures("no_waits")
@pytest.mark.asyncio
async def test_each_try_takes_a_slot() -> None:
    with Watch(CUT, CUT, GOOD) as server:
        async with Paced(server.url, pace=Pace(1, per=PER), retries=2) as account:
            assert await account.ask() == "42"
        assert len(server.calls) == 3
        assert min(server.gaps()) >= PER


@pytest.mark.usefixtures("no_waits")
@pytest.mark.anyio
async def test_what_was_never_sent_does_not_count(anyio_backend: str) -> None:
    assert anyio_backend
    with Watch() as server:
        url = server.url
    async with Paced(url, pace=NEVER) as account:
        for _ in range(2):
            with pytest.raises(ConnectFailed), anyio.fail_after(2):
                await account.ask()


@pytest.mark.anyio
async def test_what_the_login_gate_rejects_does_not_count(anyio_backend: str) -> None:
    assert anyio_backend

    async def fail() -> None:
        with pytest.raises(AuthenticationError), anyio.fail_after(1):
            await account.ask()

    with Watch(REJECTED) as server:
        async with Paced(server.url, pace=Pace(2, per=30)) as account:
            async with anyio.create_task_group() as group:
                for _ in range(9):
                    group.start_soon(fail)
            assert len(server.calls) == 1
        async with Paced(server.url, pace=Pace(2, per=30)) as corrected:
            with pytest.raises(AuthenticationError):
                await corrected.ask()
        assert len(server.calls) == 2


@pytest.mark.asyncio
async def test_of_two_rules_both_are_kept() -> None:
    with Watch() as server:
        strict = Paced(server.url, name="strict", pace=Pace(2, per=0.5))
        loose = Paced(server.url, name="loose", pace=Pace(50, per=0.5))
        async with strict, loose:
            await strict.ask()
            await loose.ask()
            assert not await passes(loose)
            await anyio.sleep(0.5)
            # Nobody has wanted the strict rule for as long as it looks back.
            with anyio.fail_after(0.4):
                await ask(loose, 5)
            assert not await passes(strict)
        assert len(server.calls) == 7
