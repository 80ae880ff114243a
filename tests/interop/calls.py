"""A call of every operation as a stranger would write it, in an order in which each finds its data.

The clients that make them know nothing but a WSDL.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from faxapi.sandbox import Sandbox
from tests.sandbox.wire import ADMIN, DFS, INBOUND, OPENFAX

Leaf = tuple[str, object]
"""An element's name and its value; no name where a client unwraps the only one."""

ACME = {"Username": "acme", "Password": "secret"}
PRIMARY = {"PrimaryUsername": "acme", "PrimaryPassword": "secret"}
ZOE = {"Username": "acme.zoe", "Password": "zoe123"}
SPAN = {
    "TimeFrom": datetime(2026, 2, 1, tzinfo=UTC),
    "TimeUntil": datetime(2026, 4, 1, tzinfo=UTC),
}
EMAIL = {"EmailAddress": "new@example.com", "SendSigned": True, "DigitalID": "certificate"}
TX = {
    "Username": "acme.zoe",
    "CheckPassword": True,
    "FeedbackType": 3,
    "FeedbackFormat": 2,
    "FeedbackWithTIF": False,
    "AllowedSenders": "*@example.com",
    "DefaultPageSize": "A4",
    "DefaultRetriesToPerform": 3,
    "AuthenticateBySignature": False,
    "AuthenticateByTickets": False,
    "DefaultDeleteAfterUsage": True,
}
ANY = {"Verb": "Equals", "VerbData": ""}

# What .NET writes otherwise than others: a control character and a half-forbidden one, a line's
# end, quotes, and more digits than a number needs.
SUBJECT = 'Room\x01 \ufffe 7:\r\n"it\'s" <b> & ]]> \x85'
AMOUNT = Decimal("0.1200")


@dataclass(frozen=True)
class ForeignCall:
    """A call.

    Attributes:
        service: The path and the namespace of its service.
        name: The operation.
        arguments: Its parameters, by the vendor's names.
        expected: Some of what the answer must hold.
    """

    service: tuple[str, str]
    name: str
    arguments: Mapping[str, Any]
    expected: set[Leaf] = field(default_factory=set)


def prepare(sandbox: Sandbox, subject: str) -> None:
    """Add what the calls ask for."""
    for _ in range(20):
        sandbox.interfax.add_fax()
    sandbox.interfax.add_fax(status=6018, Subject=subject, CostPerUnit=AMOUNT)
    sandbox.interfax.add_message(user_id="acme.bob")
    for code in (0, 3):
        sandbox.openfax.add_job(bill_code="spring", error_codes=[code, "1"], running=not code)


def calls() -> Iterator[ForeignCall]:
    """Every operation, at least once."""
    yield from _outbound()
    yield from _inbound()
    yield from _openfax()
    yield from _users()
    yield from _reception()
    yield from _sending()
    yield from _ends()


def _outbound() -> Iterator[ForeignCall]:
    refs = {"TotalCount": 0, "ListSize": 0, "ResultCode": 0}
    page = {"LastTransactionID": 2147483647, "MaxItems": 20}
    found: set[Leaf] = {("ListSize", 20), ("ResultCode", 0), ("CostPerUnit", AMOUNT)}
    yield ForeignCall(DFS, "FaxStatusEx", {**ACME, **page, **refs}, found)
    yield ForeignCall(
        DFS,
        "FaxStatusEx",
        {**ACME, **refs, "LastTransactionID": 1, "MaxItems": 5},
        {("ListSize", 0)},
    )
    yield ForeignCall(
        DFS,
        "FaxStatusEx",
        {**ACME, "Password": "wrong", **page, **refs},
        {("ResultCode", -1003), ("TotalCount", 0)},
    )
    query = {"Verb": "GT", "VerbData": "5", "MaxItems": 3, "ResultCode": 0}
    yield ForeignCall(DFS, "FaxQuery", {**ACME, **query}, {("ResultCode", 0), ("Status", 6018)})
    names = ("Subject", "FaxNumber", "UserID", "ReplyAddress", "TransactionID")
    form = {
        **dict.fromkeys([*names, "ParentTransactionID", "Status"], ANY),
        "DateFrom": SPAN["TimeFrom"],
        "DateTo": SPAN["TimeUntil"],
        "ShowHiddenTransactions": True,
    }
    control = {
        "OnlyParents": False,
        "NumOfResults": 4,
        "StartingRecord": 1,
        "OrderBy": "SubmitTime",
        "AscOrderDirection": False,
        "ReturnItems": True,
        "ReturnStats": True,
    }
    yield ForeignCall(
        DFS,
        "FaxQuery2",
        {**ACME, "QueryForm": form, "QueryControl": control},
        {("ResultCode", 0), ("NumOfTransactions", 1)},
    )


def _inbound() -> Iterator[ForeignCall]:
    yield ForeignCall(
        INBOUND, "GetList", {**ACME, "LType": "AllMessages", "MaxItems": 20}, {("GetListResult", 0)}
    )
    form = {
        "TransactionID": 0,
        "UserID": "acme.bob",
        "OnlyNewMessages": False,
        "RecieveTime": {"Verb": ">=", "VerbData": "2026-01-01"},
    }
    control = {"MaxChunkSize": 20, "FromRecordNumber": 0}
    yield ForeignCall(
        INBOUND,
        "GetList2",
        {**ACME, "QueryForm": form, "QueryControl": control},
        {("ResultCode", 0), ("UserID", "acme.bob")},
    )


