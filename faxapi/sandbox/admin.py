"""InterFax's admin service: users, their services, and totals.

Source of rules and result codes: "Interfax Admin Web service v1.0", methods and appendix A.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from faxapi.providers.interfax import operations as op
from faxapi.sandbox.interfax import (
    InterFaxSandbox,
    Refused,
    User,
    email,
    rx_service,
)
from faxapi.sandbox.places import (
    NODES,
    TIME_ZONES,
    get_inbound_nodes,
    get_time_zones,
    get_time_zones_xml,
)

if TYPE_CHECKING:
    from faxapi.sandbox.asmx import Method
    from faxapi.sandbox.data import Row
    from faxapi.wire.soap import SoapOperation

MOST_USERS = 20
"""How many users the account may have; InterFax agrees it with each customer."""

_LONGEST_NAME = 20
_PASSWORD = re.compile(r"[0-9a-zA-Z]{3,16}")
_COUNTRY = re.compile("[A-Z]{2}")
_SENDER = re.compile(r"[^@\s,]+@[^@\s,]+")
_OLDEST_USAGE = timedelta(days=60)

# What a field of U_tx may hold, and the code of what it may not.
_TX_RULES: Mapping[str, tuple[frozenset[object], int]] = {
    "FeedbackType": (frozenset(range(4)), -2020),
    "FeedbackFormat": (frozenset(range(4)), -2021),
    "DefaultPageSize": (frozenset({"A4", "Letter", "Legal", "B4", None}), -2023),
    "DefaultPageOrientation": (frozenset({"Portrait", "Landscape", None}), -2024),
    "DefaultPageResolution": (frozenset({"Standard", "Fine", None}), -2025),
    "DefaultRenderingQuality": (frozenset({"Standard", "Fine", None}), -2026),
    "DefaultRetriesToPerform": (frozenset(range(10)), -2027),
}


class Admin:
    """The admin service over an account's state."""

    def __init__(self, account: InterFaxSandbox) -> None:
        self._account = account
        self._users = account.users

    def methods(self) -> Mapping[SoapOperation[Any], Method]:
        """What the admin service answers."""
        primary: dict[SoapOperation[Any], Callable[[User, Row], Row | None]] = {
            op.GET_ACCOUNT_PP_CARDS_BALANCE: self._get_balance,
            op.GET_ACCOUNT_USERS: self._get_account_users,
            op.OPEN_USER: self._open_user,
            op.CLOSE_USER: self._close_user,
            op.ADD_RX_SERVICE: self._add_rx_service,
            op.REMOVE_RX_SERVICE: self._remove_rx_service,
            op.ADD_TX_SERVICE: self._add_tx_service,
            op.REMOVE_TX_SERVICE: self._remove_tx_service,
            op.GET_OUTBOUND_ACTIVITY: self._get_outbound_activity,
            op.GET_INBOUND_ACTIVITY: self._get_inbound_activity,
        }
        anyone: dict[SoapOperation[Any], Callable[[User, Row], Row | None]] = {
            op.SET_USER_PROPERTIES: self._set_user_properties,
            op.GET_USER_PROPERTIES: self._get_user_properties,
            op.SET_RX_SERVICE_PROPERTIES: self._set_rx_service_properties,
            op.GET_RX_SERVICE_PROPERTIES: self._get_rx_service_properties,
            op.ADD_RX_EMAIL_PROPERTIES: self._add_rx_email,
            op.SET_RX_EMAIL_PROPERTIES: self._set_rx_email,
            op.GET_RX_EMAIL_PROPERTIES: self._get_rx_emails,
            op.REMOVE_RX_EMAIL: self._remove_rx_email,
            op.SET_USER_TX_PROPERTIES: self._set_user_tx_properties,
            op.GET_USER_TX_PROPERTIES: self._get_user_tx_properties,
        }
        guarded = self._account.guarded
        return {
            **{each: guarded(each, run, primary=True) for each, run in primary.items()},
            **{each: guarded(each, run) for each, run in anyone.items()},
            op.GET_INBOUND_NODES: get_inbound_nodes,
            op.GET_TIME_ZONES: get_time_zones,
            op.GET_TIME_ZONES_XML: get_time_zones_xml,
        }

    def _existing(self, username: str | None) -> User:
        if (user := self._users.get(username or "")) is None:
            raise Refused(-2014)
        return user

    def _own(self, caller: User, username: str | None) -> User:
        """The user meant: anyone for a primary user, for others only themselves."""
        if username in {None, "", caller.username}:
            return caller
        if not caller.primary:
            raise Refused(-310)
        return self._existing(username)

    def _get_balance(self, _caller: User, _values: Row) -> Row:
        return {"Balance": self._account.balance}

    def _get_account_users(self, _caller: User, _values: Row) -> Row:
        users = [
            {"Username": user.username, "CSID": user.csid, "TimeZone": user.time_zone}
            for user in self._users.values()
        ]
        return {"GetAccountUsersResult": {"Users": users}}

    def _open_user(self, _caller: User, values: Row) -> None:
        new = values["NewUser"] or {}
        username, password = new.get("Username") or "", new.get("Password") or ""
        if not username or len(username) > _LONGEST_NAME:
            raise Refused(-2015)
        namespace = f"{self._account.username}."
        if not username.startswith(namespace) or username == namespace:
            raise Refused(-2013)
        if not _PASSWORD.fullmatch(password):
            raise Refused(-2011)
        _check_time_zone(new.get("TimeZone"))
        if username in self._users:
            raise Refused(-2010)
        if len(self._users) >= MOST_USERS:
            raise Refused(-1020)
        self._users[username] = User(
            username, password, csid=new.get("CSID"), time_zone=new.get("TimeZone")
        )

    def _close_user(self, caller: User, values: Row) -> None:
        user = self._existing(values["Username"])
        if user is caller:
            # Nobody would be left to open it again.
            raise Refused(-310)
        del self._users[user.username]

    def _set_user_properties(self, caller: User, values: Row) -> None:
        new = values["User"] or {}
        user = self._own(caller, new.get("Username"))
        password = new.get("Password")
        if password is not None and not _PASSWORD.fullmatch(password):
            raise Refused(-2011)
        _check_time_zone(new.get("TimeZone"))
        user.password = password or user.password
        user.csid = _given(new.get("CSID"), user.csid)
        user.time_zone = _given(new.get("TimeZone"), user.time_zone)

    def _get_user_properties(self, caller: User, values: Row) -> Row:
        user = self._own(caller, (values["User"] or {}).get("Username"))
        return {
            "User": {
                "Username": user.username,
                "Password": user.password,
                "CSID": user.csid,
                "TimeZone": user.time_zone,
            }
        }

    def _add_rx_service(self, _caller: User, values: Row) -> None:
        user = self._existing(values["Username"])
        if user.rx is not None:
            raise Refused(-2032)
        country = values["CountryISOCode"] or ""
        if not _COUNTRY.fullmatch(country):
            raise Refused(-2028)
        number = self._free_number(country, values["Prefix"] or "", values["LocalNumber"])
        user.rx = rx_service(user.username, number)
        user.emails = {address: email(address) for address in _addresses(values["Emails"])}

    def _free_number(self, country: str, prefix: str, local: str | None) -> str:
        node = next(
            (each for each in NODES if (each.country, str(each.prefix)) == (country, prefix)),
            None,
        )
        if node is None:
            raise Refused(-2033)
        taken = {user.rx["PhoneNumber"] for user in self._users.values() if user.rx}
        wanted = [local] if local else [f"55501{line:02}" for line in range(100)]
        numbers = (f"{node.country_code}{node.prefix}{each}" for each in wanted)
        number = next((each for each in numbers if each not in taken), None)
        if number is None:
            raise Refused(-2033)
        return number

    def _remove_rx_service(self, _caller: User, values: Row) -> None:
        user = self._existing(values["Username"])
        _rx(user)
        user.rx, user.emails = None, {}

    def _set_rx_service_properties(self, caller: User, values: Row) -> None:
        new = values["U_Rx"] or {}
        user = self._own(caller, new.get("Username"))
        service = _rx(user)
        _check_time_zone(new.get("TimeZone"))
        if new.get("Emails") is not None:
            addresses = _addresses(new["Emails"])
            user.emails = {each: user.emails.get(each, email(each)) for each in addresses}
        # InterFax assigns the number.
        fixed = {"Username", "PhoneNumber", "Emails"}
        service |= _without_none({name: new[name] for name in new.keys() - fixed})

    def _get_rx_service_properties(self, caller: User, _values: Row) -> Row:
        return {"U_Rx": {**_rx(caller), "Emails": ";".join(caller.emails)}}

    def _add_rx_email(self, caller: User, values: Row) -> None:
        _rx(caller)
        if values["EmailAddress"] in caller.emails:
            raise Refused(-2034)
        self._keep_email(caller, values)

    def _set_rx_email(self, caller: User, values: Row) -> None:
        _existing_email(caller, values)
        self._keep_email(caller, values)

    def _remove_rx_email(self, caller: User, values: Row) -> None:
        _existing_email(caller, values)
        del caller.emails[values["EmailAddress"]]

    def _get_rx_emails(self, caller: User, _values: Row) -> Row:
        _rx(caller)
        return {"URxE": list(caller.emails.values())}

    def _keep_email(self, caller: User, values: Row) -> None:
        names = ("EmailAddress", "SendSigned", "SendEncrypted", "DigitalID")
        caller.emails[values["EmailAddress"]] = {name: values[name] for name in names}

    def _add_tx_service(self, _caller: User, values: Row) -> None:
        new = values["U_tx"] or {}
        user = self._existing(new.get("Username"))
        if user.tx is not None:
            raise Refused(-2031)
        _check_tx(new)
        user.tx = new

    def _remove_tx_service(self, _caller: User, values: Row) -> None:
        user = self._existing(values["Username"])
        _tx(user)
        user.tx = None

    def _set_user_tx_properties(self, caller: User, values: Row) -> None:
        new = values["U_tx"] or {}
        user = self._own(caller, new.get("Username"))
        service = _tx(user)
        _check_tx(new)
        service |= {**_without_none(new), "Username": user.username}

    def _get_user_tx_properties(self, caller: User, values: Row) -> Row:
        return {"U_tx": _tx(self._own(caller, (values["U_tx"] or {}).get("Username")))}

    def _get_outbound_activity(self, caller: User, values: Row) -> Row:
        users = [
            {"Username": user.username, **_totals(self._sent_between(user, values), _SENT)}
            for user in self._counted(caller, values)
            if user.tx is not None
        ]
        return {"GetOutboundActivityResult": _activity(values, users)}

    def _get_inbound_activity(self, caller: User, values: Row) -> Row:
        users = [
            {
                "Username": user.username,
                "PhoneNumber": user.rx["PhoneNumber"],
                **_totals(self._received_between(user, values), _RECEIVED),
            }
            for user in self._counted(caller, values)
            if user.rx is not None
        ]
        return {"GetInboundActivityResult": _activity(values, users)}

    def _counted(self, caller: User, values: Row) -> list[User]:
        if values["TimeFrom"] > values["TimeUntil"]:
            raise Refused(-2040)
        if values["TimeFrom"] < self._account.clock() - _OLDEST_USAGE:
            raise Refused(-2041)
        return [caller] if values["OnlyMyUser"] else list(self._users.values())

    def _sent_between(self, user: User, values: Row) -> list[Row]:
        """The faxes of a user that went through: "total number of faxes sent"."""
        return [
            fax
            for fax in self._account.faxes(user.username)
            if values["TimeFrom"] <= fax["SubmitTime"] < values["TimeUntil"] and fax["Status"] == 0
        ]

    def _received_between(self, user: User, values: Row) -> list[Row]:
        return [
            fax
            for fax in self._account.received(user.username)
            if values["TimeFrom"] <= fax["ReceiveTime"] < values["TimeUntil"]
        ]


