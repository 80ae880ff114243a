"""The admin service: users, their services, and totals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from xml.sax.saxutils import unescape

from faxapi.errors import ConfigurationError, DecodeError
from faxapi.providers.interfax import operations as ops
from faxapi.providers.interfax.models import (
    InboundActivity,
    InboundNode,
    Language,
    OutboundActivity,
    RxEmail,
    TimeZoneElement,
    UserGeneral,
    UserGeneralProps,
    UserRx,
    UserTx,
)
from faxapi.providers.methods import calls
from faxapi.wire.scalars import format_time

if TYPE_CHECKING:
    from faxapi.providers.soap import SoapService
    from faxapi.wire.models import VendorModel
    from faxapi.wire.soap import SoapOperation

_ModelT = TypeVar("_ModelT", bound="VendorModel")


class Admin:
    """`interfax.admin`: InterFax's admin.asmx.

    Where InterFax asks for a primary user's login it gets the account's own: another login is
    refused with `PermissionDenied` or `AuthenticationError`. Times are sent on the clock of the
    account's zone. Besides what a method names, each raises `FaxApiError` for what happened on
    the way, and one that changes something raises `Unconfirmed` where its answer was lost.

    Source: "Interfax Admin Web service v1.0", method reference.
    """

    def __init__(self, service: SoapService) -> None:
        self._service = service

    @calls(ops.GET_ACCOUNT_PP_CARDS_BALANCE)
    async def get_account_pp_cards_balance(self) -> Decimal:
        """Money left in the account's prepaid cards, in the account's currency.

        Rights: primary user.
        """
        return await self._service.call(ops.GET_ACCOUNT_PP_CARDS_BALANCE)

    @calls(ops.OPEN_USER)
    async def open_user(self, user: UserGeneral) -> None:
        """Open a user under the account.

        Rights: primary user of an account that InterFax has enabled for it.

        Raises:
            ConfigurationError: User name or password break InterFax's rule.
            Conflict: The user name is in use.
            InvalidRequest: It is not in the account's namespace, or the time zone is unknown.
            PermissionDenied: The account has as many users as it may have.
        """
        self._check_user(ops.OPEN_USER, user)
        await self._service.call(ops.OPEN_USER, NewUser=user)

    @calls(ops.CLOSE_USER)
    async def close_user(self, username: str) -> None:
        """Close a user with all of its services; nobody can log in as it any more.

        Rights: primary user.

        Raises:
            NotFound: There is no such user.
        """
        await self._service.call(ops.CLOSE_USER, Username=username)

    @calls(ops.SET_USER_PROPERTIES)
    async def set_user_properties(self, user: UserGeneral) -> None:
        """Change a user: password, CSID and time zone.

        A text that is None is sent as null; whether InterFax keeps the present one is not
        documented.

        Rights: any user for itself.

        Raises:
            ConfigurationError: User name or password break InterFax's rule.
            InvalidRequest: The time zone is unknown.
            NotFound: There is no such user.
        """
        self._check_user(ops.SET_USER_PROPERTIES, user)
        await self._service.call(ops.SET_USER_PROPERTIES, User=user)

    @calls(ops.GET_USER_PROPERTIES)
    async def get_user_properties(self, username: str | None = None) -> UserGeneral:
        """A user's properties; the account's own user unless named.

        Rights: any user.

        Raises:
            NotFound: There is no such user.
        """
        user = _any_values(UserGeneral, self._named(username))
        return await self._service.call(ops.GET_USER_PROPERTIES, User=user)

    @calls(ops.GET_ACCOUNT_USERS)
    async def get_account_users(self) -> list[UserGeneralProps]:
        """The account's users.

        Rights: primary user.
        """
        return await self._service.call(ops.GET_ACCOUNT_USERS)

    @calls(ops.GET_INBOUND_NODES)
    async def get_inbound_nodes(self, country: str, language: Language | str) -> list[InboundNode]:
        """The places of a country where numbers for inbound faxes can be had.

        Args:
            country: Two-letter ISO 3166 code.
            language: What e-mails about the faxes are written in.
        """
        return await self._service.call(ops.GET_INBOUND_NODES, Country=country, Language=language)

    @calls(ops.ADD_RX_SERVICE)
    async def add_rx_service(
        self,
        username: str,
        *,
        country_iso_code: str,
        prefix: str,
        local_number: str = "",
        emails: str | Iterable[str],
    ) -> None:
        """Give a user an inbound service, at a charge if one applies.

        Rights: primary user.

        Args:
            username: Whose service it is.
            country_iso_code: The country of the number.
            prefix: Its area code: `get_inbound_nodes` lists them.
            local_number: The number, if known; InterFax chooses one unless given.
            emails: Where faxes are forwarded to.

        Raises:
            Conflict: The user has an inbound service.
            InvalidRequest: The country's code is invalid.
            NotFound: There is no such user.
            ProviderError: No number is available, or no credit.
        """
        await self._service.call(
            ops.ADD_RX_SERVICE,
            Username=username,
            CountryISOCode=country_iso_code,
            Prefix=prefix,
            LocalNumber=local_number,
            Emails=emails if isinstance(emails, str) else ";".join(emails),
        )

    @calls(ops.REMOVE_RX_SERVICE)
    async def remove_rx_service(self, username: str) -> None:
        """End a user's inbound service, and its charge.

        Rights: primary user.

        Raises:
            NotFound: There is no such user, or it has no inbound service.
        """
        await self._service.call(ops.REMOVE_RX_SERVICE, Username=username)

    @calls(ops.SET_RX_SERVICE_PROPERTIES)
    async def set_rx_service_properties(self, properties: UserRx) -> None:
        """Change an inbound service.

        Rights: any user for itself.

        Raises:
            NotFound: The user has no inbound service.
        """
        await self._service.call(ops.SET_RX_SERVICE_PROPERTIES, U_Rx=properties)

    @calls(ops.GET_RX_SERVICE_PROPERTIES)
    async def get_rx_service_properties(self) -> UserRx:
        """The user's inbound service.

        Rights: any user.

        Raises:
            NotFound: The user has none.
        """
        return await self._service.call(ops.GET_RX_SERVICE_PROPERTIES)

    @calls(ops.ADD_RX_EMAIL_PROPERTIES)
    async def add_rx_email_properties(self, email: RxEmail) -> None:
        """Add an address that the user's inbound faxes are forwarded to.

        Rights: any user.

        Raises:
            ConfigurationError: A flag is None, which InterFax would read as false.
            Conflict: The address is there already.
        """
        await self._service.call(ops.ADD_RX_EMAIL_PROPERTIES, **_values(email))

    @calls(ops.SET_RX_EMAIL_PROPERTIES)
    async def set_rx_email_properties(self, email: RxEmail) -> None:
        """Change how faxes are forwarded to an address.

        Rights: any user.

        Raises:
            ConfigurationError: A flag is None, which InterFax would read as false.
            NotFound: There is no such address.
        """
        await self._service.call(ops.SET_RX_EMAIL_PROPERTIES, **_values(email))

    @calls(ops.GET_RX_EMAIL_PROPERTIES)
    async def get_rx_email_properties(self) -> list[RxEmail]:
        """The addresses that the user's inbound faxes are forwarded to.

        Rights: any user.
        """
        return await self._service.call(ops.GET_RX_EMAIL_PROPERTIES)

    @calls(ops.REMOVE_RX_EMAIL)
    async def remove_rx_email(self, email_address: str) -> None:
        """Stop forwarding the user's inbound faxes to an address.

        Rights: any user.

        Raises:
            NotFound: There is no such address.
        """
        await self._service.call(ops.REMOVE_RX_EMAIL, EmailAddress=email_address)

    @calls(ops.ADD_TX_SERVICE)
    async def add_tx_service(self, properties: UserTx) -> None:
        """Give the user named in `properties` an outbound service, at a charge if one applies.

        Rights: primary user.

        Raises:
            ConfigurationError: A number or flag is None, or out of InterFax's range.
            Conflict: The user has an outbound service.
            NotFound: There is no such user.
        """
        self._check_tx(ops.ADD_TX_SERVICE, properties)
        await self._service.call(ops.ADD_TX_SERVICE, U_tx=properties)

    @calls(ops.REMOVE_TX_SERVICE)
    async def remove_tx_service(self, username: str) -> None:
        """End a user's outbound service, and its charge.

        Rights: primary user.

        Raises:
            NotFound: There is no such user, or it has no outbound service.
        """
        await self._service.call(ops.REMOVE_TX_SERVICE, Username=username)

    @calls(ops.SET_USER_TX_PROPERTIES)
    async def set_user_tx_properties(self, properties: UserTx) -> None:
        """Change an outbound service.

        Every number and flag is sent, so read the present values first:
        `(await get_user_tx_properties()).model_copy(update={"feedback_type": …})`.

        Rights: any user for itself.

        Raises:
            ConfigurationError: A number or flag is None, or out of InterFax's range.
            InvalidRequest: InterFax refuses a value.
            NotFound: The user has no outbound service.
        """
        self._check_tx(ops.SET_USER_TX_PROPERTIES, properties)
        await self._service.call(ops.SET_USER_TX_PROPERTIES, U_tx=properties)

    @calls(ops.GET_USER_TX_PROPERTIES)
    async def get_user_tx_properties(self, username: str | None = None) -> UserTx:
        """A user's outbound service; the account's own user's unless named.

        Rights: any user.

        Raises:
            NotFound: The user has none.
        """
        user = _any_values(UserTx, self._named(username))
        return await self._service.call(ops.GET_USER_TX_PROPERTIES, U_tx=user)

    @calls(ops.GET_TIME_ZONES)
    async def get_time_zones(self) -> list[TimeZoneElement]:
        """The time zones that InterFax knows; needs no rights."""
        return await self._service.call(ops.GET_TIME_ZONES)

    @calls(ops.GET_TIME_ZONES_XML)
    async def get_time_zones_xml(self) -> list[TimeZoneElement]:
        """The same as `get_time_zones`, from an operation that answers in XML inside a text.

        The vendor's sample of it is not well-formed, so it is read leniently; what cannot be read
        so is asked for with `get_time_zones`. Needs no rights.
        """
        try:
            zones = _read_zones(await self._service.call(ops.GET_TIME_ZONES_XML))
        except DecodeError:
            zones = None
        return await self.get_time_zones() if zones is None else zones

    @calls(ops.GET_OUTBOUND_ACTIVITY)
    async def get_outbound_activity(
        self, *, time_from: date, time_until: date, only_my_user: bool = False
    ) -> OutboundActivity:
        """Totals of what was sent, by user.

        Rights: primary user.

        Args:
            time_from: An aware datetime or a date, at most 60 days ago.
            time_until: An aware datetime or a date.
            only_my_user: Whether to leave out the account's other users.

        Raises:
            ConfigurationError: `time_from` is after `time_until`, or a datetime has no zone.
            InvalidRequest: `time_from` is too old.
            PermissionDenied: The login is not a primary user.

        Source: InterFax, GetOutboundActivity reference page.
        """
        self._check_range(ops.GET_OUTBOUND_ACTIVITY, time_from, time_until)
        return await self._service.call(
            ops.GET_OUTBOUND_ACTIVITY,
            TimeFrom=time_from,
            TimeUntil=time_until,
            OnlyMyUser=only_my_user,
        )

    @calls(ops.GET_INBOUND_ACTIVITY)
    async def get_inbound_activity(
        self, *, time_from: date, time_until: date, only_my_user: bool = False
    ) -> InboundActivity:
        """Totals of what was received, by user and number; otherwise as `get_outbound_activity`."""
        self._check_range(ops.GET_INBOUND_ACTIVITY, time_from, time_until)
        return await self._service.call(
            ops.GET_INBOUND_ACTIVITY,
            TimeFrom=time_from,
            TimeUntil=time_until,
            OnlyMyUser=only_my_user,
        )

    def _named(self, username: str | None) -> str:
        return self._service.provider.username if username is None else username

    def _check_user(self, operation: SoapOperation[Any], user: UserGeneral) -> None:
        if user.username is not None and len(user.username) > _LONGEST_USERNAME:
            self._refuse(operation, "the user name is too long", -2015)
        if user.password and not _PASSWORD.fullmatch(user.password.get_secret_value()):
            self._refuse(operation, "the password breaks InterFax's rule", -2011)

    def _check_tx(self, operation: SoapOperation[Any], properties: UserTx) -> None:
        retries = properties.default_retries_to_perform
        if retries is not None and retries not in _RETRIES:
            self._refuse(operation, f"DefaultRetriesToPerform is {retries}", -2027)

    def _check_range(
        self, operation: SoapOperation[Any], time_from: date, time_until: date
    ) -> None:
        provider = self._service.provider
        with provider.located(operation.label):
            # A datetime and a date do not compare, but their texts do, as the vendor reads them.
            since = format_time(time_from, provider.settings.zone, "TimeFrom")
            until = format_time(time_until, provider.settings.zone, "TimeUntil")
        if since > until:
            self._refuse(operation, f"TimeFrom {since} is after TimeUntil {until}", -2040)

    def _refuse(self, operation: SoapOperation[Any], text: str, code: int) -> NoReturn:
        """Say no where the vendor's rule is known and would only come back as this code."""
        with self._service.provider.located(operation.label):
            raise ConfigurationError(text, hint=self._service.meanings[code].hint)


