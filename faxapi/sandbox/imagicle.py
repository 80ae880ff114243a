"""Imagicle's state and its REST service.

Source: Imagicle knowledge base, articles 412, 413, 801 and 802.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from starlette.responses import JSONResponse, Response

from faxapi.errors import ConfigurationError
from faxapi.providers.imagicle.operations import (
    GET_INBOUND,
    GET_OUTBOUND,
    LIST_INBOUND,
    LIST_OUTBOUND,
)
from faxapi.sandbox.data import Row, imagicle_fax, imagicle_faxes
from faxapi.sandbox.world import World

if TYPE_CHECKING:
    from starlette.requests import Request

    from faxapi.wire.rest import RestOperation

TIMEZONE = "Europe/Rome"
"""The server's clock: its times name no zone."""

USERNAME = "user1"
PASSWORD = "secret"  # noqa: S105 - opens nothing but this sandbox
USERS = {USERNAME: PASSWORD, "user2": "user2Secret"}
"""Who has a login, with the password."""

_ZONE = ZoneInfo(TIMEZONE)
_TICK = timedelta(microseconds=1)
_SUMMARY = ("faxId", "username", "recipient", "subject", "status")
_DETAILS = (
    *("detailedStatus", "endTime", "faxId", "numberOfPages", "recipient", "serverName", "size"),
    *("startTime", "status", "username", "subject", "submitTime"),
)
# A received fax has none of these.
_OUTBOUND_ONLY = ("Q931Code", "failureReason")


class _BadFilter(Exception):
    """A list's query that the server does not read."""


class ImagicleSandbox:
    """A simulated Imagicle server with some users.

    Args:
        world: What it lives in; its `faxes` count both directions.
        users: Who has a login, with the password; who comes first has most faxes.
    """

    def __init__(self, world: World, users: Mapping[str, str] = USERS) -> None:
        self._world = world
        self._users = dict(users)
        self.username = next(iter(users))
        made = imagicle_faxes(world.maker, list(users), world.faxes)
        self._faxes = {fax["faxId"]: fax for fax in made}

    def add_fax(
        self,
        *,
        status: str = "Completed",
        inbound: bool = False,
        username: str | None = None,
        submit_time: datetime | None = None,
        q931_code: int | None = None,
        **fields: object,
    ) -> str:
        """Add a fax and return its faxId.

        Args:
            status: Completed, Failed, Queued, InProgress, Canceled, or any other text.
            inbound: Whether it was received.
            username: Whose fax; the first user's unless given.
            submit_time: Aware; now unless given.
            q931_code: The network's cause, for one that failed.
            fields: Other fields of a fax by the vendor's names, such as `failureReason="…"`.
        """
        with self._world.lock:
            moment = submit_time or self._world.clock()
            fax = imagicle_fax(
                self._world.maker,
                username or self.username,
                moment,
                status=status,
                inbound=inbound,
                q931_code=q931_code,
            )
            fax |= fields
            identity: str = fax["faxId"]
            self._faxes[identity] = fax
            return identity

    def set_status(
        self, fax_id: str, status: str, *, q931_code: int | None = None, **fields: object
    ) -> None:
        """Let a fax go on: to another status, or to its end, which is now.

        Args:
            fax_id: Which fax.
            status: As in `add_fax`, and so are the others.
            q931_code: The network's cause, for one that failed.
            fields: Other fields of a fax by the vendor's names.

        Raises:
            ConfigurationError: There is no such fax.
        """
        with self._world.lock:
            fax = self._fax(fax_id)
            now = self._world.clock()
            fax |= {
                "status": status,
                "detailedStatus": None if status == "Completed" else status,
                "startTime": None if status == "Queued" else fax["startTime"] or now,
                "endTime": None if status in {"Queued", "InProgress"} else now,
                "Q931Code": q931_code,
                **fields,
            }

    def in_process(self) -> list[tuple[str, str]]:
        """The faxId and the status of each of the first user's faxes that has not ended."""
        with self._world.lock:
            return [
                (fax["faxId"], fax["status"])
                for fax in self._faxes.values()
                if fax["username"] == self.username and fax["status"] in {"Queued", "InProgress"}
            ]

    def remove_fax(self, fax_id: str) -> None:
        """Forget a fax, as when its user deletes it.

        Raises:
            ConfigurationError: There is no such fax.
        """
        with self._world.lock:
            del self._faxes[self._fax(fax_id)["faxId"]]

    def methods(self) -> Mapping[RestOperation[Any], Callable[[Request], Response]]:
        """What the service answers."""
        return {
            LIST_OUTBOUND: self._guarded(partial(self._list, inbound=False)),
            LIST_INBOUND: self._guarded(partial(self._list, inbound=True)),
            GET_OUTBOUND: self._guarded(partial(self._get, inbound=False)),
            GET_INBOUND: self._guarded(partial(self._get, inbound=True)),
        }

    def _guarded(self, run: Callable[[Request, str], Response]) -> Callable[[Request], Response]:
        def method(request: Request) -> Response:
            user, password = basic_login(request)
            if password is None or self._users.get(user) != password:
                return _unauthorized()
            return run(request, user)

        return method

    def _fax(self, fax_id: str) -> Row:
        if fax := self._faxes.get(fax_id):
            return fax
        message = "the sandbox has no such fax"
        raise ConfigurationError(message, hint="add_fax() returns the faxId")

    def _get(self, request: Request, user: str, *, inbound: bool) -> Response:
        fax = self._faxes.get(request.path_params["id"])
        if fax is None or fax["username"] != user or fax["inbound"] != inbound:
            return Response(status_code=404)
        return _json(_details(fax))

    def _list(self, request: Request, user: str, *, inbound: bool) -> Response:
        try:
            query = _query(request.query_params.multi_items())
            page, size = _number(query, "page", 1, least=1), _number(query, "pageSize", 0, least=0)
            since, until = _span(query.get("date"))
        except _BadFilter as problem:
            return _json({"reason": "BadRequest", "message": str(problem)}, status=400)
        found = [
            fax
            for fax in self._faxes.values()
            if fax["username"] == user
            and fax["inbound"] == inbound
            and (since is None or since <= _local(fax["submitTime"]))
            and (until is None or _local(fax["submitTime"]) < until)
        ]
        # No order is documented, so the sandbox has none that a client could rely on.
        found.sort(key=lambda fax: hashlib.sha256(fax["faxId"].encode()).digest())
        if size:
            found = found[(page - 1) * size : page * size]
        return _json({"faxList": [_summary(fax) for fax in found]})


