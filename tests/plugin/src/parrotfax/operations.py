"""ParrotFax's operations, one value each."""

from __future__ import annotations

from faxapi.providers import RestOperation
from parrotfax.models import Account, Fax

GET_ACCOUNT = RestOperation(
    "account",
    "GET",
    "/v1/account",
    Account,
    "account",
    idempotent=True,
    source='ParrotFax API reference, "Account"',
)
LIST_FAXES = RestOperation(
    "faxes",
    "GET",
    "/v1/faxes",
    Fax,
    "faxes",
    query=("direction", "since", "after", "limit"),
    idempotent=True,
    source='ParrotFax API reference, "List of faxes"',
)
GET_FAX = RestOperation(
    "fax",
    "GET",
    "/v1/faxes/{id}",
    Fax,
    "fax",
    idempotent=True,
    source='ParrotFax API reference, "One fax"',
)
