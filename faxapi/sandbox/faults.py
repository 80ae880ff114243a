"""What can go wrong with a call, on request: `sandbox.faults.add(Reset(), times=2)`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from faxapi.errors import ConfigurationError
from faxapi.sandbox.calls import Answer, Call, End
from faxapi.wire.soap import SoapOperation

if TYPE_CHECKING:
    from faxapi.wire.rest import RestOperation

    Operation = SoapOperation[Any] | RestOperation[Any]

__all__ = [
    "Cut",
    "Delay",
    "Drip",
    "Fault",
    "Pad",
    "Repeat",
    "Reply",
    "Reset",
    "ResultCode",
    "SoapFault",
    "Truncate",
]

HTML = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body>Try again.</body></html>"


class Fault(ABC):
    """Something that goes wrong with a call."""

    __slots__ = ()

    @property
    def performs(self) -> bool:
        """Whether the provider does what it was asked for all the same."""
        return True

    @classmethod
    def suits(cls, _operation: Operation, /) -> bool:
        """Whether an operation can go wrong in this way."""
        return True

    def fits(self, _call: Call, /) -> bool:
        """Whether a call can go wrong in this way."""
        return True

    @abstractmethod
    def change(self, call: Call, answer: Answer, /) -> Answer:
        """The answer that the client gets, instead of the one that it would get."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Instead(Fault):
    """Something that comes instead of the answer.

    Attributes:
        performed: Whether the provider does what it was asked for all the same, so that only the
            answer is lost.
    """

    performed: bool = False

    @property
    def performs(self) -> bool:
        """Whether the provider does what it was asked for all the same."""
        return self.performed


@dataclass(frozen=True, slots=True)
class Delay(Fault):
    """The provider does at once what it was asked for, and holds the answer back.

    Attributes:
        seconds: How long.
    """

    seconds: float

    def __post_init__(self) -> None:
        require(self.seconds > 0, "seconds", self.seconds, "more than 0")

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        """The answer, later."""
        return replace(answer, delay=answer.delay + self.seconds)


@dataclass(frozen=True, slots=True)
class Drip(Fault):
    """The answer comes slowly, piece by piece.

    Attributes:
        size: Bytes in a piece.
        interval: Seconds before each.
    """

    size: int
    interval: float

    def __post_init__(self) -> None:
        require(self.size > 0, "size", self.size, "more than 0")
        require(self.interval > 0, "interval", self.interval, "more than 0")

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        """The answer, slowly."""
        return replace(answer, piece=self.size, interval=self.interval)


@dataclass(frozen=True, slots=True)
class Reset(_Instead):
    """The connection breaks with a TCP reset.

    Attributes:
        after: How many bytes of the answer's content still come, which is performed then; None:
            not even its head.
    """

    after: int | None = None

    def __post_init__(self) -> None:
        require(self.after is None or self.after >= 0, "after", self.after, "0 or more, or None")

    @property
    def performs(self) -> bool:
        """Whether the provider does what it was asked for all the same."""
        return self.performed or self.after is not None

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        """The answer's beginning, or nothing."""
        if self.after is None:
            return Answer(end=End.RESET)
        return replace(answer, body=answer.body[: self.after], end=End.RESET)


@dataclass(frozen=True, slots=True)
class Truncate(Fault):
    """The connection is closed in good order before all of the announced content has come.

    Attributes:
        after: How many bytes of the content come.
    """

    after: int = 0

    def __post_init__(self) -> None:
        require(self.after >= 0, "after", self.after, "0 or more")

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        """The answer's beginning."""
        return replace(answer, body=answer.body[: self.after], end=End.CLOSED)


@dataclass(frozen=True, slots=True)
class Cut(Fault):
    """The content is incomplete, and the server does not know: malformed XML or JSON.

    Attributes:
        after: How many bytes of the content come, and are announced.
    """

    after: int

    def __post_init__(self) -> None:
        require(self.after >= 0, "after", self.after, "0 or more")

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        """The answer's beginning, as if it were all."""
        body = answer.body[: self.after]
        return replace(answer, body=body, announced=len(body))


