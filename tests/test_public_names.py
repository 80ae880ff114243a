"""The public names are a contract: this file changes when the contract does."""

import inspect
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import faxapi
import faxapi.providers

PUBLIC = [
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


def test_the_public_names_are_these() -> None:
    assert list(faxapi.__all__) == PUBLIC
    assert sorted(PUBLIC) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_name_is_there_and_is_the_librarys_own(name: str) -> None:
    assert getattr(faxapi, name).__module__.partition(".")[0] == "faxapi"


FOR_PROVIDERS = [
    "AT_ONCE",
    "Amount",
    "Ask",
    "Flag",
    "GROUP",
    "HostedOptions",
    "Integer",
    "ItemFailures",
    "Minutes",
    "Options",
    "Out",
    "Pace",
    "Provider",
    "RestOperation",
    "RestService",
    "Rows",
    "Seconds",
    "SoapOptions",
    "State",
    "Text",
    "Time",
    "VendorModel",
    "calls",
    "registered",
    "spelled",
    "to_secret",
    "unknown_code",
]


def test_what_a_provider_is_made_of_is_public_too() -> None:
    assert sorted(faxapi.providers.__all__) == FOR_PROVIDERS
    assert [name for name in FOR_PROVIDERS if not hasattr(faxapi.providers, name)] == []


def test_nothing_else_is_visible() -> None:
    assert dir(faxapi) == sorted(faxapi.__all__)
    with pytest.raises(AttributeError, match="module 'faxapi' has no attribute 'Nothing'"):
        _ = faxapi.Nothing  # type: ignore[attr-defined]


def test_a_module_is_loaded_when_one_of_its_names_is_asked_for() -> None:
    program = (
        "import sys, faxapi; assert 'faxapi.api' not in sys.modules; "
        "assert faxapi.window is sys.modules['faxapi.window']; "
        "from faxapi import InterFax; assert 'faxapi.providers.openfax' not in sys.modules; "
        "assert faxapi.InterFax is InterFax; assert faxapi.errors.DecodeError is faxapi.DecodeError"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=50)


def test_a_fresh_import_warns_of_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "from faxapi import *"],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def functions(cls: type) -> Iterator[tuple[str, Any]]:
    """Yield what a caller of a class can call or read, the library's own bases included."""
    for base in inspect.getmro(cls):
        if base.__module__.partition(".")[0] != "faxapi":
            continue
        for name, member in vars(base).items():
            if name.startswith("_") and not (name.startswith("__") and name.endswith("__")):
                continue
            match member:
                case staticmethod() | classmethod():
                    yield f"{base.__name__}.{name}", member.__func__
                case property():
                    yield f"{base.__name__}.{name}", member.fget
                case _ if inspect.isfunction(member):
                    yield f"{base.__name__}.{name}", member


@pytest.mark.parametrize("name", PUBLIC)
def test_no_type_of_the_http_library_is_public(name: str) -> None:
    cls = getattr(faxapi, name)
    foreign = [base for base in inspect.getmro(cls) if base.__module__.startswith("httpx")]
    assert foreign == []
    said = {
        f"{where}({argument}: {annotation})"
        for where, function in functions(cls)
        for argument, annotation in inspect.get_annotations(function).items()
    }
    said |= {f"{cls.__name__}.{field}: {a}" for field, a in inspect.get_annotations(cls).items()}
    assert {text for text in said if "httpx" in text or "httpcore" in text} == set()
