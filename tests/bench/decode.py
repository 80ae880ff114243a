"""What an answer's bytes cost on their way to models and records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any
from xml.parsers import expat

import suds.client
import zeep

from faxapi import FaxRecord, InterFax
from faxapi.providers.imagicle.models import Fax
from faxapi.providers.interfax.activity import to_fax
from faxapi.providers.interfax.models import FaxItemEx
from faxapi.providers.openfax.models import FaxTransmission
from faxapi.providers.rows import RowDecoder
from faxapi.sandbox import Sandbox
from faxapi.wire.models import VendorModel, decode
from faxapi.wire.rest import ItemReader
from faxapi.wire.rows import RowReader
from faxapi.wire.scalars import Reading
from tests.bench.answers import fax_items, fax_list, transmissions
from tests.bench.result import Result, at_most, faster, in_turns, tell

# What a read of a socket brings at most.
_CHUNK = 1 << 16


def rows() -> Iterator[Result]:
    """Measure one answer after the other."""
    yield from _fax_items()
    yield from _transmissions()
    yield from _fax_list()


def _chunks(body: bytes) -> list[bytes]:
    return [body[start : start + _CHUNK] for start in range(0, len(body), _CHUNK)]


def _models(row: str, model: type[VendorModel], chunks: Iterable[bytes]) -> Iterator[Any]:
    """What a stream's reader gets: each model once, kept by nobody."""
    decoder = RowDecoder(row, model, Reading(), _no_finish, strict=False)
    for chunk in chunks:
        yield from map(decoder.model, decoder.feed(chunk))
    yield from map(decoder.model, decoder.close())
    assert not decoder.skipped


def _no_finish(_: RowReader) -> None:
    """The vendor's result code is none of the rows' business."""


def _floor(model: type[VendorModel], row: str, chunks: list[bytes]) -> Callable[[], None]:
    """Read the bytes with expat and no handler, and validate rows that are there already."""
    reader, reading = RowReader(row), Reading()
    made = [each for chunk in chunks for each in reader.feed(chunk)]
    for each in made:
        # It reads times in place, so that pydantic has nothing left to convert but numbers.
        decode(model, each, reading, path=row)
    validate = model.__pydantic_validator__.validate_python

    def work() -> None:
        parser = expat.ParserCreate()
        for chunk in chunks:
            parser.Parse(chunk, False)  # noqa: FBT003 - expat takes it by position only
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
        for each in made:
            validate(each)

    return work


def _exhaust(make: Callable[[], Iterable[object]], count: int) -> Callable[[], None]:
    def work() -> None:
        assert sum(1 for _ in make()) == count

    return work


class _Peers:
    """The generic SOAP clients, made from the sandbox's own description of the service."""

    def __init__(self, body: bytes) -> None:
        with Sandbox(faxes=0) as sandbox:
            address = f"{sandbox.url}/dfs.asmx?WSDL"
            self._zeep = zeep.Client(address)
            self._suds = suds.client.Client(address, cache=None)
        self._body = body

    def zeep(self) -> list[Any]:
        """Its reply processing, without a network."""
        binding = self._zeep.service._binding
        reply = SimpleNamespace(
            status_code=200, content=self._body, headers={}, encoding="utf-8", text=""
        )
        answer = binding.process_reply(self._zeep, binding.get("FaxStatusEx"), reply)
        return list(answer.FaxStatusExResult.FaxItemEx)

    def suds(self) -> list[Any]:
        """Its reply processing, without a network."""
        answer = self._suds.service.FaxStatusEx(__inject={"reply": self._body})
        return list(answer.FaxStatusExResult.FaxItemEx)


def _fax_items() -> Iterator[Result]:
    count = 10_000
    body = fax_items(count)
    chunks = _chunks(body)
    peers = _Peers(body)
    account = InterFax("acme", "secret")

    def records() -> list[FaxRecord]:
        return [to_fax(account, item) for item in _models("FaxItemEx", FaxItemEx, chunks)]

    found = in_turns(
        5,
        models=_exhaust(lambda: _models("FaxItemEx", FaxItemEx, chunks), count),
        records=records,
        floor=_floor(FaxItemEx, "FaxItemEx", chunks),
        zeep=_exhaust(peers.zeep, count),
    )
    suds_time = in_turns(1, suds=_exhaust(peers.suds, count))["suds"]
    what = f"{count:,} `FaxItemEx` ({len(body) / 1e6:.1f} MB) → models"
    yield faster(what, found["models"], found["zeep"], "zeep", least=7)
    yield faster(what, found["models"], suds_time, "suds", least=40)
    yield at_most(what, found["models"], found["floor"], "floor", most=2.2)
    what = f"{count:,} `FaxItemEx` → `FaxRecord`s, `raw` kept"
    yield faster(what, found["records"], found["zeep"], "zeep's objects", least=4)


def _transmissions() -> Iterator[Result]:
    count = 100_000
    chunks = _chunks(b"".join(transmissions(count)))
    found = in_turns(
        3,
        models=_exhaust(lambda: _models("FaxTransmission", FaxTransmission, chunks), count),
        floor=_floor(FaxTransmission, "FaxTransmission", chunks),
    )
    what = f"{count:,} `FaxTransmission` ({sum(map(len, chunks)) / 1e6:.0f} MB) → models"
    yield at_most(what, found["models"], found["floor"], "floor")


def _fax_list() -> Iterator[Result]:
    count = 50_000
    body = fax_list(count)
    chunks = _chunks(body)

    def models() -> Iterator[Fax]:
        reader, reading = ItemReader("faxList"), Reading()
        for chunk in chunks:
            for item in reader.feed(chunk):
                yield decode(Fax, item, reading, path="faxList")
        for item in reader.close():
            yield decode(Fax, item, reading, path="faxList")

    def whole() -> list[Fax]:
        reading = Reading()
        found = json.loads(body)["faxList"]
        return [decode(Fax, item, reading, path="faxList") for item in found]

    found = in_turns(5, models=_exhaust(models, count), whole=_exhaust(whole, count))
    what = f"{count:,} Imagicle faxes ({len(body) / 1e6:.1f} MB of JSON) → models"
    yield at_most(what, found["models"], found["whole"], "`json.loads` and validation", most=1.0)


if __name__ == "__main__":
    tell(rows())
