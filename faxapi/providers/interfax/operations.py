"""InterFax's operations, one value each.

Grades of the sources: A is the service's own operation page or a stub made from its WSDL, B the
vendor's prose, C another client's code, I inferred from a pattern.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from faxapi.providers.interfax.messages import (
    GetList2Answer,
    MessageControl,
    MessageForm,
    MessageItem,
    MessageItem2,
)
from faxapi.providers.interfax.models import (
    AccountUsers,
    FaxItemEx,
    FaxItemEx2,
    InboundActivity,
    InboundNode,
    OutboundActivity,
    RxEmail,
    TimeZoneElement,
    UserGeneral,
    UserGeneralProps,
    UserRx,
    UserTx,
)
from faxapi.providers.interfax.queries import FaxQuery2Answer, QueryControl, QueryForm
from faxapi.wire.models import ListOf
from faxapi.wire.soap import Credential, Element, Service, SoapOperation

# A: https://ws.interfax.net/dfs.asmx?op=FaxStatusEx
OUTBOUND = Service("outbound", "/dfs.asmx", "http://www.interfax.cc")
# A: https://ws.interfax.net/admin.asmx?op=OpenUser and ten more of its operation pages.
ADMIN = Service("admin", "/admin.asmx", "http://interfax.net/Admin")
# A: http://ws.interfax.net/inbound.asmx?op=GetList2
INBOUND = Service("inbound", "/inbound.asmx", "http://www.interfax.net")

_PAGE = "A: the operation page"
_PROSE = "B: Interfax Admin Web service v1.0"


def _text(name: str) -> Element:
    return Element(name, str)


def _int(name: str) -> Element:
    return Element(name, int)


def _flag(name: str) -> Element:
    return Element(name, bool)


def _time(name: str) -> Element:
    return Element(name, datetime)


def _by_ref(name: str) -> Element:
    """A number that is sent as 0 and comes back filled in."""
    return Element(name, int, default=0)


def _login(username: str, password: str) -> tuple[Element, Element]:
    """Whose call it is; each operation has its own names for the two."""
    return (
        Element(username, str, credential=Credential.USERNAME),
        Element(password, str, credential=Credential.PASSWORD),
    )


_USER = _login("Username", "Password")
_PRIMARY = _login("PrimaryUsername", "PrimaryPassword")


def _change(
    name: str, *request: Element, shown_by: str, source: str = _PROSE
) -> SoapOperation[None]:
    """An admin operation that changes something and answers with a code alone."""
    code = f"{name}Result"
    return SoapOperation(
        ADMIN,
        name,
        request=request,
        response=(_int(code),),
        code=code,
        shown_by=f"{ADMIN.name}.{shown_by}",
        source=source,
    )


FAX_STATUS_EX: SoapOperation[list[FaxItemEx]] = SoapOperation(
    OUTBOUND,
    "FaxStatusEx",
    request=(
        *_USER,
        _int("LastTransactionID"),
        _int("MaxItems"),
        _by_ref("TotalCount"),
        _by_ref("ListSize"),
        _by_ref("ResultCode"),
    ),
    response=(
        Element("FaxStatusExResult", ListOf(FaxItemEx, "FaxItemEx")),
        _int("TotalCount"),
        _int("ListSize"),
        _int("ResultCode"),
    ),
    returns=ListOf(FaxItemEx, "FaxItemEx"),
    answer="FaxStatusExResult",
    code="ResultCode",
    row="FaxItemEx",
    idempotent=True,
    counted=True,
    source=_PAGE,
)

FAX_QUERY: SoapOperation[list[FaxItemEx]] = SoapOperation(
    OUTBOUND,
    "FaxQuery",
    request=(
        *_USER,
        _text("Verb"),
        _text("VerbData"),
        _int("MaxItems"),
        _by_ref("ResultCode"),
    ),
    response=(Element("FaxQueryResult", ListOf(FaxItemEx, "FaxItemEx")), _int("ResultCode")),
    returns=ListOf(FaxItemEx, "FaxItemEx"),
    answer="FaxQueryResult",
    code="ResultCode",
    row="FaxItemEx",
    idempotent=True,
    counted=True,
    source=_PAGE,
)

FAX_QUERY2: SoapOperation[list[FaxItemEx2]] = SoapOperation(
    OUTBOUND,
    "FaxQuery2",
    request=(*_USER, Element("QueryForm", QueryForm), Element("QueryControl", QueryControl)),
    response=(Element("FaxQuery2Result", FaxQuery2Answer),),
    returns=ListOf(FaxItemEx2, "FaxItemEx2"),
    answer="FaxQuery2Result/FaxItems",
    code="FaxQuery2Result/ResultCode",
    row="FaxItemEx2",
    beside="StatusCount",
    idempotent=True,
    counted=True,
    source=_PAGE,
)

GET_LIST: SoapOperation[list[MessageItem]] = SoapOperation(
    INBOUND,
    "GetList",
    request=(
        *_USER,
        _text("LType"),
        _int("MaxItems"),
        Element("objMessageItem", ListOf(MessageItem, "MessageItem"), default=()),
    ),
    response=(
        _int("GetListResult"),
        Element("objMessageItem", ListOf(MessageItem, "MessageItem")),
    ),
    returns=ListOf(MessageItem, "MessageItem"),
    answer="objMessageItem",
    code="GetListResult",
    row="MessageItem",
    idempotent=True,
    counted=True,
    source=_PAGE,
)

GET_LIST2: SoapOperation[list[MessageItem2]] = SoapOperation(
    INBOUND,
    "GetList2",
    request=(*_USER, Element("QueryForm", MessageForm), Element("QueryControl", MessageControl)),
    response=(Element("GetList2Result", GetList2Answer),),
    returns=ListOf(MessageItem2, "MessageItem2"),
    answer="GetList2Result/MessageItems",
    code="GetList2Result/ResultCode",
    row="MessageItem2",
    idempotent=True,
    counted=True,
    source=_PAGE,
)

GET_ACCOUNT_PP_CARDS_BALANCE: SoapOperation[Decimal] = SoapOperation(
    ADMIN,
    "GetAccountPPCardsBalance",
    request=(*_PRIMARY, Element("Balance", Decimal, default=Decimal(0))),
    response=(_int("GetAccountPPCardsBalanceResult"), Element("Balance", Decimal)),
    returns=Decimal,
    answer="Balance",
    code="GetAccountPPCardsBalanceResult",
    idempotent=True,
    source=_PROSE,
)

OPEN_USER = _change(
    "OpenUser",
    *_PRIMARY,
    Element("NewUser", UserGeneral),
    shown_by="GetAccountUsers",
    source=_PAGE,
)
CLOSE_USER = _change("CloseUser", *_PRIMARY, _text("Username"), shown_by="GetAccountUsers")
SET_USER_PROPERTIES = _change(
    "SetUserProperties", *_PRIMARY, Element("User", UserGeneral), shown_by="GetUserProperties"
)

GET_USER_PROPERTIES: SoapOperation[UserGeneral] = SoapOperation(
    ADMIN,
    "GetUserProperties",
    request=(*_PRIMARY, Element("User", UserGeneral)),
    response=(_int("GetUserPropertiesResult"), Element("User", UserGeneral)),
    returns=UserGeneral,
    answer="User",
    code="GetUserPropertiesResult",
    idempotent=True,
    source=_PROSE,
)

GET_ACCOUNT_USERS: SoapOperation[list[UserGeneralProps]] = SoapOperation(
    ADMIN,
    "GetAccountUsers",
    request=_login("PrimaryUserID", "Password"),
    response=(Element("GetAccountUsersResult", AccountUsers),),
    returns=ListOf(UserGeneralProps, "UserGeneralProps"),
    answer="GetAccountUsersResult/Users",
    code="GetAccountUsersResult/ResultCode",
    code_required=False,
    idempotent=True,
    source="A: a stub made from the WSDL; the users' fields and the place of the code are I",
)

GET_INBOUND_NODES: SoapOperation[list[InboundNode]] = SoapOperation(
    ADMIN,
    "GetInboundNodes",
    request=(_text("Country"), _text("Language")),
    response=(Element("GetInboundNodesResult", ListOf(InboundNode, "InboundNode")),),
    returns=ListOf(InboundNode, "InboundNode"),
    answer="GetInboundNodesResult",
    idempotent=True,
    source=_PROSE,
)

_RX_SHOWN = "GetRxServiceProperties"
ADD_RX_SERVICE = _change(
    "AddRxService",
    *_PRIMARY,
    _text("Username"),
    _text("CountryISOCode"),
    _text("Prefix"),
    _text("LocalNumber"),
    _text("Emails"),
    shown_by=_RX_SHOWN,
)
REMOVE_RX_SERVICE = _change("RemoveRxService", *_PRIMARY, _text("Username"), shown_by=_RX_SHOWN)
SET_RX_SERVICE_PROPERTIES = _change(
    "SetRxServiceProperties", *_USER, Element("U_Rx", UserRx), shown_by=_RX_SHOWN
)

GET_RX_SERVICE_PROPERTIES: SoapOperation[UserRx] = SoapOperation(
    ADMIN,
    "GetRxServiceProperties",
    request=_USER,
    response=(_int("GetRxServicePropertiesResult"), Element("U_Rx", UserRx)),
    returns=UserRx,
    answer="U_Rx|GetRxServicePropertiesResult/U_Rx|GetRxServicePropertiesResult",
    code="GetRxServicePropertiesResult",
    code_required=False,
    idempotent=True,
    source=f"{_PROSE}; where the answer holds U_Rx is I",
)

_RX_EMAIL = (
    _text("EmailAddress"),
    _flag("SendSigned"),
    _flag("SendEncrypted"),
    _text("DigitalID"),
)
_EMAIL_SHOWN = "GetRxEmailProperties"
ADD_RX_EMAIL_PROPERTIES = _change("AddRxEmailProperties", *_USER, *_RX_EMAIL, shown_by=_EMAIL_SHOWN)
SET_RX_EMAIL_PROPERTIES = _change("SetRxEmailProperties", *_USER, *_RX_EMAIL, shown_by=_EMAIL_SHOWN)

GET_RX_EMAIL_PROPERTIES: SoapOperation[list[RxEmail]] = SoapOperation(
    ADMIN,
    "GetRxEmailProperties",
    request=(*_USER, Element("URxE", ListOf(RxEmail, "RxEmail"), default=())),
    response=(
        _int("GetRxEmailPropertiesResult"),
        Element("URxE", ListOf(RxEmail, "RxEmail")),
    ),
    returns=ListOf(RxEmail, "RxEmail"),
    answer="URxE|GetRxEmailPropertiesResult",
    code="GetRxEmailPropertiesResult",
    code_required=False,
    idempotent=True,
    source=f"{_PROSE}; the items' element name and the code beside them are I",
)

REMOVE_RX_EMAIL = _change("RemoveRxEmail", *_USER, _text("EmailAddress"), shown_by=_EMAIL_SHOWN)

_U_TX = Element("U_tx", UserTx)
_U_TX_SOURCE = f"{_PROSE}, where it is called User_tx; U_tx is C"
_TX_SHOWN = "GetUserTxProperties"
ADD_TX_SERVICE = _change("AddTxService", *_PRIMARY, _U_TX, shown_by=_TX_SHOWN, source=_U_TX_SOURCE)
REMOVE_TX_SERVICE = _change("RemoveTxService", *_PRIMARY, _text("Username"), shown_by=_TX_SHOWN)
SET_USER_TX_PROPERTIES = _change(
    "SetUserTxProperties", *_USER, _U_TX, shown_by=_TX_SHOWN, source=_U_TX_SOURCE
)

GET_USER_TX_PROPERTIES: SoapOperation[UserTx] = SoapOperation(
    ADMIN,
    "GetUserTxProperties",
    request=(*_USER, _U_TX),
    response=(_int("GetUserTxPropertiesResult"), _U_TX),
    returns=UserTx,
    answer="U_tx",
    code="GetUserTxPropertiesResult",
    idempotent=True,
    source=_U_TX_SOURCE,
)

GET_TIME_ZONES: SoapOperation[list[TimeZoneElement]] = SoapOperation(
    ADMIN,
    "GetTimeZones",
    request=(),
    response=(Element("GetTimeZonesResult", ListOf(TimeZoneElement, "TimeZoneElement")),),
    returns=ListOf(TimeZoneElement, "TimeZoneElement"),
    answer="GetTimeZonesResult",
    idempotent=True,
    source=_PROSE,
)

GET_TIME_ZONES_XML: SoapOperation[str] = SoapOperation(
    ADMIN,
    "GetTimeZonesXML",
    request=(),
    response=(_text("GetTimeZonesXMLResult"),),
    returns=str,
    answer="GetTimeZonesXMLResult",
    idempotent=True,
    source=_PROSE,
)

_ACTIVITY = (*_USER, _time("TimeFrom"), _time("TimeUntil"), _flag("OnlyMyUser"))

GET_OUTBOUND_ACTIVITY: SoapOperation[OutboundActivity] = SoapOperation(
    ADMIN,
    "GetOutboundActivity",
    request=_ACTIVITY,
    response=(Element("GetOutboundActivityResult", OutboundActivity),),
    returns=OutboundActivity,
    answer="GetOutboundActivityResult",
    code="GetOutboundActivityResult/Status",
    idempotent=True,
    source="B: the GetOutboundActivity reference page",
)

GET_INBOUND_ACTIVITY: SoapOperation[InboundActivity] = SoapOperation(
    ADMIN,
    "GetInboundActivity",
    request=_ACTIVITY,
    response=(Element("GetInboundActivityResult", InboundActivity),),
    returns=InboundActivity,
    answer="GetInboundActivityResult",
    code="GetInboundActivityResult/Status",
    idempotent=True,
    source=_PROSE,
)

OPERATIONS: tuple[SoapOperation[Any], ...] = (
    FAX_STATUS_EX,
    FAX_QUERY,
    FAX_QUERY2,
    GET_LIST,
    GET_LIST2,
    GET_ACCOUNT_PP_CARDS_BALANCE,
    OPEN_USER,
    CLOSE_USER,
    SET_USER_PROPERTIES,
    GET_USER_PROPERTIES,
    GET_ACCOUNT_USERS,
    GET_INBOUND_NODES,
    ADD_RX_SERVICE,
    REMOVE_RX_SERVICE,
    SET_RX_SERVICE_PROPERTIES,
    GET_RX_SERVICE_PROPERTIES,
    ADD_RX_EMAIL_PROPERTIES,
    SET_RX_EMAIL_PROPERTIES,
    GET_RX_EMAIL_PROPERTIES,
    REMOVE_RX_EMAIL,
    ADD_TX_SERVICE,
    REMOVE_TX_SERVICE,
    SET_USER_TX_PROPERTIES,
    GET_USER_TX_PROPERTIES,
    GET_TIME_ZONES,
    GET_TIME_ZONES_XML,
    GET_OUTBOUND_ACTIVITY,
    GET_INBOUND_ACTIVITY,
)
