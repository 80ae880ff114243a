"""InterFax's state, its outbound service, and what both of its services share."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from faxapi.errors import ConfigurationError
from faxapi.providers.interfax.messages import MessageItem2
from faxapi.providers.interfax.models import FaxItemEx, FaxItemEx2
from faxapi.providers.interfax.operations import FAX_STATUS_EX
from faxapi.sandbox.asmx import with_code
from faxapi.sandbox.data import (
    FIRST_MESSAGE,
    Row,
    interfax_fax,
    interfax_faxes,
    interfax_message,
    interfax_received,
)
from faxapi.sandbox.limits import LockOut, RateLimit
from faxapi.sandbox.world import World
from faxapi.wire.soap import Credential, SoapOperation

if TYPE_CHECKING:
    from faxapi.sandbox.asmx import Method
    from faxapi.wire.models import VendorModel

PRIMARY = "acme"
PASSWORD = "secret"  # noqa: S105 - opens nothing but this sandbox

MOST_ITEMS = 100
"""The most that one query answers."""

_ID = itemgetter("TransactionID")
_MESSAGE_ID = itemgetter("MessageID")
# What a fax has by its end, and not by how it was sent.
_OUTCOME = frozenset(
    {"CompletionTime", "RemoteCSID", "PagesSent", "Duration", "Units", "TrialsPerformed"}
)


class Refused(Exception):
    """A negative result code (InterFax, admin reference, appendix A)."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(slots=True)
class User:
    """A user of the account; its services by the vendor's names, None where it has none."""

    username: str
    password: str
    csid: str | None = None
    time_zone: str | None = None
    primary: bool = False
    tx: Row | None = None
    rx: Row | None = None
    emails: dict[str, Row] = field(default_factory=dict)


def tx_service(username: str) -> Row:
    """An outbound service as InterFax opens it."""
    return {
        "Username": username,
        "CheckPassword": True,
        "Conversion": "",
        "FeedbackType": 3,
        "FeedbackFormat": 2,
        "FeedbackWithTIF": False,
        "AllowedSenders": "*@example.com",
        "AllowedIPAddresses": "",
        "DefaultPageSize": "A4",
        "DefaultPageOrientation": "Portrait",
        "DefaultPageResolution": "Standard",
        "DefaultRenderingQuality": "Standard",
        "DefaultPageHeader": "",
        "DefaultRetriesToPerform": 3,
        "DefaultReplyAddress": f"{username}@example.com",
        "AuthenticateBySignature": False,
        "AuthenticateByTickets": False,
        "DefaultDeleteAfterUsage": False,
        "DialingAreaCode": "212",
        "DialingCountryISOCode": "US",
    }


def rx_service(username: str, phone_number: str) -> Row:
    """An inbound service as InterFax opens it; its e-mail addresses are kept beside it."""
    return {
        "Username": username,
        "PhoneNumber": phone_number,
        "AttachmentFormat": "PDF",
        "DeleteAfterUsage": "False",
        "TimeZone": "GMT Standard Time",
        "NumberFormat": "",
    }


def email(address: str) -> Row:
    """A forwarding address as InterFax adds it with a service."""
    return {
        "EmailAddress": address,
        "SendSigned": False,
        "SendEncrypted": False,
        "DigitalID": None,
    }


