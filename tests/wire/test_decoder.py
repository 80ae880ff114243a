import json
import pickle
from traceback import walk_tb
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from faxapi.errors import DecodeError, FaxApiError, ProviderError, ProviderFault
from faxapi.providers.base import Provider
from faxapi.providers.rows import RowDecoder
from faxapi.wire.rest import parse_json
from faxapi.wire.rows import RowReader
from faxapi.wire.scalars import Reading
from faxapi.wire.soap import encode_element, parse_response
from tests.wire.samples import GET_ITEMS, PHONE, Item, answer, fault_1_1, pieces

GOOD = f"<Item><ItemID>1</ItemID><Phone>{PHONE}</Phone></Item>"
BAD = f"<Item><ItemID>2</ItemID><Phone>{PHONE}</Phone><Pages>{PHONE}x</Pages></Item>"
NAMELESS = f"<Item><Phone>{PHONE}</Phone></Item>"


def finish(reader: RowReader) -> None:
    if reader.small is not None:
        parse_response(GET_ITEMS, reader.small)
    if reader.siblings.get("ResultCode") != "0":
        raise ProviderError("refused", code=reader.siblings.get("ResultCode"))


def fed(reader: RowDecoder[Item], data: bytes) -> list[Item]:
    return reader.models(reader.feed(data))


def decoder(*, strict: bool = False) -> RowDecoder[Item]:
    reading = Reading(zone=ZoneInfo("Europe/Rome"))
    return RowDecoder("Item", Item, reading, finish, strict=strict)


@pytest.mark.parametrize("cuts", [[], [100, 300, 301, 400], list(range(700))])
def test_rows_become_models_in_order(cuts: list[int]) -> None:
    rows = "".join(f"<Item><ItemID>{at}</ItemID><Pages/></Item>" for at in range(5))
    reader = decoder()
    items = [item for piece in pieces(answer(rows), cuts) for item in fed(reader, piece)]
    items += reader.models(reader.close())
    assert items == [Item(item_id=at) for at in range(5)]
    assert reader.siblings == {"ResultCode": "0"}
    assert reader.skipped == []


def test_times_are_in_the_accounts_zone_and_unknown_elements_are_counted() -> None:
    reader = decoder()
    row = "<Item><ItemID>1</ItemID><Sent>2024-07-01T12:00:00</Sent><New>1</New></Item>"
    (item, _) = fed(reader, answer(row + row))
    assert item.sent is not None
    assert item.sent.isoformat() == "2024-07-01T10:00:00+00:00"
    assert reader.reading.zone_assumed
    assert reader.reading.unknown == {"Item/New": 2}


def test_a_bad_row_is_skipped_and_named_by_path_id_and_reason_never_its_value() -> None:
    reader = decoder()
    items = fed(reader, answer(GOOD + BAD + NAMELESS + GOOD)) + reader.models(reader.close())
    assert [item.item_id for item in items] == [1, 1]
    bad, nameless = reader.skipped
    assert (bad.code, bad.gap, bad.path, bad.count) == ("skipped_record", True, "Item", 1)
    assert bad.text == (
        "a record (ItemID 2) could not be read: Item/Pages: Input should be a valid integer, "
        "unable to parse string as an integer"
    )
    assert nameless.text == "a record could not be read: Item/ItemID: Field required"
    assert PHONE not in repr(reader.skipped)


@pytest.mark.parametrize("item_id", ["12345x", "1; DROP", "x" * 41, "<b>", "\n"])
def test_an_id_that_is_not_fit_for_a_log_is_left_out(item_id: str) -> None:
    reader = decoder()
    text = item_id.replace("<", "&lt;")
    assert fed(reader, answer(f"<Item><ItemID>{text}</ItemID></Item>")) == []
    assert reader.skipped[0].text.startswith("a record could not be read: Item/ItemID: ")


def test_a_bad_row_may_be_an_error() -> None:
    reader = decoder(strict=True)
    assert len(reader.feed(answer(GOOD).partition(b"</GetItemsResult>")[0])) == 1
    with pytest.raises(DecodeError, match=r"^Item/Pages: ") as caught:
        fed(reader, BAD.encode())
    assert PHONE not in f"{caught.value!r} {pickle.dumps(caught.value)!r}"


def test_the_end_is_checked() -> None:
    reader = decoder()
    assert len(reader.feed(answer(GOOD, after="<ResultCode>-1003</ResultCode>"))) == 1
    with pytest.raises(ProviderError, match=r"refused .code -1003."):
        reader.close()


def test_a_fault_in_place_of_rows_is_raised_at_the_end() -> None:
    reader = decoder()
    assert reader.feed(fault_1_1("soap:Server", "Down")) == []
    with pytest.raises(ProviderFault, match=r"^Down"):
        reader.close()


def test_an_answer_cut_short_is_an_error() -> None:
    reader = decoder()
    assert len(reader.feed(answer(GOOD)[:-1])) == 1
    with pytest.raises(DecodeError, match=r"ends in the middle, after 1 rows"):
        reader.close()


class Sample(Provider, name="sample"):
    """An account that is never opened."""


def strict_row() -> None:
    fed(decoder(strict=True), answer(GOOD + BAD))


def damaged_rows() -> None:
    reader = decoder()
    reader.feed(answer(GOOD).replace(b"</Item>", b"</Wrong>"))


def long_answer() -> None:
    decoder().feed(b"<Envelope>" + PHONE.encode() * 100_000)


def whole_answer() -> None:
    parse_response(GET_ITEMS, answer(GOOD).replace(b"Response", b"Wrong"))


def json_answer() -> None:
    parse_json(json.dumps([PHONE]).encode() + b"]")


def request() -> None:
    encode_element(GET_ITEMS.request[0], f"{PHONE}\x01")


@pytest.mark.parametrize(
    "fail", [strict_row, damaged_rows, long_answer, whole_answer, json_answer, request]
)
def test_no_frame_of_an_errors_traceback_holds_what_was_sent_or_came(fail: Any) -> None:  # noqa: ANN401 - each of these
    account = Sample("https://fax.example.com", "user", {})
    with pytest.raises(FaxApiError) as caught, account.located("GetItems"):
        fail()
    error = caught.value
    assert (error.provider, error.account, error.operation) == ("sample", "sample", "GetItems")
    frames = [frame for frame, _ in walk_tb(error.__traceback__)]
    assert not any(frame.f_code is fail.__code__ for frame in frames)
    variables = repr([frame.f_locals for frame in frames])
    assert PHONE not in variables
    assert PHONE not in f"{error} {error!r} {pickle.dumps(error)!r}"
    assert error.__context__ is None
