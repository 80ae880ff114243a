"""What a SOAP operation of anyone's may be, beyond those of the providers here."""

from typing import Any

import pytest

from faxapi.errors import DecodeError
from faxapi.wire.models import VendorModel, spelled
from faxapi.wire.scalars import Integer, Text
from faxapi.wire.soap import SoapOperation
from tests.transport.probe import ASK, CHANGE, LOGIN, SERVICE, Probe, answer
from tests.transport.server import Server, always, reply

pytestmark = pytest.mark.anyio


class Whole(VendorModel):
    answer: Integer = spelled("Answer")
    question: Text = spelled("Question")


WHOLE = SoapOperation(SERVICE, "Ask", LOGIN, ASK.response, returns=Whole, idempotent=True)


async def test_an_answer_can_be_the_whole_response(anyio_backend: str) -> None:
    assert anyio_backend
    inner = "<Answer>42</Answer><Question>six by nine</Question>"
    with Server(always(reply(answer(inner=inner), kind="text/xml"))) as server:
        async with Probe(server.url) as probe:
            assert await probe.soap.call(WHOLE) == Whole(answer=42, question="six by nine")


async def test_what_is_wrong_in_a_whole_response_is_named() -> None:
    inner = "<Answer>many</Answer>"
    with Server(always(reply(answer(inner=inner), kind="text/xml"))) as server:
        async with Probe(server.url) as probe:
            with pytest.raises(DecodeError, match="AskResponse/Answer: Input should be a valid"):
                await probe.soap.call(WHOLE)


@pytest.mark.parametrize("values", [{"too": "x"}, {"To": "x", "Bcc": "y"}])
async def test_a_value_that_an_operation_does_not_have_is_a_bug(values: dict[str, Any]) -> None:
    with Server(always(reply(answer("Change", ""), kind="text/xml"))) as server:
        async with Probe(server.url) as probe:
            with pytest.raises(TypeError, match=r"probe\.Change has no (too|Bcc)$"):
                await probe.soap.call(CHANGE, **values)
        assert server.requests == []