class InterFaxSandbox:
    """A simulated InterFax account: a primary user, and perhaps normal ones.

    Args:
        world: What it lives in; its `faxes` count those that were sent; a third as many came in.
        users: Who has a login, the primary user first.
        limit: Counts queries.
        lock_out: Counts wrong passwords.
    """

    def __init__(
        self, world: World, users: Sequence[User], limit: RateLimit, lock_out: LockOut
    ) -> None:
        self.users = {user.username: user for user in users}
        self.username = users[0].username
        self._limit = limit
        self._lock_out = lock_out
        self.balance = Decimal("128.4500")
        self.clock = world.clock
        self._world = world
        self._faxes: defaultdict[str, list[Row]] = defaultdict(list)
        self._newest = 0
        for fax in interfax_faxes(world.maker, list(self.users), world.faxes):
            self._keep(fax)
        self._received: defaultdict[str, list[Row]] = defaultdict(list)
        self._newest_message = FIRST_MESSAGE
        numbers = {user.username: user.rx["PhoneNumber"] for user in users if user.rx}
        for message in interfax_received(world.maker, numbers, world.faxes // 3):
            self._keep_message(message)

    def add_fax(
        self,
        *,
        status: int = 0,
        user_id: str | None = None,
        submit_time: datetime | None = None,
        parent_transaction_id: int | None = None,
        **fields: object,
    ) -> int:
        """Add an outbound fax, the newest of the account, and return its TransactionID.

        Args:
            status: Below 0 in process, 0 sent, above 0 failed.
            user_id: Whose fax; the primary user's unless given.
            submit_time: Aware; now unless given.
            parent_transaction_id: The first fax of its broadcast; the fax itself unless given.
            fields: Other fields of FaxItemEx2 by the vendor's names, such as `Subject="Hello"`.

        Raises:
            ConfigurationError: There is no such field.
        """
        _check_fields(FaxItemEx2, fields)
        with self._world.lock:
            transaction = self._newest + 1
            moment = submit_time or self.clock()
            fax = interfax_fax(
                self._world.maker,
                TransactionID=transaction,
                ParentTransactionID=parent_transaction_id or transaction,
                SubmitTime=moment,
                UserID=user_id or self.username,
                Status=status,
                **{"Subject": None, "JobID": None, **fields},
            )
            self._keep(fax)
            return transaction

    def set_status(self, transaction_id: int, status: int, **fields: object) -> None:
        """Let a fax go on: to another status, or to its end, which is now.

        Args:
            transaction_id: Which fax.
            status: Below 0 in process, 0 sent, above 0 failed.
            fields: As in `add_fax`.

        Raises:
            ConfigurationError: There is no such fax, or no such field.
        """
        _check_fields(FaxItemEx2, fields)
        with self._world.lock:
            fax = self._fax(transaction_id)
            sent = {name: value for name, value in fax.items() if name not in _OUTCOME}
            ended = {"CompletionTime": self.clock() if status >= 0 else None}
            given = {**sent, **ended, "Status": status, **fields}
            fax.update(interfax_fax(self._world.maker, **given))

    def remove_fax(self, transaction_id: int) -> None:
        """Forget a fax, as InterFax does in time.

        Raises:
            ConfigurationError: There is no such fax.
        """
        with self._world.lock:
            fax = self._fax(transaction_id)
            self._faxes[fax["UserID"]].remove(fax)

    def add_message(
        self,
        *,
        receive_time: datetime | None = None,
        user_id: str | None = None,
        **fields: object,
    ) -> int:
        """Add an inbound fax, the newest of the account, and return its MessageID.

        Args:
            receive_time: Aware; now unless given.
            user_id: Whose fax; the primary user's unless given.
            fields: Other fields of MessageItem2 by the vendor's names, such as `Pages=3`.

        Raises:
            ConfigurationError: There is no such field.
        """
        _check_fields(MessageItem2, fields)
        with self._world.lock:
            user = self.users.get(user_id or self.username)
            message = interfax_message(
                self._world.maker,
                MessageID=self._newest_message + 1,
                UserID=user_id or self.username,
                ReceiveTime=receive_time or self.clock(),
                **{"PhoneNumber": user.rx["PhoneNumber"] if user and user.rx else None, **fields},
            )
            self._keep_message(message)
            return self._newest_message

    def in_process(self) -> list[int]:
        """The TransactionIDs of the primary user's outbound faxes that have not ended."""
        with self._world.lock:
            faxes = self._faxes[self.username]
            return [fax["TransactionID"] for fax in faxes if fax["Status"] < 0]

    def seen_by(self, user: User) -> list[str]:
        """Whose faxes a user may look at: a primary user everybody's, another its own."""
        return list(self.users) if user.primary else [user.username]

    def faxes(self, username: str) -> list[Row]:
        """A user's outbound faxes, oldest first."""
        return self._faxes[username]

    def received(self, username: str) -> list[Row]:
        """A user's inbound faxes, oldest first."""
        return self._received[username]

    def methods(self) -> Mapping[SoapOperation[Any], Method]:
        """What the outbound service answers."""
        return {FAX_STATUS_EX: self.guarded(FAX_STATUS_EX, self._fax_status_ex)}

    def guarded(
        self,
        operation: SoapOperation[Any],
        run: Callable[[User, Row], Row | None],
        *,
        primary: bool = False,
    ) -> Method:
        """A method behind the login; its result code goes where the operation has it.

        Args:
            operation: What is called.
            run: Makes the answer beside the code, for the user who called.
            primary: Whether only a primary user may call it.
        """

        def method(values: Row) -> Row:
            try:
                user = self._login(operation, values, primary=primary)
                return with_code(operation, run(user, values) or {}, 0)
            except Refused as refused:
                return with_code(operation, {}, refused.code)

        return method

    def _login(self, operation: SoapOperation[Any], values: Row, *, primary: bool) -> User:
        given = {each.credential: values[each.name] for each in operation.request}
        user = self.users.get(given[Credential.USERNAME] or "")
        if user is None:
            raise Refused(-1003)
        if self._lock_out.blocks(user.username):
            raise Refused(-1876)
        if user.password != given[Credential.PASSWORD]:
            self._lock_out.wrong(user.username)
            raise Refused(-1003)
        self._lock_out.right(user.username)
        if primary and not user.primary:
            raise Refused(-310)
        if operation.counted and not self._limit.take(user.username):
            raise Refused(-1011)
        return user

    def _fax_status_ex(self, user: User, values: Row) -> Row:
        faxes = self._faxes[user.username]
        end = bisect_left(faxes, values["LastTransactionID"], key=_ID)
        size = max(0, min(values["MaxItems"], MOST_ITEMS))
        page = faxes[max(0, end - size) : end][::-1]
        return {
            "FaxStatusExResult": [picked(FaxItemEx, fax) for fax in page],
            "TotalCount": len(faxes),
            "ListSize": len(page),
        }

    def _keep(self, fax: Row) -> None:
        insort(self._faxes[fax["UserID"]], fax, key=_ID)
        self._newest = max(self._newest, fax["TransactionID"])

    def _keep_message(self, message: Row) -> None:
        insort(self._received[message["UserID"]], message, key=_MESSAGE_ID)
        self._newest_message = max(self._newest_message, message["MessageID"])

    def _fax(self, transaction_id: int) -> Row:
        for faxes in self._faxes.values():
            place = bisect_left(faxes, transaction_id, key=_ID)
            if place < len(faxes) and faxes[place]["TransactionID"] == transaction_id:
                return faxes[place]
        message = f"the sandbox has no fax {transaction_id}"
        raise ConfigurationError(message, hint="add_fax() returns the TransactionID")


def picked(model: type[VendorModel], row: Row) -> Row:
    """What a structure has of a row."""
    return {name: row.get(name) for name in _names(model)}


@cache
def _names(model: type[VendorModel]) -> tuple[str, ...]:
    return tuple(model.wire_names().values())


def _check_fields(model: type[VendorModel], fields: Mapping[str, object]) -> None:
    if unknown := fields.keys() - set(_names(model)):
        message = f"{model.__name__} has no {', '.join(sorted(unknown))}"
        raise ConfigurationError(message, hint=f"It has {', '.join(_names(model))}")


def acme() -> list[User]:
    """The users of the account that every sandbox has."""
    return [
        new_user(PRIMARY, PASSWORD, "12125550100", primary=True),
        new_user("acme.bob", "bobSecret1", "12125550101"),
        # She only sends.
        new_user("acme.carol", "carolSecret1", None),
    ]


def new_user(username: str, password: str, number: str | None, *, primary: bool = False) -> User:
    """A user who sends, and receives if there is a number."""
    address = f"{username}@example.com"
    return User(
        username,
        password,
        csid="ACME",
        time_zone="GMT Standard Time",
        primary=primary,
        tx=tx_service(username),
        rx=rx_service(username, number) if number else None,
        emails={address: email(address)} if number else {},
    )
