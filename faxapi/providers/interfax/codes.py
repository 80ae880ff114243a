"""InterFax's two vocabularies of codes: results of a call, and states of a fax.

They overlap in their numbers and share nothing: -3 is a fax being sent, -1003 a rejected login.
"""

from __future__ import annotations

from typing import NamedTuple

from faxapi.errors import (
    AccountBlocked,
    AuthenticationError,
    Conflict,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProviderError,
    RateLimited,
    ServiceUnavailable,
)
from faxapi.providers.soap import Meaning
from faxapi.records import Reason, Status

_PRIMARY = "Use a login that is a primary user of the account"
NOT_PRIMARY = -310
"""The code of a call that only a primary user may make."""

_RIGHTS = "Ask InterFax to enable it for the account"

# Source: "Interfax Admin Web service v1.0", appendix A.
_ADMIN = {
    -1003: Meaning(
        AuthenticationError,
        "not authenticated",
        "Check user name and password; repeating a wrong login blocks the user for an hour",
    ),
    -1020: Meaning(PermissionDenied, "too many users for this account", _RIGHTS),
    -2010: Meaning(Conflict, "the user name is in use already"),
    -2011: Meaning(InvalidRequest, "invalid password", "It has 3 to 16 of 0-9, a-z and A-Z"),
    -2012: Meaning(InvalidRequest, "invalid time zone", "get_time_zones() lists the valid names"),
    -2013: Meaning(
        InvalidRequest,
        "the user name is not in the account's namespace",
        "Begin it with the account's namespace and a dot",
    ),
    -2014: Meaning(NotFound, "the user name does not exist"),
    -2015: Meaning(InvalidRequest, "invalid user name", "It has at most 20 characters"),
    -2020: Meaning(InvalidRequest, "invalid FeedbackType", "FeedbackType lists its values"),
    -2021: Meaning(InvalidRequest, "invalid FeedbackFormat", "FeedbackFormat lists its values"),
    -2022: Meaning(
        InvalidRequest,
        "invalid address in AllowedSenders",
        "Separate addresses with commas; write *@example.com for a domain",
    ),
    -2023: Meaning(InvalidRequest, "invalid DefaultPageSize", "PageSize lists its values"),
    -2024: Meaning(
        InvalidRequest, "invalid DefaultPageOrientation", "PageOrientation lists its values"
    ),
    -2025: Meaning(
        InvalidRequest, "invalid DefaultPageResolution", "PageResolution lists its values"
    ),
    -2026: Meaning(
        InvalidRequest, "invalid DefaultRenderingQuality", "RenderingQuality lists its values"
    ),
    -2027: Meaning(InvalidRequest, "invalid DefaultRetriesToPerform", "It is 0 to 9"),
    -2028: Meaning(InvalidRequest, "invalid CountryISOCode", "Use an ISO 3166 two-letter code"),
    -2030: Meaning(NotFound, "the user has no Tx service", "add_tx_service() makes one"),
    -2031: Meaning(Conflict, "the user has a Tx service already"),
    -2032: Meaning(Conflict, "the user has an Rx service already"),
    -2033: Meaning(
        ProviderError,
        "no numbers are available",
        "Ask for another prefix: get_inbound_nodes() lists them",
    ),
    -2034: Meaning(Conflict, "the e-mail address exists already"),
    -2035: Meaning(NotFound, "the e-mail address does not exist"),
    -2036: Meaning(NotFound, "the user has no Rx service", "add_rx_service() makes one"),
    -2037: Meaning(ProviderError, "no credit", "Top up the account's prepaid cards"),
    -2040: Meaning(InvalidRequest, "invalid date range", "TimeFrom must not be after TimeUntil"),
    -2041: Meaning(InvalidRequest, "TimeFrom is too old", "It may lie back 60 days at most"),
}

