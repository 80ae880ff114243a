"""InterFax's state, its outbound service, and what both of its services share."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from faxapi.providers.interfax.operations import FAX_STATUS_EX
from faxapi.sandbox.data import Row, interfax_fax, interfax_faxes, interfax_received
from faxapi.sandbox.world import World
from faxapi.wire.soap import Credential, SoapOperation

if TYPE_CHECKING:
    from faxapi.sandbox.asmx import Method

PRIMARY = "acme"
PASSWORD = "secret"  # noqa: S105 - opens nothing but this sandbox
NAMESPACE = "acme."

_MOST_ITEMS = 100
_ID = itemgetter("TransactionID")


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
    """A simulated InterFax account: the primary user acme, and some normal users.

    Args:
        world: What it lives in; its `faxes` count those that were sent; a third as many came in.
    """

    def __init__(self, world: World) -> None:
        self.users = {user.username: user for user in _users()}
        self.balance = Decimal("128.4500")
        self.clock = world.clock
        self._world = world
        self._faxes: defaultdict[str, list[Row]] = defaultdict(list)
        self._newest = 0
        for fax in interfax_faxes(world.maker, list(self.users), world.faxes):
            self._keep(fax)
        receivers = [user.username for user in self.users.values() if user.rx]
        self._received: defaultdict[str, list[Row]] = defaultdict(list)
        for message in interfax_received(world.maker, receivers, world.faxes // 3):
            self._received[message["UserID"]].append(message)

    def add_fax(
        self,
        *,
        status: int = 0,
        user_id: str = PRIMARY,
        submit_time: datetime | None = None,
        parent_transaction_id: int | None = None,
        **fields: object,
    ) -> int:
        """Add an outbound fax, the newest of the account, and return its TransactionID.

        Args:
            status: Below 0 in process, 0 sent, above 0 failed.
            user_id: Whose fax.
            submit_time: Aware; now unless given.
            parent_transaction_id: The first fax of its broadcast; the fax itself unless given.
            fields: Other fields of FaxItemEx by the vendor's names, such as `Subject="Hello"`.
        """
        with self._world.lock:
            transaction = self._newest + 1
            moment = submit_time or self.clock()
            fax = interfax_fax(
                self._world.maker,
                TransactionID=transaction,
                ParentTransactionID=parent_transaction_id or transaction,
                SubmitTime=moment,
                UserID=user_id,
                Status=status,
                **{"Subject": None, "JobID": None, **fields},
            )
            self._keep(fax)
            return transaction

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
                return _with_code(operation, run(user, values) or {}, 0)
            except Refused as refused:
                return _with_code(operation, {}, refused.code)

        return method

    def _login(self, operation: SoapOperation[Any], values: Row, *, primary: bool) -> User:
        given = {each.credential: values[each.name] for each in operation.request}
        user = self.users.get(given[Credential.USERNAME] or "")
        if user is None or user.password != given[Credential.PASSWORD]:
            raise Refused(-1003)
        if primary and not user.primary:
            raise Refused(-310)
        return user

    def _fax_status_ex(self, user: User, values: Row) -> Row:
        faxes = self._faxes[user.username]
        end = bisect_left(faxes, values["LastTransactionID"], key=_ID)
        size = max(0, min(values["MaxItems"], _MOST_ITEMS))
        page = faxes[max(0, end - size) : end][::-1]
        return {
            "FaxStatusExResult": page,
            "TotalCount": len(faxes),
            "ListSize": len(page),
        }

    def _keep(self, fax: Row) -> None:
        insort(self._faxes[fax["UserID"]], fax, key=_ID)
        self._newest = max(self._newest, fax["TransactionID"])


def _with_code(operation: SoapOperation[Any], answer: Row, code: int) -> Row:
    """The answer with its result code at the place that the operation declares."""
    step, _, inner = operation.code.partition("/")
    value = {**answer.get(step, {}), inner: code} if inner else code
    return {**answer, step: value}


def _users() -> list[User]:
    return [
        _user(PRIMARY, PASSWORD, "12125550100", primary=True),
        _user("acme.bob", "bobSecret1", "12125550101"),
        # She only sends.
        _user("acme.carol", "carolSecret1", None),
    ]


def _user(username: str, password: str, number: str | None, *, primary: bool = False) -> User:
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
