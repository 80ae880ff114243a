"""What a server says stays out of httpcore's log; other programs' connections log as before."""

import logging

import httpx
import pytest

from faxapi.transport.http import Call, Exchange, Transport
from tests.transport.server import Server, always, reply

ANSWER = reply(b"ok", "Set-Cookie: session=very-private")


@pytest.mark.anyio
async def test_headers_are_logged_for_others_alone(
    transport: Transport, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with Server(always(ANSWER)) as server:
        assert await transport.perform(Call("GET", server.url), Exchange.body) == b"ok"
        ours = [each.getMessage() for each in caplog.records if each.name == "httpcore.http11"]
        assert "receive_response_headers.complete" in ours
        assert "very-private" not in caplog.text
        async with httpx.AsyncClient(trust_env=False) as client:
            await client.get(server.url)
        assert "very-private" in caplog.text
