"""Imagicle's states, and the network's cause codes.

Sources: Imagicle knowledge base, article 413, for the states; ITU-T Q.850 for the causes, with a
few that only the tables of Wireshark (33, 56) and Asterisk (45, 52, 54) have.
"""

from __future__ import annotations

from collections.abc import Mapping

from faxapi.records import Reason, Status

STATUS: Mapping[str, Status] = {
    "Completed": Status.COMPLETED,
    "Failed": Status.FAILED,
    "Queued": Status.QUEUED,
    "InProgress": Status.IN_PROGRESS,
    "Canceled": Status.CANCELED,
}

# The text by the standard; the reason by its meaning for a fax. 0 is no cause, and 16 and 31 are
# the end of any good call: they explain nothing. 127 comes from a network that was told no cause.
Q850: Mapping[int, tuple[str, Reason | None]] = {
    0: ("Valid cause code not yet received", None),
    1: ("Unallocated (unassigned) number", Reason.BAD_NUMBER),
    2: ("No route to specified transit network", Reason.UNREACHABLE),
    3: ("No route to destination", Reason.UNREACHABLE),
    4: ("Send special information tone", Reason.UNREACHABLE),
    5: ("Misdialled trunk prefix", Reason.BAD_NUMBER),
    6: ("Channel unacceptable", Reason.NETWORK),
    7: ("Call awarded, being delivered in an established channel", Reason.NETWORK),
    8: ("Preemption", Reason.NETWORK),
    9: ("Preemption - circuit reserved for reuse", Reason.NETWORK),
    14: ("QoR: ported number", Reason.BAD_NUMBER),
    16: ("Normal call clearing", None),
    17: ("User busy", Reason.BUSY),
    18: ("No user responding", Reason.NO_ANSWER),
    19: ("No answer from user (user alerted)", Reason.NO_ANSWER),
    20: ("Subscriber absent", Reason.UNREACHABLE),
    21: ("Call rejected", Reason.REJECTED),
    22: ("Number changed", Reason.BAD_NUMBER),
    23: ("Redirection to new destination", Reason.NETWORK),
    24: ("Call rejected due to feature at the destination", Reason.REJECTED),
    25: ("Exchange routing error", Reason.NETWORK),
    26: ("Non-selected user clearing", Reason.NETWORK),
    27: ("Destination out of order", Reason.UNREACHABLE),
    28: ("Invalid number format (address incomplete)", Reason.BAD_NUMBER),
    29: ("Facility rejected", Reason.REJECTED),
    30: ("Response to STATUS ENQUIRY", Reason.NETWORK),
    31: ("Normal, unspecified", None),
    33: ("Circuit out of order", Reason.NETWORK),
    34: ("No circuit/channel available", Reason.CONGESTION),
    38: ("Network out of order", Reason.NETWORK),
    39: ("Permanent frame mode connection out of service", Reason.NETWORK),
    40: ("Permanent frame mode connection operational", Reason.NETWORK),
    41: ("Temporary failure", Reason.NETWORK),
    42: ("Switching equipment congestion", Reason.CONGESTION),
    43: ("Access information discarded", Reason.NETWORK),
    44: ("Requested circuit/channel not available", Reason.CONGESTION),
    45: ("Pre-empted", Reason.NETWORK),
    46: ("Precedence call blocked", Reason.CONGESTION),
    47: ("Resources unavailable, unspecified", Reason.CONGESTION),
    49: ("Quality of service unavailable", Reason.NETWORK),
    50: ("Requested facility not subscribed", Reason.NOT_PERMITTED),
    52: ("Outgoing calls barred", Reason.NOT_PERMITTED),
    53: ("Outgoing calls barred within CUG", Reason.NOT_PERMITTED),
    54: ("Incoming calls barred", Reason.REJECTED),
    55: ("Incoming calls barred within CUG", Reason.REJECTED),
    56: ("Call waiting not subscribed", Reason.NOT_PERMITTED),
    57: ("Bearer capability not authorized", Reason.NOT_PERMITTED),
    58: ("Bearer capability not presently available", Reason.NETWORK),
    62: (
        "Inconsistency in designated outgoing access information and subscriber class",
        Reason.NETWORK,
    ),
    63: ("Service or option not available, unspecified", Reason.NETWORK),
    65: ("Bearer capability not implemented", Reason.INCOMPATIBLE),
    66: ("Channel type not implemented", Reason.INCOMPATIBLE),
    69: ("Requested facility not implemented", Reason.INCOMPATIBLE),
    70: ("Only restricted digital information bearer capability is available", Reason.INCOMPATIBLE),
    79: ("Service or option not implemented, unspecified", Reason.INCOMPATIBLE),
    81: ("Invalid call reference value", Reason.PROTOCOL),
    82: ("Identified channel does not exist", Reason.PROTOCOL),
    83: ("A suspended call exists, but this call identity does not", Reason.PROTOCOL),
    84: ("Call identity in use", Reason.PROTOCOL),
    85: ("No call suspended", Reason.PROTOCOL),
    86: ("Call having the requested call identity has been cleared", Reason.PROTOCOL),
    87: ("User not member of CUG", Reason.NOT_PERMITTED),
    88: ("Incompatible destination", Reason.INCOMPATIBLE),
    90: ("Non-existent CUG", Reason.NOT_PERMITTED),
    91: ("Invalid transit network selection", Reason.PROTOCOL),
    95: ("Invalid message, unspecified", Reason.PROTOCOL),
    96: ("Mandatory information element is missing", Reason.PROTOCOL),
    97: ("Message type non-existent or not implemented", Reason.PROTOCOL),
    98: ("Message not compatible with call state, or message type non-existent", Reason.PROTOCOL),
    99: ("Information element/parameter non-existent or not implemented", Reason.PROTOCOL),
    100: ("Invalid information element contents", Reason.PROTOCOL),
    101: ("Message not compatible with call state", Reason.PROTOCOL),
    102: ("Recovery on timer expiry", Reason.NO_ANSWER),
    103: ("Parameter non-existent or not implemented - passed on", Reason.PROTOCOL),
    110: ("Message with unrecognized parameter discarded", Reason.PROTOCOL),
    111: ("Protocol error, unspecified", Reason.PROTOCOL),
    127: ("Interworking, unspecified", Reason.OTHER),
}

_STATUS = {name.casefold(): status for name, status in STATUS.items()}


def status_of(text: str | None) -> Status:
    """What a state says; a word that is not documented is `unknown`."""
    return _STATUS.get((text or "").strip().casefold(), Status.UNKNOWN)


def cause_of(code: int | None) -> tuple[str | None, Reason | None]:
    """A cause code's text and reason; nothing for a code that explains nothing or is unknown."""
    text, reason = Q850.get(code or 0, (None, None))
    return (text, reason) if reason else (None, None)
