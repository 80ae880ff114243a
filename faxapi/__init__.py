"""Fax activity from every provider at once, in one vocabulary."""

from faxapi.api import FaxApi
from faxapi.check import Check
from faxapi.collect.activity import Activity
from faxapi.cursor import Cursor
from faxapi.errors import (
    AccountBlocked,
    AuthenticationError,
    ClientClosed,
    CollectionFailed,
    ConfigurationError,
    Conflict,
    ConnectFailed,
    DeadlineExceeded,
    DecodeError,
    Disconnected,
    FaxApiError,
    Incomplete,
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ProviderError,
    ProviderFault,
    RateLimited,
    RedirectRefused,
    ResponseTooLarge,
    ServiceUnavailable,
    TransportError,
    Unconfirmed,
)
from faxapi.notice import Feed, Notice
from faxapi.providers.imagicle import Imagicle
from faxapi.providers.interfax import InterFax
from faxapi.providers.openfax import Openfax
from faxapi.records import (
    Direction,
    FaxRecord,
    JobRecord,
    JobState,
    Kind,
    Reason,
    Status,
    UsageRecord,
)
from faxapi.report import Outcome, OutcomeState, Progress, Report, Summary, Waiting
from faxapi.transport.pace import Pace
from faxapi.window import Window

__all__ = [
    "AccountBlocked",
    "Activity",
    "AuthenticationError",
    "Check",
    "ClientClosed",
    "CollectionFailed",
    "ConfigurationError",
    "Conflict",
    "ConnectFailed",
    "Cursor",
    "DeadlineExceeded",
    "DecodeError",
    "Direction",
    "Disconnected",
    "FaxApi",
    "FaxApiError",
    "FaxRecord",
    "Feed",
    "Imagicle",
    "Incomplete",
    "InterFax",
    "InvalidRequest",
    "JobRecord",
    "JobState",
    "Kind",
    "NotFound",
    "Notice",
    "Openfax",
    "Outcome",
    "OutcomeState",
    "Pace",
    "PermissionDenied",
    "Progress",
    "ProviderError",
    "ProviderFault",
    "RateLimited",
    "Reason",
    "RedirectRefused",
    "Report",
    "ResponseTooLarge",
    "ServiceUnavailable",
    "Status",
    "Summary",
    "TransportError",
    "Unconfirmed",
    "UsageRecord",
    "Waiting",
    "Window",
]
