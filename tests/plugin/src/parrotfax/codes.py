"""ParrotFax's states and problems.

Source: ParrotFax API reference, "States" and "Problems".
"""

from __future__ import annotations

from collections.abc import Mapping

from faxapi import Reason, Status

STATES: Mapping[str, Status] = {
    "waiting": Status.QUEUED,
    "sending": Status.IN_PROGRESS,
    "delivered": Status.COMPLETED,
    "received": Status.COMPLETED,
    "failed": Status.FAILED,
    "cancelled": Status.CANCELED,
}

FINAL = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELED})
"""A state that is not known may be on the way to another, so it is not among these."""

PROBLEMS: Mapping[str, Reason] = {
    "busy": Reason.BUSY,
    "no_answer": Reason.NO_ANSWER,
    "no_fax_machine": Reason.NOT_A_FAX,
    "wrong_number": Reason.BAD_NUMBER,
    "line_lost": Reason.NETWORK,
    "no_credit": Reason.NO_CREDIT,
    "rejected": Reason.REJECTED,
}
