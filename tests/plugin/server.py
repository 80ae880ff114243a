"""ParrotFax as its reference describes it, with one account, on a loopback port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.transport.server import Peer, Request, Server, reply

TOKEN = "t0ken-of-acme"
_DIRECTIONS = {"sent", "received"}
_PAGE = 100


class Vendor:
    """The account's faxes."""

    def __init__(self) -> None:
        self.faxes: dict[int, dict[str, Any]] = {}
        self.lock = threading.Lock()

    def add(self, created_at: datetime, *, state: str = "delivered", **fields: Any) -> int:  # noqa: ANN401 - any JSON value
        """Add a fax by the vendor's names, and return its id."""
        with self.lock:
            number = max(self.faxes, default=1200) + 1
            self.faxes[number] = {
                "id": number,
                "direction": "received" if state == "received" else "sent",
                "state": state,
                "problem": "busy" if state == "failed" else None,
                "from": "+12125550100",
                "to": "+12125550143",
                "to_name": "Ada Example",
                "subject": "Order 4711",
                "user": "bob",
                "machine": "EXAMPLE LTD",
                "pages": 3,
                "pages_sent": 3,
                "created_at": created_at.isoformat(),
                "finished_at": None,
                "seconds": 95,
                "price": "0.33",
                "currency": "EUR",
                **fields,
            }
            return number

    def finish(self, number: int, state: str = "delivered") -> None:
        """Let a fax end."""
        with self.lock:
            fax = self.faxes[number]
            fax.update(state=state, finished_at=fax["created_at"])

    def answer(self, request: Request) -> bytes:
        """What the service answers."""
        if request.header("authorization") != [f"Bearer {TOKEN}"]:
            return _json({"message": "wrong token"}, "401 Unauthorized")
        url = urlsplit(request.target)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        with self.lock:
            match url.path.split("/")[2:]:
                case ["account"]:
                    return _json({"account": {"id": "acc-1"}})
                case ["faxes"]:
                    return self._list(query)
                case ["faxes", number] if int(number) in self.faxes:
                    return _json({"fax": _shown(self.faxes[int(number)])})
        return _json({"message": "there is no such thing"}, "404 Not Found")

    def _list(self, query: dict[str, str]) -> bytes:
        assert query["direction"] in _DIRECTIONS
        assert query.keys() == {"direction", "since", "after", "limit"}
        since = datetime.fromisoformat(query["since"])
        assert since.tzinfo
        found = [
            fax
            for number, fax in sorted(self.faxes.items())
            if fax["direction"] == query["direction"]
            and number > int(query["after"])
            and (not fax["created_at"] or datetime.fromisoformat(fax["created_at"]) >= since)
        ]
        size = min(int(query["limit"]), _PAGE)
        end = found[size - 1]["id"] if len(found) > size else None
        return _json({"faxes": [_shown(fax) for fax in found[:size]], "next": end})


def _shown(fax: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fax.items() if name != "direction"}


def _json(content: dict[str, Any], status: str = "200 OK") -> bytes:
    return reply(json.dumps(content).encode(), status=status, kind="application/json")


@contextmanager
def serving(vendor: Vendor) -> Iterator[Server]:
    """Serve the vendor."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            peer.send(vendor.answer(request))

    with Server(script) as server:
        yield server