@dataclass(frozen=True, slots=True)
class Pad(Fault):
    """White space follows the content, whose length is not announced: a huge answer.

    Attributes:
        size: How many bytes of it.
    """

    size: int

    def __post_init__(self) -> None:
        require(self.size > 0, "size", self.size, "more than 0")

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        """The answer, and more."""
        return replace(answer, padding=self.size)


@dataclass(frozen=True, slots=True)
class Reply(_Instead):
    """Another answer comes instead; unless told otherwise, an HTML page as if all were well.

    Attributes:
        status: The HTTP status.
        body: The content.
        content_type: What it claims to be.
        retry_after: The Retry-After header: seconds, or a date as HTTP writes it.
    """

    status: int = 200
    body: bytes = HTML
    content_type: str = "text/html; charset=utf-8"
    retry_after: int | str | None = None

    def __post_init__(self) -> None:
        require(200 <= self.status <= 599, "status", self.status, "from 200 to 599")  # noqa: PLR2004 - HTTP's answers

    def change(self, _call: Call, answer: Answer, /) -> Answer:
        """The other answer."""
        headers = [(b"content-type", self.content_type.encode("latin-1"))]
        if self.retry_after is not None:
            headers.append((b"retry-after", str(self.retry_after).encode("latin-1")))
        return replace(
            answer,
            status=self.status,
            headers=tuple(headers),
            body=self.body,
            announced=len(self.body),
        )


@dataclass(frozen=True, slots=True)
class SoapFault(_Instead):
    """A SOAP fault comes instead of the answer.

    Attributes:
        text: What the server says.
        code: `Client` or `Server`, as SOAP 1.1 calls whose mistake it is.
    """

    text: str = "Server was unable to process request."
    code: str = "Server"

    def __post_init__(self) -> None:
        require(self.code in {"Client", "Server"}, "code", self.code, "Client or Server")

    @classmethod
    def suits(cls, operation: Operation, /) -> bool:
        """Whether an operation can go wrong in this way."""
        return isinstance(operation, SoapOperation)

    def fits(self, call: Call, /) -> bool:
        """Whether a call can go wrong in this way."""
        return call.soap_fault is not None

    def change(self, call: Call, answer: Answer, /) -> Answer:
        """The fault."""
        fault = call.soap_fault
        return answer if fault is None else Answer.of(fault(self.code, self.text))


@dataclass(frozen=True, slots=True)
class ResultCode(_Instead):
    """InterFax refuses a call with one of its result codes, such as -1011 or -150.

    Attributes:
        code: Below 0.
    """

    code: int

    def __post_init__(self) -> None:
        require(self.code < 0, "code", self.code, "below 0")

    @classmethod
    def suits(cls, operation: Operation, /) -> bool:
        """Whether an operation can go wrong in this way."""
        return isinstance(operation, SoapOperation) and bool(operation.code)

    def fits(self, call: Call, /) -> bool:
        """Whether a call can go wrong in this way."""
        return call.result_code is not None

    def change(self, call: Call, answer: Answer, /) -> Answer:
        """The refusal."""
        return answer if call.result_code is None else Answer.of(call.result_code(self.code))


@dataclass(frozen=True, slots=True)
class Repeat(_Instead):
    """The same user's last answer to the same operation comes again: a page that repeats.

    A call that none came before is left alone, and does not count.
    """

    def fits(self, call: Call, /) -> bool:
        """Whether a call can go wrong in this way."""
        return call.before is not None

    def change(self, call: Call, answer: Answer, /) -> Answer:
        """The answer before this one."""
        return answer if call.before is None else call.before


def require(holds: object, name: str, value: object, rule: str) -> None:
    """Refuse a value that breaks a rule.

    Raises:
        ConfigurationError: It does.
    """
    if not holds:
        raise ConfigurationError(f"{name} is {value!r}, and must be {rule}")
