"""Fax activity from every provider at once, in one vocabulary."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
        ExportFailed,
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
    from faxapi.report import (
        AccountProgress,
        Outcome,
        OutcomeState,
        Progress,
        Report,
        Summary,
        Waiting,
    )
    from faxapi.transport.pace import Pace
    from faxapi.window import Window

__all__ = [
    "AccountBlocked",
    "AccountProgress",
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
    "ExportFailed",
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

# Where each name lives: a module is loaded when one of its names is asked for, so that a program
# waits for what it uses, and for no other provider.
_HOMES = {
    "api": ("FaxApi",),
    "check": ("Check",),
    "collect.activity": ("Activity",),
    "cursor": ("Cursor",),
    "errors": (
        "AccountBlocked",
        "AuthenticationError",
        "ClientClosed",
        "CollectionFailed",
        "ConfigurationError",
        "Conflict",
        "ConnectFailed",
        "DeadlineExceeded",
        "DecodeError",
        "Disconnected",
        "ExportFailed",
        "FaxApiError",
        "Incomplete",
        "InvalidRequest",
        "NotFound",
        "PermissionDenied",
        "ProviderError",
        "ProviderFault",
        "RateLimited",
        "RedirectRefused",
        "ResponseTooLarge",
        "ServiceUnavailable",
        "TransportError",
        "Unconfirmed",
    ),
    "notice": ("Feed", "Notice"),
    "providers.imagicle": ("Imagicle",),
    "providers.interfax": ("InterFax",),
    "providers.openfax": ("Openfax",),
    "records": (
        "Direction",
        "FaxRecord",
        "JobRecord",
        "JobState",
        "Kind",
        "Reason",
        "Status",
        "UsageRecord",
    ),
    "report": (
        "AccountProgress",
        "Outcome",
        "OutcomeState",
        "Progress",
        "Report",
        "Summary",
        "Waiting",
    ),
    "transport.pace": ("Pace",),
    "window": ("Window",),
}
_MODULES = {home.partition(".")[0] for home in _HOMES}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __dir__() -> list[str]:
    return [*__all__]


# Type checkers would take it for a promise of any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
        if name in _HOME_OF:
            found = getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
        elif name in _MODULES:
            found = import_module(f"{__name__}.{name}")
        else:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message, name=name)
        globals()[name] = found
        return found
