"""A SOAP service of an account: transport and wire joined."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr, TypeAdapter, ValidationError

from faxapi.errors import (
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    FaxApiError,
    InvalidRequest,
    ProviderError,
    ProviderFault,
    ServiceUnavailable,
    Unconfirmed,
)
from faxapi.providers.rows import RowDecoder, Rows, RowStream
from faxapi.transport.redact import mask, redact
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
    useful,
)
from faxapi.wire.xml import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from faxapi.providers.base import Provider
    from faxapi.transport.http import Call, Exchange
    from faxapi.wire.rows import RowReader

AnswerT = TypeVar("AnswerT")
ModelT = TypeVar("ModelT", bound=VendorModel)

# Answers that are no list are small; lists are streamed, and bounded by max_response_bytes.
_LARGEST_ANSWER = 16 << 20
_LONGEST_FAULT = 32 << 10
_XML = frozenset({"text/xml", "application/soap+xml", "application/xml", ""})


def soap_version(text: str) -> SoapVersion:
    """The envelope's version that a setting names.

    Raises:
        ConfigurationError: It is neither "1.1" nor "1.2".
    """
    if text not in [*SoapVersion]:
        raise ConfigurationError(f"soap_version is {text!r}", hint='Give "1.1" or "1.2"')
    return SoapVersion(text)


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
        login_hint: What to do when the login is rejected, where that is more than a typing error.
    """

    provider: Provider
    secret: SecretStr
    version: SoapVersion
    meanings: Mapping[int, Meaning] = field(default_factory=dict)
    on_fault: Callable[[ProviderFault], FaxApiError] = lambda fault: fault
    actions: Mapping[str, str] = field(default_factory=dict)
    login_hint: str = ""

    async def call(
        self,
        operation: SoapOperation[AnswerT],
        /,
        *,
        reading: Reading | None = None,
        **values: object,
    ) -> AnswerT:
        """Call an operation.

        Args:
            operation: What to call.
            reading: Takes note of what is met in the answer, for a caller who wants to tell it.
            values: By wire name.

        Raises:
            FaxApiError: The vendor's result code, a fault, or what happened on the way.
        """
        secrets = list(_secrets_in(values.values()))

        async def read(exchange: Exchange) -> AnswerT:
            await self._check(exchange, secrets)
            tree = self._parse(operation, await exchange.body(), secrets)
            self._check_code(operation, at_path(tree, operation.code))
            return _answer(operation, tree, reading or self.reading())

        with self.provider.located(operation.label):
            call = self._encode(operation, values, _LARGEST_ANSWER)
        login = any(element.credential for element in operation.request)
        try:
            return await self.provider.perform(call, operation.label, read, login=login)
        except Unconfirmed as error:
            if operation.shown_by:
                error.hint = f"Look with {operation.shown_by} before you send it again"
            raise

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
                items += decoder.models(decoder.feed(chunk))
            items += decoder.models(decoder.close())
            exchange.count_rows(len(items))
            return Rows(items, decoder.siblings, decoder.skipped, decoder.reading, decoder.beside)

        with self.provider.located(operation.label):
            call = self._encode(operation, values, None)
        return await self.provider.perform(call, operation.label, read)

    def stream(
        self, operation: SoapOperation[Any], model: type[ModelT], /, **values: object
    ) -> RowStream[ModelT]:
        """Read a list as it arrives; see `rows` for the arguments. A bad row is skipped."""
        with self.provider.located(operation.label):
            call = self._encode(operation, values, None)
        return RowStream(
            self.provider,
            call,
            operation.label,
            lambda: self._decoder(operation, model),
            self._check,
        )

    def reading(self) -> Reading:
        """A fresh reading in the account's zone."""
        return Reading(zone=self.provider.settings.zone)

    def _decoder(
        self, operation: SoapOperation[Any], model: type[ModelT], *, strict: bool = False
    ) -> RowDecoder[ModelT]:
        def finish(reader: RowReader) -> None:
            tree = None if reader.small is None else self._parse(operation, reader.small)
            self._check_code(operation, reader.siblings.get(operation.code.rpartition("/")[2]))
            if tree is not None:
                _check_empty(operation, tree)

        return RowDecoder(
            operation.row,
            model,
            self.reading(),
            finish,
            strict=strict,
            beside=operation.beside,
        )

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
            counted=operation.counted,
            max_bytes=max_bytes,
        )

    async def _check(self, exchange: Exchange, secrets: Iterable[SecretStr] = ()) -> None:
        """Look at the status before the body, and at a fault only where the body is XML."""
        error = error_for_status(exchange.status, exchange.headers, self._known(secrets))
        xml = exchange.media_type in _XML
        if error is None and not xml:
            kind = redact(exchange.media_type, self._known(secrets))
            text = f"the answer is {kind}, not SOAP"
            raise DecodeError(text, http_status=exchange.status, hint=_NOT_SOAP)
        if isinstance(error, AuthenticationError) and self.login_hint:
            error.hint = self.login_hint
        if error is not None:
            # The other statuses say enough, whatever their body is: a 401 is about the login.
            telling = xml and isinstance(error, InvalidRequest | ServiceUnavailable)
            fault = parse_fault(await exchange.body(_LARGEST_ANSWER)) if telling else None
            raise self._faulted(fault, exchange.status, secrets) if fault else error

    def _parse(
        self, operation: SoapOperation[Any], body: bytes, secrets: Iterable[SecretStr] = ()
    ) -> dict[str, Any]:
        """What a whole answer says, where its status was good."""
        try:
            return parse_response(operation, body)
        except ProviderFault as fault:
            error = self._faulted(fault, 200, secrets)
        raise error

    def _faulted(
        self, fault: ProviderFault, status: int, secrets: Iterable[SecretStr]
    ) -> FaxApiError:
        """The error for a fault; a service may repeat what it was sent, the password with it."""
        fault.http_status = status
        fault.code = redact(fault.code, self._known(secrets)) if fault.code else None
        # Cut once more, since the first cut may have left half a secret.
        whole = mask(fault.fault_text[: 2 * _LONGEST_FAULT], self._known(secrets))
        fault.fault_text = whole[:_LONGEST_FAULT]
        fault.args = (redact(useful(fault.fault_text)) or "the service answered with a fault",)
        return self.on_fault(fault)

    def _known(self, secrets: Iterable[SecretStr]) -> list[str]:
        """The secrets of a request, which its answer may repeat."""
        proxy = self.provider.settings.proxy
        own = [each.get_secret_value() for each in (self.secret, *secrets)]
        return own + (proxy.secrets if proxy else [])

    def _check_code(self, operation: SoapOperation[Any], value: object) -> None:
        if not operation.code:
            return
        code = _to_code(value)
        if code is None and operation.code_required:
            message = f"the answer has no {operation.code}, so nobody can tell whether it worked"
            raise DecodeError(message)
        if code is None or code >= 0:
            return
        meaning = self.meanings.get(code)
        if meaning is None:
            text = "the provider refused, with a code that faxapi does not know"
            raise ProviderError(text, code=str(code))
        raise meaning.to_error(code)


