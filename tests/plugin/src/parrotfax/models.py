"""ParrotFax's structures.

Source: ParrotFax API reference, "Account" and "One fax".
"""

from __future__ import annotations

from typing import ClassVar

from faxapi.providers import Amount, Integer, Seconds, Text, Time, VendorModel, spelled


class Account(VendorModel):
    """Whose token it is."""

    shown: ClassVar[tuple[str, ...]] = ("account_id",)

    account_id: Text = spelled("id")


class Fax(VendorModel):
    """A fax, sent or received."""

    shown: ClassVar[tuple[str, ...]] = ("fax_id", "state")
    timed: ClassVar[str] = "created_at"

    fax_id: int = spelled("id", default=...)
    """Rises in the order in which faxes are created."""
    state: Text = spelled("state")
    problem: Text = spelled("problem")
    """Why it failed."""
    sender: Text = spelled("from")
    recipient: Text = spelled("to")
    recipient_name: Text = spelled("to_name")
    subject: Text = spelled("subject")
    user: Text = spelled("user")
    machine: Text = spelled("machine")
    """What the other machine calls itself."""
    pages: Integer = spelled("pages")
    pages_sent: Integer = spelled("pages_sent")
    created_at: Time = spelled("created_at")
    """When it was submitted, or received."""
    finished_at: Time = spelled("finished_at")
    duration: Seconds = spelled("seconds")
    price: Amount = spelled("price")
    currency: Text = spelled("currency")