# Source: InterFax, "Web service return codes",
# https://help.uplandsoftware.com/interfax/devdocs/dev-doc/api/web-service-return-codes.htm
_SHARED = {
    -111: Meaning(PermissionDenied, "a developer account may fax to its designated number only"),
    -112: Meaning(InvalidRequest, "no valid recipient, or no fax number"),
    -114: Meaning(InvalidRequest, "the fax is postponed too far", "30 days from now is the limit"),
    -123: Meaning(InvalidRequest, "no valid document is attached"),
    -150: Meaning(ServiceUnavailable, "internal system error", "Try again in a while"),
    NOT_PRIMARY: Meaning(PermissionDenied, "the login is not a primary user", _PRIMARY),
    -311: Meaning(PermissionDenied, "the fax belongs to another user"),
    -312: Meaning(Conflict, "the e-mails were sent again already"),
    -666: Meaning(PermissionDenied, "the user is set up at another switch group", _RIGHTS),
    -677: Meaning(PermissionDenied, "the user has no Tx service", "add_tx_service() makes one"),
    -710: Meaning(InvalidRequest, "neither items nor statistics were asked for"),
    -1002: Meaning(InvalidRequest, "as many file types as documents are needed"),
    -1004: Meaning(InvalidRequest, "a file type is missing"),
    -1005: Meaning(NotFound, "the fax does not exist"),
    -1007: Meaning(InvalidRequest, "a size is not a number above 0"),
    -1008: Meaning(InvalidRequest, "the sizes do not add up to the data's length"),
    -1009: Meaning(NotFound, "the image is gone", "It may be deleted as soon as a fax is done"),
    -1011: Meaning(
        RateLimited,
        "too many requests for this user",
        "InterFax allows each user 6 queries a minute, whatever program makes them: see what else "
        "uses this login",
    ),
    -1030: Meaning(InvalidRequest, "invalid Verb or VerbData"),
    -1061: Meaning(InvalidRequest, "a chunk is missing or empty"),
    -1062: Meaning(InvalidRequest, "wrong session id"),
    -1063: Meaning(InvalidRequest, "the files are too big together"),
    -1066: Meaning(ProviderError, "several faxes are chained to the same original one"),
    -1876: Meaning(
        AccountBlocked,
        "too many failed logins: the user is blocked for an hour",
        "Correct the password, then wait an hour",
        retry_after=3600,
    ),
    -2003: Meaning(
        PermissionDenied,
        "requests from this IP address are not allowed",
        "Add this machine's public address to the account's allowed ones",
    ),
    -2050: Meaning(InvalidRequest, "invalid EmailFormat", "PlainText or PlainTextLink"),
    -2051: Meaning(InvalidRequest, "invalid EmailImageFormat", "TIF, PDF or Default"),
    -2052: Meaning(InvalidRequest, "invalid WebFeedBackMethod", "None, WS or Post"),
    -2053: Meaning(InvalidRequest, "invalid AttachmentFormat", "TIF or PDF"),
    -2054: Meaning(InvalidRequest, "invalid DeleteAfterUsage"),
    -3001: Meaning(NotFound, "invalid MessageID"),
    -3002: Meaning(InvalidRequest, "From lies beyond the image's end"),
    -3003: Meaning(NotFound, "the image does not exist"),
    -3004: Meaning(NotFound, "the TIFF file is empty"),
    -3005: Meaning(InvalidRequest, "the chunk size is too small or too large"),
    -3006: Meaning(InvalidRequest, "MaxItems is below 1"),
    -3007: Meaning(PermissionDenied, "the login may not list the whole account", _PRIMARY),
}

RESULT_CODES: dict[int, Meaning] = {**_ADMIN, **_SHARED}
"""What a call's result code means; all services share one space of codes."""


class FaxState(NamedTuple):
    """What a fax's status means in the common vocabulary."""

    status: Status
    reason: Reason | None = None
    text: str | None = None


SENT = FaxState(Status.COMPLETED)
IN_PROCESS = FaxState(Status.IN_PROGRESS)
"""Any negative status: the fax is being handled."""
FAILED = FaxState(Status.FAILED, Reason.OTHER)
"""A positive status of no known meaning."""


def _failed(reason: Reason, text: str, *codes: int) -> dict[int, FaxState]:
    return dict.fromkeys(codes, FaxState(Status.FAILED, reason, text))


_QUEUED = FaxState(Status.QUEUED)
_CANCELED = FaxState(Status.CANCELED, Reason.CANCELED, "canceled")

# Source: InterFax, "Fax status codes",
# https://help.uplandsoftware.com/interfax/en/send-faxes/fax-status-codes.htm
FAX_STATUS: dict[int, FaxState] = {
    -1: _QUEUED,
    -2: _QUEUED,
    -11: _QUEUED,
    -22: FaxState(Status.QUEUED, None, "out of credit: held, and canceled after 24 hours"),
    -3: IN_PROCESS,
    0: SENT,
    403: _CANCELED,
    205000: _CANCELED,
    **_failed(Reason.OTHER, "internal error", 1, 256),
    **_failed(Reason.BUSY, "busy", 263, 3931, 3933, 6017),
    **_failed(Reason.NO_ANSWER, "no answer", 3935, 6018),
    **_failed(Reason.NOT_A_FAX, "a person answered", 3936),
    **_failed(Reason.BUSY, "the ring was busy", 3937),
    **_failed(Reason.BAD_NUMBER, "number not operational", 3912, 3932, 3938, 6001, 6027, 6028),
    **_failed(Reason.UNREACHABLE, "no route to the number", 6002),
    **_failed(Reason.REJECTED, "the call was rejected", 6021, 6029),
    **_failed(Reason.BAD_NUMBER, "the number was changed", 6022),
    **_failed(
        Reason.INCOMPATIBLE,
        "the fax machines are incompatible",
        *(3211, 3220, 3225, 3231, 3233, 3264, 3267, 3269),
    ),
    **_failed(Reason.HANGUP, "disconnected during the call", 3223, 3224, 3230, 3268),
    **_failed(
        Reason.NETWORK,
        "telephony error",
        *(2, 12, 3072, 3080, 3300, 3510, 3830),
        *(6003, 6004, 6016, 6019, 6031, 6034, 6038, 6041),
    ),
}
"""What a fax's status means, as far as the vendor lists it."""

# Source: InterFax, GetList and GetList2 reference pages: 0 is well, the rest are "Interfax Error
# Codes", above 0 by the one and below it by the other. Published is the list of sent faxes' codes.
MESSAGE_STATUS: dict[int, FaxState] = {
    0: FaxState(Status.COMPLETED),
    **{code: state for code, state in FAX_STATUS.items() if state.status is Status.FAILED},
}
"""What a received fax's status means, as far as the vendor lists it."""
