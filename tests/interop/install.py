"""Installs what the tests of this folder run: `python -m tests.interop.install`, on Debian."""

from __future__ import annotations

from tests.debian import install
from tests.interop.runtime import missing

PACKAGES = (
    # ASP.NET: the web services' runtime, and what hands requests to it.
    "mono-fastcgi-server4",
    # The compilers, of C# and of WSDLs.
    "mono-mcs",
    "mono-devel",
    # DataContractJsonSerializer.
    "libmono-system-runtime-serialization4.0-cil",
    "nginx-light",
)

if __name__ == "__main__":
    install("the interoperability tests", missing, PACKAGES)
