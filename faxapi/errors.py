"""Every error faxapi raises.

FaxApiError
├── ConfigurationError (ValueError)     a setting or an argument is wrong; nothing was sent
├── ClientClosed                        the client is not open, or not yours to open
├── TransportError                      the network failed; reads may be tried again
│   ├── ConnectFailed                   no connection: nothing was sent
│   └── Disconnected                    the connection broke before the answer was whole
├── DeadlineExceeded (TimeoutError)     the operation's or the collection's time is up
├── Unconfirmed                         a change was sent and its answer was lost
├── RedirectRefused                     the server answered with another address
├── ProviderError                       the provider answered, and the answer is no
│   ├── AuthenticationError             wrong user name, password or API key
│   │   └── AccountBlocked              locked out for `retry_after` seconds
│   ├── PermissionDenied                the login is good, its rights are not enough
│   ├── NotFound                        no such fax, job or user
│   ├── Conflict                        it exists already
│   ├── InvalidRequest                  the provider refuses an argument
│   ├── RateLimited                     too many requests; wait `retry_after` seconds
│   ├── ServiceUnavailable              the provider is down or failing for now
│   └── ProviderFault                   a SOAP fault
├── DecodeError                         the answer is not what the provider documents
│   └── ResponseTooLarge                the answer is over `max_response_bytes`
├── ExportFailed                        records could not be written to a file or stream
├── Incomplete                          a collection has gaps, which it names
└── CollectionFailed (ExceptionGroup)   what went wrong in a collection, one error a part
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

if TYPE_CHECKING:
    from collections.abc import Sequence


class FaxApiError(Exception):
    """Anything that went wrong; its text says where, what and what to do.

    Attributes:
        provider: The provider's registered name, `"interfax"`.
        account: The account's name in this process.
        operation: The vendor's operation, `"outbound.FaxStatusEx"`.
        http_status: The answer's HTTP status, where there was one.
        code: The vendor's code as text, `"-1003"`.
        retryable: Whether the same call may succeed if it is made again.
        hint: What to do next.
    """

    retryable: bool
    _retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        provider: str | None = None,
        account: str | None = None,
        operation: str | None = None,
        http_status: int | None = None,
        code: str | None = None,
        retryable: bool | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.provider = provider
        self.account = account
        self.operation = operation
        self.http_status = http_status
        self.code = code
        self.retryable = self._retryable if retryable is None else retryable
        self.hint = hint

    @property
    def message(self) -> str:
        """What happened, without place, code and hint."""
        return str(self.args[0])

    def locate(self, *, provider: str, account: str, operation: str | None = None) -> Self:
        """Fill in the place, where a deeper layer did not know it; return the error itself."""
        self.provider = self.provider or provider
        self.account = self.account or account
        self.operation = self.operation or operation
        return self

    def __str__(self) -> str:
        place = " ".join(part for part in (self.provider, self._account(), self.operation) if part)
        facts = ", ".join(
            text
            for text in (
                self.code and f"code {self.code}",
                self.http_status and f"HTTP {self.http_status}",
            )
            if text
        )
        text = f"{place}: {self.message}" if place else self.message
        text = f"{text} [{facts}]" if facts else text
        return f"{text}. {self.hint}" if self.hint else text

    def _account(self) -> str | None:
        """Name the account, unless it carries its provider's own name."""
        return None if self.account in {None, self.provider} else f"{self.account!r}"


class ConfigurationError(FaxApiError, ValueError):
    """A setting or an argument is wrong; nothing was sent."""


class ClientClosed(FaxApiError):
    """The client is not open: not yet, no longer, or it belongs to another owner."""


class TransportError(FaxApiError):
    """The network failed or fell silent; reads may be tried again."""

    _retryable = True


class ConnectFailed(TransportError):
    """No connection could be made, so nothing was sent."""


class Disconnected(TransportError):
    """The connection broke before the answer was whole."""


class DeadlineExceeded(FaxApiError, TimeoutError):
    """The time given to an operation or a collection is up."""


class Unconfirmed(FaxApiError):
    """A change was sent once and its answer was lost: it may or may not have been made."""


class RedirectRefused(FaxApiError):
    """The server answered with another address; faxapi follows none."""


class ProviderError(FaxApiError):
    """The provider answered, and the answer is no."""


class _Delayed(ProviderError):
    """A refusal that says when to come back."""

    def __init__(self, message: str, *, retry_after: float | None = None, **place: Any) -> None:  # noqa: ANN401 - FaxApiError names them
        super().__init__(message, **place)
        self.retry_after = retry_after


class AuthenticationError(ProviderError):
    """The user name, password or API key was rejected."""


class AccountBlocked(_Delayed, AuthenticationError):
    """The provider locked the login out for `retry_after` seconds."""


class PermissionDenied(ProviderError):
    """The login is good, but its rights do not cover the call."""


class NotFound(ProviderError):
    """There is no such fax, job or user."""


class Conflict(ProviderError):
    """What was to be made exists already."""


class InvalidRequest(ProviderError):
    """The provider refuses an argument."""


class RateLimited(_Delayed):
    """Too many requests; `retry_after` is in seconds, None where the provider gives none."""

    _retryable = True


class ServiceUnavailable(_Delayed):
    """The provider is down or failing for now."""

    _retryable = True


class ProviderFault(ProviderError):
    """A SOAP fault; `code` is the fault's local code.

    `fault_text` is the provider's whole text. It can hold a stack trace or a caller's data, so it
    is in neither the message nor the repr.
    """

    def __init__(self, message: str, *, fault_text: str = "", **place: Any) -> None:  # noqa: ANN401 - FaxApiError names them
        super().__init__(message, **place)
        self.fault_text = fault_text


class DecodeError(FaxApiError):
    """The answer is not what the provider documents."""


class ResponseTooLarge(DecodeError):
    """The answer is larger than `max_response_bytes`."""


class ExportFailed(FaxApiError):
    """Records could not be written: no room on the disk, or a value that the format cannot hold."""


class Incomplete(FaxApiError):
    """Something could not be had, such as a record that was skipped or is kept no longer."""


class CollectionFailed(FaxApiError, ExceptionGroup[FaxApiError]):
    """What went wrong in a collection; `exceptions` holds one error for each failed part."""

    def __new__(cls, message: str, exceptions: Sequence[FaxApiError], **_: object) -> Self:
        """Make the group; ExceptionGroup takes no keywords here."""
        return super().__new__(cls, message, exceptions)

    def __init__(self, message: str, exceptions: Sequence[FaxApiError], **place: Any) -> None:  # noqa: ANN401 - FaxApiError names them
        super().__init__(message, **place)
        self.args = (message, exceptions)

    def derive(self, excs: Sequence[FaxApiError], /) -> Self:  # type: ignore[override]
        """Keep type and place when `except*` splits the group."""
        part = type(self)(self.message, excs)
        part.__dict__.update(self.__dict__)
        return part
