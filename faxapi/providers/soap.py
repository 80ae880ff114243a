"""A SOAP service of an account: transport and wire joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from faxapi.errors import (
    DecodeError,
    FaxApiError,
    ProviderError,
    ProviderFault,
)
from faxapi.providers.rows import RowDecoder, Rows, RowStream
from faxapi.transport.status import error_for_status
from faxapi.wire.models import ListOf, VendorModel, decode, to_items
from faxapi.wire.scalars import Reading
from faxapi.wire.soap import (
    Credential,
    SoapOperation,
    SoapVersion,
    at_path,
    encode_request,
    parse_fault,
    parse_response,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import SecretStr

    from faxapi.providers.base import Provider
    from faxapi.transport.http import Call, Exchange
    from faxapi.wire.rows import RowReader

AnswerT = TypeVar("AnswerT")
ModelT = TypeVar("ModelT", bound=VendorModel)

# Answers that are no list are small; lists are streamed, and bounded by max_response_bytes.
_LARGEST_ANSWER = 16 << 20
_XML = frozenset({"text/xml", "application/soap+xml", "application/xml", ""})


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a vendor's result code means here.

    Attributes:
        error: The error it becomes.
        text: The vendor's own meaning.
        hint: What to do.
        retryable: Whether the same call may succeed later; None for the error's own default.
        retry_after: Seconds to wait, where the vendor says so.
    """

    error: type[ProviderError]
    text: str
    hint: str = ""
    retryable: bool | None = None
    retry_after: float | None = None

    def to_error(self, code: int) -> ProviderError:
        """A new error of this meaning."""
        more: dict[str, Any] = {} if self.retry_after is None else {"retry_after": self.retry_after}
        return self.error(
            self.text, code=str(code), hint=self.hint or None, retryable=self.retryable, **more
        )