def _secrets_in(values: Iterable[object]) -> Iterator[SecretStr]:
    """Passwords and digital ids among a call's arguments, those in its structures too."""
    for value in values:
        if isinstance(value, SecretStr):
            yield value
        elif isinstance(value, VendorModel):
            yield from _secrets_in(vars(value).values())


def _to_code(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


_NOT_SOAP = "A login or maintenance page, or a proxy, answers there: check base_url"


def _answer(operation: SoapOperation[AnswerT], tree: dict[str, Any], reading: Reading) -> AnswerT:
    returns: Any = operation.returns
    if returns is None:
        return None  # type: ignore[return-value]
    path, part = _part(operation, tree)
    if isinstance(returns, ListOf):
        items = to_items(part)
        return [decode(returns.type, item, reading, path=path) for item in items]  # type: ignore[return-value]
    if part is None:
        message = f"the answer has no {path}"
        raise DecodeError(message)
    if issubclass(returns, VendorModel):
        return decode(returns, part, reading, path=path)  # type: ignore[no-any-return]
    return _scalar(returns, part, path)  # type: ignore[no-any-return]


def _check_empty(operation: SoapOperation[Any], tree: dict[str, Any]) -> None:
    """A list without rows must be empty, and not of rows with another name."""
    result = at_path(tree, operation.answer) if operation.answer else None
    found = []
    if isinstance(result, dict):
        found = [shown(name) for name in sorted(result.keys() - {operation.row})]
    elif isinstance(result, str) and result.strip():
        found = ["text"]
    if found:
        raise DecodeError(f"{operation.answer} holds {', '.join(found)} instead of {operation.row}")


def _part(operation: SoapOperation[Any], tree: dict[str, Any]) -> tuple[str, Any]:
    """The part of an answer that the caller wants, and its path."""
    if not operation.answer:
        return f"{operation.name}Response", tree
    paths = operation.answer.split("|")
    found = [(path, at_path(tree, path)) for path in paths]
    return next((each for each in found if isinstance(each[1], dict | list)), found[0])


def _scalar(kind: type, value: object, path: str) -> Any:  # noqa: ANN401 - of the given kind
    """A single number or text of an answer."""
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        text = f"{path}: {error.errors()[0]['msg']}"
    raise DecodeError(text)
