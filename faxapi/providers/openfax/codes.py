"""Openfax's error codes.

Sources: 0 to 5 by Openfax's public page of broadcast reports; the others by the documentation of
its later API. A report's row is the last of up to three attempts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from faxapi.records import Reason, Status


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error code means.

    Attributes:
        label: The vendor's name for it.
        status: What it says of the fax.
        reason: Why the fax failed.
    """

    label: str
    status: Status
    reason: Reason | None = None


UNKNOWN = Meaning("", Status.UNKNOWN)

ERROR_CODES: Mapping[str, Meaning] = {
    "-1": Meaning("Received", Status.IN_PROGRESS),
    "0": Meaning("Successful", Status.COMPLETED),
    "1": Meaning("No Answer", Status.FAILED, Reason.NO_ANSWER),
    "2": Meaning("Busy", Status.FAILED, Reason.BUSY),
    "3": Meaning("Not a Fax Machine", Status.FAILED, Reason.NOT_A_FAX),
    "4": Meaning("All Circuits Busy", Status.FAILED, Reason.CONGESTION),
    "5": Meaning("Bad Number", Status.FAILED, Reason.BAD_NUMBER),
    "6": Meaning("Call Disconnected", Status.FAILED, Reason.HANGUP),
    # No confirmation of a page, for noise on the line or because no fax answered.
    "7": Meaning("Unknown / Other", Status.FAILED, Reason.PROTOCOL),
    "8": Meaning("Doc Conversion Failed", Status.FAILED, Reason.DOCUMENT),
    "9": Meaning("Credit Check Failed", Status.FAILED, Reason.NO_CREDIT),
}

# The type of ErrorCode on the wire is not public: it may be a label instead of a number.
_LABELS: Mapping[str, Meaning] = {
    **{meaning.label.casefold(): meaning for meaning in ERROR_CODES.values()},
    "not fax": ERROR_CODES["3"],
    "bad fax number": ERROR_CODES["5"],
}


def meaning_of(code: str | None) -> Meaning:
    """What an error code means, given as a number or by its label; `UNKNOWN` for any other."""
    text = (code or "").strip()
    return ERROR_CODES.get(text) or _LABELS.get(text.casefold(), UNKNOWN)
