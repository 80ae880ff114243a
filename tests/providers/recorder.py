"""What the providers' tests share: scripts for the loopback server, and XML compared as XML."""

from collections.abc import Awaitable, Callable, Iterable
from traceback import walk_tb
from typing import Any, TypeVar
from xml.etree.ElementTree import canonicalize

from pydantic import BaseModel

from faxapi.errors import FaxApiError
from faxapi.notice import Notice
from faxapi.records import FaxRecord, Record, UsageRecord
from tests.transport.server import Peer, Request, Script, reply

ItemT = TypeVar("ItemT")


class Gathered:
    """A feed's end that keeps what it is given, item after item."""

    def __init__(self) -> None:
        self.records: list[Any] = []
        self.notices: list[Notice] = []
        self.errors: list[FaxApiError] = []
        self.states: list[Any] = []

    @property
    def faxes(self) -> list[FaxRecord]:
        return [record for record in self.records if isinstance(record, FaxRecord)]

    @property
    def usage(self) -> list[UsageRecord]:
        return [record for record in self.records if isinstance(record, UsageRecord)]

    @property
    def gaps(self) -> list[Notice]:
        return [notice for notice in self.notices if notice.gap]

    async def record(self, record: Record) -> None:
        self.records.append(record)

    def notice(self, notice: Notice) -> None:
        self.notices.append(notice)

    def error(self, error: FaxApiError, *, gap: Notice | None = None) -> None:
        self.errors.append(error)
        self.notices += [gap] if gap else []

    def checkpoint(self, state: BaseModel) -> None:
        self.states.append(state.model_dump(mode="json"))

    async def each(
        self, items: Iterable[ItemT], worker: Callable[[ItemT], Awaitable[None]], *, limit: int
    ) -> None:
        assert limit > 0
        for item in items:
            await worker(item)


def answering(choose: Callable[[Request], bytes]) -> Script:
    """Give each request the answer that `choose` has for it."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            peer.send(choose(request))

    return script


def xml(text: str, status: str = "200 OK", kind: str = "text/xml; charset=utf-8") -> bytes:
    """An answer in XML."""
    return reply(text.encode(), status=status, kind=kind)


def canonical(text: str | bytes) -> str:
    """XML without prefixes, comments and indentation."""
    source = text.decode() if isinstance(text, bytes) else text
    return str(canonicalize(source, strip_text=True, rewrite_prefixes=True))


def variables(error: BaseException | None) -> str:
    """Every variable of the frames that an error's tracebacks hold, except those of tests."""
    found = []
    while error is not None:
        for frame, _ in walk_tb(error.__traceback__):
            if not frame.f_globals["__name__"].startswith(("tests.", "_pytest.")):
                found += [f"{name}={_shown(value)}" for name, value in frame.f_locals.items()]
        error = error.__cause__ or error.__context__
    return "\n".join(found)


def _shown(value: object) -> str:
    try:
        return repr(value)
    except AttributeError:
        # An object whose construction has failed.
        return _shown(vars(value))