# "Interfax Admin Web service v1.0", appendix A, codes -2011, -2015; appendix B, User_Tx.
_PASSWORD = re.compile("[0-9a-zA-Z]{3,16}")
_LONGEST_USERNAME = 20
_RETRIES = range(10)


def _any_values(model: type[_ModelT], username: str) -> _ModelT:
    """A structure that is sent to be filled in: "insert any value", says the vendor."""
    blank: dict[object, object] = {str: "", int: 0, bool: False}
    values = {name: blank[model.wire_type(name)] for name in model.model_fields}
    return model.model_validate({**values, "username": username})


def _values(email: RxEmail) -> dict[str, Any]:
    return {name: getattr(email, attribute) for attribute, name in email.wire_names().items()}


# The vendor's sample does not close GMTOffset. Attributes are bounded so that no text costs more
# than its length.
_ZONE_NAME = r"<Name\b[^<>]{0,99}>([^<]*)</Name\s*>"
_ZONE = re.compile(_ZONE_NAME + r"\s*<GMTOffset\b[^<>]{0,99}>\s*([+-]?\d{1,4})\s*<")


def _read_zones(text: str) -> list[TimeZoneElement] | None:
    """The zones in a text; None if it does not hold an offset for each name."""
    pairs = _ZONE.findall(text)
    if not pairs or len(pairs) != len(re.findall(r"<Name\b", text)):
        return None
    return [
        TimeZoneElement(name=unescape(name.strip()), gmt_offset=int(offset))
        for name, offset in pairs
    ]