# The names of a fax's id and pages, by direction.
_SENT = ("TransactionID", "PagesSent")
_RECEIVED = ("MessageID", "Pages")


def _totals(faxes: list[Row], names: tuple[str, str]) -> Row:
    identity, pages = names
    ids = [fax[identity] for fax in faxes]
    return {
        "TotalFaxes": len(faxes),
        "TotalPages": sum(fax[pages] for fax in faxes),
        "TotalUnits": sum(fax["Units"] for fax in faxes),
        "TotalCost": sum(fax["Units"] * fax["CostPerUnit"] for fax in faxes),
        "MinTransactionID": min(ids, default=0),
        "MaxTransactionID": max(ids, default=0),
    }


def _activity(values: Row, users: list[Row]) -> Row:
    return {"TimeFrom": values["TimeFrom"], "TimeUntil": values["TimeUntil"], "Users": users}


def _rx(user: User) -> Row:
    if user.rx is None:
        raise Refused(-2036)
    return user.rx


def _tx(user: User) -> Row:
    if user.tx is None:
        raise Refused(-2030)
    return user.tx


def _existing_email(user: User, values: Row) -> None:
    _rx(user)
    if values["EmailAddress"] not in user.emails:
        raise Refused(-2035)


def _check_time_zone(name: str | None) -> None:
    if name is not None and name not in TIME_ZONES:
        raise Refused(-2012)


def _check_tx(new: Row) -> None:
    for name, (allowed, code) in _TX_RULES.items():
        if new.get(name) not in allowed:
            raise Refused(code)
    senders = (new.get("AllowedSenders") or "").split(",")
    if not all(_SENDER.fullmatch(each.strip()) for each in senders if each.strip()):
        raise Refused(-2022)
    country = new.get("DialingCountryISOCode")
    if country and not _COUNTRY.fullmatch(country):
        raise Refused(-2028)


def _addresses(text: str | None) -> Iterable[str]:
    return dict.fromkeys(each.strip() for each in (text or "").split(";") if each.strip())


def _given(value: str | None, otherwise: str | None) -> str | None:
    """An absent text leaves what is there: the vendor does not say what it does."""
    return otherwise if value is None else value


def _without_none(values: Row) -> Row:
    return {name: value for name, value in values.items() if value is not None}
