"""A REST service of an account: transport and wire joined."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from faxapi.errors import (
    AuthenticationError,
    DecodeError,
    FaxApiError,
    NotFound,
    ProviderError,
    RedirectRefused,
    TransportError,
)
from faxapi.providers.rows import Rows, skipped
from faxapi.transport.redact import redact
from faxapi.transport.status import error_for_status
from faxapi.wire.models import VendorModel, decode
from faxapi.wire.rest import ItemReader, RestOperation, member, parse_json
from faxapi.wire.scalars import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import SecretStr

    from faxapi.providers.base import Provider
    from faxapi.transport.http import Call, Exchange

ModelT = TypeVar("ModelT", bound=VendorModel)

_LARGEST_ANSWER = 4 << 20
_LARGEST_ERROR = 64 << 10
_JSON = frozenset({"application/json", "text/json", "text/plain", ""})
_BAD_REQUEST = 400
# A number from here on may be a fax's.
_NO_CODE = 10**5
_NOT_JSON = "A login or maintenance page, or a proxy, answers there: check base_url"


@dataclass(frozen=True, slots=True)
class RestService:
    """The REST side of an account; its login goes with every call, unasked.

    Attributes:
        provider: The account.
        secret: Its password, or its token.
        hints: What to do about an error, by its type, where that is more than the status says.
        ignored: Members of an answer that are known and mean nothing.
        scheme: How the login is sent: `Basic` is user name and password (RFC 7617), `Bearer` the
            token alone (RFC 6750).
    """

    provider: Provider
    secret: SecretStr
    hints: Mapping[type[FaxApiError], str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    scheme: Literal["Basic", "Bearer"] = "Basic"

    async def item(
        self, operation: RestOperation[ModelT], /, *, reading: Reading | None = None, **ids: str
    ) -> ModelT:
        """Read one thing, whether the answer wraps it in its member or is it.

        Args:
            operation: What to call.
            reading: Takes note of what is met in the answer, for a caller who wants to tell it.
            ids: What goes into the path.

        Raises:
            FaxApiError: The server refuses, or what happened on the way.
        """

        async def read(exchange: Exchange) -> ModelT:
            await self._check(operation, exchange)
            tree = parse_json(await exchange.body(_LARGEST_ANSWER))
            found = member(tree, operation.member)
            if found is None and isinstance(tree, dict) and _is_bare(operation.returns, tree):
                found = tree
            if not isinstance(found, dict):
                raise DecodeError(f"the answer has no {operation.member}")
            return self._decode(operation, found, reading or self.reading())

        with self.provider.located(operation.name):
            call = self._request(operation, ids, {})
        return await self.provider.perform(call, operation.name, read)

    async def items(
        self,
        operation: RestOperation[ModelT],
        /,
        **query: object,
    ) -> Rows[ModelT]:
        """Read a list to its end; an item that cannot be read is skipped with a notice.

        What stands beside the list, such as the mark of the next page, is among the `siblings`.

        Args:
            operation: What to call.
            query: By wire name.

        Raises:
            FaxApiError: The server refuses, or what happened on the way.
        """

        async def read(exchange: Exchange) -> Rows[ModelT]:
            await self._check(operation, exchange)
            reader = ItemReader(operation.member)
            rows: Rows[ModelT] = Rows([], reader.siblings, [], self.reading())
            while chunk := await exchange.chunk():
                self._collect(operation, reader.feed(chunk), rows)
            self._collect(operation, reader.close(), rows)
            exchange.count_rows(len(rows.items))
            return rows

        with self.provider.located(operation.name):
            call = self._request(operation, {}, query)
        return await self.provider.perform(call, operation.name, read)

    def reading(self) -> Reading:
        """A fresh reading in the account's zone."""
        return Reading(zone=self.provider.settings.zone)

    def _collect(
        self,
        operation: RestOperation[ModelT],
        found: Iterable[Any],
        rows: Rows[ModelT],
    ) -> None:
        for each in found:
            try:
                rows.items.append(self._decode(operation, each, rows.reading))
            except DecodeError as error:
                rows.skipped.append(skipped(operation.returns, each, error, operation.member))

    def _decode(self, operation: RestOperation[ModelT], found: Any, reading: Reading) -> ModelT:  # noqa: ANN401 - any JSON value
        if isinstance(found, dict):
            for name in self.ignored & found.keys():
                del found[name]
        return decode(operation.returns, found, reading, path=operation.member)

    def _request(
        self, operation: RestOperation[Any], ids: Mapping[str, str], query: Mapping[str, object]
    ) -> Call:
        # First, since it can fail, and a traceback must show no frame that holds the login.
        target = operation.target(ids, query)
        return self.provider.request(
            operation.method,
            target,
            headers={
                "Accept": "application/json",
                "Authorization": f"{self.scheme} {self._login()}",
            },
            idempotent=operation.idempotent,
            counted=operation.counted,
        )

    def _login(self) -> str:
        secret = self.secret.get_secret_value()
        if self.scheme == "Bearer":
            return secret
        return base64.b64encode(f"{self.provider.username}:{secret}".encode()).decode()

    def _known(self) -> list[str]:
        """What a request holds that an answer may repeat."""
        proxy = self.provider.settings.proxy
        own = [self.secret.get_secret_value(), self._login().rstrip("=")]
        return own + (proxy.secrets if proxy else [])

    async def _check(self, operation: RestOperation[Any], exchange: Exchange) -> None:
        """Look at the status before the body, and at the body only where it is JSON."""
        error = error_for_status(exchange.status, exchange.headers, self._known())
        if error is not None:
            raise await self._refusal(operation, exchange, error)
        if exchange.media_type not in _JSON:
            raise DecodeError(
                f"the answer is {redact(exchange.media_type, self._known())}, not JSON",
                http_status=exchange.status,
                hint=_NOT_JSON,
            )

    async def _refusal(
        self, operation: RestOperation[Any], exchange: Exchange, error: FaxApiError
    ) -> FaxApiError:
        """The error of a status, with the server's own words, redacted, where it has some."""
        error.hint = self.hints.get(type(error), error.hint)
        if isinstance(error, AuthenticationError | RedirectRefused):
            return error
        if exchange.status == _BAD_REQUEST and exchange.media_type == "text/html":
            # So answers a WCF service that has thrown: the request need not be at fault.
            return ProviderError(
                "the server failed on this request and answered with a web page",
                http_status=exchange.status,
                hint="The reason is in the server's own log",
            )
        if isinstance(error, NotFound) and "{" in operation.path:
            error.args = ("there is nothing with this id",)
            error.hint = "If every id is unknown, check base_url"
        if exchange.status == _BAD_REQUEST:
            error.args = ("the server refuses an argument, such as a filter",)
        code, text = _reason(await _json(exchange))
        error.code = code
        if text := redact(text, self._known()):
            error.args = (f"{error.message}: {text}",)
        return error


async def _json(exchange: Exchange) -> object:
    """An error's body, where it is JSON; an unreadable one says nothing."""
    if exchange.media_type not in _JSON:
        return None
    try:
        return parse_json(await exchange.body(_LARGEST_ERROR))
    except (DecodeError, TransportError):
        return None


def _reason(tree: object) -> tuple[str | None, str]:
    """Code and text of an error's body: `reason` is either, `message` is text."""
    reason, message = member(tree, "reason"), member(tree, "message")
    code = str(reason) if isinstance(reason, int) and abs(reason) < _NO_CODE else None
    texts = [each for each in (reason, message) if isinstance(each, str) and each.strip()]
    return code, ": ".join(texts)


def _is_bare(model: type[VendorModel], tree: dict[str, Any]) -> bool:
    """Whether an answer is the thing itself, without a wrapping member."""
    return not tree.keys().isdisjoint(model.wire_names().values())
