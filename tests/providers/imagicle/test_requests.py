"""What is sent, against request lines and headers written by hand."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from faxapi.errors import ConfigurationError
from faxapi.providers.imagicle import Imagicle
from faxapi.window import Window
from tests.providers.imagicle.server import EXAMPLE, PASSWORD, account, answer
from tests.providers.recorder import answering, variables
from tests.transport.server import Request, Server

API = "/fw/Apps/StoneFax/WebAPI"
Ask = Callable[[Imagicle], Awaitable[object]]

SINCE = datetime(2018, 1, 1, tzinfo=UTC)
UNTIL = datetime(2018, 12, 31, 23, 59, 59, tzinfo=UTC)


async def sent(ask: Ask, **options: Any) -> Request:  # noqa: ANN401 - any keyword of an account
    def choose(request: Request) -> bytes:
        many = "/Mine" in request.target
        return answer({"faxList": []}) if many else answer(EXAMPLE.encode())

    with Server(answering(choose)) as server:
        async with account(server, **options) as imagicle:
            await ask(imagicle)
        (request,) = server.requests
    return request


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("ask", "target"),
    [
        (
            lambda api: api.get_outbound_fax("IAS-N1_d53957a4-c6fa-4a89-9198-f32da47e6a58_0"),
            f"{API}/Faxes/Outbound/IAS-N1_d53957a4-c6fa-4a89-9198-f32da47e6a58_0",
        ),
        (lambda api: api.get_inbound_fax("N1_7"), f"{API}/Faxes/Inbound/N1_7"),
        (
            lambda api: api.get_outbound_fax("a/b?c #d%"),
            f"{API}/Faxes/Outbound/a%2Fb%3Fc%20%23d%25",
        ),
        (lambda api: api.list_outbound_faxes(), f"{API}/Faxes/Outbound/Mine"),
        (lambda api: api.list_inbound_faxes(), f"{API}/Faxes/Inbound/Mine"),
        (
            lambda api: api.list_outbound_faxes(page_size=0),
            f"{API}/Faxes/Outbound/Mine?pageSize=0",
        ),
        (
            lambda api: api.list_inbound_faxes(
                page=2, page_size=50, submitted=Window(SINCE, UNTIL)
            ),
            (
                f"{API}/Faxes/Inbound/Mine?page=2&pageSize=50"
                "&date=between:2018-01-01T01:00:00;2019-01-01T00:59:59"
            ),
        ),
        (
            lambda api: api.list_outbound_faxes(submitted_after=SINCE),
            f"{API}/Faxes/Outbound/Mine?date=after:2018-01-01T01:00:00",
        ),
        (
            lambda api: api.list_outbound_faxes(submitted_before=SINCE.replace(microsecond=1)),
            f"{API}/Faxes/Outbound/Mine?date=before:2018-01-01T01:00:01",
        ),
        (
            lambda api: anext(api.iter_outbound_faxes(page_size=20), None),
            f"{API}/Faxes/Outbound/Mine?page=1&pageSize=20",
        ),
        (
            lambda api: anext(api.iter_inbound_faxes(submitted_after=SINCE), None),
            f"{API}/Faxes/Inbound/Mine?page=1&pageSize=100&date=after:2018-01-01T01:00:00",
        ),
    ],
)
async def test_a_request_line(ask: Ask, target: str) -> None:
    request = await sent(ask, timezone="Europe/Rome")
    assert (request.method, request.target, request.body) == ("GET", target, b"")


@pytest.mark.asyncio
async def test_the_login_goes_with_the_first_request() -> None:
    request = await sent(lambda api: api.list_outbound_faxes())
    # user1:s3cret-0f-user1
    assert request.header("authorization") == ["Basic dXNlcjE6czNjcmV0LTBmLXVzZXIx"]
    assert request.header("accept") == ["application/json"]


@pytest.mark.asyncio
async def test_a_login_beyond_ascii_is_utf_8() -> None:
    def choose(_: Request) -> bytes:
        return answer({"faxList": []})

    with Server(answering(choose)) as server:
        async with Imagicle(server.url, "jürgen", "pä:ss") as imagicle:
            await imagicle.list_outbound_faxes()
    # jürgen:pä:ss
    assert server.requests[0].header("authorization") == ["Basic asO8cmdlbjpww6Q6c3M="]


@pytest.mark.asyncio
async def test_the_servers_path_and_port_stay() -> None:
    def choose(_: Request) -> bytes:
        return answer({"faxList": []})

    with Server(answering(choose)) as server:
        async with Imagicle(f"{server.url}/proxy/", "user1", PASSWORD) as imagicle:
            await imagicle.list_outbound_faxes()
    assert server.requests[0].target == f"/proxy{API}/Faxes/Outbound/Mine"


@pytest.mark.parametrize(
    ("username", "options", "text"),
    [
        ("dom:user", {}, "':'"),
        ("", {}, "empty"),
        ("user1", {"verify": False}, "'verify'"),
        ("user1", {"timezone": "Europe/Nowhere"}, "Europe/Nowhere"),
    ],
)
def test_a_wrong_setting(username: str, options: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigurationError, match=text) as caught:
        Imagicle("https://ucx.example", username, PASSWORD, name="rome", **options)
    assert (caught.value.provider, caught.value.account) == ("imagicle", "rome")
    assert PASSWORD not in f"{caught.value} {variables(caught.value)}"


def test_the_rule_for_user_names_is_named() -> None:
    with pytest.raises(ConfigurationError) as caught:
        Imagicle("https://ucx.example", "dom:user", PASSWORD)
    assert "RFC 7617" in str(caught.value)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "ask",
    [
        lambda api: api.get_outbound_fax(""),
        lambda api: api.get_outbound_fax(".."),
        lambda api: api.get_inbound_fax("x" * 70_000),
        lambda api: api.list_outbound_faxes(page=0, page_size=5),
        lambda api: api.list_outbound_faxes(page=2),
        lambda api: api.list_outbound_faxes(page=2, page_size=0),
        lambda api: api.list_outbound_faxes(page_size=-1),
        lambda api: api.list_inbound_faxes(submitted_after=SINCE, submitted_before=UNTIL),
        lambda api: api.list_inbound_faxes(submitted_after=SINCE.replace(tzinfo=None)),
    ],
)
async def test_a_wrong_argument(ask: Ask) -> None:
    imagicle = Imagicle("https://ucx.example", "user1", PASSWORD)
    with pytest.raises(ConfigurationError) as caught:
        await ask(imagicle)
    assert PASSWORD not in f"{caught.value} {variables(caught.value)}"
    assert caught.value.provider == "imagicle"
    assert "base_url" not in str(caught.value)


def test_a_page_of_nothing() -> None:
    with pytest.raises(ConfigurationError, match="page_size is 0"):
        Imagicle("https://ucx.example", "user1", PASSWORD).iter_outbound_faxes(page_size=0)


@pytest.mark.parametrize(
    ("password", "text"),
    [
        ("", "the password is empty"),
        (SecretStr(""), "the password is empty"),
        (None, "the password is NoneType, not a text"),
        (b"s3cret-bytes", "the password is bytes, not a text"),
    ],
)
def test_a_password_that_is_none(password: Any, text: str) -> None:  # noqa: ANN401 - of a wrong type
    with pytest.raises(ConfigurationError, match=text) as caught:
        Imagicle("https://ucx.example", "user1", password, name="rome")
    assert (caught.value.provider, caught.value.account) == ("imagicle", "rome")
    assert "s3cret-b" not in f"{caught.value} {variables(caught.value)}"


@pytest.mark.asyncio
async def test_a_password_may_come_as_a_secret() -> None:
    def choose(_: Request) -> bytes:
        return answer({"faxList": []})

    with Server(answering(choose)) as server:
        async with Imagicle(server.url, "user1", SecretStr(PASSWORD)) as imagicle:
            await imagicle.list_outbound_faxes()
    assert server.requests[0].header("authorization") == ["Basic dXNlcjE6czNjcmV0LTBmLXVzZXIx"]