@dataclass(frozen=True, slots=True)
class SoapService:
    """The SOAP side of an account.

    Attributes:
        provider: The account.
        secret: Its password or API key.
        version: The envelope's version.
        meanings: The vendor's result codes.
        on_fault: Turns a fault into a more telling error, where a vendor has such faults.
        actions: SOAPActions that are not ASP.NET's, by operation.
    """

    provider: Provider
    secret: SecretStr
    version: SoapVersion
    meanings: Mapping[int, Meaning] = field(default_factory=dict)
    on_fault: Callable[[ProviderFault], FaxApiError] = lambda fault: fault
    actions: Mapping[str, str] = field(default_factory=dict)

    async def call(self, operation: SoapOperation[AnswerT], /, **values: object) -> AnswerT:
        """Call an operation; values go by wire name.

        Raises:
            FaxApiError: The vendor's result code, a fault, or what happened on the way.
        """

        async def read(exchange: Exchange) -> AnswerT:
            await self._check(exchange)
            tree = parse_response(operation, await exchange.body())
            self._check_code(operation, at_path(tree, operation.code))
            return _answer(operation, tree, self.reading())

        with self.provider.located(operation.label):
            call = self._encode(operation, values, _LARGEST_ANSWER)
        return await self.provider.perform(call, operation.label, read)

    async def rows(
        self,
        operation: SoapOperation[Any],
        model: type[ModelT],
        /,
        *,
        strict: bool = False,
        **values: object,
    ) -> Rows[ModelT]:
        """Read a list whole, to its result code.

        Args:
            operation: What to call; it has a row element.
            model: The row's model.
            strict: Whether a bad row is an error, rather than skipped with a notice.
            values: By wire name.

        Raises:
            FaxApiError: The vendor's result code, a fault, or what happened on the way.
        """

        async def read(exchange: Exchange) -> Rows[ModelT]:
            await self._check(exchange)
            decoder = self._decoder(operation, model, strict=strict)
            items: list[ModelT] = []
            while chunk := await exchange.chunk():
                items += decoder.feed(chunk)
            items += decoder.close()
            return Rows(items, decoder.siblings, decoder.skipped, decoder.reading)

        with self.provider.located(operation.label):
            call = self._encode(operation, values, None)
        return await self.provider.perform(call, operation.label, read)

    def stream(
        self,
        operation: SoapOperation[Any],
        model: type[ModelT],
        /,
        *,
        strict: bool = False,
        **values: object,
    ) -> RowStream[ModelT]:
        """Read a list as it arrives; see `rows` for the arguments."""
        with self.provider.located(operation.label):
            call = self._encode(operation, values, None)
        decoder = self._decoder(operation, model, strict=strict)
        return RowStream(self.provider, call, operation.label, decoder, self._check)

    def reading(self) -> Reading:
        """A fresh reading in the account's zone."""
        return Reading(zone=self.provider.settings.zone)

    def _decoder(
        self, operation: SoapOperation[Any], model: type[ModelT], *, strict: bool
    ) -> RowDecoder[ModelT]:
        def finish(reader: RowReader) -> None:
            if reader.small is not None:
                parse_response(operation, reader.small)
            self._check_code(operation, reader.siblings.get(operation.code))

        return RowDecoder(operation.row, model, self.reading(), finish, strict=strict)

    def _encode(
        self, operation: SoapOperation[Any], values: Mapping[str, object], max_bytes: int | None
    ) -> Call:
        if unknown := values.keys() - {element.name for element in operation.request}:
            message = f"{operation.label} has no {', '.join(sorted(unknown))}"
            raise TypeError(message)
        roles = {Credential.USERNAME: self.provider.username, Credential.PASSWORD: self.secret}
        credentials = {
            element.name: roles[element.credential]
            for element in operation.request
            if element.credential
        }
        request = encode_request(
            operation,
            {**values, **credentials},
            version=self.version,
            zone=self.provider.settings.zone,
            action=self.actions.get(operation.name),
        )
        return self.provider.request(
            "POST",
            operation.service.path,
            headers=request.headers,
            body=request.body,
            idempotent=operation.idempotent,
            max_bytes=max_bytes,
        )

    async def _check(self, exchange: Exchange) -> None:
        """Look at the status before the body, and at a fault only where the body is XML."""
        error = error_for_status(exchange.status, exchange.headers)
        xml = exchange.media_type in _XML
        if error is None and not xml:
            text = f"the answer is {exchange.media_type}, not SOAP"
            raise DecodeError(text, http_status=exchange.status, hint=_NOT_SOAP)
        if error is not None:
            fault = parse_fault(await exchange.body(_LARGEST_ANSWER)) if xml else None
            raise self._faulted(fault, exchange.status) if fault else error

    def _faulted(self, fault: ProviderFault, status: int) -> FaxApiError:
        fault.http_status = status
        return self.on_fault(fault)

    def _check_code(self, operation: SoapOperation[Any], value: object) -> None:
        if not operation.code:
            return
        try:
            code = int(str(value))
        except ValueError:
            message = f"the answer has no {operation.code}, so nobody can tell whether it worked"
            raise DecodeError(message) from None
        if code >= 0:
            return
        meaning = self.meanings.get(code)
        if meaning is None:
            text = "the provider refused, with a code that faxapi does not know"
            raise ProviderError(text, code=str(code))
        raise meaning.to_error(code)


_NOT_SOAP = "A login or maintenance page, or a proxy, answers there: check base_url"


def _answer(operation: SoapOperation[AnswerT], tree: dict[str, Any], reading: Reading) -> AnswerT:
    part = at_path(tree, operation.answer) if operation.answer else tree
    returns: Any = operation.returns
    if returns is None:
        return None  # type: ignore[return-value]
    path = operation.answer or f"{operation.name}Response"
    if isinstance(returns, ListOf):
        items = to_items(part)
        return [decode(returns.type, item, reading, path=path) for item in items]  # type: ignore[return-value]
    if part is None:
        message = f"the answer has no {path}"
        raise DecodeError(message)
    return decode(returns, part, reading, path=path)  # type: ignore[no-any-return]
