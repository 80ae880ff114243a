"""Openfax: broadcast jobs and their call detail reports, over SOAP."""

from faxapi.providers.openfax.client import Discovery, Openfax
from faxapi.providers.openfax.models import FaxTransmission, HistoryJob, RealtimeJob
from faxapi.wire.wsdl import Parameter

__all__ = [
    "Discovery",
    "FaxTransmission",
    "HistoryJob",
    "Openfax",
    "Parameter",
    "RealtimeJob",
]