def _openfax() -> Iterator[ForeignCall]:
    key = {"APIKey": "api-key"}
    yield ForeignCall(OPENFAX, "getRealtime", key, {("BillCode", "spring")})
    yield ForeignCall(OPENFAX, "getRecentHistory", key, {("BillCode", "spring")})
    yield ForeignCall(OPENFAX, "getCDRByJobID", {**key, "JobID": "88001"}, {("ErrorCode", "1")})
    yield ForeignCall(OPENFAX, "getCDRByJobID", {**key, "JobID": "no such job"})


def _users() -> Iterator[ForeignCall]:
    yield ForeignCall(
        ADMIN,
        "GetAccountPPCardsBalance",
        {**PRIMARY, "Balance": 0},
        {("GetAccountPPCardsBalanceResult", 0), ("Balance", Decimal("128.4500"))},
    )
    yield ForeignCall(
        ADMIN,
        "GetAccountUsers",
        {"PrimaryUserID": "acme", "Password": "secret"},
        {("Username", "acme.bob"), ("ResultCode", 0)},
    )
    new = {**ZOE, "CSID": "Z & Z", "TimeZone": "Tokyo Standard Time"}
    yield ForeignCall(ADMIN, "OpenUser", {**PRIMARY, "NewUser": new}, {("", 0)})
    yield ForeignCall(ADMIN, "OpenUser", {**PRIMARY, "NewUser": new}, {("", -2010)})
    changed = {"Username": "acme.zoe", "CSID": "Zoë"}
    yield ForeignCall(ADMIN, "SetUserProperties", {**PRIMARY, "User": changed}, {("", 0)})
    yield ForeignCall(
        ADMIN,
        "GetUserProperties",
        {**PRIMARY, "User": {"Username": "acme.zoe"}},
        {("GetUserPropertiesResult", 0), ("CSID", "Zoë"), ("TimeZone", "Tokyo Standard Time")},
    )
    yield ForeignCall(ADMIN, "GetTimeZones", {}, {("Name", "Tokyo Standard Time")})
    yield ForeignCall(ADMIN, "GetTimeZonesXML", {})
    italy, nowhere = ({"Country": country, "Language": "EN"} for country in ("IT", "XX"))
    yield ForeignCall(ADMIN, "GetInboundNodes", italy, {("Description", "Milano")})
    yield ForeignCall(ADMIN, "GetInboundNodes", nowhere)


def _reception() -> Iterator[ForeignCall]:
    place = {"CountryISOCode": "US", "Prefix": "312", "Emails": "a@example.com;b@example.com"}
    yield ForeignCall(
        ADMIN, "AddRxService", {**PRIMARY, "Username": "acme.zoe", **place}, {("", 0)}
    )
    form = {"Username": "acme.zoe", "AttachmentFormat": "TIFF"}
    yield ForeignCall(ADMIN, "SetRxServiceProperties", {**ZOE, "U_Rx": form}, {("", 0)})
    yield ForeignCall(
        ADMIN,
        "GetRxServiceProperties",
        ZOE,
        {("AttachmentFormat", "TIFF"), ("Emails", place["Emails"])},
    )
    for name, encrypted in (("AddRxEmailProperties", False), ("SetRxEmailProperties", True)):
        arguments = {**ZOE, **EMAIL, "SendEncrypted": encrypted}
        yield ForeignCall(ADMIN, name, arguments, {("", 0)})
    yield ForeignCall(
        ADMIN,
        "GetRxEmailProperties",
        ZOE,
        {("EmailAddress", "new@example.com"), ("SendEncrypted", True)},
    )
    address = {"EmailAddress": "new@example.com"}
    yield ForeignCall(ADMIN, "RemoveRxEmail", {**ZOE, **address}, {("", 0)})
    yield ForeignCall(ADMIN, "RemoveRxService", {**PRIMARY, "Username": "acme.zoe"}, {("", 0)})
    yield ForeignCall(
        ADMIN, "GetRxServiceProperties", ZOE, {("GetRxServicePropertiesResult", -2036)}
    )


def _sending() -> Iterator[ForeignCall]:
    yield ForeignCall(ADMIN, "AddTxService", {**PRIMARY, "U_tx": TX}, {("", 0)})
    yield ForeignCall(
        ADMIN, "SetUserTxProperties", {**ZOE, "U_tx": {**TX, "FeedbackType": 1}}, {("", 0)}
    )
    yield ForeignCall(
        ADMIN,
        "GetUserTxProperties",
        {**ZOE, "U_tx": TX},
        {("GetUserTxPropertiesResult", 0), ("FeedbackType", 1), ("DefaultDeleteAfterUsage", True)},
    )
    yield ForeignCall(ADMIN, "RemoveTxService", {**PRIMARY, "Username": "acme.zoe"}, {("", 0)})


def _ends() -> Iterator[ForeignCall]:
    for name in ("GetOutboundActivity", "GetInboundActivity"):
        arguments = {**ACME, **SPAN, "OnlyMyUser": False}
        yield ForeignCall(ADMIN, name, arguments, {("Status", 0), ("Username", "acme.bob")})
    yield ForeignCall(ADMIN, "CloseUser", {**PRIMARY, "Username": "acme.zoe"}, {("", 0)})
