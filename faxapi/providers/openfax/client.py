"""Openfax's reporting service."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import NoneType
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar, Unpack

from pydantic import SecretStr

from faxapi.errors import (
    AuthenticationError,
    ConfigurationError,
    DecodeError,
    FaxApiError,
    ProviderFault,
)
from faxapi.providers.base import Provider, to_secret
from faxapi.providers.methods import calls
from faxapi.providers.openfax import activity
from faxapi.providers.openfax.models import FaxTransmission, HistoryJob, RealtimeJob
from faxapi.providers.openfax.operations import (
    API_KEY_PARAMETER,
    DEFAULT,
    JOB_ID_PARAMETER,
    NAMESPACE,
    WSDL,
    operations,
)
from faxapi.providers.rows import RowStream
from faxapi.providers.settings import SoapOptions, check_type
from faxapi.providers.soap import SoapService, soap_version
from faxapi.transport.status import error_for_status
from faxapi.wire.models import VendorModel
from faxapi.wire.soap import SoapOperation, SoapVersion, without_stack
from faxapi.wire.wsdl import Description, Parameter, parse_wsdl

if TYPE_CHECKING:
    from faxapi.providers.feed import Ask, Out
    from faxapi.providers.rows import Rows
    from faxapi.transport.http import Exchange

RowT = TypeVar("RowT", bound=VendorModel)

BASE_URL = "https://templaunch.openfax.com"

# How the service words a wrong key is in no public document; these words can mean little else.
_KEY_FAULT = re.compile(
    r"\bAPI[\s_-]?key|\bauthenticat|\bunauthori[sz]ed|\bnot authori[sz]ed|\baccess denied"
    r"|\binvalid (?:login|credential|account)",
    re.IGNORECASE,
)
# "UnauthorizedAccessException: Access to the path … is denied" is no word about the key.
_EXCEPTION_TYPE = re.compile(r"[\w.]+Exception: ")
_KEY_HINT = (
    "The key changes when the account's password changes: retrieve it again. If it is right, the "
    "service may have other parameter names, which it ignores without a word: see discover()"
)
_LARGEST_WSDL = 4 << 20


class Names(TypedDict):
    """The keywords of an `Openfax` that say how its service spells things."""

    namespace: str
    api_key_parameter: str
    job_id_parameter: str
    soap_actions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Discovery:
    """What a service's WSDL says.

    Attributes:
        namespace: The namespace of its requests.
        api_key_parameter: The parameter that takes the API key.
        job_id_parameter: The parameter that takes a job's id.
        soap_actions: SOAPAction of each operation.
        parameters: Each operation's parameters with their types, in wire order.
    """

    namespace: str
    api_key_parameter: str
    job_id_parameter: str
    soap_actions: Mapping[str, str]
    parameters: Mapping[str, tuple[Parameter, ...]]

    def settings(self) -> Names:
        """The keywords for an account at this service: `Openfax(key, **found.settings())`."""
        return Names(
            namespace=self.namespace,
            api_key_parameter=self.api_key_parameter,
            job_id_parameter=self.job_id_parameter,
            soap_actions=self.soap_actions,
        )


class Openfax(Provider, name="openfax"):
    """An Openfax broadcast account: its jobs and their call detail reports.

    The names that the service's requests use are in no public document; the defaults are the
    likeliest. A wrong one is read as null without a word: `discover` reads the true ones.

    Args:
        api_key: The account's key, from the vendor's Web Launch site; it changes when the
            account's password changes.
        namespace: The namespace of the service's requests.
        api_key_parameter: The parameter that takes the key.
        job_id_parameter: The parameter that takes a job's id.
        soap_actions: SOAPActions by operation, where they are not namespace and operation joined.
        options: See `SoapOptions`.

    Raises:
        ConfigurationError: A setting is wrong.
    """

    def __init__(
        self,
        api_key: str | SecretStr,
        *,
        namespace: str = NAMESPACE,
        api_key_parameter: str = API_KEY_PARAMETER,
        job_id_parameter: str = JOB_ID_PARAMETER,
        soap_actions: Mapping[str, str] | None = None,
        **options: Unpack[SoapOptions],
    ) -> None:
        secret = api_key if isinstance(api_key, SecretStr) else SecretStr(api_key)
        del api_key  # A traceback that shows this frame must not show it.
        base_url = options.pop("base_url", BASE_URL)
        version = options.pop("soap_version", SoapVersion.V1_1)
        super().__init__(base_url, "", options, secret=secret)
        with self.located():
            secret = to_secret(secret, "API key")
            version = soap_version(version)
            check_type("soap_actions", soap_actions, (Mapping, NoneType))
            _check_names(namespace, api_key_parameter, job_id_parameter)
        self._operations = operations(namespace, api_key_parameter, job_id_parameter)
        self._service = SoapService(
            self,
            secret,
            version,
            on_fault=_on_fault,
            actions=dict(soap_actions or {}),
            login_hint=_KEY_HINT,
        )

    def __repr__(self) -> str:
        return f"Openfax({self.name!r})"

    @calls(DEFAULT.get_cdr_by_job_id)
    async def get_cdr_by_job_id(self, *, job_id: str) -> list[FaxTransmission]:
        """A job's call detail report; of a running job, what is done so far.

        Raises:
            FaxApiError: The service refuses, the network fails, or a row cannot be read.
        """
        values = self._job_id(job_id)
        rows = await self._service.rows(
            self._operations.get_cdr_by_job_id, FaxTransmission, **values
        )
        with self.located(self._operations.get_cdr_by_job_id.label):
            return _whole(rows, hint="iter_cdr skips such a row and says so in decoder.skipped")

    @calls(DEFAULT.get_cdr_by_job_id)
    def iter_cdr(self, *, job_id: str) -> RowStream[FaxTransmission]:
        """A job's call detail report as it arrives; use it in `async with`.

        Until it is read to its end or closed it holds a connection, which counts for the api's
        `max_connections` only while it waits for more rows: calls may be made meanwhile. A row that
        cannot be read is skipped, with a notice in `decoder.skipped`.

        Raises:
            ConfigurationError: The job id is empty.
        """
        values = self._job_id(job_id)
        return self._service.stream(self._operations.get_cdr_by_job_id, FaxTransmission, **values)

    @calls(DEFAULT.get_realtime)
    async def get_realtime(self) -> list[RealtimeJob]:
        """The jobs that are running, with their progress.

        Raises:
            FaxApiError: The service refuses, the network fails, or a row cannot be read.
        """
        return await self._jobs(self._operations.get_realtime, RealtimeJob)

    @calls(DEFAULT.get_recent_history)
    async def get_recent_history(self) -> list[HistoryJob]:
        """The jobs completed within the last 30 days.

        Raises:
            FaxApiError: The service refuses, the network fails, or a row cannot be read.
        """
        return await self._jobs(self._operations.get_recent_history, HistoryJob)

    @calls(WSDL)
    async def discover(self) -> Discovery:
        """Read from the service's WSDL how it spells its requests.

        It needs no login, and works after a login was rejected. This account stays as it is: make
        another with `Openfax(key, **found.settings())`.

        Raises:
            DecodeError: The service does not describe itself, or not as Openfax's page does.
            FaxApiError: What happened on the way.
        """

        async def read(exchange: Exchange) -> Description:
            if error := error_for_status(exchange.status, exchange.headers):
                raise error
            if exchange.media_type == "text/html":
                raise DecodeError(
                    "the answer is a web page, not a WSDL",
                    http_status=exchange.status,
                    hint="The service may have its description switched off: ask Openfax",
                )
            return parse_wsdl(await exchange.body(_LARGEST_WSDL))

        call = self.request(
            WSDL.method, WSDL.path, headers={"Accept": "text/xml"}, idempotent=WSDL.idempotent
        )
        with self.located(WSDL.label):
            return _discovery(await self.perform(call, WSDL.label, read, login=False))

    async def check(self) -> None:
        """Ask for the running jobs, to see whether the key is good.

        Raises:
            FaxApiError: The service refuses, or the network fails.
        """
        await self._service.rows(self._operations.get_realtime, RealtimeJob)

    async def outbound_faxes(self, ask: Ask, out: Out) -> None:
        """Report every job's faxes that were completed in the window.

        Jobs carry no dates, so any window costs one report for each job of the last 30 days; with
        a cursor, one for each job that has moved since.
        """
        await activity.outbound_faxes(self._service, self._operations, ask, out)

    async def jobs(self, ask: Ask, out: Out) -> None:  # noqa: ARG002 - a snapshot knows no window
        """Report running jobs and those of the last 30 days, as they stand now."""
        await activity.jobs(self._service, self._operations, out)

    async def _jobs(self, operation: SoapOperation[list[RowT]], row: type[RowT]) -> list[RowT]:
        rows = await self._service.rows(operation, row)
        with self.located(operation.label):
            return _whole(rows)

    def _job_id(self, job_id: str) -> dict[str, Any]:
        if not job_id:
            with self.located(self._operations.get_cdr_by_job_id.label):
                raise ConfigurationError("job_id is empty")
        return self._operations.report_of(job_id)


def _check_names(namespace: str, *parameters: str) -> None:
    for name in (namespace, *parameters):
        check_type("the name of the namespace or of a parameter", name, str)
    if not namespace:
        raise ConfigurationError("namespace is empty")
    for name in parameters:
        if not re.fullmatch(r"[^\W\d][\w.-]*", name):
            raise ConfigurationError(f"{name!r} cannot be a parameter's name")
    if len(set(parameters)) < len(parameters):
        raise ConfigurationError(f"key and job id would both be sent as {parameters[0]!r}")


def _on_fault(fault: ProviderFault) -> FaxApiError:
    if not _KEY_FAULT.search(_EXCEPTION_TYPE.sub("", without_stack(fault.fault_text))):
        return fault
    return AuthenticationError(
        "the API key was rejected",
        http_status=fault.http_status,
        code=fault.code,
        hint=_KEY_HINT,
    )


def _whole(rows: Rows[RowT], *, hint: str | None = None) -> list[RowT]:
    """The rows of a list in which every one could be read."""
    if rows.skipped:
        text = f"{len(rows.skipped)} of {len(rows.items) + len(rows.skipped)} rows are bad"
        raise DecodeError(f"{text}; the first: {rows.skipped[0].text}", hint=hint)
    return rows.items


def _discovery(found: Description) -> Discovery:
    """Tell the job id from the key: the key is what both operations take."""
    report, running = (_taken(found, name) for name in ("getCDRByJobID", "getRealtime"))
    others = [name for name in report if name not in running]
    if len(running) != 1 or len(others) != 1 or running[0] not in report:
        keys, parameters = (", ".join(names) or "nothing" for names in (running, report))
        raise DecodeError(
            f"getRealtime takes {keys}, and getCDRByJobID takes {parameters}",
            hint="faxapi knows how to give one API key and one job id",
        )
    return Discovery(found.namespace, running[0], others[0], found.actions, found.parameters)


def _taken(found: Description, operation: str) -> list[str]:
    """The names of an operation's parameters."""
    if operation not in found.parameters:
        names = ", ".join(sorted(found.parameters))
        raise DecodeError(f"the WSDL has no {operation}; it has {names}")
    return [parameter.name for parameter in found.parameters[operation]]
