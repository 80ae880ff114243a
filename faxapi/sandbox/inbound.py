"""InterFax's inbound service: GetList and GetList2.

Source: the GetList and GetList2 reference pages. Neither names an order: here the newest come
first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from faxapi.providers.interfax.messages import ListType, MessageItem, MessageItem2
from faxapi.providers.interfax.operations import GET_LIST, GET_LIST2
from faxapi.sandbox.interfax import MOST_ITEMS, InterFaxSandbox, Refused, User, picked
from faxapi.sandbox.queries import known

if TYPE_CHECKING:
    from faxapi.sandbox.asmx import Method
    from faxapi.sandbox.data import Row
    from faxapi.wire.soap import SoapOperation

_TIME = re.compile(r"\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?", re.ASCII)
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
    "=": eq,
}


class Inbound:
    """The inbound service over an account's state."""

    def __init__(self, account: InterFaxSandbox) -> None:
        self._account = account

    def methods(self) -> Mapping[SoapOperation[Any], Method]:
        """What the inbound service answers."""
        guarded = self._account.guarded
        return {
            GET_LIST: guarded(GET_LIST, self._get_list),
            GET_LIST2: guarded(GET_LIST2, self._get_list2),
        }

    def _get_list(self, user: User, values: Row) -> Row:
        kind = known(values["LType"], ListType, "ListType")
        if values["MaxItems"] < 1:
            raise Refused(-3006)
        whole_account = kind.startswith("Account")
        if whole_account and not user.primary:
            raise Refused(-3007)
        users = self._account.seen_by(user) if whole_account else [user.username]
        listed = [
            message
            for message in self._messages(users, only_new=kind.endswith("NewMessages"))
            if message["ImageStatus"] != "DONT_EXIST"
        ]
        page = listed[: min(values["MaxItems"], MOST_ITEMS)]
        return {"objMessageItem": [picked(MessageItem, message) for message in page]}

    def _get_list2(self, user: User, values: Row) -> Row:
        form, control = values["QueryForm"], values["QueryControl"]
        if form is None or control is None:
            # .NET code that looks into a structure which was not sent.
            message = "Object reference not set to an instance of an object."
            raise RuntimeError(message)
        found = self._found(user, form)
        start = max(0, control["FromRecordNumber"])
        size = max(0, min(control["MaxChunkSize"], MOST_ITEMS))
        page = found[start : start + size]
        result: Row = {
            "MessageItems": [picked(MessageItem2, message) for message in page],
            "TotalTransactionsNum": len(found),
        }
        return {"GetList2Result": result}

    def _found(self, user: User, form: Row) -> list[Row]:
        seen = self._account.seen_by(user)
        if wanted := form["TransactionID"]:
            return [each for each in self._messages(seen) if each["MessageID"] == wanted]
        named = (form["UserID"] or user.username).casefold()
        if not user.primary and named != user.username.casefold():
            raise Refused(-310)
        users = [name for name in seen if name.casefold() == named]
        test = _received(form["RecieveTime"])
        return [
            message
            for message in self._messages(users, only_new=form["OnlyNewMessages"])
            if test(message["ReceiveTime"])
        ]

    def _messages(self, users: list[str], *, only_new: bool = False) -> list[Row]:
        """The users' messages, newest first."""
        messages = [
            message
            for name in users
            for message in self._account.received(name)
            if not only_new or message["ImageStatus"] == "UNREAD"
        ]
        return sorted(messages, key=lambda each: each["MessageID"], reverse=True)


def _received(condition: Row | None) -> Callable[[datetime], bool]:
    """GetList2's condition on the time of reception.

    Raises:
        Refused: The page does not have it so; what a missing one would mean, it does not say.
    """
    given = condition or {}
    verb: str = given.get("Verb") or ""
    times = [_time(text) for text in (given.get("VerbData") or "").split(",")]
    if verb == "BETWEEN" and len(times) == 2:  # noqa: PLR2004 - both ends
        return lambda moment: times[0] <= moment <= times[1]
    if verb not in _COMPARISONS or len(times) != 1:
        raise Refused(-1030)
    compare = _COMPARISONS[verb]
    return lambda moment: compare(moment, times[0])


def _time(text: str) -> datetime:
    if not _TIME.fullmatch(text.strip()):
        raise Refused(-1030)
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=UTC)
    except ValueError:
        pass
    raise Refused(-1030)
