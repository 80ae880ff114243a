"""Received faxes, and what GetList and GetList2 are asked with.

Source: the GetList and GetList2 operation pages (https://ws.interfax.net/inbound.asmx?op=GetList2)
and reference pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from faxapi.notice import Notice
from faxapi.providers.interfax.queries import FIRST_RECORD
from faxapi.wire.models import VendorModel, list_field, spelled
from faxapi.wire.scalars import Flag, Integer, Seconds, Text, Time

ListType = Literal["AllMessages", "NewMessages", "AccountAllMessages", "AccountNewMessages"]
"""Whose messages GetList lists, and whether only those that nobody has read."""

ReceiveVerb = Literal["<", "<=", ">", ">=", "=", "BETWEEN"]
"""GetList2's comparisons of the time of reception."""


def _message_id() -> Any:  # noqa: ANN401 - stands in for pydantic.Field, which is typed so
    """A message without it cannot be told from another, and is skipped."""
    return spelled("MessageID", default=...)


class MessageItem(VendorModel):
    """One received fax, with the fields of GetList."""

    shown: ClassVar[tuple[str, ...]] = ("message_id", "message_status")
    timed: ClassVar[str] = "receive_time"

    message_id: int = _message_id()
    phone_number: Text = spelled("PhoneNumber")
    """The user's number, which was called."""
    remote_csid: Text = spelled("RemoteCSID")
    """What the sending machine calls itself: written by a stranger."""
    message_status: Integer = spelled("MessageStatus")
    """0 received; anything else is an error's code."""
    pages: Integer = spelled("Pages")
    message_size: Integer = spelled("MessageSize")
    """Bytes as they were received; the image has another size."""
    message_type: Integer = spelled("MessageType")
    """1, says the vendor."""
    receive_time: Time = spelled("ReceiveTime")
    caller_id: Text = spelled("CallerID")
    """The number that called, if it was told."""
    message_recording_duration: Seconds = spelled("MessageRecordingDuration")
    """Time on the line; whole seconds on the wire."""


class MessageItem2(VendorModel):
    """One received fax, with the fields of GetList2."""

    shown: ClassVar[tuple[str, ...]] = ("message_id", "message_status")
    timed: ClassVar[str] = "receive_time"

    # Not a MessageItem: fields stand in the vendor's order, which begins with this one.
    user_id: Text = spelled("UserID")
    message_id: int = _message_id()
    phone_number: Text = spelled("PhoneNumber")
    """The user's number, which was called."""
    remote_csid: Text = spelled("RemoteCSID")
    """What the sending machine calls itself: written by a stranger."""
    message_status: Integer = spelled("MessageStatus")
    """0 received; anything else is an error's code."""
    pages: Integer = spelled("Pages")
    message_size: Integer = spelled("MessageSize")
    """Bytes as they were received; the image has another size."""
    message_type: Integer = spelled("MessageType")
    """1, says the vendor."""
    receive_time: Time = spelled("ReceiveTime")
    caller_id: Text = spelled("CallerID")
    """The number that called, if it was told."""
    message_recording_duration: Seconds = spelled("MessageRecordingDuration")
    """Time on the line; whole seconds on the wire."""
    image_status: Text = spelled("ImageStatus")
    """UNREAD, READ or DONT_EXIST, as the vendor's REST service has it."""
    num_of_emails: Integer = spelled("NumOfEmails")
    """How many addresses it was to be forwarded to."""
    num_of_failed_emails: Integer = spelled("NumOfFailedEmails")
    """How many of them it did not reach."""


class ReceiveCondition(VendorModel):
    """A condition of GetList2 on the time of reception."""

    verb: Text = spelled("Verb", default=">=")
    # What a missing condition means is not documented: this one is met by every message.
    verb_data: Text = spelled("VerbData", default="1999-01-01")
    """`yyyy-MM-dd` or `yyyy-MM-dd HH:mm:ss`; two of them with a comma for BETWEEN."""


class MessageForm(VendorModel):
    """Which messages GetList2 looks for: the vendor's QueryForm of the inbound service."""

    transaction_id: Integer = spelled("TransactionID", default=0)
    """One message, whatever else is asked for; 0 for those that the rest names."""
    user_id: Text = spelled("UserID", default="")
    """Whose messages."""
    only_new_messages: Flag = spelled("OnlyNewMessages", default=False)
    """Whether only messages count that nobody has read."""
    # The vendor's spelling.
    receive_time: ReceiveCondition = spelled("RecieveTime", default=ReceiveCondition())


class MessageControl(VendorModel):
    """Which part of them GetList2 answers: the vendor's QueryControl of the inbound service."""

    max_chunk_size: Integer = spelled("MaxChunkSize", default=100)
    from_record_number: Integer = spelled("FromRecordNumber", default=FIRST_RECORD)


class GetList2Answer(VendorModel):
    """GetList2's answer as it stands on the wire."""

    message_items: tuple[MessageItem2, ...] = list_field("MessageItems")
    result_code: Integer = spelled("ResultCode")
    total_transactions_num: Integer = spelled("TotalTransactionsNum")


@dataclass(frozen=True, slots=True)
class GetListResult:
    """Received faxes.

    Attributes:
        items: The messages; InterFax names no order.
        result_code: 0; an error's code is raised as an error.
        notices: What was met on the way: rows that could not be read, an assumed time zone.
    """

    items: tuple[MessageItem, ...]
    result_code: int
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class GetList2Result:
    """One page of received faxes.

    Attributes:
        items: The messages; InterFax names no order.
        total_transactions: How many were found in all.
        result_code: 0; an error's code is raised as an error.
        notices: What was met on the way: rows that could not be read, an assumed time zone.
    """

    items: tuple[MessageItem2, ...]
    total_transactions: int | None
    result_code: int
    notices: tuple[Notice, ...] = ()
