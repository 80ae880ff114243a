"""What every provider is made of: an account, its session, and what it can report."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import SecretStr

from faxapi.errors import ConfigurationError, FaxApiError
from faxapi.notice import Feed, Notice
from faxapi.observe import OPERATION, Span
from faxapi.providers.session import Session
from faxapi.providers.settings import Options, Settings, check_type, settings
from faxapi.records import Direction, Kind
from faxapi.transport.http import Call, Exchange, Transport
from faxapi.transport.pace import Lane, Pace, digest
from faxapi.wire.scalars import HALF

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from types import TracebackType

    from faxapi.providers.feed import Ask, Out
    from faxapi.transport.gate import LoginGate
    from faxapi.wire.scalars import Reading

ItemT = TypeVar("ItemT")


def to_secret(value: str | SecretStr, what: str) -> SecretStr:
    """A password or key as a value that no repr shows.

    Raises:
        ConfigurationError: It is empty, or no text: an unset variable of the environment, perhaps.
    """
    text: object = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not isinstance(text, str):
        wrong = f"is {type(text).__name__}, not a text"
    elif not text:
        wrong = "is empty"
    elif HALF.search(text):
        # So Python reads a variable that is not in UTF-8.
        wrong = "is not in UTF-8"
    else:
        return SecretStr(text)
    del value, text  # A traceback that shows this frame must not show them.
    raise ConfigurationError(f"the {what} {wrong}", hint="Check where it is read from")


# Having the method is having the kind; a provider whose directions can fail apart has two methods.
_FEEDS: dict[str, tuple[Kind, Direction | None]] = {
    "faxes": (Kind.FAXES, None),
    "outbound_faxes": (Kind.FAXES, Direction.OUTBOUND),
    "inbound_faxes": (Kind.FAXES, Direction.INBOUND),
    "usage": (Kind.USAGE, None),
    "outbound_usage": (Kind.USAGE, Direction.OUTBOUND),
    "inbound_usage": (Kind.USAGE, Direction.INBOUND),
    "jobs": (Kind.JOBS, None),
}


class Provider:
    """One account at one provider; a subclass names the provider: `class My(Provider, name="my")`.

    Methods called `faxes`, `usage` and `jobs` (or `outbound_faxes`, `inbound_usage`, …), each
    taking an `Ask` and an `Out`, are what it can report. Its constructor's keywords are what a
    configuration file may give, a `SecretStr` by reference alone: `**options: Unpack[Options]`.
    """

    provider: ClassVar[str]
    default_pace: ClassVar[Pace | None] = None
    """The vendor's published limit on the calls that count, if there is one."""

    def __init_subclass__(cls, *, name: str = "", **kwargs: Any) -> None:  # noqa: ANN401 - handed on
        super().__init_subclass__(**kwargs)
        if name:
            cls.provider = name

    def __init__(
        self, base_url: str, username: str, options: Options, *, secret: SecretStr | None = None
    ) -> None:
        try:
            self.settings: Settings = settings(
                self.provider, base_url, options, default_pace=self.default_pace
            )
        except ConfigurationError as error:
            error.provider = self.provider
            raise
        with self.located():
            check_type("username", username, str)
            if HALF.search(username):
                raise ConfigurationError("the user name is not in UTF-8")
            _check_kinds(self)
        self.username = username
        self._secret = secret
        self._session = Session()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r}, username={self.username!r})"

    @property
    def name(self) -> str:
        """The account's name."""
        return self.settings.name

    async def __aenter__(self) -> Self:
        """Open the account by itself.

        Raises:
            ClientClosed: It was opened before, or an api owns it.
        """
        self.attach(Transport(), "itself")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        transport = self._session.require()
        self._session.close()
        await transport.aclose()

    def attach(self, transport: Transport, owner: str) -> None:
        """Open the account on another's transport.

        Raises:
            ClientClosed: It was opened before.
        """
        with self.located():
            self._session.open(transport, owner)

    def check_unopened(self) -> None:
        """Do nothing if the account may be opened.

        Raises:
            ClientClosed: It was opened before.
        """
        with self.located():
            self._session.check()

    def detach(self) -> None:
        """Close the account; whoever attached it closes the transport."""
        self._session.close()

    def with_identity(self, username: str, secret: SecretStr | None = None) -> Self:
        """The same account on the same connections under another login."""
        other = copy.copy(self)
        other.username = username
        other._secret = secret  # noqa: SLF001 - a copy of this very client
        return other

    @classmethod
    def reports(cls) -> dict[str, tuple[Kind, Direction | None]]:
        """What it can report, by the methods it has."""
        return {method: feed for method, feed in _FEEDS.items() if hasattr(cls, method)}

    def feeds(self) -> Iterator[tuple[Feed, Callable[[Ask, Out], Awaitable[None]]]]:
        """The feeds that its settings leave on, each with its method."""
        for method, (kind, direction) in self.reports().items():
            if self.settings.kinds is None or kind in self.settings.kinds:
                yield Feed(self.name, kind, direction), getattr(self, method)

    async def check(self) -> None:
        """Do nothing if the account can be reached and logged into, at the price of one cheap call.

        Every provider has its own: a read that carries the login and answers little, and whose
        content does not matter.

        Raises:
            FaxApiError: What is wrong.
        """
        with self.located():
            raise ConfigurationError(
                "nobody knows how to check this provider",
                hint="Its class needs an async method `check`",
            )

    def located(self, operation: str | None = None) -> Located:
        """Name provider, account and operation in every error that passes."""
        return Located(self, operation)

    @property
    def gate(self) -> LoginGate:
        """The login gate of this host and login: a corrected password is another login."""
        gates = self._session.require().gates
        return gates[self.provider, self._host, self.username, self._secret]

    @property
    def _host(self) -> str:
        return urlsplit(self.settings.base_url).netloc

    @property
    def login(self) -> tuple[str, str, str]:
        """Provider, host and whose login it is: what shares a pace. Not for another process."""
        secret = self._secret.get_secret_value() if self._secret else ""
        return self.provider, self._host, self.username or digest(secret)

    def _lane(self, *, counted: bool) -> Lane:
        rule = self.settings.pace if counted else None
        return Lane((*self.login, counted), rule)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes = b"",
        idempotent: bool,
        counted: bool = False,
        max_bytes: int | None = None,
    ) -> Call:
        """A call to this account's service under its settings.

        Args:
            method: The HTTP method.
            path: What follows the service's address.
            headers: What is sent; may hold a login.
            body: What is sent; may hold a password.
            idempotent: Whether it only reads, so that it may be sent again.
            counted: Whether it counts for the account's `pace`.
            max_bytes: The most bytes of an answer, where that is less than the account allows.
        """
        own = self.settings
        return Call(
            method,
            own.base_url + path,
            headers=headers,
            body=body,
            idempotent=idempotent,
            connect_timeout=own.connect_timeout,
            read_timeout=own.read_timeout,
            deadline=own.deadline,
            retries=own.retries,
            max_bytes=min(max_bytes or own.max_response_bytes, own.max_response_bytes),
            tls=own.tls,
            proxy=own.proxy,
            lane=self._lane(counted=counted),
            trace_context=own.trace_context,
        )

    async def perform(
        self,
        call: Call,
        operation: str,
        read: Callable[[Exchange], Awaitable[ItemT]],
        *,
        login: bool = True,
    ) -> ItemT:
        """Send a call and read its answer.

        Args:
            call: What to send.
            operation: What errors call it.
            read: Turns the answer into a result.
            login: Whether it carries the login, and so goes through the login gate.

        Raises:
            FaxApiError: With provider, account and operation.
        """
        with self.located(operation), self._span(operation):
            transport = self._session.require()
            return await transport.perform(call, read, self.gate if login else None)

    async def open(
        self, call: Call, operation: str, check: Callable[[Exchange], Awaitable[None]]
    ) -> Exchange:
        """Send a read, which carries the login, and leave its answer on the wire.

        Raises:
            FaxApiError: With provider, account and operation.
        """
        with self.located(operation):
            span = self._span(operation)
            try:
                with span.current():
                    exchange = await self._session.require().open(call, check, self.gate)
            except BaseException as error:
                span.end(error)
                raise
            exchange.operation = span
            return exchange

    def _span(self, operation: str) -> Span:
        return Span(
            OPERATION, provider=self.provider, account=self.name, operation=operation, requests=0
        )

    def notices(self, reading: Reading) -> list[Notice]:
        """What was met while reading an answer, as notices."""
        notices = [
            Notice(
                "unknown_element",
                f"the answer has an element <{path}> that faxapi does not know; it was ignored",
                count=count,
                path=path,
            )
            for path, count in reading.unknown.items()
        ]
        if reading.zone_assumed and not self.settings.zone_declared:
            text = "the provider's times name no zone and were read as UTC; declare timezone=…"
            notices.append(Notice("timezone_assumed", text))
        return notices


@dataclass(frozen=True, slots=True)
class Located:
    """Names the place in every faxapi error that passes, and cuts its traceback off there.

    The frames below held requests and answers, which some tools log with a traceback; what they
    would tell of faxapi's inside, the error's text tells of the provider. A cancellation's go too:
    it is what a timeout of the caller's comes from.
    """

    account: Provider
    operation: str | None

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, FaxApiError):
            account = self.account
            error.locate(provider=account.provider, account=account.name, operation=self.operation)
        elif error is None or isinstance(error, Exception):
            # A bug keeps what is needed to find it.
            return
        error.__cause__ = error.__context__ = error.__traceback__ = None


def _check_kinds(account: Provider) -> None:
    """Refuse kinds that this provider never reports: they would look complete, and empty."""
    able = {kind for kind, _ in account.reports().values()}
    if unable := (account.settings.kinds or frozenset()) - able:
        raise ConfigurationError(
            f"{account.provider} reports no {', '.join(sorted(unable))}",
            hint=f"It reports {', '.join(sorted(able))}",
        )