def basic_login(request: Request) -> tuple[str, str | None]:
    """Whom HTTP Basic names, and the password; nobody where it says nothing that can be read."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        user, _, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", None
    return (user, password) if scheme.lower() == "basic" else ("", None)


def _unauthorized() -> Response:
    headers = {"WWW-Authenticate": 'Basic realm="StoneFax"'}
    return Response(status_code=401, headers=headers)


def _query(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    query: dict[str, str] = {}
    for name, value in items:
        if name not in LIST_OUTBOUND.query or name in query:
            message = f"{name} is no parameter, or stands there twice"
            raise _BadFilter(message)
        query[name] = value
    return query


def _number(query: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or int(text) < least:
        message = f"{name} is not a number from {least} on"
        raise _BadFilter(message)
    return int(text)


def _span(text: str | None) -> tuple[datetime | None, datetime | None]:
    """A "RHS colon" filter as a half-open span of the server's clock."""
    if text is None:
        return None, None
    form, _, times = text.partition(":")
    try:
        moments = [datetime.fromisoformat(each) for each in times.split(";")]
        if any(moment.tzinfo for moment in moments):
            raise ValueError  # noqa: TRY301 - one message for every way of being wrong
        match form, moments:
            case "between", [since, until]:
                return since, until
            case "after", [since]:
                return since + _TICK, None
            case "before", [until]:
                return None, until
    except ValueError:
        pass
    message = "date is not between:A;B, after:A or before:A with times of the server's clock"
    raise _BadFilter(message)


def _summary(fax: Row) -> Row:
    more = ("sender",) if fax["inbound"] else ()
    return {
        **{name: fax[name] for name in (*_SUMMARY, *more)},
        "date": _written(fax["submitTime"]),
    }


def _details(fax: Row) -> Row:
    """Bare, as in the vendor's example of a sent fax; in `fax`, as in its table of a received one.

    https://kbp.imagicle.com/kb/entry/413/
    """
    names = (*_DETAILS, "sender") if fax["inbound"] else (*_DETAILS, *_OUTBOUND_ONLY)
    values = {
        name: _written(fax[name]) if isinstance(fax[name], datetime) else fax[name]
        for name in names
    }
    kind = "InboundFax" if fax["inbound"] else "OutboundFax"
    details = {"__type": f"{kind}:StoneFax.Faxes", **values}
    return {"fax": details} if fax["inbound"] else details


def _local(moment: datetime) -> datetime:
    return moment.astimezone(_ZONE).replace(tzinfo=None)


def _written(moment: datetime) -> str:
    """The server's wall clock with seven digits and no zone."""
    return _local(moment).isoformat(timespec="microseconds") + "0"


def _json(content: Row, *, status: int = 200) -> Response:
    return JSONResponse(content, status_code=status, media_type="application/json; charset=utf-8")
