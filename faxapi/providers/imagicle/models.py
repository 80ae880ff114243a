"""Imagicle's structures.

Source: Imagicle knowledge base, articles 412, 413, 801 and 802.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator

from faxapi.wire.models import VendorModel, spelled
from faxapi.wire.scalars import Integer, Text, Time


class Recipient(VendorModel):
    """Whom a fax went to, or who sent it."""

    name: Text = spelled("name")
    """First and last name."""
    fax_number: Text = spelled("faxNumber")


def _one_or_many(value: Any) -> Any:  # noqa: ANN401 - pydantic checks the items
    """The vendor's table has an array where its example has an object; null is none."""
    items = value if isinstance(value, list | tuple) else (value,)
    return tuple(each for each in items if each is not None)


def _first(value: Any) -> Any:  # noqa: ANN401 - pydantic checks it
    """The object, where an array stands in its place."""
    return next(iter(value), None) if isinstance(value, list) else value


class Fax(VendorModel):
    """A fax, sent or received.

    Lists give summaries: `fax_id`, `username`, `recipient`, `sender`, `subject`, `status` and
    `date`. The rest comes with the details. Any field may be None.
    """

    shown: ClassVar[tuple[str, ...]] = ("fax_id", "status")
    timed: ClassVar[str] = "date"

    fax_id: Text = spelled("faxId")
    """Opaque. The id in an answer may differ from the one that was asked for."""
    username: Text = spelled("username")
    """The user whom the fax belongs to."""
    subject: Text = spelled("subject")
    recipient: Annotated[tuple[Recipient, ...], BeforeValidator(_one_or_many)] = spelled(
        "recipient", default=()
    )
    sender: Annotated[Recipient | None, BeforeValidator(_first)] = spelled("sender")
    """Of a received fax."""
    status: Text = spelled("status")
    """Completed, Failed, Queued, InProgress, Canceled, or a word that is not documented."""
    detailed_status: Text = spelled("detailedStatus")
    number_of_pages: Integer = spelled("numberOfPages")
    server_name: Text = spelled("serverName")
    """The server that sent the fax."""
    submit_time: Time = spelled("submitTime")
    start_time: Time = spelled("startTime")
    end_time: Time = spelled("endTime")
    failure_reason: Text = spelled("failureReason")
    """Of a sent fax."""
    q931_code: Integer = spelled("Q931Code")
    """The network's cause code, see `faxapi.providers.imagicle.codes`; of a sent fax."""
    size: Integer = spelled("size")
    """Bytes."""
    date: Time = spelled("date")
    """The one time of a summary."""
