"""Openfax's reporting operations.

The vendor's page names the service's address, its operations and what they return. Namespace,
SOAPAction and parameter names are in no public document: the defaults here are ASP.NET's and, for
the key's spelling, that of Openfax's later APIs. `Openfax.discover` reads the true ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from faxapi.providers.openfax.models import FaxTransmission, HistoryJob, RealtimeJob
from faxapi.wire.models import ListOf, VendorModel
from faxapi.wire.rest import RestOperation
from faxapi.wire.soap import Credential, Element, Service, SoapOperation

if TYPE_CHECKING:
    from collections.abc import Iterator

RowT = TypeVar("RowT", bound=VendorModel)

NAMESPACE = "http://tempuri.org/"
API_KEY_PARAMETER = "APIKey"
JOB_ID_PARAMETER = "JobID"
PATH = "/api/reporting.asmx"

_SOURCE = "Openfax, Broadcast Fax Reporting API Documentation"


@dataclass(frozen=True, slots=True)
class Operations:
    """The service's operations under one set of names."""

    get_cdr_by_job_id: SoapOperation[list[FaxTransmission]]
    get_realtime: SoapOperation[list[RealtimeJob]]
    get_recent_history: SoapOperation[list[HistoryJob]]
    job_id_parameter: str

    def report_of(self, job_id: str) -> dict[str, Any]:
        """The values of a request for a job's report."""
        return {self.job_id_parameter: job_id}

    def __iter__(self) -> Iterator[SoapOperation[Any]]:
        return iter((self.get_cdr_by_job_id, self.get_realtime, self.get_recent_history))


def operations(
    namespace: str = NAMESPACE,
    api_key_parameter: str = API_KEY_PARAMETER,
    job_id_parameter: str = JOB_ID_PARAMETER,
) -> Operations:
    """The operations for a service's namespace and parameter names."""
    service = Service("", PATH, namespace)
    key = Element(api_key_parameter, str, credential=Credential.PASSWORD)

    def listing(name: str, row: type[RowT], *more: Element) -> SoapOperation[list[RowT]]:
        rows = ListOf(row, row.__name__)
        result = f"{name}Result"
        return SoapOperation(
            service,
            name,
            (key, *more),
            (Element(result, rows),),
            returns=rows,
            answer=result,
            row=row.__name__,
            idempotent=True,
            # The vendor publishes no limit, so a rule that is set is meant for every call.
            counted=True,
            source=_SOURCE,
        )

    return Operations(
        listing("getCDRByJobID", FaxTransmission, Element(job_id_parameter, str)),
        listing("getRealtime", RealtimeJob),
        listing("getRecentHistory", HistoryJob),
        job_id_parameter,
    )


DEFAULT = operations()

WSDL = RestOperation(
    "WSDL",
    "GET",
    f"{PATH}?WSDL",
    VendorModel,
    "",
    idempotent=True,
    counted=False,
    source="ASP.NET: each of its services describes itself so",
)
"""How a service describes itself."""
