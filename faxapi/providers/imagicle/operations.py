"""Imagicle's fax operations."""

from __future__ import annotations

from faxapi.providers.imagicle.models import Fax
from faxapi.wire.rest import RestOperation

PATH = "/fw/Apps/StoneFax/WebAPI"

GET_OUTBOUND = RestOperation(
    "outbound.Details",
    "GET",
    f"{PATH}/Faxes/Outbound/{{id}}",
    Fax,
    "fax",
    idempotent=True,
    source="Imagicle knowledge base, article 413",
)
GET_INBOUND = RestOperation(
    "inbound.Details",
    "GET",
    f"{PATH}/Faxes/Inbound/{{id}}",
    Fax,
    "fax",
    idempotent=True,
    source="Imagicle knowledge base, article 802",
)
LIST_OUTBOUND = RestOperation(
    "outbound.Mine",
    "GET",
    f"{PATH}/Faxes/Outbound/Mine",
    Fax,
    "faxList",
    query=("page", "pageSize", "date"),
    idempotent=True,
    source="Imagicle knowledge base, article 412",
)
LIST_INBOUND = RestOperation(
    "inbound.Mine",
    "GET",
    f"{PATH}/Faxes/Inbound/Mine",
    Fax,
    "faxList",
    query=("page", "pageSize", "date"),
    idempotent=True,
    source="Imagicle knowledge base, article 801",
)

OPERATIONS = (GET_OUTBOUND, GET_INBOUND, LIST_OUTBOUND, LIST_INBOUND)
